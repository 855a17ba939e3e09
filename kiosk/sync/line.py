"""The state of the line: open, broken, or stopped until a person acts; a circuit breaker that probes with one call."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk.pcare.errors import (
    AccessDenied,
    ClockSkew,
    LoginRejected,
    NotSent,
    OutcomeUnknown,
    PCareError,
    Reason,
)
from kiosk.sync.policy import Policy


class LinkWord(StrEnum):
    """The words under which the line's state is kept in the store."""

    STARTING = "starting"
    ONLINE = "online"
    OFFLINE = "offline"
    STOPPED = "stopped"


_OF_ONE_PATH = frozenset({Reason.UNKNOWN_PATH, Reason.NOT_ENABLED, Reason.NO_SERVICE})
_BROKEN_BY_REASON = frozenset({Reason.TIMEOUT, Reason.CUT, Reason.SERVER_ERROR})


def about_one_path(error: PCareError) -> bool:
    """Whether a question failed because P-Care does not offer it: that says nothing of the other paths.

    When it is all of P-Care that is not there, the next call or probe finds it out.
    """
    return error.reason in _OF_ONE_PATH


@dataclass(slots=True)
class Line:
    """What the last calls said of the way to P-Care."""

    policy: Policy
    clock: Callable[[], datetime]
    chance: random.Random
    word: LinkWord = LinkWord.STARTING
    reason: str | None = None
    failures: int = 0
    retry_at: datetime | None = None
    """When a broken or stopped line may be tried again; None: only after a person has acted."""
    last_call: datetime | None = None

    def may_send(self) -> bool:
        """Whether everything may be sent."""
        return self.word == LinkWord.ONLINE

    def may_probe(self) -> bool:
        """Whether one call may be tried to see how the line is."""
        now = self.clock()
        if self.word in (LinkWord.OFFLINE, LinkWord.STOPPED):
            return self.retry_at is not None and now >= self.retry_at
        if self.word == LinkWord.ONLINE:
            return self.last_call is None or now - self.last_call >= timedelta(seconds=self.policy.probe_quiet)
        return True

    def answered(self) -> None:
        """P-Care gave an answer, whatever it was."""
        self.last_call = self.clock()
        if self.word == LinkWord.STOPPED and self.retry_at is None:
            # A call that was under way when the login was refused; nothing may follow it.
            return
        self.word, self.reason, self.failures, self.retry_at = LinkWord.ONLINE, None, 0, None

    def failed(self, error: PCareError) -> None:
        """A call ended without the service's own answer, or was turned away at the door."""
        self.last_call = self.clock()
        self.failures += 1
        if isinstance(error, LoginRejected):
            # A loop of refused logins locks the account.
            self._stop(error.reason, None)
        elif isinstance(error, AccessDenied):
            self._stop(error.reason, self.policy.probe_stopped)
        elif isinstance(error, ClockSkew):
            # The correction was learnt with the refusal: one more try is signed with it.
            self._stop(error.reason, 0 if self.failures == 1 else self.policy.probe_stopped)
        elif isinstance(error, NotSent) and error.reason in (Reason.TLS, Reason.TLS_DATE):
            self._stop(error.reason, self.policy.probe_stopped)
        elif isinstance(error, NotSent) or (isinstance(error, OutcomeUnknown) and error.reason in _BROKEN_BY_REASON):
            wait = self.chance.uniform(0.5, 1.0) * self.policy.probe
            if isinstance(error, NotSent) and error.retry_after:
                wait = max(wait, error.retry_after)
            self.word, self.reason = LinkWord.OFFLINE, str(error.reason)
            self.retry_at = self.clock() + timedelta(seconds=wait)

    def wake(self) -> None:
        """A person has changed the credentials: try again."""
        self.word, self.reason, self.failures, self.retry_at = LinkWord.STARTING, None, 0, None

    def _stop(self, reason: Reason, retry: float | None) -> None:
        self.word, self.reason = LinkWord.STOPPED, str(reason)
        self.retry_at = None if retry is None else self.clock() + timedelta(seconds=retry)
