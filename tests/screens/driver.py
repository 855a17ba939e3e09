"""A counter in front of a test: keys go in, the text of the screen and the rows of the store come out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual import events
from textual.pilot import Pilot

from kiosk.app import CounterApp, Demo
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction
from tests.people import PASSWORD

HOP = 0.005
"""Seconds for a key to reach the application's queue; the pilot's own way of waiting is five times slower."""
PATIENCE = 20.0
"""Seconds after which something that should be seen is missing."""


class Counter:
    """The application of one test."""

    def __init__(self, app: CounterApp, pilot: Pilot[None], store: Store) -> None:
        self.app = app
        self.pilot = pilot
        self.store = store

    async def press(self, *keys: str) -> None:
        """Press keys one after the other and wait until each is worked through."""
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else " " if key == "space" else None))
            # The message is taken up by the application's own task; then the feed works through it.
            await asyncio.sleep(HOP)
            await self.app.keys_idle()
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type a text as a person does."""
        await self.press(*("space" if c == " " else c for c in text))

    @property
    def text(self) -> str:
        """What stands on the screen now, a line a row."""
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    def line(self, part: str) -> str:
        """The row of the screen that has `part`."""
        return next((row for row in self.text.splitlines() if part in row), "")

    async def until(self, seen: str | Callable[[], bool]) -> None:
        """Wait until `seen` stands on the screen (or is true)."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while not (seen in self.text if isinstance(seen, str) else seen()):
            if asyncio.get_running_loop().time() > end:
                raise AssertionError(f"never seen: {seen!r}\n{self.text}")
            await asyncio.sleep(0.02)
            await self.pilot.pause()

    async def log_in(self, login: str = "siti") -> None:
        """Log in and wait for the search."""
        await self.type(login)
        await self.press("enter")
        await self.type(PASSWORD)
        await self.press("enter")
        await self.until("Cari ")

    async def find(self, text: str, seen: str) -> None:
        """Type into the search until `seen` is among the rows."""
        await self.type(text)
        await self.until(lambda: "»" in self.text and seen in self.text)

    def rows(self, sql: str, *values: object) -> list[dict[str, object]]:
        """What the store holds, read by the test's own connection."""

        def work(tx: Transaction) -> list[dict[str, object]]:
            return [dict(row) for row in tx.rows(sql, *values)]

        return self.store.read_now(work)


@asynccontextmanager
async def counter_on(
    store: Store,
    folder: Path,
    *,
    size: tuple[int, int] = (80, 24),
    demo: Demo | None = None,
    idle_lock: float = 180,
    **options: Any,
) -> AsyncIterator[Counter]:
    """The counter application on `store`, at the login; other options as the application takes them."""
    app = CounterApp(store.url, "Loket 1", state_folder=folder / "laporan", demo=demo, idle_lock=idle_lock, **options)
    async with app.run_test(size=size) as pilot:
        counter = Counter(app, pilot, store)
        await counter.until(store.clinic.name)
        yield counter
