"""What no hand types, in a real terminal: a megabyte pasted, noise, half sequences, a window that is pulled about."""

import fcntl
import os
import random
import select
import struct
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.store.database import Store
from tests.screens.pty_terminal import Terminal

SEED = int(os.environ.get("LOKET_SEED") or random.SystemRandom().randrange(2**32))
PATIENCE = 90.0
MOST_KIB = 120_000
"""Memory that a counter may have afterwards; it begins with some 50,000."""


@pytest.fixture
def terminal(store: Store, tmp_path: Path) -> Iterator[Terminal]:
    shown = Terminal(tmp_path, store.url, str(tmp_path / "laporan"))
    shown.log_in()
    yield shown
    shown.close()


def pour(terminal: Terminal, data: bytes) -> None:
    """Write all of it, taking in what is drawn meanwhile: neither side may stand in the other's way."""
    os.set_blocking(terminal.fd, False)
    end = time.monotonic() + PATIENCE
    while data:
        assert time.monotonic() < end, f"{len(data)} bytes are never taken\n{terminal.text}"
        readable, writable, _ = select.select([terminal.fd], [terminal.fd], [], 1.0)
        if readable:
            terminal.stream.feed(os.read(terminal.fd, 65536))
        if writable:
            data = data[os.write(terminal.fd, data[:4096]) :]
    os.set_blocking(terminal.fd, True)


def still_works(terminal: Terminal, tmp_path: Path) -> None:
    """Back at the search, with an empty field, a name is found; nothing fell over, and memory is bounded."""
    end = time.monotonic() + PATIENCE
    while "Sutrisno Wibowo" not in terminal.text:
        assert time.monotonic() < end, terminal.text
        # Esc and F2 lead to the search from everywhere; a box that is open closes first.
        for key in ("\x1bOR", "\x1b[21~", "\x1b[21~", "\x1bOQ", "\x15", "sutrisno"):
            terminal.key(key, 0.3)
            # What the noise typed into a form is thrown away, in words of a form or of a service.
            for asked, answer in (("Ya, buang isian", "y"), ("Buang isian", "b")):
                if asked in terminal.text:
                    terminal.key(answer, 0.5)
        terminal.read(1.0, 3)
    assert list((tmp_path / "laporan").glob("crash-*")) == []
    assert terminal.memory_kib() < MOST_KIB
    assert os.waitpid(terminal.pid, os.WNOHANG) == (0, 0), "it lives"


def resized(terminal: Terminal, rows: int, columns: int) -> None:
    fcntl.ioctl(terminal.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def test_a_megabyte_pasted_is_one_bounded_line(terminal: Terminal, tmp_path: Path) -> None:
    pour(terminal, b"\x1b[200~" + b"Ani\x1b]52;c;QQ==\x07\n" * 60_000 + b"\x1b[201~")
    still_works(terminal, tmp_path)


def test_twenty_thousand_bytes_of_noise_and_half_sequences(terminal: Terminal, tmp_path: Path) -> None:
    print(f"LOKET_SEED={SEED}")
    chance = random.Random(SEED)
    # Not Ctrl+C and Ctrl+Q: their question can be answered by chance.
    noise = bytes(b for b in chance.randbytes(24_000) if b not in (3, 17))[:20_000]
    pour(terminal, noise)
    for half in (
        b"\x1b",
        b"\x1b[",
        b"\x1b[200~tempel tanpa akhir",
        b"\x1b]52;c;",
        b"\x1bP",
        b"\x1b[<0;1",
        b"\xf0\x9f",
        b"\xc3",
    ):
        pour(terminal, half)
        terminal.read(0.2, 2)
    # Nobody ends that paste: it is over by itself.
    terminal.read(3.0, 4)
    pour(terminal, b"\x1b\\\x07")
    still_works(terminal, tmp_path)


def test_a_window_that_is_pulled_about_all_the_time(terminal: Terminal, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    sizes = [
        (1, 1),
        (2, 300),
        (100, 3),
        (200, 500),
        *((chance.randint(1, 60), chance.randint(1, 200)) for _ in range(60)),
    ]
    for rows, columns in sizes:
        resized(terminal, rows, columns)
        terminal.read(0.01, 0.1)
    resized(terminal, 24, 80)
    terminal.screen.reset()
    pour(terminal, b"\x0c")
    still_works(terminal, tmp_path)
