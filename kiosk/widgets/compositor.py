"""What is drawn at a change: Textual's compositor, which asks only the widgets that the change touches, for its rows.

Textual asks every widget in the same container for all its rows, those of a whole form for one letter. And it forgets
to tell some widgets their size: after a scroll it may lay out anew while it only looks something up, and compares the
next layout with that one.
"""

from collections.abc import Iterable

from textual._compositor import Compositor, ReflowResult
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget


class RowCompositor(Compositor):
    """Draws the rows that changed."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[Widget, Size] = {}
        """The size that each widget was told last."""

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Lay out anew; who is new, or has another size than it was told, is among the shown or the resized."""
        found = super().reflow(parent, size)
        told, self._told = self._told, {widget: place.region.size for widget, place in self._full_map.items()}
        shown = {widget for widget in self._told if widget not in told}
        resized = {widget for widget, now in self._told.items() if now != told.get(widget, now)}
        return ReflowResult(found.hidden, found.shown | shown, found.resized | resized)

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """(region, part of it that is drawn, rows) of the widgets in `crop`, else of all, the topmost first."""
        wanted = crop or self.size.region
        rows = Region(0, wanted.y, self.size.width, wanted.height)
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            if shown.overlaps(wanted):
                part = shown.intersection(rows)
                yield region, part, widget.render_lines(part.translate(-region.offset))
