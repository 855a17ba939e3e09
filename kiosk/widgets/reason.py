"""The box that asks for a sentence: why something is given up."""

from collections.abc import Sequence

from textual import events, on
from textual.app import App, ComposeResult
from textual.containers import Vertical

from kiosk.widgets.dialogs import dialog_is_open
from kiosk.widgets.entry import Entry
from kiosk.widgets.lines import Line, Lines, Span, line
from kiosk.widgets.screen import Dialog


class ReasonDialog(Dialog[str]):
    """A question answered by typing; Enter gives what is typed, Esc gives None."""

    NAME = "reason"

    DEFAULT_CSS = """
    ReasonDialog > .box { width: 76; }
    ReasonDialog Entry { width: 1fr; margin: 1 0; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._head = Lines()
        self._entry = Entry(max_length=200)
        self._foot = Lines()
        self._title = ""
        self._text: tuple[str, ...] = ()
        self._problem = ""
        self._enter = ""

    def compose(self) -> ComposeResult:
        """Question, entry, keys."""
        with Vertical(classes="box"):
            yield self._head
            yield self._entry
            yield self._foot

    def prepare(self, title: str, text: Sequence[str], enter: str, typed: str, problem: str) -> None:
        """What is asked next time the box opens."""
        self._title, self._text, self._problem, self._enter = title, tuple(text), problem, enter
        self._entry.value = typed
        self._entry.cursor_position = len(self._entry.value)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Draw the question that was prepared."""
        body: list[Line] = [line(Span(self._title, "title")), (), *(line(text) for text in self._text)]
        if self._problem:
            body.append(line(Span(f"× {self._problem}", "error")))
        self._head.show(*body)
        self._foot.show(line(Span("Enter", "key"), f" {self._enter}   ", Span("Esc", "key"), " kembali"))
        self._entry.focus()

    @on(Entry.Submitted)
    def _submitted(self, event: Entry.Submitted) -> None:
        event.stop()
        self.dismiss(self._entry.value.strip())


async def ask_reason(
    app: App[None], title: str, *text: str, enter: str, typed: str = "", problem: str = ""
) -> str | None:
    """Ask for a sentence and wait; None for Esc (or when a box is open already). To be awaited in a worker.

    `enter` says what Enter does; `typed` and `problem` are for asking again with what was typed.
    """
    if dialog_is_open(app):
        return None
    if not app.is_screen_installed(ReasonDialog.NAME):
        app.install_screen(ReasonDialog(), ReasonDialog.NAME)
    dialog = app.get_screen(ReasonDialog.NAME, ReasonDialog)
    dialog.prepare(title, text, enter, typed, problem)
    return await app.push_screen_wait(dialog)
