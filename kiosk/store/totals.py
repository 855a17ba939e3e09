"""How much the store holds, for comparisons with P-Care and for `kiosk doctor`."""

from dataclasses import dataclass

from kiosk.store import outbox
from kiosk.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Totals:
    """Rows that hold: cancelled registrations and deleted visits are not counted."""

    registrations: int
    visits: int
    outbox: dict[str, int]
    """Items by state."""


def totals(tx: Transaction) -> Totals:
    """Count."""
    return Totals(
        registrations=tx.value("SELECT COUNT(*) FROM registration WHERE clinic = ? AND cancelled = 0", tx.clinic),
        visits=tx.value("SELECT COUNT(*) FROM visit WHERE clinic = ? AND deleted = 0", tx.clinic),
        outbox={str(state): n for state, n in outbox.counts(tx).items()},
    )
