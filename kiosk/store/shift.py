"""What a day came to, counted for the shift report; numbers alone, nobody's data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kiosk.domain.codes import OutboxState, TicketState
from kiosk.store import outbox
from kiosk.store.audit import Head, heads
from kiosk.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class OperatorShift:
    """What one operator entered on the day."""

    name: str
    registrations: int
    visits: int


@dataclass(frozen=True, slots=True)
class Shift:
    """One service day of the clinic."""

    day: date
    queues: Mapping[str, Mapping[TicketState, int]]
    """How many numbers are in each state, by the poli's name."""
    operators: tuple[OperatorShift, ...]
    outbox: Mapping[OutboxState, int]
    """What is on its way to P-Care, of every day."""
    heads: tuple[Head, ...]
    """Where the audit log of each station stands."""


def shift_of(tx: Transaction, day: date) -> Shift:
    """Count the day."""
    names = {
        row["code"]: row["name"]
        for row in tx.rows("SELECT code, name FROM reference WHERE clinic = ? AND kind = 'poli'", tx.clinic)
    }
    queues: dict[str, dict[TicketState, int]] = {}
    for row in tx.rows(
        "SELECT poli_code, state, COUNT(*) AS n FROM ticket WHERE clinic = ? AND day = ? GROUP BY poli_code, state"
        " ORDER BY poli_code, state",
        tx.clinic,
        day.isoformat(),
    ):
        name = names.get(row["poli_code"]) or str(row["poli_code"])
        queues.setdefault(name, {})[TicketState(row["state"])] = row["n"]
    return Shift(day, queues, _operators(tx, day), outbox.counts(tx), heads(tx))


def _operators(tx: Transaction, day: date) -> tuple[OperatorShift, ...]:
    """Registrations and services that hold, by who entered them; those typed in P-Care's own page are nobody's here."""
    made = _by_operator(tx, "registration", "cancelled", day)
    served = _by_operator(tx, "visit", "deleted", day)
    people = tx.rows("SELECT id, name FROM operator WHERE clinic = ? ORDER BY name", tx.clinic)
    return tuple(
        OperatorShift(row["name"], made.get(row["id"], 0), served.get(row["id"], 0))
        for row in people
        if row["id"] in made or row["id"] in served
    )


def _by_operator(tx: Transaction, table: str, gone: str, day: date) -> dict[str, int]:
    rows = tx.rows(
        f"SELECT operator, COUNT(*) AS n FROM {table} WHERE clinic = ? AND day = ? AND {gone} = 0"
        " AND operator IS NOT NULL GROUP BY operator",
        tx.clinic,
        day.isoformat(),
    )
    return {row["operator"]: row["n"] for row in rows}
