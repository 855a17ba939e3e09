"""What the parts of the sync process share: the store, the client, the line, the policy."""

import asyncio
import logging
import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kiosk.domain.codes import ReferenceList
from kiosk.pcare.client import PCareClient
from kiosk.store import outbox_due
from kiosk.store.database import Store
from kiosk.store.errors import StoreError
from kiosk.store.transaction import Transaction
from kiosk.sync.clock import Clock
from kiosk.sync.line import Line
from kiosk.sync.policy import Policy

log = logging.getLogger("kiosk.sync")


@dataclass(slots=True)
class Courier:
    """One sender for one clinic."""

    store: Store
    client: PCareClient
    line: Line
    policy: Policy
    time: Clock
    chance: random.Random
    merging: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Several senders wait for one reading of P-Care's list."""
    merged: set[date] = field(default_factory=set)
    """The days of which this process has read P-Care's list: what happened while it was away, it has not seen."""
    list_retry: dict[ReferenceList, datetime] = field(default_factory=dict)
    """When a list that could not be fetched may be asked for again, by the steady clock."""
    day_retry: dict[date, datetime] = field(default_factory=dict)
    """When a day's registrations that could not be read after a restore may be asked for again, likewise."""
    lists_good_until: datetime | None = None
    """Until when nobody need look whether a list is old, by the steady clock."""
    compare_at: datetime | None = None
    """When P-Care's lists may be looked at again though nothing is to be sent, by the steady clock."""
    verify_at: datetime | None = None
    """When those who were entered while P-Care could not be asked are looked for again, by the steady clock."""
    verify_retry: dict[str, datetime] = field(default_factory=dict)
    """When P-Care may be asked again about one of them (by our id), likewise."""

    def clock(self) -> datetime:
        """The moment by which appointments are made."""
        return self.time.now()

    def calm(self) -> bool:
        """Whether what was kept before the clock was set last is older than the settle time by any clock."""
        return self.time.undisturbed() >= self.policy.settle

    def in_seconds(self, seconds: float) -> datetime:
        """The moment `seconds` from now."""
        return self.clock() + timedelta(seconds=seconds)

    def settle_at(self) -> datetime:
        """From when on a call that ends now without an answer may be read back."""
        return self.in_seconds(self.policy.settle)

    def backoff(self, attempts: int) -> datetime:
        """When to try again after `attempts` failures."""
        return self.in_seconds(self.policy.wait(attempts, self.chance))

    async def mind_the_clock(self) -> None:
        """When the wall clock was set, appointments move with it: no settle time gets shorter, nothing waits a day.

        To be asked right before appointments are looked at.
        """
        await follow_the_clock(self.store, self.time)

    @property
    def facility(self) -> str:
        """Our own kdProvider."""
        return self.client.settings.facility


async def follow_the_clock(store: Store, time: Clock) -> None:
    """When the wall clock was set, everything appointed moves with it.

    In one transaction: the store's work is done one after the other, so that nothing is appointed or looked at by the
    one clock while the others go by the other. Raises StoreError; then the clock is followed next time.
    """
    if not time.off():
        return
    moved = timedelta()

    def work(tx: Transaction) -> None:
        nonlocal moved
        moved = time.follow()
        outbox_due.move_appointments(tx, moved)

    try:
        await store.write(work)
    except StoreError:
        time.unfollow(moved)
        raise
    log.warning("clock_set %d s", moved.total_seconds())
