"""Hostile text × every widget × two looks in a real terminal: only our own sequences leave, and the text is kept."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
import unicodedata
from pathlib import Path

import pyte
import pytest

from kiosk.domain.text import UNSAFE, clean
from tests.fortress import Count
from tests.widgets.hostile_painter import BOXES, COLUMNS, LOOKS, PAYLOADS, ROWS, stages

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
SEEN = 14
"""Characters of each text, its number included, that are looked for: no widget in use is narrower."""
OWN = re.compile(
    r"\x1b\[[0-9;]*m"  # colours
    r"|\x1b\[[0-9;]*H"  # where to write
    r"|\x1b\[\?(?:7|25|1004|1049|2004|2026|2048)[hl]"  # wrapping, cursor, focus, second screen, paste, frames, size
    r"|\x1b\[\?(?:2026|2048)\$p"  # does the terminal know them
    r"|\x1b\]22;default\x07"  # the mouse's picture, constant
    r"|\x1b\[[<>=]?[0-9;]*u"  # which keys it tells
)
"""Every sequence that the library writes by itself."""


def foreign(text: str) -> list[str]:
    """What is no sequence of ours and no harmless character."""
    return [
        ascii(left)
        for left in re.findall(f"{UNSAFE.pattern}.{{0,12}}", OWN.sub("", text).replace("\r", "").replace("\n", ""))
    ]


def bare(text: str) -> str:
    """Letters alone: without blanks and marks, which terminals place as they like."""
    text = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c)[0] != "M")


class Wall:
    """The painter in a terminal of 160×50."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        telling, told = os.pipe()
        self.told = os.fdopen(telling)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.set_inheritable(told, True)
            keep = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
            os.execve(sys.executable, [sys.executable, "-m", "tests.widgets.hostile_painter", str(told)], keep)
        os.close(told)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def read(self, seconds: float) -> bool:
        """Take in what has come; False when nothing has."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.raw += data
        self.stream.feed(data)
        return True

    def without(self, wanted: list[str]) -> list[str]:
        """Which of the texts do not stand on the screen."""
        # pyte's own display stumbles over a wide letter whose second half was written over.
        rows = (self.screen.buffer[y] for y in range(ROWS))
        text = bare("".join(row[x].data for row in rows for x in range(COLUMNS)))
        return [words for words in wanted if words not in text]

    def expected(self) -> list[str]:
        """How the texts of the stage begin on the terminal; what it draws meanwhile is taken in."""
        end = time.monotonic() + PATIENCE
        while not select.select([self.told], [], [], 0)[0]:
            assert time.monotonic() < end, ascii(bytes(self.raw[-500:]))
            self.read(0.05)
        return [bare(clean(text, 60))[:SEEN] for text in json.loads(self.told.readline())]

    def close(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


@pytest.mark.slow
def test_no_byte_outside_our_own_sequences_and_the_text_is_kept(counted: Count) -> None:
    wall = Wall()
    pictures = places = 0
    try:
        wall.expected()
        for stage in stages():
            os.kill(wall.pid, signal.SIGUSR1)
            wanted = wall.expected()
            end = time.monotonic() + PATIENCE
            while missing := wall.without(wanted):
                assert time.monotonic() < end, (
                    stage.number,
                    stage.box,
                    [ascii(text)[:30] for text in stage.texts],
                    missing,
                )
                wall.read(1.0)
            pictures += 1
            places += len(wanted)
        while wall.read(0.5):
            # The last sequence is to be whole.
            pass
    finally:
        wall.close()
    found = foreign(wall.raw.decode("utf-8", "strict"))
    print(
        f"hostile matrix: {len(PAYLOADS)} payloads, {len(LOOKS)} looks, {pictures} pictures, {places} places read,"
        f" {len(wall.raw)} bytes, {len(found)} foreign"
    )
    assert len(PAYLOADS) >= 40
    assert found == []
    counted(
        payloads=len(PAYLOADS), looks=len(LOOKS), pictures=pictures, places_read=places, foreign_sequences=len(found)
    )


def test_a_sequence_that_is_not_ours_is_found() -> None:
    """So the eyes of the matrix are open: each payload that tells the terminal something is noticed when it leaves."""
    for text in PAYLOADS:
        # What is written like one of ours is noticed by the other half: its brackets would not stand on the screen.
        if UNSAFE.search(OWN.sub("", text)):
            assert foreign(f"\x1b[1;2H\x1b[38;2;1;2;3m{text}\x1b[0m"), ascii(text)
        assert foreign(clean(text, 500)) == []
    assert len(BOXES) == 6
