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

    def now(self) -> datetime:
        """The moment by which appointments are made and looked at: the wall clock as it was set when last followed."""
        return self.steady() + self._ahead

    def off(self) -> timedelta:
        """How far the wall clock was set since it was followed last; zero when it was not."""
        moved = self.wall() - self.now()
        return timedelta() if abs(moved) < TOLERANCE else moved

    def follow(self) -> timedelta:
        """Go by the wall clock as it is set now; returns `off`. What was appointed must move along at once."""
        moved = self.off()
        self._ahead += moved
        return moved

    def unfollow(self, moved: timedelta) -> None:
        """What was appointed could not be moved along after all."""
        self._ahead -= moved
