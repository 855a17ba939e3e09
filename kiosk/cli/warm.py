"""The counter made ready once for all sessions: composed and drawn nowhere, until a fork of it is given a terminal."""

import asyncio
import os
import pkgutil
import selectors
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from textual import events
from textual.driver import Driver
from textual.geometry import Size

import kiosk.counter
import kiosk.domain
import kiosk.screens
import kiosk.widgets
from kiosk.app import CounterApp
from kiosk.widgets.terminal_input import StationDriver

_ROOMS = (kiosk.domain, kiosk.counter, kiosk.widgets, kiosk.screens)
_BESIDE = ("argon2", "kiosk.crash", "kiosk.cli.station", "kiosk.session_socket", "kiosk.store.sqlite", "zoneinfo")
SIZE = Size(80, 24)
TERM = "xterm-256color"
"""What it is drawn for: 256 colours, and none of the variables below."""
_OTHER_COLOURS = ("COLORTERM", "NO_COLOR")


def import_everything() -> None:
    """What sessions use, at their start or later."""
    for room in _ROOMS:
        for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            import_module(module.name)
    for name in _BESIDE:
        import_module(name)


def drawn_alike() -> bool:
    """Whether what was drawn in advance suits the terminal that the environment tells of."""
    alike = os.environ.get("TERM", "").endswith("-256color")
    return alike and not any(os.environ.get(name) for name in _OTHER_COLOURS)


class PatientDriver(StationDriver):
    """The driver for terminals, which draws nothing until it is given one."""

    waiting = True
    """Whether there is no terminal yet."""

    @property
    def is_headless(self) -> bool:
        """Nothing is sent while it waits."""
        return self.waiting

    def write(self, data: str) -> None:
        """To the terminal, if there is one."""
        if not self.waiting:
            super().write(data)

    def start_application_mode(self) -> None:
        """The size that everything is laid out for, until there is a terminal that says its own."""
        if not self.waiting:
            super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's
            return
        self._size = SIZE
        resize = events.Resize(SIZE, SIZE)
        asyncio.run_coroutine_threadsafe(self._app._post_message(resize), asyncio.get_running_loop())

    def stop_application_mode(self) -> None:
        """Give the terminal back, if there is one."""
        if not self.waiting:
            super().stop_application_mode()

    def take_terminal(self) -> None:
        """Descriptors 0, 1 and 2 are a terminal now."""
        self.waiting = False
        self.input_tty = True
        self._size = self._get_terminal_size()
        self.start_application_mode()


class ReadyCounter(CounterApp):
    """A counter whose login stands; then `next_session` is called, which forks, and in the child it goes on.

    `next_session` returns None in the parent when it is over, and whether to go on here in a child: what is to be
    done with the terminal that it was given.
    """

    def __init__(self, next_session: "Callable[[ReadyCounter], bool]") -> None:
        super().__init__("", state_folder=Path(tempfile.gettempdir()))
        self._next_session = next_session
        self.came_so_far = False
        """Whether the login was drawn."""

    def get_driver_class(self) -> type[Driver]:
        """One that waits."""
        return PatientDriver

    def _start(self) -> None:
        self.came_so_far = True
        if not self._next_session(self):
            self.exit()

    async def begin(self) -> None:
        """In a child that has its post and its terminal: what every counter does once its login is drawn."""
        driver = self._driver
        if not isinstance(driver, PatientDriver):
            raise TypeError(driver)
        await self.on_load()
        driver.take_terminal()
        self.action_redraw()
        super()._start()


def new_loop() -> asyncio.SelectorEventLoop:
    """A loop that can be forked: its selector keeps nothing in the kernel that parent and child would share."""
    return asyncio.SelectorEventLoop(selectors.PollSelector())


def own_loop(loop: asyncio.SelectorEventLoop) -> None:
    """In a child: the loop runs here too, with a pipe of its own to be woken by; it would wake its sisters instead."""
    asyncio._set_running_loop(loop)
    # Private, but the same since Python 3.4; asyncio has no public way to take a loop through a fork.
    loop._close_self_pipe()  # type: ignore[attr-defined]
    loop._make_self_pipe()  # type: ignore[attr-defined]


def leave_loop() -> None:
    """In a child that starts another application instead: forget that a loop runs, and who reads our output."""
    asyncio._set_running_loop(None)
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
