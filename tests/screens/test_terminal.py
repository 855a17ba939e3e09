"""In a real terminal: what travels, what is left when the terminal goes, that it does not grow."""

import os
import signal
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.store.database import Store
from tests.screens.pty_terminal import Terminal


@pytest.fixture
def terminal(store: Store, tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path, store.url, str(tmp_path))
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
    made = Terminal(tmp_path, store.url, str(tmp_path), term=term)
    try:
        made.log_in()
        made.key("siti", 0.5)
        made.until("» Siti Aminah")
    finally:
        made.close()
