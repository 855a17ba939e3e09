"""The box that asks for a sentence, typed or chosen: why something is given up."""

import textwrap
from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kiosk.safe_text import plain
from kiosk.widgets.dialogs import dialog_is_open
from kiosk.widgets.entry import Entry
from kiosk.widgets.lines import Line, Lines, Span, line
from kiosk.widgets.screen import Dialog

_CELLS = 72
"""Letters on a line of the box at 80 columns."""


class ReasonEntry(Entry):
    """Leaves the digits of ready sentences alone as long as it is empty."""

    ready = 0
    """How many sentences there are."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is a letter here, and not a choice."""
        chosen = not self.value and key.isdigit() and 1 <= int(key) <= self.ready
        return not chosen and super().check_consume_key(key, character)


class ReasonDialog(Dialog[str]):
    """A question answered by typing; Enter gives what is typed, Esc gives None.

    The digit of a ready sentence puts it into the empty field, where it can be completed.
    """

    NAME = "reason"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(digit), f"choose({digit})", show=False, priority=True) for digit in range(1, 10)
    ]

    DEFAULT_CSS = """
    ReasonDialog > .box { width: 76; }
    ReasonDialog Entry { width: 1fr; margin: 1 0; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._head = Lines()
        self._entry = ReasonEntry(max_length=200)
        self._foot = Lines()
        self._title = ""
        self._text: tuple[str, ...] = ()
        self._problem = ""
        self._enter = ""
        self._ready: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Question, entry, keys."""
        with Vertical(classes="box"):
            yield self._head
            yield self._entry
            yield self._foot

    def prepare(
        self, title: str, text: Sequence[str], ready: Sequence[str], enter: str, typed: str, problem: str
    ) -> None:
        """What is asked next time the box opens."""
        self._ready = tuple(ready)
        self._entry.ready = len(self._ready)
        self._title, self._text, self._problem, self._enter = title, tuple(text), problem, enter
        self._entry.value = typed
        self._entry.cursor_position = len(self._entry.value)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Draw the question that was prepared."""
        body: list[Line] = [
            line(Span(self._title, "title")),
            (),
            *(line(part) for text in self._text for part in textwrap.wrap(plain(text), _CELLS)),
        ]
        body += [line(Span(f"  {n}", "key"), f"  {sentence}") for n, sentence in enumerate(self._ready, start=1)]
        if self._problem:
            body.append(line(Span(f"× {self._problem}", "error")))
        self._head.show(*body)
        self._foot.show(line(Span("Enter", "key"), f" {self._enter}   ", Span("Esc", "key"), " kembali"))
        self._entry.focus()

    def action_choose(self, number: int) -> None:
        """The ready sentence `number`, from 1."""
        self._entry.value = self._ready[number - 1]
        self._entry.cursor_position = len(self._entry.value)

    @on(Entry.Submitted)
    def _submitted(self, event: Entry.Submitted) -> None:
        event.stop()
        self.dismiss(self._entry.value.strip())


async def ask_reason(
    app: App[None], title: str, *text: str, ready: Sequence[str] = (), enter: str, typed: str = "", problem: str = ""
) -> str | None:
    """Ask for a sentence and wait; None for Esc (or when a box is open already). To be awaited in a worker.

    `ready` are sentences to choose from; `enter` says what Enter does; `typed` and `problem` are for asking again with
    what was typed.
    """
    if dialog_is_open(app):
        return None
    if not app.is_screen_installed(ReasonDialog.NAME):
        app.install_screen(ReasonDialog(), ReasonDialog.NAME)
    dialog = app.get_screen(ReasonDialog.NAME, ReasonDialog)
    dialog.prepare(title, text, ready, enter, typed, problem)
    return await app.push_screen_wait(dialog)
