"""The restore drill: a backup, more work that reaches P-Care, the store lost, restored: everything is there once."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.counter.call import queue
from kiosk.counter.lines import add_line
from kiosk.counter.outbox import give_up, outbox, retry_now
from kiosk.counter.register import cancel_registration
from kiosk.counter.serve import delete_visit, save_visit
from kiosk.domain.codes import OutboxState
from kiosk.store import sync_state
from kiosk.store.engine import sqlite_path
from kiosk.store.errors import Failed
from kiosk.store.restore import restore
from kiosk.store.restored import Doubt
from kiosk.sync.registration_family import RegistrationFamily
from tests.sync import colleague
from tests.sync.conftest import ClinicDay
from tests.sync.restoring import SETTLE, backed_up, lost_and_restored
from tests.sync.visit_lines import BLOOD, PARACETAMOL, SUTURE, held, open_visit
from tests.sync.watching import OFTEN, reason


def once(clinic: ClinicDay) -> list[tuple[str, str]]:
    """Who is registered at P-Care where; nobody twice."""
    keys = [(r["noKartu"], r["kdPoli"]) for r in clinic.simulator.ledger()["registrations"]]
    assert len(keys) == len(set(keys))
    visits = [(v["noKartu"], v["kdPoli"]) for v in clinic.simulator.ledger()["visits"]]
    assert len(visits) == len(set(visits))
    return sorted(keys)


async def until_adopted(clinic: ClinicDay, count: int) -> None:
    async with asyncio.timeout(30):
        while len(await queue(clinic.desk)) < count:
            await asyncio.sleep(0.03)


async def test_what_was_sent_after_the_backup_is_not_sent_again_and_comes_back(
    clinic: ClinicDay, tmp_path: Path
) -> None:
    people = [await clinic.member(n) for n in range(6)]
    first = await clinic.register(people[0])
    await clinic.serve(first)
    await clinic.settled()
    await clinic.stop_sync()
    waiting = [await clinic.register(person) for person in people[1:4]]
    await clinic.serve(waiting[0])
    backup = await backed_up(clinic, tmp_path / "cadangan")
    # The line comes back: what waited is sent, and two more are registered and sent.
    clinic.start_sync()
    after = [await clinic.register(person) for person in people[4:]]
    await clinic.settled()
    ledger = clinic.simulator.ledger()
    assert (len(ledger["registrations"]), len(ledger["visits"])) == (6, 2)
    before, refused = once(clinic), ledger["refused"]

    done = await lost_and_restored(clinic, backup)

    assert done.doubt.unknown == 4
    assert done.doubt.needs_action == 0
    assert await clinic.settled() == [OutboxState.DONE] * 6
    await until_adopted(clinic, 6)
    ledger = clinic.simulator.ledger()
    assert once(clinic) == before
    assert (len(ledger["registrations"]), len(ledger["visits"]), ledger["refused"]) == (6, 2, refused)
    tickets = await queue(clinic.desk)
    assert all(ticket.remote_number for ticket in tickets)
    # Patients may still hold the numbers that were given after the backup: none of them is given again.
    adopted = [ticket.label for ticket in tickets][-2:]
    assert adopted == ["A-101", "A-102"]
    assert {made.ticket.label for made in after}.isdisjoint(adopted)


async def test_what_was_never_sent_is_sent_once_after_a_restore(clinic: ClinicDay, tmp_path: Path) -> None:
    people = [await clinic.member(n) for n in range(3)]
    await clinic.stop_sync()
    made = [await clinic.register(person) for person in people]
    await clinic.serve(made[0])
    backup = await backed_up(clinic, tmp_path / "cadangan")
    await lost_and_restored(clinic, backup)
    await clinic.settled()
    ledger = clinic.simulator.ledger()
    assert (len(once(clinic)), len(ledger["visits"]), ledger["refused"]) == (3, 1, 0)


async def test_nothing_is_believed_before_the_settle_time(clinic: ClinicDay, tmp_path: Path) -> None:
    """A call that left just before the disk died takes effect late: it is waited for, not sent again."""
    person = await clinic.member(0)
    await clinic.stop_sync()
    await clinic.register(person)
    backup = await backed_up(clinic, tmp_path / "cadangan")
    clinic.simulator.set_faults({"kind": "late", "method": "POST", "count": 1, "seconds": 0.4})
    clinic.start_sync()
    async with asyncio.timeout(20):
        # The connection is cut at once: the moment of sending itself may be too short to be seen.
        while not {OutboxState.SENDING, OutboxState.UNKNOWN} & set(await clinic.states()):
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.1)
    await lost_and_restored(clinic, backup)
    await clinic.settled()
    assert len(once(clinic)) == 1
    assert clinic.simulator.ledger()["refused"] == 0


async def test_a_patient_who_is_registered_again_after_a_restore_is_at_pcare_once(
    clinic: ClinicDay, tmp_path: Path
) -> None:
    person = await clinic.member(0)
    backup = await backed_up(clinic, tmp_path / "cadangan")
    await clinic.serve(await clinic.register(person))
    await clinic.settled()
    await lost_and_restored(clinic, backup, sync=False)
    # The clerk is quicker than the merge: nobody knows of the registration yet.
    again = await clinic.register(person)
    await clinic.serve(again, complaint="batuk dan demam")
    clinic.start_sync()
    await clinic.settled()
    ledger = clinic.simulator.ledger()
    assert len(once(clinic)) == 1
    assert [v["keluhan"] for v in ledger["visits"]] == ["batuk dan demam"]


async def test_an_old_edit_does_not_overwrite_a_newer_one_by_itself(clinic: ClinicDay, tmp_path: Path) -> None:
    made = await clinic.register(await clinic.member(0))
    visit = await clinic.serve(made)
    await clinic.settled()
    await clinic.stop_sync()
    await save_visit(clinic.desk, replace(visit.form, complaint="lama"))
    backup = await backed_up(clinic, tmp_path / "cadangan")
    clinic.start_sync()
    await clinic.settled()
    await save_visit(clinic.desk, replace(visit.form, complaint="baru"))
    await clinic.settled()
    done = await lost_and_restored(clinic, backup)
    assert done.doubt.needs_action == 1
    await clinic.settled(OutboxState.DONE, OutboxState.NEEDS_ACTION)
    await asyncio.sleep(0.3)
    assert [v["keluhan"] for v in clinic.simulator.ledger()["visits"]] == ["baru"]
    (row,) = [row for row in await outbox(clinic.desk) if row.item.state == OutboxState.NEEDS_ACTION]
    assert "lebih baru" in row.reason_text
    # A person has looked and decides for what is here.
    await retry_now(clinic.desk, row.item.id)
    await clinic.settled()
    assert [v["keluhan"] for v in clinic.simulator.ledger()["visits"]] == ["lama"]


async def test_a_deletion_that_had_been_sent_is_found_done_and_a_cancellation_is_asked(
    clinic: ClinicDay, tmp_path: Path
) -> None:
    served = await clinic.register(await clinic.member(0))
    visit = await clinic.serve(served)
    cancelled = await clinic.register(await clinic.member(1))
    await clinic.settled()
    await clinic.stop_sync()
    await delete_visit(clinic.desk, visit.id)
    await cancel_registration(clinic.desk, cancelled.registration.id)
    backup = await backed_up(clinic, tmp_path / "cadangan")
    clinic.start_sync()
    await clinic.settled()
    done = await lost_and_restored(clinic, backup)
    assert (done.doubt.unknown, done.doubt.needs_action) == (1, 1)
    states = await clinic.settled(OutboxState.DONE, OutboxState.NEEDS_ACTION)
    assert states.count(OutboxState.NEEDS_ACTION) == 1
    (row,) = [row for row in await outbox(clinic.desk) if row.item.state == OutboxState.NEEDS_ACTION]
    await retry_now(clinic.desk, row.item.id)
    await clinic.settled()
    ledger = clinic.simulator.ledger()
    assert (len(ledger["registrations"]), ledger["visits"]) == (1, [])


async def test_what_was_taken_back_after_the_backup_waits_for_a_person_and_is_not_sent_again(
    clinic: ClinicDay, tmp_path: Path
) -> None:
    """The backup believes in a registration and a service that were cancelled after it: P-Care's lists know better."""
    gone = await clinic.register(await clinic.member(0))
    visit = await clinic.serve(await clinic.register(await clinic.member(1)))
    await clinic.settled()
    backup = await backed_up(clinic, tmp_path / "cadangan")
    await cancel_registration(clinic.desk, gone.registration.id)
    await delete_visit(clinic.desk, visit.id)
    await clinic.settled()
    posts = sent(clinic)
    clinic.policy = OFTEN
    done = await lost_and_restored(clinic, backup)
    assert (done.doubt.unknown, done.doubt.needs_action) == (0, 0)
    registration, service = [await reason(clinic, word) for word in ("gone_at_pcare", "visit_gone_at_pcare")]
    await asyncio.sleep(OFTEN.settle)
    ledger = clinic.simulator.ledger()
    assert (len(ledger["registrations"]), ledger["visits"], sent(clinic)) == (1, [], posts)
    await give_up(clinic.desk, registration, "memang dibatalkan")
    await give_up(clinic.desk, service, "memang dihapus")
    await asyncio.sleep(OFTEN.settle)
    assert set(await clinic.states()) == {OutboxState.DONE, OutboxState.DROPPED}
    assert sent(clinic) == posts


def sent(clinic: ClinicDay) -> int:
    """How many records were sent to P-Care."""
    return sum(call["method"] == "POST" for call in clinic.simulator.calls())


async def test_a_day_that_cannot_be_read_holds_nothing_up_and_is_merged_later(
    clinic: ClinicDay, tmp_path: Path
) -> None:
    person = await clinic.member(0)
    backup = await backed_up(clinic, tmp_path / "cadangan")
    await colleague.registers(clinic, clinic.simulator.credentials.members[3]["noKartu"])
    clinic.simulator.set_faults(outage=True)
    await lost_and_restored(clinic, backup)
    made = await clinic.register(person)
    await asyncio.sleep(0.5)
    assert len(await queue(clinic.desk)) == 1
    clinic.simulator.clear_faults()
    await clinic.settled()
    await until_adopted(clinic, 2)
    assert made.ticket.label == "A-101"
    assert len(once(clinic)) == 2


@pytest.mark.parametrize("who", ["counter", "sync"])
async def test_a_restore_is_refused_while_somebody_has_the_store_open(
    clinic: ClinicDay, tmp_path: Path, who: str
) -> None:
    backup = await backed_up(clinic, tmp_path / "cadangan")
    if who == "counter":
        await clinic.stop_sync()
    path = sqlite_path(clinic.store.url)
    before = path.read_bytes()
    with pytest.raises(Failed, match="kiosk sync" if who == "sync" else "Loket"):
        restore(clinic.store.url, backup.path, SETTLE)
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*disisihkan*"))


async def test_lines_that_were_sent_after_the_backup_are_not_there_twice(clinic: ClinicDay, tmp_path: Path) -> None:
    """P-Care takes the same drug twice without a word: only reading back can tell."""
    visit = await open_visit(clinic)
    await clinic.stop_sync()
    for value in (PARACETAMOL, PARACETAMOL, SUTURE, BLOOD):
        await add_line(clinic.desk, visit.id, value)
    backup = await backed_up(clinic, tmp_path / "cadangan")
    clinic.start_sync()
    await clinic.settled()
    wanted = {table: len(held(clinic, table)) for table in ("medications", "procedures", "labs")}
    assert wanted == {"medications": 2, "procedures": 1, "labs": 1}
    done = await lost_and_restored(clinic, backup)
    assert done.doubt.unknown == 4
    await clinic.settled()
    assert {table: len(held(clinic, table)) for table in wanted} == wanted
    assert await clinic.states() == [OutboxState.DONE] * 6


async def test_a_service_entered_again_after_a_restore_does_not_double_its_drugs(
    clinic: ClinicDay, tmp_path: Path
) -> None:
    """The whole service was forgotten; the doctor enters it once more."""
    made = await clinic.register(await clinic.member(0))
    await clinic.settled()
    backup = await backed_up(clinic, tmp_path / "cadangan")
    visit = await clinic.serve(made)
    await add_line(clinic.desk, visit.id, PARACETAMOL)
    await clinic.settled()
    await lost_and_restored(clinic, backup)
    visit = await clinic.serve(made)
    await add_line(clinic.desk, visit.id, PARACETAMOL)
    await clinic.settled(OutboxState.DONE, OutboxState.NEEDS_ACTION)
    assert len(clinic.simulator.ledger()["visits"]) == 1
    assert len(held(clinic, "medications")) == 1


async def test_a_restore_that_believed_its_store_would_be_seen(
    clinic: ClinicDay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: what waited in the backup is sent as it stands, and nobody looks at P-Care's list before."""

    async def no_look(*_: object) -> None:
        pass

    monkeypatch.setattr(RegistrationFamily, "prepare", no_look)
    monkeypatch.setattr("kiosk.store.restore.put_in_doubt", lambda *_: Doubt(0, 0, 0, 1))
    person = await clinic.member(0)
    await clinic.stop_sync()
    await clinic.register(person)
    await clinic.desk.write(lambda tx: sync_state.note_merged(tx, clinic.desk.today()))
    backup = await backed_up(clinic, tmp_path / "cadangan")
    clinic.start_sync()
    await clinic.settled()
    assert clinic.simulator.ledger()["refused"] == 0
    await lost_and_restored(clinic, backup)
    await clinic.settled()
    assert clinic.simulator.ledger()["refused"] > 0
