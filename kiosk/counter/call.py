"""The queue: calling numbers in order, calling again, skipping, holding, finishing."""

from datetime import date

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.errors import Conflict, NotFound
from kiosk.counter.queue_calls import tell
from kiosk.domain.codes import TicketState
from kiosk.domain.people import Action
from kiosk.domain.queue import MOVES, Ticket
from kiosk.store import queue as tickets
from kiosk.store.transaction import Transaction

STATE_TEXT = {
    TicketState.WAITING: "menunggu",
    TicketState.CALLED: "dipanggil",
    TicketState.SERVING: "dilayani",
    TicketState.HELD: "ditahan",
    TicketState.SKIPPED: "dilewati",
    TicketState.DONE: "selesai",
    TicketState.CANCELLED: "batal",
}


async def queue(desk: Desk, poli_code: str | None = None, day: date | None = None) -> tuple[Ticket, ...]:
    """The day's tickets of one poli or all, by poli and number: the order in which they are called."""
    wanted = day or desk.today()
    return await desk.read(lambda tx: tickets.of_day(tx, wanted, poli_code))


async def call_next(desk: Desk, poli_code: str | None = None, room: str | None = None) -> Ticket | None:
    """Call the first waiting number of the poli (of all, in order of arrival); None when nobody waits."""
    require(desk, Action.CALL)
    today = desk.today()

    def work(tx: Transaction) -> Ticket | None:
        waiting = [t for t in tickets.of_day(tx, today, poli_code) if t.state == TicketState.WAITING]
        if not waiting:
            return None
        first = min(waiting, key=lambda t: (t.created_at, t.number))
        called = tickets.move(tx, first, TicketState.CALLED, room or desk.station)
        tell(tx, called, today)
        return called

    return await desk.write(work)


async def call(desk: Desk, ticket_id: str, room: str | None = None) -> Ticket:
    """Call this number, also again or out of order. Raises Conflict, NotFound."""
    return await _move(desk, ticket_id, TicketState.CALLED, room or desk.station)


async def recall(desk: Desk, ticket_id: str) -> Ticket:
    """Call the number once more, from the same room."""
    return await _move(desk, ticket_id, TicketState.CALLED, None)


async def skip(desk: Desk, ticket_id: str) -> Ticket:
    """Nobody came; the number stays in the list and can be called again."""
    return await _move(desk, ticket_id, TicketState.SKIPPED)


async def hold(desk: Desk, ticket_id: str) -> Ticket:
    """The patient must fetch something or wait for a result; the number keeps its place."""
    return await _move(desk, ticket_id, TicketState.HELD)


async def serve_now(desk: Desk, ticket_id: str) -> Ticket:
    """The patient is in the room."""
    return await _move(desk, ticket_id, TicketState.SERVING)


async def finish(desk: Desk, ticket_id: str) -> Ticket:
    """The patient is done in this poli."""
    return await _move(desk, ticket_id, TicketState.DONE)


async def _move(desk: Desk, ticket_id: str, to: TicketState, room: str | None = None) -> Ticket:
    require(desk, Action.CALL)

    def work(tx: Transaction) -> Ticket:
        ticket = tickets.get(tx, ticket_id)
        if ticket is None:
            raise NotFound("Nomor antrean tidak ditemukan")
        if to not in MOVES[ticket.state]:
            raise Conflict(f"{ticket.label} {STATE_TEXT[ticket.state]}; tidak bisa {STATE_TEXT[to]}")
        moved = tickets.move(tx, ticket, to, room)
        tell(tx, moved, desk.today())
        return moved

    return await desk.write(work)
