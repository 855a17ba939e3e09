"""What is due for somebody who stands at the counter: only what P-Care or the clinic's own visits say."""

from collections.abc import Sequence
from datetime import date

from kiosk.domain.day import day_text
from kiosk.domain.participant import Participant


def due(person: Participant, visited: Sequence[date], today: date) -> tuple[str, ...]:
    """Sentences for the clerk. `visited` are the days of the visits known here, newest first."""
    said = []
    this_month = [day for day in visited if (day.year, day.month) == (today.year, today.month)]
    for name, value in (("Prolanis", person.prolanis), ("PRB", person.prb)):
        if value and not this_month:
            last = f"; terakhir {day_text(visited[0])}" if visited else ""
            said.append(f"{name} {value}: belum berkunjung bulan ini{last}")
    return tuple(said)
