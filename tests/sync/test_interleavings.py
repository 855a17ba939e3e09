"""What people and P-Care do at the worst moment: while a call is on its way, refused, or nobody knows."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kiosk.counter.call import queue
from kiosk.counter.errors import Conflict
from kiosk.counter.outbox import give_up, outbox, retry_now
from kiosk.counter.patients import PatientForm, save_patient
from kiosk.counter.register import cancel_registration, register
from kiosk.counter.serve import delete_visit, open_service, save_visit
from kiosk.counter.views import Registered
from kiosk.domain.codes import Care, OutboxKind, OutboxState, Payer, VisitKind
from kiosk.domain.registration import RegistrationForm
from kiosk.domain.visit import Visit
from tests.sync import colleague
from tests.sync.conftest import FAST, ClinicDay

WRONG_DOCTOR = {"doctor_code": "99999"}


async def until(clinic: ClinicDay, *states: OutboxState) -> None:
    """Wait until the items, oldest first, stand exactly so."""
    async with asyncio.timeout(30):
        while await clinic.states() != list(states):
            await asyncio.sleep(0.005)


async def sending(clinic: ClinicDay) -> None:
    async with asyncio.timeout(30):
        while OutboxState.SENDING not in await clinic.states():
            await asyncio.sleep(0.005)


def held(clinic: ClinicDay, method: str, path: str) -> None:
    """The next such call is answered when the test says `go_on`; for a patient clinic."""
    clinic.simulator.set_faults({"kind": "latency", "method": method, "path": path, "seconds": 30, "count": 1})


async def arrived(clinic: ClinicDay) -> None:
    """Wait until the call that is to be held is at P-Care."""
    async with asyncio.timeout(30):
        while clinic.simulator.simulator.faults.active:
            await asyncio.sleep(0.005)


def go_on(clinic: ClinicDay) -> None:
    """What is held is answered now."""
    clinic.simulator.clear_faults()


async def umum(clinic: ClinicDay, participant_id: str) -> Registered:
    form = RegistrationForm(
        participant_id, clinic.desk.today(), "001", Payer.GENERAL, VisitKind.SICK, Care.OUTPATIENT, "batuk"
    )
    return await register(clinic.desk, form)


async def reasons(clinic: ClinicDay) -> list[str | None]:
    return [row.item.reason for row in await outbox(clinic.desk)]


def ledger(clinic: ClinicDay, what: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = clinic.simulator.ledger()[what]
    return rows


async def test_a_paying_patient_whom_a_colleague_registered_as_a_member_stops_nothing(clinic: ClinicDay) -> None:
    paying, member = await clinic.member(0), await clinic.member(1)
    await clinic.stop_sync()
    await colleague.registers(clinic, clinic.simulator.credentials.members[0]["noKartu"])
    await umum(clinic, paying)
    await clinic.register(member)
    clinic.start_sync()
    assert await clinic.settled() == [OutboxState.DONE]
    assert [t.label for t in await queue(clinic.desk)] == ["A-001", "A-002"]


async def test_the_row_of_a_call_still_under_way_is_not_taken_for_the_next_registration(clinic: ClinicDay) -> None:
    """Cancelled while it was being sent, registered anew: the cancellation must not take the new one away."""
    person, other = await clinic.member(0), await clinic.member(1)
    await clinic.stop_sync()
    clinic.policy = replace(FAST, merge_every=0.001)
    clinic.simulator.set_faults({"kind": "slow_body", "method": "POST", "count": 1, "seconds": 0.002})
    first = await clinic.register(person)
    clinic.start_sync()
    await sending(clinic)
    await cancel_registration(clinic.desk, first.registration.id)
    again = await clinic.register(person)
    await clinic.register(other)
    await clinic.settled()
    there = {row["noKartu"]: row["noUrut"] for row in ledger(clinic, "registrations")}
    numbers = {t.registration_id: t.remote_number for t in await queue(clinic.desk)}
    assert len(there) == 2
    assert numbers[again.registration.id] == there[again.registration.card_number or ""]


@pytest.mark.patient
async def test_what_is_cancelled_while_it_is_turned_away_is_never_sent_again(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    await clinic.settled()
    made = await clinic.register(await clinic.member(1))
    await clinic.stop_sync()
    held(clinic, "POST", "pendaftaran")
    clinic.simulator.set_faults({"kind": "error", "status": 429, "method": "POST", "count": 1})
    clinic.start_sync()
    await arrived(clinic)
    await cancel_registration(clinic.desk, made.registration.id)
    go_on(clinic)
    assert await clinic.settled() == [OutboxState.DONE, OutboxState.DROPPED, OutboxState.DROPPED]
    assert len(ledger(clinic, "registrations")) == 1
    assert not [c for c in clinic.simulator.calls() if c["method"] == "DELETE"]


@pytest.mark.patient
async def test_a_service_deleted_while_it_is_refused_asks_nobody_for_anything(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    await clinic.settled()
    held(clinic, "POST", "kunjungan")
    visit = await clinic.serve(made, **WRONG_DOCTOR)
    await arrived(clinic)
    await delete_visit(clinic.desk, visit.id)
    go_on(clinic)
    states = await clinic.settled(OutboxState.DONE, OutboxState.DROPPED, OutboxState.NEEDS_ACTION)
    assert states == [OutboxState.DONE, OutboxState.DROPPED, OutboxState.DROPPED]
    await cancel_registration(clinic.desk, made.registration.id)
    await clinic.settled()
    assert ledger(clinic, "registrations") == []


@pytest.mark.patient
async def test_a_service_corrected_while_it_is_being_refused_goes_by_itself(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    await clinic.settled()
    held(clinic, "POST", "kunjungan")
    visit = await clinic.serve(made, **WRONG_DOCTOR)
    await arrived(clinic)
    await save_visit(clinic.desk, replace(visit.form, doctor_code=(await clinic.doctors())[1], complaint="demam"))
    go_on(clinic)
    await clinic.settled()
    assert [v["keluhan"] for v in ledger(clinic, "visits")] == ["demam"]


async def refused_twice(clinic: ClinicDay) -> Visit:
    """A service that was edited while it was sent and is refused still: its first call needs action, the edit waits."""
    made = await clinic.register(await clinic.member(0))
    await clinic.settled()
    held(clinic, "POST", "kunjungan")
    visit = await clinic.serve(made, **WRONG_DOCTOR)
    await arrived(clinic)
    await save_visit(clinic.desk, replace(visit.form, complaint="demam"))
    go_on(clinic)
    await until(clinic, OutboxState.DONE, OutboxState.NEEDS_ACTION, OutboxState.PENDING)
    return visit


@pytest.mark.patient
async def test_a_correction_reaches_the_call_that_was_refused_and_not_only_the_one_behind_it(clinic: ClinicDay) -> None:
    visit = await refused_twice(clinic)
    await save_visit(clinic.desk, replace(visit.form, doctor_code=(await clinic.doctors())[0], complaint="pilek"))
    await clinic.settled()
    assert [v["keluhan"] for v in ledger(clinic, "visits")] == ["pilek"]


@pytest.mark.patient
async def test_a_service_given_up_takes_its_edit_along_and_saving_it_again_sends_it(clinic: ClinicDay) -> None:
    visit = await refused_twice(clinic)
    refused = next(r for r in await outbox(clinic.desk) if r.item.state == OutboxState.NEEDS_ACTION)
    await give_up(clinic.desk, refused.item.id, "salah dokter")
    assert await clinic.states() == [OutboxState.DONE, OutboxState.DROPPED, OutboxState.DROPPED]
    await save_visit(clinic.desk, replace(visit.form, doctor_code=(await clinic.doctors())[0], complaint="pilek"))
    await clinic.settled()
    assert [v["keluhan"] for v in ledger(clinic, "visits")] == ["pilek"]


async def test_a_service_that_a_colleague_typed_in_pcare_is_replaced_by_ours(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    await clinic.settled()
    await clinic.stop_sync()
    visit = await clinic.serve(made)
    theirs = replace(visit, form=replace(visit.form, complaint="diketik di P-Care"))
    await colleague.serves(clinic, theirs)
    clinic.start_sync()
    await clinic.settled()
    assert [v["keluhan"] for v in ledger(clinic, "visits")] == [visit.form.complaint]
    assert "already_there" in await reasons(clinic)


async def test_a_number_that_pcare_gives_again_after_a_deletion_stops_nothing(clinic: ClinicDay) -> None:
    first = await clinic.register(await clinic.member(0))
    await clinic.settled()
    (row,) = ledger(clinic, "registrations")
    await colleague.deletes_registration(clinic, first.registration.day)
    clinic.simulator.simulator.service.ledger._numbers.clear()
    await clinic.register(await clinic.member(1))
    assert await clinic.settled() == [OutboxState.DONE] * 2
    (later,) = ledger(clinic, "registrations")
    assert later["noUrut"] == row["noUrut"]
    clinic.simulator.simulator.service.ledger._numbers.clear()
    clinic.simulator.set_faults({"kind": "lost_reply", "method": "POST", "count": 1})
    await colleague.deletes_registration(clinic, first.registration.day)
    await clinic.register(await clinic.member(2))
    states = await clinic.settled(OutboxState.DONE, OutboxState.NEEDS_ACTION)
    assert states[:3] == [OutboxState.DONE] * 3
    assert set(await reasons(clinic)) <= {None, "read_back", "gone_at_pcare"}, (
        "a person is asked about the deleted ones"
    )
    assert len(ledger(clinic, "registrations")) == 1


@pytest.mark.patient
async def test_a_service_deleted_here_while_its_edit_finds_nothing_to_edit(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    visit = await clinic.serve(made)
    await clinic.settled()
    await colleague.deletes_visit(clinic)
    held(clinic, "PUT", "kunjungan")
    await save_visit(clinic.desk, replace(visit.form, complaint="demam"))
    await arrived(clinic)
    await delete_visit(clinic.desk, visit.id)
    go_on(clinic)
    states = await clinic.settled(OutboxState.DONE, OutboxState.DROPPED, OutboxState.NEEDS_ACTION)
    assert states == [OutboxState.DONE, OutboxState.DONE, OutboxState.DROPPED, OutboxState.DONE]


async def test_a_service_deleted_while_nobody_knows_of_it_is_found_and_taken_back(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    await clinic.settled()
    clinic.simulator.set_faults({"kind": "lost_reply", "method": "POST", "path": "kunjungan", "count": 1})
    visit = await clinic.serve(made)
    await until(clinic, OutboxState.DONE, OutboxState.UNKNOWN)
    await delete_visit(clinic.desk, visit.id)
    await clinic.serve(made, complaint="pilek")
    await clinic.settled()
    assert [v["keluhan"] for v in ledger(clinic, "visits")] == ["pilek"]


async def test_a_service_deleted_while_nobody_knows_and_never_there_sends_nothing_more(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    await clinic.settled()
    clinic.simulator.set_faults({"kind": "reset", "method": "POST", "path": "kunjungan", "count": 1})
    visit = await clinic.serve(made)
    await until(clinic, OutboxState.DONE, OutboxState.UNKNOWN)
    await delete_visit(clinic.desk, visit.id)
    assert await clinic.settled() == [OutboxState.DONE, OutboxState.DROPPED, OutboxState.DROPPED]
    assert not [c for c in clinic.simulator.calls() if c["method"] == "DELETE"]


async def test_an_edit_while_nobody_knows_is_sent_once_the_answer_is_found(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    await clinic.settled()
    clinic.simulator.set_faults({"kind": "lost_reply", "method": "POST", "path": "kunjungan", "count": 1})
    visit = await clinic.serve(made)
    await until(clinic, OutboxState.DONE, OutboxState.UNKNOWN)
    await save_visit(clinic.desk, replace(visit.form, complaint="demam"))
    await clinic.settled()
    assert [v["keluhan"] for v in ledger(clinic, "visits")] == ["demam"]


async def test_two_polis_of_one_day_and_a_paper_form_of_yesterday_each_arrive_once(clinic: ClinicDay) -> None:
    person = await clinic.member(0)
    polis = [await clinic.register(person, poli) for poli in ("001", "002")]
    form = RegistrationForm(
        person, clinic.desk.today() - timedelta(days=1), "001", Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT, "kertas"
    )
    late = await register(clinic.desk, form)
    for made in (*polis, late):
        await clinic.serve(made)
    assert await clinic.settled() == [OutboxState.DONE] * 6
    keys = [(r["tglDaftar"], r["kdPoli"]) for r in ledger(clinic, "registrations")]
    assert len(set(keys)) == len(keys) == 3
    assert len(ledger(clinic, "visits")) == 3


async def test_a_paying_patient_is_never_told_to_pcare(clinic: ClinicDay) -> None:
    made = await umum(clinic, await clinic.member(0))
    visit = await clinic.serve(made)
    await save_visit(clinic.desk, replace(visit.form, complaint="demam"))
    await delete_visit(clinic.desk, visit.id)
    await cancel_registration(clinic.desk, made.registration.id)
    assert await clinic.states() == []
    assert (ledger(clinic, "registrations"), ledger(clinic, "visits")) == ([], [])


@pytest.mark.patient
async def test_a_colleague_who_registers_the_same_person_while_ours_is_on_its_way(clinic: ClinicDay) -> None:
    person = await clinic.member(0)
    held(clinic, "POST", "pendaftaran")
    await clinic.register(person)
    await arrived(clinic)
    await colleague.registers(clinic, clinic.simulator.credentials.members[0]["noKartu"])
    go_on(clinic)
    await clinic.settled()
    assert await reasons(clinic) == ["already_there"]
    (row,) = ledger(clinic, "registrations")
    assert [t.remote_number for t in await queue(clinic.desk)] == [row["noUrut"]]


async def test_a_list_that_lags_behind_does_not_double_or_bring_back_a_deleted_one(clinic: ClinicDay) -> None:
    person = await clinic.member(0)
    first = await clinic.register(person)
    await clinic.settled()
    await clinic.stop_sync()
    clinic.policy = replace(FAST, merge_every=0.001)
    clinic.start_sync()
    clinic.simulator.set_faults({"kind": "stale", "seconds": 0.3})
    await cancel_registration(clinic.desk, first.registration.id)
    clinic.simulator.set_faults({"kind": "lost_reply", "method": "POST", "count": 1})
    again = await clinic.register(person)
    await clinic.settled()
    (row,) = ledger(clinic, "registrations")
    (ticket,) = await queue(clinic.desk)
    assert (ticket.registration_id, ticket.remote_number) == (again.registration.id, row["noUrut"])


async def test_a_service_of_a_registration_that_was_given_up_says_why_it_waits(clinic: ClinicDay) -> None:
    await clinic.stop_sync()
    made = await clinic.register(await clinic_person(clinic))
    (row,) = await outbox(clinic.desk)
    await give_up(clinic.desk, row.item.id, "pasien pulang")
    await clinic.serve(made)
    clinic.start_sync()
    await until(clinic, OutboxState.DROPPED, OutboxState.NEEDS_ACTION)
    assert await reasons(clinic) == ["given_up", "no_registration"]
    visit = (await outbox(clinic.desk))[-1]
    await retry_now(clinic.desk, visit.item.id)
    await colleague.registers(clinic, clinic.simulator.credentials.members[0]["noKartu"])
    async with asyncio.timeout(30):
        while OutboxState.DONE not in await clinic.states():
            waiting = [r for r in await outbox(clinic.desk) if r.item.state == OutboxState.NEEDS_ACTION]
            for each in waiting:
                await retry_now(clinic.desk, each.item.id)
            await asyncio.sleep(0.05)
    assert len(ledger(clinic, "visits")) == 1
    assert {r.item.kind for r in await outbox(clinic.desk)} == {OutboxKind.REGISTRATION_ADD, OutboxKind.VISIT_ADD}


async def clinic_person(clinic: ClinicDay) -> str:
    """A member's id, learnt while the sync process runs for a moment."""
    clinic.start_sync()
    try:
        return await clinic.member(0)
    finally:
        await clinic.stop_sync()


async def test_what_a_colleague_saved_meanwhile_is_not_written_over(clinic: ClinicDay) -> None:
    """Nurse and doctor have the same service open; who saves second is told, and nothing of the first is lost."""
    made = await clinic.register(await clinic.member(0))
    first = await clinic.serve(made)
    with pytest.raises(Conflict):
        await save_visit(clinic.desk, replace(first.form, complaint="lain"), based_on=0)
    second = await save_visit(clinic.desk, replace(first.form, complaint="demam"), based_on=first.version)
    with pytest.raises(Conflict):
        await save_visit(clinic.desk, replace(first.form, complaint="pilek"), based_on=first.version)
    assert (await open_service(clinic.desk, ticket_id=made.ticket.id)).visit == second
    await clinic.settled()
    assert [v["keluhan"] for v in ledger(clinic, "visits")] == ["demam"]


async def test_a_service_entered_anew_after_its_deletion_was_given_up_replaces_the_old_one(clinic: ClinicDay) -> None:
    """P-Care still holds the first one; what was entered anew must not stand there as 'not in its list'."""
    made = await clinic.register(await clinic.member(0))
    first = await clinic.serve(made)
    await clinic.settled()
    await clinic.stop_sync()
    await delete_visit(clinic.desk, first.id)
    deletion = (await outbox(clinic.desk))[-1]
    await give_up(clinic.desk, deletion.item.id, "salah tekan")
    await clinic.serve(made, complaint="pilek")
    clinic.start_sync()
    await clinic.settled()
    assert [v["keluhan"] for v in ledger(clinic, "visits")] == ["pilek"]


async def test_a_card_that_pcare_does_not_know_is_said_and_holds_nobody_up(clinic: ClinicDay) -> None:
    stranger = await save_patient(clinic.desk, PatientForm(name="Tamu Uji", card_number="9" * 13))
    await clinic.register(stranger.id)
    await clinic.register(await clinic.member(0))
    states = await clinic.settled(OutboxState.DONE, OutboxState.NEEDS_ACTION)
    assert states == [OutboxState.NEEDS_ACTION, OutboxState.DONE]
    assert (await outbox(clinic.desk))[0].item.reason == "unknown_member"


async def test_a_spoilt_record_is_set_aside_and_the_others_go_on(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    other = await clinic.register(await clinic.member(1))
    await clinic.settled()
    await clinic.stop_sync()
    await clinic.serve(made)
    await clinic.serve(other)
    clinic.store.write_now(
        lambda tx: tx.execute(
            "UPDATE visit SET content = 'rusak' WHERE clinic = ? AND registration = ?", tx.clinic, made.registration.id
        )
    )
    clinic.start_sync()
    states = await clinic.settled(OutboxState.DONE, OutboxState.NEEDS_ACTION)
    assert states == [OutboxState.DONE, OutboxState.DONE, OutboxState.NEEDS_ACTION, OutboxState.DONE]
    assert len(clinic.simulator.ledger()["visits"]) == 1
