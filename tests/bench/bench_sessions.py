"""What a session over SSH costs a host: start and memory, from the warm parent, beside a bare Textual app in this run.

python tests/bench/bench_sessions.py          prints the figures
pytest tests/bench/bench_sessions.py -s       asserts the goals

A start counts from the call of the program until the words stand on the terminal; SSH itself is in none of them. Memory
is the proportional set size (what is shared is divided) with twenty at once; of ours it counts the session, the shell
that waits at its terminal, and a twentieth of the parent.
"""

import os
import pty
import select
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.system.thin_clients import CLIENT, Host, host

GOALS = {"ready": 0.45, "memory": 0.75}
"""Ours divided by the bare app's."""
RUNS = 9
TOGETHER = 20
PATIENCE = 60.0
WORDS = b"Kata sandi"
BARE = (sys.executable, "-I", str(Path(__file__).with_name("bare_app.py")))
WARM = (sys.executable, "-I", "-S", CLIENT)
ALONE = (sys.executable, "-I", "-X", "utf8", "-m", "kiosk", "session", "--plain")


class Started:
    """A program in a terminal, and how long it took to show the words (seconds)."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        begun = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.execve(command[0], command, environment)
        seen = b""
        while WORDS not in seen:
            if not select.select([self._terminal], [], [], PATIENCE)[0]:
                raise TimeoutError(f"{command[-1]} showed nothing: {seen!r}")
            seen += os.read(self._terminal, 65536)
        self.seconds = time.perf_counter() - begun

    def settle(self) -> None:
        """Take what still comes, until it is quiet."""
        while select.select([self._terminal], [], [], 0.5)[0]:
            os.read(self._terminal, 65536)

    def end(self) -> None:
        """End it, and bury it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)


def memory(pid: int) -> float:
    """Proportional set size in MiB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(text.split("\nPss:")[1].split()[0]) / 1024


@contextmanager
def together(command: Sequence[str], environment: dict[str, str]) -> Iterator[list[Started]]:
    """Twenty of them at once, at rest."""
    many: list[Started] = []
    try:
        for _ in range(TOGETHER):
            many.append(Started(command, environment))
        for one in many:
            one.settle()
        yield many
    finally:
        for one in many:
            one.end()


def measured() -> dict[str, dict[str, float]]:
    """Program → ready (ms, median) and memory (MiB each); printed beside the goals."""
    with tempfile.TemporaryDirectory(prefix="loket-sesi-") as folder, host(Path(folder)) as place:
        place.start_parent()
        starts: dict[str, list[float]] = {"bare": [], "warm": [], "alone": []}
        for _ in range(RUNS):
            # In turns, so that a busy moment of the machine falls on all of them.
            for name, command in (("bare", BARE), ("warm", WARM), ("alone", ALONE)):
                one = Started(command, place.environment)
                starts[name].append(one.seconds * 1000)
                one.settle()
                one.end()
        found = {name: {"ready": statistics.median(times)} for name, times in starts.items()}
        with together(BARE, place.environment) as many:
            found["bare"]["memory"] = sum(memory(one.pid) for one in many) / TOGETHER
        found["warm"]["memory"] = _warm_memory(place)
        with together(ALONE, place.environment) as many:
            found["alone"]["memory"] = sum(memory(one.pid) for one in many) / TOGETHER
    _print(found)
    return found


def _warm_memory(place: Host) -> float:
    with together(WARM, place.environment) as many:
        sessions = place.sessions()
        if len(sessions) != TOGETHER or place.parent is None:
            raise RuntimeError("the parent did not take all of them")
        waiting = sum(memory(one.pid) for one in many)
        return (sum(memory(pid) for pid in sessions) + waiting + memory(place.parent.pid)) / TOGETHER


def _print(found: dict[str, dict[str, float]]) -> None:
    print(f"{'':18} {'bare':>8} {'alone':>8} {'warm':>8} {'warm/bare':>10} {'goal':>6}")
    for name, unit in (("ready", "ms"), ("memory", "MiB")):
        bare, alone, warm = (found[which][name] for which in ("bare", "alone", "warm"))
        print(f"{f'{name}, {unit}':18} {bare:>8.0f} {alone:>8.0f} {warm:>8.0f} {warm / bare:>10.2f} {GOALS[name]:>6}")


def broken(found: dict[str, dict[str, float]]) -> list[str]:
    """The goals that are not met."""
    ratios = {name: found["warm"][name] / found["bare"][name] for name in GOALS}
    return [f"{name}: {ratios[name]:.2f}" for name, most in GOALS.items() if ratios[name] > most]


def test_a_warm_session_is_quicker_and_smaller_than_a_bare_app() -> None:
    assert not broken(measured())


if __name__ == "__main__":
    raise SystemExit(bool(broken(measured())))
