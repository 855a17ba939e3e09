"""What is drawn at a change: Textual's compositor, which asks only the widgets that the change touches, for its rows.

Textual asks every widget in the same container for all its rows, those of a whole form for one letter.
"""

from collections.abc import Iterable

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip


class RowCompositor(Compositor):
    """Draws the rows that changed."""

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """(region, part of it that is drawn, rows) of the widgets in `crop`, else of all, the topmost first."""
        wanted = crop or self.size.region
        rows = Region(0, wanted.y, self.size.width, wanted.height)
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            if shown.overlaps(wanted):
                part = shown.intersection(rows)
                yield region, part, widget.render_lines(part.translate(-region.offset))
