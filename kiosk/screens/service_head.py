"""Whose service it is: two lines above the form."""

from datetime import date

from kiosk.counter.views import ServiceSheet
from kiosk.domain.codes import CARE_TEXT
from kiosk.domain.day import age_text, day_text
from kiosk.safe_text import NAME_LIMIT
from kiosk.screens.service_done import sent_span
from kiosk.widgets.lines import Line, Span, joined
from kiosk.widgets.participant_card import SEX_TEXT, status_span
from kiosk.widgets.words import poli_words


def head_lines(sheet: ServiceSheet, today: date) -> tuple[Line, Line]:
    """Number, name, sex, age, membership; poli, kind of visit, numbers, and how far a saved service is on its way."""
    person, made = sheet.participant, sheet.registration
    label = sheet.ticket.label if sheet.ticket else ""
    return (
        joined(
            [
                Span(f"{label}  {person.name}", "title", NAME_LIMIT),
                SEX_TEXT[person.sex] if person.sex else "",
                age_text(person.birth_date, today) if person.birth_date else "",
                status_span(person),
            ]
        ),
        joined(
            [
                poli_words(made.poli_name),
                f"{made.visit_kind}, {CARE_TEXT[made.care]}",
                day_text(made.day) if made.day != today else "",
                f"kartu {person.card_number}" if person.card_number else "",
                f"RM {person.rm_number}" if person.rm_number else "",
                sent_span(sheet) if sheet.visit else "",
            ]
        ),
    )
