"""Entering or correcting one line of a visit: the three forms, of which one is in front, and how it is saved."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from kiosk.counter.errors import InvalidField, InvalidForm
from kiosk.counter.lines import add_line, edit_line
from kiosk.counter.views import LineRow, ServiceSheet
from kiosk.domain.codes import LineKind
from kiosk.domain.field_problem import FieldProblem
from kiosk.domain.ids import new_id
from kiosk.screens.base import DeskScreen
from kiosk.screens.form_draft import RESTORED, FormDraft
from kiosk.screens.line_forms import DrugForm, LabForm, ProcedureForm
from kiosk.screens.line_sources import ProcedureSource
from kiosk.screens.service_words import DOUBTFUL
from kiosk.screens.visit_lines_view import KIND_WORDS
from kiosk.widgets.form import Form
from kiosk.widgets.lines import Lines, Span, line

_NOT_YET = "Belum bisa disimpan: perbaiki isian bertanda ×"
_BESIDE = {LineKind.MEDICATION: {"code": "drug"}}
"""Where a form shows what the counter says of an attribute of another name."""


class LineEntry(Vertical):
    """The form of one kind of line; `kind` is None while none is in front."""

    DEFAULT_CSS = """
    LineEntry { height: 1fr; padding: 1 1 0 1; }
    LineEntry Form { height: auto; margin-top: 1; }
    """

    @dataclass
    class Saved(Message):
        """A line is in the store."""

        line_id: str
        kind: LineKind

    def __init__(self, screen: DeskScreen) -> None:
        super().__init__()
        self._screen = screen
        self._head = Lines(classes="title")
        self._drug, self._procedure, self._lab = DrugForm(), ProcedureForm(), LabForm()
        self._forms: dict[LineKind, DrugForm | ProcedureForm | LabForm] = {
            LineKind.MEDICATION: self._drug,
            LineKind.PROCEDURE: self._procedure,
            LineKind.LAB: self._lab,
        }
        self._sheet: ServiceSheet | None = None
        self._known: LineRow | None = None
        self._request = ""
        self._draft = FormDraft(screen, "line")
        self.kind: LineKind | None = None
        """Which form is in front."""

    def compose(self) -> ComposeResult:
        """What is done, and the forms."""
        yield self._head
        yield self._lab.tabs
        yield from self._forms.values()

    async def open(self, sheet: ServiceSheet, kind: LineKind, known: LineRow | None) -> None:
        """An empty form, or the one of a line that is `known`."""
        desk = self._screen.desk
        self._drug.use(desk)
        self._drug.allergens = sheet.allergies.drugs
        if kind == LineKind.PROCEDURE:
            source = ProcedureSource(desk, sheet.registration.care)
            await source.read()
            self._procedure.use(source)
        self._sheet, self._known, self._request = sheet, known, new_id()
        verb = "Tambah" if known is None else "Perbaiki"
        self._head.show(line(Span(f"{verb} {KIND_WORDS[kind].lower()}", "title")))
        self._show(kind)
        self._forms[kind].fill(known.line.value if known else None)
        # A line that was saved meanwhile has another version: what was typed over the earlier one is not laid over it.
        subject = f"{known.line.id} {known.line.version}" if known else f"{sheet.registration.id} {kind}"
        if await self._draft.begin(self._forms[kind], subject):
            self._screen.say(RESTORED, "warn")

    async def keep(self) -> None:
        """The last letters go into the draft."""
        await self._draft.now()

    async def forget(self) -> None:
        """What is typed was thrown away."""
        await self._draft.forget()

    def close(self) -> None:
        """No form is in front."""
        self._draft.pause()
        self._known = None
        self._show(None)

    def _show(self, kind: LineKind | None) -> None:
        self.kind = kind
        self.display = kind is not None
        for one, form in self._forms.items():
            form.display = one == kind
        self._lab.tabs.display = kind == LineKind.LAB

    @property
    def is_dirty(self) -> bool:
        """Whether something is typed and not saved."""
        return self.kind is not None and self._forms[self.kind].is_dirty

    @property
    def busy(self) -> bool:
        """Whether it is being saved."""
        return self.kind is not None and self._forms[self.kind].busy

    @on(Form.Edited)
    def _typed(self, event: Form.Edited) -> None:
        event.stop()
        self._screen.say("")
        self._draft.touch()

    @on(Form.Save)
    def _save(self, event: Form.Save) -> None:
        event.stop()
        kind = self.kind
        if kind is None:
            return
        form = self._forms[kind]
        seen = {field.note for field in form.fields}
        values = form.values()
        if values is None:
            self._screen.say(_NOT_YET, "error")
            return
        value = form.made(values)
        asked = [sentence for sentence in form.warnings(value) if sentence not in seen]
        if asked:
            # The sentence itself stands at its field, on whatever page that is.
            doubtful = next((field for field in form.fields if field.note == asked[0]), None)
            if doubtful is not None:
                doubtful.focus()
            self._screen.say(DOUBTFUL, "warn")
            return
        form.busy = True
        self._screen.do(partial(self._save_line, kind, value))

    async def _save_line(self, kind: LineKind, value: Any) -> None:
        desk, form, known, sheet = self._screen.desk, self._forms[kind], self._known, self._sheet
        if sheet is None or sheet.visit is None:
            return
        with self._screen.station.keys_held():
            try:
                if known is None:
                    saved = await add_line(desk, sheet.visit.id, value, request_id=self._request)
                else:
                    saved = await edit_line(desk, known.line.id, value, based_on=known.line.version)
            except InvalidForm as error:
                beside = _BESIDE.get(kind, {})
                form.problems([FieldProblem(beside.get(p.field, p.field), p.message) for p in error.problems])
                self._screen.say(_NOT_YET, "error")
                return
            except InvalidField as error:
                form.problem(error.field, error.message)
                return
            finally:
                form.busy = False
            await self._draft.forget()
            self.post_message(self.Saved(saved.id, kind))
