"""One-line form fields: label left, entry right, unit and problem beside it; the base of all, texts, passwords."""

from abc import ABCMeta, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.dom import DOMNode
from textual.message import Message
from textual.message_pump import _MessagePumpMeta
from textual.widgets.input import Selection

from kiosk.safe_text import NAME_LIMIT
from kiosk.widgets.entry import Entry
from kiosk.widgets.lines import Lines, Span, column, line

REQUIRED = "Harus diisi"


class _FieldMeta(ABCMeta, _MessagePumpMeta):
    """Widgets have a metaclass of their own: this one lets a kind of field leave nothing out."""


class Field(Lines, metaclass=_FieldMeta):
    """The base of all fields: a label, something that takes keys, and a note that says what is wrong or doubtful."""

    DEFAULT_CSS = """
    Field { height: 1; width: 1fr; layout: horizontal; }
    """

    @dataclass
    class Done(Message):
        """Enter was pressed, or a single key chose: the form moves on."""

        field: "Field"
        """The field that is finished."""
        to_empty: bool = False
        """Whether filled fields behind it are passed over: a key that chose goes to what is still to be decided."""

    @dataclass
    class Edited(Message):
        """The person changed what is in the field."""

        field: "Field"
        """The field that changed."""

    @dataclass
    class Noted(Message):
        """A note appeared or went that has no room beside its field; the form shows it below."""

        field: "Field"
        """The field whose note it is."""

    def __init__(
        self,
        key: str,
        label: str,
        *,
        label_width: int = 18,
        unit: str = "",
        required: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.key = key
        """The name of the form's attribute that this field fills; InvalidField.field names it."""
        self.label = label
        """The words at its left."""
        self.label_width = label_width
        """Cells of the label, the mark for problems included."""
        self.unit = unit
        """The unit behind the entry, "mmHg"."""
        self.required = required
        """Whether it must be filled before saving."""
        self._note = ""
        self._note_role = ""

    # What a kind of field must know

    @property
    def input_width(self) -> int:
        """Cells that the entry takes."""
        return 0

    @property
    @abstractmethod
    def typed(self) -> str:
        """What is typed, as text: what a draft keeps."""

    @abstractmethod
    def put(self, text: str) -> None:
        """Fill the field with `text`, from a draft or what is known; `Edited` is not posted."""

    @abstractmethod
    def value(self) -> object:
        """What is typed as a value of the domain, None when empty. Raises ValueError with a sentence."""

    def doubt(self, value: object) -> str:
        """A sentence when `value` is possible but hardly right, else ""."""
        return ""

    # Notes

    @property
    def note(self) -> str:
        """The sentence about the field, "" when there is nothing to say."""
        return self._note

    @property
    def has_problem(self) -> bool:
        """Whether the note is a problem that keeps the form from being saved."""
        return self._note_role == "error"

    def say(self, note: str, role: str = "error") -> None:
        """Show `note` beside the field ("error", "warn", "muted" or "ok"); "" takes it away."""
        if (note, role) == (self._note, self._note_role):
            return
        self._note, self._note_role = note, role if note else ""
        self.redraw()
        self.post_message(self.Noted(self))

    def check(self) -> bool:
        """Look at what is typed, say what is wrong or doubtful; whether it may be saved."""
        try:
            value = self.value()
        except ValueError as problem:
            self.say(str(problem))
            return False
        if value is None and self.required:
            self.say(REQUIRED)
            return False
        self.say("" if value is None else self.doubt(value), "warn")
        return True

    @property
    def note_fits(self) -> bool:
        """Whether the note has room beside the field."""
        return self._room_for_note() >= len(self._note)

    def _room_for_note(self) -> int:
        used = self.label_width + self.input_width + len(self.unit) + 3
        return self.size.width - used

    # Drawing

    def on_mount(self) -> None:
        """First drawing."""
        self.redraw()

    def redraw(self) -> None:
        """Draw label, mark, unit and note again; only what changed is sent."""
        mark = {"error": Span("×", "error"), "warn": Span("!", "warn")}.get(self._note_role, Span(" "))
        label = column(self.label, self.label_width - 2, "strong" if self.is_in_use else "muted")
        parts = [label, mark, Span(" " * (self.input_width + 2)), column(self.unit, len(self.unit) + 1, "muted")]
        if self._note and self.note_fits:
            parts.append(Span(self._note, self._note_role))
        self.show(line(*parts))

    @property
    def is_in_use(self) -> bool:
        """Whether the person is typing here."""
        focused = self.screen.focused if self.is_mounted and self.is_attached else None
        return focused is not None and self in focused.ancestors_with_self

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The label stands out while its field is used."""
        self.redraw()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """A field that is left is looked at, unless it is empty."""
        self.redraw()
        if self.typed:
            self.check()

    def on_resize(self, event: events.Resize) -> None:
        """Another width may have room for the note or not."""
        self.redraw()


def fields_in(node: DOMNode) -> Iterator[Field]:
    """Every field below `node`, in order."""
    return (field for field in node.query("Field") if isinstance(field, Field))


class TextField(Field):
    """Free text on one line."""

    def __init__(
        self,
        key: str,
        label: str,
        *,
        width: int = 30,
        max_length: int = NAME_LIMIT,
        label_width: int = 18,
        unit: str = "",
        required: bool = False,
        password: bool = False,
        placeholder: str = "",
        select_on_focus: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(key, label, label_width=label_width, unit=unit, required=required, id=id)
        self._width = width
        self.entry = Entry(
            max_length=max_length, password=password, placeholder=placeholder, select_on_focus=select_on_focus
        )
        """Where the person types."""

    @property
    def input_width(self) -> int:
        """Cells that the entry takes."""
        return self._width

    def compose(self) -> ComposeResult:
        """The entry behind its label."""
        self.entry.styles.margin = (0, 0, 0, self.label_width)
        self.entry.styles.width = self._width
        yield self.entry

    def focus(self, scroll_visible: bool = True) -> "TextField":
        """Put the cursor into the entry."""
        self.entry.focus(scroll_visible)
        return self

    @property
    def typed(self) -> str:
        """What is typed."""
        return self.entry.value

    def put(self, text: str) -> None:
        """Fill the entry."""
        with self.entry.prevent(Entry.Changed):
            self.entry.value = text
        self.entry.cursor_position = len(self.entry.value)

    def value(self) -> object:
        """The text without blanks around it, None when empty."""
        return self.typed.strip() or None

    @on(Entry.Changed)
    def _changed(self, event: Entry.Changed) -> None:
        event.stop()
        if self.has_problem:
            self.say("")
        self.post_message(self.Edited(self))

    @on(Entry.Submitted)
    def _submitted(self, event: Entry.Submitted) -> None:
        event.stop()
        if not self.typed.strip() or self.check():
            self.post_message(self.Done(self))
        elif self.entry.select_on_focus:
            self.entry.selection = Selection(0, len(self.typed))


class PasswordField(TextField):
    """A secret: shown as dots, never given to drafts, never stripped."""

    def __init__(self, key: str, label: str, *, width: int = 30, label_width: int = 18, id: str | None = None) -> None:
        super().__init__(
            key,
            label,
            width=width,
            label_width=label_width,
            max_length=128,
            required=True,
            password=True,
            select_on_focus=True,
            id=id,
        )

    def value(self) -> object:
        """The secret as typed, None when empty."""
        return self.typed or None
