"""An event loop whose time jumps to the next appointment, and a store that works inside of it."""

import asyncio
import selectors
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from typing import Any

from kiosk.store.database import Store


class _Selector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Waits for nothing: where a real one would sleep, time passes at once."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[Any]:
        found: list[Any] = super().select(0)
        if not found and timeout is None:
            raise RuntimeError("everybody waits for somebody else")
        if not found and timeout:
            self.loop.virtual += timeout
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    """`virtual` is its time in seconds; `at_step` is asked at every turn of the loop."""

    def __init__(self) -> None:
        self.virtual = 0.0
        self.at_step: Callable[[], None] | None = None
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self.virtual

    def _run_once(self) -> None:
        if self.at_step is not None:
            self.at_step()
        super()._run_once()  # type: ignore[misc]


class Inline:
    """Instead of the store's thread: the work is done where it is asked for."""

    def __init__(self) -> None:
        self.dead = False

    def submit(self, work: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        """Do it now. After `dead` nothing is done any more: its process is gone."""
        done: Future[Any] = Future()
        if self.dead:
            done.set_exception(ProcessGone())
            return done
        try:
            done.set_result(work(*arguments))
        except BaseException as error:
            done.set_exception(error)
        return done

    def shutdown(self) -> None:
        """There is nothing to end."""


class ProcessGone(BaseException):
    """Somebody who was killed tried to go on."""


class VirtualStore(Store):
    """A real store on a real file, in the loop's own thread; `watchers` are told of every write by anybody."""

    watchers: list[asyncio.Event]

    @classmethod
    def at(cls, url: str, clock: Callable[[], Any], watchers: list[asyncio.Event]) -> "VirtualStore":
        """Open the file at `url`; without fdatasync, for no power fails here."""
        store = cls(url, clock)
        store._thread.shutdown()
        store.inline = Inline()
        store._thread = store.inline  # type: ignore[assignment]
        store.watchers = watchers
        store._call(lambda: store._engine.open(False))
        store._call(lambda: store._engine.database.execute_sql("PRAGMA synchronous = OFF"))  # type: ignore[attr-defined]
        return store

    inline: Inline

    async def write(self, work: Any, actor: Any = None) -> Any:
        """Write, and tell those who watch."""
        result = await super().write(work, actor)
        for watcher in self.watchers:
            watcher.set()
        return result

    async def changes(self) -> AsyncGenerator[None]:
        """Yields after every write of anybody in this loop."""
        told = asyncio.Event()
        self.watchers.append(told)
        try:
            while True:
                await told.wait()
                told.clear()
                yield
        finally:
            self.watchers.remove(told)

    async def checkpoint(self) -> bool:
        """The log is folded back by SQLite itself."""
        return True
