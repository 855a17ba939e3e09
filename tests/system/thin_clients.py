"""Sessions of thin clients without a network: a clinic, the parent of sessions, terminals that hand themselves over."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pexpect

from kiosk import session_client
from kiosk.config import Home
from tests.cli.terminal import COLUMNS, PATIENCE, ROWS, Terminal
from tests.people import make_store

CLIENT = session_client.__file__


def clinic(folder: Path) -> Home:
    """A clinic with operators and some people; its sync process is somebody else's matter."""
    home = Home(folder / "klinik")
    home.folder.mkdir()
    make_store(home.store_url).close()
    home.settings.write_text('station = "Loket 1"\nstart_sync = false\n', "utf-8")
    return home


def until(true: Callable[[], object], what: str) -> None:
    """Wait until something is so, as long as a busy machine may take."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    """Whether a process has ended, buried or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def children(pid: int) -> list[int]:
    """The living children of a process."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(child) for child in found if not gone(int(child))]


class Host:
    """A host with one clinic, on which sessions are started."""

    def __init__(self, home: Home, socket: Path) -> None:
        self.home, self.socket = home, socket
        self.parent: subprocess.Popen[str] | None = None
        self._open = ExitStack()

    @property
    def environment(self) -> dict[str, str]:
        """What the wrapper gives to a session."""
        return {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.home.folder),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "LOKET_HOME": str(self.home.folder),
            "LOKET_SESSIONS": str(self.socket),
        }

    def start_parent(self, folder: Path | None = None) -> "subprocess.Popen[str]":
        """Start `kiosk sessions` and wait until it is warm; `folder` holds the package if it is another one."""
        self.parent = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "kiosk", "sessions", "--socket", str(self.socket)],
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd=folder or Path(CLIENT).parent.parent,
        )
        assert self.parent.stdout is not None
        assert "siap" in self.parent.stdout.readline()
        return self.parent

    @property
    def has_parent(self) -> bool:
        """Whether the parent runs."""
        return self.parent is not None and self.parent.poll() is None

    def end_parent(self) -> None:
        """As systemd does: the parent alone."""
        if self.parent is not None:
            self.parent.send_signal(signal.SIGTERM)
            self.parent.communicate(timeout=PATIENCE)

    def sessions(self) -> list[int]:
        """The processes that the parent has forked."""
        return children(self.parent.pid) if self.parent is not None else []

    def client(
        self, *words: str, program: str = CLIENT, environment: dict[str, str] | None = None, sees: str = "Klinik Uji"
    ) -> Terminal:
        """A thin client's terminal that `sees` its login, or else; `environment` is added to the usual one."""
        child = pexpect.spawn(
            sys.executable,
            ["-I", "-S", program, *words],
            env=self.environment | (environment or {}),
            dimensions=(ROWS, COLUMNS),
            encoding="utf-8",
            codec_errors="replace",
        )
        self._open.callback(child.close, force=True)
        terminal = Terminal(child)
        terminal.until(sees)
        return terminal

    def close_terminals(self) -> None:
        """All of them; their sessions end."""
        sessions = self.sessions()
        self._open.close()
        until(lambda: all(gone(session) for session in sessions), "the sessions have ended with their terminals")

    def close(self) -> None:
        """End whatever was started here."""
        self.close_terminals()
        self.end_parent()


@contextmanager
def host(folder: Path) -> Iterator[Host]:
    """A host of its own in `folder`."""
    made = Host(clinic(folder), folder / "sesi")
    try:
        yield made
    finally:
        made.close()
