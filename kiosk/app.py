"""The counter application: it keeps the screens, the desk and the state of the link, and nothing of what they do."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from kiosk import collector
from kiosk.domain.day import now as present
from kiosk.domain.people import Operator
from kiosk.domain.queue_rules import QueueRules
from kiosk.screens import HOME, room
from kiosk.screens.top_line import TopLine
from kiosk.widgets.kiosk_app import KioskApp
from kiosk.widgets.screen import CounterScreen, Dialog
from kiosk.widgets.work import work

if TYPE_CHECKING:
    from kiosk.counter.desk import Desk

IDLE_LOCK = 180.0
"""Seconds without a key until the counter locks itself."""
_TRY_AGAIN = 5.0
"""Seconds until the store is followed again after it failed."""
_WARM = ("kiosk.counter.access", "kiosk.counter.status", "argon2", "zoneinfo", "kiosk.screens.search")
"""Loaded in a thread after the login is on the terminal."""


@dataclass(frozen=True)
class Demo:
    """What `kiosk demo` adds: words on the login, and a key that cuts P-Care off and lets it come back."""

    hint: str
    """Shown on the login: the operator and password to use."""
    switch_outage: Callable[[], Awaitable[bool]]
    """F9: turns the outage on or off; True when P-Care is now cut off."""


class StoreChanged(Message):
    """Another process changed the store."""


class CounterApp(KioskApp):
    """One station of the counter."""

    TITLE = "Loket"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f9", "outage", show=False)]

    def __init__(
        self,
        url: str,
        station: str = "Loket 1",
        *,
        state_folder: Path,
        demo: Demo | None = None,
        idle_lock: float = IDLE_LOCK,
        entry_deadline: int | None = None,
        theme: str | None = None,
        keep_theme: Callable[[str], None] | None = None,
        rules: QueueRules = QueueRules(),  # noqa: B008  (frozen)
        clock: Callable[[], datetime] = present,
        seal: Path | None = None,
        begin: Callable[[], None] | None = None,
        ends_when_unusable: bool = False,
    ) -> None:
        """`idle_lock` in seconds; `entry_deadline` as in `Desk`, None for its default; `theme` as in `KioskApp`.

        `clock` gives the present moment, aware; `keep_theme` remembers the theme that a person chose, in a file. `seal`
        is the file with the audit log's seal, None: the one beside the store. `begin` is called in a thread once the
        login is painted. With `ends_when_unusable` a damaged or locked store ends the application, with `unusable` set;
        else the login says it.
        """
        super().__init__(state_folder, theme)
        self._begin = begin
        self._ends_when_unusable = ends_when_unusable
        self.unusable = ""
        """Why the application ended by itself."""
        self._clock = clock
        self._demo = demo
        self._take_post(url, station, idle_lock, entry_deadline, keep_theme, rules, seal)
        self._opening: asyncio.Task[Desk] | None = None
        self._desk: Desk | None = None
        self._top_line = TopLine()
        self._last_key = time.monotonic()
        self._behind: Screen[object] | None = None
        self._locked_for: Operator | None = None

    def _take_post(
        self,
        url: str,
        station: str,
        idle_lock: float,
        entry_deadline: int | None,
        keep_theme: Callable[[str], None] | None,
        rules: QueueRules,
        seal: Path | None = None,
    ) -> None:
        self._seal = seal
        self._url, self._station_name = url, station
        self._idle_lock = idle_lock
        self._entry_deadline = entry_deadline
        self._keep_theme = keep_theme
        self._rules = rules

    def take_post(self, state_folder: Path, theme: str | None = None, **post: Any) -> None:
        """Become the counter of one place, on an application that was made ready for any; as in `__init__`."""
        self.state_folder = state_folder
        self._take_post(**post)
        self._last_key = time.monotonic()
        if theme and theme != self.look:
            self.show_look(theme)

    # Start and end

    async def on_mount(self) -> None:
        """The login first; everything heavy afterwards."""
        await self.go("login", hint=self._demo.hint if self._demo else "")
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        if self._begin is not None:
            self.run_worker(asyncio.to_thread(self._begin), group="begin", exit_on_error=False)
        self._opening = asyncio.create_task(self._open_desk())
        self.run_worker(self._welcome(), exit_on_error=False)

    async def _open_desk(self) -> "Desk":
        await asyncio.to_thread(lambda: [import_module(name) for name in _WARM])
        collector.settle()
        from kiosk.counter.desk import Desk

        desk = await Desk.open(self._url, self._station_name, self._clock, rules=self._rules, seal=self._seal)
        desk.entry_deadline = self._entry_deadline or desk.entry_deadline
        return desk

    async def opened_desk(self) -> "Desk":
        """The desk, once the store is open; tried again when it could not be opened before. Raises StoreTrouble."""
        if self._opening is None or (self._opening.done() and self._opening.exception()):
            self._opening = asyncio.create_task(self._open_desk())
        desk = await asyncio.shield(self._opening)
        if self._desk is None:
            self._desk = desk
            self.run_worker(self._follow_store(), exit_on_error=False)
            self.set_interval(5, self._each_moment)
            self._tell()
        return desk

    async def _welcome(self) -> None:
        from kiosk.counter.errors import CounterError, StoreUnusable
        from kiosk.screens.login import LoginScreen

        login = self.get_screen("login", LoginScreen)
        try:
            desk = await self.opened_desk()
        except StoreUnusable as error:
            if self._ends_when_unusable:
                self.unusable = error.message
                self.exit()
            login.trouble(error.message)
        except CounterError as error:
            login.trouble(error.message)
        except Exception as error:
            login.trouble(self.report(error))
        else:
            login.welcome(desk.clinic.name)

    async def on_unmount(self) -> None:
        """Whoever is at the desk leaves it; let the store go."""
        if self._desk is not None:
            from kiosk.counter.access import log_out

            await log_out(self._desk)
            await self._desk.close()

    # The desk and who is at it

    @property
    def desk(self) -> "Desk":
        """The desk that is open."""
        if self._desk is None:
            raise RuntimeError("the desk is not open yet")
        return self._desk

    async def let_in(self, operator: Operator) -> None:
        """After the login: home, or back to where the same person had locked the counter."""
        self._last_key = time.monotonic()
        behind, before = self._behind, self._locked_for
        self._behind = self._locked_for = None
        if behind is not None and before is not None and before.id == operator.id:
            await self._put_in_front(behind)
        else:
            await self.go(HOME)
        self.refresh_status()

    def action_lock(self) -> None:
        """F8, or nobody pressed a key for a while: the login again; what is half typed stays behind it."""
        if self._desk is not None and self._desk.operator is not None:
            work(self, partial(self._lock, self._desk.operator), "lock", exclusive=True)

    async def _lock(self, operator: Operator) -> None:
        from kiosk.counter.access import lock

        with self.keys_held():
            await self._close_boxes()
            self._behind, self._locked_for = self.screen, operator
            if keep := getattr(self.screen, "before_lock", None):
                await keep()
            await lock(self.desk)
            await self.go("login", locked=operator, hint=self._demo.hint if self._demo else "")

    # Screens

    async def go(self, name: str, **given: object) -> None:
        """Show the room `name`: made when it is first wanted, then kept; its `opened(**given)` is called.

        Keys that are pressed meanwhile are for the room. While nobody is logged in there is only the login: what was
        under way when the counter locked leads nowhere.
        """
        if name == "login" or self.desk.operator is not None:
            with self.keys_held():
                await self._show_room(name, given)

    async def _show_room(self, name: str, given: dict[str, object]) -> None:
        wanted = room(name)
        if not self.is_screen_installed(name):
            kind = getattr(import_module(f"kiosk.screens.{wanted.module}"), wanted.screen)
            self.install_screen(kind(), name)
            self.call_after_refresh(collector.settle)
        try:
            with self.batch_update():
                screen = self.get_screen(name)
                await self._put_in_front(screen)
                await screen.opened(**given)  # type: ignore[attr-defined]  # every room has it
        finally:
            # What was to be drawn meanwhile was put off, and Textual does not come back to it by itself.
            if self.screen_stack:
                self.screen.refresh()

    async def _put_in_front(self, screen: Screen[object]) -> None:
        # A box may have come up meanwhile; replaced without an answer, what asked would wait for ever.
        await self._close_boxes()
        if self.screen is not screen:
            await (self.switch_screen(screen) if len(self.screen_stack) > 1 else self.push_screen(screen))

    async def _close_boxes(self) -> None:
        while isinstance(self.screen, Dialog):
            self.screen.dismiss(None)
            await asyncio.sleep(0)

    # The top line

    def refresh_status(self) -> None:
        """Read the state of link and outbox again."""
        if self._desk is not None:
            # Readings come back in the order in which they were asked: the store has one thread.
            self.run_worker(self._read_status(), group="status", exit_on_error=False)

    async def _read_status(self) -> None:
        await self._top_line.read(self.desk)
        self._tell()

    def _tell(self) -> None:
        # Under a box too: it may stand there for long, beside what goes on.
        shown = next((one for one in reversed(self.screen_stack) if isinstance(one, CounterScreen)), None)
        self._top_line.tell(shown, self._desk)

    @on(CounterScreen.Resumed)
    def _resumed(self) -> None:
        self._tell()

    def _each_moment(self) -> None:
        """The clock of the top line (sent only when the minute changed), and the idle lock."""
        if not self.screen_stack:
            # The application is being taken down.
            return
        self._tell()
        self._check_idle()

    def _check_idle(self) -> bool:
        """Lock when nobody pressed a key for a while; whether it is locked now."""
        if not self._idle_lock or time.monotonic() - self._last_key <= self._idle_lock:
            return False
        self._last_key = time.monotonic()
        self.action_lock()
        return self._desk is not None and self._desk.operator is not None

    async def _follow_store(self) -> None:
        while True:
            try:
                async for _ in self.desk.changes():
                    self.post_message(StoreChanged())
            except Exception as error:
                self._top_line.trouble = self.report(error)
                self._tell()
                await asyncio.sleep(_TRY_AGAIN)

    @on(StoreChanged)
    def _store_changed(self) -> None:
        if not self.screen_stack:
            # The application is being taken down.
            return
        self.refresh_status()
        if changed := getattr(self.screen, "store_changed", None):
            changed()

    # Kiosk rules

    async def on_event(self, event: events.Event) -> None:
        """Every key proves that somebody is there; one that comes too late only shows the login."""
        if isinstance(event, events.Key):
            if self._check_idle():
                return
            self._last_key = time.monotonic()
        await super().on_event(event)

    def action_next_look(self) -> None:
        """F12: the next theme, also at this terminal's next start."""
        super().action_next_look()
        if self._keep_theme is not None:
            self.run_worker(asyncio.to_thread(self._keep_theme, self.look), group="theme", exit_on_error=False)

    def action_outage(self) -> None:
        """F9 in the demo: P-Care is cut off, or comes back."""
        if self._demo is not None:
            work(self, partial(self._switch_outage, self._demo), "outage", exclusive=True)

    async def _switch_outage(self, demo: Demo) -> None:
        await demo.switch_outage()
        self.refresh_status()
