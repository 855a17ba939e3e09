"""The end of the month: how much is not at P-Care yet, and how many days are left to bring it there."""

from datetime import date

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.views import MonthEnd
from kiosk.domain.day import MONTHS
from kiosk.domain.deadline import SOON, entry_deadline
from kiosk.domain.people import Action
from kiosk.store import outbox
from kiosk.store.transaction import Transaction


async def month_end(desk: Desk) -> MonthEnd:
    """The month that closes next, what of it is unsent, and what older months left behind."""
    require(desk, Action.OUTBOX_VIEW)
    today, day = desk.today(), desk.entry_deadline
    return await desk.read(lambda tx: month_end_in(tx, today, day))


def month_end_in(tx: Transaction, today: date, day: int) -> MonthEnd:
    """The same, inside a transaction; `day` as in `Desk.entry_deadline`."""
    next_one = entry_deadline(today, day)
    unsent = outbox.open_of_days(tx, next_one.month, next_one.next_month)
    return MonthEnd(next_one, unsent, outbox.open_of_days(tx, None, next_one.month))


def days_words(days: int) -> str:
    """How long it still is: "hari ini", "besok", "3 hari lagi"."""
    return ("hari ini", "besok")[days] if days < 2 else f"{days} hari lagi"


def month_name(month: date) -> str:
    """Its name in words."""
    return MONTHS[month.month - 1]


def warning(end: MonthEnd) -> str:
    """What every screen tells when the deadline is near and something is unsent; else ""."""
    if end.overdue:
        return f"{end.overdue} lewat batas"
    if not end.unsent or end.deadline.days_left > SOON:
        return ""
    return f"batas {month_name(end.deadline.month)} {days_words(end.deadline.days_left)}"
