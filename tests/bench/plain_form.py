"""The least Textual application with a form and a search, as it comes: what bench_bytes.py measures ours beside."""

from textual import on
from textual.app import App, ComposeResult
from textual.widgets import DataTable, Footer, Header, Input, Label

FIELDS = ("Tanggal", "Jenis", "Perawatan", "Poli", "Keluhan", "Sistole", "Diastole", "Berat", "Tinggi")


class PlainForm(App[None]):
    """A search field with a table below it, then nine fields; Header and Footer as every example has them."""

    CSS = "DataTable { height: 6; } Input { height: 1; border: none; } Input:focus { border: none; }"

    def compose(self) -> ComposeResult:
        """Search, table, form."""
        yield Header(show_clock=False)
        yield Input(placeholder="Cari", id="search")
        yield DataTable()
        for name in FIELDS:
            yield Input(placeholder=name)
        yield Label("siap")
        yield Footer()

    def on_mount(self) -> None:
        """Three columns."""
        self.query_one(DataTable).add_columns("Nama", "Lahir", "Kartu")

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        """Six rows that change with every letter."""
        table = self.query_one(DataTable)
        table.clear()
        for row in range(6):
            table.add_row(f"{event.value} peserta {row}", f"0{row + 1}-05-198{row}", f"000000000{row:04d}")


if __name__ == "__main__":
    PlainForm().run()
