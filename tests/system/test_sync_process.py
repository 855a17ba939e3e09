"""`kiosk sync` as a real process: killed in the middle of a send, started twice, left behind by its parent."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import textwrap
from typing import Any

import pytest

from kiosk.counter.register import cancel_registration, register
from kiosk.counter.views import Registered
from kiosk.domain.codes import Care, OutboxState, Payer, VisitKind
from kiosk.domain.registration import RegistrationForm
from tests.engines import both_engines
from tests.system.conftest import Town, command, end, gone, until_gone

SEED = int(os.environ.get("LOKET_SEED") or random.SystemRandom().randrange(2**32))
KILLS = 5


async def enter(town: Town, person: str, poli: str = "001") -> Registered:
    form = RegistrationForm(
        person, town.desk.today(), poli, Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT, "batuk", request_id=person + poli
    )
    return await register(town.desk, form)


@both_engines
@pytest.mark.parametrize(
    ("fault", "point"),
    [
        ({"kind": "latency", "seconds": 0.6}, "before it took effect"),
        ({"kind": "slow_body", "seconds": 0.01}, "after it took effect"),
        ({"kind": "late", "seconds": 0.4}, "while it will take effect"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_killed_in_the_middle_of_a_send_it_is_once_in_the_ledger(
    town: Town, fault: dict[str, Any], point: str
) -> None:
    (person,) = await town.members(1)
    await town.fault(method="POST", path="pendaftaran", count=1, **fault)
    await enter(town, person)
    process = town.sync()
    await town.sending()
    if fault["kind"] != "late":
        await asyncio.sleep(0.1)
    assert end(process, signal.SIGKILL) == -signal.SIGKILL
    assert set(await town.states()) <= {OutboxState.SENDING, OutboxState.UNKNOWN}, point
    again = town.sync()
    assert await town.settled() == [OutboxState.DONE]
    ledger = await town.ledger()
    assert len(ledger["registrations"]) == 1
    assert ledger["refused"] == 0
    assert end(again) == 0


@both_engines
async def test_killed_again_and_again_while_it_drains_every_record_arrives_once(town: Town) -> None:
    print(f"LOKET_SEED={SEED}")
    chance = random.Random(SEED)
    people = await town.members(8)
    made = [await enter(town, person, poli) for person in people for poli in ("001", "002")]
    await town.fault(kind="latency", seconds=[0.05, 0.25])
    await town.fault(kind="lost_reply", method="POST", probability=0.2)
    for n in range(KILLS):
        process = town.sync()
        await town.sending()
        await asyncio.sleep(chance.uniform(0, 0.25))
        if n == 2:
            await cancel_registration(town.desk, made[0].registration.id)
        end(process, signal.SIGKILL)
    await town.fault(latency=0)
    town.sync()
    await town.settled(seconds=30)
    ledger = await town.ledger()
    keys = [(r["noKartu"], r["kdPoli"]) for r in ledger["registrations"]]
    wanted = {(m.registration.card_number, m.registration.poli_code) for m in made[1:]}
    assert len(keys) == len(set(keys)), f"LOKET_SEED={SEED}"
    assert set(keys) == wanted, f"LOKET_SEED={SEED}"


@both_engines
async def test_a_second_sender_for_the_same_clinic_says_so_and_ends(town: Town) -> None:
    first = town.sync()
    await town.fault(kind="latency", seconds=0)
    async with asyncio.timeout(10):
        while not town.desk.sync_alive():
            await asyncio.sleep(0.05)
    second, quiet = town.sync(), town.sync("--quiet")
    said = await asyncio.to_thread(second.communicate, timeout=20)
    await asyncio.to_thread(quiet.communicate, timeout=20)
    assert second.returncode == 2
    assert said[0] == ""
    assert said[1].strip().splitlines() == ["kiosk: pengirim lain sudah berjalan untuk klinik ini"]
    assert quiet.returncode == 0
    assert first.poll() is None
    assert end(first) == 0
    assert not town.desk.sync_alive()


@both_engines
async def test_told_to_end_in_the_middle_of_a_send_it_finishes_that_send(town: Town) -> None:
    (person,) = await town.members(1)
    await town.fault(kind="latency", method="POST", path="pendaftaran", seconds=0.5, count=1)
    await enter(town, person)
    process = town.sync()
    await town.sending()
    assert end(process, signal.SIGTERM) == 0
    assert await town.states() == [OutboxState.DONE]


@pytest.mark.parametrize("engine", ["postgresql"])
async def test_a_sender_that_loses_its_session_stops_and_another_host_goes_on(town: Town) -> None:
    """The server, a failover, or the network between: what was under way is read back by the next one."""
    people = await town.members(6)
    await town.fault(kind="latency", method="POST", path="pendaftaran", seconds=0.4)
    for person in people:
        await enter(town, person)
    first = town.sync()
    await town.sending()
    ended = await town.desk.read(
        lambda tx: tx.rows(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE application_name = 'loket kirim'"
            " AND datname = current_database()"
        )
    )
    assert len(ended) == 1
    second = town.sync()
    out, said = await asyncio.to_thread(first.communicate, timeout=20)
    assert (first.returncode, out) == (2, "")
    assert said.strip().splitlines()[-1].startswith("kiosk: Pengirim lain mengambil alih"), said
    assert "Traceback" not in said
    await town.settled(seconds=30)
    assert end(second) == 0
    ledger = await town.ledger()
    assert len(ledger["registrations"]) == 6
    assert ledger["refused"] == 0


async def test_told_to_end_with_much_to_send_it_ends_soon_and_tidily(town: Town) -> None:
    people = await town.members(10)
    await town.fault(kind="latency", method="POST", path="pendaftaran", seconds=0.6)
    for person in people:
        for poli in ("001", "002"):
            await enter(town, person, poli)
    process = town.sync()
    await town.sending()
    assert end(process, signal.SIGTERM) == 0
    states = await town.states()
    assert OutboxState.SENDING not in states
    assert states.count(OutboxState.PENDING) >= 12


PARENT = textwrap.dedent("""
    import os, subprocess, sys, time
    from kiosk.cli.children import start
    child = start(*sys.argv[1:], output=subprocess.DEVNULL)
    print(child.pid, flush=True)
    time.sleep(60)
""")


@pytest.mark.parametrize("what", ["sync", "simulator"])
async def test_a_child_ends_when_its_parent_is_killed(town: Town, what: str) -> None:
    words = ["sync", "--home", str(town.home.folder)]
    if what == "simulator":
        words = ["simulator", "--port", "0", "--json", "--members", "400", "--facilities", "3"]
    parent = subprocess.Popen([sys.executable, "-c", PARENT, *words], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    await asyncio.sleep(2.0)
    assert os.getpgid(child) == child, "a session of its own, so no terminal ends it for us"
    assert not gone(child)
    parent.kill()
    parent.communicate()
    assert await asyncio.to_thread(until_gone, child)
    if what == "sync":
        assert not town.desk.sync_alive()


def test_a_sender_without_a_clinic_says_so_in_one_line(tmp_path: Any) -> None:
    process = command("sync", "--home", str(tmp_path / "tidak-ada"))
    out, error = process.communicate(timeout=20)
    assert process.returncode == 2
    assert out == ""
    assert len(error.strip().splitlines()) == 1
    assert error.startswith("kiosk: Penyimpanan tidak ditemukan")
