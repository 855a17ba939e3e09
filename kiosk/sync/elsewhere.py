"""What a colleague did in P-Care's own page with what is ours: taken back there, or served there."""

from datetime import date, datetime, timedelta

from kiosk.domain.audit import Event
from kiosk.domain.codes import OutboxKind, OutboxState, TicketState
from kiosk.domain.outbox import OPEN
from kiosk.domain.registration import Registration
from kiosk.domain.visit import Visit
from kiosk.pcare.client import RegistrationRow
from kiosk.store import lines, outbox, outbox_moves, queue, registrations, visits
from kiosk.store.audit import note
from kiosk.store.transaction import Transaction
from kiosk.sync.courier import Courier
from kiosk.sync.line_place import ADDITIONS

_WAITING = (OutboxState.PENDING, OutboxState.NEEDS_ACTION)
_OVER = (TicketState.DONE, TicketState.CANCELLED)


def notice_deletions(tx: Transaction, day: date, rows: list[RegistrationRow], before: datetime) -> None:
    """Registrations that P-Care held and lists no more: a person decides whether they go again.

    `rows` is the complete list of the day. What changed after `before` is left alone: lists lag behind.
    """
    listed = {(row.card_number, row.poli_code) for row in rows}
    for known in registrations.at_pcare(tx, day):
        if (known.card_number, known.poli_code) in listed:
            continue
        items = outbox.of_registration(tx, known.id)
        about = [item for item in items if item.kind.startswith("registration.")]
        if any(item.state in OPEN for item in about) or any(_under_way(item.state) for item in items):
            continue
        if max((item.updated_at for item in items), default=known.created_at) >= before:
            continue
        registrations.forget_remote_number(tx, known.id)
        outbox.add_for_person(tx, OutboxKind.REGISTRATION_ADD, known, known.id, "gone_at_pcare")
        note(tx, Event.REGISTRATION_GONE, known.id)


async def notice_deleted_visits(courier: Courier, day: date, rows: list[RegistrationRow], asked_at: datetime) -> None:
    """Visits of ours whose registration P-Care shows as not served: looked for in the history, then a person decides.

    Raises PCareError.
    """
    before = asked_at - timedelta(seconds=courier.policy.settle)
    waiting = {(row.card_number, row.poli_code) for row in rows if row.waiting}
    for known, visit in await courier.store.read(lambda tx: _held_visits(tx, day, before)):
        if (known.card_number, known.poli_code) not in waiting:
            continue
        history = await courier.client.visit_history(known.card_number or "")
        if all(row.visit_number != visit.remote_number for row in history):
            await courier.store.write(lambda tx, k=known, v=visit: _visit_gone(tx, courier, k, v, before))  # type: ignore[misc]


def _held_visits(tx: Transaction, day: date, before: datetime) -> list[tuple[Registration, Visit]]:
    found = []
    for known in registrations.at_pcare(tx, day):
        visit = visits.live(tx, known.id)
        if visit is not None and visit.remote_number is not None and _at_rest(tx, visit, before):
            found.append((known, visit))
    return found


def _at_rest(tx: Transaction, visit: Visit, before: datetime) -> bool:
    items = (*outbox.of_subject(tx, visit.id), *outbox.of_lines(tx, visit.id))
    return all(item.state not in OPEN and item.updated_at < before for item in items)


def _visit_gone(tx: Transaction, courier: Courier, known: Registration, visit: Visit, before: datetime) -> None:
    if courier.calm() and _at_rest(tx, visit, before):
        visit_is_gone(tx, known, visit)


def visit_is_gone(tx: Transaction, known: Registration, visit: Visit) -> None:
    """P-Care holds the visit no more, though nobody here took it back: a person decides whether it goes again."""
    visits.forget_remote_number(tx, visit.id)
    outbox.add_for_person(tx, OutboxKind.VISIT_ADD, known, visit.id, "visit_gone_at_pcare")
    note(tx, Event.VISIT_GONE, visit.id)
    for line in lines.all_of_visit(tx, visit.id):
        # They went with it: nothing is left to be changed or taken back, and the others wait for what becomes of it.
        lines.gone(tx, line)
        waiting = [item for item in outbox.of_subject(tx, line.id) if item.state in _WAITING]
        for item in waiting:
            if item.kind not in ADDITIONS:
                outbox_moves.drop(tx, item.id, "gone")
        if not line.deleted and not any(item.kind in ADDITIONS for item in waiting):
            outbox.add_for_line(tx, OutboxKind(f"{line.kind}.add"), line, line.version)


def notice_services(tx: Transaction, day: date, rows: list[RegistrationRow]) -> None:
    """Who was served in P-Care's own page need not wait here any more."""
    for row in rows:
        if not row.served:
            continue
        for known in registrations.by_remote_number(tx, day, row.queue_number):
            if (known.card_number, known.poli_code) != (row.card_number, row.poli_code) or known.cancelled:
                continue
            ticket = queue.of_registration(tx, known.id)
            # One that was entered here and deleted again may still be shown as served.
            if ticket is not None and ticket.state not in _OVER and not visits.of_registration(tx, known.id):
                queue.move(tx, ticket, TicketState.DONE)
                note(tx, Event.TICKET_SERVED, ticket.id)


def _under_way(state: OutboxState) -> bool:
    return state in (OutboxState.SENDING, OutboxState.UNKNOWN)
