"""What P-Care must be told when a line is entered, corrected or taken back: what waits is used, not added to."""

from kiosk.domain.codes import LineKind, OutboxKind, OutboxState
from kiosk.domain.lines import VisitLine
from kiosk.domain.outbox import OPEN, OutboxItem
from kiosk.store import outbox, outbox_moves
from kiosk.store.transaction import Transaction

WAITING = (OutboxState.PENDING, OutboxState.NEEDS_ACTION)
ADD = {
    LineKind.MEDICATION: OutboxKind.MEDICATION_ADD,
    LineKind.PROCEDURE: OutboxKind.PROCEDURE_ADD,
    LineKind.LAB: OutboxKind.LAB_ADD,
}
UPDATE = {LineKind.PROCEDURE: OutboxKind.PROCEDURE_UPDATE, LineKind.LAB: OutboxKind.LAB_UPDATE}
DELETE = {
    LineKind.MEDICATION: OutboxKind.MEDICATION_DELETE,
    LineKind.PROCEDURE: OutboxKind.PROCEDURE_DELETE,
    LineKind.LAB: OutboxKind.LAB_DELETE,
}


def send_addition(tx: Transaction, line: VisitLine) -> None:
    """A line that P-Care has never seen."""
    outbox.add_for_line(tx, ADD[line.kind], line, line.version)


def send_change(tx: Transaction, line: VisitLine) -> None:
    """An edit rides on what was not sent yet; else it is a call of its own, or for a drug two."""
    items = outbox.of_subject(tx, line.id)
    waiting = [item for item in items if item.state in WAITING]
    for item in waiting:
        # All of them: a refused one goes again, and what follows it finds its version confirmed.
        outbox.refresh(tx, item, line.version)
    if any(item.kind != DELETE[line.kind] for item in waiting):
        return
    if waiting or not _at_pcare(items, line):
        # Behind a deletion, too, what follows is an addition.
        send_addition(tx, line)
    elif line.kind in UPDATE:
        outbox.add_for_line(tx, UPDATE[line.kind], line, line.version)
    else:
        outbox.add_for_line(tx, DELETE[line.kind], line, line.version)
        send_addition(tx, line)


def send_deletion(tx: Transaction, line: VisitLine) -> None:
    """What was never sent is dropped; what may be there is deleted, once."""
    items = outbox.of_subject(tx, line.id)
    deletion = next((item for item in items if item.kind == DELETE[line.kind] and item.state in OPEN), None)
    for item in items:
        if item.state in WAITING and item != deletion:
            outbox_moves.drop(tx, item.id, "cancelled_here")
    if deletion is not None and not _added_behind(items, deletion):
        if deletion.state in WAITING:
            outbox.refresh(tx, deletion, line.version)
    elif _at_pcare(items, line):
        outbox.add_for_line(tx, DELETE[line.kind], line, line.version)


def _at_pcare(items: tuple[OutboxItem, ...], line: VisitLine) -> bool:
    """Whether P-Care has the line or may have it."""
    return line.remote_number is not None or any(
        item.state in (OutboxState.SENDING, OutboxState.UNKNOWN) for item in items
    )


def _added_behind(items: tuple[OutboxItem, ...], deletion: OutboxItem) -> bool:
    """Whether something was sent after the deletion that a second one must undo."""
    later = items[items.index(deletion) + 1 :]
    return any(item.state in (OutboxState.SENDING, OutboxState.UNKNOWN) for item in later)
