"""The board application: a second terminal that only reads the store, and says so when it cannot."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from kiosk import collector
from kiosk.config import default_home
from kiosk.counter.board import board
from kiosk.counter.desk import Desk
from kiosk.counter.errors import CounterError
from kiosk.counter.views import BoardCall, BoardView
from kiosk.domain.day import clock_text
from kiosk.domain.spoken import call_sentence
from kiosk.screens.board import BoardScreen
from kiosk.voice import Voice
from kiosk.widgets.kiosk_app import KioskApp
from kiosk.widgets.words import poli_words

LOOK = 5.0
"""Seconds between looks at the store even when nothing seems to have changed: proof that it can be read."""
STALE = 30.0
"""Seconds without a good reading after which the board says that its data is old."""
RETRY = 2.0
TURN = 10.0
"""Seconds for which polis are shown before it is the turn of those for which there was no room."""
FRESH = 20.0
"""Seconds for which the poli that called last is shown whatever turn it is."""


class BoardApp(KioskApp):
    """The queue's numbers for everybody who waits."""

    TITLE = "Papan antrean"
    LEAVE_QUESTION = ("Tutup papan antrean?", "Loket tetap berjalan.")

    def __init__(
        self,
        desk: Desk,
        polis: Sequence[str] = (),
        *,
        state_folder: Path | None = None,
        look: float = LOOK,
        stale: float = STALE,
        voice: Voice | None = None,
        theme: str | None = None,
    ) -> None:
        """Show `polis` (codes; all when empty) of the store of `desk`, which stays the caller's to close.

        `look` and `stale` are seconds, see LOOK and STALE. Without a `voice` calls only ring. `theme` as in `KioskApp`.
        """
        super().__init__(state_folder or default_home().reports, theme)
        self.desk = desk
        """Where the numbers are read."""
        self._polis = tuple(polis)
        self._look, self._stale = look, stale
        self.board = BoardScreen()
        """What is shown."""
        self._view: BoardView | None = None
        self._good = time.monotonic()
        self._voice = voice
        self._heard: dict[str, int] = {}
        self._rang = -FRESH

    async def on_mount(self) -> None:
        """Show, read, follow."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError, RuntimeError):
                loop.add_signal_handler(number, self.exit)
        await self.push_screen(self.board)
        self.run_worker(self._keep_reading(), exit_on_error=False)
        self.run_worker(self._follow(), exit_on_error=False)
        self.set_interval(min(1.0, self._look), self._draw)
        self.call_after_refresh(collector.settle)

    async def _keep_reading(self) -> None:
        while True:
            await self._read()
            await asyncio.sleep(self._look)

    async def _follow(self) -> None:
        """A change shows at once; when the store cannot be watched, the regular looks go on alone."""
        while True:
            try:
                async for _ in self.desk.changes():
                    await self._read()
            except Exception as error:
                # Whatever the driver raises while the file is gone: kept as a report, and tried again.
                self.report(error)
            await asyncio.sleep(RETRY)

    async def _read(self) -> None:
        try:
            view = await board(self.desk, self._polis)
        except CounterError:
            pass
        else:
            self._good = time.monotonic()
            calls = [call for call in view.calls if call.calls > self._heard.get(call.id, 0)]
            if self._view is not None and calls:
                self._tell(calls)
            self._view = view
            self._heard |= {call.id: call.calls for call in view.calls}
        self._draw()

    def _tell(self, calls: Sequence[BoardCall]) -> None:
        """Ring once, and speak each; a number that is called again rings and is spoken again."""
        self._rang = time.monotonic()
        self.bell()
        if self._voice is not None:
            for call in calls:
                self._voice.say(call_sentence(call.label, spoken_place(call)))

    async def on_unmount(self) -> None:
        """Fall silent."""
        if self._voice is not None:
            await self._voice.close()

    def _draw(self) -> None:
        view, zone = self._view, self.desk.zone
        now = time.monotonic()
        self.board.show(
            view,
            clock=clock_text(self.desk.now(), zone),
            read_at=clock_text(view.read_at, zone) if view else None,
            frozen=now - self._good > self._stale,
            turn=int(now // TURN),
            fresh=now - self._rang < FRESH,
        )


def spoken_place(call: BoardCall) -> str:
    """Where to go: the room that called, else the poli ("Poli Umum"; a place of the clinic's own by its name)."""
    if call.room:
        return call.room
    poli = poli_words(call.poli_name)
    return poli if call.own_place else f"Poli {poli}"
