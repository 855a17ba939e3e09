"""What the registration form holds: its measurements, the choice of polis, and a registration as it is typed."""

from kiosk.counter.views import Reference
from kiosk.domain.day import day_text
from kiosk.domain.numbers import decimal_text
from kiosk.domain.registration import Registration
from kiosk.widgets.choice import Choice, choices

VITALS = {
    "systolic": "Sistole",
    "diastolic": "Diastole",
    "weight": "Berat",
    "height": "Tinggi",
    "respiration": "Napas",
    "waist": "Perut",
    "heart_rate": "Nadi",
}
"""The physical examination of P-Care's registration, in its order, with short labels; three stand on a line."""


def poli_choices(polis: tuple[Reference, ...]) -> tuple[Choice, ...]:
    """The polis with a key each, the word POLI left out: everybody knows."""
    return choices([(poli.code, short_poli(poli.name)) for poli in polis])


def short_poli(name: str) -> str:
    """A poli's name without the word POLI, and without shouting."""
    words = name.split()
    rest = words[1:] if len(words) > 1 and words[0].upper() == "POLI" else words
    return " ".join(word if len(word) <= 3 else word.capitalize() for word in rest)


def typed_of(known: Registration) -> dict[str, str]:
    """A registration as it is typed into the form."""
    return {
        "payer": known.payer,
        "day": day_text(known.day),
        "visit_kind": known.visit_kind,
        "care": known.care,
        "poli_code": known.poli_code,
        "referred_back": str(int(known.referred_back)),
        "complaint": known.complaint or "",
        **{name: decimal_text(getattr(known.vitals, name)) for name in VITALS},
    }
