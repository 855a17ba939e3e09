"""The base of all screens: bar at the top, body, keys at the bottom; focus without a repaint of everything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from kiosk.widgets.bars import KeyLine, StatusBar
from kiosk.widgets.compositor import RowCompositor

Result = TypeVar("Result")


class _Frugal(Screen[Result]):
    """A screen that is styled and drawn no more than it must be."""

    _look_styled: str | None = None

    def __init__(self) -> None:
        super().__init__()
        self._compositor = RowCompositor()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """In front again: styled anew only if the theme changed meanwhile. Textual does it always, the first time too.

        A handler of a subclass is called beside this one.
        """
        look = getattr(self.app, "look", "")
        if self._look_styled in (None, look):
            event.refresh_styles = False
        self._look_styled = look


class CounterScreen(_Frugal[None], inherit_bindings=False):
    """One screen of the counter. Subclasses give `TITLE`, `KEYS`, `HELP_LINES` and a `body`."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """The widget with the focus. Textual repaints the whole screen at each change of it; here only the two widgets
    concerned draw themselves again."""

    ALLOW_SELECT = False
    ESCAPE_TO_MINIMIZE = False
    AUTO_FOCUS: ClassVar[str | None] = ""

    VERTICAL_BREAKPOINTS = [(30, "-roomy")]
    """From 30 rows on there is room for blank lines between groups (`.-roomy`)."""

    TITLE: ClassVar[str] = ""
    """The screen's name, over its help."""
    KEYS: ClassVar[Sequence[tuple[str, str]]] = ()
    """(key, what it does) for the bottom line."""
    HELP_LINES: ClassVar[Sequence[str]] = ()
    """What F1 tells about this screen, a line each."""

    DEFAULT_CSS = """
    CounterScreen { layout: vertical; overflow: hidden; }
    CounterScreen .breath { height: 1; display: none; }
    CounterScreen.-roomy .breath { display: block; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
        Binding("escape,f10", "back", show=False),
        Binding("f1", "help", show=False),
    ]

    @dataclass
    class Resumed(Message):
        """The screen is in front again: the application tells it the state of the link."""

        screen: "CounterScreen"
        """The screen in front."""

    def __init__(self) -> None:
        super().__init__()
        self.status_bar = StatusBar()
        """The line at the top; the application fills it."""
        self.key_line = KeyLine()
        """The line at the bottom."""

    def compose(self) -> ComposeResult:
        """Bar, body, keys."""
        yield self.status_bar
        yield from self.body()
        yield self.key_line

    def body(self) -> ComposeResult:
        """What is between the bars."""
        yield from ()

    def on_mount(self) -> None:
        """The keys that work here."""
        self.show_keys(self.KEYS)

    def show_keys(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show (key, what it does) pairs at the bottom."""
        self.key_line.keys(keys)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """In front again."""
        self.post_message(self.Resumed(self))

    def action_back(self) -> None:
        """Esc or F10: where this screen was opened from. Screens say where that is."""

    def action_help(self) -> None:
        """F1."""
        from kiosk.widgets.dialogs import show_help

        show_help(self.app, self.TITLE, self.help_lines())

    @classmethod
    def help_lines(cls) -> Sequence[str]:
        """What F1 tells: this screen's own lines, and what is alike on all screens of its kind."""
        return cls.HELP_LINES


class Dialog(_Frugal[Result], ModalScreen[Result], Generic[Result], inherit_bindings=False):
    """The base of the boxes over a screen. Installed once under `NAME` and reused: new ones would cost memory."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """As in CounterScreen."""

    ALLOW_SELECT = False
    ESCAPE_TO_MINIMIZE = False
    NAME: ClassVar[str] = ""
    """The name it is installed under."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: transparent; }
    Dialog > .box { width: 64; max-width: 100%; height: auto; max-height: 100%; border: solid; padding: 0 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
        Binding("escape,f10", "cancel", show=False),
    ]

    def action_cancel(self) -> None:
        """Esc or F10: close without a result."""
        self.dismiss(None)
