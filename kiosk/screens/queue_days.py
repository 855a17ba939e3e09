"""Another day in the queue: the choice of the day, and what is told of one that is over."""

from collections.abc import Sequence
from datetime import date

from textual.app import App

from kiosk.counter.days import PastDay, past_days
from kiosk.counter.desk import Desk
from kiosk.domain.codes import TicketState
from kiosk.domain.day import weekday_text
from kiosk.domain.queue import Ticket
from kiosk.widgets.choice import Choice
from kiosk.widgets.lines import Line, Span, column, line
from kiosk.widgets.people_dialog import ENTER, choose_person
from kiosk.widgets.rows import Row

RECENT = 7
"""Days back of which the queue tells by itself that a service is missing."""
_TODAY = "today"
_OPEN = Choice("open", "buka", ENTER)
_TEXT = (
    "Untuk lembar kertas, rawat inap, dan yang belum sempat diisi.",
    "Lembar yang belum didaftarkan: daftarkan dulu dengan tanggalnya (F3).",
)


async def choose_day(app: App[None], desk: Desk) -> date | None:
    """The day whose numbers are to be shown, today too; None when the box is closed without one."""
    days = await past_days(desk)
    rows = [Row(_TODAY, line(column("Hari ini", 22), Span(weekday_text(desk.today()), "muted")))] if days else []
    told = [line(Span(sentence, "muted")) for sentence in _TEXT]
    chosen, key = await choose_person(
        app,
        line(Span("Antrean hari lain", "title")),
        [(), *told],
        [*rows, *map(_row, days)],
        [_OPEN],
        empty="Belum ada yang didaftarkan pada hari lain",
    )
    if chosen != _OPEN.value or not key:
        return None
    return desk.today() if key == _TODAY else date.fromisoformat(key)


def _row(one: PastDay) -> Row:
    unserved = Span(f"{one.unserved} belum diisi", "warn") if one.unserved else Span("semua terisi", "muted")
    cells = (column(weekday_text(one.day), 22), column(f"{one.numbers} nomor", 10, right=True))
    return Row(one.day.isoformat(), line(*cells, "   ", unserved))


async def missing_lately(desk: Desk) -> int:
    """How many numbers of the last days have no service yet."""
    return sum(one.unserved for one in await past_days(desk, RECENT))


def day_key(missing: int) -> Line:
    """The key that leads to other days, behind the counts; how many services of the last days are missing."""
    told = Span(f" hari lain ({missing} belum diisi)", "warn") if missing else Span(" hari lain", "muted")
    return line("     ", Span("H", "key"), told)


def past_line(day: date, tickets: Sequence[Ticket]) -> Line:
    """Which day is shown, and what is missing in it."""
    missing = sum(not (t.has_visit or t.is_stop or t.state == TicketState.CANCELLED) for t in tickets)
    told = f"{missing} belum diisi" if missing else "semua terisi"
    return line(Span(f"{weekday_text(day)} · {told}", "warn"))
