"""Until when the services of a month can be entered at P-Care: a day early in the next month."""

from dataclasses import dataclass
from datetime import date, timedelta

ENTRY_DEADLINE = 3
"""The day of the next month up to which a month may be entered. Sources name the 3rd and the 5th: the earlier one."""
SOON = 3
"""From so many days before it on, the deadline is told on every screen."""


@dataclass(frozen=True, slots=True)
class EntryDeadline:
    """The month that closes next, and when."""

    month: date
    """Its first day."""
    last_day: date
    """The last day on which it can be entered."""
    days_left: int
    """0 on that day itself."""

    @property
    def next_month(self) -> date:
        """The first day that does not belong to it any more."""
        return (self.month + timedelta(days=32)).replace(day=1)


def entry_deadline(today: date, day: int = ENTRY_DEADLINE) -> EntryDeadline:
    """The deadline that comes next on `today`: of the last month up to `day`, of this month from then on."""
    first = today.replace(day=1)
    month = (first - timedelta(days=1)).replace(day=1) if today.day <= day else first
    last = (month + timedelta(days=32)).replace(day=day)
    return EntryDeadline(month, last, (last - today).days)
