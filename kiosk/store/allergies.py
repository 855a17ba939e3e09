"""What patients were said not to bear, by name; what was withdrawn stays in the table."""

from collections.abc import Sequence

from kiosk.store import tables
from kiosk.store.transaction import Transaction


def of_participant(tx: Transaction, participant: str) -> tuple[str, ...]:
    """The names that hold now, in the order in which they were told, each once in whatever case of letters."""
    rows = tx.column(
        "SELECT name FROM allergy WHERE clinic = ? AND participant = ? AND withdrawn_at IS NULL"
        " ORDER BY created_at, LOWER(name), id",
        tx.clinic,
        participant,
    )
    return tuple({name.lower(): name for name in reversed(rows)}.values())[::-1]


def change(tx: Transaction, participant: str, add: Sequence[str], take: Sequence[str], operator: str) -> None:
    """Add some names, unless they are there in any case of letters, and withdraw others."""
    known = {name.lower() for name in of_participant(tx, participant)}
    for name in add:
        if name.lower() not in known:
            tx.insert(tables.Allergy, participant=participant, name=name, operator=operator, created_at=tx.now_ms)
    for name in take:
        tx.execute(
            "UPDATE allergy SET withdrawn_at = ? WHERE clinic = ? AND participant = ? AND LOWER(name) = ?"
            " AND withdrawn_at IS NULL",
            tx.now_ms,
            tx.clinic,
            participant,
            name.lower(),
        )
