"""Lines of visits, and the keys of P-Care's lines that were seen there."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from kiosk.domain.codes import LineKind
from kiosk.domain.labs import LabResult
from kiosk.domain.lines import KIND_OF, ForeignLine, LineValue, Medication, Procedure, VisitLine
from kiosk.store import tables
from kiosk.store.transaction import Row, Transaction, from_ms, moment, to_json

_SELECT = "SELECT l.* FROM visit_line l WHERE l.clinic = ?"


def from_row(row: Row) -> VisitLine:
    """A row as a value."""
    kind = LineKind(row["kind"])
    return VisitLine(
        id=row["id"],
        visit_id=row["visit"],
        registration_id=row["registration"],
        kind=kind,
        value=_value(kind, json.loads(row["content"])),
        deleted=bool(row["deleted"]),
        remote_number=row["remote_number"],
        compound_code=row["compound_code"],
        version=row["version"],
        confirmed_version=row["confirmed_version"],
        created_at=moment(row["created_at"]),
    )


def get(tx: Transaction, identifier: str) -> VisitLine | None:
    """The line with our `identifier`, deleted ones too."""
    row = tx.row(f"{_SELECT} AND l.id = ?", tx.clinic, identifier)
    return from_row(row) if row else None


def by_request(tx: Transaction, request: str) -> VisitLine | None:
    """What the form with this id made already, if anything."""
    row = tx.row(f"{_SELECT} AND l.request = ?", tx.clinic, request)
    return from_row(row) if row else None


def of_visit(tx: Transaction, visit: str) -> tuple[VisitLine, ...]:
    """The lines of a visit that were not deleted, as they were entered."""
    return tuple(line for line in all_of_visit(tx, visit) if not line.deleted)


def all_of_visit(tx: Transaction, visit: str) -> tuple[VisitLine, ...]:
    """The lines of a visit, deleted ones too: P-Care may still hold them."""
    rows = tx.rows(f"{_SELECT} AND l.visit = ? ORDER BY l.created_at, l.id", tx.clinic, visit)
    return tuple(from_row(row) for row in rows)


def of_compound(tx: Transaction, visit: str, compound: str) -> tuple[VisitLine, ...]:
    """The parts of a compound, deleted ones too: P-Care may still hold them."""
    rows = tx.rows(
        f"{_SELECT} AND l.visit = ? AND l.compound = ? ORDER BY l.created_at, l.id", tx.clinic, visit, compound
    )
    return tuple(from_row(row) for row in rows)


def add(
    tx: Transaction, visit: str, registration: str, value: LineValue, *, request: str | None, operator: str | None
) -> str:
    """A new line; returns its id. `request` is the form's own id: one form makes one line."""
    return tx.insert(
        tables.VisitLine,
        registration=registration,
        visit=visit,
        kind=KIND_OF[type(value)],
        request=request,
        compound=value.compound if isinstance(value, Medication) else None,
        operator=operator,
        created_at=tx.now_ms,
        updated_at=tx.now_ms,
        **_columns(value),
    )


def change(tx: Transaction, line: VisitLine, value: LineValue, operator: str | None) -> int:
    """The line anew, of the same kind and compound; returns the new version."""
    version = line.version + 1
    tx.update(tables.VisitLine, line.id, version=version, operator=operator, updated_at=tx.now_ms, **_columns(value))
    return version


def delete(tx: Transaction, line: VisitLine) -> int:
    """The line no longer holds; returns the new version."""
    tx.update(tables.VisitLine, line.id, deleted=1, version=line.version + 1, updated_at=tx.now_ms)
    return line.version + 1


def confirm(tx: Transaction, line: VisitLine, number: str, version: int, compound_code: str | None = None) -> None:
    """P-Care holds `version` now, under `number`; a number that it held before is never taken for another line."""
    if line.remote_number not in (None, number):
        _retire(tx, line)
    tx.update(
        tables.VisitLine,
        line.id,
        remote_number=number,
        compound_code=compound_code or line.compound_code,
        confirmed_version=max(version, line.confirmed_version),
    )


def gone(tx: Transaction, line: VisitLine) -> None:
    """P-Care holds the line no more; its number is never taken for another line."""
    if line.remote_number is not None:
        _retire(tx, line)
    tx.update(tables.VisitLine, line.id, remote_number=None, compound_code=None, confirmed_version=0)


def claimed(tx: Transaction, kind: LineKind, numbers: Iterable[str]) -> frozenset[str]:
    """Which of P-Care's keys `numbers` lines of ours hold now, deleted lines too.

    Of all visits: a visit that was entered anew may have taken over another one's noKunjungan.
    """
    return _among(tx, "SELECT remote_number FROM visit_line WHERE clinic = ? AND kind = ?", kind, numbers)


def seen(tx: Transaction, kind: LineKind, numbers: Iterable[str]) -> frozenset[str]:
    """Which of P-Care's keys `numbers` no line of ours can be that is still looked for."""
    return _among(tx, "SELECT remote_number FROM remote_line WHERE clinic = ? AND kind = ?", kind, numbers)


def read_at(tx: Transaction, visit: str, kind: LineKind) -> datetime | None:
    """When P-Care's lines of this kind were read last for the visit; None: never."""
    return from_ms(
        tx.value("SELECT read_at FROM lines_read WHERE clinic = ? AND visit = ? AND kind = ?", tx.clinic, visit, kind)
    )


def note_read(tx: Transaction, visit: str, kind: LineKind, foreign: Iterable[ForeignLine]) -> None:
    """P-Care's lines were read: `foreign` are those that none of ours can be."""
    tx.execute(
        "INSERT INTO lines_read (clinic, visit, kind, read_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (clinic, visit, kind) DO UPDATE SET read_at = excluded.read_at",
        tx.clinic,
        visit,
        kind,
        tx.now_ms,
    )
    for line in foreign:
        _keep_number(tx, kind, line.remote_number, visit, own=False, title=line.title, amount=line.amount)


def foreign(tx: Transaction, visit: str) -> tuple[ForeignLine, ...]:
    """What others typed in the visit at P-Care, as the last reading of each kind found it."""
    rows = tx.rows(
        "SELECT f.* FROM remote_line f JOIN lines_read r ON r.clinic = f.clinic AND r.visit = f.visit"
        " AND r.kind = f.kind WHERE f.clinic = ? AND f.visit = ? AND f.own = 0 AND f.read_at = r.read_at"
        " AND NOT EXISTS (SELECT 1 FROM visit_line l WHERE l.clinic = f.clinic AND l.kind = f.kind"
        " AND l.remote_number = f.remote_number)"
        " ORDER BY f.kind, f.remote_number",
        tx.clinic,
        visit,
    )
    return tuple(
        ForeignLine(LineKind(r["kind"]), r["remote_number"], r["title"], r["amount"], moment(r["read_at"]))
        for r in rows
    )


def _among(tx: Transaction, select: str, kind: LineKind, numbers: Iterable[str]) -> frozenset[str]:
    wanted = list(numbers)
    if not wanted:
        return frozenset()
    marks = ", ".join("?" for _ in wanted)
    rows = tx.rows(f"{select} AND remote_number IN ({marks})", tx.clinic, kind, *wanted)
    return frozenset(row["remote_number"] for row in rows)


def _retire(tx: Transaction, line: VisitLine) -> None:
    if line.remote_number is not None:
        _keep_number(tx, line.kind, line.remote_number, line.visit_id, own=True, title="", amount=None)


def _keep_number(
    tx: Transaction, kind: LineKind, number: str, visit: str, *, own: bool, title: str, amount: float | None
) -> None:
    tx.execute(
        "INSERT INTO remote_line (clinic, kind, remote_number, visit, own, title, amount, read_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (clinic, kind, remote_number) DO UPDATE SET"
        " own = CASE WHEN excluded.own = 1 THEN 1 ELSE remote_line.own END,"
        " title = excluded.title, amount = excluded.amount, read_at = excluded.read_at",
        tx.clinic,
        kind,
        number,
        visit,
        int(own),
        title,
        amount,
        tx.now_ms,
    )


def _columns(value: LineValue) -> dict[str, Any]:
    content = {name: part for name, part in asdict(value).items() if part is not None}
    if isinstance(value, LabResult) and value.day is not None:
        content["day"] = value.day.isoformat()
    return {"title": value.title, "content": to_json(content)}


def _value(kind: LineKind, content: dict[str, Any]) -> LineValue:
    if kind == LineKind.MEDICATION:
        return Medication(**content)
    if kind == LineKind.PROCEDURE:
        return Procedure(**content)
    if content.get("day"):
        content["day"] = date.fromisoformat(content["day"])
    return LabResult(**content)
