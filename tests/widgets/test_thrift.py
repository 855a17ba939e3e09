"""What is sent is less, and the terminal shows the same: checked with a terminal emulator."""

import random

import pyte
import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from kiosk.widgets.thrift import TerminalPicture

SIZE = Size(24, 6)
STYLES = (
    None,
    Style(bold=True),
    Style(color="#ff0000", bgcolor="#000080"),
    Style(reverse=True),
    Style(color="#00ff00"),
)
TEXT = "abc  …×»ñ王é"


def random_row(dice: random.Random, width: int) -> Strip:
    segments: list[Segment] = []
    while (strip := Strip(segments)).cell_length < width:
        text = "".join(dice.choice(TEXT) for _ in range(dice.randint(1, 6)))
        segments.append(Segment(text, dice.choice(STYLES)))
    return strip.adjust_cell_length(width)


def painted(rows: list[Strip]) -> list[list[tuple[str, bool, str, str, bool]]]:
    """What a fresh terminal shows when all of it is written."""
    screen = pyte.Screen(*SIZE)
    stream = pyte.Stream(screen)
    picture = TerminalPicture()
    stream.feed(picture.sequence(layout(rows), SIZE, ColorSystem.TRUECOLOR))
    return cells(screen)


def cells(screen: pyte.Screen) -> list[list[tuple[str, bool, str, str, bool]]]:
    found = []
    for y in range(SIZE.height):
        row = [screen.buffer[y][x] for x in range(SIZE.width)]
        found.append([(c.data, c.bold, c.fg, c.bg, c.reverse) for c in row])
    return found


def layout(rows: list[Strip]) -> LayoutUpdate:
    return LayoutUpdate([[row] for row in rows], Region(0, 0, *SIZE))


@pytest.mark.parametrize("seed", range(25))
def test_a_terminal_that_got_only_the_differences_shows_the_same(seed: int) -> None:
    dice = random.Random(seed)
    screen = pyte.Screen(*SIZE)
    stream = pyte.Stream(screen)
    picture = TerminalPicture()
    rows = [random_row(dice, SIZE.width) for _ in range(SIZE.height)]
    stream.feed(picture.sequence(layout(rows), SIZE, ColorSystem.TRUECOLOR))
    for _ in range(20):
        if dice.random() < 0.5:
            for y in dice.sample(range(SIZE.height), 2):
                rows[y] = random_row(dice, SIZE.width)
            update: LayoutUpdate | ChopsUpdate = layout(rows)
        else:
            y = dice.randrange(SIZE.height)
            rows[y] = random_row(dice, SIZE.width)
            chops: list[dict[int, Strip | None]] = [{0: None} for _ in range(SIZE.height)]
            chops[y] = {0: rows[y]}
            update = ChopsUpdate(chops, [(y, 0, SIZE.width)], [[SIZE.width]] * SIZE.height)
        stream.feed(picture.sequence(update, SIZE, ColorSystem.TRUECOLOR))
        assert cells(screen) == painted(rows), f"seed {seed}"


def test_the_same_picture_again_sends_nothing() -> None:
    rows = [random_row(random.Random(1), SIZE.width) for _ in range(SIZE.height)]
    picture = TerminalPicture()
    assert picture.sequence(layout(rows), SIZE, ColorSystem.TRUECOLOR)
    assert picture.sequence(layout(rows), SIZE, ColorSystem.TRUECOLOR) == ""
    picture.forget()
    assert picture.sequence(layout(rows), SIZE, ColorSystem.TRUECOLOR)


def test_one_letter_changed_sends_one_letter() -> None:
    rows = [Strip([Segment("a" * SIZE.width)]) for _ in range(SIZE.height)]
    picture = TerminalPicture()
    picture.sequence(layout(rows), SIZE, ColorSystem.TRUECOLOR)
    rows[2] = Strip([Segment("a" * 5 + "b" + "a" * (SIZE.width - 6))])
    assert picture.sequence(layout(rows), SIZE, ColorSystem.TRUECOLOR) == "\x1b[3;6Hb"


def test_another_size_is_sent_whole() -> None:
    rows = [Strip([Segment("a" * SIZE.width)]) for _ in range(SIZE.height)]
    picture = TerminalPicture()
    picture.sequence(layout(rows), SIZE, ColorSystem.TRUECOLOR)
    wider = Size(30, 6)
    rows = [Strip([Segment("a" * 30)]) for _ in range(6)]
    sent = picture.sequence(LayoutUpdate([[row] for row in rows], Region(0, 0, *wider)), wider, ColorSystem.TRUECOLOR)
    assert sent.count("a") == 180
