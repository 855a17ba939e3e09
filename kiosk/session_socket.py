"""The listening side of `kiosk.session_client`: who may hand over a terminal, and what was handed over."""

import array
import os
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from kiosk.session_client import END, PASSED, PASSED_OF_SSH

Connection = socket.socket
"""What is listened on, and what a client is spoken to by."""
LONGEST = 8192
"""Bytes of a request; an honest one has a few hundred."""
PATIENCE = 5.0
"""Seconds in which a client has to say what it wants; the session's own process waits for it, nobody else."""
_TERMINAL = 3
"""Descriptors that come with a request: standard input, output and error."""


class BadRequest(Exception):
    """What came is no request for a session."""


class Request(NamedTuple):
    """What a client asks for."""

    version: str
    environment: dict[str, str]
    words: list[str]
    descriptors: tuple[int, ...]
    """Open descriptors of one terminal, ours to close."""


@contextmanager
def listening(path: Path) -> Iterator[Connection]:
    """A socket at `path` that owner and group may use; gone at the end. Raises OSError, also when one lives there."""
    listener = socket.socket(socket.AF_UNIX)
    try:
        _bind(listener, path)
        own = path.stat().st_ino
        listener.listen(64)
        yield listener
        # A successor may already listen in our place.
        with suppress(FileNotFoundError):
            if path.stat().st_ino == own:
                path.unlink()
    finally:
        listener.close()


def somebody_listens(path: Path) -> bool:
    """Whether a parent of sessions answers at `path`; it notices no more than a client that goes away."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _bind(listener: Connection, path: Path) -> None:
    with suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.stat().st_mode):
            raise FileExistsError(f"{path} bukan soket")
        if somebody_listens(path):
            raise FileExistsError(f"di {path} sudah ada induk sesi yang berjalan")
        path.unlink()
    before = os.umask(0o117)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)


def same_user(connection: Connection) -> bool:
    """Whether the other end runs as the user that we run as (the kernel's word, SO_PEERCRED)."""
    told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", told)
    return bool(user == os.geteuid())


def receive(connection: Connection) -> Request:
    """What the client asks for. Raises BadRequest, OSError; then no descriptor of it stays open."""
    connection.settimeout(PATIENCE)
    descriptors: list[int] = []
    try:
        said = b""
        while not said.endswith(END):
            part = _some(connection, descriptors)
            said += part
            if not part or len(said) > LONGEST:
                raise BadRequest("kept talking, or fell silent")
        return _understood(said, descriptors)
    except BaseException:
        for descriptor in descriptors:
            os.close(descriptor)
        raise


def _some(connection: Connection, descriptors: list[int]) -> bytes:
    fresh = array.array("i")
    part, extra, _, _ = connection.recvmsg(LONGEST, socket.CMSG_SPACE(8 * fresh.itemsize))
    for level, kind, data in extra:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fresh.frombytes(data[: len(data) - len(data) % fresh.itemsize])
    descriptors.extend(fresh)
    return part


def _understood(said: bytes, descriptors: list[int]) -> Request:
    version, *lines = said.removesuffix(END).decode("utf-8", "surrogateescape").split("\0")
    known = dict(line[1:].split("=", 1) for line in lines if line.startswith("e") and "=" in line)
    if len(descriptors) != _TERMINAL or not all(os.isatty(fd) for fd in descriptors):
        raise BadRequest("no terminal came with it")
    if len({os.fstat(fd).st_rdev for fd in descriptors}) != 1:
        raise BadRequest("more than one terminal")
    passed = {name: value for name, value in known.items() if name in (*PASSED, *PASSED_OF_SSH)}
    return Request(version, passed, [line[1:] for line in lines if line.startswith("w")], tuple(descriptors))
