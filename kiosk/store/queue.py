"""Queue numbers: given once, in order, and moved from state to state."""

from datetime import date

from kiosk.domain.codes import Payer, ReferenceList, TicketState
from kiosk.domain.queue import Ticket, label, poli_letter
from kiosk.store import reference, tables
from kiosk.store.transaction import Row, Transaction, from_ms, moment

_SELECT = (
    "SELECT t.*, r.payer, r.remote_number, p.name AS participant_name, COALESCE(f.name, t.poli_code) AS poli_name,"
    " EXISTS (SELECT 1 FROM visit v WHERE v.clinic = t.clinic AND v.registration = t.registration AND v.deleted = 0)"
    " AS has_visit FROM ticket t"
    " JOIN registration r ON r.clinic = t.clinic AND r.id = t.registration"
    " JOIN participant p ON p.clinic = r.clinic AND p.id = r.participant"
    f" LEFT JOIN reference f ON f.clinic = t.clinic AND f.kind = '{ReferenceList.POLI}' AND f.code = t.poli_code"
    " WHERE t.clinic = ?"
)


def from_row(row: Row) -> Ticket:
    """A row of the selection as a value."""
    return Ticket(
        id=row["id"],
        registration_id=row["registration"],
        participant_name=row["participant_name"],
        day=date.fromisoformat(row["day"]),
        poli_code=row["poli_code"],
        poli_name=row["poli_name"],
        number=row["number"],
        label=row["label"],
        state=TicketState(row["state"]),
        payer=Payer(row["payer"]),
        remote_number=row["remote_number"],
        has_visit=bool(row["has_visit"]),
        called_at=from_ms(row["called_at"]),
        calls=row["calls"],
        room=row["room"],
        created_at=moment(row["created_at"]),
    )


def counter_name(day: date, poli_code: str) -> str:
    """The name of the counter from which a poli's numbers of a day come."""
    return f"ticket:{day.isoformat()}:{poli_code}"


def give(tx: Transaction, registration: str, day: date, poli_code: str) -> Ticket:
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
        created_at=tx.now_ms,
    )
    ticket = get(tx, identifier)
    if ticket is None:
        raise LookupError(identifier)
    return ticket


def get(tx: Transaction, identifier: str) -> Ticket | None:
    """The ticket with our `identifier`."""
    row = tx.row(f"{_SELECT} AND t.id = ?", tx.clinic, identifier)
    return from_row(row) if row else None


def of_registration(tx: Transaction, registration: str) -> Ticket | None:
    """The ticket of a registration."""
    row = tx.row(f"{_SELECT} AND t.registration = ?", tx.clinic, registration)
    return from_row(row) if row else None


def of_day(tx: Transaction, day: date, poli_code: str | None = None) -> tuple[Ticket, ...]:
    """The day's tickets by poli and number, cancelled ones left out."""
    condition, values = ("", ()) if poli_code is None else (" AND t.poli_code = ?", (poli_code,))
    rows = tx.rows(
        f"{_SELECT} AND t.day = ?{condition} AND t.state <> ? ORDER BY COALESCE(f.position, -1), t.poli_code, t.number",
        tx.clinic,
        day.isoformat(),
        *values,
        TicketState.CANCELLED,
    )
    return tuple(from_row(row) for row in rows)


def move(tx: Transaction, ticket: Ticket, state: TicketState, room: str | None = None) -> Ticket:
    """Set the state; a call counts up and notes the time and the room."""
    if state == TicketState.CALLED:
        tx.update(
            tables.Ticket,
            ticket.id,
            state=state,
            called_at=tx.now_ms,
            calls=ticket.calls + 1,
            room=room if room is not None else ticket.room,
        )
    elif state == TicketState.SERVING:
        tx.update(tables.Ticket, ticket.id, state=state, serving_at=tx.now_ms)
    elif state == TicketState.DONE:
        tx.update(tables.Ticket, ticket.id, state=state, done_at=tx.now_ms)
    else:
        tx.update(tables.Ticket, ticket.id, state=state)
    moved = get(tx, ticket.id)
    if moved is None:
        raise LookupError(ticket.id)
    return moved
