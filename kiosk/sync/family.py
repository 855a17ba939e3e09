"""What sending and reading back must know of one family of kinds, and what all families do alike."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Protocol

from kiosk.domain.codes import OutboxKind
from kiosk.domain.outbox import OutboxItem
from kiosk.pcare.client import PCareClient
from kiosk.pcare.errors import Refused
from kiosk.store import outbox_due, outbox_moves
from kiosk.store.transaction import Transaction
from kiosk.sync.collapse import collapse
from kiosk.sync.courier import Courier

DUPLICATE = "duplicate"
"""The reason of an item of which P-Care said that it is there already."""


@dataclass(frozen=True, slots=True)
class Given:
    """What P-Care gave a call that took effect."""

    number: str | None = None
    """noUrut, noKunjungan or the line's key; None where the call is given none."""
    compound_code: str | None = None
    """kdRacikan, for the part of a compound."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A call as it is about to be made, from the record as it is at this moment."""

    version: int
    """The version of the record that a success confirms."""
    body: dict[str, object]
    """What is sent, for the attempt's row; empty for a deletion."""
    call: Callable[[PCareClient], Awaitable[Given]]


class Family(Protocol):
    """One family of kinds: the calls about registrations, about visits, about a visit's lines.

    They differ in what makes a second sending harmful. P-Care refuses a second registration or visit of the same
    member, poli and day, so that their key finds them again. Lines have no key at all: the same one sent twice is
    there twice, and only their content and what was seen before can tell them apart.
    """

    deletions: frozenset[OutboxKind]
    """The kinds for which "not there" is success."""

    async def prepare(self, courier: Courier, item: OutboxItem) -> None:
        """Learn what must be known before the item is sent; it may set the item aside. Raises PCareError."""

    def plan(self, tx: Transaction, courier: Courier, item: OutboxItem) -> Plan | None:
        """What to send now; None when the item was ended here, because nothing is left to be sent of it.

        Raises Unsendable when the record does not fit into P-Care's form, LookupError when it is not there.
        """

    def edited_since(self, tx: Transaction, item: OutboxItem, version: int) -> bool:
        """Whether what was refused as `version` is no longer what the record says."""

    def vanished(self, tx: Transaction, item: OutboxItem) -> bool:
        """What the item was to change is at P-Care no more: True when the item was ended because of that."""

    def took_effect(self, tx: Transaction, item: OutboxItem, version: int, given: Given) -> None:
        """P-Care holds `version` of what the item speaks of (of a deletion: holds it no more)."""

    def read_with(self, item: OutboxItem) -> Hashable:
        """Unknown items of which this is equal are read back with one question."""

    async def read_back(self, courier: Courier, items: list[OutboxItem]) -> None:
        """Find out what became of unknown items that are read together, and end or resend each. Raises PCareError."""


def not_there(tx: Transaction, item: OutboxItem) -> None:
    """P-Care did not take it: to be sent again, unless it was taken back here meanwhile."""
    outbox_moves.back_to_pending(tx, item.id, "not_there", None)
    collapse(tx, item.id)


def duplicate_not_found(tx: Transaction, courier: Courier, item: OutboxItem) -> None:
    """P-Care says it is there and does not list it: look once more when its lists have caught up, then a person."""
    # Of one that was noted before the clock was set, only that long is certain.
    age = min(abs((courier.clock() - item.updated_at).total_seconds()), courier.time.undisturbed())
    if age < courier.policy.settle:
        outbox_due.look_later(tx, item.id, courier.in_seconds(courier.policy.settle - age))
    else:
        outbox_moves.to_needs_action(tx, item.id, "duplicate_not_listed", item.detail)


def said(error: Refused) -> str:
    """The server's own words on a refusal, bounded."""
    rows = [f"{p.field}: {p.message}" for p in error.fields]
    return "; ".join(rows)[:300] or error.server_text
