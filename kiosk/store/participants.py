"""Participants: finding them, keeping what P-Care confirmed, and the clinic's own patients."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

from kiosk.domain.codes import Sex
from kiosk.domain.ids import new_id
from kiosk.domain.participant import Participant, corrections
from kiosk.store import search_index
from kiosk.store.transaction import Row, Transaction, from_flag, from_ms, to_day, to_flag, to_json, to_ms

_NAMES = (
    *("id", "name", "card_number", "nik", "rm_number", "sex", "birth_date", "phone", "relation", "facility_code"),
    *("facility_name", "active", "status_text", "class_name", "kind_name", "arrears", "prolanis", "prb"),
    *("confirmed_at", "mother", "corrected", "merged_into"),
)
COLUMNS = ", ".join(f"p.{name}" for name in _NAMES)
MERGED = _NAMES.index("merged_into")
"""The place among `COLUMNS` of the row that stands for this one."""
SELECT = f"SELECT {COLUMNS} FROM participant p WHERE p.clinic = ?"
LAST = "\U0010ffff"
"""Greater than every character: the end of a prefix range under binary collation."""
MOST_MARKS = 24
"""Identifiers asked for in one statement."""


def from_row(row: Row) -> Participant:
    """A row of `COLUMNS` as a value."""
    return from_values([row[name] for name in _NAMES])


def from_values(values: Sequence[Any]) -> Participant:
    """The same, of the values in the order of `COLUMNS`: where many are read at each key."""
    identifier, name, card, nik, rm_number, sex, born, phone, relation, facility, facility_name, active = values[:12]
    status, class_name, kind_name, arrears, prolanis, prb, confirmed, mother, corrected, _ = values[12:]
    return Participant(
        identifier,
        name,
        card,
        nik,
        rm_number,
        Sex(sex) if sex else None,
        to_day(born),
        phone,
        relation,
        facility,
        facility_name,
        to_flag(active),
        status,
        class_name,
        kind_name,
        arrears,
        prolanis,
        prb,
        from_ms(confirmed),
        mother,
        tuple(sorted(json.loads(corrected).items())) if corrected else (),
    )


def standing(tx: Transaction, rows: Iterable[Row]) -> tuple[Participant, ...]:
    """The people of these rows, each once: a row that was merged into another is read as the one that stands for it."""
    found: dict[str, Participant] = {}
    for row in rows:
        while row["merged_into"]:
            row = tx.rows(f"{SELECT} AND p.id = ?", tx.clinic, row["merged_into"])[0]
        found.setdefault(row["id"], from_row(row))
    return tuple(found.values())


def get(tx: Transaction, identifier: str) -> Participant | None:
    """The participant with our `identifier`, or who stands for them since they were merged."""
    return next(iter(standing(tx, tx.rows(f"{SELECT} AND p.id = ?", tx.clinic, identifier))), None)


def by_card(tx: Transaction, card_number: str) -> Participant | None:
    """The participant with the 13-digit card number, or who stands for them since they were merged."""
    return next(iter(standing(tx, tx.rows(f"{SELECT} AND p.card_number = ?", tx.clinic, card_number))), None)


def by_nik(tx: Transaction, nik: str) -> tuple[Participant, ...]:
    """Those with the 16-digit NIK; more than one only where somebody was entered twice."""
    return standing(tx, tx.rows(f"{SELECT} AND p.nik = ? ORDER BY p.name, p.id", tx.clinic, nik))


def by_rm_number(tx: Transaction, rm_number: str) -> Participant | None:
    """The participant with the clinic's own record number, or who stands for them since they were merged."""
    return next(iter(standing(tx, tx.rows(f"{SELECT} AND p.rm_number = ?", tx.clinic, rm_number))), None)


def with_digits(tx: Transaction, digits: str, limit: int) -> tuple[Participant, ...]:
    """Those whose card, NIK, RM number or phone begins with `digits`; RM numbers first, each person once."""
    found: dict[str, Row] = {}
    for column in ("rm_number", "card_number", "nik", "phone"):
        rows = tx.rows(
            f"{SELECT} AND p.{column} >= ? AND p.{column} < ? ORDER BY p.{column}, p.id LIMIT ?",
            tx.clinic,
            digits,
            digits + LAST,
            limit,
        )
        for row in rows:
            found.setdefault(row["id"], row)
    return standing(tx, found.values())[:limit]


def with_phone(tx: Transaction, phone: str, limit: int) -> tuple[Participant, ...]:
    """Those with exactly this phone number, at most `limit`."""
    return tuple(
        from_row(r)
        for r in tx.rows(
            f"{SELECT} AND p.phone = ? AND p.merged_into IS NULL ORDER BY p.name, p.id LIMIT ?", tx.clinic, phone, limit
        )
    )


def born_on(tx: Transaction, day: date, limit: int) -> tuple[Participant, ...]:
    """Those who were born on that day, at most `limit`: of 50,000 members two or three."""
    rows = tx.rows(
        f"{SELECT} AND p.birth_date = ? AND p.merged_into IS NULL ORDER BY p.name, p.id LIMIT ?",
        tx.clinic,
        day.isoformat(),
        limit,
    )
    return tuple(from_row(row) for row in rows)


def near_card(tx: Transaction, card_number: str, distance: int) -> tuple[Participant, ...]:
    """The holder and those whose card numbers are at most `distance` away, the nearest first."""
    number, width = int(card_number), len(card_number)
    low, high = f"{max(0, number - distance):0{width}d}", f"{min(10**width - 1, number + distance):0{width}d}"
    near = "p.card_number >= ? AND p.card_number <= ? AND p.merged_into IS NULL"
    rows = tx.rows(f"{SELECT} AND {near}", tx.clinic, low, high)
    found = [from_row(r) for r in rows]
    return tuple(sorted(found, key=lambda p: (abs(int(p.card_number or 0) - number), p.card_number)))


def children(tx: Transaction, mother: str) -> tuple[Participant, ...]:
    """Those who were entered here as newborns of this person, the youngest first."""
    rows = tx.rows(
        f"{SELECT} AND p.merged_into IS NULL AND (p.mother = ? OR p.mother IN"
        " (SELECT m.id FROM participant m WHERE m.clinic = ? AND m.merged_into = ?))"
        " ORDER BY p.birth_date DESC, p.name, p.id",
        tx.clinic,
        mother,
        tx.clinic,
        mother,
    )
    return tuple(from_row(row) for row in rows)


def names_of(tx: Transaction, identifiers: Sequence[str]) -> list[tuple[str, str, int]]:
    """Identifier, name and moment of the last time here (0: never) of those with our `identifiers`, in no order."""
    found: list[tuple[str, str, int]] = []
    for some, marks in _by_marks(identifiers):
        found += tx.tuples(_names_by_ids(marks), tx.clinic, *some)
    return found


def with_ids(tx: Transaction, identifiers: Sequence[str]) -> dict[str, Sequence[Any]]:
    """The values of `COLUMNS` of those with our `identifiers`, by identifier."""
    found: dict[str, Sequence[Any]] = {}
    for some, marks in _by_marks(identifiers):
        found.update((values[0], values) for values in tx.tuples(_by_ids(marks), tx.clinic, *some))
    return found


def _by_marks(identifiers: Sequence[str]) -> Iterator[tuple[list[str], int]]:
    """The identifiers in pieces of a few lengths, the last one repeated: the engine knows the statement already."""
    for start in range(0, len(identifiers), MOST_MARKS):
        some = list(identifiers[start : start + MOST_MARKS])
        marks = next(size for size in (4, 12, 20, MOST_MARKS) if size >= len(some))
        yield [*some, *[some[-1]] * (marks - len(some))], marks


def save(tx: Transaction, participant: Participant) -> Participant:
    """Write `participant`, new or known (by id). The search by name follows in the same transaction."""
    known = tx.row("SELECT name, seen_at FROM participant WHERE clinic = ? AND id = ?", tx.clinic, participant.id)
    values = (
        participant.name,
        participant.card_number,
        participant.nik,
        participant.rm_number,
        participant.sex,
        participant.birth_date.isoformat() if participant.birth_date else None,
        participant.phone,
        participant.relation,
        participant.facility_code,
        participant.facility_name,
        from_flag(participant.active),
        participant.status_text,
        participant.class_name,
        participant.kind_name,
        participant.arrears,
        participant.prolanis,
        participant.prb,
        to_ms(participant.confirmed_at) if participant.confirmed_at else None,
        to_json(dict(participant.corrected)) if participant.corrected else None,
        participant.mother_id,
        tx.now_ms,
    )
    if known is None:
        tx.execute(
            "INSERT INTO participant (name, card_number, nik, rm_number, sex, birth_date, phone, relation, "
            " facility_code, facility_name, active, status_text, class_name, kind_name, arrears, prolanis, prb,"
            " confirmed_at, corrected, mother, updated_at, created_at, clinic, id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *values,
            tx.now_ms,
            tx.clinic,
            participant.id,
        )
    else:
        tx.execute(
            "UPDATE participant SET name = ?, card_number = ?, nik = ?, rm_number = ?, sex = ?, birth_date = ?,"
            " phone = ?, relation = ?, facility_code = ?, facility_name = ?, active = ?, status_text = ?,"
            " class_name = ?, kind_name = ?, arrears = ?, prolanis = ?, prb = ?, confirmed_at = ?,"
            " corrected = ?, mother = ?, updated_at = ?"
            " WHERE clinic = ? AND id = ?",
            *values,
            tx.clinic,
            participant.id,
        )
    if known is None or known["name"] != participant.name:
        before, here = (known["name"], known["seen_at"] is not None) if known else (None, False)
        search_index.replace_name(tx, participant.id, before, participant.name, here=here)
    return participant


def confirm(tx: Transaction, said: Participant) -> Participant:
    """Keep what P-Care said of a member: on the row with that card, else on the only one with that NIK, else anew.

    What only the clinic knows (RM number) and the phone that the patient gave here stay. Where P-Care says otherwise
    than was typed here before it was ever asked, that is kept beside it for a person to look at.
    """
    known = holder(tx, said.card_number) if said.card_number else None
    if known is None and said.nik:
        same = [p for p in by_nik(tx, said.nik) if p.card_number in (None, said.card_number)]
        known = same[0] if len(same) == 1 else None
    if known is None:
        return save(tx, replace(said, id=new_id()))
    return save(
        tx,
        replace(
            said,
            id=known.id,
            rm_number=known.rm_number,
            mother_id=known.mother_id,
            nik=said.nik or known.nik,
            phone=known.phone or said.phone,
            prolanis=said.prolanis if said.prolanis is not None else known.prolanis,
            prb=said.prb if said.prb is not None else known.prb,
            corrected=corrections(known, said) if known.confirmed_at is None else known.corrected,
        ),
    )


def holder(tx: Transaction, card_number: str) -> Participant | None:
    """Whose row has the card number, also when another row stands for it by now: what P-Care says of it goes there."""
    row = tx.row(f"{SELECT} AND p.card_number = ?", tx.clinic, card_number)
    return from_row(row) if row else None


def row_of(tx: Transaction, identifier: str) -> Participant | None:
    """The row with our `identifier` itself, None also when another one stands for it."""
    row = tx.row(f"{SELECT} AND p.id = ? AND p.merged_into IS NULL", tx.clinic, identifier)
    return from_row(row) if row else None


def unverified(tx: Transaction, since: datetime, limit: int) -> tuple[Participant, ...]:
    """Those made here since then with a card or NIK whom P-Care said nothing of yet, the newest first."""
    rows = tx.rows(
        f"{SELECT} AND p.confirmed_at IS NULL AND p.created_at >= ? AND p.merged_into IS NULL"
        " AND (p.card_number IS NOT NULL OR p.nik IS NOT NULL) ORDER BY p.created_at DESC, p.id LIMIT ?",
        tx.clinic,
        to_ms(since),
        limit,
    )
    return tuple(from_row(row) for row in rows)


def looked_at(tx: Transaction, identifier: str) -> None:
    """A person has seen what P-Care corrected."""
    tx.execute("UPDATE participant SET corrected = NULL WHERE clinic = ? AND id = ?", tx.clinic, identifier)


def seen(tx: Transaction, identifier: str) -> None:
    """Note that the person was here: they come first in the next search."""
    known = tx.row("SELECT name, seen_at FROM participant WHERE clinic = ? AND id = ?", tx.clinic, identifier)
    if known and known["seen_at"] is None:
        search_index.first_seen(tx, identifier, known["name"])
    tx.execute("UPDATE participant SET seen_at = ? WHERE clinic = ? AND id = ?", tx.now_ms, tx.clinic, identifier)


def registered_on(tx: Transaction, day: date, identifiers: list[str]) -> frozenset[str]:
    """Which of `identifiers` have a registration on `day`."""
    if not identifiers:
        return frozenset()
    marks = ", ".join("?" for _ in identifiers)
    rows = tx.rows(
        "SELECT participant FROM registration WHERE clinic = ? AND day = ? AND cancelled = 0"
        f" AND participant IN ({marks})",
        tx.clinic,
        day.isoformat(),
        *identifiers,
    )
    return frozenset(row["participant"] for row in rows)


@cache
def _by_ids(count: int) -> str:
    return f"{SELECT} AND p.id IN ({', '.join('?' * count)})"


@cache
def _names_by_ids(count: int) -> str:
    marks = ", ".join("?" * count)
    return f"SELECT id, name, COALESCE(seen_at, 0) FROM participant WHERE clinic = ? AND id IN ({marks})"
