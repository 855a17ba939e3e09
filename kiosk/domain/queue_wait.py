"""How long somebody will wait: from the day's own services alone, and nothing at all while they are too few."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median

from kiosk.domain.codes import TicketState
from kiosk.domain.queue import Ticket
from kiosk.domain.queue_order import call_order
from kiosk.domain.queue_rules import Ratio

FEWEST, NEWEST = 5, 15
"""Finished services that are needed, and the newest ones that count."""
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(hours=2)
"""What lies outside was no service: a key pressed at once, a number finished at the end of the day."""
LATELY = timedelta(minutes=30)
"""A room that finished somebody within this time is still calling."""
STEP = 5
"""Minutes to which the estimate is rounded up: it is not more exact than that."""


def usual_service(tickets: Iterable[Ticket]) -> timedelta | None:
    """The median of one queue's last services, from the call to the end; None when they are too few."""
    finished = sorted(
        (ticket.done_at, ticket.done_at - begun)
        for ticket in tickets
        if ticket.state == TicketState.DONE
        and ticket.done_at is not None
        and (begun := ticket.called_at or ticket.serving_at) is not None
        and SHORTEST <= ticket.done_at - begun <= LONGEST
    )[-NEWEST:]
    if len(finished) < FEWEST:
        return None
    return timedelta(seconds=median(length.total_seconds() for _, length in finished))


def waits(tickets: Iterable[Ticket], ratio: Ratio, now: datetime) -> dict[str, int]:
    """Minutes until the call, by id, for all who wait in one queue; empty when nothing can be said.

    With so many rooms calling, one of them is free each `usual / rooms`; whoever is ahead or inside goes first.
    """
    everyone = tuple(tickets)
    usual = usual_service(everyone)
    if usual is None:
        return {}
    inside = [t for t in everyone if t.state in (TicketState.CALLED, TicketState.SERVING)]
    lately = [t for t in everyone if t.done_at is not None and t.done_at >= now - LATELY]
    rooms = max(len({t.room for t in (*inside, *lately) if t.room}), 1)
    found = {}
    for ahead, ticket in enumerate(call_order(everyone, ratio)):
        until_free = max(ahead + len(inside) - rooms + 1, 0)
        minutes = usual.total_seconds() * until_free / rooms / 60
        found[ticket.id] = -(-round(minutes) // STEP) * STEP
    return found


def wait_text(minutes: int) -> str:
    """The estimate in words: "segera", "kira-kira 25 menit", "kira-kira 1 jam 10 menit"."""
    if minutes <= 0:
        return "segera"
    hours, rest = divmod(minutes, 60)
    parts = ([f"{hours} jam"] if hours else []) + ([f"{rest} menit"] if rest else [])
    return "kira-kira " + " ".join(parts)
