"""Lines to be read: longer than the screen perhaps, moved by keys, with a word on what is shown of them."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from kiosk.widgets.lines import Line, Lines, Span, line


class Reading(Lines, can_focus=True, inherit_bindings=False):
    """A window on lines; its last row says which of them are shown when there are more than fit."""

    DEFAULT_CSS = """
    Reading { height: 1fr; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._all: tuple[Line, ...] = ()
        self._top = 0

    def read(self, lines: Sequence[Line], *, keep: bool = False) -> None:
        """Show these lines from the first one on; with `keep` the window stays where it is."""
        self._all = tuple(lines)
        if not keep:
            self._top = 0
        self._draw()

    def action_move(self, by: int) -> None:
        """One line up or down."""
        self._top += by
        self._draw()

    def action_page(self, by: int) -> None:
        """A windowful up or down, one line of it again."""
        self.action_move(by * max(self._room() - 1, 1))

    def action_end(self, by: int) -> None:
        """To the first or last line."""
        self.action_move(by * len(self._all))

    def on_resize(self, event: events.Resize) -> None:
        """Another size shows more or less of them."""
        self._draw()

    def _room(self) -> int:
        """Lines that fit; the last row is kept for the count when there are more."""
        height = self.content_size.height
        return max(height - 1, 1) if len(self._all) > height else height

    def _draw(self) -> None:
        room = self._room()
        self._top = max(0, min(self._top, len(self._all) - room))
        window = self._all[self._top : self._top + room]
        if len(self._all) > room > 0:
            told = f"baris {self._top + 1}–{self._top + len(window)} dari {len(self._all)}"
            window = (*window, line(Span(told, "muted")))
        self.show(*window)
