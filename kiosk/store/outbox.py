"""The outbox: what P-Care must see, in order: the items as they stand, and new ones."""

from datetime import date, datetime

from kiosk.domain.codes import QUEUE_KINDS, OutboxKind, OutboxState, ReferenceList
from kiosk.domain.lines import Medication, VisitLine
from kiosk.domain.outbox import OPEN, OutboxItem
from kiosk.domain.registration import Registration
from kiosk.domain.visit import Visit
from kiosk.store import outbox_moves, tables
from kiosk.store.transaction import Row, Transaction, from_ms, moment, to_ms

SELECT = (
    "SELECT o.*, r.day, r.poli_code, p.name AS participant_name, COALESCE(f.name, r.poli_code) AS poli_name,"
    " COALESCE(t.label, '') AS label, COALESCE(l.title, '') AS line_title FROM outbox o"
    " JOIN registration r ON r.clinic = o.clinic AND r.id = o.registration"
    " JOIN participant p ON p.clinic = r.clinic AND p.id = r.participant"
    " LEFT JOIN visit_line l ON l.clinic = o.clinic AND l.id = o.subject"
    " LEFT JOIN ticket t ON t.clinic = r.clinic AND t.registration = r.id"
    f" LEFT JOIN reference f ON f.clinic = r.clinic AND f.kind = '{ReferenceList.POLI}' AND f.code = r.poli_code"
    " WHERE o.clinic = ?"
)
OPEN_MARKS = ", ".join(f"'{state}'" for state in OPEN)
_QUEUE_MARKS = ", ".join(f"'{kind}'" for kind in sorted(QUEUE_KINDS))


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
        given_up_by=row["given_up_by"],
    )


def get(tx: Transaction, identifier: str) -> OutboxItem | None:
    """The item with our `identifier`."""
    row = tx.row(f"{SELECT} AND o.id = ?", tx.clinic, identifier)
    return from_row(row) if row else None


def of_subject(tx: Transaction, subject: str) -> tuple[OutboxItem, ...]:
    """The items that speak of a registration, a visit or a line of it, in order."""
    rows = tx.rows(f"{SELECT} AND o.subject = ? ORDER BY o.position", tx.clinic, subject)
    return tuple(from_row(row) for row in rows)


def of_registration(tx: Transaction, registration: str) -> tuple[OutboxItem, ...]:
    """P-Care's items of a registration and of what hangs on it, in order."""
    condition = f" AND o.registration = ?{of_service('o.', queue=False)}"
    rows = tx.rows(f"{SELECT}{condition} ORDER BY o.position", tx.clinic, registration)
    return tuple(from_row(row) for row in rows)


def of_queue(tx: Transaction, registration: str) -> tuple[OutboxItem, ...]:
    """The queue service's items of a registration, in order."""
    condition = f" AND o.registration = ?{of_service('o.', queue=True)}"
    rows = tx.rows(f"{SELECT}{condition} ORDER BY o.position", tx.clinic, registration)
    return tuple(from_row(row) for row in rows)


def of_lines(tx: Transaction, visit: str) -> tuple[OutboxItem, ...]:
    """The items that speak of the lines of a visit, in order."""
    rows = tx.rows(f"{SELECT} AND o.parent = ? ORDER BY o.position", tx.clinic, visit)
    return tuple(from_row(row) for row in rows)


def listed(tx: Transaction, state: OutboxState | None, done_since: datetime) -> tuple[OutboxItem, ...]:
    """Open items and those that ended since `done_since`, oldest first; only those in `state` when it is given."""
    condition, values = ("", ()) if state is None else (" AND o.state = ?", (state,))
    rows = tx.rows(
        f"{SELECT} AND (o.state IN ({OPEN_MARKS}) OR o.updated_at >= ?){condition} ORDER BY o.position",
        tx.clinic,
        to_ms(done_since),
        *values,
    )
    return tuple(from_row(row) for row in rows)


def counts(tx: Transaction, *, queue: bool | None = None) -> dict[OutboxState, int]:
    """How many items stand in each state; only one service's as in `outbox_due.due`."""
    condition = of_service("", queue=queue)
    rows = tx.rows(f"SELECT state, COUNT(*) AS n FROM outbox WHERE clinic = ?{condition} GROUP BY state", tx.clinic)
    return {OutboxState(row["state"]): row["n"] for row in rows}


def open_of_days(tx: Transaction, first: date | None, before: date) -> int:
    """How many of P-Care's items are open about days before `before`, and from `first` on when it is given."""
    condition, values = ("", ()) if first is None else (" AND r.day >= ?", (first.isoformat(),))
    condition += of_service("o.", queue=False)
    return int(
        tx.value(
            "SELECT COUNT(*) FROM outbox o JOIN registration r ON r.clinic = o.clinic AND r.id = o.registration"
            f" WHERE o.clinic = ? AND o.state IN ({OPEN_MARKS}) AND r.day < ?{condition}",
            tx.clinic,
            before.isoformat(),
            *values,
        )
    )


def given_up(tx: Transaction, visit: Visit) -> bool:
    """Whether P-Care does not hold the visit, and nothing is on its way that would tell P-Care of it.

    One that was there and then was deleted at P-Care's own page too, when a person decided to leave it so.
    """
    sql = "SELECT COUNT(*) FROM outbox WHERE clinic = ? AND subject = ? AND state NOT IN (?, ?)"
    on_its_way = tx.value(sql, tx.clinic, visit.id, OutboxState.DROPPED, OutboxState.DONE)
    return visit.remote_number is None and not on_its_way


def add(tx: Transaction, kind: OutboxKind, registration: Registration, subject: str, version: int) -> str:
    """One more call for P-Care, behind all earlier ones of the same person, day and poli. Returns its id."""
    return _insert(tx, kind, registration.id, subject, version, _chain(tx, registration), None)


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
    chain = f"queue:{_chain(tx, registration)}"
    return _insert(tx, kind, registration.id, registration.id, version, chain, None)


def _chain(tx: Transaction, registration: Registration) -> str:
    """Person, day and poli; the person as the store has it now, who may have been merged since it was read."""
    person = tx.value("SELECT participant FROM registration WHERE clinic = ? AND id = ?", tx.clinic, registration.id)
    return f"{person}:{registration.day.isoformat()}:{registration.poli_code}"


def add_for_person(tx: Transaction, kind: OutboxKind, registration: Registration, subject: str, reason: str) -> str:
    """A call that a person must decide on before it is made, because of `reason`. Returns its id."""
    identifier = add(tx, kind, registration, subject, registration.version)
    outbox_moves.to_needs_action(tx, identifier, reason)
    return identifier


def refresh(tx: Transaction, item: OutboxItem, version: int) -> None:
    """The subject was edited before it was sent: the item will carry the newest version; a corrected one goes again."""
    if item.state == OutboxState.NEEDS_ACTION:
        outbox_moves.back_to_pending(tx, item.id, None, None)
    tx.update(tables.Outbox, item.id, version=version, updated_at=tx.now_ms)


def registration_is_there(tx: Transaction, registration: str) -> None:
    """What P-Care refused because it had no registration may go again."""
    for item in of_registration(tx, registration):
        if item.state == OutboxState.NEEDS_ACTION and item.reason == "no_registration":
            outbox_moves.back_to_pending(tx, item.id, None, None)


def of_service(table: str, *, queue: bool | None) -> str:
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
