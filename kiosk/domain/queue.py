"""Queue numbers and the order in which they are called."""

from dataclasses import dataclass
from datetime import date, datetime

from kiosk.domain.codes import Payer, Priority, TicketState


@dataclass(frozen=True, slots=True)
class Ticket:
    """One number in one queue of one day: of the poli where it was given, or of a stop to which it was sent on."""

    id: str
    ticket_id: str
    """Of the number itself; the same as `id` unless this is a stop on its way."""
    registration_id: str
    participant_id: str
    participant_name: str
    day: date
    poli_code: str
    """The queue in which it stands: a poli's code, or the name of a place of the clinic's own ("Farmasi")."""
    poli_name: str
    number: int
    label: str
    """What is called and shown: "A-012"."""
    state: TicketState
    priority: Priority
    payer: Payer
    remote_number: str | None
    """P-Care's noUrut, when it is known."""
    has_visit: bool
    called_at: datetime | None
    calls: int
    """How often it was called."""
    room: str | None
    turn: int | None
    """The place of its call among the day's calls of this queue; None while it was not called."""
    queued_at: datetime
    """Since when it stands in line: its place within its class."""
    serving_at: datetime | None
    done_at: datetime | None
    returns_to: str | None
    """The id that goes back into line when this stop is done (the doctor waits for the result)."""
    created_at: datetime

    @property
    def is_stop(self) -> bool:
        """Whether the number was sent here from another queue."""
        return self.id != self.ticket_id


MOVES: dict[TicketState, frozenset[TicketState]] = {
    TicketState.WAITING: frozenset({TicketState.CALLED, TicketState.SERVING, TicketState.HELD, TicketState.CANCELLED}),
    TicketState.CALLED: frozenset(
        {TicketState.CALLED, TicketState.SERVING, TicketState.SKIPPED, TicketState.HELD, TicketState.DONE}
        | {TicketState.CANCELLED, TicketState.WAITING}
    ),
    TicketState.SERVING: frozenset({TicketState.CALLED, TicketState.HELD, TicketState.DONE, TicketState.WAITING}),
    TicketState.HELD: frozenset({TicketState.CALLED, TicketState.SERVING, TicketState.CANCELLED, TicketState.WAITING}),
    TicketState.SKIPPED: frozenset(
        {TicketState.CALLED, TicketState.SERVING, TicketState.CANCELLED, TicketState.WAITING}
    ),
    TicketState.DONE: frozenset({TicketState.SERVING}),
    TicketState.CANCELLED: frozenset(),
}
"""Which state may follow which; DONE may be opened again to correct the service."""

WAY_BACK: dict[TicketState, TicketState] = {
    TicketState.CALLED: TicketState.WAITING,
    TicketState.SERVING: TicketState.WAITING,
    TicketState.HELD: TicketState.WAITING,
    TicketState.SKIPPED: TicketState.WAITING,
    TicketState.DONE: TicketState.SERVING,
}
"""Where a number goes when what was done with it is taken back; a cancelled one is registered anew."""

OVER = frozenset({TicketState.DONE, TicketState.CANCELLED})
"""Nobody waits for these any more."""


def poli_letter(position: int) -> str:
    """The letter of the poli at `position` (0-based) in the clinic's list: A … Z, then AA, AB, …"""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def label(letter: str, number: int) -> str:
    """The number as it is called: "A-012"."""
    return f"{letter}-{number:03d}"
