"""What took effect at the simulated service: registrations, visits and all that hangs on them.

Every change is one row of a journal; the same rows, read again, give the same state.  Who may change what is
decided elsewhere; here only what is.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from kiosk.simulator.reference import LETTER

Row = dict[str, Any]

# The lines of a visit: ledger's name -> the field that numbers them.
LINES = {"medications": "kdObatSK", "procedures": "kdTindakanSK", "labs": "kdMCU"}


class Keeper(Protocol):
    """Where rows of the journal go."""

    def append(self, row: Row) -> None:
        """Keep one row."""

    def rows(self) -> Iterator[Row]:
        """Give the rows kept before."""

    def close(self) -> None:
        """Let go."""


@dataclass(slots=True)
class Registration:
    """A registration that the service holds; `row` has the service's field names, `at` is epoch seconds."""

    facility: str
    row: Row
    at: float
    served: bool = False


@dataclass(slots=True)
class Visit:
    """A visit that the service holds; `sequence` orders visits of the same day."""

    facility: str
    row: Row
    at: float
    sequence: int
    lines: dict[str, dict[int, Row]] = field(default_factory=lambda: {name: {} for name in LINES})


class Ledger:
    """The state, changed only through `commit`; `keeper` None keeps it in memory, `clock` gives epoch seconds."""

    def __init__(self, keeper: Keeper | None = None, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.calls = 0
        self.refused = 0
        self.registrations: dict[tuple[str, str], dict[tuple[str, str], Registration]] = {}
        self.visits: dict[str, Visit] = {}
        self.by_card: dict[str, list[Visit]] = {}
        self.visit_keys: dict[tuple[str, str, str, str], str] = {}
        self.activities: dict[str, Row] = {}
        self.attendees: dict[str, list[str]] = {}
        self.tickets: dict[tuple[str, str, str, str], Row] = {}
        self.cancelled: list[Row] = []
        self.referrals: dict[tuple[str, str], int] = {}
        self._numbers: dict[str, int] = {}
        self._keeper: Keeper | None = None
        if keeper:
            for row in keeper.rows():
                self._apply(row)
            self._keeper = keeper

    def commit(self, op: str, **values: Any) -> None:
        """Make a change: kept first, then in effect."""
        row = {"op": op, "at": self._clock(), "calls": self.calls, "refused": self.refused, **values}
        if self._keeper:
            self._keeper.append(row)
        self._apply(row)

    def close(self) -> None:
        """Keep the last counts and let go of the file."""
        if self._keeper:
            self.commit("counts")
            self._keeper.close()
            self._keeper = None

    def next_number(self, what: str) -> int:
        """Return the number after the highest given for `what`; it is taken when a change with it is committed."""
        return self._numbers.get(what, 0) + 1

    def day(self, facility: str, day: str) -> dict[tuple[str, str], Registration]:
        """Return a facility's registrations of a day (dd-mm-yyyy) by card and poli."""
        return self.registrations.get((facility, day), {})

    def next_queue_number(self, facility: str, day: str, poli: str) -> int:
        """Return the running number of the next registration of that poli; numbers are never given again."""
        return self.next_number(f"queue/{facility}/{day}/{LETTER[poli]}")

    def snapshot(self) -> Row:
        """Return everything that took effect, as plain rows."""
        lines: dict[str, list[Row]] = {name: [] for name in LINES}
        for visit in self.visits.values():
            for name, rows in visit.lines.items():
                lines[name] += rows.values()
        return {
            "registrations": [
                {**each.row, "kdProviderPelayanan": each.facility, "status": status_of(each)}
                for day in self.registrations.values()
                for each in day.values()
            ],
            "visits": [{**each.row, "kdProviderPelayanan": each.facility} for each in self.visits.values()],
            **lines,
            "activities": list(self.activities.values()),
            "tickets": list(self.tickets.values()),
            "cancelled": self.cancelled,
            "refused": self.refused,
            "calls": self.calls,
        }

    def _apply(self, row: Row) -> None:
        self.calls, self.refused = max(self.calls, row["calls"]), max(self.refused, row["refused"])
        for what, number in row.get("numbers", {}).items():
            self._numbers[what] = max(self._numbers.get(what, 0), number)
        kind, _, change = row["op"].partition(".")
        if kind == "registration":
            self._apply_registration(change, row)
        elif kind == "visit":
            self._apply_visit(change, row)
        elif kind == "line":
            self._apply_line(change, row)
        elif kind == "activity":
            self._apply_activity(change, row)
        elif kind == "ticket":
            self.tickets[tuple(row["key"])] = row["row"]

    def _apply_registration(self, change: str, row: Row) -> None:
        day = self.registrations.setdefault((row["facility"], row["day"]), {})
        key = (row["card"], row["poli"])
        if change == "add":
            day[key] = Registration(row["facility"], row["row"], row["at"])
        else:
            gone = day.pop(key)
            self.cancelled.append({**gone.row, "kdProviderPelayanan": gone.facility})

    def _apply_visit(self, change: str, row: Row) -> None:
        number = row["number"]
        if change == "add":
            data = row["row"]
            visit = Visit(row["facility"], data, row["at"], len(self.visits))
            self.visits[number] = visit
            self.by_card.setdefault(data["noKartu"], []).append(visit)
            self.visit_keys[(visit.facility, data["noKartu"], data["tglDaftar"], data["kdPoli"])] = number
            self._count_referral(data, 1)
            self._serve(visit, True)
        elif change == "update":
            visit = self.visits[number]
            self._count_referral(visit.row, -1)
            visit.row = row["row"]
            self._count_referral(visit.row, 1)
        else:
            visit = self.visits.pop(number)
            data = visit.row
            self.by_card[data["noKartu"]].remove(visit)
            del self.visit_keys[(visit.facility, data["noKartu"], data["tglDaftar"], data["kdPoli"])]
            self._count_referral(data, -1)
            self._serve(visit, False)

    def _serve(self, visit: Visit, served: bool) -> None:
        data = visit.row
        found = self.day(visit.facility, data["tglDaftar"]).get((data["noKartu"], data["kdPoli"]))
        if found:
            found.served = served

    def _count_referral(self, data: Row, by: int) -> None:
        onward = data.get("rujukLanjut")
        if onward:
            key = (onward["kdppk"], onward["tglEstRujuk"])
            self.referrals[key] = self.referrals.get(key, 0) + by

    def _apply_line(self, change: str, row: Row) -> None:
        lines = self.visits[row["visit"]].lines[row["table"]]
        if "gone" in row:
            lines.pop(row["gone"], None)
        if change != "delete":
            lines[row["number"]] = row["row"]

    def _apply_activity(self, change: str, row: Row) -> None:
        number = row["number"]
        if change in ("add", "update"):
            self.activities[number] = row["row"]
        elif change == "delete":
            del self.activities[number]
            self.attendees.pop(number, None)
        elif change == "join":
            self.attendees.setdefault(number, []).append(row["card"])
        else:
            self.attendees[number].remove(row["card"])


def status_of(registration: Registration) -> str:
    """Return the status text of a registration."""
    return "Sudah dilayani" if registration.served else "Baru"
