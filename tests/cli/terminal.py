"""A real pseudo-terminal with a screen that can be read: what a person sees and types."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pyte

PATIENCE = 25.0
ROWS, COLUMNS = 24, 80


class Terminal:
    """One program in a terminal of 80×24."""

    def __init__(self, child: pexpect.spawn) -> None:
        self.child = child
        """The program's end of the line."""
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.Stream(self._screen)

    @property
    def pid(self) -> int:
        """The program's process id."""
        return int(self.child.pid)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(self._screen.display)

    def read(self, seconds: float = 0.05) -> None:
        """Take in what the program has drawn."""
        try:
            self._stream.feed(self.child.read_nonblocking(65536, seconds))
        except (pexpect.TIMEOUT, pexpect.EOF):
            return

    def until(self, words: str) -> None:
        """Wait until the words stand on the screen."""
        end = time.monotonic() + PATIENCE
        while words not in self.text:
            assert time.monotonic() < end, f"never seen: {words!r}\n{self.text}"
            self.read()

    def until_asked(self, question: str) -> None:
        """Wait until the last words on the screen are `question`, which may have stood there before."""
        end = time.monotonic() + PATIENCE
        while not self.text.rstrip().endswith(question):
            assert time.monotonic() < end, f"never asked: {question!r}\n{self.text}"
            self.read()

    def type(self, keys: str) -> None:
        """Send keys, as a keyboard does."""
        for key in keys:
            self.child.send(key)
            self.read(0.02)

    def press(self, key: str) -> None:
        """Send one key that is several characters on the line, in one piece: an Esc apart would be a key of its own."""
        self.child.send(key)
        self.read(0.02)

    def resize(self, rows: int, columns: int) -> None:
        """The window gets another size."""
        self._screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def ended(self) -> int:
        """Wait for the program's end; its exit code."""
        end = time.monotonic() + PATIENCE
        while self.child.isalive():
            assert time.monotonic() < end, f"still running\n{self.text}"
            self.read()
        self.child.close()
        return int(self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus)


@contextmanager
def terminal(*words: str, home: Path, runtime: Path | None = None) -> Iterator[Terminal]:
    """`kiosk WORDS…` in a terminal of its own, with `home` as the user's home."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "LOKET_HOME": str(home / "klinik"),
        "XDG_RUNTIME_DIR": str(runtime or home),
        "TMPDIR": str(home),
    }
    child = pexpect.spawn(
        sys.executable,
        ["-m", "kiosk", *words],
        env=environment,
        dimensions=(ROWS, COLUMNS),
        encoding="utf-8",
        codec_errors="replace",
    )
    try:
        yield Terminal(child)
    finally:
        child.close(force=True)
