"""Nothing is drawn, styled, laid out or looked through that need not be; and what is drawn is the same."""

import subprocess
import sys
from pathlib import Path

import pytest
from textual.color import Color
from textual.screen import Screen
from textual.widget import Widget

from kiosk.widgets.entry import Entry
from kiosk.widgets.field import TextField
from kiosk.widgets.lines import ROLES, Span, line
from kiosk.widgets.style_sheet import StyleSheet
from tests.widgets.test_form import FormApp, Hands


async def test_a_letter_draws_its_field_and_lays_out_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = FormApp(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        hands = Hands(app, pilot)
        await hands.press("b", "u", "d", "i")
        drawn: list[tuple[Widget, int]] = []
        laid_out: list[Screen[object]] = []
        draw, lay_out = Widget.render_lines, Screen._refresh_layout

        def drawing(widget, crop):  # type: ignore[no-untyped-def]  # as Textual calls it
            drawn.append((widget, crop.height))
            return draw(widget, crop)

        monkeypatch.setattr(Widget, "render_lines", drawing)
        monkeypatch.setattr(Screen, "_refresh_layout", lambda *given, **more: laid_out.append(given[0]))
        await hands.press("s")
        field = app.one.form.field("name")
        assert drawn and not laid_out
        assert {widget for widget, _ in drawn} <= {*field.walk_children(with_self=True), *field.ancestors}
        assert {height for _, height in drawn} == {1}
        monkeypatch.setattr(Widget, "render_lines", draw)
        monkeypatch.setattr(Screen, "_refresh_layout", lay_out)
        piecewise = hands.text
        app.action_redraw()
        await pilot.pause()
        assert "budis" in piecewise and hands.text == piecewise


async def test_a_text_longer_than_its_field_follows_the_cursor_both_ways(tmp_path: Path) -> None:
    app = FormApp(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        hands = Hands(app, pilot)
        await hands.press(*("abcdefghij" * 4), "z")
        assert "ijz" in hands.text and "abcdefghijabcdefghijabcdefghija" not in hands.text
        await hands.press(*["backspace"] * 30)
        entry = app.one.form.query(Entry).first()
        assert (entry.value, entry.scroll_x) == ("abcdefghija", 0)
        assert "Nama" in hands.text and " abcdefghija" in hands.text


async def test_the_focus_styles_anew_only_what_the_style_sheet_draws_otherwise_then(tmp_path: Path) -> None:
    app = FormApp(tmp_path)
    async with app.run_test() as pilot:
        await pilot.pause()
        sheet = app.stylesheet
        assert isinstance(sheet, StyleSheet)
        entry, choice = app.one.form.query(Entry).first(), app.one.form.field("kind")
        assert sheet.minds_focus(entry) and not sheet.minds_focus(choice)
        paper = entry.styles.background
        await Hands(app, pilot).press("tab")
        assert entry.styles.background != paper, "the field with the cursor stands out"
        sheet.add_source("ChoiceField:focus { background: #010203; }", is_default_css=False)
        assert sheet.minds_focus(choice)
        await Hands(app, pilot).press("shift+tab", "tab")
        assert choice.styles.background == Color(1, 2, 3)


async def test_the_roles_of_a_line_are_worked_out_when_they_are_drawn(tmp_path: Path) -> None:
    app = FormApp(tmp_path)
    async with app.run_test() as pilot:
        await pilot.pause()
        shown = app.one.key_line
        assert set(shown._component_styles) <= {"lines--key"}
        for role in ROLES:
            assert shown.get_component_styles(f"lines--{role}")
        with pytest.raises(KeyError):
            shown.get_component_styles("lines--none")
        shown.show(line(Span("keliru", "error")))
        before = shown.role_style("error")
        app.action_next_look()
        await pilot.pause()
        assert shown.role_style("error") != before, "another theme has other tones"


async def test_a_field_is_found_and_filled_while_it_is_not_shown(tmp_path: Path) -> None:
    app = FormApp(tmp_path)
    async with app.run_test() as pilot:
        field = app.one.form.field("name")
        assert isinstance(field, TextField)
        field.display = False
        field.put("x" * 60)
        await pilot.pause()
        field.display = True
        await pilot.pause()
        assert "x" * 20 in Hands(app, pilot).text


def test_the_collector_leaves_alone_what_the_start_made() -> None:
    code = """
import gc
from kiosk import collector
collector.settle()
assert gc.isenabled() and not gc.get_freeze_count()
collector.rest()
assert not gc.isenabled()
collector.settle()
assert gc.isenabled() and gc.get_freeze_count() > 1000
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_was_left_out_cannot_be_opened_and_everything_else_is_there() -> None:
    code = """
from kiosk.lean import leave_out
leave_out()
leave_out()
from pathlib import Path
from textual.app import App
from textual.command import CommandPalette
from kiosk.widgets.kiosk_app import KioskApp
import ssl
assert not KioskApp(Path()).use_command_palette
try:
    CommandPalette()
except RuntimeError:
    print("left out")
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "left out\n"
