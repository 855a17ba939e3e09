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
    _set_at: float = field(init=False)

    def __post_init__(self) -> None:
        """Start both together."""
        self._beginning, self._started = self.wall(), self.elapsed()
        self._set_at = self._started

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
        if moved:
            self._ahead += moved
            self._set_at = self.elapsed()
        return moved

    def undisturbed(self) -> float:
        """For how many seconds the wall clock has not been set, as far as is known: it may have been before the start.

        Of a moment that was kept before, nobody knows how long ago it was.
        """
        return 0.0 if self.off() else self.elapsed() - self._set_at

    def unfollow(self, moved: timedelta) -> None:
        """What was appointed could not be moved along after all."""
        self._ahead -= moved
