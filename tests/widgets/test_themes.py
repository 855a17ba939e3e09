"""The themes: every tone in each, readable on what it stands on, named in one place, and without colour no colour."""

import re
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

import kiosk
from kiosk.config import THEME_NAMES, Home, keep_theme, kept_theme
from kiosk.resources import asset
from kiosk.store.database import Store
from kiosk.widgets.themes import CONTRAST, DEFAULT, MONO, THEME_WORDS, THEMES, Colourless, following, tones
from tests.screens.driver import counter_on

SHEET = re.sub(r"/\*.*?\*/", "", asset("kiosk.tcss").read_text("utf-8"), flags=re.S)
SURFACES = {
    "paper": ("ink", "quiet", "line", "accent", "good", "care", "bad", "field-ink"),
    "field": ("field-ink", "field-quiet"),
    "field-used": ("field-ink", "field-quiet"),
    "field-ink": ("field",),
    "bar": ("bar-ink", "bar-key", "bar-care"),
    "pick": ("pick-ink",),
}
"""What is written on each surface."""
LARGE = {"line"}
"""Of these only digits of many cells and scrollbars are made: 3:1 is enough for them (WCAG 2.1, 1.4.3)."""
WANTED = {DEFAULT: 4.5, CONTRAST: 7.0, MONO: 7.0}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.1: 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_everything_written_is_readable_on_what_it_stands_on(theme: str) -> None:
    tone = tones()[theme]
    found = {(text, on): contrast(tone[text], tone[on]) for on, texts in SURFACES.items() for text in texts}
    wanted = WANTED[theme]
    poor = {k: round(v, 2) for k, v in found.items() if v < (3 if k[0] in LARGE and theme == DEFAULT else wanted)}
    assert not poor, f"less than {wanted}:1 in {theme}"


def test_every_tone_of_the_style_sheet_is_in_every_theme_and_measured() -> None:
    used = set(re.findall(r"\$([a-z-]+)", SHEET))
    measured = set(SURFACES) | {text for texts in SURFACES.values() for text in texts}
    assert used == measured
    assert all(set(tone) == used for tone in tones().values())
    written = set(re.findall(r"(?<![a-z-])(?:color|border|scrollbar-color): (?:solid )?\$([a-z-]+)", SHEET))
    assert written <= {text for texts in SURFACES.values() for text in texts}


def test_colours_are_named_in_one_place() -> None:
    raw = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(")
    assert not raw.search(SHEET)
    for path in sorted(Path(kiosk.__file__).parent.glob("*/*.py")):
        if path.parent.name in ("screens", "widgets"):
            for css in re.findall(r'DEFAULT_CSS = """(.*?)"""', path.read_text("utf-8"), flags=re.S):
                coloured = re.findall(r"(?<![a-z-])(?:color|background): (?!transparent)[^;]+", css)
                assert not coloured, f"{path.name}: {coloured}"


def test_the_names_are_the_same_everywhere() -> None:
    assert THEMES == THEME_NAMES == tuple(tones()) == tuple(THEME_WORDS)
    assert [following(theme) for theme in THEMES] == [*THEMES[1:], THEMES[0]]


def test_without_colour_surfaces_become_reversed_or_underlined() -> None:
    tone = tones()[MONO]
    looks = {
        "paper": Style(color=tone["ink"], bgcolor=tone["paper"], bold=True),
        "field": Style(color=tone["field-ink"], bgcolor=tone["field"]),
        "bar": Style(color=tone["bar-ink"], bgcolor=tone["bar"]),
        "dot": Style(color=tone["accent"], bgcolor=tone["paper"], reverse=True),
    }
    shown = {
        name: one.style
        for name, one in zip(
            looks, Colourless().apply([Segment("x", s) for s in looks.values()], Color(0, 0, 0)), strict=True
        )
    }
    assert all(style is not None and style.color is None and style.bgcolor is None for style in shown.values())
    found = {name: (bool(s.bold), bool(s.underline), bool(s.reverse)) for name, s in shown.items() if s is not None}
    assert found == {
        "paper": (True, False, False),
        "field": (False, True, False),
        "bar": (False, False, True),
        "dot": (False, False, True),
    }


def test_a_place_keeps_its_theme(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert kept_theme(home, "Loket 1") == ""
    keep_theme(home, "Loket 1", CONTRAST)
    keep_theme(home, "Loket 2", MONO)
    assert (kept_theme(home, "Loket 1"), kept_theme(home, "Loket 2")) == (CONTRAST, MONO)
    home.looks.write_text('{"Loket 1": "merah", "Loket 2":')
    assert kept_theme(home, "Loket 1") == ""


def _timeless(text: str) -> str:
    """The text without the clock, whose minute may turn."""
    return re.sub(r"\d\d\.\d\d", "", text)


async def test_f12_turns_the_theme_on_any_screen_and_it_is_kept(store: Store, tmp_path: Path) -> None:
    async with counter_on(store, tmp_path) as counter:
        kept: list[str] = []
        counter.app._keep_theme = kept.append
        before = _timeless(counter.text)
        papers = []
        for _ in THEMES:
            papers.append(counter.app.screen.styles.background.hex.lower())
            await counter.press("f12")
            assert _timeless(counter.text) == before, "the words stay"
        assert papers == [tones()[theme]["paper"] for theme in THEMES]
        await counter.until(lambda: kept == [CONTRAST, MONO, DEFAULT])


async def test_no_color_is_heard_and_no_colour_is_drawn(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with counter_on(store, tmp_path) as counter:
        assert counter.app.look == MONO
        await counter.log_in()
        strips = counter.app.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip if segment.style is not None]
        assert all(style.color is None and style.bgcolor is None for style in styles)
        assert any(style.reverse for style in styles) and any(style.underline for style in styles)
