"""What can be done with a number of the queue, by which key; the lines that tell it below the list."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kiosk.counter import call
from kiosk.counter.desk import Desk
from kiosk.domain.codes import TicketState
from kiosk.domain.people import Action
from kiosk.domain.queue import MOVES, OVER, WAY_BACK, Ticket
from kiosk.domain.queue_wait import wait_text
from kiosk.widgets.lines import Line, Span, column, joined, width_of


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that can be done with the selected number."""

    key: str
    label: str
    to: TicketState
    function: Callable[[Desk, str], Awaitable[Ticket]]
    moves_on: bool
    """Whether the selection then goes to the number below: this one is dealt with."""


_IN_ROOM = (TicketState.CALLED, TicketState.SERVING)

STEPS: dict[str, Step] = {
    "call": Step("P", "Panggil", TicketState.CALLED, call.call, False),
    "serve": Step("D", "Dilayani", TicketState.SERVING, call.serve_now, False),
    "skip": Step("L", "Lewati", TicketState.SKIPPED, call.skip, True),
    "hold": Step("T", "Tahan", TicketState.HELD, call.hold, True),
    "finish": Step("S", "Selesai", TicketState.DONE, call.finish, True),
}


def step_lines(
    ticket: Ticket | None, width: int, until: int | None, may: Callable[[Action], bool], *, over: bool = False
) -> tuple[Line, Line]:
    """What the state of the selected number allows, on two lines; the rest only where there is room for it.

    Only what the role permits (`may`). With `over` the day of the number is over: it is served and cancelled, but
    called no more.
    """
    if ticket is None:
        return (), ()
    if ticket.state == TicketState.CANCELLED:
        again = may(Action.REGISTER) and not over
        return _folded(_head(ticket, until), [("K", "Daftarkan lagi")] if again else [], width)
    parts = [] if over or not may(Action.CALL) else _calling(ticket)
    roomy = over or ticket.state == TicketState.DONE
    if may(Action.SERVE) and ticket.has_visit:
        parts.append(("Enter", "Perbaiki layanan" if roomy else "Perbaiki"))
        parts.append(("O", "Obat, tindakan, lab" if roomy else "Obat"))
    elif may(Action.SERVE):
        parts.append(("Enter", "Layani"))
    can_change = not ticket.is_stop and ticket.remote_number is None and ticket.state not in _IN_ROOM
    if can_change and may(Action.REGISTER):
        # In the room there are other keys enough; it works there too.
        parts.append(("U", "Ubah pendaftaran"))
    can_end = TicketState.CANCELLED in MOVES[ticket.state] and (ticket.is_stop or not ticket.has_visit)
    if can_end and may(Action.CALL if ticket.is_stop else Action.REGISTER):
        parts.append(("X", "Batalkan"))
    return _folded(_head(ticket, until), parts, width)


def _calling(ticket: Ticket) -> list[tuple[str, str]]:
    """Keys and words of what moves the number in its queue."""
    parts: list[tuple[str, str]] = []
    for step in STEPS.values():
        if step.to in MOVES[ticket.state]:
            again = " ulang" if step.to == TicketState.CALLED and ticket.calls else ""
            parts.append((step.key, f"{step.label}{again}"))
    if ticket.state in WAY_BACK:
        parts.append(("K", "Buka lagi" if ticket.state == TicketState.DONE else "Kembali antre"))
    parts.append(("A", "Alihkan"))
    if ticket.state not in OVER:
        parts.append(("R", "Prioritas"))
    return parts


def _head(ticket: Ticket, until: int | None) -> Line:
    said = "" if until is None else wait_text(until)
    return joined([Span(ticket.label, "strong"), Span(said, "muted")])


def _folded(head: Line, parts: list[tuple[str, str]], width: int) -> tuple[Line, Line]:
    """The keys behind the number, the second line below the first one's keys."""
    rows: list[list[Span]] = [[*head, Span("  ")], [column("", 7)]]
    at, gap = 0, ""
    for key, label in parts:
        spans = [Span(gap), Span(key, "key"), Span(f" {label}")]
        if width_of((*rows[at], *spans)) > width and at == 0:
            at, spans = 1, spans[1:]
        rows[at] += spans
        # The blanks stand before a key: behind the last one they could push it out of a full line.
        gap = "  "
    return tuple(rows[0]), tuple(rows[1]) if at else ()
