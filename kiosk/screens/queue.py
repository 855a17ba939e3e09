"""The queue: who waits where, in the order in which they are called; call, skip, hold, finish, serve, cancel."""

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType

from kiosk.counter import call
from kiosk.counter.desk import Desk
from kiosk.counter.find import open_participant
from kiosk.domain.codes import TicketState
from kiosk.domain.people import Action
from kiosk.domain.queue import OVER, Ticket
from kiosk.screens.correcting import correct_registration_of
from kiosk.screens.queue_asks import ask_cancel, ask_place, ask_priority
from kiosk.screens.queue_days import choose_day
from kiosk.screens.queue_list import QueueList
from kiosk.screens.queue_steps import STEPS, Step
from kiosk.screens.queue_view import polis_of
from kiosk.widgets.rows import Rows

NEXT_PAUSE = 0.7
"""Seconds in which a second "next" is taken for a bouncing key: it would pass over a patient."""


class QueueScreen(QueueList):
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
    NEEDS = {"N": Action.CALL, "Enter": Action.SERVE}
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

    # Another day

    def _is_today(self) -> bool:
        """Whether numbers can be called; says what to do on another day."""
        if self._day is not None:
            self.say("Nomor hari lain tidak dipanggil: Enter mengisi pelayanan, Esc ke hari ini", "warn")
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
            await self.station.go("registration", card=card, way_back="queue")

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
