"""The queue: who waits where, in the order in which they are called; call, skip, hold, finish, serve, cancel."""

import time
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import Any, ClassVar, cast

from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kiosk.counter import call
from kiosk.counter.desk import Desk
from kiosk.counter.find import open_participant
from kiosk.counter.waiting import QueueNow, queue_now
from kiosk.domain.codes import TicketState
from kiosk.domain.people import Action
from kiosk.domain.queue import OVER, Ticket
from kiosk.screens.base import DeskScreen
from kiosk.screens.correcting import correct_registration_of
from kiosk.screens.queue_asks import ask_cancel, ask_place, ask_priority
from kiosk.screens.queue_days import choose_day, day_key, missing_lately, past_line
from kiosk.screens.queue_steps import STEPS, Step, step_lines
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

NEXT_PAUSE = 0.7
"""Seconds in which a second "next" is taken for a bouncing key: it would pass over a patient."""
WAIT_REFRESH = 20.0
"""Seconds between looks at the waiting times; they are shown in minutes."""
_EMPTY = "Tidak ada yang menunggu. Pasien didaftarkan lewat Cari (F3)."


class QueueScreen(DeskScreen):
    """The day's numbers by poli."""

    TITLE = "Antrean"
    KEYS = (
        ("N", "Panggil berikutnya"),
        ("← →", "Poli"),
        ("F3", "Cari"),
        ("F5", "Pelayanan"),
        ("F6", "Kiriman"),
        ("F1", "Bantuan"),
    )
    KEYS_PAST = (
        ("Enter", "Layani"),
        ("← →", "Poli"),
        ("H", "Hari lain"),
        ("Esc", "Hari ini"),
        ("F6", "Kiriman"),
        ("F1", "Bantuan"),
    )
    """The bottom line while the numbers of another day are shown."""
    HELP_LINES = (
        "N  memanggil nomor pada baris Berikutnya",
        "P  memanggil nomor yang dipilih, atau sekali lagi",
        "D  dilayani: pasien sudah di dalam",
        "L  lewati: tidak ada yang datang",
        "T  tahan: mengambil sesuatu atau menunggu hasil",
        "S  selesai di sini",
        "K  kembali antre: di tempat semula; yang dilewati setelah 3 nomor. Yang selesai dibuka lagi, yang batal"
        " didaftarkan lagi",
        "A  alihkan ke lab, farmasi, poli lain; nomornya tetap",
        "R  prioritas: lansia, hamil, difabel, balita, gawat",
        "Enter  membuka pelayanan nomor yang dipilih",
        "O  obat, tindakan, lab, bila pelayanannya tersimpan",
        "U  mengubah pendaftaran yang belum ada di P-Care: jaminan, poli, keluhan, …",
        "X  membatalkan; bertanya dulu",
        "H  hari lain: lembar kertas, rawat inap, yang belum diisi",
        "← →, angka  memilih antrean; 0 semua",
        "↑ ↓  memilih nomor; PgUp, PgDn satu halaman",
        "Esc, F10  kembali ke pencarian",
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,space", "next", show=False),
        *(Binding(step.key.lower(), f"step('{name}')", show=False) for name, step in STEPS.items()),
        Binding("o", "lines", show=False),
        Binding("k", "take_back", show=False),
        Binding("a", "send_on", show=False),
        Binding("r", "priority", show=False),
        Binding("x", "cancel", show=False),
        Binding("u", "correct", show=False),
        Binding("h", "other_day", show=False),
        Binding("left", "poli(-1)", show=False),
        Binding("right", "poli(1)", show=False),
        *(Binding(str(digit), f"poli_number({digit})", show=False) for digit in range(10)),
    ]

    DEFAULT_CSS = """
    QueueScreen .page { height: 1fr; padding: 1 1 1 1; }
    QueueScreen .tabs { height: 1; }
    QueueScreen .counts { height: 1; }
    QueueScreen .following { height: 1; }
    QueueScreen .heads { height: 1; }
    QueueScreen .steps { height: 2; margin-top: 1; }
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
        self._missing = 0
        self._let_go = False
        self._next_at = 0.0

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
        self.set_interval(WAIT_REFRESH, self._show)

    async def opened(self, **given: Any) -> None:
        """The numbers as they stand, of an earlier `day` too; `said` and `ticket_id` come from who led here."""
        self._rows.focus()
        self.say(str(given.get("said", "")), "ok")
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

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """A box was closed: meanwhile the store may have changed."""
        self.store_changed()

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
        self._steps.show(*step_lines(ticket, width, until, over=self._day is not None))

    @on(Rows.Highlighted)
    def _highlighted(self, event: Rows.Highlighted) -> None:
        event.stop()
        self._show_steps()

    # Another day

    def _show_day(self, day: date | None) -> None:
        """Today, or the numbers of an earlier day."""
        self._day = None if day == self.desk.today() else day
        self.key_line.keys(self.KEYS_PAST if self._day else self.KEYS)

    def _is_today(self) -> bool:
        """Whether numbers can be called; says what to do on another day."""
        if self._day is not None:
            self.say(
                "Nomor hari lain tidak dipanggil lagi: Enter mengisi pelayanannya, Esc kembali ke hari ini", "warn"
            )
        return self._day is None

    def action_other_day(self) -> None:
        """H: the numbers of a day that is over."""
        self.do(self._choose_day, group="way")

    async def _choose_day(self) -> None:
        day = await choose_day(self.app, self.desk)
        if day is not None:
            self._poli = None
            await self.opened(day=day)

    def action_back(self) -> None:
        """Esc, F10: from another day to today, from today home."""
        if self._day is None:
            super().action_back()
        else:
            self.do(self.opened, group="way")

    # What is done

    def action_poli(self, by: int) -> None:
        """The poli beside the chosen one."""
        codes = [None, *polis_of(self._now.tickets)]
        self._choose(codes[(codes.index(self._poli) + by) % len(codes)])

    def action_poli_number(self, number: int) -> None:
        """The poli with this digit; 0 shows all."""
        codes = [None, *polis_of(self._now.tickets)]
        if number < len(codes):
            self._choose(codes[number])

    def _choose(self, poli: str | None) -> None:
        self._poli = poli
        self.say("")
        self._show()

    def action_next(self) -> None:
        """N: the first who waits."""
        if self._is_today() and time.monotonic() - self._next_at >= NEXT_PAUSE:
            self._next_at = time.monotonic()
            self.do(self._next)

    async def _next(self) -> None:
        ticket = await call.call_next(self.desk, self._poli)
        await self._load()
        if ticket is None:
            where = "" if self._poli is None else f" di {polis_of(self._now.tickets).get(self._poli, '')}"
            self.say(f"Tidak ada lagi yang menunggu{where}", "muted")
        else:
            self._rows.select(ticket.id)
            self.say(f"{ticket.label} dipanggil ke {ticket.room}", "ok")

    def action_step(self, name: str) -> None:
        """P, D, L, T, S on the selected number."""
        if (ticket := self.selected) is not None and self._is_today():
            self.do(partial(self._step, STEPS[name], ticket))

    async def _step(self, step: Step, ticket: Ticket) -> None:
        keys = [row.key for row in self._rows.rows]
        again = step.to == TicketState.CALLED and ticket.calls > 0
        same_room = again and ticket.state == TicketState.CALLED and ticket.room == self.desk.station
        moved = await (call.recall if same_room else step.function)(self.desk, ticket.id)
        await self._load()
        below = keys.index(ticket.id) + 1 if ticket.id in keys else len(keys)
        if step.moves_on and below < len(keys) and self._rows.selected == ticket.id:
            self._rows.select(keys[below])
        if step.to == TicketState.CALLED:
            self.say(f"{moved.label} dipanggil {'lagi ' if again else ''}ke {moved.room}", "ok")
        else:
            self.say(f"{moved.label} {call.STATE_TEXT[moved.state]}", "ok")

    @on(Rows.Chosen)
    def _open(self, event: Rows.Chosen) -> None:
        event.stop()
        if self._may_serve():
            self.do(partial(self.station.go, "service", ticket_id=event.key), group="way")

    def _may_serve(self) -> bool:
        operator = self.desk.operator
        allowed = operator is None or operator.may(Action.SERVE)
        if not allowed:
            self.say("Pelayanan diisi oleh perawat atau dokter", "muted")
        return allowed

    def action_lines(self) -> None:
        """O: drugs, procedures and results of a number whose service is saved."""
        ticket = self.selected
        if ticket is None or not self._may_serve():
            return
        if ticket.has_visit:
            self.do(partial(self._lines, ticket), group="way")
        else:
            self.say(f"{ticket.label}: simpan pelayanannya dulu (Enter)", "muted")

    async def _lines(self, ticket: Ticket) -> None:
        with self.station.keys_held():
            await self.station.go("visit_lines", ticket_id=ticket.id, from_queue=True)

    def action_take_back(self) -> None:
        """K: what was done with the number is taken back."""
        if (ticket := self.selected) is None or not self._is_today():
            return
        if ticket.state == TicketState.CANCELLED and not ticket.is_stop:
            self.do(partial(self._register_again, ticket), group="way")
        else:
            self.do(partial(self._take_back, ticket))

    async def _take_back(self, ticket: Ticket) -> None:
        back = await call.take_back(self.desk, ticket.id)
        await self._load()
        if back.state == TicketState.WAITING:
            self.say(f"{back.label} antre lagi", "ok")
        else:
            self.say(f"{back.label} dibuka lagi", "ok")

    async def _register_again(self, ticket: Ticket) -> None:
        """A cancelled number is never given again: the way back is the form, with the person."""
        card = await open_participant(self.desk, ticket.participant_id)
        with self.station.keys_held():
            await self.station.go("registration", card=card)

    def action_priority(self) -> None:
        """R: another class."""
        if (ticket := self.selected) is not None and ticket.state not in OVER and self._is_today():
            self.do(partial(self._asked, ask_priority, ticket))

    def action_send_on(self) -> None:
        """A: to the laboratory, the pharmacy, another poli."""
        if (ticket := self.selected) is not None and ticket.state != TicketState.CANCELLED and self._is_today():
            self.do(partial(self._asked, ask_place, ticket))

    def action_correct(self) -> None:
        """U: the form of the registration, as long as P-Care does not have it."""
        ticket, operator = self.selected, self.desk.operator
        if ticket is None or ticket.state == TicketState.CANCELLED:
            return
        if operator is None or operator.may(Action.REGISTER):
            self.do(partial(correct_registration_of, self, ticket.registration_id, ticket.day, "queue"), group="way")
        else:
            self.say("Pendaftaran diubah oleh petugas loket", "muted")

    def action_cancel(self) -> None:
        """X: the registration, or only the stop."""
        if (ticket := self.selected) is not None and ticket.state != TicketState.CANCELLED:
            self.do(partial(self._asked, ask_cancel, ticket))

    async def _asked(self, question: Callable[[App[None], Desk, Ticket], Awaitable[str]], ticket: Ticket) -> None:
        if said := await question(self.app, self.desk, ticket):
            await self._load()
            self.say(said, "ok")
