"""A list of rows drawn by one widget: selection, paging, and only the rows that changed are sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from kiosk.widgets.lines import Line, Lines, Span, line

MARK = "» "
"""Stands before the selected row, so that the selection is seen without colour."""
BLANK = "  "


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it stands for and how it looks."""

    key: str
    """The id of the thing shown; the selection stays on it when rows move."""
    line: Line


class Rows(Lines, can_focus=True, inherit_bindings=False):
    """Rows of which one is selected. Focus may stay elsewhere (a search field): the screen then calls `move`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--selected"}
    """`rows--selected`: the selected row, over its whole width."""

    DEFAULT_CSS = """
    Rows { height: 1fr; }
    Rows > .rows--selected { text-style: bold; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
        Binding("enter", "choose", show=False),
    ]

    @dataclass
    class Highlighted(Message):
        """The selection is on another row."""

        rows: "Rows"
        """The list."""
        key: str | None
        """The key of the row, None when the list is empty."""

        @property
        def control(self) -> "Rows":
            """The list, for `on` selectors."""
            return self.rows

    @dataclass
    class Chosen(Message):
        """Enter was pressed on a row."""

        rows: "Rows"
        """The list."""
        key: str
        """The key of the row."""

        @property
        def control(self) -> "Rows":
            """The list, for `on` selectors."""
            return self.rows

    def __init__(self, *, empty: str = "", id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: tuple[Row, ...] = ()
        self._selected = 0
        self._top = 0
        self._shown: dict[int, Strip] = {}
        self.empty = empty
        """The sentence shown when there are no rows."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, seen or not."""
        return self._rows

    @property
    def selected(self) -> str | None:
        """The key of the selected row, None when there are none."""
        return self._rows[self._selected].key if self._rows else None

    @property
    def text(self) -> str:
        """All rows as plain text, the selected one marked."""
        shown = (
            (MARK if i == self._selected else BLANK) + "".join(span.text for span in row.line)
            for i, row in enumerate(self._rows)
        )
        return "\n".join(shown) or self.empty

    def show_rows(self, rows: Sequence[Row], *, keep: bool = True) -> None:
        """Show these rows; with `keep` the selection stays on the same key when it is still there, else the first."""
        before = self.selected
        self._rows = tuple(rows)
        keys = [row.key for row in rows]
        self._selected = keys.index(before) if keep and before in keys else 0
        self._scroll_into_view()
        self._repaint()
        if self.selected != before:
            self.post_message(self.Highlighted(self, self.selected))

    def move(self, by: int) -> None:
        """Select the row `by` rows further down (negative: up); stops at the ends."""
        self._select(self._selected + by)

    def select(self, key: str) -> None:
        """Select the row with `key`, when it is there."""
        for index, row in enumerate(self._rows):
            if row.key == key:
                self._select(index)

    def action_move(self, by: int) -> None:
        """One row up or down."""
        self.move(by)

    def action_page(self, by: int) -> None:
        """A screenful up or down."""
        self.move(by * max(self._room() - 1, 1))

    def action_end(self, by: int) -> None:
        """To the first or last row."""
        self.move(by * len(self._rows))

    def action_choose(self) -> None:
        """Enter."""
        if (key := self.selected) is not None:
            self.post_message(self.Chosen(self, key))

    def _select(self, index: int) -> None:
        index = max(0, min(index, len(self._rows) - 1))
        if not self._rows or index == self._selected:
            return
        self._selected = index
        self._scroll_into_view()
        self._repaint()
        self.post_message(self.Highlighted(self, self.selected))

    def _room(self) -> int:
        """Rows that fit; the last line is kept for the count when there are more."""
        height = self.content_size.height
        return height - 1 if len(self._rows) > height else height

    def _scroll_into_view(self) -> None:
        room = max(self._room(), 1)
        if self._selected < self._top:
            self._top = self._selected
        elif self._selected >= self._top + room:
            self._top = self._selected - room + 1
        self._top = max(0, min(self._top, len(self._rows) - room))

    def _repaint(self) -> None:
        if not self.is_mounted:
            return
        for y in range(self.content_size.height):
            after = self._draw(y)
            before = self._shown.get(y)
            if before is None or before.cell_length != after.cell_length:
                self.refresh()
                return
            self.refresh_change(y, before, after)

    def on_resize(self, event: events.Resize) -> None:
        """Another size shows other rows."""
        self._scroll_into_view()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Row `y` of the window."""
        self._shown[y] = strip = self._draw(y)
        return strip

    def _draw(self, y: int) -> Strip:
        if not self._rows:
            return self.strip(line(BLANK, Span(self.empty, "muted")) if y == 0 else ())
        index = self._top + y
        if y >= self._room() and len(self._rows) > self.content_size.height:
            return self.strip(line(BLANK, Span(f"baris {self._selected + 1} dari {len(self._rows)}", "muted")))
        if index >= len(self._rows):
            return self.strip(())
        row = self._rows[index]
        if index == self._selected:
            over = self.rich_style + self.get_component_rich_style("rows--selected")
            return self.strip((Span(MARK), *row.line), over)
        return self.strip((Span(BLANK), *row.line))
