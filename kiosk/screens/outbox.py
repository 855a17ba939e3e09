"""The outbox (kiriman): what is on its way to P-Care, why it stands where it stands, and what to do about it."""

import textwrap
from collections import Counter
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kiosk.counter.call import queue
from kiosk.counter.errors import InvalidField
from kiosk.counter.outbox import give_up, outbox, retry_now
from kiosk.counter.reasons import KIND_TEXT, STATE_TEXT
from kiosk.counter.views import OutboxRow
from kiosk.domain.codes import OutboxKind, OutboxState
from kiosk.domain.day import clock_text, day_text, local_day
from kiosk.domain.people import Action
from kiosk.safe_text import NAME_LIMIT, plain
from kiosk.screens.base import DeskScreen
from kiosk.widgets.lines import Line, Lines, Span, column, joined, line, width_of
from kiosk.widgets.reason import ask_reason
from kiosk.widgets.rows import Row, Rows
from kiosk.widgets.words import poli_words

SIGNS: dict[OutboxState, tuple[str, str]] = {
    OutboxState.NEEDS_ACTION: ("!", "error"),
    OutboxState.UNKNOWN: ("?", "warn"),
    OutboxState.SENDING: (">", "strong"),
    OutboxState.PENDING: ("·", ""),
    OutboxState.DONE: ("+", "ok"),
    OutboxState.DROPPED: ("-", "muted"),
}
"""Sign and role of each state, in the order of the list and of the filter; the word stands beside the sign."""

SERVER_LINES = 2
"""Lines of the server's own text that are shown."""
AGE_REFRESH = 20.0
_STATE, _KIND, _LABEL, _AGE = 16, 15, 6, 8
_VISITS = (OutboxKind.VISIT_ADD, OutboxKind.VISIT_UPDATE)


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
        "Semua yang disimpan dikirim ke P-Care dengan sendirinya, juga setelah sambungan",
        "putus. Yang perlu tindakan ada di atas; sebab dan langkahnya tertulis di bawah.",
        "",
        "K  kirim lagi sekarang, tanpa menunggu",
        "S  serahkan: tidak dikirim lagi, dengan alasan yang dicatat",
        "Enter  membuka pelayanan atau antrean pasien itu untuk diperbaiki",
        "← →, angka  menyaring menurut keadaan; 0 semua",
        "↑ ↓  memilih kiriman",
        "",
        "Belum pasti: P-Care mungkin sudah menerimanya. Loket memeriksa dulu, tidak",
        "mengirim dua kali. Tunggu saja.",
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
        self._tabs.show(*self._tab_lines())
        self._rows.empty = self._empty_words()
        keys, before = [row.key for row in self._rows.rows], self._rows.selected
        self._rows.show_rows([self._row(row) for row in rows])
        if before is not None and before != self._rows.selected and rows:
            self._rows.select(rows[min(keys.index(before), len(rows) - 1)].item.id)
        self._show_detail()

    def _empty_words(self) -> str:
        if self._state is not None:
            return f"Tidak ada yang {STATE_TEXT[self._state]}."
        return "Tidak ada yang menunggu: semua sudah sampai di P-Care."

    def _tab_lines(self) -> list[Line]:
        """All states that have items, on two lines when one is too short."""
        counts = Counter(row.item.state for row in self._all)
        lines: list[list[Span]] = [[]]
        for number, state in enumerate((None, *SIGNS)):
            count = counts[state] if state else len(self._all)
            text = f"{STATE_TEXT[state].capitalize() if state else 'Semua'} {count}"
            if state == self._state:
                spans = [Span(f"[{number} {text}]", "chosen"), Span(" ")]
            elif count or state is None:
                spans = [Span(" "), Span(str(number), "key"), Span(f" {text}  ")]
            else:
                continue
            if width_of((*lines[-1], *spans)) > self._rows.content_size.width:
                lines.append([])
            lines[-1] += spans
        return [tuple(spans) for spans in lines]

    def _row(self, row: OutboxRow) -> Row:
        item = row.item
        sign, role = SIGNS[item.state]
        width = self._rows.content_size.width - 2 - (_STATE + _KIND + _LABEL + _AGE) - 4
        return Row(
            item.id,
            line(
                column(f"{sign} {row.state_text}", _STATE, role),
                " ",
                column(KIND_TEXT[item.kind], _KIND),
                " ",
                column(item.label, _LABEL, "strong"),
                " ",
                column(item.participant_name, min(max(width, 10), 50)),
                " ",
                column(self._age(row), _AGE, "muted", right=True),
            ),
        )

    def _age(self, row: OutboxRow) -> str:
        """How long it has been on its way; of what is over, when that was."""
        item = row.item
        if item.state in (OutboxState.DONE, OutboxState.DROPPED):
            return clock_text(item.updated_at, self.desk.zone)
        minutes = max(int((self.desk.now() - item.created_at).total_seconds()) // 60, 0)
        if minutes < 60:
            return f"{minutes} mnt"
        return f"{minutes // 60} jam" if minutes < 2 * 24 * 60 else f"{minutes // 1440} hari"

    def _show_detail(self) -> None:
        row = self.selected
        if row is None:
            self._detail.show()
            return
        item, zone = row.item, self.desk.zone
        day = "hari ini" if item.day == self.desk.today() else day_text(item.day)
        lines: list[Line] = [
            joined(
                [
                    Span(f"{KIND_TEXT[item.kind].capitalize()} {item.label}", "title"),
                    Span(item.participant_name, "strong", NAME_LIMIT),
                    poli_words(item.poli_name),
                    day,
                ]
            )
        ]
        role = SIGNS[item.state][1]
        if row.reason_text:
            lines.append(line(Span("Sebab   ", "muted"), Span(row.reason_text, role)))
        if row.advice:
            lines.append(line(Span("Langkah ", "muted"), row.advice))
        if item.detail:
            width = max(self._detail.content_size.width - 10, 20)
            said = textwrap.wrap(plain(item.detail), width, max_lines=SERVER_LINES, placeholder=" …")
            for number, text in enumerate(said):
                lines.append(line(Span("P-Care  " if number == 0 else " " * 8, "muted"), text))
        lines.append(line(Span("Kiriman ", "muted"), *self._tries(row, zone)))
        self._detail.show(*lines)

    def _tries(self, row: OutboxRow, zone: str) -> Line:
        item = row.item
        today = self.desk.today()
        created = clock_text(item.created_at, zone)
        if local_day(item.created_at, zone) != today:
            created = f"{day_text(local_day(item.created_at, zone))} {created}"
        later = item.settle_at if item.state == OutboxState.UNKNOWN else item.not_before
        due = ""
        if later is not None and later > self.desk.now() and item.state in (OutboxState.UNKNOWN, OutboxState.PENDING):
            word = "diperiksa" if item.state == OutboxState.UNKNOWN else "dicoba lagi"
            due = f"{word} pukul {clock_text(later, zone)}"
        tried = f"dicoba {item.attempts} kali" if item.attempts else "belum pernah dicoba"
        return joined([f"dibuat {created}", tried, due])

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
                f"Serahkan {KIND_TEXT[item.kind]} {item.label}? Tidak akan dikirim ke P-Care.",
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
        elif item.kind in _VISITS:
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
