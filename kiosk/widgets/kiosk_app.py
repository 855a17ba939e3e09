"""What every application of ours is: a kiosk without doors, with the output guard, and a crash that tells nothing."""

import asyncio
import signal
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter, Monochrome
from textual.worker import NoActiveWorker, get_current_worker

from kiosk.crash import loop_handler, sentence, write_report
from kiosk.resources import asset
from kiosk.safe_text import OutputGuard
from kiosk.widgets.key_feed import KeyFeed
from kiosk.widgets.screen import Dialog
from kiosk.widgets.style_sheet import StyleSheet
from kiosk.widgets.themes import DEFAULT, MONO, Colourless, following, no_colour_wanted, tones
from kiosk.widgets.thrift import TerminalPicture

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.app import AutopilotCallbackType
    from textual.driver import Driver
    from textual.screen import Screen


class KioskApp(App[None], inherit_bindings=False):
    """No palette, no suspend, no clipboard, no links, no pictures; Ctrl+C and Ctrl+Q ask first; nothing animates."""

    CSS_PATH: ClassVar[str | Path] = asset("kiosk.tcss")
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,ctrl+q", "leave", show=False, priority=True),
        Binding("ctrl+l", "redraw", show=False, priority=True),
        Binding("f12", "next_look", show=False, priority=True),
    ]

    LEAVE_QUESTION: ClassVar[tuple[str, str]] = ("Tutup Loket?", "Yang sudah disimpan tetap tersimpan.")
    """Asked before the program ends."""

    def __init__(self, state_folder: Path, theme: str | None = None) -> None:
        """`theme` is one of THEMES; None takes the default one, or no colours where NO_COLOR asks for that."""
        # Textual asks for the variables while it is made, and takes NO_COLOR away.
        self._theme_shown = theme or (MONO if no_colour_wanted() else DEFAULT)
        super().__init__()
        self.stylesheet = StyleSheet(variables=self.stylesheet._variables)
        self.animation_level = "none"
        # Without a mouse there are no tips, and messages stand on the screens: each screen would hold widgets for both.
        self._disable_tooltips = self._disable_notifications = True
        self.state_folder = state_folder
        """Where crash reports go."""
        self._guard = OutputGuard()
        self._colourless = Colourless()
        self._feed = KeyFeed(self)
        self._picture = TerminalPicture()

    def run(
        self,
        *,
        headless: bool = False,
        inline: bool = False,
        inline_no_clear: bool = False,
        mouse: bool = False,
        size: tuple[int, int] | None = None,
        auto_pilot: "AutopilotCallbackType | None" = None,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Run until it is left. No mouse: it is never needed, and each of its moves would travel over the line."""
        super().run(
            headless=headless,
            inline=inline,
            inline_no_clear=inline_no_clear,
            mouse=mouse,
            size=size,
            auto_pilot=auto_pilot,
            loop=loop,
        )

    def get_driver_class(self) -> "type[Driver]":
        """Our own reading of the terminal; no variable of the environment names another."""
        from kiosk.widgets.terminal_input import StationDriver

        return StationDriver

    async def on_load(self) -> None:
        """Failures outside of any handler leave a report; a hang-up or termination ends the program at once."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(loop_handler(self.state_folder))
        for ending in (signal.SIGHUP, signal.SIGTERM):
            with suppress(ValueError, RuntimeError, NotImplementedError):
                loop.add_signal_handler(ending, self.exit)

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes go one at a time; everything else as Textual does it."""
        if not self._feed.takes(event):
            await super().on_event(event)

    def keys_held(self) -> AbstractContextManager[None]:
        """While inside, keys wait: an action is changing what is in front, and they are meant for what comes."""
        return self._feed.held()

    async def keys_idle(self) -> None:
        """Returns when every key so far is worked through."""
        await self._feed.idle()

    def _display(self, screen: "Screen[object]", renderable: "RenderableType | None") -> None:
        """Only the cells that differ from what the terminal shows are sent."""
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            renderable = cast("RenderableType", self._picture.reduced(renderable, self.size))
        super()._display(screen, renderable)

    def action_redraw(self) -> None:
        """Ctrl+L: something else has written on the terminal; everything is sent again."""
        self._picture.forget()
        self.screen.refresh(layout=True)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The output guard before all others."""
        if self._theme_shown == MONO:
            return [self._guard, self._colourless]
        # Textual's own answer to NO_COLOR is grey: a theme that was chosen all the same is shown as it is.
        return [self._guard, *(one for one in super().get_line_filters() if not isinstance(one, Monochrome))]

    @property
    def look(self) -> str:
        """The theme that is shown: one of THEMES."""
        return self._theme_shown

    def get_css_variables(self) -> dict[str, str]:
        """The tones of the theme that is shown, for the style sheet."""
        return {**super().get_css_variables(), **tones()[self._theme_shown]}

    def show_look(self, theme: str) -> None:
        """Show another theme: everything is drawn and sent anew."""
        self._theme_shown = theme
        self._picture.forget()
        self.refresh_css(animate=False)
        for screen in self.screen_stack:
            for node in screen.walk_children(with_self=True):
                node.refresh(layout=False)

    def action_next_look(self) -> None:
        """F12: the next theme."""
        self.show_look(following(self._theme_shown))

    def action_leave(self) -> None:
        """Ctrl+C, Ctrl+Q: never without a question."""
        self.run_worker(self._leave(), group="leave", exit_on_error=False)

    async def _leave(self) -> None:
        from kiosk.widgets.dialogs import YES_NO, ask

        title, text = self.LEAVE_QUESTION
        if await ask(self, title, text, answers=YES_NO) == "yes":
            self.exit()

    def push_screen(self, screen: "Screen[Any] | str", *given: Any, **more: Any) -> Any:
        """As Textual does it; but work whose own screen is no longer in front, because the counter locked or went
        elsewhere, opens no box: it would show to others what was for one. Who waits for an answer gets None at once."""
        if isinstance(screen, Dialog) and not self._asks_in_front():
            answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            answer.set_result(None)
            return answer
        return super().push_screen(screen, *given, **more)

    def _asks_in_front(self) -> bool:
        try:
            asking = get_current_worker().node
        except NoActiveWorker:
            return True
        return asking is self or asking.screen is self.screen

    def action_suspend_process(self) -> None:
        """A counter has no shell behind it."""

    def copy_to_clipboard(self, text: str) -> None:
        """Nothing leaves by the clipboard."""

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Nothing is opened from here."""

    def report(self, error: BaseException) -> str:
        """Keep a report of an unexpected error that was caught; the sentence for the person."""
        code = write_report(error, self.state_folder)
        return f"Kesalahan program (kode {code}); yang sudah disimpan aman"

    def _fatal_error(self) -> None:
        """In place of Textual's traceback, which shows locals: one sentence with a code."""
        code = write_report(self._exception or RuntimeError(), self.state_folder)
        self._exit_renderables.append(sentence(code))
        self._close_messages_no_wait()
