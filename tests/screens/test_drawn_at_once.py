"""In a real terminal: whatever a key leads to is drawn by that key, the first time and each time again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.store.database import Store
from tests.screens.pty_terminal import COUNTER, Terminal

STILL = COUNTER.replace("CounterApp(sys", "CounterApp._each_moment = lambda self: None\nCounterApp(sys", 1)
"""A counter whose clock stands still: nothing but keys makes it draw."""
ESC, F3, F4, F5, F6 = "\x1b", "\x1bOR", "\x1bOS", "\x1b[15~", "\x1b[17~"
CTRL_D = "\x04"
ROOMS = {F4: "H hari lain", F5: "Nomor antrean", F6: "Batas entri", F3: "Cari  "}


@pytest.fixture
def terminal(store: Store, tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path, store.url, str(tmp_path), starter=STILL)
    yield made
    made.close()


@pytest.mark.slow
def test_each_room_is_drawn_each_time(terminal: Terminal) -> None:
    terminal.log_in("admin")
    for _ in range(2):
        for key, words in ROOMS.items():
            terminal.key(key, 0.1)
            terminal.until(words)


@pytest.mark.slow
def test_what_the_panel_of_a_person_leads_to_is_drawn_each_time(terminal: Terminal) -> None:
    terminal.log_in("admin")
    terminal.key("sutrisno")
    terminal.until("» Sutrisno Wibowo")
    for _ in range(3):
        for key, words in (("u", "Ubah data"), ("r", "Riwayat")):
            terminal.key(CTRL_D, 0.1)
            terminal.until("U ubah data")
            terminal.key(key, 0.1)
            terminal.until(words)
            terminal.key(ESC, 1)
            terminal.until("» Sutrisno Wibowo")
        terminal.key(CTRL_D, 0.1)
        terminal.until("U ubah data")
        terminal.key(ESC, 1)
        terminal.until("» Sutrisno Wibowo")
