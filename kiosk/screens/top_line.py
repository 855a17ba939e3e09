"""What the top line says: clinic, operator, the state of the way to P-Care, and the clinic's clock."""

from typing import TYPE_CHECKING

from kiosk.domain.day import clock_text
from kiosk.screens import room
from kiosk.widgets.screen import CounterScreen

if TYPE_CHECKING:
    from kiosk.counter.desk import Desk
    from kiosk.counter.views import Status

_OUTBOX = room("outbox")


class TopLine:
    """Keeps the last known state of link and outbox, and tells it to whichever screen is in front."""

    def __init__(self) -> None:
        self._status: Status | None = None
        self.trouble = ""
        """A sentence about the store itself; it goes before everything else."""

    async def read(self, desk: "Desk") -> None:
        """Read the state again; when the store cannot be read, that is what is said."""
        from kiosk.counter.errors import CounterError
        from kiosk.counter.status import status

        try:
            self._status = await status(desk)
            self.trouble = ""
        except CounterError as error:
            self.trouble = error.message

    def tell(self, screen: object, desk: "Desk | None") -> None:
        """Show it on `screen`; nothing but clinic and clock while nobody is logged in."""
        if desk is None or not isinstance(screen, CounterScreen):
            return
        state, person = self._status, desk.operator
        good = state is not None and state.link.value == "online" and not state.needs_action and not self.trouble
        links: tuple[str, ...] = (self.trouble,)
        more = False
        if state is not None and not self.trouble:
            links = state.sentences
            good = good and not state.near_deadline and not state.clock_odd
            more = bool(state.waiting or state.unknown or state.needs_action)
        screen.status_bar.tell(
            clinic=desk.clinic.name,
            person=person.name if person else "",
            links=links if person else (),
            role="ok" if good else "warn",
            clock=clock_text(desk.now(), desk.zone),
            key=_OUTBOX.key.upper() if more and type(screen).__name__ != _OUTBOX.screen else "",
        )
