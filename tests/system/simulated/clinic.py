"""A clinic's days in virtual time: two counters, a colleague in P-Care's own page, and a sync process that dies."""

import asyncio
import contextlib
import random
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.counter.call import call_next, queue
from kiosk.counter.desk import Desk
from kiosk.counter.errors import CounterError, StoreTrouble
from kiosk.counter.lines import add_line, delete_line, edit_line
from kiosk.counter.outbox import give_up, outbox, retry_now
from kiosk.counter.register import cancel_registration, register
from kiosk.counter.serve import delete_visit, save_visit
from kiosk.domain.codes import Care, OutboxState, Payer, VisitKind
from kiosk.domain.lines import LineValue, Medication, VisitLine
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.participant import Participant
from kiosk.domain.people import Clinic, Operator, Role
from kiosk.domain.registration import Registration, RegistrationForm
from kiosk.domain.visit import Diagnosis, Visit, VisitForm
from kiosk.pcare.client import PCareClient, PCareSettings, RegistrationRequest
from kiosk.pcare.errors import PCareError
from kiosk.simulator.catalogue import ROUTES
from kiosk.simulator.ledger import Ledger
from kiosk.simulator.service import Service
from kiosk.simulator.variants import Variants
from kiosk.simulator.world import World
from kiosk.store import lines, participants, registrations, visits
from kiosk.store.engine import sqlite_url
from kiosk.store.errors import StoreError
from kiosk.store.transaction import Transaction
from kiosk.sync.clock import Clock
from kiosk.sync.policy import Policy
from kiosk.sync.process import SyncProcess
from kiosk.sync.secrets import read_secrets
from tests.people import invented, make_store
from tests.sync.conftest import write_secrets
from tests.sync.visit_lines import AMOXICILLIN, BLOOD, PARACETAMOL, SUTURE
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
MEMBERS = 40
POLIS = ("001", "002", "003")
OPEN = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN)
WORLD = World(7, 3, 200)
"""Made once: its people are drawn from a seed when they are asked for."""
PEOPLE = WORLD.members(MEMBERS)
ENOUGH = 10
"""Additions sent twice after which an episode need not go on."""
JAKARTA = ZoneInfo("Asia/Jakarta")


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


@dataclass(slots=True)
class Known:
    """What the people of the clinic were told: nothing of it may get lost."""

    registered: list[str] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)
    deleted_elsewhere: set[tuple[str, str, str]] = field(default_factory=set)
    visits_deleted_elsewhere: set[str] = field(default_factory=set)
    typed_elsewhere: set[tuple[str, str, str]] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    operations: int = 0
    crashes: int = 0


class Episode:
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

    # What people do

    async def do_register(self, desk: Desk) -> None:
        person = await self._somebody(desk)
        today = desk.today()
        made = await register(
            desk,
            RegistrationForm(
                participant_id=person.id,
                day=today - timedelta(days=self.chance.choice((0, 0, 0, 0, 0, 0, 1))),
                poli_code=self.chance.choice(POLIS),
                payer=Payer.GENERAL if self.chance.random() < 0.07 else Payer.BPJS,
                visit_kind=VisitKind.SICK,
                care=Care.OUTPATIENT,
                complaint=f"keluhan {self.known.operations}",
            ),
        )
        self.known.registered.append(made.registration.id)

    async def do_cancel(self, desk: Desk) -> None:
        registration = await self._registration(desk)
        await cancel_registration(desk, registration.id)
        self.known.cancelled.add(registration.id)

    async def do_serve(self, desk: Desk) -> None:
        await save_visit(desk, self._visit_form(desk, await self._registration(desk)))

    async def do_correct(self, desk: Desk) -> None:
        visit = await self._visit(desk)
        await save_visit(desk, replace(visit.form, complaint=f"koreksi {self.known.operations}"))

    async def do_serve_wrongly(self, desk: Desk) -> None:
        """With a doctor whom P-Care does not know: it refuses."""
        form = self._visit_form(desk, await self._registration(desk))
        await save_visit(desk, replace(form, doctor_code="99999"))

    async def do_put_right(self, desk: Desk) -> None:
        visit = await self._visit(desk)
        await save_visit(desk, replace(visit.form, doctor_code=WORLD.clinic.doctors[0].code))

    async def do_add_line(self, desk: Desk) -> None:
        await add_line(desk, (await self._visit(desk)).id, self._line_value())

    async def do_edit_line(self, desk: Desk) -> None:
        line = await self._line(desk)
        value = self._line_value()
        if type(value) is not type(line.value):
            value = replace(line.value)
        if isinstance(value, Medication) and isinstance(line.value, Medication):
            value = replace(value, compound=line.value.compound, amount=float(self.chance.randint(1, 30)))
        await edit_line(desk, line.id, value)

    async def do_delete_line(self, desk: Desk) -> None:
        await delete_line(desk, (await self._line(desk)).id)

    async def do_delete_visit(self, desk: Desk) -> None:
        await delete_visit(desk, (await self._visit(desk)).id)

    async def do_call(self, desk: Desk) -> None:
        tickets = await queue(desk)
        if tickets:
            await call_next(desk, self.chance.choice(tickets).poli_code)

    async def do_act(self, desk: Desk) -> None:
        """A person looks at what needs action."""
        rows = [row for row in await outbox(desk) if row.can_retry and row.item.state == OutboxState.NEEDS_ACTION]
        if rows:
            row = self.chance.choice(rows)
            if self.chance.random() < 0.8:
                await retry_now(desk, row.item.id)
            else:
                await give_up(desk, row.item.id, "sudah diurus")

    # What a colleague does in P-Care's own page

    async def do_colleague_registers(self, desk: Desk) -> None:
        person, poli = await self._somebody(desk), self.chance.choice(POLIS)
        day = datetime.fromtimestamp(self.true_seconds(), UTC).astimezone(JAKARTA).date()
        request = RegistrationRequest(
            participant_facility=WORLD.clinic.code,
            day=day,
            card_number=person.card_number or "",
            poli=poli,
            complaint="diketik di P-Care",
            sick=True,
            care="10",
            refer_back=False,
        )
        await self.page.add_registration(request)
        self.known.typed_elsewhere.add((person.card_number or "", day.isoformat(), poli))

    async def do_colleague_deletes(self, desk: Desk) -> None:
        """One that was not served yet."""
        rows = [row for row in self.service.ledger.snapshot()["registrations"] if row["status"] == "Baru"]
        if rows:
            row = self.chance.choice(rows)
            day = date.fromisoformat("-".join(reversed(row["tglDaftar"].split("-"))))
            await self.page.delete_registration(row["noKartu"], day, row["noUrut"], row["kdPoli"])
            self.known.deleted_elsewhere.add((row["noKartu"], day.isoformat(), row["kdPoli"]))

    async def do_colleague_deletes_visit(self, desk: Desk) -> None:
        visits_there = self.service.ledger.snapshot()["visits"]
        if visits_there:
            number = self.chance.choice(visits_there)["noKunjungan"]
            await self.page.delete_visit(number)
            self.known.visits_deleted_elsewhere.add(number)

    # What happens

    async def do_outage(self, desk: Desk) -> None:
        self.trouble.outage = not self.trouble.outage
        if self.trouble.outage:
            self.loop.call_later(self.chance.uniform(5, 120), self._line_back)

    def _line_back(self) -> None:
        self.trouble.outage = False

    async def do_crash(self, desk: Desk) -> None:
        self.plan_crash()

    async def do_set_clock(self, desk: Desk) -> None:
        seconds = self.chance.choice((-90, 45, 200, -3_600, 3_600))
        self.set_by = timedelta() if self.set_by else timedelta(seconds=seconds)

    async def do_wait(self, desk: Desk) -> None:
        await asyncio.sleep(self.chance.uniform(10, 120))

    # Choosing

    async def _somebody(self, desk: Desk) -> Participant:
        card = self.chance.choice(PEOPLE).card
        person = await desk.read(lambda tx: participants.by_card(tx, card))
        assert person is not None
        return person

    async def _registration(self, desk: Desk) -> Registration:
        back = self.chance.randrange(25)
        found = await desk.read(lambda tx: registrations.get(tx, _nth(tx, "registration", "cancelled", back)))
        if found is None:
            raise CounterError("nobody there")
        return found

    async def _visit(self, desk: Desk) -> Visit:
        back = self.chance.randrange(15)
        found = await desk.read(lambda tx: visits.get(tx, _nth(tx, "visit", "deleted", back)))
        if found is None:
            raise CounterError("nobody there")
        return found

    async def _line(self, desk: Desk) -> VisitLine:
        back = self.chance.randrange(10)
        found = await desk.read(lambda tx: lines.get(tx, _nth(tx, "visit_line", "deleted", back)))
        if found is None:
            raise CounterError("nobody there")
        return found

    def _line_value(self) -> LineValue:
        """Often the same as another one: only counting tells them apart."""
        number = self.chance.randint(1, 2)
        return self.chance.choice(
            (
                replace(PARACETAMOL, amount=float(number)),
                replace(AMOXICILLIN, amount=float(number), compound=self.chance.choice((None, None, "1"))),
                replace(SUTURE, cost=number * 10_000),
                replace(BLOOD, haemoglobin=float(10 + number)),
            )
        )

    def _visit_form(self, desk: Desk, registration: Registration) -> VisitForm:
        return VisitForm(
            registration_id=registration.id,
            complaint=f"pelayanan {self.known.operations}",
            consciousness_code="01",
            diagnoses=(Diagnosis("J06.9", "ISPA akut", True),),
            doctor_code=WORLD.clinic.doctors[0].code,
            discharge_code="3",
            discharge_day=max(registration.day, desk.today()),
        )


def unfinished(items: Iterable[OutboxItem]) -> list[OutboxItem]:
    """What still has to find its end by itself: not with a person, and not behind what is."""
    waiting_for_people = {item.registration_id for item in items if item.state == OutboxState.NEEDS_ACTION}
    return [
        item
        for item in items
        if item.state in OPEN and not (item.state == OutboxState.PENDING and item.registration_id in waiting_for_people)
    ]


def _nth(tx: Transaction, table: str, gone: str, back: int) -> str:
    """The id of one of the last that are still there; "" when there are not so many."""
    sql = f"SELECT id FROM {table} WHERE clinic = ? AND {gone} = 0 ORDER BY created_at DESC, id LIMIT 1 OFFSET ?"
    return str(tx.value(sql, tx.clinic, back) or "")


WEIGHTS = {
    "register": 34,
    "serve": 22,
    "correct": 11,
    "cancel": 8,
    "delete_visit": 4,
    "serve_wrongly": 3,
    "put_right": 2,
    "add_line": 12,
    "edit_line": 6,
    "delete_line": 4,
    "colleague_deletes": 1.5,
    "colleague_deletes_visit": 1,
    "call": 3,
    "act": 5,
    "colleague_registers": 4,
    "outage": 1.5,
    "crash": 2.5,
    "set_clock": 1,
    "wait": 2,
}
