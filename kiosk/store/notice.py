"""Being told that somebody wrote in a folder: inotify, where the system has it.

Not a library: the ones there are look for the C library by running other programs, which takes longer than all the
rest and which a locked counter may not do.
"""

import asyncio
import contextlib
import ctypes
import os
from pathlib import Path
from types import TracebackType
from typing import Self

_IN_MODIFY, _IN_MOVED_TO, _IN_CREATE, _IN_DELETE = 0x2, 0x80, 0x100, 0x200
_BUFFER = 64 * 1024


class FolderNotice:
    """Wakes who waits when a file of one folder is written, made, replaced or deleted.

    The folder and not the files: SQLite makes and deletes its log files. An async context manager of one event loop.
    """

    def __init__(self, folder: Path) -> None:
        """Raises OSError where the system has no inotify, no instance left, or no such folder."""
        self._loop = asyncio.get_running_loop()
        self._told = asyncio.Event()
        self._fd = _watch(folder)
        self._loop.add_reader(self._fd, self._read)

    async def wait(self, seconds: float) -> bool:
        """True as soon as something was written since the last call; False after `seconds` without."""
        # Not wait_for: on Python 3.11 it can swallow a cancellation that comes together with a notice.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._told.wait()
        told = self._told.is_set()
        self._told.clear()
        return told

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.remove_reader(self._fd)
        os.close(self._fd)

    def _read(self) -> None:
        # Which file it was does not matter: the store is asked whether it changed.
        with contextlib.suppress(BlockingIOError):
            os.read(self._fd, _BUFFER)
        self._told.set()


def _watch(folder: Path) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "inotify_init1"):
        raise OSError("no inotify")
    fd = int(libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
    mask = _IN_MODIFY | _IN_MOVED_TO | _IN_CREATE | _IN_DELETE
    if fd >= 0 and libc.inotify_add_watch(fd, os.fsencode(folder), mask) >= 0:
        return fd
    number = ctypes.get_errno()
    if fd >= 0:
        os.close(fd)
    raise OSError(number, os.strerror(number))
