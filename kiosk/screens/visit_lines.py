"""Drugs, procedures and results of a saved service (obat, tindakan, lab): listed, entered, corrected, taken back."""

from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kiosk.counter.errors import CounterError, InvalidField, InvalidForm
from kiosk.counter.lines import add_line, delete_line, edit_line, lines_of
from kiosk.counter.serve import open_service
from kiosk.counter.views import LineRow, ServiceSheet, VisitLines
from kiosk.domain.codes import LineKind
from kiosk.domain.ids import new_id
from kiosk.domain.visit import FieldProblem
from kiosk.screens.base import DeskScreen
from kiosk.screens.line_forms import DrugForm, LabForm, ProcedureForm
from kiosk.screens.line_sources import ProcedureSource
from kiosk.screens.service_head import head_lines
from kiosk.screens.visit_lines_view import GROUPS, KIND_WORDS, about, is_foreign, kind_of_empty, row_of, rows_of
from kiosk.widgets.choice import Choice
from kiosk.widgets.dialogs import ask
from kiosk.widgets.form import Form
from kiosk.widgets.lines import Lines, Span, line
from kiosk.widgets.rows import Rows

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
_BESIDE = {LineKind.MEDICATION: {"code": "drug"}}
"""Where a form shows what the counter says of an attribute of another name."""


class VisitLinesScreen(DeskScreen):
    """The lines of one visit; behind the list a form for each kind."""

    TITLE = "Obat, tindakan, lab"
    KEYS = _KEYS["list"]
    HELP_LINES = (
        "O, T, L  menambah obat, tindakan, hasil laboratorium",
        "Enter  memperbaiki baris yang dipilih",
        "Del, H  menghapus baris yang dipilih, juga di P-Care; bertanya dulu",
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
    ]

    DEFAULT_CSS = """
    VisitLinesScreen .patient { height: 2; padding: 0 1; }
    VisitLinesScreen .view { height: 1fr; padding: 1 1 0 1; }
    VisitLinesScreen .about { height: 5; margin-top: 1; }
    VisitLinesScreen Form { height: auto; margin-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._patient = Lines(classes="patient")
        self._rows = Rows()
        self._about = Lines(classes="about")
        self._head = Lines(classes="title")
        self._drug, self._procedure, self._lab = DrugForm(), ProcedureForm(), LabForm()
        self._forms: dict[LineKind, DrugForm | ProcedureForm | LabForm] = {
            LineKind.MEDICATION: self._drug,
            LineKind.PROCEDURE: self._procedure,
            LineKind.LAB: self._lab,
        }
        self._views: tuple[Vertical, ...] = ()
        self._kind: LineKind | None = None
        self._sheet: ServiceSheet | None = None
        self._lines = _NOTHING
        self._edited: LineRow | None = None
        self._request = ""
        self._from_queue = self._from_outbox = False

    def body(self) -> ComposeResult:
        """The patient; below, the list or one form."""
        yield self._patient
        with Vertical(classes="view") as listed:
            yield self._rows
            yield self._about
        with Vertical(classes="view") as form:
            yield self._head
            yield self._lab.tabs
            yield from self._forms.values()
        self._views = (listed, form)

    def on_mount(self) -> None:
        """The list is in front."""
        self._show_view(None)

    # Opening and showing

    async def opened(self, **given: Any) -> None:
        """The lines of the service of `ticket_id`, with the form of `line_id` open when it is given.

        `from_queue` says that Esc leads to the queue, `line_id` that it leads to the outbox.
        """
        self._from_queue, self._from_outbox = bool(given.get("from_queue")), given.get("line_id") is not None
        self._lines, self._sheet = _NOTHING, None
        self._rows.show_rows(())
        self._patient.show()
        self.say("")
        self._show_view(None)
        try:
            self._sheet = await open_service(self.desk, ticket_id=str(given["ticket_id"]))
        except CounterError as error:
            await self._leave(error.message)
            return
        if self._sheet.visit is None:
            await self._leave("Simpan pelayanannya dulu, baru obat, tindakan, dan lab")
            return
        await self._load(given.get("line_id"))
        if (known := row_of(self._lines, self._rows.selected)) is not None and self._from_outbox:
            await self._open(known.line.kind, known)

    def _show_view(self, kind: LineKind | None) -> None:
        """The list, or the form of `kind`."""
        self._kind = kind
        for number, view in enumerate(self._views):
            view.display = (number == 0) == (kind is None)
        for one, form in self._forms.items():
            form.display = one == kind
        self._lab.tabs.display = kind == LineKind.LAB
        self.key_line.keys(_KEYS["list" if kind is None else "pages" if kind == LineKind.LAB else "form"])
        if kind is None:
            self._edited = None
            self._rows.focus()

    async def _load(self, select: str | None = None) -> None:
        sheet = self._sheet
        if sheet is None or sheet.visit is None:
            return
        self._lines = await lines_of(self.desk, sheet.visit.id)
        self._patient.show(*head_lines(sheet, self.desk.today()))
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

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """A box was closed."""
        self.store_changed()

    def store_changed(self) -> None:
        """P-Care may have answered about a line."""
        if self._kind is None and self._sheet is not None:
            self.do(self._load(), group="load", exclusive=True)

    # The forms

    def action_add(self, kind: str) -> None:
        """O, T, L: an empty form."""
        if self._kind is None and self._sheet is not None and self._sheet.visit is not None:
            self.do(self._open(LineKind(kind), None), group="open", exclusive=True)

    @on(Rows.Chosen)
    def _chosen(self, event: Rows.Chosen) -> None:
        event.stop()
        kind, known = kind_of_empty(event.key), row_of(self._lines, event.key)
        if kind is not None:
            self.action_add(kind)
        elif known is not None:
            self.do(self._open(known.line.kind, known), group="open", exclusive=True)
        elif is_foreign(event.key):
            self.say("Baris itu diketik di laman P-Care; ubah di sana", "muted")

    async def _open(self, kind: LineKind, known: LineRow | None) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        self._drug.use(self.desk)
        if kind == LineKind.PROCEDURE:
            source = ProcedureSource(self.desk, sheet.registration.care)
            await source.read()
            self._procedure.use(source)
        self._edited, self._request = known, new_id()
        self.say("")
        verb, noun = "Tambah" if known is None else "Perbaiki", KIND_WORDS[kind].lower()
        self._head.show(line(Span(f"{verb} {noun}", "title")))
        self._show_view(kind)
        self._edited = known
        self._forms[kind].fill(known.line.value if known else None)

    @on(Form.Edited)
    def _typed(self, event: Form.Edited) -> None:
        event.stop()
        self.say("")

    @on(Form.Save)
    def _save(self, event: Form.Save) -> None:
        event.stop()
        kind = self._kind
        if kind is None:
            return
        form = self._forms[kind]
        seen = {field.note for field in form.fields}
        values = form.values()
        if values is None:
            self.say("Belum bisa disimpan: perbaiki isian bertanda ×", "error")
            return
        value = form.made(values)
        asked = [sentence for sentence in form.warnings(value) if sentence not in seen]
        if asked:
            # The sentence itself stands at its field, on whatever page that is.
            doubtful = next((field for field in form.fields if field.note == asked[0]), None)
            if doubtful is not None:
                doubtful.focus()
            self.say("Periksa isian bertanda !; simpan sekali lagi kalau memang begitu", "warn")
            return
        form.busy = True
        self.do(self._save_line(kind, value))

    async def _save_line(self, kind: LineKind, value: Any) -> None:
        form, known, sheet = self._forms[kind], self._edited, self._sheet
        if sheet is None or sheet.visit is None:
            return
        try:
            if known is None:
                saved = await add_line(self.desk, sheet.visit.id, value, request_id=self._request)
            else:
                saved = await edit_line(self.desk, known.line.id, value, based_on=known.line.version)
        except InvalidForm as error:
            beside = _BESIDE.get(kind, {})
            form.problems([FieldProblem(beside.get(p.field, p.field), p.message) for p in error.problems])
            self.say("Belum bisa disimpan: perbaiki isian bertanda ×", "error")
            return
        except InvalidField as error:
            form.problem(error.field, error.message)
            return
        finally:
            form.busy = False
        self._show_view(None)
        await self._load(saved.id)
        self.say(f"{KIND_WORDS[kind]} tersimpan", "ok")
        self.station.refresh_status()

    # Taking back

    def action_delete(self) -> None:
        """Del: take the selected line back, after a question."""
        known = row_of(self._lines, self._rows.selected)
        if self._kind is not None:
            return
        if known is not None:
            self.do(self._delete(known))
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
        self.do(self._back(), group="way")

    async def _back(self) -> None:
        if not await self.may_leave():
            return
        if self._kind is not None:
            self._show_view(None)
            self.say("")
            await self._load()
        else:
            await self._leave()

    async def _leave(self, said: str = "") -> None:
        ticket = self._sheet.ticket if self._sheet else None
        with self.station.keys_held():
            if self._from_outbox:
                await self.station.go("outbox", said=said)
            elif self._from_queue or ticket is None:
                await self.station.go("queue", said=said, **({"ticket_id": ticket.id} if ticket else {}))
            else:
                await self.station.go("service", ticket_id=ticket.id, saved=True)

    async def may_leave(self) -> bool:
        """Asks when something is typed and not saved."""
        if self._kind is None:
            return True
        form = self._forms[self._kind]
        if form.busy:
            return False
        if not form.is_dirty:
            return True
        answer = await ask(
            self.app,
            "Buang isian yang belum disimpan?",
            answers=(Choice("drop", "Ya, buang", "y"), Choice("keep", "Tidak", "t")),
        )
        return answer == "drop"

    def refused(self, error: CounterError) -> None:
        """The sentence; what changed meanwhile is seen in the list."""
        super().refused(error)
        self.store_changed()
