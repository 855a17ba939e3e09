"""Choosing one of many by typing: reference lists, diagnoses, hospitals. A box that opens over a form."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from textual import events, on
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.timer import Timer

from kiosk.domain.text import clean
from kiosk.safe_text import NAME_LIMIT
from kiosk.widgets.entry import Entry
from kiosk.widgets.field import Field
from kiosk.widgets.lines import Lines, Span, column, line
from kiosk.widgets.rows import Row, Rows
from kiosk.widgets.screen import Dialog
from kiosk.widgets.work import work

DEBOUNCE = 0.1
"""Seconds without a key before the source is asked: fast typing asks once."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be picked."""

    code: str
    """What is stored."""
    name: str
    """What is read."""
    hint: str = ""
    """A few words at the right: distance, schedule, "nonspesialistik"."""
    also: str = ""
    """What else it is called; stands before the name where it is chosen, and is not kept."""

    @property
    def row_text(self) -> str:
        """What a row reads."""
        return f"{self.also} · {self.name}" if self.also else self.name


Source = Callable[[str], Awaitable[Sequence[Option]]]
"""Gives the options for what was typed, best first; "" asks for the usual ones."""


def listed(options: Sequence[Option]) -> Source:
    """A source over a list in memory: the code begins with the text, or every word typed begins a word of the name."""
    indexed = [(option, option.code.lower(), f" {option.name.lower()}") for option in options]

    async def find(text: str) -> Sequence[Option]:
        words = clean(text, NAME_LIMIT).lower().split()
        typed = " ".join(words)
        by_code = [option for option, code, _ in indexed if typed and code.startswith(typed)]
        by_name = [
            option for option, _, name in indexed if option not in by_code and all(f" {word}" in name for word in words)
        ]
        return [*by_code, *by_name]

    return find


class PickerDialog(Dialog[Option]):
    """Type to narrow, ↑↓ to select, Enter to take, Esc to leave it as it was."""

    NAME = "picker"

    DEFAULT_CSS = """
    PickerDialog > .box { width: 76; height: 16; }
    PickerDialog Entry { width: 1fr; }
    """

    BINDINGS = [
        ("up", "move(-1)", ""),
        ("down", "move(1)", ""),
        ("pageup", "page(-1)", ""),
        ("pagedown", "page(1)", ""),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._head = Lines()
        self._entry = Entry(max_length=60)
        self._rows = Rows()
        self._rows.can_focus = False
        self._foot = Lines()
        self._options: dict[str, Option] = {}
        self._source: Source = listed(())
        self._title = ""
        self._serial = 0
        self._shown_for: str | None = None
        """The text that the rows are for, None while there are none yet."""
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Title, entry, rows, keys."""
        with Vertical(classes="box"):
            yield self._head
            yield self._entry
            yield self._rows
            yield self._foot

    def prepare(self, title: str, source: Source, text: str, empty: str) -> None:
        """What is picked next time the box opens; `text` is typed already."""
        self._title, self._source = title, source
        self._rows.empty = empty
        self._entry.value = text
        self._entry.cursor_position = len(text)
        self._options = {}
        self._shown_for = None
        self._rows.show_rows(())

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Draw what was prepared and ask the source."""
        self._head.show(line(Span(self._title, "title")))
        self._foot.show(line(Span("Enter", "key"), " pilih   ", Span("Esc", "key"), " kembali"))
        self._entry.focus()
        self._ask_source()

    def action_move(self, by: int) -> None:
        """Another row."""
        self._rows.move(by)

    def action_page(self, by: int) -> None:
        """A screenful further."""
        self._rows.action_page(by)

    @on(Entry.Changed)
    def _changed(self, event: Entry.Changed) -> None:
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(DEBOUNCE, self._ask_source)

    @on(Entry.Submitted)
    async def _submitted(self, event: Entry.Submitted) -> None:
        event.stop()
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if not self._is_caught_up:
            await self._find()
        if self._is_caught_up and self._rows.selected is not None:
            self.dismiss(self._options[self._rows.selected])

    @property
    def _is_caught_up(self) -> bool:
        """Whether the rows are those of what is typed: Enter must not take one that was found for half of it."""
        return self._shown_for == self._entry.value.strip()

    def _ask_source(self) -> None:
        self._timer = None
        work(self, self._find, "default", exclusive=True)

    async def _find(self) -> None:
        self._serial += 1
        serial, text = self._serial, self._entry.value.strip()
        options = await self._source(text)
        if serial != self._serial:
            return
        self._shown_for = text
        self._options = {option.code: option for option in options}
        codes = max((len(option.code) for option in options), default=0)
        # A long hint, a service's own text perhaps, leaves the names their half.
        hints = min(max((len(option.hint) for option in options), default=0), self._rows.content_size.width // 2)
        room = max(self._rows.content_size.width - 2 - codes - 2 - hints - 1, 10)
        self._rows.show_rows(
            [
                Row(
                    option.code,
                    line(
                        column(option.code, codes, "key"),
                        "  ",
                        column(option.row_text, room),
                        " ",
                        Span(option.hint, "muted"),
                    ),
                )
                for option in self._options.values()
            ],
            keep=False,
        )


async def pick(
    app: App[None], title: str, source: Source, text: str = "", empty: str = "Tidak ada yang cocok"
) -> Option | None:
    """Let the person pick from `source`; None when they left it. To be awaited in a worker."""
    if isinstance(app.screen, Dialog):
        return None
    if not app.is_screen_installed(PickerDialog.NAME):
        app.install_screen(PickerDialog(), PickerDialog.NAME)
    dialog = app.get_screen(PickerDialog.NAME, PickerDialog)
    dialog.prepare(title, source, text, empty)
    return await app.push_screen_wait(dialog)


class PickerField(Field, can_focus=True):
    """A field filled from a source: typing opens the box with that letter; Enter moves on; Backspace empties."""

    BINDINGS = [("enter", "done", ""), ("space", "open", ""), ("backspace,delete", "empty", "")]

    def __init__(
        self,
        key: str,
        label: str,
        source: Source | None = None,
        *,
        label_width: int = 18,
        required: bool = False,
        placeholder: str = "ketik untuk mencari",
        empty: str = "Tidak ada yang cocok",
        id: str | None = None,
    ) -> None:
        super().__init__(key, label, label_width=label_width, required=required, id=id)
        self.source: Source = source or listed(())
        """Where options come from; may be changed at any time."""
        self.placeholder = placeholder
        """What an empty field says."""
        self.empty = empty
        """What the box says when nothing fits."""
        self._option: Option | None = None

    @property
    def option(self) -> Option | None:
        """What was picked, None when nothing is; setting it does not post `Edited`."""
        return self._option

    @option.setter
    def option(self, option: Option | None) -> None:
        if option == self._option:
            return
        self._option = option
        self.say("")
        if self.is_mounted:
            self.redraw()

    @property
    def typed(self) -> str:
        """Code and name as a draft keeps them, "K30\\tDyspepsia"; "" when nothing is picked."""
        return f"{self._option.code}\t{self._option.name}\t{self._option.hint}" if self._option else ""

    def put(self, text: str) -> None:
        """Take what a draft kept."""
        code, _, rest = text.partition("\t")
        name, _, hint = rest.partition("\t")
        self.option = Option(code, name, hint) if code else None

    def value(self) -> object:
        """The code, None when nothing is picked."""
        return self._option.code if self._option else None

    def on_key(self, event: events.Key) -> None:
        """A printable key opens the box with it typed already."""
        if event.is_printable and event.character and event.character != " ":
            event.stop()
            self._open(event.character)

    def action_open(self) -> None:
        """Open the box with all that the source offers."""
        self._open("")

    def action_done(self) -> None:
        """Enter: open the box when the field must be filled, else move on."""
        if self._option is None and self.required:
            self._open("")
        else:
            self.post_message(self.Done(self))

    def action_empty(self) -> None:
        """Backspace takes away what was picked."""
        if self._option is not None:
            self.option = None
            self.post_message(self.Edited(self))

    def _open(self, text: str) -> None:
        work(self, partial(self._pick, text), "default", exclusive=True, exit_on_error=True)

    async def _pick(self, text: str) -> None:
        found = await pick(self.app, self.label, self.source, text, self.empty)
        if found is not None:
            self.option = found
            self.post_message(self.Edited(self))
            self.post_message(self.Done(self))

    def on_focus(self, event: events.Focus) -> None:
        """The label stands out while its field is used."""
        self.redraw()

    def on_blur(self, event: events.Blur) -> None:
        """The label steps back."""
        self.redraw()

    @property
    def note_fits(self) -> bool:
        """Behind what was picked, when it is short enough."""
        used = self.label_width + len(self._shown.text) + 2
        return self.size.width - used >= len(self._note)

    @property
    def _shown(self) -> Span:
        if self._option is None:
            return Span(f"[{self.placeholder}]", "muted")
        return Span(f"{self._option.code}  {self._option.name}", "strong" if self.is_in_use else "")

    def redraw(self) -> None:
        """Label, mark, what was picked, and the note."""
        mark = {"error": Span("×", "error"), "warn": Span("!", "warn")}.get(self._note_role, Span(" "))
        label = column(self.label, self.label_width - 2, "strong" if self.is_in_use else "muted")
        shown = Span(self._shown.text, "chosen") if self.is_in_use else self._shown
        note = (Span("  "), Span(self._note, self._note_role)) if self._note and self.note_fits else ()
        self.show(line(label, mark, Span(" "), shown, *note))
