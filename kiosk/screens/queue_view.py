"""How the queue looks: polis, counts, one line a number, and what can be done with the selected one."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.counter import call
from kiosk.counter.desk import Desk
from kiosk.domain.codes import Payer, TicketState
from kiosk.domain.queue import MOVES, Ticket
from kiosk.widgets.lines import Line, Span, column, joined, line, width_of
from kiosk.widgets.rows import Row
from kiosk.widgets.words import poli_words

SIGNS: dict[TicketState, tuple[str, str]] = {
    TicketState.CALLED: ("!", "warn"),
    TicketState.SERVING: (">", "strong"),
    TicketState.WAITING: ("·", ""),
    TicketState.HELD: ("=", ""),
    TicketState.SKIPPED: ("-", ""),
    TicketState.DONE: ("+", "muted"),
}
"""Sign and role of each state, in the order in which the list shows them; the word stands beside the sign."""

_ORDER = {state: place for place, state in enumerate(SIGNS)}
_WAITS = (TicketState.WAITING, TicketState.HELD, TicketState.SKIPPED)
_IN_ROOM = (TicketState.CALLED, TicketState.SERVING)
_LABEL, _STATE, _PLACE, _REMOTE, _WAIT = 7, 11, 13, 7, 9


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that can be done with the selected number."""

    key: str
    label: str
    to: TicketState
    function: Callable[[Desk, str], Awaitable[Ticket]]
    moves_on: bool
    """Whether the selection then goes to the number below: this one is dealt with."""


STEPS: dict[str, Step] = {
    "call": Step("P", "Panggil", TicketState.CALLED, call.call, False),
    "skip": Step("L", "Lewati", TicketState.SKIPPED, call.skip, True),
    "hold": Step("T", "Tahan", TicketState.HELD, call.hold, True),
    "finish": Step("S", "Selesai", TicketState.DONE, call.finish, True),
}


def waiting_text(since: datetime, now: datetime) -> str:
    """How long somebody waits: "12 mnt", from an hour on "1 j 05 mnt"."""
    minutes = max(int((now - since).total_seconds()) // 60, 0)
    return f"{minutes} mnt" if minutes < 60 else f"{minutes // 60} j {minutes % 60:02d}"


def polis_of(tickets: Sequence[Ticket]) -> dict[str, str]:
    """Code and name of every poli that has numbers today, in the clinic's order."""
    return {ticket.poli_code: poli_words(ticket.poli_name) for ticket in tickets}


def in_order(tickets: Sequence[Ticket]) -> list[Ticket]:
    """Who is in a room, who waits, who is done; each in order of number."""
    return sorted(tickets, key=lambda t: _ORDER.get(t.state, len(_ORDER)))


def tab_line(tickets: Sequence[Ticket], chosen: str | None, width: int) -> Line:
    """The polis with a digit and how many wait; the chosen one in brackets and always in sight."""
    tabs = [(None, "Semua"), *polis_of(tickets).items()]
    spans: list[list[Span]] = []
    for number, (code, name) in enumerate(tabs):
        waiting = sum(t.state == TicketState.WAITING and code in (None, t.poli_code) for t in tickets)
        digit = str(number) if number < 10 else " "
        text = f"{name} {waiting}"
        if code == chosen:
            spans.append([Span(f"[{digit} {text}]", "chosen"), Span(" ")])
        else:
            spans.append([Span(" "), Span(digit, "key"), Span(f" {text}  ")])
    room = max(width, 20)
    at = next(i for i, (code, _) in enumerate(tabs) if code == chosen)
    first = 0
    while first < at and sum(width_of(tuple(one)) for one in spans[first : at + 1]) > room:
        first += 1
    return tuple(span for one in spans[first:] for span in one)


def count_line(tickets: Sequence[Ticket]) -> Line:
    """How many stand in each state."""
    counts = Counter(t.state for t in tickets)
    shown = (TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.HELD, TicketState.SKIPPED)
    return joined(
        [
            Span(f"{counts[state]} {call.STATE_TEXT[state]}", "strong" if state == TicketState.WAITING else "muted")
            for state in (*shown, TicketState.DONE)
            if counts[state] or state == TicketState.WAITING
        ]
    )


def name_width(width: int) -> int:
    """Cells for the name in a list `width` cells wide."""
    room = width - 2 - (_LABEL + _STATE + _PLACE + _REMOTE + _WAIT) - 5
    return min(max(room, 12), 48)


def head_line(width: int) -> Line:
    """The names of the columns."""
    heads = (
        ("  Nomor", _LABEL + 2, False),
        ("Nama", name_width(width), False),
        ("Keadaan", _STATE, False),
        ("Di", _PLACE, False),
        ("P-Care", _REMOTE, False),
        ("Menunggu", _WAIT, True),
    )
    return joined([column(text, width, "muted", right=right) for text, width, right in heads], " ")


def ticket_row(ticket: Ticket, now: datetime, width: int, *, with_poli: bool) -> Row:
    """One number in a list `width` cells wide; `with_poli` when several polis are mixed."""
    sign, role = SIGNS.get(ticket.state, ("?", ""))
    waits = waiting_text(ticket.created_at, now) if ticket.state in _WAITS else ""
    remote = "umum" if ticket.payer == Payer.GENERAL else (ticket.remote_number or "belum")
    return Row(
        ticket.id,
        line(
            column(ticket.label, _LABEL, "strong"),
            " ",
            column(ticket.participant_name, name_width(width), "muted" if ticket.state == TicketState.DONE else ""),
            " ",
            column(f"{sign} {call.STATE_TEXT[ticket.state]}", _STATE, role),
            " ",
            column(*_place(ticket, with_poli)),
            " ",
            column(remote, _REMOTE, "muted"),
            " ",
            column(waits, _WAIT, right=True),
        ),
    )


def _place(ticket: Ticket, with_poli: bool) -> tuple[str, int, str]:
    if ticket.state in _IN_ROOM:
        return ticket.room or "", _PLACE, ""
    if ticket.state == TicketState.DONE and not ticket.has_visit:
        return "belum diisi", _PLACE, "warn"
    return poli_words(ticket.poli_name) if with_poli else "", _PLACE, "muted"


def step_line(ticket: Ticket | None) -> Line:
    """What the state of the selected number allows."""
    if ticket is None:
        return ()
    spans: list[Span] = [Span(f"{ticket.label}  ", "strong")]
    for step in STEPS.values():
        if step.to in MOVES[ticket.state]:
            again = " ulang" if step.to == TicketState.CALLED and ticket.calls else ""
            spans += [Span(step.key, "key"), Span(f" {step.label}{again}  ")]
    spans += [Span("Enter", "key"), Span(" Perbaiki layanan  " if ticket.has_visit else " Layani  ")]
    if ticket.has_visit:
        spans += [Span("O", "key"), Span(" Obat, tindakan, lab  ")]
    if TicketState.CANCELLED in MOVES[ticket.state]:
        spans += [Span("X", "key"), Span(" Batalkan")]
    return tuple(spans)
