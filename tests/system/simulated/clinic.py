"""A clinic's days in virtual time: two counters, a colleague in P-Care's own page, and a sync process that dies."""

import asyncio
import contextlib
import random
import shutil
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.counter.desk import Desk
from kiosk.counter.errors import CounterError, StoreTrouble
from kiosk.counter.outbox import outbox
from kiosk.domain.codes import OutboxState
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.people import Clinic, Operator, Role
from kiosk.pcare.client import PCareClient, PCareSettings
from kiosk.pcare.errors import PCareError
from kiosk.simulator.catalogue import ROUTES
from kiosk.simulator.ledger import Ledger
from kiosk.simulator.service import Service
from kiosk.simulator.variants import Variants
from kiosk.store import participants
from kiosk.store.engine import sqlite_url
from kiosk.store.errors import StoreError
from kiosk.store.transaction import Transaction
from kiosk.sync.clock import Clock
from kiosk.sync.policy import Policy
from kiosk.sync.process import SyncProcess
from kiosk.sync.secrets import read_secrets
from tests.people import invented, make_store
from tests.sync.conftest import write_secrets
from tests.system.simulated.doings import PEOPLE, WEIGHTS, WORLD, Doings, Known
from tests.system.simulated.loop import ProcessGone, VirtualLoop, VirtualStore
from tests.system.simulated.remote import DEADLINE, SETTLE, Remote, Seen, Trouble

BEGINNING = datetime(2026, 10, 31, 13, 0, tzinfo=UTC)
"""Eight in the evening of a month's last day, at the clinic."""
POLICY = Policy(
    settle=SETTLE,
    backoff_first=1,
    backoff_most=20,
    probe=5,
    probe_quiet=120,
    probe_stopped=20,
    merge_every=300,
    tick=4.0,
)
OPEN = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN)
ENOUGH = 10
"""Additions sent twice after which an episode need not go on."""


def template() -> Path:
    """A clinic's store as it is before the first patient; copied for every episode."""
    folder = Path(tempfile.mkdtemp(prefix="loket-simulated-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    path = folder / "clinic.sqlite3"
    own = WORLD.clinic
    store = make_store(sqlite_url(path), clinic=Clinic(own.code, "Klinik Uji Melati", "Asia/Jakarta"))

    def work(tx: Transaction) -> None:
        for member in PEOPLE:
            person = invented(1, member.name, card_number=member.card, nik=member.nik, facility_code=own.code)
            participants.save(tx, person)

    store.write_now(work)
    store.close()
    return path


def remove(origin: Path) -> None:
    """Leave nothing behind of `template` and its episodes."""
    shutil.rmtree(origin.parent, ignore_errors=True)


class Episode(Doings):
    """One clinic from its first patient until nothing is left to do; everything follows from `seed`."""

    def __init__(self, seed: int, origin: Path, *, policy: Policy = POLICY, store: type[VirtualStore] = VirtualStore):
        self.seed, self.policy, self.store_class = seed, policy, store
        self.chance = random.Random(seed)
        self.loop = VirtualLoop()
        self.folder = Path(tempfile.mkdtemp(prefix="episode-", dir=origin.parent))
        self.path = self.folder / "clinic.sqlite3"
        shutil.copy(origin, self.path)
        self.url = sqlite_url(self.path)
        self.watchers: list[asyncio.Event] = []
        self.trouble = Trouble()
        self.seen = Seen()
        self.known = Known()
        self.set_by = timedelta()
        self.service = Service(WORLD, Ledger(clock=self.true_seconds), Variants(), clock=self.true_seconds)
        self.service.add_routes(ROUTES)
        self.secrets = self.folder / "pcare.toml"
        own = WORLD.clinic
        write_secrets(
            self.secrets,
            {
                "base_url": "http://127.0.0.1:1/pcare-rest-v3.0",
                "cons_id": own.cons_id,
                "secret_key": own.seal.secret_key,
                "username": own.username,
                "password": own.seal.password,
                "app_code": "095",
                "facility": own.code,
            },
            version="v3",
            visit_path="plain",
            deadline=DEADLINE,
            question_deadline=DEADLINE,
            read_timeout=DEADLINE,
        )
        self.sync: asyncio.Task[None] | None = None
        self.sync_store: VirtualStore | None = None
        self.desks: list[Desk] = []
        self.crash_at: int | None = None
        self.step = 0

    # Time

    def true_seconds(self) -> float:
        """What time it really is, in epoch seconds: P-Care's clock."""
        return BEGINNING.timestamp() + self.loop.virtual

    def wall(self) -> datetime:
        """What the computer's clock says; it may be set."""
        return datetime.fromtimestamp(self.true_seconds(), UTC) + self.set_by

    # Processes

    def open_store(self) -> VirtualStore:
        """Another process's view of the store."""
        return self.store_class.at(self.url, self.wall, self.watchers)

    def client(self, settings: PCareSettings, *, faultless: bool = False) -> PCareClient:
        """A client whose network is the simulated one."""
        remote = Remote(self.service, self.chance, self.trouble, self.seen, faultless=faultless)
        return PCareClient(settings, transport=remote, clock=lambda: self.wall().timestamp())

    def start_sync(self) -> None:
        """A sync process, as after switching the computer on."""
        self.sync_store = self.open_store()
        clock = Clock(self.wall, lambda: self.loop.virtual)
        process = SyncProcess(self.sync_store, self.secrets, self.policy, clock, self.chance, self.client)
        self.sync = self.loop.create_task(process.run(asyncio.Event()))

    async def crash_sync(self) -> None:
        """It is gone, in the middle of whatever it does: nothing of it happens any more."""
        if self.sync is None or self.sync_store is None:
            return
        self.known.crashes += 1
        self.sync_store.inline.dead = True
        self.sync.cancel()
        if self.sync.done() and not self.sync.cancelled() and self.sync.exception() is not None:
            self.known.failures.append(f"sync: {self.sync.exception()}")
        with contextlib.suppress(asyncio.CancelledError, ProcessGone, StoreError):
            await self.sync
        self.sync_store.inline.dead = False
        self.sync_store.close()
        self.sync = None

    def plan_crash(self) -> None:
        """Some turns of the loop from now on, wherever that is."""
        self.crash_at = self.step + self.chance.randint(1, 400)

    def at_step(self) -> None:
        """At every turn of the loop: the moment of a planned crash may have come."""
        self.step += 1
        if self.crash_at is not None and self.step >= self.crash_at:
            self.crash_at = None
            self.loop.create_task(self._die_and_come_back())

    async def _die_and_come_back(self) -> None:
        await self.crash_sync()
        await asyncio.sleep(self.chance.uniform(0.1, 20))
        if self.sync is None:
            self.start_sync()

    # The day

    def run(self, operations: int) -> None:
        """The whole episode; what went wrong is found by `judge`."""
        asyncio.set_event_loop(self.loop)
        self.loop.at_step = self.at_step
        try:
            self.loop.run_until_complete(self._run(operations))
        finally:
            self.loop.at_step = None
            asyncio.set_event_loop(None)

    def close(self) -> None:
        """Leave nothing behind."""
        self.loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def _run(self, operations: int) -> None:
        await self.open()
        for _ in range(operations):
            if len(self.seen.doubled) > ENOUGH:
                break
            await asyncio.sleep(self.chance.expovariate(1 / 1.2))
            await self.one_operation()
        await self.finish()

    async def finish(self) -> None:
        """The trouble ends; when nothing is left to do, everybody goes home."""
        await self.come_to_rest()
        await self.crash_sync()
        for desk in self.desks:
            await desk.close()

    async def open(self) -> None:
        """Two counters, a colleague elsewhere, and the sync process."""
        clerk = Operator("op-1", "tuti", "Tuti Uji", Role.ADMIN)
        for number, offset in enumerate((0, 140)):
            store = self.store_class.at(self.url, lambda o=offset: self.wall() + timedelta(seconds=o), self.watchers)
            desk = Desk(store, f"Loket {number + 1}", lambda o=offset: self.wall() + timedelta(seconds=o))
            desk.operator = clerk
            self.desks.append(desk)
        self.page = self.client(read_secrets(self.secrets), faultless=True)
        self.start_sync()

    async def one_operation(self) -> None:
        """Something that somebody does, or that happens."""
        names = list(WEIGHTS)
        name = self.chance.choices(names, [WEIGHTS[n] for n in names])[0]
        self.known.operations += 1
        try:
            await getattr(self, f"do_{name}")(self.chance.choice(self.desks))
        except StoreTrouble as error:
            self.known.failures.append(f"{name}: {error}")
        except (CounterError, PCareError):
            # Refused with a reason, as a person would see it.
            pass

    async def come_to_rest(self, hours: float = 3) -> None:
        """No more trouble: everything that can find its end finds it."""
        self.trouble.rate, self.trouble.outage, self.crash_at = 0.0, False, None
        limit = self.loop.virtual + hours * 3600
        await asyncio.sleep(60)
        if self.sync is None:
            self.start_sync()
        while self.loop.virtual < limit:
            if self.sync is not None and self.sync.done():
                self.known.failures.append(f"sync: {self.sync.exception()}")
                return
            items = [row.item for row in await outbox(self.desks[0])]
            if not unfinished(items) or len(self.seen.doubled) > ENOUGH:
                return
            await asyncio.sleep(5)


def unfinished(items: Iterable[OutboxItem]) -> list[OutboxItem]:
    """What still has to find its end by itself: not with a person, and not behind what is."""
    waiting_for_people = {item.registration_id for item in items if item.state == OutboxState.NEEDS_ACTION}
    return [
        item
        for item in items
        if item.state in OPEN and not (item.state == OutboxState.PENDING and item.registration_id in waiting_for_people)
    ]
