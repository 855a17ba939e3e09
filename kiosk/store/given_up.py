"""Giving outbox items up on a person's word, and taking that back: each then stands again where it stood."""

from kiosk.domain.codes import OutboxKind, OutboxState
from kiosk.domain.outbox import OutboxItem
from kiosk.store import outbox, outbox_moves, tables
from kiosk.store.transaction import Transaction

GIVEN_UP = "given_up"
"""The reason of the item that the person chose; what hangs on it has others."""
HANGING = ("registration_given_up", "visit_given_up", "line_given_up", "queue_given_up")


def give_up(tx: Transaction, item: OutboxItem, reason: str, by: str) -> None:
    """It is not to be sent any more; where it stood is kept."""
    outbox_moves.drop(tx, item.id, reason, by)
    tx.update(tables.Outbox, item.id, state_before=item.state, reason_before=item.reason)


def together(tx: Transaction, item: OutboxItem) -> tuple[OutboxItem, ...]:
    """The given-up item and what was given up with it, in the same moment."""
    found = (*outbox.of_registration(tx, item.registration_id), *outbox.of_queue(tx, item.registration_id))
    return tuple(
        one
        for one in found
        if one.id == item.id
        or (one.state == OutboxState.DROPPED and one.reason in HANGING and one.updated_at == item.updated_at)
    )


def overtaken(tx: Transaction, item: OutboxItem, beside: tuple[OutboxItem, ...]) -> bool:
    """Whether something was made later, apart from `beside`, that its return would contradict or double.

    For a line that is what speaks of the same line; for the others, what of their family stands in their chain; for a
    cancellation, everything there.
    """
    everything = item.kind == OutboxKind.REGISTRATION_CANCEL
    family = "%" if everything else item.kind.split(".")[0] + ".%"
    same = "o.subject = m.subject" if item.visit_id is not None else "o.chain = m.chain AND o.kind LIKE ?"
    rows = tx.rows(
        "SELECT o.id FROM outbox o JOIN outbox m ON m.clinic = o.clinic AND m.id = ?"
        f" WHERE o.clinic = ? AND o.position > m.position AND {same}",
        item.id,
        tx.clinic,
        *(() if item.visit_id is not None else (family,)),
    )
    return bool({row["id"] for row in rows} - {one.id for one in beside})


def take_back(tx: Transaction, item: OutboxItem, by: str) -> bool:
    """It stands again where it stood, in its old place; False when that is not known (any more).

    The one way out of `dropped`: nothing of it left this house since, so that it may be sent as before.
    """
    row = tx.row(
        "SELECT state, state_before, reason_before FROM outbox WHERE clinic = ? AND id = ?", tx.clinic, item.id
    )
    if row is None or row["state"] != OutboxState.DROPPED or row["state_before"] is None:
        return False
    tx.update(
        tables.Outbox,
        item.id,
        state=row["state_before"],
        reason=row["reason_before"],
        state_before=None,
        reason_before=None,
        not_before=0,
        taken_back_by=by,
        updated_at=tx.now_ms,
    )
    return True


def forget_places(tx: Transaction) -> None:
    """A store came back from a backup: what was given up then may have been taken back, and sent, after it."""
    tx.execute("UPDATE outbox SET state_before = NULL WHERE clinic = ?", tx.clinic)
