"""Lists kept from P-Care: poli, doctors, diagnoses seen so far, …"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from kiosk.domain.codes import ReferenceList
from kiosk.store.transaction import Transaction, from_flag, from_ms, to_flag

Entry = tuple[str, str, bool | None]
"""code, name, flag (poli: treats the sick; diagnosis: non-specialist; else None)"""


def listed(tx: Transaction, kind: ReferenceList) -> tuple[tuple[Entry, ...], datetime | None]:
    """The rows in P-Care's order and when they were fetched (None: never)."""
    rows = tx.rows(
        "SELECT code, name, flag, fetched_at FROM reference WHERE clinic = ? AND kind = ? ORDER BY position, code",
        tx.clinic,
        kind,
    )
    fetched = from_ms(min(row["fetched_at"] for row in rows)) if rows else None
    return tuple((row["code"], row["name"], to_flag(row["flag"])) for row in rows), fetched


def entry(tx: Transaction, kind: ReferenceList, code: str) -> Entry | None:
    """One row by its code."""
    row = tx.row(
        "SELECT code, name, flag FROM reference WHERE clinic = ? AND kind = ? AND code = ?", tx.clinic, kind, code
    )
    return (row["code"], row["name"], to_flag(row["flag"])) if row else None


def entries(tx: Transaction, kind: ReferenceList, codes: Sequence[str]) -> dict[str, Entry]:
    """The rows of these codes, by code; those that are not kept are left out."""
    if not codes:
        return {}
    marks = ", ".join("?" * len(codes))
    rows = tx.rows(
        f"SELECT code, name, flag FROM reference WHERE clinic = ? AND kind = ? AND code IN ({marks})",
        tx.clinic,
        kind,
        *codes,
    )
    return {row["code"]: (row["code"], row["name"], to_flag(row["flag"])) for row in rows}


def position(tx: Transaction, kind: ReferenceList, code: str) -> int | None:
    """The place of `code` in the list, from 0."""
    found = tx.value("SELECT position FROM reference WHERE clinic = ? AND kind = ? AND code = ?", tx.clinic, kind, code)
    return None if found is None else int(found)


def positions(tx: Transaction, kind: ReferenceList) -> dict[str, int]:
    """The place of every code in the list, from 0."""
    rows = tx.rows("SELECT code, position FROM reference WHERE clinic = ? AND kind = ?", tx.clinic, kind)
    return {row["code"]: row["position"] for row in rows}


def replace(tx: Transaction, kind: ReferenceList, entries: Iterable[Entry]) -> None:
    """The list anew, as P-Care gives it. A row that stays keeps its place, so that queue letters never change."""
    old = positions(tx, kind)
    following = max(old.values(), default=-1) + 1
    kept = []
    for code, name, flag in entries:
        if code in old:
            place = old[code]
        else:
            place, following = following, following + 1
        kept.append((code, name, flag, place))
    tx.execute("DELETE FROM reference WHERE clinic = ? AND kind = ?", tx.clinic, kind)
    for code, name, flag, place in kept:
        _put(tx, kind, (code, name, flag), place)


def learn(tx: Transaction, kind: ReferenceList, entries: Iterable[Entry]) -> None:
    """Add or refresh single rows, where P-Care has no whole list to give (diagnoses)."""
    for code, name, flag in entries:
        _put(tx, kind, (code, name, flag), 0)


def matching(tx: Transaction, kind: ReferenceList, text: str, limit: int) -> tuple[Entry, ...]:
    """Rows whose code begins with `text`, then those whose name has it."""
    # What has a meaning in a pattern, on one engine or the other, is left out.
    plain = text.strip().lower().translate({ord(mark): None for mark in "%_\\"})
    rows = tx.rows(
        "SELECT code, name, flag FROM reference WHERE clinic = ? AND kind = ?"
        " AND (LOWER(code) LIKE ? OR LOWER(name) LIKE ?) ORDER BY (LOWER(code) NOT LIKE ?), code LIMIT ?",
        tx.clinic,
        kind,
        plain + "%",
        f"%{plain}%",
        plain + "%",
        limit,
    )
    return tuple((row["code"], row["name"], to_flag(row["flag"])) for row in rows)


def _put(tx: Transaction, kind: ReferenceList, row: Entry, place: int) -> None:
    code, name, flag = row
    tx.execute(
        "INSERT INTO reference (clinic, kind, code, name, flag, position, fetched_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (clinic, kind, code) DO UPDATE SET name = excluded.name, flag = excluded.flag,"
        " fetched_at = excluded.fetched_at",
        tx.clinic,
        kind,
        code,
        name,
        from_flag(flag),
        place,
        tx.now_ms,
    )
