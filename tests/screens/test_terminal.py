"""In a real terminal: what travels, what is left when the terminal goes, that it does not grow."""

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest

from kiosk.store.database import Store
from tests.people import PASSWORD

STARTER = """
import sys
from pathlib import Path
from kiosk.app import CounterApp
CounterApp(sys.argv[1], state_folder=Path(sys.argv[2])).run()
"""


class Terminal:
    """The counter in a pty of 80×24, seen through a terminal emulator."""

    def __init__(self, url: str, folder: Path, term: str = "xterm-256color") -> None:
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            keep = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": term, "LANG": "C.UTF-8"}
            os.execve(sys.executable, [sys.executable, "-c", STARTER, url, str(folder)], keep)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def read(self, quiet: float = 0.3, most: float = 10) -> bytes:
        """What comes until nothing has come for `quiet` seconds."""
        got = b""
        end, last = time.monotonic() + most, time.monotonic()
        while time.monotonic() < end and time.monotonic() - last < quiet:
            if select.select([self.fd], [], [], 0.02)[0]:
                try:
                    data = os.read(self.fd, 65536)
                except OSError:
                    break
                got += data
                self.stream.feed(data)
                last = time.monotonic()
        return got

    @property
    def text(self) -> str:
        return "\n".join(row.rstrip() for row in self.screen.display)

    def until(self, seen: str) -> None:
        end = time.monotonic() + 20
        while seen not in self.text:
            assert time.monotonic() < end, f"never seen: {seen}\n{self.text}"
            self.read(0.1, 0.5)

    def key(self, key: str, quiet: float = 0.3) -> int:
        """Press a key; the bytes that it cost."""
        os.write(self.fd, key.encode())
        return len(self.read(quiet))

    def log_in(self) -> None:
        self.until("Kata sandi")
        self.until("Klinik Uji Melati")
        for key in ("siti", "\r", PASSWORD, "\r"):
            self.key(key, 0.1)
        self.until("Cari ")
        self.read(0.5)

    def memory_kib(self) -> int:
        text = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return int(text.split("\nPss:")[1].split()[0])

    def gone_within(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                self.pid = 0
                return True
            time.sleep(0.05)
        return False

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


@pytest.fixture
def terminal(store: Store, tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(store.url, tmp_path)
    yield made
    made.close()


@pytest.mark.slow
def test_keys_cost_little_and_idling_costs_nothing(terminal: Terminal) -> None:
    terminal.log_in()
    search = [terminal.key(key, 0.5) for key in ("s", "i", "t", "\x7f", "\x7f", "u", "\x7f", "\x7f", "s", "i")]
    assert statistics.median(search) <= 1500, search
    terminal.key("ti", 0.5)
    terminal.key("\r", 0.8)
    terminal.until("Jenis kunjungan")
    terminal.key("sju", 0.5)
    typed = [terminal.key(key) for key in "batuk pilek"]
    tabs = [terminal.key("\t") for _ in range(8)]
    assert statistics.median(typed) <= 200, typed
    assert statistics.median(tabs) <= 300, tabs
    assert "batuk pilek" in terminal.text
    time.sleep(1)
    terminal.read(0.5)
    idle = terminal.read(quiet=8, most=8)
    # The minute of the clock may turn meanwhile: one digit or two.
    assert len(idle) <= 80, idle
    print(f"bytes: search {statistics.median(search)}, typed {statistics.median(typed)}, tab {statistics.median(tabs)}")


@pytest.mark.slow
def test_a_terminal_that_goes_away_ends_the_counter(terminal: Terminal) -> None:
    terminal.log_in()
    os.close(terminal.fd)
    assert terminal.gone_within(3)


@pytest.mark.slow
def test_a_termination_ends_it_and_gives_the_terminal_back(terminal: Terminal) -> None:
    terminal.log_in()
    os.kill(terminal.pid, signal.SIGTERM)
    left = terminal.read(1)
    assert b"\x1b[?1049l" in left
    assert terminal.gone_within(3)


@pytest.mark.slow
def test_it_does_not_grow_with_use(terminal: Terminal) -> None:
    terminal.log_in()

    def round_trip() -> None:
        terminal.key("siti", 0.2)
        terminal.key("\r", 0.3)
        for _ in range(6):
            terminal.key("\t", 0.03)
        for key in ("\x1bOP", "\x1b"):
            terminal.key(key, 0.2)
        terminal.key("\x1b[21~", 0.3)

    for _ in range(8):  # Textual's caches fill up first
        round_trip()
    before = terminal.memory_kib()
    for _ in range(12):
        round_trip()
    grown = terminal.memory_kib() - before
    assert grown < 3000, f"{grown} KiB more after twelve patients"


@pytest.mark.slow
@pytest.mark.parametrize("term", ["linux", "vt100", "xterm"])
def test_a_plain_terminal_shows_the_same_words(store: Store, tmp_path: Path, term: str) -> None:
    made = Terminal(store.url, tmp_path, term)
    try:
        made.log_in()
        made.key("siti", 0.5)
        made.until("» Siti Aminah")
    finally:
        made.close()
