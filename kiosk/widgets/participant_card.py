"""The participant's card: who it is, whether BPJS pays, how old that knowledge is, and what happened before."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from textual import events

from kiosk.domain.codes import SEX_TEXT
from kiosk.domain.day import age_text, clock_text, day_text, local_day
from kiosk.domain.participant import Participant, masked
from kiosk.domain.registration import Registration
from kiosk.domain.visit import Visit
from kiosk.safe_text import NAME_LIMIT, plain
from kiosk.widgets.lines import Line, Lines, Span, joined, line, width_of

_WIDE_ROWS = 5
"""Rows that a form on 24 lines leaves for its head."""
_TALL_ROWS = 14
"""Rows beside the search on 24 lines."""
_MOST_VISITS = 6
"""Visits that are listed, here and as P-Care tells them."""
_ELSEWHERE_ROWS = 4
"""Rows that must be left before P-Care's visits are told: the rest of the card comes first."""
_LABELLED = 50
"""Cells from which on the last visit has its whole label."""


@dataclass(frozen=True, slots=True)
class CardContent:
    """What the card shows, in values of the domain."""

    participant: Participant
    own_facility: bool | None
    """Whether the member is registered here; None when unknown."""
    warnings: tuple[str, ...]
    """Sentences to be seen before registering."""
    registrations: tuple[Registration, ...]
    """Of today."""
    visits: tuple[Visit, ...]
    """Earlier ones here, newest first."""
    today: date
    """The clinic's local day, for ages."""
    zone: str
    """The clinic's time zone, an IANA name."""
    due: tuple[str, ...] = ()
    """Sentences: what this person should come for."""
    elsewhere: tuple[tuple[date | None, str], ...] = ()
    """The visits that P-Care told of: day, and what and where in words; newest first."""
    elsewhere_at: datetime | None = None
    """When P-Care told of them."""


def status_span(person: Participant) -> Span:
    """The membership by sign, words and role: active, not active, not verified, or no member at all."""
    if not person.is_member:
        return Span("– UMUM, tanpa kartu BPJS", "muted")
    if person.active is None:
        return Span("? BELUM DIVERIFIKASI", "warn")
    if person.active:
        return Span("+ AKTIF", "ok")
    return Span("× TIDAK AKTIF", "error")


def age_of_data(confirmed_at: datetime | None, today: date, zone: str) -> str:
    """When P-Care last confirmed what is shown: "data P-Care 09.41" when today, else how many days ago."""
    if confirmed_at is None:
        return "belum ditanyakan ke P-Care"
    days = (today - local_day(confirmed_at, zone)).days
    if days <= 0:
        return f"data P-Care {clock_text(confirmed_at, zone)}"
    return "data P-Care kemarin" if days == 1 else f"data P-Care {days} hari lalu"


def person_text(person: Participant, today: date) -> str:
    """Sex, age and birth date in one piece: "perempuan · 45 th (05-03-1981)"; what is unknown is left out."""
    sex = SEX_TEXT[person.sex] if person.sex else ""
    born = f"{age_text(person.birth_date, today)} ({day_text(person.birth_date)})" if person.birth_date else ""
    return " · ".join(part for part in (sex, born) if part)


def facility_span(content: CardContent) -> Span:
    """Where the member is registered, in words."""
    if content.own_facility:
        return Span("terdaftar di sini")
    if content.own_facility is None:
        return Span("")
    person = content.participant
    return Span(f"terdaftar di {person.facility_name or person.facility_code}", "warn", NAME_LIMIT)


def wide_lines(content: CardContent, width: int, room: int = _WIDE_ROWS) -> list[Line]:
    """The head of a form: three lines, and more when there is something to warn of.

    What is due and the last visit here get their lines when the whole then takes at most `room`.
    """
    person = content.participant
    numbers = (
        ("Kartu ", person.card_number),
        ("NIK ", person.nik),
        ("RM ", person.rm_number),
        ("Telp ", person.phone),
    )
    rows = [
        line(Span(person.name, "title", NAME_LIMIT), "  ", Span(person_text(person, content.today))),
        joined([f"{label}{value}" for label, value in numbers if value]),
        joined(
            [
                status_span(person),
                f"kelas {_class(person)}" if person.class_name else "",
                plain(person.kind_name or "", 24),
                facility_span(content) if content.own_facility else "",
                Span(age_of_data(person.confirmed_at, content.today, content.zone), "muted"),
            ]
        ),
    ]
    warnings = _warnings(content.warnings, width)
    due = _warnings(content.due, width)
    if len(rows) + len(warnings) + len(due) <= room:
        warnings += due
    if content.visits and len(rows) + len(warnings) < room:
        rows.append(_last_visit(content.visits[0], width))
    return rows + warnings


def _last_visit(visit: Visit, width: int) -> Line:
    label, day = "Kunjungan terakhir: ", day_text(visit.day)
    if width < _LABELLED:
        label = "Terakhir "
    rest = max(width - len(label) - len(day) - 3, 1)
    main = _diagnosis(visit)
    return line(Span(label, "muted"), day, *([Span(" · ", "muted"), Span(main, "", rest)] if main else []))


def _diagnosis(visit: Visit) -> str:
    main = visit.form.diagnoses[0] if visit.form.diagnoses else None
    return f"{main.code} {main.name}" if main else ""


def _warnings(warnings: Sequence[str], width: int) -> list[Line]:
    """As many on a line as have room."""
    rows: list[list[Span]] = []
    for warning in warnings:
        span = Span(f"! {warning}  ", "warn")
        if rows and width_of((*rows[-1], span)) <= width + 2:
            rows[-1].append(span)
        else:
            rows.append([span])
    return [tuple(row) for row in rows]


def tall_lines(content: CardContent, width: int, room: int = _TALL_ROWS) -> list[Line]:
    """A column `width` cells wide and `room` rows high: the card beside the search.

    Where the list of the visits has no room, the last one is told on one line. Card and NIK are not whole: any name
    that is typed shows a card; the form and the data panel show them.
    """
    person = content.participant
    rows: list[Line] = [line(Span(part, "title")) for part in _wrap(person.name, width)]
    rows += [line(part) for part in _wrap(person_text(person, content.today), width)]
    rows.append(())
    for label, value in (
        ("Kartu", person.card_number and masked(person.card_number)),
        ("NIK", person.nik and masked(person.nik)),
        ("RM", person.rm_number),
        ("Telp", person.phone),
    ):
        if value:
            rows.append(line(Span(f"{label:<7}", "muted"), value))
    rows += [(), line(status_span(person))]
    about = joined([f"Kelas {_class(person)}" if person.class_name else "", plain(person.kind_name or "", 24)])
    rows += [about] if about else []
    if content.own_facility:
        rows.append(line(facility_span(content)))
    for name, value in (("Prolanis", person.prolanis), ("PRB", person.prb)):
        if value and not any(said.startswith(f"{name} {value}:") for said in content.due):
            rows.append(line(Span(f"{name} ", "muted"), value))
    if person.is_member:
        age = age_of_data(person.confirmed_at, content.today, content.zone)
        rows += [line(Span(part, "muted")) for part in _wrap(age, width)]
    for warning in (*content.warnings, *content.due):
        for number, part in enumerate(_wrap(warning, width - 2)):
            rows.append(line(Span(("! " if number == 0 else "  ") + part, "warn")))
    rows += _today(content.registrations)
    rows += _before(content.visits, width, room - len(rows))
    rows += _elsewhere(content, width, room - len(rows))
    return rows


def _class(person: Participant) -> str:
    name = person.class_name or ""
    return name.lower().removeprefix("kelas").strip().upper() or name


def _today(registrations: Sequence[Registration]) -> list[Line]:
    if not registrations:
        return []
    return [(), *(line(Span("Hari ini terdaftar: ", "strong"), one.poli_name) for one in registrations)]


def _before(visits: Sequence[Visit], width: int, room: int) -> list[Line]:
    if not visits:
        return []
    rows: list[Line] = [(), line(Span("Kunjungan di sini", "strong"))]
    if room < len(rows) + min(len(visits), 2):
        return [_last_visit(visits[0], width)]
    for visit in visits[: min(room - len(rows), _MOST_VISITS)]:
        text = f" {_diagnosis(visit)}"
        rows.append(line(Span(day_text(visit.day), "muted"), Span(text, "", max(width - 11, 1))))
    return rows


def _elsewhere(content: CardContent, width: int, room: int) -> list[Line]:
    """What P-Care told last of the visits, where there is room for it and its age."""
    if not content.elsewhere or room < _ELSEWHERE_ROWS:
        return []
    told = age_of_data(content.elsewhere_at, content.today, content.zone).removeprefix("data ")
    rows: list[Line] = [(), line(Span("Menurut ", "strong"), Span(told, "strong"))]
    for day, text in content.elsewhere[: min(room - len(rows), _MOST_VISITS)]:
        dated = day_text(day) if day else "?"
        rows.append(line(Span(dated, "muted"), Span(f" {text}", "", max(width - 11, 1))))
    return rows


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(plain(text), max(width, 10)) or [""]


class ParticipantCard(Lines):
    """The card, tall beside a list or wide above a form (`wide`)."""

    def __init__(self, *, wide: bool = False, empty: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self._wide = wide
        self._empty = empty
        self._content: CardContent | None = None

    @property
    def content(self) -> CardContent | None:
        """Whose card is shown, None when nobody's."""
        return self._content

    def show_card(self, content: CardContent | None) -> None:
        """Show this card; None shows the sentence for nobody."""
        self._content = content
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Another width breaks lines elsewhere."""
        self._draw()

    def _draw(self) -> None:
        if self._content is None:
            self.show(*(line(Span(part, "muted")) for part in _wrap(self._empty, self.content_size.width)))
        elif self._wide:
            self.show(*wide_lines(self._content, self.content_size.width))
        else:
            room = self.container_size.height or _TALL_ROWS
            self.show(*tall_lines(self._content, self.content_size.width, room))
