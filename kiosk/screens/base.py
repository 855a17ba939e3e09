"""What all screens of the counter share: the desk, one worker an action, a line for short sentences, the way out."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from kiosk.counter.errors import CounterError, NotPermitted
from kiosk.domain.people import ROLE_TEXT
from kiosk.domain.people import Action as Permission
from kiosk.screens import HOME, ROOMS, room
from kiosk.widgets.lines import Lines, Span, line
from kiosk.widgets.screen import CounterScreen
from kiosk.widgets.work import Action, work

if TYPE_CHECKING:
    from kiosk.counter.desk import Desk

Keys = tuple[tuple[str, str], ...]
"""Keys and their labels, as CounterScreen.KEYS has them."""


class Station(Protocol):
    """What a screen may ask of the application."""

    @property
    def desk(self) -> "Desk":
        """The desk that is open."""

    async def go(self, name: str, **given: object) -> None:
        """Show the room `name`; its `opened(**given)` is called."""

    def refresh_status(self) -> None:
        """Read the state of the link again, after something of ours was saved."""

    def keys_held(self) -> AbstractContextManager[None]:
        """While inside, keys wait for what comes to the front."""

    def report(self, error: BaseException) -> str:
        """Keep a report of an unexpected error; the sentence for the person."""


class DeskScreen(CounterScreen):
    """A screen that works with the desk."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(room.key, f"go('{room.name}')", show=False) for room in ROOMS if room.key),
        Binding("f8", "app.lock", show=False),
    ]

    DEFAULT_CSS = """
    DeskScreen > .notice { dock: bottom; height: 1; margin-bottom: 1; }
    """

    NEEDS: ClassVar[Mapping[str, Permission | frozenset[Permission]]] = {}
    """What a role must be permitted (one of them) for a key of the bottom line: else it is not shown."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: Keys = ()
        self.notice = Lines(classes="notice")
        """The line above the keys: what just happened, or why something did not."""

    def compose(self) -> ComposeResult:
        """Bar, body, notice, keys."""
        yield from super().compose()
        yield self.notice

    @property
    def station(self) -> Station:
        """The application, as far as screens may use it."""
        return cast(Station, self.app)

    @property
    def desk(self) -> "Desk":
        """The desk that is open."""
        return self.station.desk

    @classmethod
    def help_lines(cls) -> Sequence[str]:
        """The screen's own lines, and the keys that lead from every screen to the others."""
        rooms = [room for room in ROOMS if room.key]
        keys, names = (", ".join(words) for words in zip(*((r.key.upper(), r.label) for r in rooms), strict=True))
        return (*cls.HELP_LINES, "", f"{keys}  {names}", "F8  mengunci loket; isian tetap ada")

    # What subclasses may answer

    async def opened(self, **given: Any) -> None:
        """The screen comes to the front; `given` is what the one that led here handed over."""

    def store_changed(self) -> None:
        """The store changed, or may have while this screen was not in front: what is shown is to be read again."""

    async def may_leave(self) -> bool:
        """Whether the person lets go of what is half typed here; asks when there is something."""
        return True

    def way_again(self) -> tuple[str, dict[str, Any]]:
        """The room to which a short errand (a patient's data) leads back, and what it is given then."""
        return HOME, {}

    async def step_out(self) -> bool:
        """Whether the person may go on such an errand; what is half typed here is there again afterwards."""
        return await self.may_leave()

    async def before_lock(self) -> None:
        """The counter is about to lock, by key or by itself: the last moment to keep a draft for this person."""

    # What subclasses use

    def permitted(self, keys: Keys) -> Keys:
        """Of the keys for the bottom line those that this operator's role lets lead somewhere."""
        operator = self.desk.operator
        closed = {
            room.key.upper()
            for room in ROOMS
            if room.key and room.action and operator is not None and not operator.may(room.action)
        }
        return tuple(key for key in keys if key[0] not in closed and self._may_use(key[0]))

    def _may_use(self, key: str) -> bool:
        needed = self.NEEDS.get(key)
        if needed is None:
            return True
        return any(self.may(one) for one in (needed if isinstance(needed, frozenset) else (needed,)))

    def may(self, action: Permission) -> bool:
        """Whether the role of whoever is here permits `action`."""
        return self.desk.operator is None or self.desk.operator.may(action)

    def show_keys(self, keys: Sequence[tuple[str, str]]) -> None:
        """The bottom line: of `keys` those that the role lets do something."""
        self._keys = tuple(keys)
        super().show_keys(self.permitted(self._keys))

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """In front again: perhaps somebody else is here now, and what is shown has changed under a box."""
        super().show_keys(self.permitted(self._keys))
        self.store_changed()

    def say(self, text: str, role: str = "") -> None:
        """A short sentence above the keys; "" takes it away."""
        self.notice.show(line(" ", Span(text, role)) if text else ())

    def do(self, action: Action, group: str = "action", *, exclusive: bool = False) -> None:
        """Run `action` in a worker. What the counter refuses is said by `refused`; what nobody expected is reported.

        Give `exclusive` for readings of which only the last counts (a search), never for something that saves. An
        action that leads to another screen does so `with self.station.keys_held()`, so that what is typed meanwhile
        goes there; it must not ask anything while it holds them.
        """
        work(self, partial(self._done, action), group, exclusive=exclusive)

    async def _done(self, action: Action) -> None:
        try:
            await action()
        except NotPermitted as error:
            # Locked meanwhile: it would stand there, about nothing, when its owner is back.
            if self.desk.operator is not None:
                self.refused(error)
        except CounterError as error:
            self.refused(error)
        except Exception as error:
            self.say(self.station.report(error), "error")

    def refused(self, error: CounterError) -> None:
        """The counter said no: its sentence. Forms show it at the field."""
        self.say(error.message, "error")

    def action_go(self, name: str) -> None:
        """A function key that leads to another room."""
        self.do(partial(self._leave_for, name), group="way")

    def action_back(self) -> None:
        """Esc: home."""
        self.do(partial(self._leave_for, HOME), group="way")

    async def _leave_for(self, name: str) -> None:
        wanted, operator = room(name), self.desk.operator
        if operator is not None and wanted.action is not None and not operator.may(wanted.action):
            self.say(f"Peran Anda ({ROLE_TEXT[operator.role]}) tidak membuka layar {wanted.label or name}", "error")
        elif await self.may_leave():
            with self.station.keys_held():
                await self.station.go(name)
