"""A person's history (riwayat): the visits at this clinic at once, then those that P-Care tells of."""

import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import cast

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Vertical

from kiosk.counter.ask import ask_history, wait_for
from kiosk.counter.errors import CounterError
from kiosk.counter.reference import references
from kiosk.counter.views import Answer, HistoryRow, ParticipantCard
from kiosk.domain.codes import DISCHARGE_LISTS, Care, InquiryState, ReferenceList
from kiosk.domain.day import day_text
from kiosk.domain.visit import Visit
from kiosk.safe_text import NAME_LIMIT, plain
from kiosk.screens.base import Station
from kiosk.widgets.dialogs import dialog_is_open
from kiosk.widgets.lines import Line, Lines, Span, column, joined, line, width_of
from kiosk.widgets.reading import Reading
from kiosk.widgets.screen import Dialog
from kiosk.widgets.words import poli_words
from kiosk.widgets.work import work

PATIENCE = 10.0
"""Seconds the panel waits for P-Care; the store's own deadline is the same."""
PART_LIMIT = 60
"""Characters kept of a facility, a diagnosis or a doctor in a row."""
_DAY_CELLS = 10
_NO_CARD = "Tanpa nomor kartu BPJS: P-Care tidak dapat ditanya"

Names = dict[str, str]
"""Codes of a list with their names."""


class HistoryDialog(Dialog[None]):
    """One person's visits. Opens with what the store holds; P-Care's answer is added when it comes."""

    NAME = "history"
    BINDINGS = [Binding("ctrl+r,f5", "again", show=False), Binding("ctrl+t,enter", "cancel", show=False)]

    DEFAULT_CSS = """
    HistoryDialog > .box { width: 1fr; max-width: 110; height: 1fr; max-height: 32; margin: 1 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._head = Lines()
        self._reading = Reading()
        self._foot = Lines()
        self._card: ParticipantCard | None = None
        self._today = date.min
        self._doctors: Names = {}
        self._discharges: dict[Care, Names] = {}
        self._answer: Answer | None = None
        self._said = Span("")

    def compose(self) -> ComposeResult:
        """Name, the visits, keys."""
        with Vertical(classes="box"):
            yield self._head
            yield Lines(((),))
            yield self._reading
            yield self._foot

    def prepare(self, card: ParticipantCard, today: date) -> None:
        """Whose history is shown next time the panel opens."""
        self._card, self._today, self._answer = card, today, None
        self._said = Span("")

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """What the store holds is there at once."""
        if self._card is None:
            return
        person = self._card.participant
        self._head.show(line(Span("Riwayat  ", "strong"), Span(person.name, "title", NAME_LIMIT)))
        keys = [("↑ ↓ PgUp PgDn", "gulir"), ("Ctrl+R", "tanya lagi"), ("Esc", "tutup")]
        if person.card_number is None:
            self._said = Span(_NO_CARD, "muted")
            del keys[1]
        self._foot.show(line(*(span for key, text in keys for span in (Span(key, "key"), Span(f" {text}   ")))))
        self._reading.focus()
        self._draw()
        work(self, partial(self._read, self._card), "history", exclusive=True)

    def on_screen_suspend(self, event: events.ScreenSuspend) -> None:
        """Closed: nobody waits for the answer, and nothing of the person stays behind."""
        self.workers.cancel_group(self, "history")
        self._card = self._answer = None
        self._said = Span("")
        self._reading.read(())

    def on_resize(self, event: events.Resize) -> None:
        """Another width breaks the rows elsewhere."""
        self.call_after_refresh(self._draw, keep=True)

    def action_again(self) -> None:
        """Ctrl+R: ask P-Care once more; what is shown stays until it answers."""
        if self._card is not None and self._card.participant.card_number is not None:
            work(self, partial(self._read, self._card), "history", exclusive=True)

    async def _read(self, card: ParticipantCard) -> None:
        station = cast(Station, self.app)
        try:
            self._doctors = await self._names(ReferenceList.DOCTOR)
            self._discharges = {care: await self._names(kind) for care, kind in DISCHARGE_LISTS.items()}
            self._draw(keep=True)
            if card.participant.card_number is None:
                return
            asked = await ask_history(station.desk, card.participant.id)
            self._tell(asked.message, "muted")
            answer = await wait_for(station.desk, asked, PATIENCE)
        except CounterError as error:
            self._tell(error.message, "error")
        except Exception as error:
            self._tell(station.report(error), "error")
        else:
            if answer.answered_at is not None and (answer.history or answer.state == InquiryState.ANSWERED):
                self._answer = answer
            self._tell(outcome(answer), "muted" if answer.state == InquiryState.ANSWERED else "warn")

    async def _names(self, kind: ReferenceList) -> Names:
        found = await references(cast(Station, self.app).desk, kind)
        return {row.code: row.name for row in found.rows}

    def _tell(self, text: str, role: str) -> None:
        self._said = Span(text, role)
        self._draw(keep=True)

    def _draw(self, *, keep: bool = False) -> None:
        card = self._card
        width = self._reading.content_size.width
        if card is None or not width:
            return
        lines = [line(Span("Di klinik ini", "strong"))]
        lines += own_lines(card, self._today, self._doctors, self._discharges, width)
        lines += [(), line(Span("Menurut P-Care", "strong"))]
        if self._said.text:
            lines += [line(Span(part, self._said.role)) for part in textwrap.wrap(self._said.text, width)]
        lines += pcare_lines(self._answer.history if self._answer else (), width)
        self._reading.read(lines, keep=keep)


def outcome(answer: Answer) -> str:
    """How the asking ended, in words; how old the rows are that stand below it."""
    if answer.state == InquiryState.ANSWERED:
        return answer.message if answer.history else f"{answer.message}: belum ada kunjungan"
    if answer.state == InquiryState.ASKED:
        return "P-Care tidak menjawab." + answer.message.removeprefix("Bertanya ke P-Care …")
    return answer.message


def own_lines(
    card: ParticipantCard, today: date, doctors: Names, discharges: Mapping[Care, Names], width: int
) -> list[Line]:
    """Today's registrations that were not served yet, and the visits that the store holds, newest first."""
    shown: list[Line] = []
    served = {visit.form.registration_id for visit in card.visits}
    for one in card.registrations:
        if one.id in served:
            continue
        when = "terdaftar hari ini" if one.day == today else "terdaftar"
        shown += _row(one.day, [when, poli_words(one.poli_name), one.complaint or ""], width)
    for visit in card.visits:
        form = visit.form
        left = discharges.get(visit.care, {}).get(form.discharge_code, "")
        parts = (diagnosis_text(visit), doctors.get(form.doctor_code, ""), left)
        shown += _row(visit.day, parts, width)
    return shown or [line(Span("Belum ada kunjungan", "muted"))]


def diagnosis_text(visit: Visit) -> str:
    """The main diagnosis with its name, and the codes of the others."""
    if not visit.form.diagnoses:
        return ""
    main, *others = visit.form.diagnoses
    return " ".join([f"{main.code} {plain(main.name, PART_LIMIT)}", *(f"+ {other.code}" for other in others)])


def pcare_lines(rows: Sequence[HistoryRow], width: int) -> list[Line]:
    """P-Care's visits, newest first; those without a day at the end."""
    shown: list[Line] = []
    for row in sorted(rows, key=lambda row: row.day or date.min, reverse=True):
        shown += _row(row.day, (row.facility, poli_words(row.poli), row.diagnosis, row.doctor), width)
    return shown


def _row(day: date | None, parts: Sequence[str], width: int) -> list[Line]:
    """The day, and behind it the parts that are known; what does not fit goes on below, under the first part."""
    room = max(width - _DAY_CELLS - 2, 10)
    rows: list[list[Span]] = [[]]
    for part in parts:
        if not part:
            continue
        span = Span(part, "", PART_LIMIT)
        if rows[-1] and width_of(joined([*rows[-1], span])) > room:
            rows.append([])
        rows[-1].append(span)
    dated = column(day_text(day) if day else "?", _DAY_CELLS, "muted")
    head = [dated, *[Span(" " * _DAY_CELLS)] * (len(rows) - 1)]
    return [line(first, "  ", *joined(found)) for first, found in zip(head, rows, strict=True)]


def show_history(app: App[None], card: ParticipantCard, today: date) -> None:
    """Open the panel with the history of the person whose `card` it is; `today` is the service day."""
    if dialog_is_open(app):
        return
    if not app.is_screen_installed(HistoryDialog.NAME):
        app.install_screen(HistoryDialog(), HistoryDialog.NAME)
    dialog = app.get_screen(HistoryDialog.NAME, HistoryDialog)
    dialog.prepare(card, today)
    app.push_screen(dialog)
