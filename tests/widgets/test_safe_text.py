"""Hostile text: cleaned where it enters, guarded where it leaves, never markup."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.widgets import Static

from kiosk.domain.text import UNSAFE, clean
from kiosk.safe_text import OutputGuard, plain, safe
from kiosk.widgets.field import TextField
from kiosk.widgets.form import Form
from kiosk.widgets.kiosk_app import KioskApp
from kiosk.widgets.lines import Lines, Span, line
from kiosk.widgets.rows import Row, Rows

HOSTILE = (
    "\x1b]52;c;cm0gLXJm\x07 clipboard",
    "\x1b[2J\x1b[31mmerah",
    "\x9b31m C1",
    "nul\x00 del\x7f",
    "BUDI [ALM]",
    "[/b]x [@click=app.quit]tekan[/]",
    "kanan\u202ekiri\u202c \u2066isolat\u2069",
    "lebar\u200b\u200d\ufeffnol",
    "tag\U000e0041\U000e0042",
    "pribadi\ue000",
    "surrogat\ud800",
    "z" + "\u0301" * 400,
    "dua\nbaris\r\ntiga\ttab\u2028pisah",
)


def test_every_control_format_and_private_character_of_unicode_is_dropped() -> None:
    left = [
        hex(code)
        for code in range(0x110000)
        if unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and not UNSAFE.match(chr(code))
    ]
    assert left == []


def test_letters_of_names_are_kept() -> None:
    for name in ("Ni Luh Ketut Sri-Rahayu", "José Núñez", "I Gusti Ngurah (alm.)", "محمد", "O'Neill & Co. [x]"):
        assert clean(name, 100) == unicodedata.normalize("NFC", name)


def test_breaks_become_one_blank_and_marks_are_few() -> None:
    assert clean("dua\r\nbaris\tlagi", 100) == "dua baris lagi"
    assert len(clean("z" + "\u0301" * 400, 500)) <= 6


@given(st.text(alphabet=st.characters(), max_size=60), st.integers(1, 40))
def test_cleaned_text_is_bounded_safe_and_stays_as_it_is_when_cleaned_again(text: str, limit: int) -> None:
    once = clean(text, limit)
    assert len(once) <= limit
    assert not UNSAFE.search(once) and "\n" not in once
    assert clean(once, limit) == once


def test_a_megabyte_is_cut_before_anything_else_and_says_so() -> None:
    shown = plain("x" * 1_000_000, 50)
    assert len(shown) == 50 and shown.endswith("…")


def test_brackets_are_text_and_not_markup() -> None:
    assert safe("[/b]x [@click=app.quit]tekan[/]").plain == "[/b]x [@click=app.quit]tekan[/]"
    assert safe("[bold]x").spans == []


@given(st.text(alphabet=st.characters(), max_size=40))
def test_the_guard_keeps_the_width_of_a_line(text: str) -> None:
    segments = [Segment(text, Style(link="http://jahat"))]
    guarded = OutputGuard().apply(segments, Color(0, 0, 0))
    assert sum(cell_len(part.text) for part in guarded) == cell_len(text)
    assert not any(UNSAFE.search(part.text) for part in guarded)
    assert not any(part.style and part.style.link for part in guarded)


def test_the_guard_leaves_an_ordinary_line_alone() -> None:
    segments = [Segment("Siti Aminah", Style(bold=True))]
    assert OutputGuard().apply(segments, Color(0, 0, 0)) is segments


class Hostile(KioskApp):
    """Every widget of ours with hostile text, and one that forgot to clean it."""

    def __init__(self, folder: object, text: str) -> None:
        super().__init__(folder)  # type: ignore[arg-type]
        self.bad = text

    def compose(self) -> ComposeResult:
        yield Lines((line(Span(self.bad, "warn")),))
        yield Rows(empty=self.bad)
        with Form():
            yield TextField("name", self.bad[:10], width=40)
        yield Static(self.bad, markup=False)

    def on_mount(self) -> None:
        self.query_one(Rows).show_rows([Row("a", line(self.bad)), Row("b", line(self.bad))])
        self.query_one(TextField).put(self.bad)
        self.query_one(Form).say(self.bad)


@pytest.mark.parametrize("text", HOSTILE)
async def test_no_widget_lets_hostile_text_reach_the_terminal(text: str, tmp_path: object) -> None:
    app: App[None] = Hostile(tmp_path, text)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        shown = "".join(strip.text for strip in app.screen._compositor.render_strips())
        assert not UNSAFE.search(shown)
        assert app.is_running


async def test_pasted_text_is_one_clean_bounded_line(tmp_path: object) -> None:
    from textual.events import Paste

    app = Hostile(tmp_path, "x")
    async with app.run_test() as pilot:
        field = app.query_one(TextField)
        field.put("")
        field.focus()
        await pilot.pause()
        app.post_message(Paste("\x1b[31mAni\nUji\u202e " + "y" * 1_000_000))
        await pilot.pause()
        await app.keys_idle()
        await pilot.pause()
        assert field.typed.startswith("[31mAni Uji yyy")
        assert len(field.typed) <= 100
