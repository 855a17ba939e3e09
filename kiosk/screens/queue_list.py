"""The numbers of a day as the queue lists them: queues, counts, who is next, one line a number, what can be done."""

from datetime import date
from typing import Any, ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.counter.waiting import QueueNow, queue_now
from kiosk.domain.codes import TicketState
from kiosk.domain.queue import Ticket
from kiosk.screens.base import DeskScreen, Keys
from kiosk.screens.queue_days import day_key, missing_lately, past_line
from kiosk.screens.queue_steps import step_lines
from kiosk.screens.queue_view import (
    count_line,
    head_line,
    in_need,
    in_order,
    next_line,
    polis_of,
    tab_line,
    ticket_row,
)
from kiosk.widgets.lines import Lines
from kiosk.widgets.rows import Rows

WAIT_REFRESH = 20.0
"""Seconds between looks at the waiting times; they are shown in minutes."""
_EMPTY = "Tidak ada yang menunggu. Pasien didaftarkan lewat Cari (F3)."


class QueueList(DeskScreen):
    """What is shown of a day's numbers; what is done with them is its subclass's."""

    KEYS_PAST: ClassVar[Keys] = ()
    """The bottom line while the numbers of another day are shown."""

    DEFAULT_CSS = """
    QueueList .page { height: 1fr; padding: 1 1 1 1; }
    QueueList .tabs { height: 1; }
    QueueList .counts { height: 1; }
    QueueList .following { height: 1; }
    QueueList .heads { height: 1; }
    QueueList .steps { height: 2; margin-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._tabs = Lines(classes="tabs")
        self._counts = Lines(classes="counts")
        self._following = Lines(classes="following")
        self._heads = Lines(classes="heads")
        self._rows = Rows()
        self._steps = Lines(classes="steps")
        self._now = QueueNow((), {}, {}, {}, {})
        self._poli: str | None = None
        self._day: date | None = None
        """The day that is shown when it is not today."""
        self._read_on: date | None = None
        """Which day it was when the numbers were read."""
        self._missing = 0
        self._let_go = False
        self._next_at = 0.0
        self._said_at: str | None = None
        """The number that was selected when the sentence above the keys was said."""

    def body(self) -> ComposeResult:
        """Queues, counts, who is next, numbers, and what can be done with the selected one."""
        with Vertical(classes="page"):
            yield self._tabs
            yield self._counts
            yield self._following
            yield Lines(classes="breath")
            yield self._heads
            yield self._rows
            yield self._steps

    def on_mount(self) -> None:
        """Waiting times grow without anybody doing anything."""
        self.set_interval(WAIT_REFRESH, self.look)

    def look(self) -> None:
        """The waiting times of now; after midnight the numbers of the new day."""
        if self.is_current and self._read_on != self.desk.today():
            self.store_changed()
        else:
            self._show()

    async def opened(self, **given: Any) -> None:
        """The numbers as they stand, of an earlier `day` too; `said` and `ticket_id` come from who led here."""
        self._rows.focus()
        self.say("")
        self._show_day(cast("date | None", given.get("day")))
        self._missing = await missing_lately(self.desk)
        await self._load()
        if (ticket_id := given.get("ticket_id")) is not None:
            self._poli = None
            self._show()
            self._rows.select(str(ticket_id))
        elif self._day is not None and (rows := self._rows.rows):
            # The next one whose service is missing.
            self._rows.select(rows[0].key)
        self.say(str(given.get("said", "")), "ok")

    def say(self, text: str, role: str = "") -> None:
        """As everywhere; it goes when another number is selected."""
        self._said_at = self._rows.selected
        super().say(text, role)

    def store_changed(self) -> None:
        """Another counter called or registered somebody."""
        self.do(self._load, group="load", exclusive=True)

    def on_resize(self, event: events.Resize) -> None:
        """Another width has other columns."""
        self.call_after_refresh(self._show)

    # What is shown

    @property
    def selected(self) -> Ticket | None:
        """The selected number."""
        return next((t for t in self._now.tickets if t.id == self._rows.selected), None)

    @property
    def _seen(self) -> list[Ticket]:
        """The numbers of the chosen queue."""
        found = [t for t in self._now.tickets if self._poli in (None, t.poli_code)]
        return in_order(found, self._now.order) if self._day is None else in_need(found)

    async def _load(self) -> None:
        before = self.selected
        self._read_on = self.desk.today()
        self._now = await queue_now(self.desk, self._day)
        after = self.selected
        self._let_go = (
            before is not None
            and before.state != TicketState.CANCELLED
            and (after is None or after.state == TicketState.CANCELLED)
        )
        if self._poli not in polis_of(self._now.tickets):
            self._poli = None
        self._show()

    def _show(self) -> None:
        if not self.is_current:
            return
        tickets = self._seen
        now, width = self.desk.now() if self._day is None else None, self._rows.content_size.width
        self._tabs.show(tab_line(self._now.tickets, self._poli, width))
        self._counts.show((*count_line(tickets), *day_key(self._missing if self._day is None else 0)))
        self._following.show(past_line(self._day, tickets) if self._day else next_line(self._now, self._poli, width))
        self._rows.empty = "Tidak ada nomor." if self._day else _EMPTY
        self._heads.show(head_line(width) if tickets else ())
        keys = [row.key for row in self._rows.rows]
        before = self._rows.selected
        mixed = self._poli is None
        self._rows.show_rows([ticket_row(t, self._now, now, width, with_poli=mixed) for t in tickets])
        if before is not None and tickets and (self._let_go or before != self._rows.selected):
            # Its number was taken back: the selection stays at the same height instead of following it.
            self._rows.select(tickets[min(keys.index(before), len(tickets) - 1)].id)
        self._let_go = False
        self._show_steps()

    def _show_steps(self) -> None:
        ticket, width = self.selected, self._rows.content_size.width
        until = self._now.waits.get(ticket.id) if ticket else None
        self._steps.show(*step_lines(ticket, width, until, self.may, over=self._day is not None))

    @on(Rows.Highlighted)
    def _highlighted(self, event: Rows.Highlighted) -> None:
        event.stop()
        if self._rows.selected != self._said_at:
            self.say("")
        self._show_steps()

    def _show_day(self, day: date | None) -> None:
        """Today, or the numbers of an earlier day."""
        self._day = None if day == self.desk.today() else day
        self.show_keys(self.KEYS_PAST if self._day else self.KEYS)
