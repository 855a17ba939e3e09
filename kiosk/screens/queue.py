"""The queue: who waits where, in the order in which they are called; call, skip, hold, finish, serve, cancel."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kiosk.counter import call
from kiosk.counter.desk import Desk
from kiosk.counter.register import cancel_registration
from kiosk.domain.codes import Payer, TicketState
from kiosk.domain.people import Action
from kiosk.domain.queue import MOVES, Ticket
from kiosk.screens.base import DeskScreen
from kiosk.widgets.choice import Choice
from kiosk.widgets.dialogs import ask
from kiosk.widgets.lines import Line, Lines, Span, column, joined, line, width_of
from kiosk.widgets.rows import Row, Rows
from kiosk.widgets.words import poli_words

NEXT_PAUSE = 0.7
"""Seconds in which a second "next" is taken for a bouncing key: it would pass over a patient."""
WAIT_REFRESH = 20.0
"""Seconds between looks at the waiting times; they are shown in minutes."""

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
    HELP_LINES = (
        "N  memanggil nomor berikutnya dari poli yang tampil",
        "P  memanggil nomor yang dipilih, atau memanggilnya sekali lagi",
        "L  lewati: tidak ada yang datang; tetap di daftar dan bisa dipanggil lagi",
        "T  tahan: sedang mengambil sesuatu atau menunggu hasil",
        "S  selesai di poli ini",
        "Enter  membuka pelayanan nomor yang dipilih",
        "X  membatalkan pendaftaran nomor yang dipilih; bertanya dulu",
        "",
        "← →, angka  memilih poli; 0 semua poli",
        "↑ ↓  memilih nomor; PgUp, PgDn satu halaman",
        "Esc, F10  kembali ke pencarian",
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,space", "next", show=False),
        *(Binding(step.key.lower(), f"step('{name}')", show=False) for name, step in STEPS.items()),
        Binding("x", "cancel_registration", show=False),
        Binding("left", "poli(-1)", show=False),
        Binding("right", "poli(1)", show=False),
        *(Binding(str(digit), f"poli_number({digit})", show=False) for digit in range(10)),
    ]

    DEFAULT_CSS = """
    QueueScreen .page { height: 1fr; padding: 1 1 1 1; }
    QueueScreen .tabs { height: 1; }
    QueueScreen .counts { height: 1; margin-bottom: 1; }
    QueueScreen .heads { height: 1; }
    QueueScreen .steps { height: 1; margin-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._tabs = Lines(classes="tabs")
        self._counts = Lines(classes="counts")
        self._heads = Lines(classes="heads")
        self._rows = Rows()
        self._steps = Lines(classes="steps")
        self._tickets: tuple[Ticket, ...] = ()
        self._poli: str | None = None
        self._next_at = 0.0

    def body(self) -> ComposeResult:
        """Polis, counts, numbers, and what can be done with the selected one."""
        with Vertical(classes="page"):
            yield self._tabs
            yield self._counts
            yield self._heads
            yield self._rows
            yield self._steps

    def on_mount(self) -> None:
        """Waiting times grow without anybody doing anything."""
        self.set_interval(WAIT_REFRESH, self._show)

    async def opened(self, **given: Any) -> None:
        """The numbers as they stand; `said` is a sentence of the screen that led here, `ticket_id` the one it means."""
        self._rows.focus()
        self.say(str(given.get("said", "")), "ok")
        await self._load()
        if (ticket_id := given.get("ticket_id")) is not None:
            self._poli = None
            self._show()
            self._rows.select(str(ticket_id))

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """A box was closed: meanwhile the store may have changed."""
        self.store_changed()

    def store_changed(self) -> None:
        """Another counter called or registered somebody."""
        self.do(self._load(), group="load", exclusive=True)

    def on_resize(self, event: events.Resize) -> None:
        """Another width has other columns."""
        self.call_after_refresh(self._show)

    # What is shown

    @property
    def selected(self) -> Ticket | None:
        """The selected number."""
        return next((t for t in self._tickets if t.id == self._rows.selected), None)

    @property
    def _polis(self) -> dict[str, str]:
        """Code and name of every poli that has numbers today, in the clinic's order."""
        return {ticket.poli_code: poli_words(ticket.poli_name) for ticket in self._tickets}

    @property
    def _seen(self) -> list[Ticket]:
        """The numbers of the chosen poli: who is in a room, who waits, who is done; each in order of number."""
        mine = [t for t in self._tickets if self._poli in (None, t.poli_code)]
        return sorted(mine, key=lambda t: _ORDER.get(t.state, len(_ORDER)))

    async def _load(self) -> None:
        self._tickets = await call.queue(self.desk)
        if self._poli not in self._polis:
            self._poli = None
        self._show()

    def _show(self) -> None:
        if not self.is_current:
            return
        tickets = self._seen
        now = self.desk.now()
        self._tabs.show(self._tab_line())
        self._counts.show(self._count_line(tickets))
        self._rows.empty = "Tidak ada yang menunggu. Nomor muncul di sini begitu seseorang didaftarkan (F3)."
        name_width = self._name_width()
        self._heads.show(self._head_line(name_width) if tickets else ())
        keys = [row.key for row in self._rows.rows]
        before = self._rows.selected
        self._rows.show_rows([self._row(ticket, now, name_width) for ticket in tickets])
        if before is not None and before != self._rows.selected and tickets:
            # Its number left the list: the selection stays at the same height instead of jumping to the top.
            self._rows.select(tickets[min(keys.index(before), len(tickets) - 1)].id)
        self._show_steps()

    def _tab_line(self) -> Line:
        tabs = [(None, "Semua"), *self._polis.items()]
        spans: list[list[Span]] = []
        for number, (code, name) in enumerate(tabs):
            waiting = sum(t.state == TicketState.WAITING and code in (None, t.poli_code) for t in self._tickets)
            digit = str(number) if number < 10 else " "
            text = f"{name} {waiting}"
            if code == self._poli:
                spans.append([Span(f"[{digit} {text}]", "chosen"), Span(" ")])
            else:
                spans.append([Span(" "), Span(digit, "key"), Span(f" {text}  ")])
        room = max(self._tabs.content_size.width, 20)
        at = next(i for i, (code, _) in enumerate(tabs) if code == self._poli)
        first = 0
        while first < at and sum(width_of(tuple(one)) for one in spans[first : at + 1]) > room:
            first += 1
        return tuple(span for one in spans[first:] for span in one)

    def _count_line(self, tickets: Sequence[Ticket]) -> Line:
        counts = Counter(t.state for t in tickets)
        shown = (TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.HELD, TicketState.SKIPPED)
        return joined(
            [
                Span(f"{counts[state]} {call.STATE_TEXT[state]}", "strong" if state == TicketState.WAITING else "muted")
                for state in (*shown, TicketState.DONE)
                if counts[state] or state == TicketState.WAITING
            ]
        )

    def _name_width(self) -> int:
        room = self._rows.content_size.width - 2 - (_LABEL + _STATE + _PLACE + _REMOTE + _WAIT) - 5
        return min(max(room, 12), 48)

    def _head_line(self, name_width: int) -> Line:
        heads = (
            ("  Nomor", _LABEL + 2, False),
            ("Nama", name_width, False),
            ("Keadaan", _STATE, False),
            ("Di", _PLACE, False),
            ("P-Care", _REMOTE, False),
            ("Menunggu", _WAIT, True),
        )
        return joined([column(text, width, "muted", right=right) for text, width, right in heads], " ")

    def _row(self, ticket: Ticket, now: datetime, name_width: int) -> Row:
        sign, role = SIGNS.get(ticket.state, ("?", ""))
        waits = waiting_text(ticket.created_at, now) if ticket.state in _WAITS else ""
        remote = "umum" if ticket.payer == Payer.GENERAL else (ticket.remote_number or "belum")
        return Row(
            ticket.id,
            line(
                column(ticket.label, _LABEL, "strong"),
                " ",
                column(ticket.participant_name, name_width, "muted" if ticket.state == TicketState.DONE else ""),
                " ",
                column(f"{sign} {call.STATE_TEXT[ticket.state]}", _STATE, role),
                " ",
                column(*self._place(ticket)),
                " ",
                column(remote, _REMOTE, "muted"),
                " ",
                column(waits, _WAIT, right=True),
            ),
        )

    def _place(self, ticket: Ticket) -> tuple[str, int, str]:
        if ticket.state in _IN_ROOM:
            return ticket.room or "", _PLACE, ""
        if ticket.state == TicketState.DONE and not ticket.has_visit:
            return "belum diisi", _PLACE, "warn"
        return poli_words(ticket.poli_name) if self._poli is None else "", _PLACE, "muted"

    def _show_steps(self) -> None:
        ticket = self.selected
        if ticket is None:
            self._steps.show(())
            return
        spans: list[Span] = [Span(f"{ticket.label}  ", "strong")]
        for step in STEPS.values():
            if step.to in MOVES[ticket.state]:
                again = " ulang" if step.to == TicketState.CALLED and ticket.calls else ""
                spans += [Span(step.key, "key"), Span(f" {step.label}{again}  ")]
        spans += [Span("Enter", "key"), Span(" Perbaiki layanan  " if ticket.has_visit else " Layani  ")]
        if TicketState.CANCELLED in MOVES[ticket.state]:
            spans += [Span("X", "key"), Span(" Batalkan")]
        self._steps.show(tuple(spans))

    @on(Rows.Highlighted)
    def _highlighted(self, event: Rows.Highlighted) -> None:
        event.stop()
        self._show_steps()

    # What is done

    def action_poli(self, by: int) -> None:
        """The poli beside the chosen one."""
        codes = [None, *self._polis]
        self._choose(codes[(codes.index(self._poli) + by) % len(codes)])

    def action_poli_number(self, number: int) -> None:
        """The poli with this digit; 0 shows all."""
        codes = [None, *self._polis]
        if number < len(codes):
            self._choose(codes[number])

    def _choose(self, poli: str | None) -> None:
        self._poli = poli
        self.say("")
        self._show()

    def action_next(self) -> None:
        """N: the first who waits."""
        if time.monotonic() - self._next_at >= NEXT_PAUSE:
            self._next_at = time.monotonic()
            self.do(self._next())

    async def _next(self) -> None:
        ticket = await call.call_next(self.desk, self._poli)
        await self._load()
        if ticket is None:
            where = "" if self._poli is None else f" di {self._polis.get(self._poli, '')}"
            self.say(f"Tidak ada lagi yang menunggu{where}", "muted")
        else:
            self._rows.select(ticket.id)
            self.say(f"{ticket.label} dipanggil ke {ticket.room}", "ok")

    def action_step(self, name: str) -> None:
        """P, L, T, S on the selected number."""
        if (ticket := self.selected) is not None:
            self.do(self._step(STEPS[name], ticket))

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
        operator = self.desk.operator
        if operator is not None and not operator.may(Action.SERVE):
            self.say("Pelayanan diisi oleh perawat atau dokter", "muted")
            return
        self.do(self.station.go("service", ticket_id=event.key), group="way")

    def action_cancel_registration(self) -> None:
        """X: after a question."""
        if (ticket := self.selected) is not None:
            self.do(self._cancel(ticket))

    async def _cancel(self, ticket: Ticket) -> None:
        told = "Pembatalan juga disampaikan ke P-Care." if ticket.payer == Payer.BPJS else ""
        answer = await ask(
            self.app,
            f"Batalkan pendaftaran {ticket.label}?",
            f"{ticket.participant_name} · {ticket.poli_name}",
            f"Nomornya tidak dipakai lagi. {told}".strip(),
            answers=(Choice("yes", "Ya, batalkan", "y"), Choice("no", "Tidak", "t")),
        )
        if answer == "yes":
            await cancel_registration(self.desk, ticket.registration_id)
            await self._load()
            self.say(f"{ticket.label} dibatalkan", "ok")
