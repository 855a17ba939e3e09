"""Whether the computer's clock can be believed: by P-Care when it is there, else by the store and by time gone by."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

BACK = timedelta(minutes=10)
"""How far the clock may stand behind the newest record: clocks of several counters differ by minutes."""
AHEAD = timedelta(hours=12)
"""How far the clock may run away from the time gone by; enough to be on another date, and no clock drifts as much."""
WRONG = 60.0
"""Seconds off P-Care's clock from which ours is called wrong."""


def gone_by() -> float:
    """Seconds that nobody can set; unlike Python's monotonic clock they go on while the computer sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class ClockWatch:
    """The wall clock beside the time gone by since it was believed last."""

    def __init__(self, wall: Callable[[], datetime], elapsed: Callable[[], float] = gone_by) -> None:
        self._wall, self._elapsed = wall, elapsed
        self.believe()

    def believe(self) -> None:
        """The clock is right at this moment."""
        self._then, self._since = self._wall(), self._elapsed()
        self._was_behind = False

    def moved(self) -> timedelta:
        """How far it was set since then."""
        return self._wall() - self._then - timedelta(seconds=self._elapsed() - self._since)

    def doubt(self, newest: datetime | None) -> str:
        """What is odd about the clock while nobody can be asked, or ""; `newest` is the store's newest record."""
        behind = timedelta() if newest is None else newest - self._wall()
        if behind > BACK:
            self._was_behind = True
            return f"mundur {_amount(behind)}"
        if self._was_behind:
            # It was put right: the way forward was long, and is no wonder.
            self.believe()
        moved = self.moved()
        if moved < -BACK:
            return f"mundur {_amount(-moved)}"
        return f"maju {_amount(moved)}" if moved > AHEAD else ""


def off_by(skew: float | None) -> str:
    """What P-Care's clock says of ours, or ""; `skew` is P-Care's minus ours, seconds."""
    if skew is None or abs(skew) <= WRONG:
        return ""
    return f"{'mundur' if skew > 0 else 'maju'} {_amount(timedelta(seconds=abs(skew)))}"


def _amount(length: timedelta) -> str:
    seconds = length.total_seconds()
    for size, word in ((86_400, "hari"), (3_600, "jam"), (60, "menit")):
        # A day less some seconds is a day.
        if seconds >= size - 30:
            return f"{round(seconds / size)} {word}"
    return "kurang dari semenit"
