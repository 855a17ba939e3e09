"""Two rows that are one person: what hangs on the one goes to the other, and back again when it was a mistake."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kiosk.domain.codes import Payer, ReferenceList, TicketState
from kiosk.domain.merging import merged, parted, takes_card
from kiosk.domain.outbox import OPEN
from kiosk.domain.participant import Participant
from kiosk.store import participants, tables
from kiosk.store.transaction import Row, Transaction, moment, to_json

_OPEN_MARKS = ", ".join(f"'{state}'" for state in OPEN)
_QUEUE = "queue:"
"""Before the chain of the queue service's items (kiosk/store/outbox.py)."""


@dataclass(frozen=True, slots=True)
class Merge:
    """That one row stands for another."""

    id: str
    kept_id: str
    gone_id: str
    gone_name: str
    operator_name: str
    merged_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """What a row has in one poli on one day."""

    day: date
    poli_code: str
    poli_name: str
    registration: str | None
    """The registration that was not cancelled."""
    member: bool
    """Whether it is P-Care's."""
    over: bool
    """Whether its number is done."""
    open: bool
    """Whether something of that day and poli is still on its way."""


def held(tx: Transaction, participant: str) -> dict[tuple[date, str], Held]:
    """By day and poli, what the row has there."""
    rows = tx.rows(
        "SELECT r.id, r.day, r.poli_code, r.payer, r.cancelled, t.state, COALESCE(f.name, r.poli_code) AS poli_name,"
        f" EXISTS (SELECT 1 FROM outbox o WHERE o.clinic = r.clinic AND o.registration = r.id"
        f" AND o.state IN ({_OPEN_MARKS})) AS open FROM registration r"
        " LEFT JOIN ticket t ON t.clinic = r.clinic AND t.registration = r.id"
        f" LEFT JOIN reference f ON f.clinic = r.clinic AND f.kind = '{ReferenceList.POLI}' AND f.code = r.poli_code"
        " WHERE r.clinic = ? AND r.participant = ? ORDER BY r.day, r.poli_code, r.cancelled DESC",
        tx.clinic,
        participant,
    )
    found: dict[tuple[date, str], Held] = {}
    for row in rows:
        key = (date.fromisoformat(row["day"]), row["poli_code"])
        before = found.get(key)
        found[key] = Held(
            *key,
            row["poli_name"],
            registration=None if row["cancelled"] else row["id"],
            member=row["payer"] == Payer.BPJS,
            over=row["state"] in (None, TicketState.DONE, TicketState.CANCELLED),
            open=bool(row["open"]) or (before is not None and before.open),
        )
    return found


def counts(tx: Transaction, participant: str) -> tuple[int, int]:
    """How many registrations and visits hang on the row."""
    sql = "SELECT COUNT(*) FROM {} WHERE clinic = ? AND participant = ?"
    return (
        int(tx.value(sql.format("registration"), tx.clinic, participant)),
        int(tx.value(sql.format("visit") + " AND deleted = 0", tx.clinic, participant)),
    )


def merge(tx: Transaction, kept: Participant, gone: Participant, operator: str) -> str:
    """`kept` stands for `gone` from now on, and has what hung on it. Returns the merge's id.

    Where both have a registration for the same day and poli, the one of `gone` stays with its row: only one is allowed.
    """
    here = held(tx, kept.id)
    taken = {key for key, one in here.items() if one.registration is not None}
    rows = tx.rows(
        "SELECT id, day, poli_code, cancelled FROM registration WHERE clinic = ? AND participant = ?",
        tx.clinic,
        gone.id,
    )
    moving = [r["id"] for r in rows if r["cancelled"] or (date.fromisoformat(r["day"]), r["poli_code"]) not in taken]
    visits = tx.column("SELECT id FROM visit WHERE clinic = ? AND participant = ?", tx.clinic, gone.id)
    content = {
        "kept": _row(tx, kept.id),
        "gone": _row(tx, gone.id),
        "registrations": moving,
        "visits": visits,
        "allergies": tx.column("SELECT id FROM allergy WHERE clinic = ? AND participant = ?", tx.clinic, gone.id),
        "drafts": _move_drafts(tx, gone.id, kept.id),
    }
    _move_registrations(tx, moving, gone.id, kept.id)
    _move_visits(tx, visits, kept.id)
    _move_allergies(tx, content["allergies"], kept.id)
    now_kept, now_gone = merged(kept, gone)
    participants.save(tx, now_gone)
    participants.save(tx, now_kept)
    tx.update(tables.Participant, gone.id, merged_into=kept.id)
    return tx.insert(
        tables.ParticipantMerge,
        kept=kept.id,
        gone=gone.id,
        position=tx.next_number("participant_merge"),
        content=to_json(content),
        operator=operator,
        merged_at=tx.now_ms,
    )


def of_kept(tx: Transaction, participant: str) -> tuple[Merge, ...]:
    """The rows for which this one stands, the last one merged first."""
    rows = tx.rows(
        "SELECT m.id, m.kept, m.gone, m.merged_at, g.name AS gone_name, COALESCE(o.name, '') AS operator_name"
        " FROM participant_merge m JOIN participant g ON g.clinic = m.clinic AND g.id = m.gone"
        " LEFT JOIN operator o ON o.clinic = m.clinic AND o.id = m.operator"
        " WHERE m.clinic = ? AND m.kept = ? AND m.undone_at IS NULL ORDER BY m.position DESC",
        tx.clinic,
        participant,
    )
    return tuple(
        Merge(r["id"], r["kept"], r["gone"], r["gone_name"], r["operator_name"], moment(r["merged_at"])) for r in rows
    )


def undo(tx: Transaction, found: Merge, operator: str) -> Participant:
    """Both rows stand for themselves again; what hung on the one that was gone goes back. Returns that one.

    Visits that were registered since stay with the row that was kept, unless they were registered with the card that
    goes back.
    """
    text = tx.value("SELECT content FROM participant_merge WHERE clinic = ? AND id = ?", tx.clinic, found.id)
    content = json.loads(text)
    before = (participants.from_row(content["kept"]), participants.from_row(content["gone"]))
    now = (participants.from_row(_row(tx, found.kept_id)), participants.from_row(_row(tx, found.gone_id)))
    moving = list(content["registrations"])
    if takes_card(*before):
        moving += tx.column(
            "SELECT id FROM registration WHERE clinic = ? AND participant = ? AND card_number = ?",
            tx.clinic,
            found.kept_id,
            before[1].card_number,
        )
    moving = list(dict.fromkeys(moving))
    _move_registrations(tx, moving, found.kept_id, found.gone_id)
    _move_visits(tx, content["visits"], found.gone_id)
    _move_allergies(tx, content["allergies"], found.gone_id)
    for registration in moving:
        tx.execute(
            "UPDATE visit SET participant = ? WHERE clinic = ? AND registration = ?",
            found.gone_id,
            tx.clinic,
            registration,
        )
    _drafts_back(tx, content["drafts"], found.kept_id, found.gone_id)
    tx.update(tables.Participant, found.gone_id, merged_into=None)
    kept, gone = parted(before, now)
    participants.save(tx, kept)
    participants.save(tx, gone)
    tx.update(tables.ParticipantMerge, found.id, undone_at=tx.now_ms, undone_by=operator)
    return gone


def _move_registrations(tx: Transaction, identifiers: Iterable[str], before: str, after: str) -> None:
    """The registrations, and with them the order in which their calls go to P-Care and to the queue service."""
    for identifier in identifiers:
        place = tx.row(
            "SELECT day, poli_code FROM registration WHERE clinic = ? AND id = ? AND participant = ?",
            tx.clinic,
            identifier,
            before,
        )
        if place is None:
            continue
        tx.execute("UPDATE registration SET participant = ? WHERE clinic = ? AND id = ?", after, tx.clinic, identifier)
        for start in ("", _QUEUE):
            tx.execute(
                "UPDATE outbox SET chain = ? WHERE clinic = ? AND registration = ? AND chain = ?",
                f"{start}{after}:{place['day']}:{place['poli_code']}",
                tx.clinic,
                identifier,
                f"{start}{before}:{place['day']}:{place['poli_code']}",
            )


def _move_visits(tx: Transaction, identifiers: Iterable[str], after: str) -> None:
    for identifier in identifiers:
        tx.execute("UPDATE visit SET participant = ? WHERE clinic = ? AND id = ?", after, tx.clinic, identifier)


def _move_allergies(tx: Transaction, identifiers: Iterable[str], after: str) -> None:
    for identifier in identifiers:
        tx.execute("UPDATE allergy SET participant = ? WHERE clinic = ? AND id = ?", after, tx.clinic, identifier)


def _move_drafts(tx: Transaction, before: str, after: str) -> list[list[Any]]:
    """The half-typed forms for the row; where its heir has one of the same operator, it waits where it is."""
    rows = tx.rows(
        "SELECT operator, kind, updated_at FROM draft d WHERE clinic = ? AND subject = ? AND NOT EXISTS (SELECT 1"
        " FROM draft e WHERE e.clinic = d.clinic AND e.operator = d.operator AND e.kind = d.kind AND e.subject = ?)",
        tx.clinic,
        before,
        after,
    )
    moved = [[row["operator"], row["kind"], row["updated_at"]] for row in rows]
    _drafts_back(tx, moved, before, after)
    return moved


def _drafts_back(tx: Transaction, drafts: list[list[Any]], before: str, after: str) -> None:
    """Those that nobody went on typing."""
    for operator, kind, updated_at in drafts:
        tx.execute(
            "UPDATE draft SET subject = ? WHERE clinic = ? AND operator = ? AND kind = ? AND subject = ?"
            " AND updated_at = ?",
            after,
            tx.clinic,
            operator,
            kind,
            before,
            updated_at,
        )


def _row(tx: Transaction, identifier: str) -> Row:
    row = tx.row(f"{participants.SELECT} AND p.id = ?", tx.clinic, identifier)
    if row is None:
        raise LookupError(identifier)
    return row
