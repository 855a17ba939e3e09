"""The small process at a thin client's terminal: it hands the terminal to the warm parent of sessions, and waits.

Run by its path with `python -I -S`: no package of ours or anybody's is imported, which would cost more than all else.
While the session lasts a shell waits in its place, a tenth of Python's memory: it passes on that the terminal has a
new size, and ends when the session does. Where there is no parent, or it holds another version of Loket, an ordinary
session is started here.
"""

import _signal  # type: ignore[import-not-found]  # built in; `signal` and `socket` cost more than all of this
import _socket
import os
import sys

SOCKET = "/run/loket/sesi"
"""Where the parent listens when nothing else is said."""
SOCKET_VARIABLE = "LOKET_SESSIONS"
PASSED = ("TERM", "COLORTERM", "NO_COLOR", "LANG", "HOME", "LOKET_HOME", "LOKET_STORE")
PASSED_OF_SSH = ("SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY")
READY = b"ya\n"
PATIENCE = 8.0
"""Seconds for the parent's answer; it takes a few milliseconds."""
END = b"\0\0"
"""Ends a request. Its lines are parted by one NUL: the version, then "eNAME=value" and "wARGUMENT" in any number."""

WAIT = """
trap '' INT QUIT TSTP TTIN TTOU PIPE
trap 'woken=1; echo W >&3' WINCH
trap 'exit 129' HUP TERM
while :; do
    woken=
    read -r code <&3 && exit "$code"
    [ "$woken" ] || exit 1
done
"""


def version() -> str:
    """What this installation is: its place, and when the newest of its files was written: an upgrade is noticed."""
    newest = 0
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120  (pathlib costs 10 ms)
    folders = [here]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    newest = max(newest, entry.stat().st_mtime_ns)
                elif entry.name != "__pycache__" and entry.is_dir():
                    folders.append(entry.path)
    return f"{here} {newest}"


def request(words: list[str]) -> bytes:
    """What the parent is asked for: a session of `kiosk session WORDS…` with this environment."""
    known = [f"e{name}={os.environ[name]}" for name in (*PASSED, *PASSED_OF_SSH) if name in os.environ]
    return "\0".join([version(), *known, *(f"w{word}" for word in words)]).encode("utf-8", "surrogateescape") + END


def handed_over(words: list[str]) -> int | None:
    """A connection to the session that now has the terminal (0, 1 and 2); None when there is no parent for it."""
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.settimeout(PATIENCE)
        connection.connect(os.environ.get(SOCKET_VARIABLE, SOCKET))
        descriptors = b"".join(fd.to_bytes(4, sys.byteorder) for fd in (0, 1, 2))
        connection.sendmsg([request(words)], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptors)])
        if connection.recv(len(READY)) != READY:
            return None
        connection.settimeout(None)
        return os.dup(connection.fileno())
    except OSError:
        return None
    finally:
        connection.close()


def main(words: list[str]) -> None:
    """Become what waits for the session, or the session itself."""
    # Whoever started this may have ignored them, and a shell cannot take that back.
    for number in (_signal.SIGHUP, _signal.SIGTERM):
        _signal.signal(number, _signal.SIG_DFL)
    if all(os.isatty(fd) for fd in (0, 1, 2)) and (connection := handed_over(words)) is not None:
        os.dup2(connection, 3)
        os.execve("/bin/sh", ["sh", "-c", WAIT, "loket"], {"PATH": "/usr/bin:/bin"})  # noqa: S606  (constant words)
    plain = [sys.executable, "-I", "-X", "utf8", "-m", "kiosk", "session", "--plain", *words]
    os.execv(sys.executable, plain)  # noqa: S606  (our own interpreter)


if __name__ == "__main__":
    main(sys.argv[1:])
