"""The outbox (kiriman): what is on its way to P-Care, why it stands where it stands, and what to do about it."""

from functools import partial
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kiosk.counter.call import queue
from kiosk.counter.days import missing_this_month
from kiosk.counter.errors import InvalidField
from kiosk.counter.month_end import month_end
from kiosk.counter.outbox import give_up, outbox, retry_now, take_back
from kiosk.counter.reasons import KIND_TEXT, NOT_NOW
from kiosk.counter.shift import shift_lines, shift_report
from kiosk.counter.views import MonthEnd, OutboxRow
from kiosk.domain.codes import QUEUE_KINDS, OutboxKind, OutboxState
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.people import Action
from kiosk.domain.queue import Ticket
from kiosk.screens.base import DeskScreen
from kiosk.screens.correcting import correct_registration_of
from kiosk.screens.outbox_view import (
    GIVE_UP_REASONS,
    HANGING_TEXT,
    SIGNS,
    detail_lines,
    empty_words,
    item_title,
    month_line,
    outbox_line,
    service_name,
    tab_lines,
)
from kiosk.widgets.dialogs import show_report
from kiosk.widgets.lines import Lines
from kiosk.widgets.reason import ask_reason
from kiosk.widgets.rows import Rows

AGE_REFRESH = 20.0
"""Seconds between looks at the ages, which are shown in minutes."""
DELETIONS = frozenset(kind for kind in OutboxKind if kind.endswith((".delete", ".cancel")) and kind not in QUEUE_KINDS)
_ON_ITS_WAY = (OutboxState.SENDING, OutboxState.UNKNOWN, OutboxState.DONE)


class OutboxScreen(DeskScreen):
    """All that is open, and what ended today."""

    TITLE = "Kiriman ke P-Care"
    KEYS = (
        ("Enter", "Perbaiki"),
        ("K", "Kirim lagi"),
        ("S", "Serahkan"),
        ("U", "Urungkan"),
        ("← →", "Keadaan"),
        ("F1", "Bantuan"),
    )
    NEEDS = {
        "Enter": frozenset({Action.REGISTER, Action.SERVE}),
        **dict.fromkeys("KSU", Action.OUTBOX_DECIDE),
    }
    HELP_LINES = (
        "Semua yang disimpan dikirim dengan sendirinya, juga setelah putus. Yang perlu tindakan ada di atas;"
        " sebab dan langkahnya di bawah.",
        "",
        "Enter  membuka formulir yang ditolak: pendaftaran, pelayanan, obat, tindakan, atau lab; setelah disimpan"
        " dikirim lagi",
        "K  kirim lagi sekarang, tanpa menunggu",
        "S  serahkan: tidak dikirim lagi; alasan dan nama Anda dicatat",
        "U  mengurungkan yang diserahkan hari ini: kembali seperti semula",
        "← →, angka  menyaring menurut keadaan; 0 semua",
        "L  laporan giliran: angka hari ini, dan kepala catatan audit untuk ditulis",
        "↑ ↓  memilih kiriman; PgUp, PgDn satu halaman",
        "Esc, F10  kembali ke pencarian",
        "",
        "Belum pasti: P-Care mungkin sudah menerimanya. Loket memeriksa dulu, tidak mengirim dua kali. Tunggu saja.",
        "Batas entri: sampai tanggal itu P-Care menerima pelayanan bulan tersebut. Belum diisi: peserta tanpa"
        " pelayanan; buka harinya dengan F4, H.",
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "retry", show=False),
        Binding("s", "give_up", show=False),
        Binding("u", "take_back", show=False),
        Binding("l", "shift", show=False),
        Binding("left", "filter(-1)", show=False),
        Binding("right", "filter(1)", show=False),
        *(Binding(str(digit), f"filter_number({digit})", show=False) for digit in range(len(SIGNS) + 1)),
    ]

    DEFAULT_CSS = """
    OutboxScreen .page { height: 1fr; padding: 1 1 1 1; }
    OutboxScreen .month { height: 1; }
    OutboxScreen.-roomy Rows { margin-top: 1; }
    OutboxScreen .detail { height: 8; padding-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._tabs = Lines(classes="tabs")
        self._month = Lines(classes="month")
        self._rows = Rows()
        self._detail = Lines(classes="detail")
        self._all: tuple[OutboxRow, ...] = ()
        self._end: MonthEnd | None = None
        self._missing = 0
        """Services of the month that were not entered, as of when the screen was opened."""
        self._state: OutboxState | None = None
        self._said_at: str | None = None
        """The item that was selected when the sentence above the keys was said."""

    def body(self) -> ComposeResult:
        """States, the month's deadline, rows, and everything on the selected one."""
        with Vertical(classes="page"):
            yield self._tabs
            yield self._month
            yield self._rows
            yield self._detail

    def on_mount(self) -> None:
        """Ages grow by themselves."""
        self.set_interval(AGE_REFRESH, self._show)

    async def opened(self, **given: Any) -> None:
        """Everything, what needs a person first; `said` comes from a screen that leads back to where one was."""
        self._state = None
        self._rows.focus()
        self.say("")
        self._missing = await missing_this_month(self.desk)
        await self._load()
        if "said" not in given and (rows := self._rows.rows):
            self._rows.select(rows[0].key)
        self.say(str(given.get("said", "")), "ok")

    def say(self, text: str, role: str = "") -> None:
        """As everywhere; it goes when another item is selected."""
        self._said_at = self._rows.selected
        super().say(text, role)

    def action_shift(self) -> None:
        """L: the shift report."""
        self.do(self._shift, group="shift", exclusive=True)

    async def _shift(self) -> None:
        shift = await shift_report(self.desk)
        show_report(self.app, *shift_lines(shift))

    def store_changed(self) -> None:
        """Something was sent, answered or saved."""
        self.do(self._load, group="load", exclusive=True)

    def on_resize(self, event: events.Resize) -> None:
        """Another width has other columns."""
        self.call_after_refresh(self._show)

    # What is shown

    @property
    def selected(self) -> OutboxRow | None:
        """The selected item."""
        return next((row for row in self._all if row.item.id == self._rows.selected), None)

    async def _load(self) -> None:
        self._all, self._end = await outbox(self.desk), await month_end(self.desk)
        self._show()

    def _show(self) -> None:
        if not self.is_current:
            return
        order = list(SIGNS)
        rows = [row for row in self._all if self._state in (None, row.item.state)]
        rows.sort(key=lambda row: order.index(row.item.state))
        now, zone, width = self.desk.now(), self.desk.zone, self._rows.content_size.width
        self._tabs.show(*tab_lines(self._all, self._state, width))
        if self._end is not None:
            self._month.show(month_line(self._end, self._missing, width))
        self._rows.empty = empty_words(self._state)
        keys, before = [row.key for row in self._rows.rows], self._rows.selected
        self._rows.show_rows([outbox_line(row, now, zone, width) for row in rows])
        if before is not None and before != self._rows.selected and rows:
            self._rows.select(rows[min(keys.index(before), len(rows) - 1)].item.id)
        self._show_detail()

    def _show_detail(self) -> None:
        row = self.selected
        width = self._detail.content_size.width
        self._detail.show(*(detail_lines(row, self.desk.now(), self.desk.zone, width) if row else ()))

    @on(Rows.Highlighted)
    def _highlighted(self, event: Rows.Highlighted) -> None:
        event.stop()
        if self._rows.selected != self._said_at:
            self.say("")
        self._show_detail()

    # What is done

    def action_filter(self, by: int) -> None:
        """The next state that has items, around the ends."""
        found = {row.item.state for row in self._all}
        states = [None, *(state for state in SIGNS if state in found or state == self._state)]
        self._filter(states[(states.index(self._state) + by) % len(states)])

    def action_filter_number(self, number: int) -> None:
        """The state with this digit; 0 shows all."""
        self._filter((None, *SIGNS)[number])

    def _filter(self, state: OutboxState | None) -> None:
        self._state = state
        self.say("")
        self._show()

    def action_retry(self) -> None:
        """K: send it at the next chance."""
        if (row := self.selected) is not None:
            self.do(partial(self._retry, row))

    async def _retry(self, row: OutboxRow) -> None:
        await retry_now(self.desk, row.item.id)
        await self._done_with(row, "dikirim lagi begitu bisa")

    def action_give_up(self) -> None:
        """S: not to be sent any more, with a reason."""
        if (row := self.selected) is not None:
            if row.can_give_up:
                self.do(partial(self._give_up, row))
            else:
                self.say(
                    NOT_NOW.get(row.item.state) or f"Yang {row.state_text} tidak bisa diserahkan sekarang", "muted"
                )

    async def _give_up(self, row: OutboxRow) -> None:
        item = row.item
        typed: str | None = ""
        problem = ""
        while True:
            typed = await ask_reason(
                self.app,
                f"Serahkan {KIND_TEXT[item.kind]} {item.label}? Tidak akan dikirim ke {service_name(item)}.",
                item.participant_name,
                HANGING_TEXT.get(item.kind, ""),
                "Pilih atau tulis alasannya; alasan dan nama Anda dicatat.",
                ready=GIVE_UP_REASONS,
                enter="serahkan",
                typed=typed or "",
                problem=problem,
            )
            if typed is None:
                return
            try:
                await give_up(self.desk, item.id, typed)
                break
            except InvalidField as error:
                problem = error.message
        way = "U" if self._state is None else f"{list(SIGNS).index(OutboxState.DROPPED) + 1}, lalu U"
        await self._done_with(row, f"diserahkan; {way} mengurungkan")

    def action_take_back(self) -> None:
        """U: what was given up stands again where it stood."""
        if (row := self.selected) is not None:
            if row.can_take_back:
                self.do(partial(self._take_back, row))
            else:
                self.say("Yang ini tidak diserahkan petugas; tidak ada yang diurungkan", "muted")

    async def _take_back(self, row: OutboxRow) -> None:
        await take_back(self.desk, row.item.id)
        await self._done_with(row, "tidak jadi diserahkan")

    async def _done_with(self, row: OutboxRow, what: str) -> None:
        await self._load()
        self.station.refresh_status()
        self.say(f"{item_title(row.item)} {what}", "ok")

    # The way to the record

    @on(Rows.Chosen)
    def _open(self, event: Rows.Chosen) -> None:
        event.stop()
        if (row := self.selected) is not None:
            self.do(partial(self._correct, row), group="way")

    async def _correct(self, row: OutboxRow) -> None:
        """The form in which the record was typed, where P-Care takes a correction; else its number in the queue."""
        item, operator = row.item, self.desk.operator
        if operator is None or item.kind in DELETIONS:
            self.say("Penghapusan tidak diperbaiki: K mengirimnya lagi, S menyerahkannya", "muted")
        elif item.kind == OutboxKind.REGISTRATION_ADD and item.state not in _ON_ITS_WAY:
            if operator.may(Action.REGISTER):
                await correct_registration_of(self, item.registration_id, item.day, "outbox")
            else:
                self.say("Pendaftaran diperbaiki oleh petugas loket", "muted")
        elif item.kind in (OutboxKind.VISIT_ADD, OutboxKind.VISIT_UPDATE) or item.visit_id is not None:
            if operator.may(Action.SERVE):
                await self._correct_service(item)
            else:
                self.say("Pelayanan diperbaiki oleh perawat atau dokter", "muted")
        elif item.day == self.desk.today() and (ticket := await self._ticket(item)) is not None:
            await self.station.go("queue", ticket_id=ticket.id)
        else:
            self.say("Tidak ada yang perlu diperbaiki", "muted")

    async def _correct_service(self, item: OutboxItem) -> None:
        ticket = await self._ticket(item)
        if ticket is None:
            self.say("Pendaftarannya sudah dibatalkan; tidak ada yang perlu diperbaiki", "muted")
            return
        with self.station.keys_held():
            if item.visit_id is None:
                await self.station.go("service", ticket_id=ticket.id)
            else:
                await self.station.go("visit_lines", ticket_id=ticket.id, line_id=item.subject_id)

    async def _ticket(self, item: OutboxItem) -> Ticket | None:
        tickets = await queue(self.desk, None, item.day)
        return next((t for t in tickets if t.registration_id == item.registration_id), None)
