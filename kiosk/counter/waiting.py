"""The queue as it stands: who is next and why, and how long it will take."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.domain.codes import PRIORITY_TEXT
from kiosk.domain.people import Action
from kiosk.domain.queue import OVER, Ticket
from kiosk.domain.queue_order import Next, Why, call_order, next_call, next_of_all
from kiosk.domain.queue_rules import Ratio
from kiosk.domain.queue_wait import waits
from kiosk.store import queue


@dataclass(frozen=True, slots=True)
class QueueNow:
    """All queues of a day at one moment."""

    tickets: tuple[Ticket, ...]
    """By queue and number, those on a further stop and the cancelled ones too."""
    order: Mapping[str, int]
    """The place in line (0: next) of everybody who waits, by id; each queue counts for itself."""
    waits: Mapping[str, int]
    """Minutes until the call, by id; without those of whom nothing can be said."""
    following: Mapping[str | None, tuple[Ticket, str]]
    """Who is next and why, in words, by queue; None stands for all queues together."""
    away: Mapping[str, str]
    """Where those are who are held for a result from another queue, by id: "Laboratorium"."""


async def queue_now(desk: Desk, day: date | None = None) -> QueueNow:
    """Today's queues, in the order in which they are called; those of an earlier `day`, when nobody is called."""
    require(desk, Action.QUEUE_VIEW)
    wanted = day or desk.today()
    tickets = await desk.read(lambda tx: queue.standing(tx, wanted, cancelled=True))
    if wanted != desk.today():
        return QueueNow(tickets, {}, {}, {}, {})
    return as_it_stands(tickets, desk.rules.ratio, desk.now())


def as_it_stands(tickets: tuple[Ticket, ...], ratio: Ratio, now: datetime) -> QueueNow:
    """The same from the tickets of all queues, as at `now`."""
    order: dict[str, int] = {}
    minutes: dict[str, int] = {}
    following: dict[str | None, tuple[Ticket, str]] = {}
    for place, of_place in by_queue(tickets).items():
        order |= {ticket.id: at for at, ticket in enumerate(call_order(of_place, ratio))}
        minutes |= waits(of_place, ratio, now)
        if (first := next_call(of_place, ratio)) is not None:
            following[place] = (first.ticket, why_text(first, ratio))
    if (first := next_of_all(tickets, ratio)) is not None:
        following[None] = (first.ticket, why_text(first, ratio))
    away = {t.returns_to: t.poli_name for t in tickets if t.returns_to and t.state not in OVER}
    return QueueNow(tickets, order, minutes, following, away)


def by_queue(tickets: tuple[Ticket, ...]) -> dict[str, list[Ticket]]:
    """The tickets of each queue."""
    queues: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        queues.setdefault(ticket.poli_code, []).append(ticket)
    return queues


def why_text(first: Next, ratio: Ratio) -> str:
    """In words, why this number is next."""
    kind = PRIORITY_TEXT[first.ticket.priority]
    return {
        Why.EMERGENCY: "gawat, selalu lebih dulu",
        Why.PRIORITY_TURN: f"giliran prioritas {ratio} ({kind})",
        Why.ORDINARY_TURN: f"giliran biasa {ratio}",
        Why.ONLY_PRIORITY: f"{kind}, yang biasa tidak ada",
        Why.ARRIVAL: "urutan datang",
    }[first.why]
