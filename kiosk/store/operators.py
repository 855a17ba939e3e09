"""Who may log in, and what the store remembers of failed tries."""

from datetime import datetime

from kiosk.domain.people import Operator, Role
from kiosk.store import tables
from kiosk.store.transaction import Row, Transaction, from_ms, to_ms

_SELECT = (
    "SELECT id, login, name, role, disabled, password_hash, failures, blocked_until FROM operator WHERE clinic = ?"
)


def from_row(row: Row) -> Operator:
    """A row as a value; the hash stays behind."""
    return Operator(row["id"], row["login"], row["name"], Role(row["role"]), bool(row["disabled"]))


def find(tx: Transaction, login: str) -> tuple[Operator, str, int, datetime | None] | None:
    """The operator, the password's hash, failures since the last success, and until when tries are not looked at."""
    row = tx.row(f"{_SELECT} AND login = ?", tx.clinic, login)
    if row is None:
        return None
    return from_row(row), row["password_hash"], row["failures"], from_ms(row["blocked_until"])


def everyone(tx: Transaction) -> tuple[Operator, ...]:
    """All operators by login."""
    return tuple(from_row(row) for row in tx.rows(f"{_SELECT} ORDER BY login", tx.clinic))


def add(tx: Transaction, login: str, name: str, role: Role, password_hash: str) -> str:
    """A new operator; returns the id. A login that is taken raises peewee's IntegrityError."""
    return tx.insert(
        tables.Operator, login=login, name=name, role=role, password_hash=password_hash, created_at=tx.now_ms
    )


def note_failure(tx: Transaction, identifier: str, blocked_until: datetime | None) -> None:
    """One more failed try."""
    tx.execute(
        "UPDATE operator SET failures = failures + 1, blocked_until = ? WHERE clinic = ? AND id = ?",
        to_ms(blocked_until) if blocked_until else None,
        tx.clinic,
        identifier,
    )


def note_success(tx: Transaction, identifier: str, new_hash: str | None) -> None:
    """Failures are forgotten; `new_hash` replaces the old one when its parameters changed."""
    if new_hash:
        tx.update(tables.Operator, identifier, password_hash=new_hash)
    tx.update(tables.Operator, identifier, failures=0, blocked_until=None)


def set_role(tx: Transaction, identifier: str, role: Role) -> None:
    """What the operator may do."""
    tx.update(tables.Operator, identifier, role=str(role))


def set_disabled(tx: Transaction, identifier: str, disabled: bool) -> None:
    """Whether the operator may not log in any more."""
    tx.update(tables.Operator, identifier, disabled=int(disabled))
