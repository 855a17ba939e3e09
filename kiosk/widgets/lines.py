"""Lines of safe text with roles instead of colours: what every screen shows is made of these."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from kiosk.safe_text import LINE_LIMIT, plain
from kiosk.widgets.style_sheet import StyleSheet

ROLES = ("strong", "title", "muted", "ok", "warn", "error", "key", "chosen")
"""What a piece of text means; the colours and weights are in the style sheet as `.lines--<role>`.

No role is the only carrier of a meaning: the words say it too.
"""


@dataclass(frozen=True, slots=True, init=False)
class Span:
    """A piece of one line: text (cleaned and bounded here, so any outside string may be given) and its role."""

    text: str
    role: str
    """One of ROLES, or "" for plain."""

    def __init__(self, text: str, role: str = "", limit: int = LINE_LIMIT) -> None:
        object.__setattr__(self, "text", plain(text, limit))
        object.__setattr__(self, "role", role)


Line = tuple[Span, ...]
"""One line of the screen."""


def line(*parts: Span | str) -> Line:
    """One line made of spans and plain strings; empty parts are left out."""
    spans = (part if isinstance(part, Span) else Span(part) for part in parts)
    return tuple(span for span in spans if span.text)


def column(text: str, width: int, role: str = "", *, right: bool = False) -> Span:
    """`text` as a column of exactly `width` cells, cut with "…" when it is longer."""
    text = plain(text)
    size = cell_len(text)
    if size > width:
        return Span(set_cell_size(text, max(width - 1, 0)) + "…" * (width > 0), role)
    return Span(" " * (width - size) + text if right else text + " " * (width - size), role)


def joined(parts: Iterable[str | Span], between: str = " · ") -> Line:
    """The non-empty parts with `between` between them."""
    found: list[Span | str] = []
    for part in parts:
        if not (part.text if isinstance(part, Span) else part):
            continue
        if found:
            found.append(Span(between, "muted"))
        found.append(part)
    return line(*found)


def width_of(shown: Line) -> int:
    """How many cells the line takes."""
    return sum(cell_len(span.text) for span in shown)


class Lines(Widget):
    """Shows lines as they are given, one a row, cut with "…" at the right edge; only what changed is sent."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"lines--{role}" for role in ROLES}
    """One class for each role."""

    DEFAULT_CSS = """
    Lines { width: 1fr; height: auto; }
    Lines > .lines--strong, Lines > .lines--title, Lines > .lines--key { text-style: bold; }
    Lines > .lines--error, Lines > .lines--warn { text-style: bold; }
    Lines > .lines--chosen { text-style: bold reverse; }
    """

    def __init__(
        self,
        lines: Sequence[Line] = (),
        *,
        centred: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Line, ...] = tuple(lines)
        self._centred = centred
        self._role_styles: dict[str, Style] = {}

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    @property
    def text(self) -> str:
        """What is shown as plain text, for tests and pictures."""
        return "\n".join("".join(span.text for span in shown) for shown in self._lines)

    def show(self, *lines: Line) -> None:
        """Show these lines instead; rows that stay as they were are not sent again."""
        old, self._lines = self._lines, tuple(lines)
        if not self.is_mounted:
            return
        if len(old) != len(lines) and self.styles.height is not None and self.styles.height.is_auto:
            self.refresh(layout=True)
            return
        if not self.is_on_screen or self.content_size.height < len(lines):
            # Hidden, or not laid out yet: there is no row to compare, and an old one may be kept for later.
            self.refresh()
            return
        for y in range(min(max(len(old), len(lines)), self.content_size.height)):
            self.refresh_change(y, self._at(old, y), self._at(self._lines, y))

    def refresh_change(self, y: int, before: Strip, after: Strip) -> None:
        """Repaint of row `y` only the cells between the first and the last that differ."""
        if before == after:
            return
        a, b = _cells(before), _cells(after)
        first = next((x for x, (p, q) in enumerate(zip(a, b, strict=False)) if p != q), min(len(a), len(b)))
        last = max(len(a), len(b))
        while last > first and last <= len(a) and last <= len(b) and a[last - 1] == b[last - 1]:
            last -= 1
        if last > first:
            self.refresh(Region(first, y, last - first, 1))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One row a line."""
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        """Row `y` as it is drawn."""
        return self._at(self._lines, y)

    def _at(self, lines: Sequence[Line], y: int) -> Strip:
        return self.strip(lines[y]) if y < len(lines) else self.strip(())

    def strip(self, shown: Line, over: Style | None = None) -> Strip:
        """The cells of one line, exactly as wide as the content; `over` replaces every role's style (a selection)."""
        width = self.content_size.width
        base = over or self.role_style("")
        segments = [Segment(span.text, over or self.role_style(span.role)) for span in shown]
        if self._centred and (free := (width - width_of(shown)) // 2) > 0:
            segments.insert(0, Segment(" " * free, base))
        strip = Strip(segments)
        if strip.cell_length > width > 0:
            strip = Strip([*strip.crop(0, width - 1), Segment("…", base)])
        return strip.adjust_cell_length(width, base)

    def role_style(self, role: str) -> Style:
        """How the style sheet draws `role` here, "" for plain."""
        style = self._role_styles.get(role)
        if style is None:
            style = self.rich_style
            if role:
                style += self.get_component_rich_style(f"lines--{role}", partial=True)
            if self.is_mounted:
                self._role_styles[role] = style
        return style

    def watch_has_focus(self, _has_focus: bool) -> None:
        """The focus came or went: styled anew only where the style sheet asks for it; Textual does it always."""
        sheet = self.app.stylesheet
        if not isinstance(sheet, StyleSheet) or sheet.minds_focus(self):
            super().watch_has_focus(_has_focus)

    def notify_style_update(self) -> None:
        """The style sheet was applied anew."""
        super().notify_style_update()
        self._role_styles.clear()


def _cells(strip: Strip) -> list[tuple[str, Style | None]]:
    """One entry a cell, so that two strips can be compared column by column."""
    found: list[tuple[str, Style | None]] = []
    for text, style, _control in strip:
        for char in text:
            found.append((char, style))
            found.extend([("", style)] * (cell_len(char) - 1))
    return found
