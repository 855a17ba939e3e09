"""Numbers large enough to be read across a room, drawn with reversed blanks: any terminal and font can show them."""

from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from kiosk.safe_text import plain

_ROWS = 5
_FONT = {
    "0": "111 101 101 101 111",
    "1": "010 110 010 010 111",
    "2": "111 001 111 100 111",
    "3": "111 001 111 001 111",
    "4": "101 101 111 001 001",
    "5": "111 100 111 001 111",
    "6": "111 100 111 101 111",
    "7": "111 001 001 001 001",
    "8": "111 101 111 101 111",
    "9": "111 101 111 001 111",
    "A": "111 101 111 101 101",
    "B": "110 101 110 101 110",
    "C": "111 100 100 100 111",
    "D": "110 101 101 101 110",
    "E": "111 100 110 100 111",
    "F": "111 100 110 100 100",
    "G": "111 100 101 101 111",
    "H": "101 101 111 101 101",
    "I": "111 010 010 010 111",
    "J": "001 001 001 101 111",
    "K": "101 101 110 101 101",
    "L": "100 100 100 100 111",
    "M": "10001 11011 10101 10001 10001",
    "N": "1001 1101 1011 1001 1001",
    "O": "111 101 101 101 111",
    "P": "111 101 111 100 100",
    "Q": "1110 1010 1010 1110 0011",
    "R": "110 101 110 101 101",
    "S": "011 100 010 001 110",
    "T": "111 010 010 010 010",
    "U": "101 101 101 101 111",
    "V": "101 101 101 101 010",
    "W": "10001 10001 10101 11011 10001",
    "X": "101 101 010 101 101",
    "Y": "101 101 111 010 010",
    "Z": "111 001 010 100 111",
    "-": "00 00 11 00 00",
    " ": "00 00 00 00 00",
    ".": "0 0 0 0 1",
    ":": "0 1 0 1 0",
}
"""Letters, digits and signs as five rows of dots."""


def dots(text: str) -> tuple[str, ...]:
    """Five rows of "1" and "0", one column free between the characters; unknown characters are blank."""
    glyphs = [_FONT.get(char, _FONT[" "]).split() for char in text.upper()]
    return tuple("0".join(glyph[row] for glyph in glyphs) for row in range(_ROWS))


class BigNumber(Widget):
    """A label such as "A-012", as large as its room allows; a dot is `scale` rows high and twice as many cells wide."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"big-number--dot"}
    """`big-number--dot`: the filled cells."""

    DEFAULT_CSS = """
    BigNumber { width: 1fr; height: 5; }
    BigNumber > .big-number--dot { text-style: reverse; }
    """

    def __init__(self, label: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._label = ""
        self.label = label

    @property
    def label(self) -> str:
        """What is shown."""
        return self._label

    @label.setter
    def label(self, text: str) -> None:
        text = plain(text, 12)
        if text != self._label:
            self._label = text
            self.refresh()

    def scale(self) -> int:
        """The largest whole scale at which the label fits, at least 1."""
        width, height = self.content_size
        cells = len(dots(self._label)[0]) * 2
        return max(min(height // _ROWS, width // cells if cells else 1), 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Five rows at scale 1."""
        return _ROWS

    def render_line(self, y: int) -> Strip:
        """Row `y`, centred in both directions; a label too wide even at scale 1 is written as plain text."""
        width, height = self.content_size
        base = self.rich_style
        rows = dots(self._label)
        scale = self.scale()
        shown = len(rows[0]) * 2 * scale
        top = (height - _ROWS * scale) // 2
        if shown > width or height < _ROWS:
            text = self._label.center(width)[:width] if y == height // 2 else " " * width
            return Strip([Segment(text, base)])
        at = (y - top) // scale
        if not 0 <= at < _ROWS:
            return Strip.blank(width, base)
        dot = base + self.get_component_rich_style("big-number--dot", partial=True)
        left = (width - shown) // 2
        cells = [Segment(" " * (2 * scale), dot if bit == "1" else base) for bit in rows[at]]
        return Strip([Segment(" " * left, base), *cells]).adjust_cell_length(width, base).simplify()
