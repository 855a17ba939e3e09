"""The steps of an item from state to state, and every attempt that was made of it."""

from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.codes import OutboxState
from kiosk.domain.outbox import TRANSITIONS, OutboxItem
from kiosk.store import tables
from kiosk.store.transaction import Transaction, to_ms

UNANSWERED = "unanswered"
"""How an attempt of a queue service's item ended that may have arrived: it cannot be read back there."""

SENT_AGAIN = "sent_again"
"""Why a queue service's item waits that was unknown before."""


class WrongMove(Exception):
    """The state machine does not allow this step; the transaction must not be kept."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended, for its row: never a secret, never more than a bounded text of the server's."""

    word: str
    """done, refused, already_there, not_sent, unknown, login, …"""
    status: int | None = None
    code: int | None = None
    message: str | None = None


def begin(tx: Transaction, item: OutboxItem, version: int, request: str) -> str:
    """Mark the item as being sent and keep what will be sent; returns the attempt's id.

    This must be committed before the first byte leaves.
    """
    _move(tx, item.id, OutboxState.SENDING, attempts=item.attempts + 1, sent_version=version, version=version)
    return tx.insert(
        tables.Attempt,
        outbox=item.id,
        number=item.attempts + 1,
        version=version,
        request=request,
        started_at=tx.now_ms,
    )


def end_attempt(tx: Transaction, attempt: str, outcome: Outcome) -> None:
    """Keep how the attempt ended."""
    tx.update(
        tables.Attempt,
        attempt,
        ended_at=tx.now_ms,
        outcome=outcome.word,
        status=outcome.status,
        code=outcome.code,
        message=outcome.message,
    )


def last_request(tx: Transaction, identifier: str) -> tuple[str, bool] | None:
    """What the item's last attempt sent, and whether the attempt has ended; None when it was never tried."""
    row = tx.row(
        "SELECT request, ended_at FROM attempt WHERE clinic = ? AND outbox = ? ORDER BY number DESC LIMIT 1",
        tx.clinic,
        identifier,
    )
    return (row["request"], row["ended_at"] is not None) if row else None


def may_have_arrived(tx: Transaction, item: OutboxItem) -> bool:
    """Whether any attempt of a queue service's item ended without an answer, or never ended, or was forgotten."""
    if item.reason == SENT_AGAIN:
        return True
    sql = "SELECT COUNT(*) FROM attempt WHERE clinic = ? AND outbox = ? AND (ended_at IS NULL OR outcome = ?)"
    return bool(tx.value(sql, tx.clinic, item.id, UNANSWERED))


def done(tx: Transaction, identifier: str, reason: str | None = None) -> None:
    """P-Care holds it."""
    _move(tx, identifier, OutboxState.DONE, reason=reason, detail=None, settle_at=None)


def back_to_pending(
    tx: Transaction, identifier: str, reason: str | None, not_before: datetime | None, detail: str | None = None
) -> None:
    """It is certain that P-Care did not take it; to be sent again, not before the given moment."""
    _move(
        tx,
        identifier,
        OutboxState.PENDING,
        reason=reason,
        detail=detail,
        not_before=to_ms(not_before) if not_before else 0,
        settle_at=None,
    )


def to_unknown(tx: Transaction, identifier: str, reason: str, settle_at: datetime, detail: str | None = None) -> None:
    """Nobody knows whether P-Care took it; may be read back from `settle_at` on."""
    _move(tx, identifier, OutboxState.UNKNOWN, reason=reason, detail=detail, settle_at=to_ms(settle_at), not_before=0)


def to_needs_action(tx: Transaction, identifier: str, reason: str, detail: str | None = None) -> None:
    """A person must change something."""
    _move(tx, identifier, OutboxState.NEEDS_ACTION, reason=reason, detail=detail, settle_at=None)


def drop(tx: Transaction, identifier: str, reason: str, by: str | None = None) -> None:
    """It is not to be sent any more, because `reason`."""
    _move(tx, identifier, OutboxState.DROPPED, reason=reason, given_up_by=by, settle_at=None)


def _move(tx: Transaction, identifier: str, to: OutboxState, **values: object) -> None:
    state = tx.value("SELECT state FROM outbox WHERE clinic = ? AND id = ?", tx.clinic, identifier)
    if state is None or to not in TRANSITIONS[OutboxState(state)]:
        raise WrongMove(f"{identifier}: {state} → {to}")
    tx.update(tables.Outbox, identifier, state=to, updated_at=tx.now_ms, **values)
