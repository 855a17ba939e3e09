"""What the public may see of the queue: numbers, rooms, never a name."""

from collections.abc import Sequence
from datetime import UTC, datetime

from kiosk.counter.desk import Desk
from kiosk.counter.views import BoardCall, BoardPoli, BoardView
from kiosk.domain.codes import TicketState
from kiosk.domain.queue import Ticket
from kiosk.domain.queue_order import call_order
from kiosk.domain.queue_rules import Ratio
from kiosk.store import queue

NEXT_SHOWN = 5
_EARLIEST = datetime.min.replace(tzinfo=UTC)


async def board(desk: Desk, polis: Sequence[str] = ()) -> BoardView:
    """The numbers called now and next, by queue; only `polis` when codes (or names of own places) are given."""
    today = desk.today()
    tickets = await desk.read(lambda tx: queue.standing(tx, today, names=False))
    shown: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        if not polis or ticket.poli_code in polis:
            shown.setdefault(ticket.poli_code, []).append(ticket)
    calls = sorted(
        (t for of_poli in shown.values() for t in of_poli if t.calls), key=lambda t: (_called_at(t), t.turn or 0)
    )
    current = [t for t in calls if _is_current(t)]
    return BoardView(
        clinic_name=desk.clinic.name,
        polis=tuple(_poli(of_poli, desk.rules.ratio) for of_poli in shown.values()),
        read_at=desk.now(),
        last_called=current[-1].label if current else None,
        calls=tuple(
            BoardCall(t.id, t.label, t.poli_name, t.poli_code in desk.rules.places, t.room, t.calls) for t in calls
        ),
    )


def _poli(tickets: list[Ticket], ratio: Ratio) -> BoardPoli:
    inside = sorted((t for t in tickets if _is_current(t)), key=lambda t: (_called_at(t), t.turn or 0), reverse=True)
    current = inside[0] if inside else None
    waiting = call_order(tickets, ratio)
    return BoardPoli(
        poli_name=tickets[0].poli_name,
        current=current.label if current else None,
        room=current.room if current else None,
        beside=tuple((t.label, t.room) for t in inside[1:] if current and t.room and t.room != current.room),
        following=tuple(t.label for t in waiting[:NEXT_SHOWN]),
        waiting=len(waiting),
    )


def _is_current(ticket: Ticket) -> bool:
    return ticket.state in (TicketState.CALLED, TicketState.SERVING)


def _called_at(ticket: Ticket) -> datetime:
    return ticket.called_at or ticket.serving_at or _EARLIEST
