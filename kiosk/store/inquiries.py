"""Questions to P-Care: asked once for all who wait, answered or marked unanswered with the reason."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kiosk.domain.codes import InquiryKind, InquiryState
from kiosk.store import tables
from kiosk.store.transaction import Row, Transaction, from_ms, moment, to_json, to_ms

_FREE = "state = ? AND (claimed_until IS NULL OR claimed_until <= ?)"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One question and what became of it."""

    id: str
    kind: InquiryKind
    question: dict[str, str]
    state: InquiryState
    asked_at: datetime
    deadline_at: datetime
    answered_at: datetime | None
    reason: str | None
    answer: dict[str, Any] | None


def from_row(row: Row) -> Inquiry:
    """A row as a value."""
    return Inquiry(
        id=row["id"],
        kind=InquiryKind(row["kind"]),
        question=json.loads(row["question"]),
        state=InquiryState(row["state"]),
        asked_at=moment(row["asked_at"]),
        deadline_at=moment(row["deadline_at"]),
        answered_at=from_ms(row["answered_at"]),
        reason=row["reason"],
        answer=json.loads(row["answer"]) if row["answer"] else None,
    )


def get(tx: Transaction, identifier: str) -> Inquiry | None:
    """The inquiry with our `identifier`."""
    row = tx.row("SELECT * FROM inquiry WHERE clinic = ? AND id = ?", tx.clinic, identifier)
    return from_row(row) if row else None


def ask(tx: Transaction, kind: InquiryKind, question: dict[str, str], patience: timedelta) -> Inquiry:
    """The open inquiry with the same question, or a new one that waits `patience` at the most."""
    text = to_json(question)
    row = tx.row(
        "SELECT * FROM inquiry WHERE clinic = ? AND kind = ? AND question = ? AND state = ?",
        tx.clinic,
        kind,
        text,
        InquiryState.ASKED,
    )
    if row is not None:
        return from_row(row)
    identifier = tx.insert(
        tables.Inquiry,
        kind=kind,
        question=text,
        state=InquiryState.ASKED,
        asked_at=tx.now_ms,
        deadline_at=to_ms(tx.now + patience),
    )
    made = get(tx, identifier)
    if made is None:
        raise LookupError(identifier)
    return made


def last_answer(tx: Transaction, kind: InquiryKind, question: dict[str, str]) -> Inquiry | None:
    """The newest answered inquiry with this question: the counter goes on with it and says how old it is."""
    row = tx.row(
        "SELECT * FROM inquiry WHERE clinic = ? AND kind = ? AND question = ? AND state = ?"
        " ORDER BY answered_at DESC, id DESC LIMIT 1",
        tx.clinic,
        kind,
        to_json(question),
        InquiryState.ANSWERED,
    )
    return from_row(row) if row else None


def asked(tx: Transaction) -> tuple[Inquiry, ...]:
    """Open inquiries, oldest first."""
    rows = tx.rows(
        "SELECT * FROM inquiry WHERE clinic = ? AND state = ? ORDER BY asked_at, id", tx.clinic, InquiryState.ASKED
    )
    return tuple(from_row(row) for row in rows)


def claim(tx: Transaction, limit: int, span: timedelta) -> tuple[Inquiry, ...]:
    """At most `limit` open inquiries for the one who asks them now, oldest first: nobody else is asking them.

    They are free again after `span`, when whoever asked is gone.
    """
    values = (tx.clinic, InquiryState.ASKED, tx.now_ms)
    order = f"ORDER BY asked_at, id LIMIT ?{tx.dialect.claiming('i')}"
    rows = tx.rows(f"SELECT i.* FROM inquiry i WHERE i.clinic = ? AND {_FREE} {order}", *values, limit)
    until = to_ms(tx.now + span)
    taken = f"UPDATE inquiry SET claimed_until = ? WHERE clinic = ? AND {_FREE} AND id = ?"
    return tuple(from_row(row) for row in rows if tx.execute(taken, until, *values, row["id"]))


def some_free(tx: Transaction) -> bool:
    """Whether there is an open inquiry that nobody is asking."""
    sql = f"SELECT 1 FROM inquiry WHERE clinic = ? AND {_FREE} LIMIT 1"
    return tx.value(sql, tx.clinic, InquiryState.ASKED, tx.now_ms) is not None


def some_late(tx: Transaction) -> bool:
    """Whether an open inquiry is past its deadline."""
    sql = "SELECT 1 FROM inquiry WHERE clinic = ? AND state = ? AND deadline_at < ? LIMIT 1"
    return tx.value(sql, tx.clinic, InquiryState.ASKED, tx.now_ms) is not None


def answer(tx: Transaction, identifier: str, content: dict[str, Any]) -> None:
    """Keep what P-Care said; too late is better than never."""
    tx.update(
        tables.Inquiry,
        identifier,
        state=InquiryState.ANSWERED,
        answered_at=tx.now_ms,
        answer=to_json(content),
        reason=None,
    )


def leave_unanswered(tx: Transaction, identifier: str, reason: str) -> None:
    """P-Care gave no answer, because `reason`."""
    tx.execute(
        "UPDATE inquiry SET state = ?, answered_at = ?, reason = ? WHERE clinic = ? AND id = ? AND state = ?",
        InquiryState.UNANSWERED,
        tx.now_ms,
        reason,
        tx.clinic,
        identifier,
        InquiryState.ASKED,
    )


def expire(tx: Transaction, reason: str) -> int:
    """Open inquiries past their deadline stay unanswered. Returns how many."""
    return tx.execute(
        "UPDATE inquiry SET state = ?, answered_at = ?, reason = ? WHERE clinic = ? AND state = ? AND deadline_at < ?",
        InquiryState.UNANSWERED,
        tx.now_ms,
        reason,
        tx.clinic,
        InquiryState.ASKED,
        tx.now_ms,
    )
