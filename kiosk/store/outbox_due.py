"""Whose turn it is: which items may be sent or read back now, and what moves the moment from which they may."""

from datetime import date, datetime, timedelta

from kiosk.domain.codes import OutboxKind, OutboxState
from kiosk.domain.outbox import OutboxItem
from kiosk.store.outbox import OPEN_MARKS, SELECT, from_row, of_service
from kiosk.store.transaction import Transaction, to_ms

_DUE = (
    " AND o.state = ? AND o.not_before <= ?"
    " AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.clinic = o.clinic AND e.chain = o.chain AND e.id <> o.id"
    f" AND (e.state IN ('{OutboxState.SENDING}', '{OutboxState.UNKNOWN}') OR e.position < o.position"
    f" AND (e.state = '{OutboxState.PENDING}' OR e.state = '{OutboxState.NEEDS_ACTION}'"
    " AND (e.parent IS NULL OR e.subject = o.subject)"
    f" AND NOT (o.kind = '{OutboxKind.REGISTRATION_ADD}' AND e.kind = '{OutboxKind.VISIT_ADD}'))))"
    " AND (o.parent IS NULL OR EXISTS (SELECT 1 FROM visit v WHERE v.clinic = o.clinic AND v.id = o.parent"
    " AND v.remote_number IS NOT NULL))"
    f" AND (o.kind <> '{OutboxKind.VISIT_DELETE}' OR NOT EXISTS (SELECT 1 FROM outbox w WHERE w.clinic = o.clinic"
    f" AND w.parent = o.subject AND w.state IN ({OPEN_MARKS})))"
)


def due(tx: Transaction, *, queue: bool | None = None, limit: int = 1) -> tuple[OutboxItem, ...]:
    """Pending items whose time has come and that wait for no other, oldest first.

    Items of a chain go one after the other, each behind all earlier open ones; only a line that needs a person does not
    hold up other lines, nor does a refused visit hold up its registration, which may be what it lacks. A line waits
    until its visit has its noKunjungan, and the deletion of a visit until nothing of its lines is open. `queue`: only
    the queue service's, or only P-Care's.
    """
    condition = f"{_DUE}{of_service('o.', queue=queue)}"
    rows = tx.rows(f"{SELECT}{condition} ORDER BY o.position LIMIT ?", tx.clinic, OutboxState.PENDING, tx.now_ms, limit)
    return tuple(from_row(row) for row in rows)


def claim(tx: Transaction, identifier: str) -> OutboxItem | None:
    """The item for the one who will send it, when it is due; None when it is not, or another is claiming it."""
    claiming = tx.dialect.claiming("o")
    row = tx.row(f"{SELECT}{_DUE} AND o.id = ?{claiming}", tx.clinic, OutboxState.PENDING, tx.now_ms, identifier)
    return from_row(row) if row else None


def settled(tx: Transaction, now: datetime, *, queue: bool | None = None) -> tuple[OutboxItem, ...]:
    """Unknown items that may be read back at `now`, oldest first; only one service's as in `due`."""
    rows = tx.rows(
        f"{SELECT} AND o.state = ? AND o.settle_at <= ? AND o.not_before <= ?{of_service('o.', queue=queue)}"
        " ORDER BY o.position",
        tx.clinic,
        OutboxState.UNKNOWN,
        to_ms(now),
        to_ms(now),
    )
    return tuple(from_row(row) for row in rows)


def waiting_for_queue_service(tx: Transaction, before: date | None) -> tuple[OutboxItem, ...]:
    """The queue service's items that are open and not being sent; only those of days before `before` when given."""
    condition, values = ("", ()) if before is None else (" AND r.day < ?", (before.isoformat(),))
    rows = tx.rows(
        f"{SELECT}{of_service('o.', queue=True)} AND o.state IN (?, ?, ?){condition} ORDER BY o.position",
        tx.clinic,
        OutboxState.PENDING,
        OutboxState.UNKNOWN,
        OutboxState.NEEDS_ACTION,
        *values,
    )
    return tuple(from_row(row) for row in rows)


def look_later(tx: Transaction, identifier: str, not_before: datetime, reason: str | None = None) -> None:
    """A reading failed: the item stays pending or unknown until the next look; one that has moved on is left alone.

    `reason` is for pending ones: an unknown one keeps why it is unknown.
    """
    tx.execute(
        "UPDATE outbox SET not_before = ?, reason = CASE WHEN state = ? THEN COALESCE(?, reason) ELSE reason END"
        " WHERE clinic = ? AND id = ? AND state IN (?, ?)",
        to_ms(not_before),
        OutboxState.PENDING,
        reason,
        tx.clinic,
        identifier,
        OutboxState.PENDING,
        OutboxState.UNKNOWN,
    )


def look_at_once(tx: Transaction, identifier: str) -> None:
    """A person asks for it: a pending item need not wait out its back-off."""
    tx.execute(
        "UPDATE outbox SET not_before = 0 WHERE clinic = ? AND id = ? AND state = ?",
        tx.clinic,
        identifier,
        OutboxState.PENDING,
    )


def hurry(tx: Transaction, *, queue: bool | None = None) -> None:
    """The line is back: pending items need not wait out their back-off; only one service's as in `due`."""
    tx.execute(
        "UPDATE outbox SET not_before = 0 WHERE clinic = ? AND state IN (?, ?) AND not_before > ?"
        f"{of_service('', queue=queue)}",
        tx.clinic,
        OutboxState.PENDING,
        OutboxState.UNKNOWN,
        tx.now_ms,
    )


def take_over(tx: Transaction, settle_at: datetime) -> int:
    """What a sync process that is gone was sending becomes unknown, never pending. Returns how many.

    Its appointments are made anew: nobody knows what was done to the clock since.
    """
    tx.execute(
        "UPDATE outbox SET not_before = 0, settle_at = CASE WHEN settle_at IS NULL THEN NULL ELSE ? END"
        " WHERE clinic = ? AND state IN (?, ?)",
        to_ms(settle_at),
        tx.clinic,
        OutboxState.PENDING,
        OutboxState.UNKNOWN,
    )
    return tx.execute(
        "UPDATE outbox SET state = ?, reason = ?, settle_at = ?, not_before = 0, updated_at = ?"
        " WHERE clinic = ? AND state = ?",
        OutboxState.UNKNOWN,
        "killed",
        to_ms(settle_at),
        tx.now_ms,
        tx.clinic,
        OutboxState.SENDING,
    )


def move_appointments(tx: Transaction, by: timedelta) -> None:
    """The clock was set by so much: what waits for a moment waits as long as before."""
    step = round(by.total_seconds() * 1000)
    tx.execute(
        "UPDATE outbox SET not_before = CASE WHEN not_before = 0 THEN 0 ELSE not_before + ? END,"
        " settle_at = CASE WHEN settle_at IS NULL THEN NULL ELSE settle_at + ? END"
        " WHERE clinic = ? AND state IN (?, ?)",
        step,
        step,
        tx.clinic,
        OutboxState.PENDING,
        OutboxState.UNKNOWN,
    )
