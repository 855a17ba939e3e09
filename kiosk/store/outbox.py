"""The outbox: what P-Care must see, in order, each with every attempt that was made."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kiosk.domain.codes import QUEUE_KINDS, OutboxKind, OutboxState, ReferenceList
from kiosk.domain.lines import Medication, VisitLine
from kiosk.domain.outbox import OPEN, TRANSITIONS, OutboxItem
from kiosk.domain.registration import Registration
from kiosk.store import tables
from kiosk.store.transaction import Row, Transaction, from_ms, moment, to_ms

_SELECT = (
    "SELECT o.*, r.day, r.poli_code, p.name AS participant_name, COALESCE(f.name, r.poli_code) AS poli_name,"
    " COALESCE(t.label, '') AS label, COALESCE(l.title, '') AS line_title FROM outbox o"
    " JOIN registration r ON r.clinic = o.clinic AND r.id = o.registration"
    " JOIN participant p ON p.clinic = r.clinic AND p.id = r.participant"
    " LEFT JOIN visit_line l ON l.clinic = o.clinic AND l.id = o.subject"
    " LEFT JOIN ticket t ON t.clinic = r.clinic AND t.registration = r.id"
    f" LEFT JOIN reference f ON f.clinic = r.clinic AND f.kind = '{ReferenceList.POLI}' AND f.code = r.poli_code"
    " WHERE o.clinic = ?"
)
_OPEN_MARKS = ", ".join(f"'{state}'" for state in OPEN)
_QUEUE_MARKS = ", ".join(f"'{kind}'" for kind in sorted(QUEUE_KINDS))
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
    f" AND w.parent = o.subject AND w.state IN ({_OPEN_MARKS})))"
)


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


def from_row(row: Row) -> OutboxItem:
    """A row of the selection as a value."""
    return OutboxItem(
        id=row["id"],
        kind=OutboxKind(row["kind"]),
        state=OutboxState(row["state"]),
        subject_id=row["subject"],
        registration_id=row["registration"],
        participant_name=row["participant_name"],
        poli_name=row["poli_name"],
        day=date.fromisoformat(row["day"]),
        label=row["label"],
        version=row["version"],
        sent_version=row["sent_version"],
        attempts=row["attempts"],
        reason=row["reason"],
        detail=row["detail"],
        not_before=from_ms(row["not_before"]) if row["not_before"] else None,
        settle_at=from_ms(row["settle_at"]),
        created_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        visit_id=row["parent"],
        line_title=row["line_title"],
    )


def get(tx: Transaction, identifier: str) -> OutboxItem | None:
    """The item with our `identifier`."""
    row = tx.row(f"{_SELECT} AND o.id = ?", tx.clinic, identifier)
    return from_row(row) if row else None


def of_subject(tx: Transaction, subject: str) -> tuple[OutboxItem, ...]:
    """The items that speak of a registration, a visit or a line of it, in order."""
    rows = tx.rows(f"{_SELECT} AND o.subject = ? ORDER BY o.position", tx.clinic, subject)
    return tuple(from_row(row) for row in rows)


def of_registration(tx: Transaction, registration: str) -> tuple[OutboxItem, ...]:
    """P-Care's items of a registration and of what hangs on it, in order."""
    condition = f" AND o.registration = ?{_of('o.', queue=False)}"
    rows = tx.rows(f"{_SELECT}{condition} ORDER BY o.position", tx.clinic, registration)
    return tuple(from_row(row) for row in rows)


def of_queue(tx: Transaction, registration: str) -> tuple[OutboxItem, ...]:
    """The queue service's items of a registration, in order."""
    condition = f" AND o.registration = ?{_of('o.', queue=True)}"
    rows = tx.rows(f"{_SELECT}{condition} ORDER BY o.position", tx.clinic, registration)
    return tuple(from_row(row) for row in rows)


def waiting_for_queue_service(tx: Transaction, before: date | None) -> tuple[OutboxItem, ...]:
    """The queue service's items that are open and not being sent; only those of days before `before` when given."""
    condition, values = ("", ()) if before is None else (" AND r.day < ?", (before.isoformat(),))
    rows = tx.rows(
        f"{_SELECT}{_of('o.', queue=True)} AND o.state IN (?, ?, ?){condition} ORDER BY o.position",
        tx.clinic,
        OutboxState.PENDING,
        OutboxState.UNKNOWN,
        OutboxState.NEEDS_ACTION,
        *values,
    )
    return tuple(from_row(row) for row in rows)


def of_lines(tx: Transaction, visit: str) -> tuple[OutboxItem, ...]:
    """The items that speak of the lines of a visit, in order."""
    rows = tx.rows(f"{_SELECT} AND o.parent = ? ORDER BY o.position", tx.clinic, visit)
    return tuple(from_row(row) for row in rows)


def listed(tx: Transaction, state: OutboxState | None, done_since: datetime) -> tuple[OutboxItem, ...]:
    """Open items and those that ended since `done_since`, oldest first; only those in `state` when it is given."""
    condition, values = ("", ()) if state is None else (" AND o.state = ?", (state,))
    rows = tx.rows(
        f"{_SELECT} AND (o.state IN ({_OPEN_MARKS}) OR o.updated_at >= ?){condition} ORDER BY o.position",
        tx.clinic,
        to_ms(done_since),
        *values,
    )
    return tuple(from_row(row) for row in rows)


def counts(tx: Transaction, *, queue: bool | None = None) -> dict[OutboxState, int]:
    """How many items stand in each state; only one service's as in `due`."""
    condition = _of("", queue=queue)
    rows = tx.rows(f"SELECT state, COUNT(*) AS n FROM outbox WHERE clinic = ?{condition} GROUP BY state", tx.clinic)
    return {OutboxState(row["state"]): row["n"] for row in rows}


def add_for_person(tx: Transaction, kind: OutboxKind, registration: Registration, subject: str, reason: str) -> str:
    """A call that a person must decide on before it is made, because of `reason`. Returns its id."""
    identifier = add(tx, kind, registration, subject, registration.version)
    to_needs_action(tx, identifier, reason)
    return identifier


def registration_is_there(tx: Transaction, registration: str) -> None:
    """What P-Care refused because it had no registration may go again."""
    for item in of_registration(tx, registration):
        if item.state == OutboxState.NEEDS_ACTION and item.reason == "no_registration":
            back_to_pending(tx, item.id, None, None)


def given_up(tx: Transaction, subject: str) -> bool:
    """Whether nothing of what speaks of the subject was sent, or will be."""
    sql = "SELECT COUNT(*) FROM outbox WHERE clinic = ? AND subject = ? AND state <> ?"
    return not tx.value(sql, tx.clinic, subject, OutboxState.DROPPED)


def add(tx: Transaction, kind: OutboxKind, registration: Registration, subject: str, version: int) -> str:
    """One more call for P-Care, behind all earlier ones of the same person, day and poli. Returns its id."""
    chain = f"{registration.participant_id}:{registration.day.isoformat()}:{registration.poli_code}"
    return _insert(tx, kind, registration.id, subject, version, chain, None)


def add_for_line(tx: Transaction, kind: OutboxKind, line: VisitLine, version: int) -> str:
    """One more call about a line of a visit, behind earlier ones of this line alone. Returns its id.

    The parts of a compound go one after the other: only the first one's answer gives P-Care's code of the compound.
    """
    compound = line.value.compound if isinstance(line.value, Medication) else None
    chain = f"compound:{line.visit_id}:{compound}" if compound else f"line:{line.id}"
    return _insert(tx, kind, line.registration_id, line.id, version, chain, line.visit_id)


def add_for_queue(tx: Transaction, kind: OutboxKind, registration: Registration, version: int) -> str:
    """One more call for the queue service, behind earlier ones of the same person, day and poli. Returns its id.

    That is the service's own key: a place that was taken back is taken back before the next one is announced. The chain
    is not P-Care's, so that neither service's trouble holds up the other.
    """
    chain = f"queue:{registration.participant_id}:{registration.day.isoformat()}:{registration.poli_code}"
    return _insert(tx, kind, registration.id, registration.id, version, chain, None)


def _of(table: str, *, queue: bool | None) -> str:
    """The condition that an item is the queue service's or P-Care's; none when both are meant."""
    if queue is None:
        return ""
    return f" AND {table}kind {'IN' if queue else 'NOT IN'} ({_QUEUE_MARKS})"


def _insert(
    tx: Transaction, kind: OutboxKind, registration: str, subject: str, version: int, chain: str, parent: str | None
) -> str:
    return tx.insert(
        tables.Outbox,
        kind=kind,
        subject=subject,
        registration=registration,
        parent=parent,
        position=tx.next_number("outbox"),
        chain=chain,
        state=OutboxState.PENDING,
        version=version,
        created_at=tx.now_ms,
        updated_at=tx.now_ms,
    )


def due(tx: Transaction, *, queue: bool | None = None, limit: int = 1) -> tuple[OutboxItem, ...]:
    """Pending items whose time has come and that wait for no other, oldest first.

    Items of a chain go one after the other, each behind all earlier open ones; only a line that needs a person does not
    hold up other lines, nor does a refused visit hold up its registration, which may be what it lacks. A line waits
    until its visit has its noKunjungan, and the deletion of a visit until nothing of its lines is open. `queue`: only
    the queue service's, or only P-Care's.
    """
    condition = f"{_DUE}{_of('o.', queue=queue)}"
    rows = tx.rows(
        f"{_SELECT}{condition} ORDER BY o.position LIMIT ?", tx.clinic, OutboxState.PENDING, tx.now_ms, limit
    )
    return tuple(from_row(row) for row in rows)


def claim(tx: Transaction, identifier: str) -> OutboxItem | None:
    """The item for the one who will send it, when it is due; None when it is not, or another is claiming it."""
    claiming = tx.dialect.claiming("o")
    row = tx.row(f"{_SELECT}{_DUE} AND o.id = ?{claiming}", tx.clinic, OutboxState.PENDING, tx.now_ms, identifier)
    return from_row(row) if row else None


def settled(tx: Transaction, *, queue: bool | None = None) -> tuple[OutboxItem, ...]:
    """Unknown items that may be read back now, oldest first; only one service's as in `due`."""
    rows = tx.rows(
        f"{_SELECT} AND o.state = ? AND o.settle_at <= ? AND o.not_before <= ?{_of('o.', queue=queue)}"
        " ORDER BY o.position",
        tx.clinic,
        OutboxState.UNKNOWN,
        tx.now_ms,
        tx.now_ms,
    )
    return tuple(from_row(row) for row in rows)


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


def last_request(tx: Transaction, identifier: str) -> tuple[str, bool] | None:
    """What the item's last attempt sent, and whether the attempt has ended; None when it was never tried."""
    row = tx.row(
        "SELECT request, ended_at FROM attempt WHERE clinic = ? AND outbox = ? ORDER BY number DESC LIMIT 1",
        tx.clinic,
        identifier,
    )
    return (row["request"], row["ended_at"] is not None) if row else None


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


def to_needs_action(tx: Transaction, identifier: str, reason: str, detail: str | None = None) -> None:
    """A person must change something."""
    _move(tx, identifier, OutboxState.NEEDS_ACTION, reason=reason, detail=detail, settle_at=None)


def drop(tx: Transaction, identifier: str, reason: str, by: str | None = None) -> None:
    """It is not to be sent any more, because `reason`."""
    _move(tx, identifier, OutboxState.DROPPED, reason=reason, given_up_by=by, settle_at=None)


def refresh(tx: Transaction, item: OutboxItem, version: int) -> None:
    """The subject was edited before it was sent: the item will carry the newest version; a corrected one goes again."""
    if item.state == OutboxState.NEEDS_ACTION:
        back_to_pending(tx, item.id, None, None)
    tx.update(tables.Outbox, item.id, version=version, updated_at=tx.now_ms)


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


def may_have_arrived(tx: Transaction, item: OutboxItem) -> bool:
    """Whether any attempt of a queue service's item ended without an answer, or never ended, or was forgotten."""
    if item.reason == SENT_AGAIN:
        return True
    sql = "SELECT COUNT(*) FROM attempt WHERE clinic = ? AND outbox = ? AND (ended_at IS NULL OR outcome = ?)"
    return bool(tx.value(sql, tx.clinic, item.id, UNANSWERED))


def hurry(tx: Transaction, *, queue: bool | None = None) -> None:
    """The line is back: pending items need not wait out their back-off; only one service's as in `due`."""
    tx.execute(
        "UPDATE outbox SET not_before = 0 WHERE clinic = ? AND state IN (?, ?) AND not_before > ?"
        f"{_of('', queue=queue)}",
        tx.clinic,
        OutboxState.PENDING,
        OutboxState.UNKNOWN,
        tx.now_ms,
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


def _move(tx: Transaction, identifier: str, to: OutboxState, **values: object) -> None:
    state = tx.value("SELECT state FROM outbox WHERE clinic = ? AND id = ?", tx.clinic, identifier)
    if state is None or to not in TRANSITIONS[OutboxState(state)]:
        raise WrongMove(f"{identifier}: {state} → {to}")
    tx.update(tables.Outbox, identifier, state=to, updated_at=tx.now_ms, **values)
