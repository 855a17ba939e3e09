"""One poli on the public board: the number that is called, large; where to go; who is next."""

import math
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.widgets.big_number import BigNumber, dots
from kiosk.widgets.lines import Line, Lines, Span, joined, line, width_of
from kiosk.widgets.words import poli_words

_AROUND = 3
"""Rows of a panel besides the number: poli, room, who is next."""
_NEXT_ROWS = 6
"""Rows that the next numbers take when they are drawn large, a blank one included."""
_LONGEST = "A-000"


class PanelContent(NamedTuple):
    """What a panel shows; numbers and places only, never a name of a patient."""

    poli: str
    current: str | None
    room: str | None
    beside: tuple[tuple[str, str], ...]
    """Number and room of what other rooms of this poli have called."""
    following: tuple[str, ...]
    waiting: int
    newest: bool
    """Whether this poli has the number that was called last."""


class Grid(NamedTuple):
    """How many panels fit, and how they stand."""

    columns: int
    rows: int
    shown: int


def best_grid(panels: int, width: int, height: int, sample: str = _LONGEST) -> Grid:
    """The arrangement with the largest digits; when not all panels fit, as many as do.

    `width` and `height` are cells; `sample` is the longest number to be shown.
    """
    digits = len(dots(sample)[0]) * 2
    for shown in range(panels, 0, -1):
        sizes = []
        for columns in range(1, shown + 1):
            rows = math.ceil(shown / columns)
            scale = min((height // rows - _AROUND) // 5, (width // columns - 2) // digits)
            sizes.append((scale, -columns * rows, columns, Grid(columns, rows, shown)))
        best = max(sizes)
        if best[0] >= 1:
            return best[-1]
    return Grid(1, 1, min(panels, 1))


class BoardPanel(Vertical, can_focus=False):
    """A poli."""

    DEFAULT_CSS = """
    BoardPanel { height: 1fr; width: 1fr; align: center middle; }
    BoardPanel > .next { height: 5; margin-top: 1; }
    BoardPanel > Lines { height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._poli = Lines(centred=True, classes="poli")
        self._number = BigNumber(classes="current")
        self._room = Lines(centred=True)
        self._beside = Lines(centred=True)
        self._next = BigNumber(classes="next")
        self._info = Lines(centred=True)

    def compose(self) -> ComposeResult:
        """Poli, number, room, other rooms, next numbers, count."""
        self._beside.display = False
        yield self._poli
        yield self._number
        yield self._room
        yield self._beside
        yield self._info
        yield self._next

    @property
    def text(self) -> str:
        """What is shown, for tests."""
        lines = (self._poli.text, self._number.label, self._room.text, self._beside.text, self._info.text)
        return "\n".join((*lines, self._next.label))

    def show(self, content: PanelContent, width: int, height: int) -> None:
        """Show it in `width` × `height` cells; the next numbers are drawn large where that costs the number nothing."""
        name = poli_words(content.poli).upper()
        called = content.newest and content.current is not None
        self._poli.show(line(Span(f"  » {name} «  ", "chosen") if called else Span(name, "title")))
        self._number.label = content.current or ""
        if content.current is None:
            self._room.show(line(Span("belum ada yang dipanggil", "muted")))
        else:
            self._room.show(line(Span(f"silakan ke {content.room}", "strong")) if content.room else ())
        beside = self._beside_line(content.beside, width)
        self._beside.display = bool(beside)
        self._beside.show(beside)
        height -= bool(beside)
        large = self._large_next(content, width, height)
        room = height - _AROUND - (_NEXT_ROWS if large else 0)
        scale = max(min(room // 5, width // (len(dots(content.current or _LONGEST)[0]) * 2)), 1)
        self._number.styles.height = min(5 * scale + 2, room)
        self._next.display = bool(large)
        self._next.label = large
        counted = f"{content.waiting} menunggu" if content.waiting else "tidak ada yang menunggu"
        if large:
            self._info.show(joined([counted, "berikutnya:"]))
        else:
            self._info.show(self._info_line(content.following, counted, width))

    def _beside_line(self, beside: tuple[tuple[str, str], ...], width: int) -> Line:
        """As many of the other rooms as fit."""
        for count in range(len(beside), 0, -1):
            shown = joined([Span(f"{label} ke {room}", "strong") for label, room in beside[:count]])
            if width_of(shown) <= width - 1:
                return shown
        return ()

    def _info_line(self, following: tuple[str, ...], counted: str, width: int) -> Line:
        """As many of the next numbers as fit, so that nothing is cut: a console has no sign for it."""
        for count in range(len(following), 0, -1):
            shown = joined([f"lalu {'  '.join(following[:count])}", counted])
            if width_of(shown) <= width - 1:
                return shown
        return line(counted)

    def _large_next(self, content: PanelContent, width: int, height: int) -> str:
        number = len(dots(content.current or _LONGEST)[0]) * 2
        with_next = min((height - _AROUND - _NEXT_ROWS) // 5, width // number)
        alone = min((height - _AROUND) // 5, width // number)
        if with_next < alone:
            return ""
        for count in (3, 2, 1):
            text = " ".join(content.following[:count])
            if content.following[count - 1 : count] and len(text) <= 12 and len(dots(text)[0]) * 2 <= width:
                return text
        return ""
