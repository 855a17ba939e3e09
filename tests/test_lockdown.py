"""A process that has shut itself in does its work, and can run nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import terminal
from tests.system.thin_clients import clinic

SHUT_IN = """
import json, os, subprocess, sys, threading

def attempt(run):
    try:
        run()
    except PermissionError:
        return "refused"
    return "ran"

asked, found = threading.Event(), {}

def earlier():
    asked.wait()
    found["a thread from before"] = attempt(lambda: subprocess.run(["/bin/true"]))

thread = threading.Thread(target=earlier)
thread.start()

from kiosk import lockdown
found["engaged"] = lockdown.engage(programs="programs" in sys.argv)
asked.set()
thread.join()
found["subprocess"] = attempt(lambda: subprocess.run(["/bin/true"]))
found["spawn"] = attempt(lambda: os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0))
found["new privileges"] = open("/proc/self/status").read().split("NoNewPrivs:")[1].split()[0]

import asyncio
from kiosk.counter.access import log_in
from kiosk.counter.desk import Desk
from kiosk.store.engine import sqlite_url
from pathlib import Path
from tests.people import PASSWORD, make_store

async def work():
    desk = await Desk.open(sys.argv[1], "Loket 1")
    found["operator"] = (await log_in(desk, "siti", PASSWORD)).login
    await desk.close()

make_store(sys.argv[1]).close()
asyncio.run(work())

def child():
    if not (pid := os.fork()):
        try:
            os.execv("/bin/true", ["true"])
        except PermissionError:
            os._exit(7)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

found["exec in a child"] = child()
print(json.dumps(found))
"""


def shut_in(folder: Path, *words: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", SHUT_IN, f"sqlite:///{folder / 'klinik.sqlite3'}", *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(os.uname().machine not in ("x86_64", "aarch64"), reason="no filter for this processor")
def test_a_counter_that_is_shut_in_works_and_runs_no_program(tmp_path: Path) -> None:
    """Store (WAL), threads and argon2 work; every way to another program is refused, also to threads and children."""
    assert shut_in(tmp_path) == {
        "engaged": True,
        "a thread from before": "refused",
        "subprocess": "refused",
        "spawn": "refused",
        "new privileges": "1",
        "operator": "siti",
        "exec in a child": 7,
    }


def test_a_board_that_speaks_keeps_its_voice_and_still_gains_no_rights(tmp_path: Path) -> None:
    found = shut_in(tmp_path, "programs")
    assert (found["engaged"], found["subprocess"], found["new privileges"]) == (False, "ran", "1")


@pytest.mark.skipif(os.uname().machine not in ("x86_64", "aarch64"), reason="no filter for this processor")
@pytest.mark.parametrize("words", [("board", "--no-voice"), ("session", "--plain")])
def test_board_and_session_are_shut_in_once_they_are_up(tmp_path: Path, words: tuple[str, ...]) -> None:
    clinic(tmp_path)
    with terminal(*words, home=tmp_path) as person:
        person.until("Klinik Uji Melati")
        assert "\nSeccomp:\t2\n" in Path(f"/proc/{person.pid}/status").read_text()
        assert "\nNoNewPrivs:\t1\n" in Path(f"/proc/{person.pid}/status").read_text()
