"""What travels to the terminal: only the cells that differ from what it shows already.

Textual sends a whole widget when something in it changed, and the whole screen when a size changed. Over SSH on a poor
line that is felt. Here every update is compared with a picture of the terminal kept on our side, cell by cell, as
curses does; the rest of Textual does not notice.
"""

from collections.abc import Iterable, Iterator

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

Cell = tuple[str, str]
"""A character with what combines with it, and its SGR parameters; the second half of a wide character is ""."""

_GAP = 8
"""Equal cells that are cheaper to send again than to jump over: about the length of a cursor movement."""


class TerminalPicture:
    """What the terminal shows, as far as it is known."""

    def __init__(self) -> None:
        self._size = Size(0, 0)
        self._rows: list[list[Cell | None]] = []

    def forget(self) -> None:
        """Nothing is known any more; the next updates are sent whole."""
        self._rows = [[None] * self._size.width for _ in range(self._size.height)]

    def reduced(self, update: LayoutUpdate | ChopsUpdate, size: Size) -> CompositorUpdate:
        """The same update, which sends only what differs at the moment when it is written."""
        return _Reduced(self, update, size)

    def sequence(self, update: LayoutUpdate | ChopsUpdate, size: Size, colors: ColorSystem) -> str:
        """What must be written so that the terminal shows `update`; it is then taken to show it."""
        if size != self._size:
            self._size = size
            self.forget()
        written: list[str] = []
        style = ""
        for x, y, strip in _pieces(update):
            if not 0 <= y < size.height:
                continue
            row = self._rows[y]
            cells = _cells(strip, colors)
            if len(cells) > size.width - x:
                # A wide character cut in half at the edge would make the terminal wrap.
                cells = [*cells[: max(size.width - x - 1, 0)], (" ", "")][: max(size.width - x, 0)]
            for first, last in _runs(row[x : x + len(cells)], cells):
                written.append(f"\x1b[{y + 1};{x + first + 1}H")
                for char, wanted in cells[first:last]:
                    if wanted != style:
                        written.append(f"\x1b[0;{wanted}m" if wanted else "\x1b[0m")
                        style = wanted
                    written.append(char)
            row[x : x + len(cells)] = cells
        if style:
            written.append("\x1b[0m")
        return "".join(written)


class _Reduced(CompositorUpdate):
    """An update that is compared when it is written, and not when it is made: it may never be written."""

    def __init__(self, picture: TerminalPicture, update: LayoutUpdate | ChopsUpdate, size: Size) -> None:
        self._picture = picture
        self._update = update
        self._size = size

    def render_segments(self, console: Console) -> str:
        """What must be written."""
        return self._picture.sequence(self._update, self._size, console._color_system or ColorSystem.TRUECOLOR)


def _pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """(x, y, cells) of everything that the update draws."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            yield update.region.x, y, Strip.join(strips)
        return
    for y, x1, x2 in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > x2 or end <= x1:
                continue
            yield x, y, strip if end <= x2 else strip.crop(0, x2 - x)


def _cells(segments: Iterable[Segment], colors: ColorSystem) -> list[Cell]:
    """One entry a column."""
    cells: list[Cell] = []
    for text, style, _control in segments:
        look = Strip.render_ansi(style, colors) if style else ""
        if text.isascii():
            cells += [(char, look) for char in text]
            continue
        for char in text:
            width = get_character_cell_size(char)
            if width == 0 and cells:
                cells[-1] = (cells[-1][0] + char, cells[-1][1])
            elif width:
                cells.append((char, look))
                cells += [("", look)] * (width - 1)
    return cells


def _runs(shown: list[Cell | None], wanted: list[Cell]) -> list[tuple[int, int]]:
    """[first, last) of the cells that differ, near ones together; a run never begins inside a wide character."""
    runs: list[list[int]] = []
    for at, (old, new) in enumerate(zip(shown, wanted, strict=False)):
        if old == new:
            continue
        while at > 0 and wanted[at][0] == "":
            at -= 1
        if runs and at - runs[-1][1] <= _GAP:
            runs[-1][1] = max(at + 1, runs[-1][1])
        else:
            runs.append([at, at + 1])
    for run in runs:
        while run[1] < len(wanted) and wanted[run[1]][0] == "":
            run[1] += 1
    return [(first, last) for first, last in runs]
