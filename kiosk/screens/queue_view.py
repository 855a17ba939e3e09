"""How the queue looks: queues, counts, who is next, one line a number."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from kiosk.counter.call import STATE_TEXT
from kiosk.counter.waiting import QueueNow
from kiosk.domain.codes import PRIORITY_TEXT, Payer, Priority, TicketState
from kiosk.domain.queue import Ticket
from kiosk.domain.queue_wait import wait_text
from kiosk.widgets.lines import Line, Span, column, joined, width_of
from kiosk.widgets.rows import Row
from kiosk.widgets.words import poli_words

SIGNS: dict[TicketState, tuple[str, str]] = {
    TicketState.CALLED: ("!", "warn"),
    TicketState.SERVING: (">", "strong"),
    TicketState.WAITING: ("·", ""),
    TicketState.HELD: ("=", ""),
    TicketState.SKIPPED: ("-", ""),
    TicketState.DONE: ("+", "muted"),
    TicketState.CANCELLED: ("x", "muted"),
}
"""Sign and role of each state, in the order in which the list shows them; the word stands beside the sign."""

_ORDER = {state: place for place, state in enumerate(SIGNS)}
_WAITS = (TicketState.WAITING, TicketState.HELD, TicketState.SKIPPED)
_IN_ROOM = (TicketState.CALLED, TicketState.SERVING)
_LABEL, _STATE, _PLACE, _REMOTE, _WAIT, _UNTIL = 7, 11, 13, 7, 9, 9
_WIDE = 100
"""Cells from which the estimates have a column of their own."""


def waiting_text(since: datetime, now: datetime) -> str:
    """How long somebody waits: "12 mnt", from an hour on "1 j 05 mnt"."""
    minutes = max(int((now - since).total_seconds()) // 60, 0)
    return minutes_text(minutes) if minutes else "0 mnt"


def polis_of(tickets: Sequence[Ticket]) -> dict[str, str]:
    """Code and name of every queue that has numbers today, in the clinic's order."""
    return {ticket.poli_code: poli_words(ticket.poli_name) for ticket in tickets}


def in_order(tickets: Sequence[Ticket], order: Mapping[str, int]) -> list[Ticket]:
    """Who is in a room, who waits in the `order` of the calls, who is done; queue by queue."""
    return sorted(tickets, key=lambda t: (_ORDER.get(t.state, len(_ORDER)), _queue(t, tickets), order.get(t.id, 0)))


def in_need(tickets: Sequence[Ticket]) -> list[Ticket]:
    """The numbers of a day that is over: first those without a service, the cancelled ones last."""
    return sorted(tickets, key=lambda t: (t.state == TicketState.CANCELLED, t.has_visit or t.is_stop))


def _queue(ticket: Ticket, tickets: Sequence[Ticket]) -> int:
    """The place of its queue among those shown; 0 where order is of no use."""
    if ticket.state != TicketState.WAITING:
        return 0
    return list(polis_of(tickets)).index(ticket.poli_code)


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
            Span(f"{counts[state]} {STATE_TEXT[state]}", "strong" if state == TicketState.WAITING else "muted")
            for state in (*shown, TicketState.DONE, TicketState.CANCELLED)
            if counts[state] or state == TicketState.WAITING
        ]
    )


def next_line(now: QueueNow, poli: str | None, width: int) -> Line:
    """Who is called next in this queue (None: over all of them), and why; a long reason goes before a short one."""
    if poli not in now.following:
        return ()
    ticket, why = now.following[poli]
    where = f" {poli_words(ticket.poli_name)}" if poli is None and len(polis_of(now.tickets)) > 1 else ""
    soon = now.waits.get(ticket.id)
    shown = joined(
        [Span(f"Berikutnya {ticket.label}{where}: {why}", "ok"), Span(wait_text(soon) if soon else "", "muted")]
    )
    return shown if width_of(shown) <= width else shown[:1]


def name_width(width: int) -> int:
    """Cells for the name in a list `width` cells wide."""
    until = _UNTIL + 1 if width >= _WIDE else 0
    room = width - 2 - (_LABEL + _STATE + _PLACE + _REMOTE + _WAIT) - 5 - until
    return min(max(room, 12), 48)


def head_line(width: int) -> Line:
    """The names of the columns."""
    heads = [
        ("  Nomor", _LABEL + 2, False),
        ("Nama", name_width(width), False),
        ("Keadaan", _STATE, False),
        ("Di", _PLACE, False),
        ("P-Care", _REMOTE, False),
        ("Menunggu", _WAIT, True),
    ]
    if width >= _WIDE:
        heads.append(("Kira-kira", _UNTIL, True))
    return joined([column(text, width, "muted", right=right) for text, width, right in heads], " ")


def ticket_row(ticket: Ticket, queues: QueueNow, now: datetime | None, width: int, *, with_poli: bool) -> Row:
    """One number in a list `width` cells wide; `with_poli` when several queues are mixed, no `now` on another day."""
    until = queues.waits.get(ticket.id)
    sign, role = SIGNS.get(ticket.state, ("?", ""))
    waits = waiting_text(ticket.created_at, now) if now is not None and ticket.state in _WAITS else ""
    remote = "umum" if ticket.payer == Payer.GENERAL else (ticket.remote_number or "belum")
    cells = [
        column(ticket.label, _LABEL, "strong"),
        *_name(ticket, name_width(width)),
        column(f"{sign} {STATE_TEXT[ticket.state]}", _STATE, role),
        column(*_place(ticket, queues.away.get(ticket.id), with_poli, over=now is None)),
        column(remote, _REMOTE, "muted"),
        column(waits, _WAIT, right=True),
    ]
    if width >= _WIDE:
        cells.append(column("" if until is None else minutes_text(until), _UNTIL, "muted", right=True))
    return Row(ticket.id, tuple(part for cell in cells for part in (cell, Span(" ")))[:-1])


def _name(ticket: Ticket, width: int) -> tuple[Span, ...]:
    """The name, and its class at the right where it is not the ordinary one."""
    over = ticket.state in (TicketState.DONE, TicketState.CANCELLED)
    tag = "" if ticket.priority == Priority.ORDINARY else PRIORITY_TEXT[ticket.priority]
    if not tag:
        return (column(ticket.participant_name, width, "muted" if over else ""),)
    urgent = ticket.priority == Priority.EMERGENCY and not over
    return (
        column(ticket.participant_name, max(width - len(tag) - 1, 4), "muted" if over else ""),
        Span(tag.upper() if urgent else tag, "error" if urgent else "muted" if over else "warn"),
    )


def minutes_text(minutes: int) -> str:
    """An estimate in a narrow column: "segera", "25 mnt", "1 j 10"."""
    if minutes <= 0:
        return "segera"
    return f"{minutes} mnt" if minutes < 60 else f"{minutes // 60} j {minutes % 60:02d}"


def _place(ticket: Ticket, away: str | None, with_poli: bool, *, over: bool) -> tuple[str, int, str]:
    unserved = not (ticket.has_visit or ticket.is_stop or ticket.state == TicketState.CANCELLED)
    if over:
        return ("belum diisi", _PLACE, "warn") if unserved else (poli_words(ticket.poli_name), _PLACE, "muted")
    if away is not None and ticket.state == TicketState.HELD:
        return poli_words(away), _PLACE, "warn"
    if ticket.state in _IN_ROOM:
        return ticket.room or "", _PLACE, ""
    if ticket.state == TicketState.DONE and unserved:
        return "belum diisi", _PLACE, "warn"
    return poli_words(ticket.poli_name) if with_poli else "", _PLACE, "muted"
