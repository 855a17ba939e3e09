"""The question for a queue number, and the numbers that are likely meant: in the room, or begun and not saved."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from kiosk.counter.call import queue
from kiosk.counter.desk import Desk
from kiosk.counter.service_draft import Unfinished, unfinished
from kiosk.domain.codes import TicketState
from kiosk.domain.day import clock_text, day_text
from kiosk.domain.queue import Ticket
from kiosk.widgets.field import TextField
from kiosk.widgets.form import Form
from kiosk.widgets.lines import Line, Lines, Span, joined, line
from kiosk.widgets.words import poli_words

MOST = 5
"""Numbers of one kind that are listed."""


class NumberQuestion(Vertical):
    """One field; below it who is in the room and which services are half typed."""

    DEFAULT_CSS = """
    NumberQuestion { height: 1fr; align: center middle; padding: 0 1; }
    NumberQuestion > Lines, NumberQuestion > Form { width: 66; }
    """

    @dataclass
    class Typed(Message):
        """A number was typed."""

        label: str
        """As it was typed."""

    def __init__(self) -> None:
        super().__init__()
        self._form = Form()
        self._near = Lines()

    def compose(self) -> ComposeResult:
        """Title, field, numbers."""
        yield Lines((line(Span("Buka pelayanan", "title")), ()))
        with self._form:
            yield TextField("label", "Nomor antrean", width=12, max_length=12, required=True, select_on_focus=True)
        yield self._near

    async def ask(self, desk: Desk) -> None:
        """Start anew with what the store knows now."""
        self._form.start()
        begun = {one.ticket.id: one for one in await unfinished(desk)}
        here = [t for t in await queue(desk) if t.state in (TicketState.CALLED, TicketState.SERVING)]
        known = {ticket.id for ticket in here}
        others = [one.ticket for one in begun.values() if one.ticket.id not in known]
        rows: list[Line] = []
        for title, tickets in (("Sedang di ruang pelayanan", here), ("Pelayanan belum disimpan", others)):
            if tickets:
                rows += [(), line(Span(title, "muted"))]
                rows += [_row(ticket, begun.get(ticket.id), desk) for ticket in tickets[:MOST]]
        rows += [(), line(Span("Hari lain: F4, lalu H", "muted"))]
        self._near.show(*rows)

    @property
    def busy(self) -> bool:
        """Whether a number is being looked up."""
        return self._form.busy

    @busy.setter
    def busy(self, busy: bool) -> None:
        self._form.busy = busy

    def problem(self, message: str) -> None:
        """The number leads nowhere."""
        self._form.problem("label", message)

    @on(Form.Save)
    def _typed(self, event: Form.Save) -> None:
        event.stop()
        if (found := self._form.values()) is not None:
            self.post_message(self.Typed(str(found["label"])))


def _row(ticket: Ticket, begun: Unfinished | None, desk: Desk) -> Line:
    told = ""
    if ticket.day != desk.today():
        told = f"tanggal {day_text(ticket.day)}"
    elif begun is not None:
        who = f"diisi {begun.saved_by}" if begun.saved_by else "diisi"
        told = f"{who} {clock_text(begun.saved_at, desk.zone)}"
    words = joined([ticket.participant_name, poli_words(ticket.poli_name), Span(told, "muted")])
    return (Span(f"{ticket.label}  ", "strong"), *words)
