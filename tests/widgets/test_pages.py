"""A form of several pages: the page follows the cursor, also where two moves of it cross."""

from pathlib import Path

from textual.app import ComposeResult

from kiosk.widgets.field import TextField
from kiosk.widgets.kiosk_app import KioskApp
from kiosk.widgets.pages import Page, PagedForm
from kiosk.widgets.screen import CounterScreen


class TwoPages(CounterScreen):
    """Name on the first page, drug on the second."""

    def body(self) -> ComposeResult:
        """The form."""
        with PagedForm() as self.form:
            with Page("Satu"):
                yield TextField("name", "Nama")
            with Page("Dua"):
                yield TextField("drug", "Obat")


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
