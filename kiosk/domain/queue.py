"""Queue numbers and the order in which they are called."""

from dataclasses import dataclass
from datetime import date, datetime

from kiosk.domain.codes import Payer, TicketState


@dataclass(frozen=True, slots=True)
class Ticket:
    """One number in one poli's queue of one day."""

    id: str
    registration_id: str
    participant_name: str
    day: date
    poli_code: str
    poli_name: str
    number: int
    label: str
    """What is called and shown: "A-012"."""
    state: TicketState
    payer: Payer
    remote_number: str | None
    """P-Care's noUrut, when it is known."""
    has_visit: bool
    called_at: datetime | None
    calls: int
    """How often it was called."""
    room: str | None
    created_at: datetime


MOVES: dict[TicketState, frozenset[TicketState]] = {
    TicketState.WAITING: frozenset({TicketState.CALLED, TicketState.SERVING, TicketState.HELD, TicketState.CANCELLED}),
    TicketState.CALLED: frozenset(
        {TicketState.CALLED, TicketState.SERVING, TicketState.SKIPPED, TicketState.HELD, TicketState.DONE}
        | {TicketState.CANCELLED}
    ),
    TicketState.SERVING: frozenset({TicketState.CALLED, TicketState.HELD, TicketState.DONE}),
    TicketState.HELD: frozenset({TicketState.CALLED, TicketState.SERVING, TicketState.CANCELLED}),
    TicketState.SKIPPED: frozenset({TicketState.CALLED, TicketState.SERVING, TicketState.CANCELLED}),
    TicketState.DONE: frozenset({TicketState.SERVING}),
    TicketState.CANCELLED: frozenset(),
}
"""Which state may follow which; DONE may be opened again to correct the service."""


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
