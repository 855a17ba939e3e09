"""Plays the real application by keys, without a terminal: keys go in, the text of the screen is waited for."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events

if TYPE_CHECKING:
    from textual.app import App
    from textual.pilot import Pilot

    from kiosk.app import CounterApp
    from kiosk.widgets.kiosk_app import KioskApp

_NAMES = {" ": "space", "-": "minus", ",": "comma", ".": "full_stop"}
_LETTERS = {name: letter for letter, name in _NAMES.items()}
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
"""Textual's pictures would fetch a font from the internet."""
HOP = 0.02
"""Seconds for a key to reach the application's queue."""
PATIENCE = 12.0
SIZE, WIDE = (80, 24), (120, 40)
SETTLED = 0.4
"""Seconds for a screen to be laid out anew after the terminal was made larger or smaller."""


class NeverSeen(Exception):
    """What should have come to the screen did not; `args[0]` says what, with the screen as it stood."""


class Player:
    """One person at the counter, played."""

    def __init__(self, app: "KioskApp", pilot: "Pilot[None]", pictures: Path | None) -> None:
        self._app = app
        self._pilot = pilot
        self.pictures = pictures

    async def press(self, *keys: str) -> None:
        """Press keys (Textual's names), as fast as a scanner: the application works through one after the other."""
        for key in keys:
            self._app.post_message(events.Key(key, key if len(key) == 1 else _LETTERS.get(key)))
        await asyncio.sleep(HOP)
        await self._app.keys_idle()
        await self._pilot.pause()

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.press(*(_NAMES.get(letter, letter) for letter in text))

    @property
    def text(self) -> str:
        """What stands on the screen, a line a row."""
        return "\n".join(strip.text.rstrip() for strip in self._app.screen._compositor.render_strips())

    async def until(self, seen: str | Callable[[], bool], patience: float = PATIENCE) -> None:
        """Wait until the words stand on the screen (or the condition holds). Raises NeverSeen."""
        end = time.monotonic() + patience
        while not (seen in self.text if isinstance(seen, str) else seen()):
            if time.monotonic() > end:
                raise NeverSeen(f"{seen!r}\n{self.text}")
            await asyncio.sleep(0.02)
            await self._pilot.pause()

    async def picture(self, name: str) -> None:
        """Keep the screen as SVG files, when pictures were asked for: as it is, and on a larger terminal."""
        if self.pictures is None:
            return
        self._draw(self.pictures / f"{name}.svg")
        await self._pilot.resize_terminal(*WIDE)
        await self._pilot.pause(SETTLED)
        self._draw(self.pictures / f"{name}-lebar.svg")
        await self._pilot.resize_terminal(*SIZE)
        await self._pilot.pause(SETTLED)

    def _draw(self, path: Path) -> None:
        path.write_text(svg(self._app), "utf-8")


def svg(app: "App[None]") -> str:
    """The screen as an SVG picture, in a font that every machine has: nothing is fetched when it is looked at."""
    return _FONT_FACE.sub("", app.export_screenshot(title="Loket")).replace("Fira Code", "DejaVu Sans Mono")


@asynccontextmanager
async def playing(app: "CounterApp", pictures: Path | None) -> AsyncIterator[Player]:
    """The application at 80×24, ready for the login."""
    async with app.run_test(size=SIZE) as pilot:
        player = Player(app, pilot, pictures)
        await player.until("Kata sandi")
        yield player
