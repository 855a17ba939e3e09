"""A clinic that lives as long as its demo: folder, simulator, operators, some members; nothing stays behind."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.cli import children
from kiosk.config import Home, write_table
from kiosk.simulator.remote import Remote

OPERATORS = (("siti", "Siti (loket)", "loket"), ("dokter", "dr. Wulan", "dokter"), ("admin", "Admin", "admin"))
PASSWORD = "cobaloket"  # noqa: S105  (of the demo's own operators, shown on its login)
BURIALS = 4
KNOWN_MEMBERS = 120
"""How many members the demo's store knows from the start; the others are asked of P-Care by card or NIK."""

# The simulator answers at once and applies nothing late by itself, so a short settle time is right towards it.
SYNC = {
    "settle": 2.5,
    "backoff_first": 0.2,
    "backoff_most": 2.0,
    "probe": 1.0,
    "probe_quiet": 10.0,
    "probe_stopped": 5.0,
}
DEADLINES = {"deadline": 2.0, "question_deadline": 2.0, "read_timeout": 2.0}
_SECRETS = (
    *("base_url", "cons_id", "secret_key", "user_key", "username", "password", "app_code", "facility"),
    *("antrean_url", "antrean_user_key"),
)
_OPEN_DAY_AND_NIGHT = ("--variant", "antrean_schedule=always")
"""A demo is looked at on a Sunday evening too."""


@dataclass(frozen=True, slots=True)
class Throwaway:
    """A running demo clinic."""

    home: Home
    remote: Remote
    members: list[dict[str, Any]]
    """Simulator members as P-Care writes them: the first ones are in the store already, the last ones are not."""


class DemoFailed(Exception):
    """The demo could not be put up; `args[0]` is a sentence."""


@asynccontextmanager
async def throwaway_clinic() -> AsyncIterator[Throwaway]:
    """Put up a clinic with its simulator, and take everything down again. Raises DemoFailed."""
    folder = Path(tempfile.mkdtemp(prefix="loket-demo-"))
    lifeline = _undertaker(folder)
    home = Home(folder)
    simulator = children.start(
        "simulator", "--json", *_OPEN_DAY_AND_NIGHT, output=subprocess.PIPE, log=home.reports / "simulator.log"
    )
    try:
        ready = await asyncio.to_thread(_ready_line, simulator)
        remote = Remote(ready["control_url"])
        members = await asyncio.to_thread(remote.members, KNOWN_MEMBERS + 20)
        await _furnish(home, ready, [m["noKartu"] for m in members[:KNOWN_MEMBERS]])
        yield Throwaway(home, remote, members)
    finally:
        children.end(simulator)
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lifeline)


def _undertaker(folder: Path) -> int:
    """Fork a process that removes `folder` when we are gone, however we went; returns the pipe that keeps it waiting.

    The pipe's other end closes with our process: no poll, no signal that could be missed.
    """
    reading, writing = os.pipe()
    if os.fork():
        os.close(reading)
        return writing
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        os.close(writing)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nowhere, standard)
        os.read(reading, 1)
        for _ in range(BURIALS):
            shutil.rmtree(folder, ignore_errors=True)
            # Our children are ending at this very moment; one of them may still write.
            time.sleep(0.5)
    finally:
        os._exit(0)


def _ready_line(simulator: "subprocess.Popen[str]") -> dict[str, Any]:
    line = simulator.stdout.readline() if simulator.stdout else ""
    if not line:
        raise DemoFailed("P-Care tiruan tidak mau mulai")
    found: dict[str, Any] = json.loads(line)
    return found


async def _furnish(home: Home, ready: dict[str, Any], cards: list[str]) -> None:
    from kiosk.counter.access import add_operator
    from kiosk.domain.people import Clinic, Role
    from kiosk.store.database import Store

    write_table(home.secrets, {name: ready[name] for name in _SECRETS} | DEADLINES, private=True)
    write_table(home.settings, {"station": "Loket 1", "sync": SYNC})
    store = await Store.opened(home.store_url, create=True)
    try:
        store.set_up(Clinic(ready["facility"], "Klinik Contoh Melati", "Asia/Jakarta"))
        for login, name, role in OPERATORS:
            await store.write(
                lambda tx, login=login, name=name, role=role: add_operator(  # type: ignore[misc]
                    tx, login, name, Role(role), PASSWORD
                )
            )
        await _learn_members(home, store, cards)
    finally:
        store.close()


async def _learn_members(home: Home, store: Any, cards: list[str]) -> None:
    """Ask P-Care for the members that the clinic is to know already, through the ordinary client."""
    from kiosk.pcare.client import PCareClient
    from kiosk.store import participants
    from kiosk.sync.members import participant
    from kiosk.sync.secrets import read_secrets

    async with PCareClient(read_secrets(home.secrets)) as client:
        gate = asyncio.Semaphore(4)

        async def ask(card: str) -> Any:
            async with gate:
                return await client.participant_by_card(card)

        rows = [row for row in await asyncio.gather(*map(ask, cards)) if row is not None]
    await store.write(lambda tx: [participants.confirm(tx, participant(row, tx.now)) for row in rows])
