"""What the public may see of the queue: numbers, rooms, never a name."""

from collections.abc import Sequence
from datetime import UTC, datetime

from kiosk.counter.desk import Desk
from kiosk.counter.views import BoardPoli, BoardView
from kiosk.domain.codes import TicketState
from kiosk.domain.queue import Ticket
from kiosk.store import queue

NEXT_SHOWN = 5
_EARLIEST = datetime.min.replace(tzinfo=UTC)


async def board(desk: Desk, polis: Sequence[str] = ()) -> BoardView:
    """The numbers called now and next, by poli; only `polis` when codes are given."""
    today = desk.today()
    tickets = await desk.read(lambda tx: queue.of_day(tx, today))
    shown: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        if not polis or ticket.poli_code in polis:
            shown.setdefault(ticket.poli_code, []).append(ticket)
    called = [t for of_poli in shown.values() for t in of_poli if _is_current(t)]
    last = max(called, key=_called_at, default=None)
    return BoardView(
        clinic_name=desk.clinic.name,
        polis=tuple(_poli(of_poli) for of_poli in shown.values()),
        read_at=desk.now(),
        last_called=last.label if last else None,
    )


def _poli(tickets: list[Ticket]) -> BoardPoli:
    current = max((t for t in tickets if _is_current(t)), key=_called_at, default=None)
    waiting = [t for t in tickets if t.state == TicketState.WAITING]
    return BoardPoli(
        poli_name=tickets[0].poli_name,
        current=current.label if current else None,
        room=current.room if current else None,
        following=tuple(t.label for t in waiting[:NEXT_SHOWN]),
        waiting=len(waiting),
        calls=sum(t.calls for t in tickets),
    )


def _is_current(ticket: Ticket) -> bool:
    return ticket.state in (TicketState.CALLED, TicketState.SERVING)


def _called_at(ticket: Ticket) -> datetime:
    return ticket.called_at or _EARLIEST
