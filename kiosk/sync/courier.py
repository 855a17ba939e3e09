"""What the parts of the sync process share: the store, the client, the line, the policy."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kiosk.domain.codes import ReferenceList
from kiosk.pcare.client import PCareClient
from kiosk.store.database import Store
from kiosk.sync.line import Line
from kiosk.sync.policy import Policy


@dataclass(slots=True)
class Courier:
    """One sender for one clinic."""

    store: Store
    client: PCareClient
    line: Line
    policy: Policy
    clock: Callable[[], datetime]
    chance: random.Random
    merging: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Several senders wait for one reading of P-Care's list."""
    list_retry: dict[ReferenceList, datetime] = field(default_factory=dict)
    """When a list that could not be fetched may be asked for again."""

    def in_seconds(self, seconds: float) -> datetime:
        """The moment `seconds` from now."""
        return self.clock() + timedelta(seconds=seconds)

    def settle_at(self) -> datetime:
        """From when on a call that ends now without an answer may be read back."""
        return self.in_seconds(self.policy.settle)

    def backoff(self, attempts: int) -> datetime:
        """When to try again after `attempts` failures."""
        return self.in_seconds(self.policy.wait(attempts, self.chance))

    @property
    def facility(self) -> str:
        """Our own kdProvider."""
        return self.client.settings.facility
