"""Who is called next: in order of arrival, priorities and ordinary numbers in the clinic's ratio, emergencies first."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kiosk.domain.codes import Priority, TicketState
from kiosk.domain.queue import Ticket
from kiosk.domain.queue_rules import Ratio

ELDERLY_FROM, TODDLER_BELOW = 60, 5
"""Years. Lansia: 60 and older (law 13/1998); balita: below five."""
BEHIND = 3
"""A number that was skipped and comes back stands behind so many of its class."""


class Why(StrEnum):
    """Why somebody is next."""

    EMERGENCY = "emergency"
    PRIORITY_TURN = "priority_turn"
    ORDINARY_TURN = "ordinary_turn"
    ONLY_PRIORITY = "only_priority"
    """Nobody of the ordinary class waits."""
    ARRIVAL = "arrival"
    """Nobody with a priority waits."""


@dataclass(frozen=True, slots=True)
class Next:
    """The first of the order, and the reason."""

    ticket: Ticket
    why: Why


@dataclass(frozen=True, slots=True)
class _Run:
    """The last calls that were of one class: all that the next turn hangs on."""

    priority: bool
    length: int

    def after(self, priority: bool) -> "_Run":
        return _Run(priority, self.length + 1 if priority == self.priority else 1)

    def priority_due(self, ratio: Ratio) -> bool:
        """Whether a priority is next when both classes wait; a day begins with one."""
        if self.priority:
            return self.length < ratio.priority
        return self.length >= ratio.ordinary


def call_order(tickets: Iterable[Ticket], ratio: Ratio) -> tuple[Ticket, ...]:
    """Those of one queue who wait, in the order in which they will be called if nobody else comes.

    `tickets` are all of that queue's day: the turns of those who were called decide whose turn it is.
    """
    everyone = tuple(tickets)
    emergencies, priorities, ordinary = _classes(everyone)
    run = _run(everyone)
    order = list(emergencies)
    while priorities or ordinary:
        take_priority = run.priority_due(ratio) if priorities and ordinary else bool(priorities)
        order.append((priorities if take_priority else ordinary).popleft())
        run = run.after(take_priority)
    return tuple(order)


def next_call(tickets: Iterable[Ticket], ratio: Ratio) -> Next | None:
    """Who is called next in one queue, and why; None when nobody waits."""
    everyone = tuple(tickets)
    order = call_order(everyone, ratio)
    if not order:
        return None
    emergencies, priorities, ordinary = _classes(everyone)
    first = order[0]
    if emergencies:
        return Next(first, Why.EMERGENCY)
    if priorities and ordinary:
        return Next(first, Why.ORDINARY_TURN if first.priority == Priority.ORDINARY else Why.PRIORITY_TURN)
    return Next(first, Why.ONLY_PRIORITY if priorities else Why.ARRIVAL)


def next_of_all(tickets: Iterable[Ticket], ratio: Ratio) -> Next | None:
    """Who is next over several queues: an emergency, else the first of a queue who stands in line longest."""
    queues: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        queues.setdefault(ticket.poli_code, []).append(ticket)
    heads = [head for of_one in queues.values() if (head := next_call(of_one, ratio)) is not None]
    return min(heads, key=lambda head: (head.why != Why.EMERGENCY, _place(head.ticket)), default=None)


def place_after_skip(tickets: Iterable[Ticket], back: Ticket) -> datetime:
    """Since when a skipped number counts as waiting when it comes back: behind the next BEHIND of its class."""
    line = [t for t in _line(tickets) if t.id != back.id and _class(t) == _class(back)]
    if not line:
        return back.queued_at
    return line[min(BEHIND, len(line)) - 1].queued_at + timedelta(milliseconds=1)


def proposed_priority(birth: date | None, day: date) -> Priority | None:
    """What the age on `day` suggests; None when it suggests nothing or is unknown."""
    if birth is None:
        return None
    years = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    if years >= ELDERLY_FROM:
        return Priority.ELDERLY
    return Priority.TODDLER if 0 <= years < TODDLER_BELOW else None


def _place(ticket: Ticket) -> tuple[datetime, int, str]:
    return ticket.queued_at, ticket.number, ticket.label


def _line(tickets: Iterable[Ticket]) -> list[Ticket]:
    return sorted((t for t in tickets if t.state == TicketState.WAITING), key=_place)


def _class(ticket: Ticket) -> int:
    return {Priority.EMERGENCY: 0, Priority.ORDINARY: 2}.get(ticket.priority, 1)


def _classes(tickets: Iterable[Ticket]) -> tuple[deque[Ticket], deque[Ticket], deque[Ticket]]:
    """Who waits: emergencies, priorities, ordinary numbers, each in order of arrival."""
    found: tuple[deque[Ticket], deque[Ticket], deque[Ticket]] = (deque(), deque(), deque())
    for ticket in _line(tickets):
        found[_class(ticket)].append(ticket)
    return found


def _run(tickets: Sequence[Ticket]) -> _Run:
    """The calls so far; emergencies take nobody's turn."""
    called = sorted((t.turn, _class(t) == 1) for t in tickets if t.turn is not None and _class(t))
    run = _Run(priority=True, length=0)
    for _, priority in called:
        run = run.after(priority)
    return run
