"""A checksum on every page of an SQLite file, so that a bit that flipped on the disk is noticed when it is read.

SQLite's own extension (cksumvfs) does the work; it comes with the driver. Eight bytes at the end of each page hold the
checksum; a page that does not fit it is an I/O error, never a changed name. Without it a plain file shows one flipped
bit in three at best.
"""

import ctypes
import threading
from functools import cache
from pathlib import Path
from typing import Any

import apsw
from apsw import sqlite_extra

VFS = "cksmvfs"
COPY_VFS = "loket-copy"
RESERVED = 8
"""Bytes at the end of each page; the header of the file says so at this place:"""
RESERVED_AT = 20
_MAGIC = b"SQLite format 3\0"

_loading = threading.Lock()


def vfs() -> str | None:
    """The name under which files are opened so that checksums are written and checked; None where it is not there."""
    with _loading:
        return _load()


@cache
def _load() -> str | None:
    before = apsw.vfs_names()[0]
    memory = apsw.Connection(":memory:")
    try:
        sqlite_extra.load(memory, "cksumvfs")
    except (apsw.Error, LookupError, OSError, sqlite_extra.NotAvailable):
        return None
    finally:
        memory.close()
        # It makes itself the default, also for files that are not ours.
        apsw.set_default_vfs(before)
    return VFS if VFS in apsw.vfs_names() else None


def target(path: Path) -> str:
    """What VACUUM INTO is told to write `path`, so that each page of the copy carries a checksum.

    The connection must take addresses (SQLITE_OPEN_URI).
    """
    return str(path) if vfs() is None else f"{path.absolute().as_uri()}?vfs={_for_copies().name}"


@cache
def _for_copies() -> "_Copies":
    """Kept by the cache: a VFS that nobody holds is taken back."""
    return _Copies()


class _Copies(apsw.VFS):
    """Files of which the first page says from the very first write on that there are checksums.

    The extension learns it from the first page, and a full copy writes that one last: all that did not fit into the
    cache of pages, 2 MB, had been written without, and could not be read back.
    """

    def __init__(self) -> None:
        self.name = COPY_VFS
        super().__init__(self.name, base=VFS)

    def xOpen(self, name: apsw.URIFilename | str | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        """Called by SQLite."""
        return _Copy(VFS, name, flags)


class _Copy(apsw.VFSFile):
    def __init__(self, base: str, name: apsw.URIFilename | str | None, flags: list[int]) -> None:
        super().__init__(base, name, flags)
        self._begun = not flags[0] & apsw.SQLITE_OPEN_MAIN_DB

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        """Called by SQLite with a whole page."""
        if not self._begun and offset:
            first = bytearray(len(data))
            first[: len(_MAGIC)] = _MAGIC
            first[RESERVED_AT] = RESERVED
            super().xWrite(first, 0)
        self._begun = True
        super().xWrite(data, offset)


def ask_for(connection: Any) -> None:
    """Let the connection's file have room for checksums: a new file at once, another one in its next full copy."""
    if vfs() is not None:
        wanted = ctypes.c_int(RESERVED)
        connection.file_control("main", apsw.SQLITE_FCNTL_RESERVE_BYTES, ctypes.addressof(wanted))


def carries(path: Path) -> bool:
    """Whether the pages of the file carry checksums."""
    try:
        with path.open("rb") as file:
            head = file.read(RESERVED_AT + 1)
    except OSError:
        return False
    return len(head) > RESERVED_AT and head[RESERVED_AT] == RESERVED
