"""Sending a number on: to the laboratory, the pharmacy, another poli; the same person, the same number."""

from kiosk.counter.access import require
from kiosk.counter.call import STATE_TEXT, come_back
from kiosk.counter.desk import Desk
from kiosk.counter.errors import Conflict, NotFound
from kiosk.domain.audit import Event
from kiosk.domain.codes import ReferenceList, TicketState
from kiosk.domain.people import Action
from kiosk.domain.queue import OVER, Ticket
from kiosk.store import queue as tickets
from kiosk.store import reference
from kiosk.store.audit import note
from kiosk.store.transaction import Transaction


async def places(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Code and name of every queue to which a number may be sent: the clinic's own places, then P-Care's polis."""
    require(desk, Action.LOOK_UP)
    polis, _ = await desk.read(lambda tx: reference.listed(tx, ReferenceList.POLI))
    return (*((name, name) for name in desk.rules.places), *((code, name) for code, name, _ in polis))


async def send_on(desk: Desk, ticket_id: str, place: str, *, returns: bool) -> Ticket:
    """Put the number in line at `place`, noted with the time and who sent it; returns how it stands there.

    With `returns` it is held here until it is done there, and then in line again at its old place (a result is waited
    for); else it is done here. Raises Conflict, NotFound.
    """
    operator = require(desk, Action.CALL)

    def work(tx: Transaction) -> Ticket:
        ticket = tickets.get(tx, ticket_id)
        if ticket is None:
            raise NotFound("Nomor antrean tidak ditemukan")
        if ticket.state == TicketState.CANCELLED:
            raise Conflict(f"{ticket.label} {STATE_TEXT[ticket.state]}; tidak bisa dialihkan")
        number = tickets.get(tx, ticket.ticket_id)
        for other in (*([number] if number else []), *tickets.stops(tx, ticket.ticket_id)):
            if other.poli_code == place and other.state not in OVER:
                raise Conflict(f"{ticket.label} sudah di antrean {other.poli_name}: {STATE_TEXT[other.state]}")
        note(tx, Event.TICKET_SEND, ticket.id, place=place)
        held = returns and ticket.state != TicketState.DONE
        if ticket.state != TicketState.DONE:
            moved = tickets.move(tx, ticket, TicketState.HELD if held else TicketState.DONE)
            if not held:
                come_back(tx, moved)
        return tickets.send_on(tx, ticket, place, returns_to=ticket.id if held else None, operator=operator.id)

    return await desk.write(work)


async def cancel_stop(desk: Desk, stop_id: str) -> Ticket:
    """The patient does not go there after all; the registration stays. Raises Conflict, NotFound."""
    require(desk, Action.CALL)

    def work(tx: Transaction) -> Ticket:
        stop = tickets.get(tx, stop_id)
        if stop is None or not stop.is_stop:
            raise NotFound("Nomor antrean tidak ditemukan")
        if stop.state in OVER:
            raise Conflict(f"{stop.label} {STATE_TEXT[stop.state]}")
        cancelled = tickets.move(tx, stop, TicketState.CANCELLED)
        come_back(tx, cancelled)
        note(tx, Event.TICKET_UNSEND, stop.id)
        return cancelled

    return await desk.write(work)
