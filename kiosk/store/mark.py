"""How many transactions a store file has acknowledged, kept beside it: so that a log that was cut is noticed.

SQLite takes a log that ends early, or in which a bit flipped, for one that was just being written: it drops what
follows and says nothing. So every transaction carries a number, and after its commit the number is noted in another
file. When the store comes back with a smaller one, what is missing had been acknowledged. The note is not synced: it
can only lag behind, never run ahead of what is on the disk.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

COUNTER = "commit"
"""The name of the counter of transactions."""
FOLDER = ".tanda"
"""Apart from the store: counters watch its folder, and a note is no change."""
_LOST = ".hilang-"


class Mark:
    """The note of one store file."""

    def __init__(self, store: Path) -> None:
        self.path = store.parent / FOLDER / store.name
        self._handle: int | None = None

    def note(self, clinic: str, number: int) -> None:
        """The transaction `number` of the clinic is committed. A note that cannot be written is not missed."""
        with suppress(OSError):
            if self._handle is None:
                self.path.parent.mkdir(mode=0o770, exist_ok=True)
                self._handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
            os.pwrite(self._handle, f"{number:020d} {clinic}\n".encode(), 0)

    def noted(self) -> tuple[str, int] | None:
        """The clinic and the number of the last note; None when there is none that can be read."""
        try:
            number, clinic = self.path.read_text("utf-8").splitlines()[0].split(" ", 1)
            return clinic, int(number)
        except (OSError, ValueError, IndexError):
            return None

    def missing(self, value: Callable[..., Any]) -> int:
        """How many acknowledged transactions the store does not hold; `value(sql, *values)` asks it for one value."""
        noted = self.noted()
        if noted is None:
            return 0
        clinic, number = noted
        held = value("SELECT last FROM counter WHERE clinic = ? AND name = ?", clinic, COUNTER)
        return max(0, number - int(held or 0))

    def keep_as_lost(self, missing: int, now: datetime) -> None:
        """Keep the note as evidence, and begin anew: the next transactions must not cover it up."""
        self.close()
        with suppress(OSError):
            self.path.rename(self.path.with_name(f"{self.path.name}{_LOST}{missing}-{now:%Y%m%dT%H%M%SZ}"))

    def set_aside(self, name: str) -> None:
        """The store was given the name `name`: its note goes with it."""
        self.close()
        with suppress(FileNotFoundError):
            self.path.rename(self.path.with_name(name))

    def forget(self) -> None:
        """A new store begins: a note of another one under its name says nothing."""
        self.close()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let the file go."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def losses(store: Path) -> tuple[Path, ...]:
    """What was noticed to be lost of a store, oldest first; a person removes the files when it was looked after."""
    return tuple(sorted((store.parent / FOLDER).glob(f"{store.name}{_LOST}*")))


def how_many(loss: Path) -> int:
    """The number of transactions that such a file tells of."""
    return int(loss.name.rsplit(_LOST, 1)[1].split("-", 1)[0])
