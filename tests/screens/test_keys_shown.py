"""What the bottom line promises fits at 80 columns, on every screen."""

from importlib import import_module

import pytest

from kiosk.screens import ROOMS, Room
from kiosk.widgets.bars import KeyLine
from kiosk.widgets.lines import width_of


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_the_keys_of_a_screen_fit_on_one_line_of_80_and_have_help(room: Room) -> None:
    screen = getattr(import_module(f"kiosk.screens.{room.module}"), room.screen)
    shown = KeyLine()
    shown.keys(screen.KEYS)
    (row,) = shown.lines
    assert width_of(row) <= 80, "".join(span.text for span in row)
    assert screen.TITLE and screen.HELP_LINES
    assert ("F1", "Bantuan") in screen.KEYS


def test_no_two_rooms_share_a_key() -> None:
    keys = [room.key for room in ROOMS if room.key]
    assert len(keys) == len(set(keys))
