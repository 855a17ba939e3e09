"""When the draft of a form is written: a moment after the last key, and never after the form is done."""

from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget

from kiosk.widgets.work import Action

PAUSE = 0.5
"""Seconds after the last key until the draft is written."""


class DraftTimer:
    """Calls `write` a moment after the last `touch`; `now` does it at once, `stop` not at all."""

    def __init__(
        self,
        owner: Widget,
        write: Action,
        run: Callable[[Action], None],
    ) -> None:
        """`run` is how the owner carries out `write` in the background and tells of its failure."""
        self._owner = owner
        self._write = write
        self._run = run
        self._timer: Timer | None = None

    def touch(self) -> None:
        """Something was typed."""
        self.stop()
        self._timer = self._owner.set_timer(PAUSE, self._due)

    def stop(self) -> None:
        """What was typed is saved, or thrown away."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    async def now(self) -> None:
        """The person leaves: the last letters must not wait."""
        self.stop()
        await self._write()

    def _due(self) -> None:
        self._timer = None
        self._run(self._write)
