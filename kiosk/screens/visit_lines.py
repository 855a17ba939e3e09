"""Drugs, procedures and results of a saved service (obat, tindakan, lab): listed, entered, corrected, taken back."""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kiosk.counter.errors import CounterError
from kiosk.counter.lines import delete_line, lines_of, match_line
from kiosk.counter.serve import open_service
from kiosk.counter.views import LineRow, ServiceSheet, VisitLines
from kiosk.domain.codes import LineKind
from kiosk.domain.lines import ForeignLine
from kiosk.safe_text import plain
from kiosk.screens.base import DeskScreen
from kiosk.screens.line_entry import LineEntry
from kiosk.screens.service_head import allergy_line, head_lines
from kiosk.screens.visit_lines_view import (
    GROUPS,
    KIND_WORDS,
    about,
    amount_words,
    is_foreign,
    kind_of_empty,
    may_match,
    row_of,
    rows_of,
)
from kiosk.widgets.choice import Choice
from kiosk.widgets.dialogs import ask
from kiosk.widgets.lines import Lines
from kiosk.widgets.picker import Option, listed, pick
from kiosk.widgets.rows import Rows

SIMILAR = "similar_line"
"""The reason of an item when P-Care has a line that may be the same."""
_NOTHING = VisitLines((), (), (), ())
_KEYS = {
    "list": (
        ("O", "Obat"),
        ("T", "Tindakan"),
        ("L", "Lab"),
        ("Enter", "Ubah"),
        ("H", "Hapus"),
        ("Esc", "Kembali"),
        ("F1", "Bantuan"),
    ),
    "form": (("Enter", "Lanjut"), ("F2/Ctrl+S", "Simpan"), ("Esc", "Kembali"), ("F1", "Bantuan")),
    "pages": (("Enter", "Lanjut"), ("PgDn", "Halaman"), ("F2/Ctrl+S", "Simpan"), ("Esc", "Kembali"), ("F1", "Bantuan")),
}


class VisitLinesScreen(DeskScreen):
    """The lines of one visit; behind the list a form for each kind."""

    TITLE = "Obat, tindakan, lab"
    KEYS = _KEYS["list"]
    HELP_LINES = (
        "O, T, L  menambah obat, tindakan, hasil laboratorium",
        "Enter  memperbaiki baris yang dipilih",
        "Del, H  menghapus baris yang dipilih, juga di P-Care; bertanya dulu",
        "C  mencocokkan baris yang dipilih dengan yang diketik orang di laman P-Care: tidak dikirim lagi",
        "F2, Ctrl+S  menyimpan dari isian mana pun",
        "PgDn, PgUp  halaman berikut dan sebelumnya",
        "Esc, F10  kembali; bertanya bila ada yang belum disimpan",
        "",
        "Obat: cari di DPHO dengan nama atau kode, atau tulis nama obat di luar DPHO. Obat satu racikan diberi nama"
        " racikan yang sama, misalnya 1.",
        "Tindakan: tarif tertinggi P-Care diusulkan sebagai biaya.",
        "Lab: yang tidak diperiksa tetap kosong. Koma atau titik untuk desimal.",
        "Yang redup diketik orang lain di laman P-Care; ubah di sana.",
    )

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"add('{kind}')", show=False) for kind, _, key in GROUPS),
        Binding("delete,h", "delete", show=False),
        Binding("c", "match", show=False),
    ]

    DEFAULT_CSS = """
    VisitLinesScreen .patient { height: 3; padding: 0 1; }
    VisitLinesScreen .listed { height: 1fr; padding: 1 1 0 1; }
    VisitLinesScreen .about { height: 5; margin-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._patient = Lines(classes="patient")
        self._rows = Rows()
        self._about = Lines(classes="about")
        self._entry = LineEntry(self)
        self._list: Vertical | None = None
        self._sheet: ServiceSheet | None = None
        self._lines = _NOTHING
        self._way_back = "service"

    def body(self) -> ComposeResult:
        """The patient; below, the list or one form."""
        yield self._patient
        with Vertical(classes="listed") as self._list:
            yield self._rows
            yield self._about
        yield self._entry

    def on_mount(self) -> None:
        """The list is in front."""
        self._show_list()

    # Opening and showing

    async def opened(self, **given: Any) -> None:
        """The lines of the service of `ticket_id`, with the form of `line_id` open when it is given.

        `from_queue` says that Esc leads to the queue, `line_id` that it leads to the outbox, else to the service.
        """
        line_id = given.get("line_id")
        self._way_back = "queue" if given.get("from_queue") else "outbox" if line_id else "service"
        self._lines, self._sheet = _NOTHING, None
        self._rows.show_rows(())
        self._patient.show()
        self.say("")
        self._show_list()
        try:
            self._sheet = await open_service(self.desk, ticket_id=str(given["ticket_id"]))
        except CounterError as error:
            await self._leave(error.message)
            return
        if self._sheet.visit is None:
            await self._leave("Simpan pelayanannya dulu, baru obat, tindakan, dan lab")
            return
        await self._load(line_id)
        if line_id and (known := row_of(self._lines, line_id)) is not None:
            await self._correct(known)

    async def _correct(self, known: LineRow) -> None:
        """The form of a line that P-Care refused; or the list, where it may be one that somebody typed there."""
        if known.item is None or known.item.reason != SIMILAR or not may_match(self._lines, known):
            await self._open(known.line.kind, known)

    def _show_list(self) -> None:
        """The list in the place of a form."""
        self._entry.close()
        if self._list is not None:
            self._list.display = True
        self.show_keys(_KEYS["list"])
        self._rows.focus()

    async def _load(self, select: str | None = None) -> None:
        sheet = self._sheet
        if sheet is None or sheet.visit is None:
            return
        self._lines = await lines_of(self.desk, sheet.visit.id)
        self._patient.show(*head_lines(sheet, self.desk.today()), allergy_line(sheet.allergies))
        self._draw()
        if select is not None:
            self._rows.select(select)

    def _draw(self) -> None:
        if self._sheet is not None:
            keys = [row.key for row in self._rows.rows]
            before = self._rows.selected
            rows = rows_of(self._lines, self._width)
            self._rows.show_rows(rows)
            if before is not None and before != self._rows.selected:
                # Its line is gone: the selection stays at the same height.
                self._rows.select(rows[min(keys.index(before), len(rows) - 1)].key)
            self._tell()

    @on(Rows.Highlighted)
    def _highlighted(self, event: Rows.Highlighted) -> None:
        event.stop()
        self._tell()

    def _tell(self) -> None:
        self._about.show(*about(self._lines, self._rows.selected, self._width, self.desk.zone))

    @property
    def _width(self) -> int:
        """Cells of the list, also while a form is in front of it and it has no size."""
        return max(self.size.width - 2, 40)

    def on_resize(self, event: events.Resize) -> None:
        """Another width has other columns."""
        self.call_after_refresh(self._draw)

    def store_changed(self) -> None:
        """P-Care may have answered about a line."""
        if self._entry.kind is None and self._sheet is not None:
            self.do(self._load, group="load", exclusive=True)

    # The forms

    def action_add(self, kind: str) -> None:
        """O, T, L: an empty form."""
        if self._entry.kind is None and self._sheet is not None and self._sheet.visit is not None:
            self.do(partial(self._open, LineKind(kind), None), group="open", exclusive=True)

    @on(Rows.Chosen)
    def _chosen(self, event: Rows.Chosen) -> None:
        event.stop()
        kind, known = kind_of_empty(event.key), row_of(self._lines, event.key)
        if kind is not None:
            self.action_add(kind)
        elif known is not None:
            self.do(partial(self._open, known.line.kind, known), group="open", exclusive=True)
        elif is_foreign(event.key):
            self.say("Baris itu diketik di laman P-Care; ubah di sana", "muted")

    async def _open(self, kind: LineKind, known: LineRow | None) -> None:
        if self._sheet is None or self._list is None:
            return
        with self.station.keys_held():
            self.say("")
            self._list.display = False
            self.show_keys(_KEYS["pages" if kind == LineKind.LAB else "form"])
            await self._entry.open(self._sheet, kind, known)

    @on(LineEntry.Saved)
    def _saved(self, event: LineEntry.Saved) -> None:
        event.stop()
        self.do(partial(self._show_saved, event.line_id, event.kind))

    async def _show_saved(self, line_id: str, kind: LineKind) -> None:
        with self.station.keys_held():
            self._show_list()
            await self._load(line_id)
            self.say(f"{KIND_WORDS[kind]} tersimpan", "ok")
        self.station.refresh_status()

    # The line that somebody typed in P-Care's own page

    def action_match(self) -> None:
        """C: the selected line and one that was typed in P-Care's page are the same."""
        known = row_of(self._lines, self._rows.selected)
        if self._entry.kind is not None or known is None:
            return
        if may_match(self._lines, known):
            self.do(partial(self._match, known, [one for one in self._lines.foreign if one.kind == known.line.kind]))
        elif known.line.remote_number is not None:
            self.say("Baris ini sudah ada di P-Care", "muted")
        else:
            self.say("Di laman P-Care tidak ada baris lain yang bisa sama dengan ini", "muted")

    async def _match(self, known: LineRow, theirs: Sequence[ForeignLine]) -> None:
        options = [Option(one.remote_number, one.title, amount_words(one)) for one in theirs]
        found = await pick(self.app, f"Yang mana di P-Care: {plain(known.line.value.title, 40)}?", listed(options))
        if found is not None:
            await match_line(self.desk, known.line.id, found.code)
            await self._load(known.line.id)
            self.say(f"{KIND_WORDS[known.line.kind]} dicocokkan; tidak ada yang dikirim lagi", "ok")
            self.station.refresh_status()

    # Taking back

    def action_delete(self) -> None:
        """Del: take the selected line back, after a question."""
        known = row_of(self._lines, self._rows.selected)
        if self._entry.kind is not None:
            return
        if known is not None:
            self.do(partial(self._delete, known))
        elif is_foreign(self._rows.selected):
            self.say("Baris itu diketik di laman P-Care; hapus di sana", "muted")

    async def _delete(self, known: LineRow) -> None:
        word = KIND_WORDS[known.line.kind].lower()
        answer = await ask(
            self.app,
            f"Hapus {word} ini?",
            known.line.value.title,
            *(("Dihapus juga di P-Care.",) if known.item is not None else ()),
            answers=(Choice("yes", "Ya, hapus", "y"), Choice("no", "Tidak", "t")),
        )
        if answer == "yes":
            await delete_line(self.desk, known.line.id)
            await self._load()
            self.say(f"{KIND_WORDS[known.line.kind]} dihapus", "ok")
            self.station.refresh_status()

    # Leaving

    def action_back(self) -> None:
        """Esc, F10: from a form to the list, from the list to where it was opened."""
        self.do(self._back, group="way")

    async def _back(self) -> None:
        if not await self.may_leave():
            return
        if self._entry.kind is not None:
            self._show_list()
            self.say("")
            await self._load()
        else:
            await self._leave()

    async def _leave(self, said: str = "") -> None:
        ticket = self._sheet.ticket if self._sheet else None
        with self.station.keys_held():
            if self._way_back == "outbox":
                await self.station.go("outbox", said=said)
            elif self._way_back == "queue" or ticket is None:
                at = {"ticket_id": ticket.id, "day": ticket.day} if ticket else {}
                await self.station.go("queue", said=said, **at)
            else:
                await self.station.go("service", ticket_id=ticket.id, saved=True)

    async def may_leave(self) -> bool:
        """Asks when something is typed and not saved."""
        if self._entry.busy:
            return False
        if not self._entry.is_dirty:
            return True
        answer = await ask(
            self.app,
            "Buang isian yang belum disimpan?",
            answers=(Choice("drop", "Ya, buang", "y"), Choice("keep", "Tidak", "t")),
        )
        if answer != "drop":
            return False
        await self._entry.forget()
        return True

    async def before_lock(self) -> None:
        """The last letters go into the draft."""
        await self._entry.keep()

    def refused(self, error: CounterError) -> None:
        """The sentence; what changed meanwhile is seen in the list."""
        super().refused(error)
        self.store_changed()
