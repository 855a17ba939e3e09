"""The public board: one panel a poli, the clock, and how old the data is; no keys are needed and no name is shown."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Vertical
from textual.screen import Screen

from kiosk.counter.views import BoardPoli, BoardView
from kiosk.safe_text import NAME_LIMIT
from kiosk.widgets.big_number import BigNumber
from kiosk.widgets.board_panel import BoardPanel, PanelContent, best_grid
from kiosk.widgets.lines import Lines, Span, column, joined, line
from kiosk.widgets.words import poli_words

FROZEN = "DATA LAMA"
_BARS = 2
_MOST = 12
"""Panels at most; made once, shown as they are needed."""


class BoardScreen(Screen[None], inherit_bindings=False):
    """All polis at one look."""

    ALLOW_SELECT = False
    AUTO_FOCUS: ClassVar[str | None] = ""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "app.leave", show=False)]

    DEFAULT_CSS = """
    BoardScreen { layout: vertical; overflow: hidden; }
    BoardScreen > .bar { height: 1; }
    BoardScreen > Grid { height: 1fr; grid-gutter: 0; }
    BoardScreen > .nobody { height: 1fr; align: center middle; }
    BoardScreen > .frozen { height: 7; padding: 1 0; }
    BoardScreen > .frozen BigNumber { height: 5; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._head = Lines(classes="bar head")
        self._panels = [BoardPanel() for _ in range(_MOST)]
        self._grid = Grid(*self._panels)
        self._nobody = Vertical(
            Lines((line(Span("Belum ada nomor antrean hari ini", "title")),), centred=True), classes="nobody"
        )
        self._frozen = Vertical(BigNumber(FROZEN), classes="frozen")
        self._foot = Lines(classes="bar foot")
        self._view: BoardView | None = None
        self._clock = ""
        self._read_at: str | None = None
        self._is_frozen = False
        self._turn, self._fresh = 0, False

    def compose(self) -> ComposeResult:
        """Bar, panels, warning, bar."""
        self._frozen.display = False
        self._grid.display = False
        yield self._head
        yield self._grid
        yield self._nobody
        yield self._frozen
        yield self._foot

    @property
    def text(self) -> str:
        """Everything shown, for tests."""
        panels = "\n".join(panel.text for panel in self._panels if panel.display)
        banner = FROZEN if self._frozen.display else ""
        return f"{self._head.text}\n{panels}\n{banner}\n{self._foot.text}"

    def show(
        self,
        view: BoardView | None,
        *,
        clock: str,
        read_at: str | None,
        frozen: bool,
        turn: int = 0,
        fresh: bool = False,
    ) -> None:
        """Show `view` as read at `read_at` (HH.MM); `frozen` says that it may not be true any more.

        Where there is no room for all polis, `turn` counts whose turn it is; with `fresh` the one that called last is
        among them.
        """
        self._view, self._clock, self._read_at, self._is_frozen = view, clock, read_at, frozen
        self._turn, self._fresh = turn, fresh
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Another size has other digits."""
        self._draw()

    def _draw(self) -> None:
        view, polis = self._view, self._view.polis if self._view else ()
        width, height = self.size
        height -= _BARS + (7 if self._is_frozen else 0)
        self._frozen.display = self._is_frozen
        self.set_class(self._is_frozen, "is-frozen")
        longest = max((p.current or "" for p in polis), key=len, default="") or "A-000"
        grid = best_grid(min(len(polis), _MOST), width, height, longest)
        shown = polis_shown(polis, grid.shown, self._turn, view.last_called if view and self._fresh else None)
        self._grid.display, self._nobody.display = bool(shown), not shown
        for number, panel in enumerate(self._panels):
            panel.display = number < len(shown)
        if shown:
            self._grid.styles.grid_size_columns = grid.columns
            self._grid.styles.grid_size_rows = grid.rows
        for panel, poli in zip(self._panels, shown, strict=False):
            newest = view is not None and poli.current is not None and poli.current == view.last_called
            content = PanelContent(
                poli.poli_name, poli.current, poli.room, poli.beside, poli.following, poli.waiting, newest
            )
            panel.show(content, width // grid.columns, height // grid.rows)
        self._draw_bars([poli for poli in polis if poli not in shown])

    def _draw_bars(self, rest: Sequence[BoardPoli]) -> None:
        width = self.size.width
        clinic = self._view.clinic_name if self._view else ""
        self._head.show(line(" ", column(clinic, max(width - 8, 1), "strong"), " ", Span(self._clock, "strong")))
        if self._is_frozen:
            since = f"data terakhir pukul {self._read_at}" if self._read_at else "data belum terbaca"
            self._foot.show(line(Span(f" Papan berhenti, {since}. Tanyakan nomor kepada petugas.", "error")))
            return
        others = [f"{poli_words(poli.poli_name)} {poli.current or '-'}" for poli in rest]
        data = f"data pukul {self._read_at}" if self._read_at else "membaca antrean"
        self._foot.show(joined([Span(f" {data}", "muted"), *(Span(text, "strong", NAME_LIMIT) for text in others)]))


def polis_shown(polis: Sequence[BoardPoli], count: int, turn: int, newest: str | None) -> list[BoardPoli]:
    """The `count` polis that get a panel at this `turn`, in the clinic's order; the one that called `newest` is in."""
    if count >= len(polis):
        return list(polis)
    first = turn * count
    chosen = [polis[(first + at) % len(polis)] for at in range(count)]
    called = next((poli for poli in polis if newest is not None and poli.current == newest), None)
    if called is not None and called not in chosen:
        chosen[-1] = called
    return [poli for poli in polis if poli in chosen]
