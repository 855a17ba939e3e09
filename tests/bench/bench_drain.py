"""How fast the outbox empties when P-Care is back, beside what P-Care's own pace allows.

python tests/bench/bench_drain.py          prints the figures
pytest tests/bench/bench_drain.py -s       asserts the goal

The baseline is arithmetic: calls × latency ÷ connections. The simulator is a process of its own and answers each
registration after a fixed time.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from kiosk.counter.desk import Desk
from kiosk.counter.register import register
from kiosk.domain.codes import Care, OutboxState, Payer, VisitKind
from kiosk.domain.ids import new_id
from kiosk.domain.participant import Participant
from kiosk.domain.people import Clinic, Operator, Role
from kiosk.domain.registration import RegistrationForm
from kiosk.store import outbox, participants
from kiosk.store.database import Store
from kiosk.store.engine import sqlite_url
from kiosk.store.transaction import Transaction
from kiosk.sync.policy import Policy
from kiosk.sync.process import SyncProcess
from tests.people import make_store
from tests.sync.conftest import SENT

WAITING, LATENCY, CONNECTIONS = 160, 0.2, 4
GOAL = 0.9


def fill(url: str, members: list[dict[str, str]], facility: str) -> None:
    """Registrations of one day, made while P-Care was away."""

    async def work() -> None:
        desk = await Desk.open(url, "Loket uji")
        desk.operator = Operator("op-1", "siti", "Siti Uji", Role.ADMIN)
        for member in members:
            person = Participant(new_id(), member["nama"], card_number=member["noKartu"], facility_code=facility)

            def save(tx: Transaction, person: Participant = person) -> str:
                return participants.save(tx, person).id

            identifier = await desk.write(save)
            await register(
                desk,
                RegistrationForm(identifier, desk.today(), "001", Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT, "batuk"),
            )
        await desk.close()

    asyncio.run(work())


async def drained(url: str, secrets: Path, control: str) -> tuple[float, int]:
    """Seconds from the first registration that leaves to the last that is done, and how many there were."""
    store, watcher, stop = await Store.opened(url), await Store.opened(url), asyncio.Event()
    process = SyncProcess(store, secrets, Policy(parallel=CONNECTIONS))
    sending = asyncio.create_task(process.run(stop))
    began = 0.0
    while True:
        states = await watcher.read(outbox.counts)
        if not began and OutboxState.SENDING in states:
            began = time.perf_counter()
        if set(states) == {OutboxState.DONE}:
            break
        await asyncio.sleep(0.02 if not began else 0.1)
    seconds = time.perf_counter() - began
    stop.set()
    await sending
    watcher.close()
    store.close()
    async with httpx.AsyncClient() as client:
        ledger = (await client.get(f"{control}/ledger")).json()
    return seconds, len(ledger["registrations"])


def measure() -> dict[str, float]:
    """Seconds that it took, seconds that P-Care's pace allows, and their ratio."""
    command = (sys.executable, "-m", "kiosk", "simulator", "--port", "0", "--json", "--members", "2000")
    simulator = subprocess.Popen([*command], stdout=subprocess.PIPE, text=True)
    try:
        assert simulator.stdout is not None
        ready = json.loads(simulator.stdout.readline())
        control = ready["control_url"]
        fault = {"kind": "latency", "method": "POST", "path": "pendaftaran", "seconds": LATENCY}
        httpx.post(f"{control}/faults", json=fault).raise_for_status()
        members = httpx.get(f"{control}/members", params={"count": WAITING}).json()
        with tempfile.TemporaryDirectory(prefix="loket-bench-") as folder:
            secrets, url = Path(folder) / "pcare.toml", sqlite_url(Path(folder) / "clinic.sqlite3")
            secrets.touch(mode=0o600)
            table = {name: value for name, value in ready.items() if name in SENT}
            secrets.write_text("\n".join(f"{k} = {json.dumps(v)}" for k, v in table.items()), "utf-8")
            make_store(url, clinic=Clinic(ready["facility"], "Klinik Uji", "Asia/Jakarta")).close()
            fill(url, members, ready["facility"])
            seconds, arrived = asyncio.run(drained(url, secrets, control))
    finally:
        simulator.terminate()
        simulator.communicate()
    ideal = WAITING * LATENCY / CONNECTIONS
    return {"arrived": arrived, "seconds": seconds, "P-Care's own pace": ideal, "share of it": ideal / seconds}


def test_the_outbox_empties_as_fast_as_pcare_takes_it() -> None:
    found = measure()
    print("\n", found)
    assert found["arrived"] == WAITING
    assert found["share of it"] >= GOAL


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:<20} {value:8.2f}")
