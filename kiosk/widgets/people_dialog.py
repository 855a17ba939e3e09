"""A box with people to choose from: rows, a few sentences above them, and one key for each thing that can be done."""

from collections.abc import Sequence

from textual import events, on
from textual.app import App, ComposeResult
from textual.containers import Vertical

from kiosk.widgets.choice import Choice
from kiosk.widgets.lines import Line, Lines, Span, width_of
from kiosk.widgets.rows import Row, Rows
from kiosk.widgets.screen import Dialog

ENTER = "enter"
"""The value of what Enter does."""


class PeopleDialog(Dialog[tuple[str, str]]):
    """Ends with what was chosen: (the value of the key's Choice, the key of the row, "" without one); Esc with None."""

    NAME = "people"

    DEFAULT_CSS = """
    PeopleDialog > .box { width: 1fr; max-width: 110; height: 1fr; max-height: 32; margin: 1 2; }
    PeopleDialog .foot { margin-top: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._head = Lines()
        self._rows = Rows()
        self._foot = Lines(classes="foot")
        self._title: Line = ()
        self._shown: tuple[Line, ...] = ()
        self._people: tuple[Row, ...] = ()
        self._answers: tuple[Choice, ...] = ()

    def compose(self) -> ComposeResult:
        """What it is about, the people, the keys."""
        with Vertical(classes="box"):
            yield self._head
            yield self._rows
            yield self._foot

    def prepare(
        self, title: Line, text: Sequence[Line], people: Sequence[Row], answers: Sequence[Choice], empty: str
    ) -> None:
        """What is shown next time the box opens. A choice with the key "enter" is what Enter does."""
        self._title, self._shown = title, tuple(text)
        self._people, self._answers = tuple(people), tuple(answers)
        self._rows.empty = empty

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Draw what was prepared."""
        self._head.show(self._title, *self._shown, ())
        self._rows.show_rows(self._people, keep=False)
        self._rows.focus()
        self._tell_keys()

    def on_resize(self, event: events.Resize) -> None:
        """Another width breaks the keys elsewhere."""
        self.call_after_refresh(self._tell_keys)

    def _tell_keys(self) -> None:
        """The keys of the answers, as many on a line as have room."""
        named = [("Enter" if a.key == ENTER else a.key.upper(), a.label) for a in self._answers]
        # Not laid out yet when the box opens for the first time: its border, padding and margins take eight cells.
        width = self._foot.content_size.width or min(self.app.size.width, 110) - 8
        rows: list[Line] = [()]
        for key, label in (*named, ("Esc", "tutup")):
            more = (*rows[-1], Span(key, "key"), Span(f" {label}   "))
            if rows[-1] and width_of(more) > width + 3:
                rows.append((Span(key, "key"), Span(f" {label}   ")))
            else:
                rows[-1] = more
        self._foot.show(*rows)

    def on_screen_suspend(self, event: events.ScreenSuspend) -> None:
        """Closed: nothing of the people stays behind."""
        self._people = self._shown = self._title = ()
        self._rows.show_rows(())

    @on(Rows.Chosen)
    def _chosen(self, event: Rows.Chosen) -> None:
        event.stop()
        self._answer(ENTER)

    def on_key(self, event: events.Key) -> None:
        """The key of an answer."""
        if event.character and self._answer(event.character.lower()):
            event.stop()

    def _answer(self, key: str) -> bool:
        for answer in self._answers:
            if answer.key == key:
                self.dismiss((answer.value, self._rows.selected or ""))
                return True
        return False


async def choose_person(
    app: App[None],
    title: Line,
    text: Sequence[Line],
    people: Sequence[Row],
    answers: Sequence[Choice],
    *,
    empty: str = "",
) -> tuple[str, str]:
    """Show the people and wait: (what was chosen, the key of the row), both "" for Esc. To be awaited in a worker."""
    if isinstance(app.screen, Dialog):
        return "", ""
    if not app.is_screen_installed(PeopleDialog.NAME):
        app.install_screen(PeopleDialog(), PeopleDialog.NAME)
    dialog = app.get_screen(PeopleDialog.NAME, PeopleDialog)
    dialog.prepare(title, text, people, answers, empty)
    return await app.push_screen_wait(dialog) or ("", "")
