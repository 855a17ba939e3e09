"""The desk: one person at one station on the clinic's store; what every function of the counter is handed first."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from kiosk.counter.clock import ClockWatch
from kiosk.counter.errors import StoreTrouble, StoreUnusable
from kiosk.domain.audit import Event
from kiosk.domain.day import local_day
from kiosk.domain.day import now as present
from kiosk.domain.deadline import ENTRY_DEADLINE
from kiosk.domain.people import Clinic, Operator
from kiosk.domain.queue_rules import QueueRules
from kiosk.store.actor import Actor, Seal, seal_beside
from kiosk.store.audit import note_of
from kiosk.store.database import Store, Work
from kiosk.store.errors import Damaged, Locked, StoreError
from kiosk.store.transaction import Transaction, to_ms

T = TypeVar("T")

SAME_VIEW = 60.0
"""Seconds in which the same person looking at the same record again is one view."""
VIEW_PAUSE = 0.5
"""Seconds until views are written: looking is never held up by the disk, and several become one transaction."""


class Desk:
    """A station of the counter. `operator` is None until somebody has logged in."""

    def __init__(
        self,
        store: Store,
        station: str,
        clock: Callable[[], datetime] = present,
        rules: QueueRules = QueueRules(),  # noqa: B008  (frozen)
        seal: Seal | None = None,
    ) -> None:
        """`seal` begins the station's audit chain; None: the one beside the store."""
        self._store = store
        self._clock = clock
        self._seal = seal or seal_beside(store.url)
        self._remembered: list[tuple[str, int, Event, str]] = []
        self._seen: dict[tuple[str, Event, str], float] = {}
        self._flushing: asyncio.TimerHandle | None = None
        self._flushes: set[asyncio.Task[None]] = set()
        self.station = station
        """The name of this place: "Loket 1"; it is shown on the board when the station calls."""
        self.rules = rules
        """What the clinic decided about its queue."""
        self.operator: Operator | None = None
        """Who is logged in."""
        self.locked_by: Operator | None = None
        """Who locked the station and has not come back."""
        self.entry_deadline = ENTRY_DEADLINE
        """The day of the next month up to which P-Care takes the services of a month."""
        self.clock_watch = ClockWatch(clock)
        """Notices a clock that was set."""

    @classmethod
    async def open(
        cls,
        url: str,
        station: str,
        clock: Callable[[], datetime] = present,
        rules: QueueRules = QueueRules(),  # noqa: B008  (frozen)
        *,
        seal: Path | None = None,
        narrow: bool = False,
    ) -> "Desk":
        """A desk on the store at `url`; `narrow`: only for the public board. Raises StoreUnusable, StoreTrouble.

        `seal` is the file with the audit log's seal, None the one beside the store.
        """
        try:
            opened = await Store.opened(url, clock, narrow=narrow)
            return cls(opened, station, clock, rules, Seal(seal) if seal else None)
        except (Damaged, Locked) as error:
            raise StoreUnusable(str(error)) from error
        except StoreError as error:
            raise StoreTrouble(str(error)) from error

    async def close(self) -> None:
        """Write what was not written yet, and let the store go."""
        await self.flush()
        self._store.close()

    @property
    def clinic(self) -> Clinic:
        """The clinic whose store this is."""
        return self._store.clinic

    @property
    def zone(self) -> str:
        """The clinic's time zone, as an IANA name."""
        return self._store.clinic.zone

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        return self._clock()

    def today(self) -> date:
        """The service day: the clinic's local date."""
        return local_day(self._clock(), self.zone)

    async def read(self, work: Work[T]) -> T:
        """What `work` finds in the store. Raises StoreTrouble."""
        try:
            return await self._store.read(work)
        except StoreError as error:
            raise StoreTrouble(str(error)) from error

    async def write(self, work: Work[T]) -> T:
        """Carry out `work` in one transaction; what it returns is on the disk. Raises StoreTrouble.

        What `work` notes in the audit log (kiosk.store.audit.note) is noted of this station and its operator; what was
        remembered before goes first, in the same transaction.
        """
        before, self._remembered = self._remembered, []
        actor = Actor(self.station, self.operator.id if self.operator else None, self._seal)

        def noted(tx: Transaction) -> T:
            for operator, at, event, subject in before:
                note_of(tx, operator, at, event, subject, "")
            return work(tx)

        try:
            return await self._store.write(noted if before else work, actor)
        except BaseException as error:
            # Whatever refused the work: its transaction is not there, and with it what was to go first.
            self._remembered = before + self._remembered
            if isinstance(error, StoreError):
                raise StoreTrouble(str(error)) from error
            raise

    def saw(self, event: Event, subject: str) -> None:
        """The operator at the desk was shown the record `subject`: noted within a moment, once a minute.

        A store that cannot be written does not keep anybody from looking; it is noted when it can be again.
        """
        if self.operator is None:
            return
        now, key = time.monotonic(), (self.operator.id, event, subject)
        if now - self._seen.get(key, -SAME_VIEW) < SAME_VIEW:
            return
        self._seen = {known: at for known, at in self._seen.items() if now - at < SAME_VIEW} | {key: now}
        self.remember(event, subject)

    def remember(self, event: Event, subject: str) -> None:
        """Note what the operator at the desk did, soon, and whether or not the store can be written just now."""
        who = self.operator.id if self.operator else ""
        self._remembered.append((who, to_ms(self.now()), event, subject))
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().call_later(VIEW_PAUSE, self._flush_soon)

    def _flush_soon(self) -> None:
        task = asyncio.get_running_loop().create_task(self.flush())
        self._flushes.add(task)
        task.add_done_callback(self._flushes.discard)

    async def flush(self) -> None:
        """Write what is remembered; what cannot be written stays remembered."""
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        if self._remembered:
            with suppress(StoreTrouble):
                await self.write(lambda tx: None)

    def sync_alive(self) -> bool:
        """Whether a sync process holds the sender's lock. Raises StoreTrouble."""
        try:
            return self._store.sync_alive()
        except StoreError as error:
            raise StoreTrouble(str(error)) from error

    async def sync_running(self) -> bool:
        """`sync_alive` without holding up the event loop."""
        try:
            return await self._store.sync_running()
        except StoreError as error:
            raise StoreTrouble(str(error)) from error

    async def changes(self) -> AsyncIterator[None]:
        """Yields whenever another process changed the store."""
        async for _ in self._store.changes():
            yield
