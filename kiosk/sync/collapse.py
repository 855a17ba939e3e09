"""What need not be sent any more: a record that was taken back here while its first call had not got to P-Care."""

from kiosk.domain.codes import OutboxKind, OutboxState
from kiosk.domain.outbox import OutboxItem
from kiosk.store import lines, outbox, outbox_moves, registrations, visits
from kiosk.store.transaction import Transaction

_LINE_DELETIONS = (OutboxKind.MEDICATION_DELETE, OutboxKind.PROCEDURE_DELETE, OutboxKind.LAB_DELETE)
_WAITING = (OutboxState.PENDING, OutboxState.NEEDS_ACTION)


def collapse(tx: Transaction, identifier: str) -> None:
    """Drop the item, and what only undoes it, when P-Care does not have it and nobody wants it there any more.

    To be asked when an item comes back from sending or unknown: what is taken back before that collapses at once.
    """
    item = outbox.get(tx, identifier)
    for one in _moot(tx, item) if item is not None and item.state in _WAITING else ():
        if one.state in _WAITING:
            outbox_moves.drop(tx, one.id, "cancelled_here")


def _moot(tx: Transaction, item: OutboxItem) -> tuple[OutboxItem, ...]:
    if item.kind == OutboxKind.REGISTRATION_ADD:
        registration = registrations.get(tx, item.registration_id)
        return outbox.of_registration(tx, item.registration_id) if registration and registration.cancelled else ()
    if item.visit_id is not None:
        return _moot_of_line(tx, item)
    if item.kind not in (OutboxKind.VISIT_ADD, OutboxKind.VISIT_UPDATE):
        return ()
    visit = visits.get(tx, item.subject_id)
    if visit is None or not visit.deleted:
        return ()
    # An edit of a visit that is there is moot by itself; its deletion is still to be sent.
    return outbox.of_subject(tx, visit.id) if item.kind == OutboxKind.VISIT_ADD else (item,)


def _moot_of_line(tx: Transaction, item: OutboxItem) -> tuple[OutboxItem, ...]:
    line = lines.get(tx, item.subject_id)
    if line is None or not line.deleted or item.kind in _LINE_DELETIONS:
        return ()
    # While P-Care holds some form of the line, its deletion is still to be sent.
    return outbox.of_subject(tx, line.id) if line.remote_number is None else (item,)
