"""How light the counter is: start, memory, keys and idling, beside a bare Textual app and a plain form, in one run.

python -m tests.bench.bench_light    prints the figures as a table (for the README), and which goals are not met

A start counts from the call of the program until the words stand on the terminal, medians of 7, in turns; "typing"
until a key that is pressed then is shown. Memory is the proportional set size. A key counts until the first byte of its
answer, 95th percentile of 40; in the search the rows follow, when their last byte came is told too. The counter is the
command itself on a clinic of its own, without its sync process. Figures of time hold for a quiet machine only.
"""

import os
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kiosk.config import Home, write_table
from kiosk.store.engine import sqlite_url
from tests.bench.bench_search import fill
from tests.people import make_store
from tests.screens.pty_terminal import Terminal

RUNS, KEYS, IDLE_SECONDS, MEMBERS = 7, 40, 10, 25_000
HERE = Path(__file__).parent
COUNTER = "import sys; from kiosk.cli import main; main(['loket', '--home', sys.argv[1]])"
PROGRAMS: dict[str, tuple[str | Path, str]] = {
    "Loket": (COUNTER, "Kata sandi"),
    "bare": (HERE / "bare_app.py", "Kata sandi"),
    "form": (HERE / "plain_form.py", "siap"),
}
SEARCHED = "siti nurhaliza\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f"
GOALS = {
    "ready / bare": 1.25,
    "memory / bare": 1.5,
    "form key p95 ms": 16.0,
    "Tab p95 ms": 20.0,
    "search key p95 ms": 35.0,
    "idle bytes": 0.0,
    "idle CPU %": 0.2,
}


@dataclass(frozen=True)
class Start:
    """One start of a program."""

    ready: float
    """Seconds until the words stood there."""
    typing: float
    """Seconds until a key that was pressed then was shown; the bare app shows none."""
    memory: float
    """MiB a second later."""


def started(name: str, folder: Path) -> Start:
    """Start it, and end it."""
    starter, words = PROGRAMS[name]
    begun = time.perf_counter()
    terminal = Terminal(folder, str(folder), starter=starter)
    try:
        _seen(terminal, words)
        ready = time.perf_counter() - begun
        if name != "bare":
            os.write(terminal.fd, b"q")
            _seen(terminal, "q")
        typing = time.perf_counter() - begun
        terminal.read(1.0)
        return Start(ready, typing, terminal.memory_kib() / 1024)
    finally:
        terminal.close()


def _seen(terminal: Terminal, words: str) -> None:
    """Returns when the words came out of the program."""
    seen = b""
    while words.encode() not in seen:
        if not select.select([terminal.fd], [], [], 60)[0]:
            raise TimeoutError(f"{words}: {seen[-300:]!r}")
        seen += os.read(terminal.fd, 65536)


def answered(terminal: Terminal, key: str, quiet: float = 0.1) -> float:
    """Milliseconds until the first byte of the answer; returns after `quiet` seconds without any."""
    begun = time.perf_counter()
    os.write(terminal.fd, key.encode())
    select.select([terminal.fd], [], [], 5)
    taken = (time.perf_counter() - begun) * 1000
    terminal.read(quiet)
    return taken


def p95(times: Iterable[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(times, n=20)[-1]


def processor_seconds(pid: int) -> float:
    """What all threads of a process have used so far."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def at_work(terminal: Terminal) -> dict[str, float]:
    """Of a terminal that stands in a text field of a form: its keys, and ten seconds without any."""
    typed = [answered(terminal, "a" if n % 2 else "\x7f") for n in range(1, KEYS + 1)]
    tabs = [answered(terminal, "\t") for _ in range(KEYS)]
    # The clock's minute is sent when it turns, or up to five seconds later.
    while not 6 < time.time() % 60 < 60 - IDLE_SECONDS - 3:
        time.sleep(0.5)
    terminal.read(1.0)
    before, idle = processor_seconds(terminal.pid), len(terminal.read(quiet=IDLE_SECONDS, most=IDLE_SECONDS))
    used = processor_seconds(terminal.pid) - before
    return {
        "form key p95 ms": p95(typed),
        "Tab p95 ms": p95(tabs),
        "idle bytes": idle,
        "idle CPU %": 100 * used / IDLE_SECONDS,
    }


def in_registration(folder: Path) -> dict[str, float]:
    """The counter's largest form."""
    terminal = Terminal(folder, str(folder), starter=COUNTER)
    try:
        terminal.log_in()
        for key in ("siti", "\r"):
            terminal.key(key, 1.0)
        terminal.until("Jenis kunjungan")
        terminal.key("sju", 1.0)
        return at_work(terminal)
    finally:
        terminal.close()


def in_search(folder: Path) -> dict[str, float]:
    """Names typed and taken back letter by letter, among many members."""
    terminal = Terminal(folder, str(folder), starter=COUNTER)
    try:
        terminal.log_in()
        first, last = [], []
        for key in (SEARCHED * 2)[:KEYS]:
            begun = time.perf_counter()
            first.append(answered(terminal, key, 0.4))
            last.append((time.perf_counter() - begun - 0.4) * 1000)
        return {"search key p95 ms": p95(first), "search rows p95 ms": p95(last)}
    finally:
        terminal.close()


def in_plain_form(folder: Path) -> dict[str, float]:
    """The plain form: its search with six rows, then its fields."""
    terminal = Terminal(folder, str(folder), starter=PROGRAMS["form"][0])
    try:
        terminal.until("siap")
        terminal.read(1.0)
        searched = [answered(terminal, key, 0.2) for key in (SEARCHED * 2)[:KEYS]]
        for _ in range(2):
            terminal.key("\t", 0.5)
        return {"search key p95 ms": p95(searched), **at_work(terminal)}
    finally:
        terminal.close()


def clinic(folder: Path, members: int = 0) -> Path:
    """A clinic of its own that sends nothing and never locks, with so many members more."""
    home = Home(folder)
    folder.mkdir()
    store = make_store(sqlite_url(home.store))
    if members:
        fill(store, members)
    store.close()
    write_table(home.settings, {"start_sync": False, "idle_lock": 0})
    return folder


def measured() -> dict[str, dict[str, float]]:
    """All figures by program."""
    with tempfile.TemporaryDirectory(prefix="loket-light-") as place:
        small, large = clinic(Path(place) / "kecil"), clinic(Path(place) / "besar", MEMBERS)
        runs: dict[str, list[Start]] = {name: [] for name in PROGRAMS}
        for _ in range(RUNS):
            for name in PROGRAMS:
                runs[name].append(started(name, small))
        found: dict[str, dict[str, float]] = {
            name: {
                "ready ms": 1000 * statistics.median(one.ready for one in of),
                "typing ms": 1000 * statistics.median(one.typing for one in of),
                "memory MiB": statistics.median(one.memory for one in of),
            }
            for name, of in runs.items()
        }
        del found["bare"]["typing ms"]
        found["Loket"] |= in_registration(small) | in_search(large)
        found["form"] |= in_plain_form(small)
    for own in found.values():
        own["ready / bare"] = own["ready ms"] / found["bare"]["ready ms"]
        own["memory / bare"] = own["memory MiB"] / found["bare"]["memory MiB"]
    return found


def table(found: dict[str, dict[str, float]]) -> str:
    """The figures as Markdown."""
    lines = ["| | " + " | ".join(found) + " | goal |", "|---|" + "---|" * (len(found) + 1)]
    for figure in found["Loket"]:
        cells = [f"{own[figure]:.{_places(figure)}f}" if figure in own else "" for own in found.values()]
        goal = f"≤ {GOALS[figure]:g}" if figure in GOALS else ""
        lines.append(f"| {figure} | " + " | ".join(cells) + f" | {goal} |")
    return "\n".join(lines)


def _places(figure: str) -> int:
    return 2 if "/" in figure or "%" in figure else 0 if figure in ("ready ms", "typing ms", "idle bytes") else 1


def missed(found: dict[str, dict[str, float]]) -> list[str]:
    """The goals that were not met."""
    return [name for name, goal in GOALS.items() if found["Loket"][name] > goal]


if __name__ == "__main__":
    figures = measured()
    print(table(figures))
    print("not met: " + (", ".join(missed(figures)) or "none"))
    sys.exit(bool(missed(figures)))
