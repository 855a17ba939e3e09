"""A screen as text: its letters, then the look of each cell, by the names of the theme's tones.

Cells rather than images: the difference of two pictures can be read in a review, nothing depends on fonts, and what a
terminal shows is cells.
"""

import difflib
from itertools import groupby
from pathlib import Path
from string import ascii_letters, digits

from rich.cells import cell_len
from rich.style import Style
from textual.app import App

from kiosk.cli.player import svg
from kiosk.widgets.themes import tones

PICTURES = Path(__file__).parent / "pictures"
_SIGNS = ascii_letters + digits


def picture(app: App[None], theme: str) -> str:
    """What `app` shows now."""
    # Where several tones are alike, the one for general use.
    names = {colour: name for name, colour in sorted(tones()[theme].items(), key=lambda tone: -tone[0].count("-"))}
    looks: dict[str, str] = {}
    text, map_ = [], []
    for strip in app.screen._compositor.render_strips():
        text.append(strip.text.rstrip())
        row = []
        for part, style, _control in strip:
            look = _look(style, names)
            sign = looks.setdefault(look, _SIGNS[len(looks)] if len(looks) < len(_SIGNS) else "?")
            row.append(sign * cell_len(part))
        map_.append(_short("".join(row)))
    legend = [f"{sign}  {look}" for look, sign in looks.items()]
    return "\n".join([*text, "", *map_, "", *legend, ""])


def _look(style: Style | None, names: dict[str, str]) -> str:
    if style is None:
        return "plain"
    words = [word for word in ("bold", "italic", "underline", "reverse") if getattr(style, word)]
    for colour, before in ((style.color, ""), (style.bgcolor, "on ")):
        if colour is not None and colour.triplet is not None:
            words.append(before + names.get(colour.triplet.hex, colour.triplet.hex))
    return " ".join(words) or "plain"


def _short(row: str) -> str:
    """Runs of one look: "a80", "a12 b5 a63"."""
    return " ".join(f"{sign}{len(list(run))}" for sign, run in groupby(row))


def difference(name: str, shown: str) -> str:
    """How `shown` differs from the picture that was kept, "" when it does not."""
    path = PICTURES / f"{name}.txt"
    if not path.exists():
        return f"no picture {path.name} was taken yet"
    kept = path.read_text("utf-8").splitlines()
    return "\n".join(difflib.unified_diff(kept, shown.splitlines(), f"{name} as kept", f"{name} now", lineterm=""))


def keep(name: str, shown: str) -> None:
    """Keep this picture."""
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / f"{name}.txt").write_text(shown, "utf-8")


def draw(app: App[None], path: Path) -> None:
    """Draw the screen for people."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg(app), "utf-8")
