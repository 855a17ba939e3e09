"""After saving: the queue number, large; whether P-Care has it or it waits; and the search again with the next key."""

from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kiosk.counter.register import look_again
from kiosk.counter.views import Registered
from kiosk.domain.codes import PRIORITY_TEXT, OutboxState, Priority
from kiosk.domain.day import day_text
from kiosk.domain.people import Action
from kiosk.domain.queue_wait import wait_text
from kiosk.safe_text import NAME_LIMIT
from kiosk.screens import HOME
from kiosk.screens.base import DeskScreen
from kiosk.widgets.big_number import BigNumber
from kiosk.widgets.lines import Line, Lines, Span, line

_SENT: dict[OutboxState | None, tuple[str, str]] = {
    None: ("Umum: tidak dikirim ke P-Care", "muted"),
    OutboxState.PENDING: ("Tersimpan di sini; dikirim ke P-Care begitu tersambung", "ok"),
    OutboxState.SENDING: ("Tersimpan di sini; sedang dikirim ke P-Care", "ok"),
    OutboxState.UNKNOWN: ("Tersimpan di sini; P-Care belum memastikan, diperiksa sendiri", "warn"),
    OutboxState.NEEDS_ACTION: ("Tersimpan di sini; P-Care menolak, lihat Kiriman", "error"),
    OutboxState.DONE: ("Sudah sampai di P-Care", "ok"),
    OutboxState.DROPPED: ("Tersimpan di sini; tidak dikirim ke P-Care", "muted"),
}
"""What is said of each state; the state of the line itself is in the top line."""


def turn_words(done: Registered) -> str:
    """How many are before, and how long it takes: "5 orang di depan, kira-kira 25 menit"."""
    if done.ahead is None:
        return ""
    before = f"{done.ahead} orang di depan" if done.ahead else "tidak ada yang di depan"
    return before if done.wait is None else f"{before}, {wait_text(done.wait)}"


class SavedScreen(DeskScreen):
    """The number that the clerk reads out or writes down."""

    TITLE = "Nomor antrean"
    KEYS = (("Enter", "Pasien berikutnya"), ("huruf/angka", "langsung mencari"), ("F1", "Bantuan"))
    HELP_LINES = (
        "Pendaftaran sudah tersimpan; bacakan nomor antrean kepada pasien.",
        "",
        "Enter, Esc  kembali ke pencarian",
        "huruf, angka  langsung memulai pencarian berikutnya",
        "Tanggal lain (lembar kertas): F5 mengisi pelayanannya.",
    )

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "back", show=False)]

    DEFAULT_CSS = """
    SavedScreen .page { height: 1fr; align: center middle; }
    SavedScreen BigNumber { height: 10; margin: 1 0; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._who = Lines(centred=True)
        self._number = BigNumber()
        self._about = Lines(centred=True)
        self._made: Registered | None = None

    def body(self) -> ComposeResult:
        """Name, number, what happens with it."""
        with Vertical(classes="page"):
            yield self._who
            yield self._number
            yield self._about

    async def opened(self, **given: Any) -> None:
        """Show the registration `done`."""
        done = cast(Registered, given["done"])
        self.set_focus(None)
        self._tell(done)
        # How long it will take is read once the number stands there: nobody waits for it.
        self.do(partial(self._look_again, done), group="turn")

    def store_changed(self) -> None:
        """P-Care may have answered by now."""
        if self._made is not None:
            self.do(partial(self._look_again, self._made), group="look", exclusive=True)

    async def _look_again(self, done: Registered) -> None:
        now = await look_again(self.desk, done.registration.id)
        if self._made is done:
            self._tell(replace(now, repeated=done.repeated))

    def _tell(self, done: Registered) -> None:
        self._made = done
        made, ticket = done.registration, done.ticket
        self._number.label = ticket.label
        self._who.show(line(Span(made.participant_name, "title", NAME_LIMIT)))
        kind = "" if ticket.priority == Priority.ORDINARY else f" · {PRIORITY_TEXT[ticket.priority]}"
        words, role = _SENT[done.outbox]
        if done.outbox == OutboxState.DONE and made.remote_number:
            words = f"{words}, nomor {made.remote_number}"
        about: list[Line] = [
            line("Nomor antrean ", Span(ticket.label, "strong"), " · ", made.poli_name, kind),
            line(Span(f"{made.payer.upper()} · kunjungan {made.visit_kind} · {day_text(made.day)}", "muted")),
        ]
        if turn := turn_words(done):
            about.append(line(turn))
        about.append(line(Span(words, role)))
        if self._is_late and self._may_serve():
            about.append(line(Span("F5", "key"), " mengisi pelayanannya"))
        if done.repeated:
            about.append(line(Span("Sudah tersimpan sebelumnya; tidak didaftarkan dua kali", "warn")))
        self._about.show(*about)

    @property
    def _is_late(self) -> bool:
        """Whether it is a sheet of paper of another day: its service is entered next."""
        return self._made is not None and self._made.registration.day != self.desk.today()

    def _may_serve(self) -> bool:
        return self.desk.operator is not None and self.desk.operator.may(Action.SERVE)

    def action_go(self, name: str) -> None:
        """A function key; F5 opens the service of a registration of another day, whose number nobody calls."""
        if name == "service" and self._made is not None and self._is_late and self._may_serve():
            self.do(partial(self._serve, self._made.ticket.id), group="way")
        else:
            super().action_go(name)

    async def _serve(self, ticket_id: str) -> None:
        with self.station.keys_held():
            await self.station.go("service", ticket_id=ticket_id)

    async def on_key(self, event: events.Key) -> None:
        """Typing goes straight to the next search; no letter is lost."""
        if event.is_printable and event.character and event.character != " ":
            event.stop()
            await self.station.go(HOME, typed=event.character)
