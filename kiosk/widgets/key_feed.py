"""Keys one at a time: each is worked through, and what it set in motion is in front, before the next is handed on.

Textual hands every key at once to the widget that has the focus at that moment. Somebody who types ahead, a card
scanner that ends in Enter, or a slow line that delivers ten keys in one piece would fill the wrong field.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from textual import events
from textual.widgets import Input

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump

MAX_WAITING = 2000
"""Keys and pastes kept at most; what comes beyond them is noise and is dropped."""
PATIENCE = 10.0
"""Seconds after which keys go on although an action still holds them."""
_HOP = 2.0
"""Seconds given to one widget to work through its messages: an old machine may need long for a whole screen."""
_ROUNDS = 2
"""A key climbs to the application, whose binding then posts messages that climb once more."""


class _Mark:
    """What a widget is sent to see how far it is. Textual is told that it takes no parameters: it would look it up in
    the signature, each time, of each of two dozen marks behind a key."""

    _param_count = 0

    def __init__(self, reached: asyncio.Event) -> None:
        self._reached = reached

    def __call__(self) -> None:
        self._reached.set()


class KeyFeed:
    """Stands between the terminal and an application's own handling of keys and pastes."""

    def __init__(self, app: "App[None]") -> None:
        self._app = app
        self._waiting: deque[events.Event] = deque()
        self._task: asyncio.Task[None] | None = None
        self._released: set[int] = set()
        self._holds = 0
        self._free = asyncio.Event()
        self._free.set()
        self._stirred = False
        """An action has held the keys and moved the focus perhaps: its messages are still on their way."""

    def takes(self, event: events.Event) -> bool:
        """Whether the feed keeps `event` for now; when not, the application is to handle it."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            return False
        if id(event) in self._released:
            self._released.remove(id(event))
            return False
        if len(self._waiting) < MAX_WAITING:
            self._waiting.append(event)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._feed())
        return True

    @contextmanager
    def held(self) -> Iterator[None]:
        """While inside, no key is handed on (at most PATIENCE seconds): an action is changing what is in front."""
        self._holds += 1
        self._free.clear()
        try:
            yield
        finally:
            self._holds = max(self._holds - 1, 0)
            self._stirred = True
            if not self._holds:
                self._free.set()

    async def idle(self) -> None:
        """Returns when every key so far is worked through."""
        while self._task is not None and not self._task.done():
            await asyncio.wait({self._task})

    async def _feed(self) -> None:
        settled = True
        while True:
            await self._until_free()
            if self._stirred:
                self._stirred = False
                await self._settle()
                continue
            if self._waiting:
                event = self._waiting.popleft()
                plain = self._is_plain(event)
                self._released.add(id(event))
                self._app.post_message(event)
                settled = False
                if plain and self._waiting and self._is_plain(self._waiting[0]):
                    continue
            elif settled:
                return
            await self._settle()
            settled = not self._waiting

    def _is_plain(self, event: events.Event) -> bool:
        """A letter for a text field moves nothing: letters may follow each other without waiting."""
        return isinstance(event, events.Key) and event.is_printable and isinstance(self._app.screen.focused, Input)

    async def _settle(self) -> None:
        """Returns when the widgets between the focus and the application are through with what they were sent."""
        screen = self._app.screen
        chain: list[MessagePump] = list(screen.focused.ancestors_with_self if screen.focused else [screen])
        await self._passed(self._app)
        for _ in range(_ROUNDS):
            for pump in chain:
                await self._passed(pump)

    async def _until_free(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._free.wait()
        except TimeoutError:
            self._holds = 0
            self._free.set()

    async def _passed(self, pump: "MessagePump") -> None:
        """Returns when `pump` has worked through what is in its queue now."""
        reached = asyncio.Event()
        if pump.is_running and pump.post_message(events.Callback(callback=_Mark(reached))):
            with suppress(TimeoutError):
                async with asyncio.timeout(_HOP):
                    await reached.wait()
