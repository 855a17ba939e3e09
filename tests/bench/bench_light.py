"""How light the counter is: start, memory, keys and idling, beside a bare Textual app and a plain form, in one run.

python tests/bench/bench_light.py          prints the figures, and which goals are met

A start counts from the call of the program until the words stand on the terminal, medians of 7, taken in turns. Memory
is the proportional set size. A key counts until the first byte of its answer, 95th percentile of 40. The counter is the
command itself on a clinic of its own, without its sync process. Figures of time hold for a quiet machine only.
"""

import os
import select
import statistics
import sys
import tempfile
import time
from pathlib import Path

from kiosk.config import Home, write_table
from kiosk.store.engine import sqlite_url
from tests.people import make_store
from tests.screens.pty_terminal import Terminal

RUNS, KEYS, IDLE_SECONDS = 7, 40, 10
HERE = Path(__file__).parent
COUNTER = "import sys; from kiosk.cli import main; main(['loket', '--home', sys.argv[1]])"
PROGRAMS: dict[str, tuple[str | Path, str]] = {
    "Loket": (COUNTER, "Kata sandi"),
    "bare": (HERE / "bare_app.py", "Kata sandi"),
    "form": (HERE / "plain_form.py", "siap"),
}
GOALS = {
    "ready / bare": 1.25,
    "memory / bare": 1.5,
    "form key p95 ms": 16.0,
    "Tab p95 ms": 20.0,
    "idle bytes": 0.0,
    "idle CPU %": 0.2,
}


def started(name: str, folder: Path) -> tuple[float, float]:
    """Seconds until the words stand there, and the memory then (MiB)."""
    starter, words = PROGRAMS[name]
    begun = time.perf_counter()
    terminal = Terminal(folder, str(folder), starter=starter)
    try:
        seen = b""
        while words.encode() not in seen:
            if not select.select([terminal.fd], [], [], 60)[0]:
                raise TimeoutError(f"{name}: {seen[-300:]!r}")
            seen += os.read(terminal.fd, 65536)
        ready = time.perf_counter() - begun
        terminal.read(1.0)
        return ready, terminal.memory_kib() / 1024
    finally:
        terminal.close()


def answered(terminal: Terminal, key: str) -> float:
    """Milliseconds until the first byte of the answer."""
    begun = time.perf_counter()
    os.write(terminal.fd, key.encode())
    select.select([terminal.fd], [], [], 5)
    taken = (time.perf_counter() - begun) * 1000
    terminal.read(0.1)
    return taken


def processor_seconds(pid: int) -> float:
    """What a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def at_work(folder: Path) -> dict[str, float]:
    """Keys in the registration's form, and ten seconds without any."""
    terminal = Terminal(folder, str(folder), starter=COUNTER)
    try:
        terminal.log_in()
        for key in ("siti", "\r"):
            terminal.key(key, 1.0)
        terminal.until("Jenis kunjungan")
        terminal.key("sju", 1.0)
        typed = [answered(terminal, "a" if n % 2 else "\x7f") for n in range(1, KEYS + 1)]
        tabs = [answered(terminal, "\t") for _ in range(KEYS)]
        terminal.read(1.0)
        before, idle = processor_seconds(terminal.pid), len(terminal.read(quiet=IDLE_SECONDS, most=IDLE_SECONDS))
        used = processor_seconds(terminal.pid) - before
    finally:
        terminal.close()
    return {
        "form key p95 ms": statistics.quantiles(typed, n=20)[-1],
        "Tab p95 ms": statistics.quantiles(tabs, n=20)[-1],
        "idle bytes": idle,
        "idle CPU %": 100 * used / IDLE_SECONDS,
    }


def measured() -> dict[str, float]:
    """All figures, printed."""
    with tempfile.TemporaryDirectory(prefix="loket-light-") as place:
        home = Home(Path(place))
        make_store(sqlite_url(home.store)).close()
        write_table(home.settings, {"start_sync": False, "idle_lock": 0})
        runs: dict[str, list[tuple[float, float]]] = {name: [] for name in PROGRAMS}
        for _ in range(RUNS):
            for name in PROGRAMS:
                runs[name].append(started(name, home.folder))
        ready = {name: statistics.median(each[0] for each in of) for name, of in runs.items()}
        memory = {name: statistics.median(each[1] for each in of) for name, of in runs.items()}
        work = at_work(home.folder)
    for name in PROGRAMS:
        print(f"{name:6} ready {ready[name] * 1000:6.0f} ms  memory {memory[name]:5.1f} MiB")
    figures = {
        "ready / bare": ready["Loket"] / ready["bare"],
        "memory / bare": memory["Loket"] / memory["bare"],
        **work,
    }
    for name, goal in GOALS.items():
        print(f"{name:16} goal {goal:6.2f}  now {figures[name]:6.2f}  {'met' if figures[name] <= goal else 'NOT met'}")
    return figures


if __name__ == "__main__":
    found = measured()
    sys.exit(any(found[name] > goal for name, goal in GOALS.items()))
