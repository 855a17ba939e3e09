"""The wall clock beside one that nobody can set: appointments move with the wall clock when it is put right."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kiosk.domain.day import now as present

TOLERANCE = timedelta(seconds=2)
"""What the two may drift apart between looks without meaning anything."""


@dataclass(slots=True)
class Clock:
    """What time it is, and how much time has gone by."""

    wall: Callable[[], datetime] = present
    """Aware, UTC; may be wrong and may jump."""
    elapsed: Callable[[], float] = time.monotonic
    """Seconds from any beginning; never set. It stands still while the computer sleeps, which then looks like a jump of
    the wall clock: appointments wait longer, never shorter."""
    _beginning: datetime = field(init=False)
    _started: float = field(init=False)
    _ahead: timedelta = field(init=False, default=timedelta())

    def __post_init__(self) -> None:
        """Start both together."""
        self._beginning, self._started = self.wall(), self.elapsed()

    def steady(self) -> datetime:
        """The moment by the clock that nobody sets: for waits within this process."""
        return self._beginning + timedelta(seconds=self.elapsed() - self._started)

    def jump(self) -> timedelta:
        """How far the wall clock was set since the last time that this was asked; zero when it was not."""
        ahead = self.wall() - self.steady()
        moved = ahead - self._ahead
        if abs(moved) < TOLERANCE:
            return timedelta()
        self._ahead = ahead
        return moved
