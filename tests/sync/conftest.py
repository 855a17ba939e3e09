"""A clinic with the simulator as its P-Care and a sync process in this very loop."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kiosk.counter import icd10
from kiosk.counter.access import log_in
from kiosk.counter.ask import ask_participant, wait_for
from kiosk.counter.desk import Desk
from kiosk.counter.outbox import outbox
from kiosk.counter.reference import references
from kiosk.counter.register import register
from kiosk.counter.serve import save_visit
from kiosk.counter.views import Registered
from kiosk.domain.codes import Care, OutboxState, Payer, ReferenceList, VisitKind
from kiosk.domain.day import now
from kiosk.domain.people import Clinic
from kiosk.domain.registration import RegistrationForm
from kiosk.domain.visit import Diagnosis, Visit, VisitForm
from kiosk.pcare.client import AntreanClient, PCareClient
from kiosk.simulator.running import Running, running
from kiosk.store import audit
from kiosk.store.actor import Actor, Seal
from kiosk.store.database import Store
from kiosk.sync.clock import Clock
from kiosk.sync.policy import Policy
from kiosk.sync.process import SyncProcess
from tests.people import PASSWORD, make_store

FAST = Policy(settle=0.6, backoff_first=0.05, backoff_most=0.4, probe=0.2, probe_quiet=5, probe_stopped=0.5, tick=0.03)
PATIENT = {"deadline": 30, "question_deadline": 30, "read_timeout": 30}
"""The client's deadlines (s) where a test decides when an answer comes."""
SENDER = "pengirim uji"
"""The sync process in the audit log."""
SENT = {"base_url", "cons_id", "secret_key", "user_key", "username", "password", "app_code", "facility"}


def write_secrets(path: Path, credentials: dict[str, Any], **changes: object) -> None:
    """The secrets file of a clinic, towards the simulator and with short deadlines."""
    table = {k: v for k, v in credentials.items() if k in SENT}
    table |= {"deadline": 1.0, "question_deadline": 1.0, "read_timeout": 1.0, **changes}
    path.touch(mode=0o600)
    path.write_text("\n".join(f"{key} = {json.dumps(value)}" for key, value in table.items()), "utf-8")


@dataclass
class ClinicDay:
    """Everything a test needs of one clinic."""

    simulator: Running
    store: Store
    desk: Desk
    secrets: Path
    policy: Policy = FAST
    set_by: timedelta = timedelta()
    """How far the computer's clock is set, for a sync process that is started after it."""
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _task: "asyncio.Task[None] | None" = None

    def start_sync(self) -> None:
        """A sync process on its own connection."""
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        def wall() -> datetime:
            return now() + self.set_by

        def seconds() -> float:
            return wall().timestamp()

        store = await Store.opened(self.store.url, wall)
        store.act_as(Actor(SENDER, None, Seal(), "layanan"))
        try:
            await SyncProcess(
                store,
                self.secrets,
                self.policy,
                Clock(wall),
                connect=partial(PCareClient, clock=seconds),
                connect_queue=partial(AntreanClient, clock=seconds),
            ).run(self._stop)
        finally:
            store.close()

    async def stop_sync(self) -> None:
        """A tidy end."""
        self._stop.set()
        if self._task:
            await self._task
            self._task = None

    async def kill_sync(self) -> None:
        """An end in the middle of whatever it does."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def noted(self) -> list[tuple[str, str]]:
        """What the sync process has written in the audit log: event and subject."""
        rows = await self.desk.read(lambda tx: audit.shown(tx, station=SENDER))
        assert {row.operator_name for row in rows} <= {""} and {row.entry.operator for row in rows} <= {""}
        return [(row.entry.event, row.entry.subject) for row in rows]

    async def member(self, number: int) -> str:
        """The id of the simulator's example member, asked of P-Care by card."""
        card = self.simulator.credentials.members[number]["noKartu"]
        async with asyncio.timeout(20):
            # On a busy machine P-Care's answer may be late for the short deadline; it is asked again then.
            while (answer := await wait_for(self.desk, await ask_participant(self.desk, card))).participant is None:
                await asyncio.sleep(0.1)
        return answer.participant.id

    async def register(self, participant_id: str, poli: str = "001") -> Registered:
        """An ordinary sick visit."""
        return await register(
            self.desk,
            RegistrationForm(
                participant_id=participant_id,
                day=self.desk.today(),
                poli_code=poli,
                payer=Payer.BPJS,
                visit_kind=VisitKind.SICK,
                care=Care.OUTPATIENT,
                complaint="batuk",
            ),
        )

    async def serve(self, made: Registered, **changes: Any) -> Visit:
        """An ordinary service entry."""
        values: dict[str, Any] = {
            "registration_id": made.registration.id,
            "complaint": "batuk 3 hari",
            "consciousness_code": "01",
            "diagnoses": (Diagnosis("J06.9", "Acute upper respiratory infection, unspecified", True),),
            "doctor_code": (await self.doctors())[0],
            "discharge_code": "3",
            "discharge_day": self.desk.today(),
        }
        return await save_visit(self.desk, VisitForm(**{**values, **changes}))

    async def doctors(self) -> list[str]:
        """The codes of the clinic's doctors."""
        return [row.code for row in (await references(self.desk, ReferenceList.DOCTOR)).rows]

    async def states(self) -> list[OutboxState]:
        """The states of all items, oldest first."""
        return [row.item.state for row in await outbox(self.desk)]

    async def settled(self, *wanted: OutboxState, seconds: float = 45) -> list[OutboxState]:
        """Wait until every item is in one of `wanted` (done or dropped unless given); the states then."""
        goal = wanted or (OutboxState.DONE, OutboxState.DROPPED)
        async with asyncio.timeout(seconds):
            while not all(state in goal for state in await self.states()):
                await asyncio.sleep(0.03)
        return await self.states()


@pytest.fixture(scope="session", autouse=True)
def icd_loaded() -> None:
    """The simulator reads ICD-10 at its first diagnosis; that would hold up this very loop past a deadline."""
    icd10.matching("a01", 1)


@pytest.fixture
async def clinic(tmp_path: Path, store_url: str, request: pytest.FixtureRequest) -> AsyncIterator[ClinicDay]:
    """A clinic with its sync process running and the admin at the desk."""
    patient = request.node.get_closest_marker("patient")
    async with running(members=400, facilities=3) as simulator:
        secrets = tmp_path / "pcare.toml"
        write_secrets(secrets, simulator.credentials.as_dict(), **(PATIENT if patient else {}))
        own = Clinic(simulator.credentials.facility, "Klinik Uji Melati", "Asia/Jakarta")
        store = make_store(store_url, clinic=own, lists=False)
        desk = await Desk.open(store.url, "Loket 1")
        await log_in(desk, "admin", PASSWORD)
        day = ClinicDay(simulator, store, desk, secrets)
        day.start_sync()
        async with asyncio.timeout(30):
            while not await day.doctors():
                await asyncio.sleep(0.02)
        try:
            yield day
        finally:
            await day.kill_sync()
            await desk.close()
            store.close()
