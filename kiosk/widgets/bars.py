"""The line at the top (clinic, operator, link, clock) and the line at the bottom (the keys that work here)."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events

from kiosk.safe_text import NAME_LIMIT, plain
from kiosk.widgets.lines import Line, Lines, Span, column, line, width_of

_CLINIC_CELLS = 10
"""What is kept of the clinic's name when the line is full."""


class StatusBar(Lines):
    """One line: clinic and operator left, state of the link and clock right. The link's sentence has priority."""

    DEFAULT_CSS = """
    StatusBar { dock: top; height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._clinic = self._person = self._clock = self._key = ""
        self._role = ""
        self._links: tuple[str, ...] = ("",)

    def tell(self, *, clinic: str, person: str, links: Sequence[str], role: str, clock: str, key: str = "") -> None:
        """Show clinic and operator, the link and HH.MM.

        `links` are sentences about the link, the longest first: the first that leaves room for clinic and operator is
        shown, with its role ("ok", "warn", …). `key` is the one that leads to more about it.
        """
        self._clinic, self._person, self._clock, self._key = plain(clinic), plain(person), clock, key
        self._links, self._role = tuple(links) or ("",), role
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Another width leaves other room for the clinic's name."""
        self._draw()

    def _draw(self) -> None:
        width = self.content_size.width
        person = f" · {self._person}" if self._person else ""
        wanted = min(cell_len(self._clinic), _CLINIC_CELLS) + cell_len(person) + 2
        right = self._right(self._links[-1])
        for text in self._links:
            longer = self._right(text)
            if width - width_of(longer) >= wanted:
                right = longer
                break
        room = max(width - width_of(right) - 1, 0)
        clinic_room = max(room - cell_len(person), min(_CLINIC_CELLS, room))
        clinic = self._clinic if cell_len(self._clinic) <= clinic_room else column(self._clinic, clinic_room).text
        self.show(line(" ", column(clinic + person, room), *right))

    def _right(self, text: str) -> Line:
        key = (Span(" "), Span(self._key, "key")) if self._key and text else ()
        room = self.content_size.width - cell_len(self._clock) - width_of(key) - 5
        link = Span(text, self._role) if cell_len(text) <= room else column(text, max(room, 0), self._role)
        return line(Span(" "), link, *key, Span("  " if link.text else ""), Span(self._clock, "strong"), " ")


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
