"""What Mobile JKN must be told when a number is given, called, skipped or taken back: nothing where it is not used."""

from datetime import date

from kiosk.domain.codes import OutboxKind, OutboxState, TicketState
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.participant import Participant
from kiosk.domain.queue import Ticket
from kiosk.domain.registration import Registration
from kiosk.store import outbox, outbox_moves, registrations, sync_state
from kiosk.store.transaction import Transaction

WAITING = (OutboxState.PENDING, OutboxState.NEEDS_ACTION)
STATUS = {TicketState.CALLED: 1, TicketState.SKIPPED: 2}
"""What a call tells: the patient was called and came, or did not come."""


def announce(tx: Transaction, made: Registration, person: Participant, today: date) -> None:
    """A number that was given today; a person without card is known to the service by the NIK alone."""
    if made.day == today and (made.card_number or person.nik) and sync_state.queue_service(tx):
        outbox.add_for_queue(tx, OutboxKind.QUEUE_ADD, made, made.version)


def tell(tx: Transaction, ticket: Ticket, today: date) -> None:
    """A call, or that nobody came: one that still waits carries the newest state, the same is not told twice."""
    status = STATUS.get(ticket.state)
    if status is None or ticket.day != today or ticket.is_stop:
        # Mobile JKN knows the number in its poli only.
        return
    items = outbox.of_queue(tx, ticket.registration_id)
    known = registrations.get(tx, ticket.registration_id)
    if known is None or not _announced(tx, items) or not _has_key(tx, known):
        return
    calls = [i for i in items if i.kind == OutboxKind.QUEUE_CALL and i.state != OutboxState.DROPPED]
    if calls and calls[-1].state in WAITING:
        outbox.refresh(tx, calls[-1], status)
    elif not calls or calls[-1].version != status:
        outbox.add_for_queue(tx, OutboxKind.QUEUE_CALL, known, status)


def take_back_call(tx: Transaction, ticket: Ticket) -> None:
    """The call was a mistake: what was not sent yet is not sent; what was sent the service cannot take back."""
    if ticket.is_stop:
        return
    for item in outbox.of_queue(tx, ticket.registration_id):
        if item.kind == OutboxKind.QUEUE_CALL and item.state in WAITING:
            outbox_moves.drop(tx, item.id, "cancelled_here")


def withdraw(tx: Transaction, known: Registration, today: date) -> None:
    """A registration was taken back: what was never sent collapses, what may be there is cancelled."""
    items = outbox.of_queue(tx, known.id)
    there = _may_be_there(tx, items)
    for item in items:
        if item.state in WAITING:
            outbox_moves.drop(tx, item.id, "cancelled_here")
    if there and known.day == today and _has_key(tx, known):
        outbox.add_for_queue(tx, OutboxKind.QUEUE_CANCEL, known, known.version)


def _announced(tx: Transaction, items: tuple[OutboxItem, ...]) -> bool:
    """Whether the service has the number or will have it."""
    return any(i.kind == OutboxKind.QUEUE_ADD and i.state != OutboxState.DROPPED for i in items)


def _may_be_there(tx: Transaction, items: tuple[OutboxItem, ...]) -> bool:
    arrived = (OutboxState.SENDING, OutboxState.UNKNOWN, OutboxState.DONE)
    announced = (i for i in items if i.kind == OutboxKind.QUEUE_ADD)
    return any(i.state in arrived or outbox_moves.may_have_arrived(tx, i) for i in announced)


def _has_key(tx: Transaction, known: Registration) -> bool:
    """Calls and cancellations name the patient by card alone, so that without one there is nothing to be said."""
    return bool(known.card_number) and sync_state.queue_service(tx)
