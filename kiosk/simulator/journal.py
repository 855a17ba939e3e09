"""A file of JSON lines that only grows: what the simulated service did, so that it survives a kill."""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class JournalError(Exception):
    """The state file cannot be used; the text is an Indonesian sentence for people."""


class Journal:
    """An append-only file held under a lock; every line is on the disk before `append` returns.

    The first line says which world it belongs to.  A last line cut by a kill is dropped when it is opened.
    Raises JournalError for a file in use, of another world, or unreadable.
    """

    def __init__(self, path: Path, world: dict[str, Any]) -> None:
        self._path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise JournalError(f"berkas keadaan {path} tidak dapat dibuka: {error.strerror}") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise JournalError(f"berkas keadaan {path} sedang dipakai simulator lain") from None
        try:
            self._rows = self._read(world)
        except (ValueError, OSError):
            os.close(self._file)
            raise JournalError(f"berkas keadaan {path} bukan milik dunia simulator ini") from None

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give what was there when the file was opened, once."""
        rows, self._rows = self._rows, []
        yield from rows

    def append(self, row: dict[str, Any]) -> None:
        """Write one row and wait until the disk has it."""
        os.write(self._file, json.dumps(row, ensure_ascii=True, separators=(",", ":")).encode() + b"\n")
        os.fdatasync(self._file)

    def close(self) -> None:
        """Let go of the file and its lock."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _read(self, world: dict[str, Any]) -> list[dict[str, Any]]:
        text = self._path.read_bytes()
        whole = text[: text.rfind(b"\n") + 1]
        if len(whole) < len(text):
            os.ftruncate(self._file, len(whole))
        os.lseek(self._file, 0, os.SEEK_END)
        lines = [json.loads(line) for line in whole.splitlines()]
        if not lines:
            self.append({"simulator": 1, **world})
            return []
        if lines[0] != {"simulator": 1, **world}:
            raise ValueError("another world")
        return lines[1:]
