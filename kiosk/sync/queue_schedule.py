"""The queue service's schedule of a day: which poli and doctor, in its own spelling, a number is announced for."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kiosk.pcare.client import AntreanClient, QueueDoctorRow
from kiosk.pcare.errors import Reason, Refused
from kiosk.sync.clock import Clock

_HOURS = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})", re.ASCII)
_DAY = 24 * 60
_NONE = (Reason.DOCTOR_SCHEDULE, Reason.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Slot:
    """A doctor's hours on one day, spelled as the service spells them."""

    poli_name: str
    doctor: int
    """The schedule system's own code, not P-Care's."""
    doctor_name: str
    hours: str
    opens: datetime
    closes: datetime


@dataclass(slots=True)
class Schedule:
    """What the service says of its days; kept for `keep` seconds, and never that there is nothing."""

    client: AntreanClient
    clock: Clock
    zone: str
    """The clinic's, an IANA name."""
    keep: float
    _known: dict[tuple[str, date], tuple[datetime, tuple[Slot, ...]]] = field(default_factory=dict)

    async def slots(self, poli: str, day: date) -> tuple[Slot, ...]:
        """The doctors of a poli on a day; empty where the service has no schedule. Raises PCareError."""
        now = self.clock.steady()
        until, slots = self._known.get((poli, day), (now, ()))
        if now >= until:
            slots = await self._ask(poli, day)
            self._known = {key: kept for key, kept in self._known.items() if kept[0] > now}
            if slots:
                self._known[poli, day] = (now + timedelta(seconds=self.keep), slots)
        return slots

    def forget(self, poli: str, day: date) -> None:
        """The service did not accept what was kept."""
        self._known.pop((poli, day), None)

    async def _ask(self, poli: str, day: date) -> tuple[Slot, ...]:
        try:
            name = next((row.name for row in await self.client.polis(day) if row.code == poli and row.name), None)
            rows = await self.client.doctors(poli, day) if name else []
        except Refused as error:
            if error.reason not in _NONE:
                raise
            return ()
        found = (_slot(name or "", row, day, self.zone) for row in rows)
        return tuple(slot for slot in found if slot)


def choose(slots: tuple[Slot, ...], at: datetime) -> Slot | None:
    """The doctor for whom a number given at `at` is announced; None when there is none.

    The one whose hours hold the moment (the first listed, of several), else the next to begin, else the last to end.
    The service's catalogue does not say which it should be, and which doctor a patient will see is not known when the
    number is given: this is a choice of ours.
    """
    if not slots:
        return None
    present = [slot for slot in slots if slot.opens <= at <= slot.closes]
    if present:
        return present[0]
    later = [slot for slot in slots if slot.opens > at]
    return min(later, key=lambda slot: slot.opens) if later else max(slots, key=lambda slot: slot.closes)


def span(hours: str, day: date, zone: str) -> tuple[datetime, datetime] | None:
    """The moments between which "HH:MM-HH:MM" lies on a day; None for any other text."""
    match = _HOURS.fullmatch(hours)
    if match is None:
        return None
    first, first_minute, last, last_minute = map(int, match.groups())
    opens, closes = first * 60 + first_minute, last * 60 + last_minute
    if first_minute > 59 or last_minute > 59 or not opens < closes <= _DAY:
        return None
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    # 24:00 is the next day's already.
    return midnight + timedelta(minutes=opens), midnight + timedelta(minutes=min(closes, _DAY - 1))


def _slot(poli_name: str, row: QueueDoctorRow, day: date, zone: str) -> Slot | None:
    """A row that can be announced: with a name, and hours that are hours."""
    within = span(row.hours or "", day, zone)
    if within is None or not row.name:
        return None
    return Slot(poli_name, row.code, row.name, row.hours or "", *within)
