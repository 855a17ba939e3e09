"""Earlier days whose numbers still want their service entered: paper sheets, inpatients, a day that ended too soon."""

from dataclasses import dataclass
from datetime import date, timedelta

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.register import BACKDATE
from kiosk.domain.deadline import entry_deadline
from kiosk.domain.people import Action
from kiosk.store import registrations


@dataclass(frozen=True, slots=True)
class PastDay:
    """A day before today on which somebody was registered."""

    day: date
    numbers: int
    """Registrations that stand."""
    unserved: int
    """Those of them that have no service here yet."""


async def past_days(desk: Desk, days: int = BACKDATE.days) -> tuple[PastDay, ...]:
    """The last `days` days, as far back as a paper sheet may be dated, the newest first; without those without numbers.

    A sheet of paper that was registered and forgotten, and an inpatient who is still here, are found by `unserved`.
    """
    require(desk, Action.QUEUE_VIEW)
    today = desk.today()
    found = await desk.read(lambda tx: registrations.of_days(tx, today - timedelta(days=days), today))
    return tuple(PastDay(*one) for one in found)


async def missing_this_month(desk: Desk) -> int:
    """How many members of the month that closes next were registered before today and have no service here.

    Each is a contact that P-Care does not count, unless somebody typed the service in P-Care's own page.
    """
    require(desk, Action.OUTBOX_VIEW)
    today = desk.today()
    month = entry_deadline(today, desk.entry_deadline)
    before = min(today, month.next_month)
    return await desk.read(lambda tx: registrations.members_unserved(tx, month.month, before))
