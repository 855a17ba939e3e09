"""Lists: the selection, the window, and that only what changed is drawn."""

from pathlib import Path

from textual.app import ComposeResult

from kiosk.widgets.big_number import BigNumber, dots
from kiosk.widgets.kiosk_app import KioskApp
from kiosk.widgets.lines import Lines, Span, column, joined, line, width_of
from kiosk.widgets.rows import Row, Rows


class ListApp(KioskApp):
    """A list, some lines and a number."""

    CSS = "Rows { height: 6; } BigNumber { height: 12; }"

    def compose(self) -> ComposeResult:
        yield Rows(empty="Tidak ada apa-apa")
        yield Lines((line("satu"), line("dua")), id="lines")
        yield BigNumber("A-012")


def rows(count: int, word: str = "baris") -> list[Row]:
    return [Row(str(number), line(f"{word} {number}")) for number in range(count)]


def text(app: KioskApp) -> list[str]:
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


async def test_the_selection_stays_on_its_row_when_others_come_before_it(tmp_path: Path) -> None:
    app = ListApp(tmp_path)
    async with app.run_test(size=(40, 24)) as pilot:
        shown = app.query_one(Rows)
        shown.show_rows(rows(3))
        shown.focus()
        await pilot.press("down", "down")
        assert shown.selected == "2"
        shown.show_rows([Row("new", line("baru")), *rows(3)])
        await pilot.pause()
        assert shown.selected == "2"
        assert "» baris 2" in text(app)


async def test_an_empty_list_says_so(tmp_path: Path) -> None:
    app = ListApp(tmp_path)
    async with app.run_test(size=(40, 24)) as pilot:
        await pilot.pause()
        assert "Tidak ada apa-apa" in text(app)[0]
        assert app.query_one(Rows).selected is None


async def test_more_rows_than_room_scroll_with_the_selection_and_are_counted(tmp_path: Path) -> None:
    app = ListApp(tmp_path)
    async with app.run_test(size=(40, 24)) as pilot:
        shown = app.query_one(Rows)
        shown.show_rows(rows(50))
        shown.focus()
        await pilot.pause()
        assert "baris 1 dari 50" in text(app)[5]
        await pilot.press("end")
        await pilot.pause()
        assert "» baris 49" in text(app)[4]
        await pilot.press("home", "pagedown")
        await pilot.pause()
        assert any("» baris 4" in row for row in text(app)[:5])


async def test_moving_the_selection_draws_two_rows_and_no_more(tmp_path: Path) -> None:
    app = ListApp(tmp_path)
    async with app.run_test(size=(40, 24)) as pilot:
        shown = app.query_one(Rows)
        shown.show_rows(rows(5))
        await pilot.pause()
        drawn: list[int] = []
        original = shown.render_line
        shown.render_line = lambda y: (drawn.append(y), original(y))[1]  # type: ignore[method-assign,func-returns-value]
        shown.move(1)
        await pilot.pause()
        assert sorted(drawn) == [0, 1]


async def test_lines_send_only_the_cells_that_changed(tmp_path: Path) -> None:
    app = ListApp(tmp_path)
    async with app.run_test(size=(40, 24)) as pilot:
        await pilot.pause()
        shown = app.query_one("#lines", Lines)
        regions: list[object] = []
        original = shown.refresh
        shown.refresh = lambda *r, **k: (regions.extend(r), original(*r, **k))[1]  # type: ignore[method-assign,func-returns-value]
        shown.show(line("satu"), line("dia"))
        (region,) = regions
        assert (region.x, region.y, region.width, region.height) == (1, 1, 1, 1)  # type: ignore[attr-defined]
        await pilot.pause()
        assert "dia" in text(app)[7]


def test_columns_are_exactly_as_wide_as_asked() -> None:
    for name in ("Ani", "Nama yang panjang sekali", "王小明王小明王小明"):
        assert width_of((column(name, 9),)) == 9
    assert column("12", 5, right=True).text == "   12"


def test_parts_that_are_not_known_leave_no_gap() -> None:
    assert "".join(span.text for span in joined(["a", "", Span(""), "b"])) == "a · b"


def test_every_letter_and_digit_of_a_queue_number_has_a_shape_of_its_own() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    shapes = {dots(char) for char in letters if char != "O"}
    assert len(shapes) == len(letters) - 1


async def test_a_number_fills_its_room(tmp_path: Path) -> None:
    app = ListApp(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        number = app.query_one(BigNumber)
        assert number.scale() == 2
        number.label = "A-0123456789"
        await pilot.pause()
        assert number.scale() == 1
