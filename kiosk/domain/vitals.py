"""Measurements at the counter and in the service room, with their units and plausible ranges."""

from dataclasses import dataclass, fields

from kiosk.domain.numbers import decimal_text


@dataclass(frozen=True, slots=True)
class Vitals:
    """What was measured; a value that was not measured is None, everywhere, up to the wire."""

    systolic: int | None = None
    """mmHg"""
    diastolic: int | None = None
    """mmHg"""
    weight: float | None = None
    """kg"""
    height: float | None = None
    """cm"""
    respiration: int | None = None
    """breaths a minute"""
    waist: float | None = None
    """cm"""
    heart_rate: int | None = None
    """beats a minute"""
    temperature: float | None = None
    """°C; asked at the service, not part of P-Care's registration"""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was measured."""
        return all(getattr(self, f.name) is None for f in fields(self))


@dataclass(frozen=True, slots=True)
class Range:
    """The bounds of one measurement: outside `possible` it is refused, outside `plausible` it is asked again."""

    label: str
    unit: str
    possible: tuple[float, float]
    plausible: tuple[float, float]
    whole: bool


# The plausible bounds hold for newborns to adults; they are chosen to catch slips of the finger ("tinggi 17 cm"),
# not to judge health. The possible bounds are what a body or an instrument can give at all.
RANGES: dict[str, Range] = {
    "systolic": Range("Sistole", "mmHg", (20, 350), (70, 220), True),
    "diastolic": Range("Diastole", "mmHg", (10, 250), (40, 130), True),
    "weight": Range("Berat badan", "kg", (0.3, 500), (2, 160), False),
    "height": Range("Tinggi badan", "cm", (15, 275), (40, 210), False),
    "respiration": Range("Laju napas", "/menit", (3, 150), (10, 70), True),
    "waist": Range("Lingkar perut", "cm", (10, 300), (30, 160), False),
    "heart_rate": Range("Denyut nadi", "/menit", (10, 350), (40, 200), True),
    "temperature": Range("Suhu", "°C", (20, 46), (34.5, 42), False),
}


def impossible(name: str, value: float) -> str | None:
    """The sentence that refuses `value` for the measurement `name`, or None."""
    low, high = RANGES[name].possible
    if not low <= value <= high:
        return f"{RANGES[name].label} {decimal_text(value)} {RANGES[name].unit} tidak mungkin"
    return None


def implausible(name: str, value: float) -> str | None:
    """The sentence that asks to look again at `value` for the measurement `name`, or None."""
    low, high = RANGES[name].plausible
    if not low <= value <= high:
        return f"{RANGES[name].label} {decimal_text(value)} {RANGES[name].unit}, benar?"
    return None
