"""The line at the top (clinic, operator, link, clock) and the line at the bottom (the keys that work here)."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events

from kiosk.safe_text import NAME_LIMIT, plain
from kiosk.widgets.lines import Lines, Span, column, line, width_of

_CLINIC_CELLS = 10
"""What is kept of the clinic's name when the line is full."""


class StatusBar(Lines):
    """One line: clinic and operator left, state of the link and clock right. The link's sentence has priority."""

    DEFAULT_CSS = """
    StatusBar { dock: top; height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._clinic = self._person = self._clock = ""
        self._link = Span("")

    def tell(self, *, clinic: str, person: str, link: str, role: str, clock: str) -> None:
        """Show clinic and operator, the sentence about the link with its role ("ok", "warn", …), and HH.MM."""
        self._clinic, self._person, self._clock = plain(clinic), plain(person), clock
        self._link = Span(link, role)
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Another width leaves other room for the clinic's name."""
        self._draw()

    def _draw(self) -> None:
        right = line(Span(" "), self._link, Span("  " if self._link.text else ""), Span(self._clock, "strong"), " ")
        room = max(self.content_size.width - width_of(right) - 1, 0)
        person = f" · {self._person}" if self._person else ""
        clinic_room = max(room - cell_len(person), min(_CLINIC_CELLS, room))
        clinic = self._clinic if cell_len(self._clinic) <= clinic_room else column(self._clinic, clinic_room).text
        self.show(line(" ", column(clinic + person, room), *right))


class KeyLine(Lines):
    """One line: the keys that work here. A plain line, changed when the screen changes."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; }
    """

    def keys(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show (key, what it does) pairs."""
        spans: list[Span | str] = []
        for key, text in keys:
            # The blanks stand before a key: behind the last one they could push it out of a full line.
            spans += ["  " if spans else " ", Span(key, "key"), Span(f" {text}", limit=NAME_LIMIT)]
        self.show(line(*spans))
