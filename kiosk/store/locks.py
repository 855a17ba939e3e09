"""Locks between processes of one host: the kernel frees them only when the process is gone."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class FileLock:
    """A flock on a file beside the store: one holder, or many who share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self, wait: bool) -> bool:
        """Take the lock; without `wait` False is returned when another process holds it. Raises OSError."""
        return self._take(fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))

    def share(self) -> bool:
        """Take it beside others who share it; False when one process holds it alone. Raises OSError."""
        return self._take(fcntl.LOCK_SH | fcntl.LOCK_NB)

    def is_free(self) -> bool:
        """Whether nobody holds the lock; asked with a shared lock, which two who ask do not take from each other."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(handle)
        return True

    def lost(self) -> bool:
        """Never: the kernel takes it from nobody."""
        return False

    def still_ours(self) -> bool:
        """Whether it was taken and not released."""
        return self._handle is not None

    def fence(self, value: Callable[..., Any]) -> None:
        """Nothing to look for: nobody can have taken over."""

    def release(self) -> None:
        """Let the lock go; harmless when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _take(self, how: int) -> bool:
        if self._handle is None:
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        try:
            fcntl.flock(self._handle, how)
        except BlockingIOError:
            return False
        return True

    @contextmanager
    def held(self) -> Iterator[None]:
        """The lock for the length of a block; the file stays open between blocks."""
        self.acquire(wait=True)
        try:
            yield
        finally:
            if self._handle is not None:
                fcntl.flock(self._handle, fcntl.LOCK_UN)
