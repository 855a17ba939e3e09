"""The queue at the counter: turns, ways back, stops on the way, estimates, and two counters at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.counter import call
from kiosk.counter.access import log_in
from kiosk.counter.board import board
from kiosk.counter.desk import Desk
from kiosk.counter.errors import Conflict, NotFound
from kiosk.counter.register import cancel_registration, look_again, register
from kiosk.counter.transfer import cancel_stop, places, send_on
from kiosk.counter.views import Registered
from kiosk.counter.waiting import queue_now
from kiosk.domain.codes import Care, Payer, Priority, TicketState, VisitKind
from kiosk.domain.queue import Ticket
from kiosk.domain.registration import RegistrationForm
from kiosk.store import participants, queue
from kiosk.store.database import Store
from tests.engines import both_engines
from tests.people import PASSWORD, invented

UMUM, GIGI, FARMASI = "001", "002", "Farmasi"
WAITING, CALLED, SERVING = TicketState.WAITING, TicketState.CALLED, TicketState.SERVING
HELD, SKIPPED, DONE = TicketState.HELD, TicketState.SKIPPED, TicketState.DONE
ELDERLY = Priority.ELDERLY


class Clock:
    """Time that goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


class Day:
    """A desk, its clock, and invented people who come one after the other."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self.desk, self.clock = desk, clock
        self._come = 500

    async def comes(self, priority: Priority = Priority.ORDINARY, poli: str = UMUM) -> Registered:
        """Somebody is registered, a second after the one before."""
        self._come += 1
        self.clock.goes_on(1 / 60)
        person = invented(self._come, f"Antre Uji {self._come}")
        saved = await self.desk.write(lambda tx: participants.save(tx, person))
        form = RegistrationForm(
            saved.id,
            self.desk.today(),
            poli,
            Payer.GENERAL,
            VisitKind.SICK,
            Care.OUTPATIENT,
            priority=priority,
        )
        return await register(self.desk, form)

    async def line(self, place: str = UMUM) -> list[str]:
        """The labels of those who wait at a place, in the order of their calls."""
        now = await queue_now(self.desk)
        waiting = [t for t in now.tickets if t.poli_code == place and t.state == WAITING]
        return [t.label for t in sorted(waiting, key=lambda t: now.order[t.id])]

    async def next(self, place: str | None = UMUM) -> Ticket:
        """The next one is called."""
        called = await call.call_next(self.desk, place)
        assert called is not None
        return called

    async def served(self, minutes: float) -> None:
        """The next one is called, served for so long, and done."""
        called = await self.next()
        self.clock.goes_on(minutes)
        await call.finish(self.desk, called.id)


@pytest.fixture
async def day(store: Store) -> AsyncIterator[Day]:
    clock = Clock()
    desk = await Desk.open(store.url, "Loket 1", clock)
    await log_in(desk, "admin", PASSWORD)
    yield Day(desk, clock)
    await desk.close()


@both_engines
async def test_priorities_take_turns_with_the_others_and_the_reason_is_told(day: Day) -> None:
    for kind in (Priority.ORDINARY,) * 4 + (ELDERLY, Priority.PREGNANT):
        await day.comes(kind)
    assert await day.line() == ["A-005", "A-001", "A-002", "A-006", "A-003", "A-004"]
    told = []
    for _ in range(4):
        _, why = (await queue_now(day.desk)).following[UMUM]
        told.append(((await day.next()).label, why))
    assert told == [
        ("A-005", "giliran prioritas 1:2 (lansia)"),
        ("A-001", "giliran biasa 1:2"),
        ("A-002", "giliran biasa 1:2"),
        ("A-006", "giliran prioritas 1:2 (hamil)"),
    ]
    await day.comes(Priority.EMERGENCY)
    assert (await queue_now(day.desk)).following[None][1] == "gawat, selalu lebih dulu"
    assert (await day.next(None)).label == "A-007"


@both_engines
async def test_several_counters_calling_at_once_never_call_the_same_person(day: Day, store: Store) -> None:
    for number in range(16):
        await day.comes(ELDERLY if number % 4 == 0 else Priority.ORDINARY)
    desks = [await Desk.open(store.url, f"Loket {n}", day.clock) for n in range(2, 6)]
    for desk in desks:
        await log_in(desk, "admin", PASSWORD)

    async def calls(desk: Desk) -> list[str]:
        found = []
        while (ticket := await call.call_next(desk, UMUM)) is not None:
            found.append(ticket.label)
        return found

    try:
        each = await asyncio.gather(*map(calls, desks))
    finally:
        for desk in desks:
            await desk.close()
    labels = [label for found in each for label in found]
    assert sorted(labels) == [f"A-{n:03d}" for n in range(1, 17)]
    rows = await day.desk.read(lambda tx: tx.rows("SELECT calls, turn FROM ticket ORDER BY turn"))
    assert [row["calls"] for row in rows] == [1] * 16
    assert [row["turn"] for row in rows] == list(range(1, 17))


async def test_every_state_has_a_way_back(day: Day) -> None:
    for _ in range(6):
        await day.comes()
    first = await day.next()
    assert (await call.take_back(day.desk, first.id)).state == WAITING
    assert await day.line() == [f"A-{n:03d}" for n in range(1, 7)], "called by mistake: the old place"
    held = await call.hold(day.desk, (await day.next()).id)
    assert (await call.take_back(day.desk, held.id)).state == WAITING
    assert (await day.line())[0] == "A-001", "who was held gets the old place"
    await call.skip(day.desk, (await day.next()).id)
    assert (await call.take_back(day.desk, first.id)).state == WAITING
    assert await day.line() == ["A-002", "A-003", "A-004", "A-001", "A-005", "A-006"], "skipped: behind three"
    second = await day.next()
    assert (await call.serve_now(day.desk, second.id)).state == SERVING
    assert (await call.take_back(day.desk, second.id)).state == WAITING
    await call.finish(day.desk, (await day.next()).id)
    assert (await call.take_back(day.desk, second.id)).state == SERVING, "finished by mistake: opened again"
    waiting = (await day.comes()).ticket
    with pytest.raises(Conflict, match="menunggu"):
        await call.take_back(day.desk, waiting.id)
    with pytest.raises(NotFound):
        await call.take_back(day.desk, "tidak ada")


async def test_a_call_that_was_a_mistake_takes_nobodys_turn(day: Day) -> None:
    for kind in (ELDERLY, Priority.ORDINARY, ELDERLY):
        await day.comes(kind)
    await call.take_back(day.desk, (await day.next()).id)
    assert (await day.next()).label == "A-001"


async def test_the_class_may_be_changed_while_somebody_waits(day: Day) -> None:
    made = [await day.comes() for _ in range(3)]
    await call.set_priority(day.desk, made[2].ticket.id, Priority.DISABLED)
    assert await day.line() == ["A-003", "A-001", "A-002"]
    await call.set_priority(day.desk, made[2].ticket.id, Priority.ORDINARY)
    assert await day.line() == ["A-001", "A-002", "A-003"]
    await call.finish(day.desk, (await day.next()).id)
    with pytest.raises(Conflict, match="selesai"):
        await call.set_priority(day.desk, made[0].ticket.id, ELDERLY)


@both_engines
async def test_a_number_goes_on_to_the_pharmacy_under_the_same_number(day: Day) -> None:
    await day.comes(ELDERLY)
    await day.comes()
    first = await day.next()
    day.clock.goes_on(6)
    stop = await send_on(day.desk, first.id, FARMASI, returns=False)
    assert (stop.label, stop.poli_name, stop.state, stop.is_stop) == ("A-001", FARMASI, WAITING, True)
    assert stop.priority == ELDERLY
    assert stop.created_at == day.clock.now
    here = {(t.poli_name, t.label): t.state for t in await call.queue(day.desk)}
    assert here == {("Umum", "A-001"): DONE, ("Umum", "A-002"): WAITING, (FARMASI, "A-001"): WAITING}
    called = await day.next(FARMASI)
    assert (called.id, called.calls, called.room) == (stop.id, 1, "Loket 1")
    shown = {poli.poli_name: poli for poli in (await board(day.desk)).polis}
    assert (shown[FARMASI].current, shown[FARMASI].room) == ("A-001", "Loket 1")
    assert shown["Umum"].following == ("A-002",)
    await call.finish(day.desk, stop.id)
    assert [t.label for t in await day.desk.read(lambda tx: queue.of_day(tx, day.desk.today()))] == ["A-001", "A-002"]
    (kept,) = await day.desk.read(lambda tx: tx.rows("SELECT place, operator, done_at FROM stop"))
    assert kept["place"] == FARMASI and kept["operator"] and kept["done_at"]


async def test_who_waits_for_a_result_is_in_line_again_when_it_is_there(day: Day) -> None:
    for _ in range(3):
        await day.comes()
    first = await day.next()
    stop = await send_on(day.desk, first.id, "Laboratorium", returns=True)
    assert [t.state for t in await call.queue(day.desk, UMUM)] == [HELD, WAITING, WAITING]
    with pytest.raises(Conflict, match="sudah di antrean Laboratorium"):
        await send_on(day.desk, first.id, "Laboratorium", returns=True)
    await call.call(day.desk, stop.id)
    await call.finish(day.desk, stop.id)
    assert await day.line() == ["A-001", "A-002", "A-003"], "back at the old place"
    again = await send_on(day.desk, first.id, "Laboratorium", returns=True)
    assert (await cancel_stop(day.desk, again.id)).state == TicketState.CANCELLED
    assert (await day.line())[0] == "A-001"
    with pytest.raises(Conflict):
        await send_on(day.desk, first.id, UMUM, returns=False)


async def test_a_registration_that_is_taken_back_waits_nowhere(day: Day) -> None:
    made = await day.comes()
    await send_on(day.desk, made.ticket.id, FARMASI, returns=True)
    await cancel_registration(day.desk, made.registration.id)
    assert await call.queue(day.desk) == ()
    with pytest.raises(Conflict, match="batal"):
        await send_on(day.desk, made.ticket.id, FARMASI, returns=False)


async def test_own_places_come_before_the_polis_when_a_number_is_sent_on(desk: Desk) -> None:
    assert (await places(desk))[:3] == (("Laboratorium",) * 2, ("Farmasi",) * 2, ("001", "Umum"))


async def test_the_wait_is_told_only_when_the_day_has_shown_how_long_it_takes(day: Day) -> None:
    for _ in range(9):
        await day.comes()
    for _ in range(4):
        await day.served(minutes=10)
    last = await day.comes()
    assert last.wait is None, "the number is shown first"
    seen = await look_again(day.desk, last.registration.id)
    assert (seen.ahead, seen.wait) == (5, None)
    await day.served(minutes=10)
    seen = await look_again(day.desk, last.registration.id)
    assert (seen.ahead, seen.wait) == (4, 40)
    now = await queue_now(day.desk)
    assert [now.waits[t.id] for t in now.tickets if t.state == WAITING] == [0, 10, 20, 30, 40]
    await call.skip(day.desk, (await day.next()).id)
    assert (await queue_now(day.desk)).waits[last.ticket.id] == 30


async def test_the_board_tells_what_every_room_has_called(day: Day, store: Store) -> None:
    for _ in range(4):
        await day.comes()
    other = await Desk.open(store.url, "Ruang 2", day.clock)
    await log_in(other, "admin", PASSWORD)
    first = await day.next()
    day.clock.goes_on(1)
    await call.call_next(other, UMUM)
    (poli,) = (await board(day.desk)).polis
    assert (poli.current, poli.room, poli.beside) == ("A-002", "Ruang 2", (("A-001", "Loket 1"),))
    before = {c.id: c.calls for c in (await board(day.desk)).calls}
    await call.recall(day.desk, first.id)
    after = {c.id: c.calls for c in (await board(day.desk)).calls}
    assert after[first.id] == before[first.id] + 1, "a recall is a call again"
    await other.close()
