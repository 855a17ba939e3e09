"""The one helper that renders untrusted text, and the guard behind it that no widget can pass.

A bare `str` given to most widgets is markup: it can run actions or end the program. So data goes to widgets as
`safe(text)` (a literal Content) or `plain(text)` (for places that are literal by themselves), never as a string.
"""

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from kiosk.domain.text import UNSAFE, clean

LINE_LIMIT = 200
"""Characters of one shown line: wider than any terminal this runs on."""
NAME_LIMIT = 100
"""Characters of a person's or facility's name that are typed or shown."""
INPUT_LIMIT = 500
"""The most a one-line field takes, whatever its own limit."""


def plain(text: str, limit: int = LINE_LIMIT) -> str:
    """`text` cleaned, with "…" at the end when more than `limit` characters were there."""
    if len(text) <= limit:
        return clean(text, limit)
    return clean(text, limit - 1) + "…"


def safe(text: str, limit: int = LINE_LIMIT) -> Content:
    """`text` cleaned and bounded as literal Content: brackets stay brackets."""
    return Content(plain(text, limit))


class OutputGuard(LineFilter):
    """Drops what must never reach a terminal from every line of every widget: the last belt."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments without unsafe characters and without links; their width in cells is kept."""
        for text, style, _control in segments:
            if UNSAFE.search(text) or (style is not None and style.link):
                return [self._guarded(segment) for segment in segments]
        return segments

    @staticmethod
    def _guarded(segment: Segment) -> Segment:
        text, style, _control = segment
        text = UNSAFE.sub(lambda found: " " * cell_len(found[0]), text)
        if style is not None and style.link:
            style = style.update_link(None)
        return Segment(text, style)
