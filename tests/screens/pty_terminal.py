"""A real pseudo-terminal with an application in it: what travels to it byte by byte, and what it then shows."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

import pyte

from tests.people import PASSWORD

COUNTER = """
import sys
from pathlib import Path
from kiosk.app import CounterApp
CounterApp(sys.argv[1], state_folder=Path(sys.argv[2])).run()
"""


class Terminal:
    """An application in a pty of 80×24, the counter unless another is named, seen through a terminal emulator."""

    def __init__(
        self, folder: Path, *arguments: str, term: str = "xterm-256color", starter: str | Path = COUNTER
    ) -> None:
        """`starter` is Python's text, or a file of it, that starts the application with `arguments`."""
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            keep = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": term, "LANG": "C.UTF-8"}
            program = [str(starter)] if isinstance(starter, Path) else ["-c", starter]
            os.execve(sys.executable, [sys.executable, *program, *arguments], keep)
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
        """What stands on the screen."""
        return "\n".join(row.rstrip() for row in self.screen.display)

    def until(self, seen: str) -> None:
        """Wait until the words stand on the screen."""
        end = time.monotonic() + 20
        while seen not in self.text:
            assert time.monotonic() < end, f"never seen: {seen}\n{self.text}"
            self.read(0.1, 0.5)

    def key(self, key: str, quiet: float = 0.3) -> int:
        """Press a key; the bytes that it cost."""
        os.write(self.fd, key.encode())
        return len(self.read(quiet))

    def log_in(self, login: str = "siti") -> None:
        """The clerk Siti unless another is named, in front of the search."""
        self.until("Kata sandi")
        self.until("Klinik Uji Melati")
        for key in (login, "\r", PASSWORD, "\r"):
            self.key(key, 0.1)
        self.until("Cari ")
        self.read(0.5)

    def memory_kib(self) -> int:
        """Proportional set size."""
        text = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return int(text.split("\nPss:")[1].split()[0])

    def gone_within(self, seconds: float) -> bool:
        """Whether the process ends by itself in that time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                self.pid = 0
                return True
            time.sleep(0.05)
        return False

    def close(self) -> None:
        """End it, if it has not ended."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
