"""The audit log: rows that are chained to one another, written in the transaction that they tell of."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.audit import Entry, Event, details, mark, next_key
from kiosk.store.actor import Seal
from kiosk.store.transaction import Row, Transaction, to_ms

_PAGE = 5_000
"""Rows that are held in memory at once."""
_COLUMNS = "number, at, operator, event, subject, detail, mac"


class Fault(StrEnum):
    """What a verification finds wrong with a chain."""

    CHANGED = "changed"
    """The row is not as it was written."""
    GAP = "gap"
    """The row is not there, but later ones are."""
    CUT = "cut"
    """The row and all after it are gone."""
    HEAD = "head"
    """The rows are whole, but where the chain stands was changed."""
    ANCHOR = "anchor"
    """The row is not the one that was written down."""
    SEAL = "seal"
    """The chain began with another seal than the one at hand."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a station's chain stands."""

    station: str
    number: int
    mac: str


@dataclass(frozen=True, slots=True)
class Verified:
    """One station's chain after it was looked through."""

    station: str
    rows: int
    """How many there are."""
    head: str
    """The mark of the last one."""
    fault: Fault | None = None
    number: int | None = None
    """The first row that is wrong."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One row for people."""

    entry: Entry
    operator_name: str
    """The operator's login, "" for nobody."""


def note(tx: Transaction, event: Event, subject: str = "", **codes: object) -> None:
    """Append a row to the chain of the station whose work `tx` is; a transaction of no station has no log.

    `subject` is an id, `codes` are codes and counts; neither may name a person.
    """
    if tx.actor is not None:
        codes["account"] = tx.actor.account or None
        note_of(tx, tx.actor.operator, to_ms(tx.now), event, subject, details(codes))


def note_of(tx: Transaction, operator: str | None, at: int, event: Event, subject: str, detail: str) -> None:
    """The same for what an operator did a moment ago, at `at` (milliseconds since 1970, UTC)."""
    actor = tx.actor
    if actor is None:
        return
    head = tx.row(
        "SELECT number, mac, next_key FROM audit_head WHERE clinic = ? AND station = ?", tx.clinic, actor.station
    )
    if head is None:
        number, before, key = 1, "", actor.seal.first_key(tx.clinic, actor.station)
    else:
        number, before, key = head["number"] + 1, head["mac"], bytes.fromhex(head["next_key"])
    entry = Entry(tx.clinic, actor.station, number, at, operator or "", event, subject, detail)
    mac = mark(key, entry, before)
    tx.execute(
        "INSERT INTO audit (clinic, station, number, at, operator, event, subject, detail, mac)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        entry.clinic,
        entry.station,
        entry.number,
        entry.at,
        entry.operator,
        str(entry.event),
        entry.subject,
        entry.detail,
        mac,
    )
    if head is None:
        tx.execute(
            "INSERT INTO audit_head (clinic, station, number, mac, next_key, seal) VALUES (?, ?, ?, ?, ?, ?)",
            tx.clinic,
            actor.station,
            number,
            mac,
            next_key(key).hex(),
            actor.seal.fingerprint(),
        )
    else:
        tx.execute(
            "UPDATE audit_head SET number = ?, mac = ?, next_key = ? WHERE clinic = ? AND station = ?",
            number,
            mac,
            next_key(key).hex(),
            tx.clinic,
            actor.station,
        )


def heads(tx: Transaction) -> tuple[Head, ...]:
    """Where each station's chain stands."""
    rows = tx.rows("SELECT station, number, mac FROM audit_head WHERE clinic = ? ORDER BY station", tx.clinic)
    return tuple(Head(row["station"], row["number"], row["mac"]) for row in rows)


def verify(
    tx: Transaction, seals: Sequence[Seal], anchors: Mapping[tuple[str, int], str] | None = None
) -> tuple[Verified, ...]:
    """Look every chain through, and whether it still holds what was written down outside.

    `seals` are those at hand; `anchors` are marks, or their first digits, by station and number. Raises Failed when a
    seal cannot be read.
    """
    told = anchors or {}
    at_hand = {seal.fingerprint(): seal for seal in seals}
    stations = {*tx.column("SELECT station FROM audit_head WHERE clinic = ?", tx.clinic)}
    stations |= {*tx.column("SELECT DISTINCT station FROM audit WHERE clinic = ?", tx.clinic)}
    stations |= {station for station, _ in told}
    return tuple(
        _verified(tx, at_hand, station, {number: mac for (of, number), mac in told.items() if of == station})
        for station in sorted(stations)
    )


def _verified(tx: Transaction, seals: Mapping[str, Seal], station: str, anchors: dict[int, str]) -> Verified:
    head = tx.row(
        "SELECT number, mac, next_key, seal FROM audit_head WHERE clinic = ? AND station = ?", tx.clinic, station
    )
    seal = seals.get(head["seal"]) if head else None
    key = seal.first_key(tx.clinic, station) if seal else None
    number, before = 0, ""
    for row in _rows(tx, station):
        if row["number"] != number + 1:
            return Verified(station, number, before, Fault.GAP, number + 1)
        number = row["number"]
        if key is not None and mark(key, _entry(tx, station, row), before) != row["mac"]:
            return Verified(station, number, before, Fault.CHANGED, number)
        if number in anchors and not row["mac"].startswith(anchors.pop(number)):
            return Verified(station, number, row["mac"], Fault.ANCHOR, number)
        before, key = row["mac"], next_key(key) if key is not None else None
    if head is None or head["number"] > number or anchors:
        return Verified(station, number, before, Fault.CUT, number + 1)
    if head["number"] < number or head["mac"] != before or (key is not None and head["next_key"] != key.hex()):
        return Verified(station, number, before, Fault.HEAD, number)
    return Verified(station, number, before, None if seal else Fault.SEAL, None if seal else 1)


def _rows(tx: Transaction, station: str) -> Iterator[Row]:
    last = 0
    while True:
        page = tx.rows(
            f"SELECT {_COLUMNS} FROM audit WHERE clinic = ? AND station = ? AND number > ? ORDER BY number LIMIT ?",
            tx.clinic,
            station,
            last,
            _PAGE,
        )
        yield from page
        if len(page) < _PAGE:
            return
        last = page[-1]["number"]


def _entry(tx: Transaction, station: str, row: Row) -> Entry:
    return Entry(
        tx.clinic,
        station,
        row["number"],
        row["at"],
        row["operator"],
        row["event"],
        row["subject"],
        row["detail"],
    )


def shown(
    tx: Transaction,
    *,
    station: str | None = None,
    operator: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    subjects: Collection[str] | None = None,
    limit: int = 50,
) -> tuple[Shown, ...]:
    """The newest `limit` rows that fit, oldest first.

    `operator` is an id, `since` and `until` are aware; `subjects`: the ids that a row may be about, as audit_patient
    finds them.
    """
    about = "" if subjects is None else f" AND subject IN ({', '.join('?' * len(subjects)) or 'NULL'})"
    logins = {row["id"]: row["login"] for row in tx.rows("SELECT id, login FROM operator WHERE clinic = ?", tx.clinic)}
    rows = tx.rows(
        f"SELECT station, {_COLUMNS} FROM audit WHERE clinic = ? AND (? = 1 OR station = ?)"
        f" AND (? = 1 OR operator = ?) AND at >= ? AND at < ?{about} ORDER BY at DESC, station, number DESC LIMIT ?",
        tx.clinic,
        int(station is None),
        station or "",
        int(operator is None),
        operator or "",
        to_ms(since) if since else 0,
        to_ms(until) if until else 1 << 60,
        *(subjects or ()),
        limit,
    )
    return tuple(Shown(_entry(tx, row["station"], row), logins.get(row["operator"], "")) for row in reversed(rows))
