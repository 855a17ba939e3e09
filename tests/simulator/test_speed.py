"""Load tests must measure the counter and not the simulator: what a call costs the simulator's core."""

import asyncio
import os
import time
from collections.abc import Iterator

import httpx
import pytest

from kiosk.simulator.running import Credentials
from tests.simulator.conftest import Caller
from tests.simulator.test_command import Process

CALLS = 1_500
PER_SECOND_ON_ONE_CORE = 300


@pytest.fixture
def national() -> Iterator[Process]:
    simulator = Process("--facilities", "2000", "--members", "500")
    yield simulator
    simulator.process.kill()
    simulator.process.communicate()


def cpu_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123 - one line of the kernel's
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="counts processor time as Linux shows it")  # noqa: PTH110
async def test_three_hundred_calls_a_second_fit_on_one_core_with_a_million_members(national: Process) -> None:
    url = national.ready["control_url"]
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        rows = (await http.get(f"{url}/facilities?start=0&count=10")).json()["list"]
        callers: list[Caller] = []
        doctor: dict[str, str] = {}
        for row in rows:
            members = (await http.get(f"{url}/members", params={"facility": row["facility"], "count": 40})).json()
            callers.append(Caller(Credentials(**row, control_url=url, members=tuple(members)), http))
            answer = await callers[-1].ask("GET", "dokter/0/1")
            doctor[row["facility"]] = answer.response["list"][0]["kdDokter"]
        await callers[0].ask("GET", "diagnosa/J06/0/1")  # reads the codes, once
        pairs = [(caller, member) for member in range(40) for caller in callers]
        remaining = iter(pairs[: CALLS // 4])
        statuses: list[int] = []

        async def work() -> None:
            for caller, member in remaining:
                card = caller.members[member]["noKartu"]
                visit = caller.visit(member, kdDokter=doctor[caller.credentials.facility])
                for method, path, body in (
                    ("GET", f"peserta/{card}", None),
                    ("POST", "pendaftaran", caller.registration(member)),
                    ("POST", "kunjungan/V1", visit),
                    ("GET", f"kunjungan/peserta/{card}", None),
                ):
                    statuses.append((await caller.ask(method, path, body)).status)

        pid = national.process.pid
        before, began = cpu_seconds(pid), time.perf_counter()
        await asyncio.gather(*(work() for _ in range(4)))
        used = cpu_seconds(pid) - before
        print(f"{CALLS / used:.0f} calls per processor second, {time.perf_counter() - began:.1f} s")
    assert len(statuses) == CALLS
    assert set(statuses) <= {200, 201}
    assert CALLS / used > PER_SECOND_ON_ONE_CORE
    assert len(national.ledger()["registrations"]) == CALLS // 4
