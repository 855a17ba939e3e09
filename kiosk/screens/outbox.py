"""The outbox (kiriman): what is on its way to P-Care, why it stands where it stands, and what to do about it."""

from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kiosk.counter.call import queue
from kiosk.counter.errors import InvalidField
from kiosk.counter.outbox import give_up, outbox, retry_now
from kiosk.counter.reasons import KIND_TEXT
from kiosk.counter.views import OutboxRow
from kiosk.domain.codes import QUEUE_KINDS, OutboxKind, OutboxState
from kiosk.domain.people import Action
from kiosk.screens.base import DeskScreen
from kiosk.screens.outbox_view import SIGNS, detail_lines, empty_words, outbox_line, service_name, tab_lines
from kiosk.widgets.lines import Lines
from kiosk.widgets.reason import ask_reason
from kiosk.widgets.rows import Rows

AGE_REFRESH = 20.0
"""Seconds between looks at the ages, which are shown in minutes."""
_REGISTRATIONS = (OutboxKind.REGISTRATION_ADD, OutboxKind.REGISTRATION_CANCEL)


class OutboxScreen(DeskScreen):
    """All that is open, and what ended today."""

    TITLE = "Kiriman ke P-Care"
    KEYS = (
        ("← →", "Keadaan"),
        ("K", "Kirim lagi"),
        ("S", "Serahkan"),
        ("Enter", "Perbaiki"),
        ("F4", "Antrean"),
        ("F1", "Bantuan"),
    )
    HELP_LINES = (
        "Semua yang disimpan dikirim dengan sendirinya, juga setelah putus.",
        "Yang perlu tindakan ada di atas; sebab dan langkahnya di bawah.",
        "",
        "K  kirim lagi sekarang, tanpa menunggu",
        "S  serahkan: tidak dikirim lagi; alasannya dicatat",
        "Enter  membuka pelayanan atau antreannya untuk diperbaiki",
        "← →, angka  menyaring menurut keadaan; 0 semua",
        "↑ ↓  memilih kiriman",
        "",
        "Belum pasti: P-Care mungkin sudah menerimanya. Loket memeriksa",
        "dulu, tidak mengirim dua kali. Tunggu saja.",
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "retry", show=False),
        Binding("s", "give_up", show=False),
        Binding("left", "filter(-1)", show=False),
        Binding("right", "filter(1)", show=False),
        *(Binding(str(digit), f"filter_number({digit})", show=False) for digit in range(len(SIGNS) + 1)),
    ]

    DEFAULT_CSS = """
    OutboxScreen .page { height: 1fr; padding: 1 1 1 1; }
    OutboxScreen .tabs { margin-bottom: 1; }
    OutboxScreen .detail { height: 8; padding-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._tabs = Lines(classes="tabs")
        self._rows = Rows()
        self._detail = Lines(classes="detail")
        self._all: tuple[OutboxRow, ...] = ()
        self._state: OutboxState | None = None

    def body(self) -> ComposeResult:
        """States, rows, and everything on the selected one."""
        with Vertical(classes="page"):
            yield self._tabs
            yield self._rows
            yield self._detail

    def on_mount(self) -> None:
        """Ages grow by themselves."""
        self.set_interval(AGE_REFRESH, self._show)

    async def opened(self, **given: Any) -> None:
        """Everything, what needs a person first."""
        self._state = None
        self._rows.focus()
        self.say("")
        await self._load()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """A box was closed: meanwhile something may have been sent."""
        self.store_changed()

    def store_changed(self) -> None:
        """Something was sent, answered or saved."""
        self.do(self._load(), group="load", exclusive=True)

    def on_resize(self, event: events.Resize) -> None:
        """Another width has other columns."""
        self.call_after_refresh(self._show)

    # What is shown

    @property
    def selected(self) -> OutboxRow | None:
        """The selected item."""
        return next((row for row in self._all if row.item.id == self._rows.selected), None)

    async def _load(self) -> None:
        self._all = await outbox(self.desk)
        self._show()

    def _show(self) -> None:
        if not self.is_current:
            return
        order = list(SIGNS)
        rows = [row for row in self._all if self._state in (None, row.item.state)]
        rows.sort(key=lambda row: order.index(row.item.state))
        now, zone, width = self.desk.now(), self.desk.zone, self._rows.content_size.width
        self._tabs.show(*tab_lines(self._all, self._state, width))
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
            self.do(self._retry(row))

    async def _retry(self, row: OutboxRow) -> None:
        await retry_now(self.desk, row.item.id)
        await self._load()
        self.station.refresh_status()
        self.say(f"{KIND_TEXT[row.item.kind].capitalize()} {row.item.label} dikirim lagi begitu bisa", "ok")

    def action_give_up(self) -> None:
        """S: not to be sent any more, with a reason."""
        if (row := self.selected) is not None:
            if row.can_give_up:
                self.do(self._give_up(row))
            else:
                self.say(f"Yang {row.state_text} tidak bisa diserahkan sekarang", "muted")

    async def _give_up(self, row: OutboxRow) -> None:
        item = row.item
        typed: str | None = ""
        problem = ""
        told = (
            "Pelayanan yang menunggu di belakangnya ikut diserahkan."
            if item.kind == OutboxKind.REGISTRATION_ADD
            else ""
        )
        while True:
            typed = await ask_reason(
                self.app,
                f"Serahkan {KIND_TEXT[item.kind]} {item.label}? Tidak akan dikirim ke {service_name(item)}.",
                item.participant_name,
                f"Tulis alasannya; alasan dan nama Anda dicatat. {told}",
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
        await self._load()
        self.station.refresh_status()
        self.say(f"{KIND_TEXT[item.kind].capitalize()} {item.label} diserahkan", "ok")

    @on(Rows.Chosen)
    def _open(self, event: Rows.Chosen) -> None:
        event.stop()
        if (row := self.selected) is not None:
            self.do(self._correct(row), group="way")

    async def _correct(self, row: OutboxRow) -> None:
        """The service in its form; a registration in the queue, where it can be cancelled and made anew."""
        item, operator = row.item, self.desk.operator
        tickets = await queue(self.desk, None, item.day)
        ticket = next((t for t in tickets if t.registration_id == item.registration_id), None)
        if ticket is None:
            self.say("Pendaftarannya sudah dibatalkan; tidak ada yang perlu diperbaiki", "muted")
        elif item.kind in QUEUE_KINDS:
            if item.day == self.desk.today():
                await self.station.go("queue", ticket_id=ticket.id)
            else:
                self.say("Antrean hari lain: tidak ada yang perlu diperbaiki", "muted")
        elif item.kind not in _REGISTRATIONS and item.kind != OutboxKind.VISIT_DELETE:
            if operator is not None and not operator.may(Action.SERVE):
                self.say("Pelayanan diperbaiki oleh perawat atau dokter", "muted")
            else:
                await self.station.go("service", ticket_id=ticket.id)
        elif item.day == self.desk.today():
            refused = item.state == OutboxState.NEEDS_ACTION
            said = f"{item.label}: batalkan dengan X, lalu daftarkan lagi" if refused else ""
            await self.station.go("queue", ticket_id=ticket.id, said=said)
        else:
            self.say("Pendaftaran hari lain: betulkan di laman P-Care, lalu serahkan dengan alasan", "muted")
