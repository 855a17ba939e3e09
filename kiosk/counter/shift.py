"""The shift report: what the day came to, and where the audit log stands, to be written down or read out."""

from kiosk.counter.access import require
from kiosk.counter.call import STATE_TEXT
from kiosk.counter.desk import Desk
from kiosk.domain.audit import spoken_head
from kiosk.domain.codes import OutboxState
from kiosk.domain.day import day_text
from kiosk.domain.people import Action
from kiosk.store.shift import Shift, shift_of

_NAME = 22
_WAITING = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN)


async def shift_report(desk: Desk) -> Shift:
    """The numbers of today, as they stand now."""
    require(desk, Action.SHIFT_VIEW)
    await desk.flush()
    today = desk.today()
    return await desk.read(lambda tx: shift_of(tx, today))


def shift_lines(shift: Shift) -> tuple[str, tuple[str, ...]]:
    """The report as a title and lines of at most 72 letters."""
    rows = []
    for poli, states in shift.queues.items():
        told = ", ".join(f"{count} {STATE_TEXT[state]}" for state, count in states.items())
        rows.append(f"{poli[:_NAME]:<{_NAME}} {sum(states.values()):>4}  {told}"[:72])
    if not shift.queues:
        rows.append("Belum ada nomor antrean hari ini")
    rows.append("")
    for one in shift.operators:
        rows.append(f"{one.name[:_NAME]:<{_NAME}} {one.registrations:>4} pendaftaran, {one.visits} pelayanan")
    waiting = sum(shift.outbox.get(state, 0) for state in _WAITING)
    action = shift.outbox.get(OutboxState.NEEDS_ACTION, 0)
    rows += [f"Kiriman ke P-Care: {waiting} menunggu, {action} perlu tindakan", "", "Catatan audit, untuk ditulis:"]
    rows += [f"{head.station[:_NAME]:<{_NAME}} {head.number:>6}  {spoken_head(head.mac)}" for head in shift.heads]
    return f"Laporan giliran {day_text(shift.day)}", tuple(rows)
