"""The small boxes: a question with one key an answer, and the help of a screen. Each is made once and reused."""

import textwrap
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from kiosk.safe_text import plain
from kiosk.widgets.choice import Choice
from kiosk.widgets.lines import Line, Lines, Span, line, width_of
from kiosk.widgets.screen import Dialog

_HELP_CELLS = 72
_KEY_CELLS = 14

YES_NO = (Choice("yes", "Ya", "y"), Choice("no", "Tidak", "t"))
"""The plain answers."""


_ASK_CELLS = 60
"""Letters on a line of a question's box at 80 columns."""


class AskDialog(Dialog[str]):
    """A question; the key of an answer gives its value, Esc gives None, Enter gives the answer marked with it."""

    NAME = "ask"

    def __init__(self) -> None:
        super().__init__()
        self._lines = Lines()
        self._title = ""
        self._text: tuple[str, ...] = ()
        self._answers: tuple[Choice, ...] = ()
        self._enter: str | None = None

    def compose(self) -> ComposeResult:
        """A box with the lines."""
        with Vertical(classes="box"):
            yield self._lines

    def prepare(self, title: str, text: Sequence[str], answers: Sequence[Choice], enter: str | None) -> None:
        """What is asked next time the box opens."""
        self._title, self._text = title, tuple(text)
        self._answers, self._enter = tuple(answers), enter

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Draw the question that was prepared."""
        answers = [
            (Span(answer.key.upper(), "key"), Span(f" {answer.label}"), Span(" (Enter)", "muted"))[: 2 + is_marked]
            for answer in self._answers
            for is_marked in (answer.value == self._enter,)
        ]
        keys = _flow([*answers, (Span("Esc", "key"), Span(" kembali"))])
        body: list[Line] = [line(Span(self._title, "title"))]
        if self._text:
            body += [(), *(line(part) for text in self._text for part in textwrap.wrap(plain(text), _ASK_CELLS))]
        self._lines.show(*body, (), *keys)

    def on_key(self, event: events.Key) -> None:
        """The key of an answer, or Enter for the marked one."""
        wanted = (event.character or "").lower()
        for answer in self._answers:
            if answer.key == wanted or (event.key == "enter" and answer.value == self._enter):
                event.stop()
                self.dismiss(answer.value)
                return


def _flow(parts: Sequence[Line]) -> list[Line]:
    """As many on a line as have room, three blanks between them."""
    rows: list[Line] = []
    for part in parts:
        if rows and width_of(rows[-1]) + 3 + width_of(part) <= _ASK_CELLS:
            rows[-1] = (*rows[-1], Span("   "), *part)
        else:
            rows.append(part)
    return rows


class HelpDialog(Dialog[None]):
    """The help of one screen, in pages where it does not fit; any of Esc, Enter and F1 closes it."""

    NAME = "help"
    HEADING: ClassVar[str] = "Bantuan: "
    """What stands before the title."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,f1", "cancel", show=False),
        Binding("pagedown,down,right,space", "page(1)", show=False),
        Binding("pageup,up,left", "page(-1)", show=False),
    ]

    DEFAULT_CSS = """
    HelpDialog > .box { width: 76; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines = Lines()
        self._title = ""
        self._body: tuple[Line, ...] = ()
        self._page = 0

    def compose(self) -> ComposeResult:
        """A box with the lines."""
        with Vertical(classes="box"):
            yield self._lines

    def prepare(self, title: str, text: Sequence[str]) -> None:
        """What is told next time the box opens; "Ctrl+S  Simpan" puts the key in its own column."""
        body: list[Line] = []
        for sentence in text:
            key, gap, meaning = sentence.partition("  ")
            if gap:
                cells = max(_KEY_CELLS, len(key) + 2)
                parts = textwrap.wrap(meaning.strip(), _HELP_CELLS - cells)
                body += [line(Span(f"{key if n == 0 else '':<{cells}}", "key"), p) for n, p in enumerate(parts)]
            else:
                body += [line(part) for part in textwrap.wrap(sentence, _HELP_CELLS) or [""]]
        self._open_with(title, body)

    def _open_with(self, title: str, body: Sequence[Line]) -> None:
        self._title, self._body, self._page = title, tuple(body), 0

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Draw the help that was prepared."""
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Another height holds more or less of it."""
        self._page = 0
        self._draw()

    def action_page(self, by: int) -> None:
        """The next or the previous page; stops at the ends."""
        pages = -(-len(self._body) // self._room)
        self._page = max(0, min(self._page + by, pages - 1))
        self._draw()

    @property
    def _room(self) -> int:
        """Lines of the text that fit beside borders, title and keys."""
        return max(self.size.height - 6, 5)

    def _draw(self) -> None:
        room = self._room
        pages = -(-len(self._body) // room)
        title = f"{self.HEADING}{self._title}" + (f" ({self._page + 1} dari {pages})" if pages > 1 else "")
        shown = self._body[self._page * room : (self._page + 1) * room]
        if pages > 1:
            shown += ((),) * (room - len(shown))
        keys = [("Esc", "menutup"), ("F12", "tampilan"), ("Ctrl+L", "gambar ulang")]
        if pages > 1:
            keys.insert(0, ("PgDn", "lanjutannya") if self._page + 1 < pages else ("PgUp", "sebelumnya"))
        foot = line(*(part for key, word in keys for part in (Span(key, "key"), f" {word}   ")))
        self._lines.show(line(Span(title, "title")), (), *shown, (), foot)


class ReportDialog(HelpDialog):
    """A report in columns, in pages where it does not fit."""

    NAME = "report"
    HEADING = ""

    def prepare(self, title: str, text: Sequence[str]) -> None:
        """What is told next time the box opens: each text is a line as it stands."""
        self._open_with(title, [line(plain(row, _HELP_CELLS)) for row in text])


def dialog_is_open(app: App[None]) -> bool:
    """Whether a box is in front already; another is then not opened over it."""
    return isinstance(app.screen, Dialog)


async def ask(
    app: App[None],
    title: str,
    *text: str,
    answers: Sequence[Choice] = YES_NO,
    enter: str | None = None,
) -> str | None:
    """Ask and wait; the value of the chosen answer, None for Esc (or when a box is open already).

    To be awaited in a worker. `enter` is the value that Enter gives; leave it out for what cannot be undone.
    """
    if dialog_is_open(app):
        return None
    if not app.is_screen_installed(AskDialog.NAME):
        app.install_screen(AskDialog(), AskDialog.NAME)
    dialog = app.get_screen(AskDialog.NAME, AskDialog)
    dialog.prepare(title, text, answers, enter)
    return await app.push_screen_wait(dialog)


def show_help(app: App[None], title: str, text: Sequence[str]) -> None:
    """Open the help box with these lines; "Ctrl+S  Simpan" puts the key in its own column."""
    _show(app, HelpDialog, title, text)


def show_report(app: App[None], title: str, text: Sequence[str]) -> None:
    """Open the box of a report with these lines."""
    _show(app, ReportDialog, title, text)


def _show(app: App[None], kind: type[HelpDialog], title: str, text: Sequence[str]) -> None:
    if dialog_is_open(app):
        return
    if not app.is_screen_installed(kind.NAME):
        app.install_screen(kind(), kind.NAME)
    dialog = app.get_screen(kind.NAME, kind)
    dialog.prepare(title, text)
    app.push_screen(dialog)
