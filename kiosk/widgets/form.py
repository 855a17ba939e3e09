"""A form: fields in order, Enter moves on, Ctrl+S saves from anywhere, problems stand beside what they concern."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.dom import DOMNode
from textual.message import Message

from kiosk.domain.field_problem import FieldProblem
from kiosk.widgets.field import Field, PasswordField, fields_in
from kiosk.widgets.lines import Lines, Span, line


class FormRow(Horizontal):
    """Fields that share one line."""

    DEFAULT_CSS = """
    FormRow { height: auto; width: 1fr; }
    """


class Form(Vertical, can_focus=False, inherit_bindings=False):
    """Holds fields, alone or in FormRows; the last line says what has no room beside its field.

    A screen fills it with `start`, reads it with `values`, and answers its `Save`.
    """

    DEFAULT_CSS = """
    Form { height: auto; width: 1fr; }
    Form > .form--message { height: 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f2", "save", show=False),
        Binding("down", "go(1)", show=False),
        Binding("up", "go(-1)", show=False),
    ]

    @dataclass
    class Save(Message):
        """The person asked to save: Ctrl+S, F2, or Enter on the last field. Not posted while `busy`."""

        form: "Form"
        """The form to be saved."""

        @property
        def control(self) -> "Form":
            """The form, for `on` selectors."""
            return self.form

    @dataclass
    class Edited(Message):
        """Something was typed or chosen; the screen may keep a draft."""

        form: "Form"
        """The form that changed."""
        field: Field
        """The field in which it did."""

        @property
        def control(self) -> "Form":
            """The form, for `on` selectors."""
            return self.form

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._message = Lines(classes="form--message")
        self._said: Span | None = None
        self._start: dict[str, str] = {}
        self.busy = False
        """Set by the screen while it saves: a second Ctrl+S is then not heard."""

    def compose(self) -> ComposeResult:
        """The message line below the fields."""
        yield self._message

    # Fields

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that can be used now, in order."""
        return tuple(
            field for field in fields_in(self) if not field.disabled and all(n.display for n in _shown(field, self))
        )

    def field(self, key: str) -> Field:
        """The field that fills `key`. Raises KeyError."""
        for field in fields_in(self):
            if field.key == key:
                return field
        raise KeyError(key)

    @property
    def typed(self) -> dict[str, str]:
        """Everything that is typed, as a draft keeps it; secrets are left out."""
        return {f.key: f.typed for f in fields_in(self) if not isinstance(f, PasswordField) and f.typed}

    @property
    def is_dirty(self) -> bool:
        """Whether something differs from what the form started with."""
        return self.typed != self._start

    def start(self, known: Mapping[str, str] | None = None, focus: str | None = None) -> None:
        """Empty the form, fill in what is known, and put the cursor on `focus` (else the first empty field)."""
        self.reset(known)
        self.go_to(focus)

    def reset(self, known: Mapping[str, str] | None = None) -> None:
        """Empty the form and fill in what is known; the cursor is not moved."""
        for field in fields_in(self):
            field.put((known or {}).get(field.key, ""))
            field.say("")
        self.say("")
        self.busy = False
        self._start = self.typed

    def restore(self, typed: Mapping[str, str], focus: str | None = None) -> None:
        """Lay a draft over what is there; it counts as typed, so leaving asks first."""
        for field in fields_in(self):
            if field.key in typed:
                field.put(typed[field.key])
        self.go_to(focus)

    def values(self) -> dict[str, object] | None:
        """Every field's value by key; None when a field has a problem, which is then shown and gets the cursor."""
        found: dict[str, object] = {}
        first_bad: Field | None = None
        for field in self.fields:
            if field.check():
                found[field.key] = field.value()
            elif first_bad is None:
                first_bad = field
        if first_bad is None:
            return found
        first_bad.focus()
        self._tell()
        return None

    # Moving

    def go_to(self, key: str | None = None) -> None:
        """Put the cursor on the field `key`, else on the first empty one, else on the first."""
        fields = self.fields
        wanted = [f for f in fields if f.key == key] or [f for f in fields if not f.typed] or list(fields)
        if wanted:
            wanted[0].focus()

    @property
    def current(self) -> Field | None:
        """The field with the cursor."""
        return next((field for field in self.fields if field.is_in_use), None)

    def action_go(self, by: int) -> None:
        """The next or the previous field; stops at the ends."""
        fields = self.fields
        if self.current in fields:
            at = fields.index(self.current) + by
            if 0 <= at < len(fields):
                fields[at].focus()

    @on(Field.Done)
    def _done(self, event: Field.Done) -> None:
        event.stop()
        fields = self.fields
        following = fields[fields.index(event.field) + 1 :] if event.field in fields else ()
        if event.to_empty:
            following = tuple(field for field in following if not field.typed) or following
        if following:
            following[0].focus()
        else:
            self.action_save()

    def action_save(self) -> None:
        """Ctrl+S."""
        if not self.busy:
            self.post_message(self.Save(self))

    @on(Field.Edited)
    def _edited(self, event: Field.Edited) -> None:
        event.stop()
        self.say("")
        self.post_message(self.Edited(self, event.field))

    # Saying

    def say(self, text: str, role: str = "error") -> None:
        """A sentence that concerns the whole form; "" takes it away."""
        said = Span(text, role) if text else None
        if said != self._said:
            self._said = said
            self._tell()

    @property
    def said(self) -> str:
        """What the message line says."""
        return self._message.text

    def problem(self, key: str, message: str) -> None:
        """Show a refusal of the counter at the field it names and put the cursor there; everything typed stays."""
        self.problems([FieldProblem(key, message)])

    def problems(self, found: Sequence[FieldProblem]) -> None:
        """Show several refusals, the first gets the cursor; what no field stands for goes to the message line."""
        by_key = {field.key: field for field in self.fields}
        known = [one for one in found if one.field in by_key]
        for one in known:
            by_key[one.field].say(one.message)
        rest = next((one.message for one in found if one.field not in by_key), "")
        self.say(rest)
        if known:
            by_key[known[0].field].focus()

    @on(Field.Noted)
    def _noted(self, event: Field.Noted) -> None:
        event.stop()
        self._tell()

    def _tell(self) -> None:
        if self._said:
            self._message.show(line(self._said))
            return
        notes = [field for field in self.fields if field.note and not field.note_fits]
        notes.sort(key=lambda field: (not field.is_in_use, not field.has_problem))
        if notes:
            role = "error" if notes[0].has_problem else "warn"
            self._message.show(line(Span("× " if role == "error" else "! ", role), Span(notes[0].note, role)))
        else:
            self._message.show(())


def _shown(field: Field, form: Form) -> list[DOMNode]:
    """The field and its containers up to the form."""
    return list(takewhile(lambda node: node is not form, field.ancestors_with_self))
