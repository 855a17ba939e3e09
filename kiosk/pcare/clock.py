"""The server's clock as its answers tell it, so that requests are signed with the right time."""

import email.utils
from collections.abc import Callable

SKEW_LIMIT = 60.0
"""Seconds from which this computer's clock is called wrong."""

DOUBT = 5.0
"""Seconds from which a refused signature may be the clock's fault: how much the service allows is not published."""

Clock = Callable[[], float]


class ServerClock:
    """Follows how far this computer's clock is off, by the `Date` header of each answer.

    `clock` gives this computer's Unix seconds.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.skew_seconds = 0.0
        self.checked = False

    @property
    def wrong(self) -> bool:
        """Whether this computer's clock is more than a minute off."""
        return abs(self.skew_seconds) > SKEW_LIMIT

    def now(self) -> float:
        """Return the server's Unix seconds as far as known."""
        return self._clock() + self.skew_seconds

    def learn(self, date: str | None, signed_at: float, seconds: float) -> float | None:
        """Take the correction from a `Date` header; return the seconds by which the signature's time was surely behind.

        `signed_at` is what `now` gave for the call and `seconds` how long it took.  The header has whole seconds
        and was written somewhere between sending and receiving, so the server's lead lies in a span: the clocks
        agree where that span holds zero.  None where the header is missing or makes no sense.
        """
        try:
            server = email.utils.parsedate_to_datetime(date or "").timestamp()
        except (ValueError, TypeError, OverflowError):
            return None
        lowest, highest = server - (signed_at + seconds), server + 1 - signed_at
        before = self.skew_seconds
        agree = lowest + before <= 0 <= highest + before
        self.skew_seconds = 0.0 if agree else (lowest + highest) / 2 + before
        self.checked = True
        return max(lowest, 0.0) + min(highest, 0.0)
