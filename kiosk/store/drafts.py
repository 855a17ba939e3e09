"""What was being typed, so that a kill, a lock or a lost line costs nothing."""

import json

from kiosk.store.transaction import Transaction, to_json


def save(tx: Transaction, operator: str, kind: str, subject: str, content: dict[str, str]) -> None:
    """Keep the form's texts; the last one wins."""
    tx.execute(
        "INSERT INTO draft (clinic, operator, kind, subject, content, updated_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (clinic, operator, kind, subject) DO UPDATE SET content = excluded.content,"
        " updated_at = excluded.updated_at",
        tx.clinic,
        operator,
        kind,
        subject,
        to_json(content),
        tx.now_ms,
    )


def load(tx: Transaction, operator: str, kind: str, subject: str) -> dict[str, str] | None:
    """The texts of the form, or None."""
    text = tx.value(
        "SELECT content FROM draft WHERE clinic = ? AND operator = ? AND kind = ? AND subject = ?",
        tx.clinic,
        operator,
        kind,
        subject,
    )
    if text is None:
        return None
    return {str(key): str(value) for key, value in json.loads(text).items()}


def drop(tx: Transaction, operator: str, kind: str, subject: str) -> None:
    """The form was saved or given up."""
    tx.execute(
        "DELETE FROM draft WHERE clinic = ? AND operator = ? AND kind = ? AND subject = ?",
        tx.clinic,
        operator,
        kind,
        subject,
    )
