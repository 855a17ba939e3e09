"""Queue numbers on their way to Mobile JKN: announced, called, taken back, and never in P-Care's way."""

import asyncio
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kiosk.counter.ask import ask_participant, wait_for
from kiosk.counter.call import call, call_next, recall, skip, take_back
from kiosk.counter.outbox import give_up, outbox, retry_now
from kiosk.counter.register import cancel_registration, register
from kiosk.counter.status import status
from kiosk.counter.transfer import send_on
from kiosk.counter.views import Link
from kiosk.domain.codes import QUEUE_KINDS, Care, OutboxState, Payer, VisitKind
from kiosk.domain.registration import RegistrationForm
from kiosk.store import participants
from kiosk.sync.queue_schedule import Slot, choose, span
from tests.engines import both_engines
from tests.sync.conftest import ClinicDay, write_secrets
from tests.sync.mobile_jkn import (
    ADD,
    ALL_DAY,
    CALL,
    CANCEL,
    ZONE,
    items,
    posts,
    rows,
    set_hours,
    switch_on,
    switched,
    tickets,
    until,
)
from tests.sync.mobile_jkn import jkn as jkn

DONE, DROPPED = OutboxState.DONE, OutboxState.DROPPED


async def settled_at_pcare(clinic: ClinicDay) -> None:
    """Wait until nothing of P-Care's is open."""
    async with asyncio.timeout(30):
        while any(
            row.item.kind not in QUEUE_KINDS and row.item.state not in (DONE, DROPPED)
            for row in await outbox(clinic.desk)
        ):
            await asyncio.sleep(0.02)


@both_engines
async def test_a_number_is_announced_called_and_taken_back_in_mobile_jkn(jkn: ClinicDay) -> None:
    made = await jkn.register(await jkn.member(0))
    await until(jkn, (ADD, DONE, None))
    doctor = jkn.simulator.world.clinic.doctors[0]
    (row,) = tickets(jkn)
    assert (row["nomorantrean"], row["angkaantrean"], row["status"]) == (made.ticket.label, 1, "terdaftar")
    assert (row["namadokter"], row["kodedokter"], row["jampraktek"]) == (doctor.name, doctor.hfis_code, ALL_DAY)
    await call_next(jkn.desk)
    await until(jkn, (ADD, DONE, None), (CALL, DONE, None))
    assert tickets(jkn)[0]["status"] == "hadir"
    await cancel_registration(jkn.desk, made.registration.id)
    await until(jkn, (ADD, DONE, None), (CALL, DONE, None), (CANCEL, DONE, None))
    assert tickets(jkn)[0]["status"] == "batal"
    await jkn.settled()
    assert jkn.simulator.ledger()["registrations"] == []


async def test_who_did_not_come_is_told_and_calling_again_tells_it_once(jkn: ClinicDay) -> None:
    made = await jkn.register(await jkn.member(0))
    await call(jkn.desk, made.ticket.id)
    await until(jkn, (ADD, DONE, None), (CALL, DONE, None))
    await recall(jkn.desk, made.ticket.id)
    await skip(jkn.desk, made.ticket.id)
    await until(jkn, (ADD, DONE, None), (CALL, DONE, None), (CALL, DONE, None))
    assert tickets(jkn)[0]["status"] == "tidak hadir"
    assert posts(jkn, "panggil") == 2


async def test_a_skip_before_the_call_was_sent_is_one_call(jkn: ClinicDay) -> None:
    made = await jkn.register(await jkn.member(0))
    await until(jkn, (ADD, DONE, None))
    await jkn.stop_sync()
    await call(jkn.desk, made.ticket.id)
    await skip(jkn.desk, made.ticket.id)
    jkn.start_sync()
    await until(jkn, (ADD, DONE, None), (CALL, DONE, None))
    assert tickets(jkn)[0]["status"] == "tidak hadir"
    assert posts(jkn, "panggil") == 1


async def test_a_call_that_was_a_mistake_is_not_told_and_the_next_one_is(jkn: ClinicDay) -> None:
    made = await jkn.register(await jkn.member(0))
    await until(jkn, (ADD, DONE, None))
    await jkn.stop_sync()
    await call(jkn.desk, made.ticket.id)
    await take_back(jkn.desk, made.ticket.id)
    assert (CALL, DROPPED, "cancelled_here") in await items(jkn)
    await call(jkn.desk, made.ticket.id)
    jkn.start_sync()
    await until(jkn, (ADD, DONE, None), (CALL, DROPPED, "cancelled_here"), (CALL, DONE, None))
    assert posts(jkn, "panggil") == 1


async def test_further_stops_of_a_number_are_the_clinics_own_affair(jkn: ClinicDay) -> None:
    made = await jkn.register(await jkn.member(0))
    stop = await send_on(jkn.desk, made.ticket.id, "Farmasi", returns=False)
    await call(jkn.desk, stop.id)
    await skip(jkn.desk, stop.id)
    await take_back(jkn.desk, stop.id)
    assert [kind for kind, _, _ in await items(jkn)] == [ADD]


@both_engines
async def test_a_lost_reply_announces_once(jkn: ClinicDay) -> None:
    jkn.simulator.set_faults({"kind": "lost_reply", "path": "antrean/add", "count": 1})
    await jkn.register(await jkn.member(0))
    await until(jkn, (ADD, DONE, "already_there"))
    assert posts(jkn, "antrean/add") == 2
    assert len(tickets(jkn)) == 1


async def test_a_lost_reply_to_a_cancellation_ends_by_its_refused_repeat(jkn: ClinicDay) -> None:
    made = await jkn.register(await jkn.member(0))
    await until(jkn, (ADD, DONE, None))
    jkn.simulator.set_faults({"kind": "lost_reply", "path": "antrean/batal", "count": 1})
    await cancel_registration(jkn.desk, made.registration.id)
    await until(jkn, (ADD, DONE, None), (CANCEL, DONE, "repeat_refused"))
    assert tickets(jkn)[0]["status"] == "batal"


@both_engines
async def test_taken_back_while_nobody_knows_it_is_cancelled_there_too(jkn: ClinicDay) -> None:
    person = await jkn.member(0)
    jkn.simulator.set_faults({"kind": "lost_reply", "path": "antrean/add", "count": 1})
    made = await jkn.register(person)
    await until(jkn, (ADD, OutboxState.UNKNOWN, "cut"))
    await cancel_registration(jkn.desk, made.registration.id)
    await until(jkn, (ADD, DONE, "cancel_follows"), (CANCEL, DONE, None))
    assert [row["status"] for row in tickets(jkn)] == ["batal"]


@both_engines
async def test_taken_back_and_given_anew_the_new_number_stands(jkn: ClinicDay) -> None:
    person = await jkn.member(0)
    first = await jkn.register(person)
    await until(jkn, (ADD, DONE, None))
    jkn.simulator.set_faults({"kind": "lost_reply", "path": "antrean/batal", "count": 1})
    await cancel_registration(jkn.desk, first.registration.id)
    second = await jkn.register(person)
    await until(jkn, (ADD, DONE, None), (CANCEL, DONE, "repeat_refused"), (ADD, DONE, None))
    (row,) = tickets(jkn)
    assert (row["nomorantrean"], row["status"]) == (second.ticket.label, "terdaftar")


async def test_what_was_never_announced_collapses(jkn: ClinicDay) -> None:
    await jkn.stop_sync()
    person = await _known(jkn)
    made = await jkn.register(person)
    await call(jkn.desk, made.ticket.id)
    await cancel_registration(jkn.desk, made.registration.id)
    assert await items(jkn) == [(ADD, DROPPED, "cancelled_here"), (CALL, DROPPED, "cancelled_here")]
    jkn.start_sync()
    await jkn.settled()
    assert tickets(jkn) == []


async def test_without_the_health_screening_a_person_is_told_what_to_do(jkn: ClinicDay) -> None:
    facility = jkn.simulator.world.clinic.number
    (member,) = jkn.simulator.world.members(1, "unscreened", facility)
    person = await _ask(jkn, member.card)
    await jkn.register(person)
    await until(jkn, (ADD, OutboxState.NEEDS_ACTION, "screening_needed"))
    (row,) = await rows(jkn)
    assert "skrining" in row.reason_text and "Mobile JKN" in row.advice
    async with asyncio.timeout(30):
        while len(jkn.simulator.ledger()["registrations"]) != 1:
            await asyncio.sleep(0.03)
    await give_up(jkn.desk, row.item.id, "pasien pulang")
    await jkn.settled()
    assert len(jkn.simulator.ledger()["registrations"]) == 1


async def test_without_a_schedule_it_waits_for_a_person_and_then_goes(jkn: ClinicDay) -> None:
    set_hours(jkn)
    await jkn.register(await jkn.member(0))
    await until(jkn, (ADD, OutboxState.NEEDS_ACTION, "no_schedule"))
    set_hours(jkn, ALL_DAY)
    await retry_now(jkn.desk, (await rows(jkn))[0].item.id)
    await until(jkn, (ADD, DONE, None))


async def test_a_call_outside_the_hours_is_told_within_them(jkn: ClinicDay) -> None:
    # Whatever time it is now, it is outside one of the two.
    hours = "00:00-00:01" if jkn.desk.now().astimezone(ZoneInfo(ZONE)).hour else "23:58-23:59"
    set_hours(jkn, hours)
    made = await jkn.register(await jkn.member(0))
    await call(jkn.desk, made.ticket.id)
    await until(jkn, (ADD, DONE, None), (CALL, DONE, None))
    within = span(hours, jkn.desk.today(), ZONE)
    assert within is not None
    assert within[0].timestamp() <= tickets(jkn)[0]["waktu"] / 1000 <= within[1].timestamp()


async def test_mobile_jkn_down_does_not_hold_up_pcare(jkn: ClinicDay) -> None:
    person = await jkn.member(0)
    jkn.simulator.set_faults(
        {"kind": "error", "path": "antrean", "status": 503}, {"kind": "error", "path": "ref", "status": 503}
    )
    await jkn.register(person)
    async with asyncio.timeout(30):
        while len(jkn.simulator.ledger()["registrations"]) != 1 or not (await items(jkn))[0][2]:
            await asyncio.sleep(0.03)
    assert await items(jkn) == [(ADD, OutboxState.PENDING, "server_error")]
    await settled_at_pcare(jkn)
    state = await status(jkn.desk)
    assert (state.link, state.waiting, state.needs_action) == (Link.ONLINE, 0, 0)
    assert "Mobile JKN" in (await rows(jkn))[0].reason_text
    jkn.simulator.clear_faults()
    await until(jkn, (ADD, DONE, None))


async def test_pcare_down_does_not_hold_up_mobile_jkn(jkn: ClinicDay) -> None:
    person = await jkn.member(0)
    for path in ("pendaftaran", "kesadaran", "peserta"):
        jkn.simulator.set_faults({"kind": "error", "path": path, "status": 503})
    await jkn.register(person)
    await until(jkn, (ADD, DONE, None))
    assert jkn.simulator.ledger()["registrations"] == []
    jkn.simulator.clear_faults()
    await jkn.settled()


@both_engines
async def test_switched_off_nothing_is_written_and_nothing_stays(clinic: ClinicDay) -> None:
    await switched(clinic, on=False)
    made = await clinic.register(await clinic.member(0))
    await call(clinic.desk, made.ticket.id)
    await cancel_registration(clinic.desk, made.registration.id)
    assert await items(clinic) == []
    switch_on(clinic.secrets, clinic)
    await switched(clinic, on=True)
    set_hours(clinic)
    await clinic.register(await clinic.member(1))
    await until(clinic, (ADD, OutboxState.NEEDS_ACTION, "no_schedule"))
    write_secrets(clinic.secrets, clinic.simulator.credentials.as_dict())
    await switched(clinic, on=False)
    await until(clinic, (ADD, DROPPED, "queue_off"))


async def test_a_paying_patient_is_announced_by_nik_and_needs_no_call(jkn: ClinicDay) -> None:
    made = await register(
        jkn.desk,
        RegistrationForm(
            participant_id=await jkn.member(0),
            day=jkn.desk.today(),
            poli_code="001",
            payer=Payer.GENERAL,
            visit_kind=VisitKind.SICK,
            care=Care.OUTPATIENT,
        ),
    )
    assert made.outbox is None
    await call(jkn.desk, made.ticket.id)
    await until(jkn, (ADD, DONE, None))
    assert tickets(jkn)[0]["nomorkartu"] == ""


async def test_a_paper_form_of_yesterday_is_not_announced(jkn: ClinicDay) -> None:
    person = await jkn.member(0)
    yesterday = jkn.desk.today() - timedelta(days=1)
    form = RegistrationForm(person, yesterday, "001", Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT)
    await register(jkn.desk, form)
    assert await items(jkn) == []


@both_engines
async def test_what_did_not_get_through_before_the_day_was_over_is_dropped(jkn: ClinicDay) -> None:
    jkn.simulator.set_faults({"kind": "lost_reply", "path": "antrean/add", "count": 1})
    made = await jkn.register(await jkn.member(0))
    await until(jkn, (ADD, OutboxState.UNKNOWN, "cut"))
    await jkn.stop_sync()
    await call(jkn.desk, made.ticket.id)
    yesterday = (jkn.desk.today() - timedelta(days=1)).isoformat()
    await jkn.desk.write(
        lambda tx: tx.execute("UPDATE registration SET day = ? WHERE id = ?", yesterday, made.registration.id)
    )
    jkn.start_sync()
    await until(jkn, (ADD, DROPPED, "day_over"), (CALL, DROPPED, "day_over"))
    assert posts(jkn, "antrean/add") == 1


async def test_a_clock_that_is_a_day_ahead_ends_nothing_and_announces_nothing(jkn: ClinicDay) -> None:
    person = await jkn.member(0)
    await jkn.stop_sync()
    await jkn.register(person)
    jkn.set_by = timedelta(days=1)
    jkn.start_sync()
    await until(jkn, (ADD, OutboxState.PENDING, "clock"))
    # Where the line would carry again, signed by the service's clock, the date is wrong all the same.
    async with asyncio.timeout(30):
        while posts(jkn, jkn.desk.today().isoformat()) + posts(jkn, _tomorrow(jkn)) < 3:
            await asyncio.sleep(0.02)
    assert await items(jkn) == [(ADD, OutboxState.PENDING, "clock")]
    assert posts(jkn, "antrean/add") == 0
    jkn.set_by = timedelta()
    await until(jkn, (ADD, DONE, None))


@both_engines
async def test_killed_in_the_middle_of_an_announcement_it_is_there_once(jkn: ClinicDay) -> None:
    person = await jkn.member(0)
    jkn.simulator.set_faults({"kind": "latency", "path": "antrean/add", "seconds": 0.3, "count": 1})
    await jkn.register(person)
    async with asyncio.timeout(5):
        while (await items(jkn))[0][1] != OutboxState.SENDING:
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.1)
    await jkn.kill_sync()
    jkn.start_sync()
    await until(jkn, (ADD, DONE, "already_there"))
    assert len(tickets(jkn)) == 1


def slot(hours: str) -> Slot:
    day = date(2026, 11, 23)
    within = span(hours, day, ZONE)
    assert within is not None
    return Slot("Umum", int(hours[:2]), "dr. Uji", hours, *within)


@pytest.mark.parametrize(
    ("at", "expected"),
    [("06:00", "07:00-11:00"), ("08:00", "07:00-11:00"), ("12:00", "13:00-17:00"), ("16:30", "13:00-17:00"),
     ("20:00", "16:00-19:00")],
)  # fmt: skip
def test_which_doctor_a_number_is_announced_for(at: str, expected: str) -> None:
    slots = (slot("13:00-17:00"), slot("07:00-11:00"), slot("16:00-19:00"))
    moment = datetime.fromisoformat(f"2026-11-23T{at}:00+07:00")
    chosen = choose(slots, moment)
    assert chosen is not None and chosen.hours == expected


@pytest.mark.parametrize("hours", ["", "7-12", "12:00-07:00", "07:00-25:00", "07:61-12:00"])
def test_hours_that_are_none_are_not_used(hours: str) -> None:
    assert span(hours, date(2026, 11, 23), ZONE) is None


async def _ask(clinic: ClinicDay, card: str) -> str:
    answer = await wait_for(clinic.desk, await ask_participant(clinic.desk, card))
    assert answer.participant is not None
    return answer.participant.id


async def _known(clinic: ClinicDay) -> str:
    """A person of the clinic who was there before P-Care was asked."""
    people = await clinic.desk.read(lambda tx: participants.with_digits(tx, "0000000000001", 1))
    return people[0].id


def _tomorrow(clinic: ClinicDay) -> str:
    return (clinic.desk.today() + timedelta(days=1)).isoformat()
