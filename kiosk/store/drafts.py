"""What was being typed, so that a kill, a lock or a lost line costs nothing; of one person, or shared by several."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from kiosk.store.transaction import Row, Transaction, moment, to_json

_SHARED = ""
"""Stands in the place of the operator where a draft belongs to all who open the form."""


@dataclass(frozen=True, slots=True)
class SharedDraft:
    """A half-typed form as it was kept last."""

    subject: str
    content: dict[str, str]
    version: int
    """Grows with each writing."""
    saved_by: str | None
    """The name of the operator who wrote it last."""
    saved_at: datetime


def save(tx: Transaction, operator: str, kind: str, subject: str, content: dict[str, str]) -> None:
    """Keep the form's texts; the last one wins."""
    _put(tx, operator, kind, subject, content, 1, operator)


def load(tx: Transaction, operator: str, kind: str, subject: str) -> dict[str, str] | None:
    """The texts of the form, or None."""
    text = tx.value(
        "SELECT content FROM draft WHERE clinic = ? AND operator = ? AND kind = ? AND subject = ?",
        tx.clinic,
        operator,
        kind,
        subject,
    )
    return None if text is None else _content(text)


def drop(tx: Transaction, operator: str, kind: str, subject: str) -> None:
    """The form was saved or given up."""
    tx.execute(
        "DELETE FROM draft WHERE clinic = ? AND operator = ? AND kind = ? AND subject = ?",
        tx.clinic,
        operator,
        kind,
        subject,
    )


_SELECT_SHARED = (
    "SELECT d.subject, d.content, d.version, d.updated_at, o.name AS saved_by FROM draft d"
    " LEFT JOIN operator o ON o.clinic = d.clinic AND o.id = d.saved_by"
)


def shared(tx: Transaction, kind: str, subject: str) -> SharedDraft | None:
    """The draft that all share."""
    row = tx.row(
        f"{_SELECT_SHARED} WHERE d.clinic = ? AND d.operator = ? AND d.kind = ? AND d.subject = ?",
        tx.clinic,
        _SHARED,
        kind,
        subject,
    )
    return _from_row(row) if row else None


def shared_since(tx: Transaction, kind: str, day: date) -> tuple[SharedDraft, ...]:
    """The shared drafts about registrations of this day and later ones, the newest first."""
    rows = tx.rows(
        f"{_SELECT_SHARED} JOIN registration r ON r.clinic = d.clinic AND r.id = d.subject"
        " WHERE d.clinic = ? AND d.operator = ? AND d.kind = ? AND r.day >= ? AND r.cancelled = 0"
        " ORDER BY d.updated_at DESC, d.subject",
        tx.clinic,
        _SHARED,
        kind,
        day.isoformat(),
    )
    return tuple(_from_row(row) for row in rows)


def save_shared(tx: Transaction, kind: str, subject: str, content: dict[str, str], version: int, operator: str) -> None:
    """Keep the texts as `version`; whoever calls has looked at what was there."""
    _put(tx, _SHARED, kind, subject, content, version, operator)


def drop_all(tx: Transaction, kind: str, subject: str) -> None:
    """The form was saved or given up, by one for all."""
    tx.execute("DELETE FROM draft WHERE clinic = ? AND kind = ? AND subject = ?", tx.clinic, kind, subject)


def _put(
    tx: Transaction, owner: str, kind: str, subject: str, content: dict[str, str], version: int, saved_by: str
) -> None:
    tx.execute(
        "INSERT INTO draft (clinic, operator, kind, subject, content, version, saved_by, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (clinic, operator, kind, subject) DO UPDATE SET content = excluded.content,"
        " version = excluded.version, saved_by = excluded.saved_by, updated_at = excluded.updated_at",
        tx.clinic,
        owner,
        kind,
        subject,
        to_json(content),
        version,
        saved_by,
        tx.now_ms,
    )


def _from_row(row: Row) -> SharedDraft:
    return SharedDraft(
        row["subject"], _content(row["content"]), row["version"], row["saved_by"], moment(row["updated_at"])
    )


def _content(text: str) -> dict[str, str]:
    return {str(key): str(value) for key, value in json.loads(text).items()}
