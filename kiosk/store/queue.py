"""Queue numbers: given once, in order, moved from state to state, and sent on to further queues."""

from datetime import date, datetime

from kiosk.domain.codes import Payer, Priority, ReferenceList, TicketState
from kiosk.domain.queue import OVER, Ticket, label, poli_letter
from kiosk.store import reference, tables
from kiosk.store.transaction import Row, Transaction, from_ms, moment, to_ms

_NUMBER = (
    " t.id AS ticket, t.number, t.label, t.priority, t.registration, r.participant, r.payer, r.remote_number,"
    " {name} AS participant_name, EXISTS (SELECT 1 FROM visit v"
    " WHERE v.clinic = t.clinic AND v.registration = t.registration AND v.deleted = 0) AS has_visit"
)
_OF_NUMBER = " JOIN registration r ON r.clinic = t.clinic AND r.id = t.registration"
_OF_PERSON = " JOIN participant p ON p.clinic = r.clinic AND p.id = r.participant"
_STANDING = "id, day, state, room, calls, turn, queued_at, called_at, serving_at, done_at, created_at"


def _standing(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in _STANDING.split(", "))


def _numbers_sql(names: bool) -> str:
    return (
        f"SELECT {_standing('t')}, t.poli_code AS place, COALESCE(f.name, t.poli_code) AS place_name,"
        f" NULL AS returns_to,{_number(names)} FROM ticket t{_of_number(names)}"
        f" LEFT JOIN reference f ON f.clinic = t.clinic AND f.kind = '{ReferenceList.POLI}' AND f.code = t.poli_code"
        " WHERE t.clinic = ?"
    )


def _stops_sql(names: bool) -> str:
    return (
        f"SELECT {_standing('s')}, s.place, COALESCE(f.name, s.place) AS place_name, s.returns_to,{_number(names)}"
        f" FROM stop s JOIN ticket t ON t.clinic = s.clinic AND t.id = s.ticket{_of_number(names)}"
        f" LEFT JOIN reference f ON f.clinic = s.clinic AND f.kind = '{ReferenceList.POLI}' AND f.code = s.place"
        " WHERE s.clinic = ?"
    )


def _number(names: bool) -> str:
    return _NUMBER.format(name="p.name" if names else "''")


def _of_number(names: bool) -> str:
    return _OF_NUMBER + (_OF_PERSON if names else "")


_TICKETS, _STOPS = _numbers_sql(True), _stops_sql(True)
_NAMELESS_TICKETS, _NAMELESS_STOPS = _numbers_sql(False), _stops_sql(False)
"""For the public board, whose connection may not read names."""


def from_row(row: Row) -> Ticket:
    """A row of either selection as a value."""
    return Ticket(
        id=row["id"],
        ticket_id=row["ticket"],
        registration_id=row["registration"],
        participant_id=row["participant"],
        participant_name=row["participant_name"],
        day=date.fromisoformat(row["day"]),
        poli_code=row["place"],
        poli_name=row["place_name"],
        number=row["number"],
        label=row["label"],
        state=TicketState(row["state"]),
        priority=Priority(row["priority"]),
        payer=Payer(row["payer"]),
        remote_number=row["remote_number"],
        has_visit=bool(row["has_visit"]),
        called_at=from_ms(row["called_at"]),
        calls=row["calls"],
        room=row["room"],
        turn=row["turn"],
        queued_at=moment(row["queued_at"]),
        serving_at=from_ms(row["serving_at"]),
        done_at=from_ms(row["done_at"]),
        returns_to=row["returns_to"],
        created_at=moment(row["created_at"]),
    )


def counter_name(day: date, poli_code: str) -> str:
    """The name of the counter from which a poli's numbers of a day come."""
    return f"ticket:{day.isoformat()}:{poli_code}"


def give(
    tx: Transaction, registration: str, day: date, poli_code: str, priority: Priority = Priority.ORDINARY
) -> Ticket:
    """The next number of the poli on that day; its letter is the poli's place in the clinic's list."""
    place = reference.position(tx, ReferenceList.POLI, poli_code)
    number = tx.next_number(counter_name(day, poli_code))
    identifier = tx.insert(
        tables.Ticket,
        registration=registration,
        day=day.isoformat(),
        poli_code=poli_code,
        number=number,
        label=label(poli_letter(place or 0), number),
        state=TicketState.WAITING,
        priority=priority,
        queued_at=tx.now_ms,
        created_at=tx.now_ms,
    )
    return _known(tx, identifier)


def send_on(tx: Transaction, ticket: Ticket, place: str, *, returns_to: str | None, operator: str | None) -> Ticket:
    """The same number in the queue of another place, behind those who wait there; `returns_to` as in the table."""
    identifier = tx.insert(
        tables.Stop,
        ticket=ticket.ticket_id,
        day=ticket.day.isoformat(),
        place=place,
        state=TicketState.WAITING,
        queued_at=tx.now_ms,
        returns_to=returns_to,
        operator=operator,
        created_at=tx.now_ms,
    )
    return _known(tx, identifier)


def get(tx: Transaction, identifier: str) -> Ticket | None:
    """The ticket or stop with our `identifier`."""
    row = tx.row(f"{_TICKETS} AND t.id = ?", tx.clinic, identifier) or tx.row(
        f"{_STOPS} AND s.id = ?", tx.clinic, identifier
    )
    return from_row(row) if row else None


def _known(tx: Transaction, identifier: str) -> Ticket:
    found = get(tx, identifier)
    if found is None:
        raise LookupError(identifier)
    return found


def of_registration(tx: Transaction, registration: str) -> Ticket | None:
    """The ticket of a registration."""
    row = tx.row(f"{_TICKETS} AND t.registration = ?", tx.clinic, registration)
    return from_row(row) if row else None


def of_day(tx: Transaction, day: date, poli_code: str | None = None) -> tuple[Ticket, ...]:
    """The day's tickets by poli and number, without their stops; cancelled ones left out."""
    return tuple(t for t in _numbers(tx, day, poli_code) if _stands(t))


def standing(
    tx: Transaction, day: date, place: str | None = None, *, cancelled: bool = False, names: bool = True
) -> tuple[Ticket, ...]:
    """Everything that stands in a day's queues, stops too: polis in the clinic's order, then its own places.

    Only in one queue where `place` is given; with `cancelled` those that were taken back as well; without `names`
    nobody's name is read.
    """
    condition, values = ("", ()) if place is None else (" AND s.place = ?", (place,))
    rows = tx.rows(
        f"{_STOPS if names else _NAMELESS_STOPS} AND s.day = ?{condition}", tx.clinic, day.isoformat(), *values
    )
    polis = reference.positions(tx, ReferenceList.POLI)
    found = [t for t in (*_numbers(tx, day, place, names), *map(from_row, rows)) if cancelled or _stands(t)]

    def order(ticket: Ticket) -> tuple[bool, int, str, bool, int, str, datetime]:
        at = polis.get(ticket.poli_code)
        own_place = at is None and ticket.is_stop
        return own_place, -1 if at is None else at, ticket.poli_code, *_in_line(ticket)

    return tuple(sorted(found, key=order))


def _stands(ticket: Ticket) -> bool:
    return ticket.state != TicketState.CANCELLED


def _in_line(ticket: Ticket) -> tuple[bool, int, str, datetime]:
    """The poli's own numbers first, then those that were sent here."""
    return ticket.is_stop, ticket.number, ticket.label, ticket.created_at


def _numbers(tx: Transaction, day: date, poli_code: str | None, names: bool = True) -> tuple[Ticket, ...]:
    condition, values = ("", ()) if poli_code is None else (" AND t.poli_code = ?", (poli_code,))
    numbers_of = _TICKETS if names else _NAMELESS_TICKETS
    rows = tx.rows(
        f"{numbers_of} AND t.day = ?{condition} ORDER BY COALESCE(f.position, -1), t.poli_code, t.number",
        tx.clinic,
        day.isoformat(),
        *values,
    )
    return tuple(from_row(row) for row in rows)


def stops(tx: Transaction, ticket: str) -> tuple[Ticket, ...]:
    """The further queues of a number, in order of time."""
    rows = tx.rows(f"{_STOPS} AND s.ticket = ? ORDER BY s.created_at, s.place", tx.clinic, ticket)
    return tuple(from_row(row) for row in rows)


def move(
    tx: Transaction, ticket: Ticket, state: TicketState, room: str | None = None, *, queued_at: datetime | None = None
) -> Ticket:
    """Set the state. A call counts up and notes time, room and turn; `queued_at` is the place of one who comes back."""
    values: dict[str, object] = {"state": state}
    if state in (TicketState.CALLED, TicketState.SERVING):
        values |= {"room": room if room is not None else ticket.room}
        if ticket.turn is None or ticket.state == TicketState.WAITING:
            values |= {"turn": tx.next_number(f"turn:{ticket.day.isoformat()}:{ticket.poli_code}")}
    if state == TicketState.CALLED:
        values |= {"called_at": tx.now_ms, "calls": ticket.calls + 1}
    elif state == TicketState.SERVING:
        values |= {"serving_at": tx.now_ms}
    elif state == TicketState.DONE:
        values |= {"done_at": tx.now_ms}
    elif state == TicketState.WAITING:
        values |= {"queued_at": to_ms(queued_at or ticket.queued_at)}
        if ticket.state in (TicketState.CALLED, TicketState.SERVING):
            # Called by mistake: it took nobody's turn.
            values |= {"turn": None}
    tx.update(tables.Stop if ticket.is_stop else tables.Ticket, ticket.id, **values)
    return _known(tx, ticket.id)


def cancel_stops(tx: Transaction, ticket: str) -> None:
    """The number is taken back: nobody waits for it anywhere."""
    for stop in stops(tx, ticket):
        if stop.state not in OVER:
            move(tx, stop, TicketState.CANCELLED)


def set_priority(tx: Transaction, ticket: Ticket, priority: Priority) -> Ticket:
    """The person's class, in every queue of the number."""
    tx.update(tables.Ticket, ticket.ticket_id, priority=priority)
    return _known(tx, ticket.id)
