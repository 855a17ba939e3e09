"""The desk: one person at one station on the clinic's store; what every function of the counter is handed first."""

from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from typing import TypeVar

from kiosk.counter.clock import ClockWatch
from kiosk.counter.errors import StoreTrouble
from kiosk.domain.day import local_day
from kiosk.domain.day import now as present
from kiosk.domain.deadline import ENTRY_DEADLINE
from kiosk.domain.people import Clinic, Operator
from kiosk.domain.queue_rules import QueueRules
from kiosk.store.database import Store, Work
from kiosk.store.errors import StoreError

T = TypeVar("T")


class Desk:
    """A station of the counter. `operator` is None until somebody has logged in."""

    def __init__(
        self,
        store: Store,
        station: str,
        clock: Callable[[], datetime] = present,
        rules: QueueRules = QueueRules(),  # noqa: B008  (frozen)
    ) -> None:
        self._store = store
        self._clock = clock
        self.station = station
        """The name of this place: "Loket 1"; it is shown on the board when the station calls."""
        self.rules = rules
        """What the clinic decided about its queue."""
        self.operator: Operator | None = None
        """Who is logged in."""
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
        narrow: bool = False,
    ) -> "Desk":
        """A desk on the store at `url`; `narrow`: only for the public board. Raises StoreTrouble."""
        try:
            return cls(await Store.opened(url, clock, narrow=narrow), station, clock, rules)
        except StoreError as error:
            raise StoreTrouble(str(error)) from error

    async def close(self) -> None:
        """Let the store go."""
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
        """Carry out `work` in one transaction; what it returns is on the disk. Raises StoreTrouble."""
        try:
            return await self._store.write(work)
        except StoreError as error:
            raise StoreTrouble(str(error)) from error

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
