"""What becomes of the queue service's items without any call: ended, sent again, or needless by now."""

from datetime import date

from kiosk.domain.codes import OutboxKind, OutboxState
from kiosk.domain.outbox import OutboxItem
from kiosk.store import outbox, outbox_due, outbox_moves, registrations, sync_state
from kiosk.store.transaction import Transaction

WAITING = (OutboxState.PENDING, OutboxState.NEEDS_ACTION)


def switch(tx: Transaction, on: bool) -> None:
    """Whether the clinic uses the service, as its credentials say; what still waits for one that it left is ended."""
    if sync_state.queue_service(tx) != on:
        sync_state.set_queue_service(tx, on)
    if not on:
        end_open(tx, "queue_off")


def end_open(tx: Transaction, reason: str, before: date | None = None) -> None:
    """Drop what is open and not being sent, of days before `before` or all."""
    for item in outbox_due.waiting_for_queue_service(tx, before):
        if item.state == OutboxState.UNKNOWN:
            outbox_moves.back_to_pending(tx, item.id, None, None)
        outbox_moves.drop(tx, item.id, reason)


def send_again(tx: Transaction, settled: tuple[OutboxItem, ...]) -> None:
    """Unknown ones that have settled; of a number that was taken back only its cancellation still counts."""
    for item in settled:
        now, known = outbox.get(tx, item.id), registrations.get(tx, item.registration_id)
        if now is None or now.state != OutboxState.UNKNOWN:
            continue
        if known is not None and known.cancelled and now.kind != OutboxKind.QUEUE_CANCEL:
            outbox_moves.done(tx, now.id, "cancel_follows")
        else:
            outbox_moves.back_to_pending(tx, now.id, outbox_moves.SENT_AGAIN, None)


def collapse(tx: Transaction, identifier: str) -> None:
    """What comes back from sending while its number was taken back here need not go; nor the cancellation, maybe."""
    item = outbox.get(tx, identifier)
    known = registrations.get(tx, item.registration_id) if item else None
    if item is None or known is None or not known.cancelled or item.state not in WAITING:
        return
    if item.kind == OutboxKind.QUEUE_ADD and outbox_moves.may_have_arrived(tx, item):
        outbox_moves.done(tx, item.id, "cancel_follows")
    elif item.kind == OutboxKind.QUEUE_ADD:
        for one in outbox.of_queue(tx, known.id):
            if one.state in WAITING:
                outbox_moves.drop(tx, one.id, "cancelled_here")
    elif item.kind == OutboxKind.QUEUE_CALL:
        outbox_moves.drop(tx, item.id, "cancelled_here")


def needs_action(tx: Transaction, identifier: str, reason: str, detail: str) -> None:
    """A person must look at it, unless it has moved on since."""
    now = outbox.get(tx, identifier)
    if now is not None and now.state == OutboxState.PENDING:
        outbox_moves.to_needs_action(tx, identifier, reason, detail)
