"""Real processes: a simulator, a clinic's folder, and the sync process, each started as a command."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from kiosk.config import Home, write_table
from kiosk.counter.access import log_in
from kiosk.counter.desk import Desk
from kiosk.counter.outbox import outbox
from kiosk.domain.codes import OutboxState
from kiosk.domain.ids import new_id
from kiosk.domain.participant import Participant
from kiosk.domain.people import Clinic
from kiosk.store import participants
from kiosk.store.transaction import Transaction
from tests.people import PASSWORD, make_store

SYNC = {
    "settle": 0.8,
    "backoff_first": 0.05,
    "backoff_most": 0.4,
    "probe": 0.2,
    "probe_quiet": 5,
    "probe_stopped": 0.5,
    "tick": 0.03,
}
SENT = ("base_url", "cons_id", "secret_key", "user_key", "username", "password", "app_code", "facility")
Process = subprocess.Popen[str]


def command(*words: str) -> Process:
    """`kiosk WORDS…` as a process."""
    return subprocess.Popen(
        [sys.executable, "-m", "kiosk", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: Process, how: int = signal.SIGTERM, seconds: float = 10) -> int:
    """End it so, and wait; its exit code."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return process.returncode


def gone(pid: int) -> bool:
    """Whether a process that is not our child has ended (a zombie that nobody buries has)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True
    return stat.rsplit(")", 1)[1].split()[0] == "Z"


@dataclass
class Town:
    """A simulator process, a clinic's folder, and a desk in this process on the same store."""

    credentials: dict[str, Any]
    simulator: Process
    home: Home
    desk: Desk
    running: list[Process] = field(default_factory=list)

    def sync(self, *more: str) -> Process:
        """`kiosk sync` for the clinic."""
        process = command("sync", "--home", str(self.home.folder), *more)
        self.running.append(process)
        return process

    async def fault(self, **fault: Any) -> None:
        """Ask the simulator for a fault."""
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{self.credentials['control_url']}/faults", json=fault)
        answer.raise_for_status()

    async def ledger(self) -> dict[str, Any]:
        """What took effect at the simulator."""
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{self.credentials['control_url']}/ledger")
        found: dict[str, Any] = answer.json()
        return found

    async def states(self) -> list[OutboxState]:
        """The states of all items, oldest first."""
        return [row.item.state for row in await outbox(self.desk)]

    async def sending(self, seconds: float = 10) -> None:
        """Wait until something is on its way."""
        async with asyncio.timeout(seconds):
            while OutboxState.SENDING not in await self.states():
                await asyncio.sleep(0.005)

    async def settled(self, seconds: float = 20) -> list[OutboxState]:
        """Wait until nothing is left to do; the states then."""
        async with asyncio.timeout(seconds):
            while set(await self.states()) - {OutboxState.DONE, OutboxState.DROPPED}:
                await asyncio.sleep(0.03)
        return await self.states()

    async def members(self, count: int) -> list[str]:
        """The ids of the simulator's first members, known at the counter from earlier."""
        facility = self.credentials["facility"]

        def work(tx: Transaction) -> list[str]:
            return [
                participants.save(
                    tx,
                    Participant(
                        new_id(), each["nama"], card_number=each["noKartu"], nik=each["nik"], facility_code=facility
                    ),
                ).id
                for each in self.credentials["members"][:count]
            ]

        return await self.desk.write(work)


@pytest.fixture
async def town(tmp_path: Path, engine: str, store_url: str) -> AsyncIterator[Town]:
    """A town of its own: nothing is left of it."""
    process = command("simulator", "--port", "0", "--json", "--members", "400", "--facilities", "3")
    assert process.stdout is not None
    ready: dict[str, Any] = json.loads(process.stdout.readline())
    home = Home(tmp_path / "klinik", store_url if engine != "sqlite" else "")
    home.folder.mkdir(mode=0o770)
    elsewhere = {"store": home.url} if home.url else {}
    write_table(home.settings, {"station": "Loket 1", **elsewhere, "sync": SYNC})
    secrets = {k: ready[k] for k in SENT} | {"deadline": 2.0, "question_deadline": 2.0, "read_timeout": 2.0}
    write_table(home.secrets, secrets, private=True)
    make_store(home.store_url, clinic=Clinic(ready["facility"], "Klinik Uji", "Asia/Jakarta")).close()
    desk = await Desk.open(home.store_url, "Loket 1")
    await log_in(desk, "admin", PASSWORD)
    made = Town(ready, process, home, desk)
    try:
        yield made
    finally:
        await desk.close()
        for each in (*made.running, process):
            if each.poll() is None:
                end(each, signal.SIGKILL)


def until_gone(pid: int, seconds: float = 5) -> bool:
    """Wait for the end of a process that is not our child."""
    limit = time.monotonic() + seconds
    while not gone(pid):
        if time.monotonic() > limit:
            os.kill(pid, signal.SIGKILL)
            return False
        time.sleep(0.05)
    return True
