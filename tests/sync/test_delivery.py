"""What the clerk saved reaches P-Care once, whatever the line does; seen in the simulator's ledger."""

import asyncio
from dataclasses import replace

from kiosk.counter.ask import ask_history, ask_hospitals, ask_participant, wait_for
from kiosk.counter.call import queue
from kiosk.counter.outbox import outbox
from kiosk.counter.register import cancel_registration
from kiosk.counter.serve import delete_visit, save_visit
from kiosk.counter.status import status
from kiosk.counter.views import Link
from kiosk.domain.codes import InquiryState, OutboxState
from kiosk.domain.visit import Referral
from tests.engines import both_engines
from tests.sync import colleague
from tests.sync.conftest import ClinicDay, write_secrets

pytestmark = both_engines


async def test_a_visit_goes_from_the_door_to_pcare_once(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    await clinic.serve(made)
    assert await clinic.settled() == [OutboxState.DONE] * 2
    ledger = clinic.simulator.ledger()
    assert len(ledger["registrations"]) == len(ledger["visits"]) == 1
    (ticket,) = await queue(clinic.desk)
    assert ticket.remote_number == ledger["registrations"][0]["noUrut"]
    assert (await status(clinic.desk)).link == Link.ONLINE


async def test_what_was_not_measured_is_not_invented(clinic: ClinicDay) -> None:
    await clinic.serve(await clinic.register(await clinic.member(0)))
    await clinic.settled()
    visit = clinic.simulator.ledger()["visits"][0]
    assert visit["sistole"] in (None, 0)
    assert visit.get("suhu") is None


async def test_a_lost_reply_does_not_register_twice(clinic: ClinicDay) -> None:
    person = await clinic.member(0)
    clinic.simulator.set_faults({"kind": "lost_reply", "method": "POST", "count": 1})
    made = await clinic.register(person)
    assert await clinic.settled() == [OutboxState.DONE]
    assert [row.item.reason for row in await outbox(clinic.desk)] == ["read_back"]
    assert len(clinic.simulator.ledger()["registrations"]) == 1
    clinic.simulator.set_faults({"kind": "lost_reply", "method": "POST", "count": 1})
    await clinic.serve(made)
    await clinic.settled()
    assert len(clinic.simulator.ledger()["visits"]) == 1


async def test_a_call_that_takes_effect_late_is_not_sent_again(clinic: ClinicDay) -> None:
    person = await clinic.member(0)
    clinic.simulator.set_faults({"kind": "late", "method": "POST", "count": 1, "seconds": 0.4})
    await clinic.register(person)
    await clinic.settled()
    assert len(clinic.simulator.ledger()["registrations"]) == 1
    assert clinic.simulator.ledger()["refused"] == 0


async def test_an_outage_is_lived_through_and_drained_by_itself(clinic: ClinicDay) -> None:
    people = [await clinic.member(n) for n in range(3)]
    clinic.simulator.set_faults(outage=True)
    made = [await clinic.register(person) for person in people]
    await clinic.serve(made[0])
    async with asyncio.timeout(5):
        while (await status(clinic.desk)).link != Link.OFFLINE:
            await asyncio.sleep(0.05)
    assert "putus sejak" in (await status(clinic.desk)).sentence
    clinic.simulator.clear_faults()
    await clinic.settled()
    ledger = clinic.simulator.ledger()
    assert (len(ledger["registrations"]), len(ledger["visits"])) == (3, 1)


async def test_killed_in_the_middle_of_a_send_it_is_once_in_the_ledger(clinic: ClinicDay) -> None:
    person = await clinic.member(0)
    clinic.simulator.set_faults({"kind": "latency", "method": "POST", "seconds": 0.8, "count": 1})
    await clinic.register(person)
    async with asyncio.timeout(5):
        while OutboxState.SENDING not in await clinic.states():
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.05)
    await clinic.kill_sync()
    assert await clinic.states() == [OutboxState.SENDING]
    clinic.start_sync()
    await clinic.settled()
    assert len(clinic.simulator.ledger()["registrations"]) == 1


async def test_what_a_colleague_typed_in_pcare_is_adopted_not_sent(clinic: ClinicDay) -> None:
    person = await clinic.member(0)
    cards = [m["noKartu"] for m in clinic.simulator.credentials.members]
    await clinic.stop_sync()
    for card in cards[:2]:
        await colleague.registers(clinic, card)
    await clinic.register(person)
    clinic.start_sync()
    await clinic.settled()
    assert [row.item.reason for row in await outbox(clinic.desk)] == ["typed_elsewhere"]
    assert len(clinic.simulator.ledger()["registrations"]) == 2
    tickets = await queue(clinic.desk)
    assert [t.label for t in tickets] == ["A-001", "A-002"]
    assert all(t.remote_number for t in tickets)


async def test_an_edit_made_after_sending_follows_and_a_deletion_too(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    visit = await clinic.serve(made)
    await clinic.settled()
    await save_visit(clinic.desk, replace(visit.form, complaint="demam"))
    await clinic.settled()
    assert [v["keluhan"] for v in clinic.simulator.ledger()["visits"]] == ["demam"]
    await delete_visit(clinic.desk, visit.id)
    await clinic.settled()
    assert clinic.simulator.ledger()["visits"] == []
    await cancel_registration(clinic.desk, made.registration.id)
    await clinic.settled()
    assert clinic.simulator.ledger()["registrations"] == []


async def test_a_registration_cancelled_while_nobody_knows_is_found_and_taken_back(clinic: ClinicDay) -> None:
    person = await clinic.member(0)
    clinic.simulator.set_faults({"kind": "lost_reply", "method": "POST", "count": 1})
    made = await clinic.register(person)
    await clinic.settled(OutboxState.UNKNOWN)
    await cancel_registration(clinic.desk, made.registration.id)
    again = await clinic.register(person)
    assert again.ticket.label == "A-002"
    await clinic.settled()
    (row,) = clinic.simulator.ledger()["registrations"]
    numbers = [t.remote_number for t in await queue(clinic.desk)]
    assert numbers == [row["noUrut"]]


async def test_a_refusal_waits_for_a_person_and_holds_nobody_else_up(clinic: ClinicDay) -> None:
    first = await clinic.register(await clinic.member(0))
    second = await clinic.register(await clinic.member(1))
    await clinic.serve(first, doctor_code="99999")
    await clinic.serve(second)
    states = await clinic.settled(OutboxState.DONE, OutboxState.NEEDS_ACTION)
    assert sorted(states) == sorted([OutboxState.DONE] * 3 + [OutboxState.NEEDS_ACTION])
    refused = next(r for r in await outbox(clinic.desk) if r.item.state == OutboxState.NEEDS_ACTION)
    assert refused.item.reason == "validation"
    assert "kdDokter" in (refused.item.detail or "")
    await clinic.serve(first)
    await clinic.settled()
    assert len(clinic.simulator.ledger()["visits"]) == 2


async def test_a_refused_login_stops_after_one_try_until_the_password_is_mended(clinic: ClinicDay) -> None:
    person = await clinic.member(0)
    await clinic.stop_sync()
    right = clinic.simulator.credentials.as_dict()
    write_secrets(clinic.secrets, right, password="salah")
    before = clinic.simulator.ledger()["calls"]
    await clinic.register(person)
    clinic.start_sync()
    async with asyncio.timeout(5):
        while (await status(clinic.desk)).link != Link.STOPPED:
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.8)
    assert clinic.simulator.ledger()["calls"] - before == 1
    assert "kata sandi" in (await status(clinic.desk)).sentence
    assert await clinic.states() == [OutboxState.PENDING]
    write_secrets(clinic.secrets, right)
    await clinic.settled()


async def test_questions_are_answered_and_unanswered_ones_say_why(clinic: ClinicDay) -> None:
    person = await clinic.member(0)
    made = await clinic.register(person)
    await clinic.serve(made)
    await clinic.settled()
    history = await wait_for(clinic.desk, await ask_history(clinic.desk, person))
    assert [row.day for row in history.history][:1] == [clinic.desk.today()]
    nobody = await wait_for(clinic.desk, await ask_participant(clinic.desk, "9" * 13))
    assert nobody.state == InquiryState.ANSWERED
    assert nobody.participant is None
    clinic.simulator.set_faults(outage=True)
    card = clinic.simulator.credentials.members[5]["noKartu"]
    silent = await wait_for(clinic.desk, await ask_participant(clinic.desk, card))
    assert silent.state == InquiryState.UNANSWERED
    assert silent.message.endswith(".")


async def test_a_referral_reaches_the_hospital_chosen_from_pcares_list(clinic: ClinicDay) -> None:
    person = await clinic.member(0)
    made = await clinic.register(person)
    asked = await ask_hospitals(
        clinic.desk, day=clinic.desk.today(), participant_id=person, subspecialty_code="26", sarana_code="1"
    )
    answer = await wait_for(clinic.desk, asked)
    assert answer.hospitals, answer.message
    chosen = answer.hospitals[0]
    await clinic.serve(
        made,
        discharge_code="4",
        tacc_code=1,
        tacc_reason="< 3 Hari",
        referral=Referral(
            day=clinic.desk.today(),
            hospital_code=chosen.code,
            hospital_name=chosen.name,
            subspecialty_code="26",
            subspecialty_name="Anak",
            sarana_code="1",
        ),
    )
    await clinic.settled()
    (visit,) = clinic.simulator.ledger()["visits"]
    assert visit["rujukLanjut"]["kdppk"] == chosen.code
