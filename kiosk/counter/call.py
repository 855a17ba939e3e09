"""The queue: calling numbers in turn, calling again, skipping, holding, finishing, and taking each of it back."""

from datetime import date

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.errors import Conflict, NotFound
from kiosk.counter.queue_calls import take_back_call, tell
from kiosk.domain.audit import Event
from kiosk.domain.codes import Priority, TicketState
from kiosk.domain.people import Action
from kiosk.domain.queue import MOVES, OVER, WAY_BACK, Ticket
from kiosk.domain.queue_order import next_of_all, place_after_skip
from kiosk.store import queue as tickets
from kiosk.store.audit import note
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
    """The day's numbers of one poli or all, by poli and number, those on a further stop too."""
    require(desk, Action.QUEUE_VIEW)
    wanted = day or desk.today()
    return await desk.read(lambda tx: tickets.standing(tx, wanted, poli_code))


async def call_next(desk: Desk, poli_code: str | None = None, room: str | None = None) -> Ticket | None:
    """Call who is next in the poli, by the clinic's ratio (of all polis: who waits longest); None when nobody waits."""
    require(desk, Action.CALL)
    today = desk.today()

    def work(tx: Transaction) -> Ticket | None:
        found = next_of_all(tickets.standing(tx, today, poli_code), desk.rules.ratio)
        if found is None:
            return None
        called = tickets.move(tx, found.ticket, TicketState.CALLED, room or desk.station)
        tell(tx, called, today)
        note(tx, Event.TICKET_MOVE, called.id, to=called.state, room=called.room)
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
    return await _move(desk, ticket_id, TicketState.SERVING, desk.station)


async def finish(desk: Desk, ticket_id: str) -> Ticket:
    """The patient is done here; who waited for this stop's result goes back into line there."""
    return await _move(desk, ticket_id, TicketState.DONE)


async def take_back(desk: Desk, ticket_id: str) -> Ticket:
    """Undo what was done with the number: into line again, or a finished one opened again.

    Who was called, served or held gets the old place; who was skipped stands behind the next three of the class.
    Raises Conflict, NotFound.
    """
    require(desk, Action.CALL)

    def work(tx: Transaction) -> Ticket:
        ticket = _known(tx, ticket_id)
        to = WAY_BACK.get(ticket.state)
        if to is None:
            raise Conflict(f"{ticket.label} {STATE_TEXT[ticket.state]}; tidak ada yang dikembalikan")
        place = None
        if ticket.state == TicketState.SKIPPED:
            place = place_after_skip(tickets.standing(tx, ticket.day, ticket.poli_code), ticket)
        if ticket.state == TicketState.CALLED:
            take_back_call(tx, ticket)
        note(tx, Event.TICKET_BACK, ticket.id, before=ticket.state, to=to)
        return tickets.move(tx, ticket, to, queued_at=place)

    return await desk.write(work)


async def set_priority(desk: Desk, ticket_id: str, priority: Priority) -> Ticket:
    """Put the number into another class, in all its queues; its place within the class is that of its arrival.

    Raises Conflict, NotFound.
    """
    require(desk, Action.CALL)

    def work(tx: Transaction) -> Ticket:
        ticket = _known(tx, ticket_id)
        if ticket.state in OVER:
            raise Conflict(f"{ticket.label} {STATE_TEXT[ticket.state]}; prioritas tidak berguna lagi")
        note(tx, Event.TICKET_PRIORITY, ticket.id, to=priority)
        return tickets.set_priority(tx, ticket, priority)

    return await desk.write(work)


def _known(tx: Transaction, ticket_id: str) -> Ticket:
    ticket = tickets.get(tx, ticket_id)
    if ticket is None:
        raise NotFound("Nomor antrean tidak ditemukan")
    return ticket


async def _move(desk: Desk, ticket_id: str, to: TicketState, room: str | None = None) -> Ticket:
    require(desk, Action.CALL)

    def work(tx: Transaction) -> Ticket:
        ticket = _known(tx, ticket_id)
        if to not in MOVES[ticket.state]:
            raise Conflict(f"{ticket.label} {STATE_TEXT[ticket.state]}; tidak bisa {STATE_TEXT[to]}")
        moved = tickets.move(tx, ticket, to, room)
        if to == TicketState.DONE:
            come_back(tx, moved)
        tell(tx, moved, desk.today())
        note(tx, Event.TICKET_MOVE, moved.id, to=to, room=room)
        return moved

    return await desk.write(work)


def come_back(tx: Transaction, stop: Ticket) -> None:
    """A stop is over: who was held elsewhere for it is in line there again, at the old place."""
    waiting = tickets.get(tx, stop.returns_to) if stop.returns_to else None
    if waiting is not None and waiting.state == TicketState.HELD:
        tickets.move(tx, waiting, TicketState.WAITING)
