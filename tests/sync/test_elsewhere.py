"""What a colleague does in P-Care's own page comes to light here, though nothing is to be sent."""

import asyncio
from dataclasses import replace

from kiosk.counter.call import queue
from kiosk.counter.lines import add_line, delete_line
from kiosk.counter.outbox import give_up, retry_now
from kiosk.counter.register import cancel_registration
from kiosk.counter.serve import delete_visit, save_visit
from kiosk.domain.codes import OutboxKind, OutboxState, TicketState
from tests.sync import colleague
from tests.sync.conftest import ClinicDay
from tests.sync.visit_lines import PARACETAMOL, fault, until
from tests.sync.watching import OFTEN, reason, watching


async def test_what_a_colleague_registers_appears_though_nothing_is_sent(clinic: ClinicDay) -> None:
    await watching(clinic)
    card = clinic.simulator.credentials.members[3]["noKartu"]
    await colleague.registers(clinic, card)
    async with asyncio.timeout(30):
        while not await queue(clinic.desk):
            await asyncio.sleep(0.03)
    (ticket,) = await queue(clinic.desk)
    assert ticket.remote_number == "A1"
    assert await clinic.noted() == [("registration.adopt", ticket.registration_id)]


async def test_a_registration_deleted_at_pcare_waits_for_a_person_and_goes_again(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    await clinic.settled()
    await colleague.deletes_registration(clinic, made.registration.day)
    await watching(clinic)
    item = await reason(clinic, "gone_at_pcare")
    assert await clinic.noted() == [("registration.gone", made.registration.id)]
    assert clinic.simulator.ledger()["registrations"] == [], "nobody sends it without being asked"
    await retry_now(clinic.desk, item)
    await clinic.settled()
    (again,) = clinic.simulator.ledger()["registrations"]
    assert [t.remote_number for t in await queue(clinic.desk)] == [again["noUrut"]]


async def test_a_registration_deleted_at_pcare_can_be_cancelled_here_too(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    await clinic.settled()
    await colleague.deletes_registration(clinic, made.registration.day)
    await watching(clinic)
    await reason(clinic, "gone_at_pcare")
    await cancel_registration(clinic.desk, made.registration.id)
    assert await clinic.settled() == [OutboxState.DONE, OutboxState.DROPPED]
    assert not [c for c in clinic.simulator.calls() if c["method"] == "DELETE"][1:], "only the colleague's own"


async def test_a_service_refused_for_want_of_its_registration_goes_when_that_is_back(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    await clinic.settled()
    await colleague.deletes_registration(clinic, made.registration.day)
    await clinic.serve(made)
    await reason(clinic, "no_registration")
    await watching(clinic)
    await retry_now(clinic.desk, await reason(clinic, "gone_at_pcare"))
    await clinic.settled()
    assert len(clinic.simulator.ledger()["visits"]) == 1


async def test_a_service_deleted_at_pcare_waits_for_a_person_and_its_lines_go_again_with_it(clinic: ClinicDay) -> None:
    visit = await clinic.serve(await clinic.register(await clinic.member(0)))
    await add_line(clinic.desk, visit.id, PARACETAMOL)
    await clinic.settled()
    await colleague.deletes_visit(clinic)
    await watching(clinic)
    item = await reason(clinic, "visit_gone_at_pcare")
    assert clinic.simulator.ledger()["medications"] == []
    await retry_now(clinic.desk, item)
    await clinic.settled()
    ledger = clinic.simulator.ledger()
    assert (len(ledger["visits"]), len(ledger["medications"])) == (1, 1)


async def test_a_drug_entered_after_a_deleted_service_was_left_so_waits_for_nothing(clinic: ClinicDay) -> None:
    visit = await clinic.serve(await clinic.register(await clinic.member(0)))
    await clinic.settled()
    await colleague.deletes_visit(clinic)
    await watching(clinic)
    await give_up(clinic.desk, await reason(clinic, "visit_gone_at_pcare"), "dihapus atas permintaan pasien")
    await add_line(clinic.desk, visit.id, PARACETAMOL)
    assert await clinic.settled() == [OutboxState.DONE, OutboxState.DONE, OutboxState.DROPPED]
    await save_visit(clinic.desk, replace(visit.form, complaint="demam"))
    await clinic.settled()
    ledger = clinic.simulator.ledger()
    assert (len(ledger["visits"]), len(ledger["medications"])) == (1, 1)


async def test_a_correction_of_a_service_deleted_at_pcare_goes_as_a_whole_or_not_at_all(clinic: ClinicDay) -> None:
    visit = await clinic.serve(await clinic.register(await clinic.member(0)))
    await clinic.settled()
    await colleague.deletes_visit(clinic)
    await save_visit(clinic.desk, replace(visit.form, complaint="demam"))
    item = await reason(clinic, "visit_gone_at_pcare")
    await retry_now(clinic.desk, item)
    await clinic.settled()
    assert [v["keluhan"] for v in clinic.simulator.ledger()["visits"]] == ["demam"]


async def test_a_drug_taken_back_from_a_service_that_a_colleague_deleted_waits_for_nothing(clinic: ClinicDay) -> None:
    visit = await clinic.serve(await clinic.register(await clinic.member(0)))
    drug = await add_line(clinic.desk, visit.id, PARACETAMOL)
    await clinic.settled()
    fault(clinic, "reset", "DELETE", "obat")
    await delete_line(clinic.desk, drug.id)
    await until(clinic, (OutboxKind.MEDICATION_DELETE,), OutboxState.UNKNOWN)
    await colleague.deletes_visit(clinic)
    await save_visit(clinic.desk, replace(visit.form, complaint="demam"))
    await reason(clinic, "visit_gone_at_pcare")
    await delete_visit(clinic.desk, visit.id)
    await clinic.settled()
    ledger = clinic.simulator.ledger()
    assert (ledger["visits"], ledger["medications"]) == ([], [])


async def test_what_is_given_up_is_not_asked_about_again(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    await clinic.settled()
    await colleague.deletes_registration(clinic, made.registration.day)
    await watching(clinic)
    await give_up(clinic.desk, await reason(clinic, "gone_at_pcare"), "dihapus atas permintaan pasien")
    await asyncio.sleep(OFTEN.settle + 0.6)
    assert await clinic.states() == [OutboxState.DONE, OutboxState.DROPPED]


async def test_who_was_served_in_pcares_page_does_not_wait_here(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    visit = await clinic.serve(await clinic.register(await clinic.member(1)))
    await clinic.settled()
    registration = next(t for t in await queue(clinic.desk) if t.registration_id == made.registration.id)
    assert registration.state == TicketState.WAITING
    await colleague.serves(clinic, replace(visit, form=replace(visit.form, registration_id=made.registration.id)))
    await watching(clinic)
    async with asyncio.timeout(30):
        while any(t.state == TicketState.WAITING for t in await queue(clinic.desk)):
            await asyncio.sleep(0.03)


async def test_a_list_that_lags_behind_deletes_nothing(clinic: ClinicDay) -> None:
    """What was registered a moment ago may not be on the list yet."""
    clinic.simulator.set_faults({"kind": "stale", "seconds": 0.4})
    await watching(clinic)
    visit = await clinic.serve(await clinic.register(await clinic.member(0)))
    await add_line(clinic.desk, visit.id, PARACETAMOL)
    await clinic.settled()
    await asyncio.sleep(1.2)
    assert set(await clinic.states()) == {OutboxState.DONE}
