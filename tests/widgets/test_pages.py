"""A form of several pages: the page follows the cursor, also where two moves of it cross."""

from pathlib import Path

from textual.app import ComposeResult

from kiosk.widgets.choice import ChoiceField, choices
from kiosk.widgets.field import TextField
from kiosk.widgets.kiosk_app import KioskApp
from kiosk.widgets.pages import Page, PagedForm
from kiosk.widgets.screen import CounterScreen


class TwoPages(CounterScreen):
    """Name on the first page, drug and prognosis on the second."""

    def body(self) -> ComposeResult:
        """The form."""
        with PagedForm() as self.form:
            with Page("Satu"):
                yield TextField("name", "Nama")
            with Page("Dua"):
                yield TextField("drug", "Obat")
                words = ("Sanam", "Bonam", "Malam", "Dubia ad sanam", "Dubia ad malam")
                yield ChoiceField("prognosis", "Prognosis", choices([(word, word) for word in words]))


class PagesApp(KioskApp):
    """Shows it."""

    async def on_mount(self) -> None:
        """The form in front."""
        self.one = TwoPages()
        await self.push_screen(self.one)


async def test_the_last_of_two_moves_counts_and_keeps_the_cursor(tmp_path: Path) -> None:
    app = PagesApp(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        form = app.one.form
        for there, back in (("drug", "name"), ("name", "drug")):
            form.go_to(there)
            form.go_to(back)
            await pilot.pause()
            await pilot.pause()
            assert form.current is form.field(back)
            assert form.page is form.pages[("name", "drug").index(back)]


async def test_a_page_that_comes_after_a_scroll_is_drawn_at_its_width(tmp_path: Path) -> None:
    app = PagesApp(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        form, compositor = app.one.form, app.one._compositor
        await pilot.pause()
        form.show_page(form.pages[1])
        # A scroll leaves the map to be made anew by whoever looks something up next: here before the layout.
        compositor._full_map_invalidated = True
        assert form.field("prognosis") in compositor.full_map
        await pilot.pause()
        drawn = [strip.text for strip in compositor.render_strips() if "Prognosis" in strip.text]
        assert "Sanam" in drawn[0] and "Bonam" in drawn[0], drawn
