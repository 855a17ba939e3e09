"""What the bottom line promises: it fits at 80 columns, works, stands in the help, and means the same everywhere."""

import inspect
import re
from collections import defaultdict
from importlib import import_module
from typing import Any

import pytest
from textual.binding import Binding, BindingType

from kiosk.app import CounterApp
from kiosk.screens import ROOMS, Room
from kiosk.widgets.bars import KeyLine
from kiosk.widgets.choice import ChoiceField
from kiosk.widgets.dialogs import HelpDialog
from kiosk.widgets.entry import Entry
from kiosk.widgets.form import Form
from kiosk.widgets.lines import width_of
from kiosk.widgets.pages import PagedForm
from kiosk.widgets.rows import Rows

Keys = tuple[tuple[str, str], ...]
NAMES = {
    "Esc": "escape",
    "Del": "delete",
    "PgDn": "pagedown",
    "PgUp": "pageup",
    "←": "left",
    "→": "right",
    "↑": "up",
    "↓": "down",
    "Spasi": "space",
}
"""As the screens write a key → as the terminal's library calls it."""
BY_LETTERS = {"huruf/angka"}
"""Any letter or digit: heard by the screen itself."""


def screen_of(room: Room) -> Any:
    return getattr(import_module(f"kiosk.screens.{room.module}"), room.screen)


def key_lines(room: Room) -> list[Keys]:
    """Every bottom line that the screen can show."""
    module, screen = import_module(f"kiosk.screens.{room.module}"), screen_of(room)
    found = [getattr(screen, name) for name in dir(screen) if name.startswith("KEYS")]
    for name, value in vars(module).items():
        if name.endswith("KEYS") and isinstance(value, dict):
            found += value.values()
    return [tuple(keys) for keys in found]


def singles(written: str) -> list[str]:
    """ "F2/Ctrl+S" is f2 and ctrl+s, "← →" left and right."""
    parts = re.split(r"[/ ]+", written)
    return [NAMES.get(part, part.lower()) for part in parts]


def bound(*classes: Any) -> set[str]:
    """The keys that these classes and those they come from answer to."""
    found: set[str] = set()
    for cls in classes:
        for base in inspect.getmro(cls):
            bindings: list[BindingType] = base.__dict__.get("BINDINGS", [])
            for binding in bindings:
                text = binding.key if isinstance(binding, Binding) else binding[0]
                found |= {key.strip() for key in text.split(",")}
    return found


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_the_keys_of_a_screen_fit_on_one_line_of_80_and_have_help(room: Room) -> None:
    screen = screen_of(room)
    assert screen.TITLE and screen.HELP_LINES
    for keys in key_lines(room):
        shown = KeyLine()
        shown.keys(keys)
        (row,) = shown.lines
        assert width_of(row) <= 80, "".join(span.text for span in row)
        assert ("F1", "Bantuan") in keys


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_key_at_the_bottom_works(room: Room) -> None:
    parts = [one for one in vars(import_module(f"kiosk.screens.{room.module}")).values() if inspect.isclass(one)]
    answered = bound(screen_of(room), *parts, CounterApp, Form, PagedForm, Rows, Entry, ChoiceField)
    for keys in key_lines(room):
        dead = [written for written, _ in keys if written not in BY_LETTERS and not set(singles(written)) <= answered]
        assert not dead


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_key_at_the_bottom_is_explained_by_f1(room: Room) -> None:
    told = " ".join(text.partition("  ")[0] for text in screen_of(room).help_lines() if "  " in text)
    words = set(re.split(r"[,\s/]+", told))
    for keys in key_lines(room):
        unexplained = [
            written for written, _ in keys if written != "F1" and not set(re.split(r"[/ ]+", written)) <= words
        ]
        assert not unexplained


def test_a_word_stands_for_the_same_key_on_every_screen() -> None:
    by_word: dict[str, set[str]] = defaultdict(set)
    for room in ROOMS:
        for keys in key_lines(room):
            for written, word in keys:
                by_word[word].add(written)
    assert {word: keys for word, keys in by_word.items() if len(keys) > 1} == {}


def test_function_keys_lead_to_the_same_place_from_everywhere() -> None:
    keys = {room.key: room for room in ROOMS if room.key}
    assert len(keys) == len([room for room in ROOMS if room.key]), "no two rooms share a key"
    for room in ROOMS:
        for line in key_lines(room):
            for written, word in line:
                if (to := keys.get(written.lower())) is not None:
                    assert word == to.label, f"{room.name}: {written} {word}"


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_help_has_room_at_80_by_24_or_is_turned_in_pages(room: Room) -> None:
    dialog = HelpDialog()
    dialog.prepare(screen_of(room).TITLE, screen_of(room).help_lines())
    assert all(width_of(line) <= 72 for line in dialog._body)
    assert len(dialog._body) <= 2 * 18, "two pages are the most that is read"
