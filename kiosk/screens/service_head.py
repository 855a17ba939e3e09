"""Whose service it is: two lines above the form."""

from datetime import date

from kiosk.counter.reasons import STATE_TEXT
from kiosk.counter.views import ServiceSheet
from kiosk.domain.allergies import Allergies
from kiosk.domain.codes import CARE_TEXT, SEX_TEXT, ReferenceList
from kiosk.domain.day import age_text, day_text
from kiosk.domain.participant import masked
from kiosk.safe_text import NAME_LIMIT
from kiosk.screens.service_done import SENT
from kiosk.screens.visit_lines_view import GROUPS
from kiosk.widgets.lines import Line, Span, joined, line
from kiosk.widgets.participant_card import status_span
from kiosk.widgets.words import poli_words

_KIND_WORDS = {
    ReferenceList.ALLERGY_DRUG: "obat",
    ReferenceList.ALLERGY_FOOD: "makanan",
    ReferenceList.ALLERGY_AIR: "udara",
}


def allergy_line(known: Allergies) -> Line:
    """What the patient does not bear, as a warning; that none was said, with its day; or that nobody asked."""
    coded = [f"{_KIND_WORDS[one.kind]} {one.name} ({day_text(one.day)})" for one in known.coded]
    if known.names or coded:
        return line(Span("! ALERGI  ", "warn"), Span(", ".join((*known.names, *coded)), "warn"))
    if known.denied:
        kinds = ", ".join(_KIND_WORDS[one.kind] for one in known.denied)
        newest = max(one.day for one in known.denied)
        return line(Span(f"Alergi {kinds}: dikatakan tidak ada ({day_text(newest)})", "muted"))
    return line(Span("Alergi belum pernah ditanyakan di sini", "muted"))


def entered_line(sheet: ServiceSheet) -> Line:
    """What was entered line by line, at a glance: names, as many as fit; nothing before the service is saved."""
    if sheet.visit is None:
        return line(Span("Obat, tindakan, dan lab satu per satu: tekan O setelah disimpan", "muted"))
    groups = [
        f"{word}: {', '.join(one.value.title for one in sheet.lines if one.kind == kind)}"
        for kind, word, _ in GROUPS
        if any(one.kind == kind for one in sheet.lines)
    ]
    if not groups:
        return line(Span("Obat, tindakan, dan lab satu per satu belum ada: tekan O setelah disimpan", "muted"))
    return line(Span("Rincian  ", "muted"), *joined(groups))


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
                f"kartu {masked(person.card_number)}" if person.card_number else "",
                f"RM {person.rm_number}" if person.rm_number else "",
                _way_span(sheet) if sheet.visit else "",
            ]
        ),
    )


def _way_span(sheet: ServiceSheet) -> Span:
    """How far it is in two words: behind poli and numbers a sentence would be cut."""
    word = STATE_TEXT[sheet.outbox] if sheet.outbox else "tidak dikirim"
    return Span(f"P-Care: {word}", SENT[sheet.outbox][1])
