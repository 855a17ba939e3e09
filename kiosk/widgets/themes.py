"""The themes: the tones of each, from assets/themes.toml, and how a terminal looks that is sent no colour at all."""

import os
import tomllib
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from kiosk.resources import asset

DEFAULT, CONTRAST, MONO = "biasa", "kontras", "mono"
THEMES = (DEFAULT, CONTRAST, MONO)
"""Their names, in the order in which the key turns them."""
THEME_WORDS = {DEFAULT: "biasa", CONTRAST: "kontras tinggi", MONO: "tanpa warna"}
"""What they are called."""

_DARK, _LIGHT = 0.01, 0.3
"""Brightness: below the first a surface is paper, above the second it is reversed; between them it is underlined."""


@lru_cache(maxsize=1)
def tones() -> dict[str, dict[str, str]]:
    """Theme → tone → "#rrggbb"."""
    with asset("themes.toml").open("rb") as file:
        table: dict[str, dict[str, str]] = tomllib.load(file)
    return table


def no_colour_wanted() -> bool:
    """Whether the terminal's environment asks for no colours (no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))


def following(theme: str) -> str:
    """The theme after this one, around the end."""
    return THEMES[(THEMES.index(theme) + 1) % len(THEMES)]


class Colourless(LineFilter):
    """Bold, underlined and reversed in place of colours: bars and the selected row reversed, fields underlined."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same text without any colour."""
        return [Segment(text, _plain(style) if style else None, control) for text, style, control in segments]


@lru_cache(maxsize=1024)
def _plain(style: Style) -> Style:
    surface = style.color if style.reverse else style.bgcolor
    brightness = 0.0
    if surface is not None and surface.triplet is not None:
        brightness = Color(*surface.triplet).brightness
    elif style.reverse:
        brightness = 1.0
    return Style(
        bold=style.bold,
        italic=style.italic,
        underline=True if _DARK < brightness <= _LIGHT else style.underline,
        reverse=brightness > _LIGHT,
    )
