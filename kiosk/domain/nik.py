"""What a NIK tells of the person, as a proposal: birth date, sex, and where it was issued.

Province, regency and district (2 digits each), DDMMYY with day + 40 for women, a serial number of 4. It stays the same
when birth date or address are corrected, and the century is not in it.
"""

from dataclasses import dataclass
from datetime import date

from kiosk.domain.codes import Sex
from kiosk.domain.participant import nik_problem

WOMAN = 40
"""Added to the day of birth in a woman's NIK."""
OLDEST = 110
"""Years; a birth date that makes somebody older is not proposed."""


@dataclass(frozen=True, slots=True)
class NikReading:
    """What stands in a NIK."""

    area_code: str
    """Province, regency and district, two digits each: where it was issued."""
    sex: Sex
    birth_dates: tuple[date, ...]
    """The birth dates it may mean, the youngest first: of two centuries at most. Empty when it is no day at all."""


def read_nik(nik: str, today: date) -> NikReading | None:
    """What the 16 digits tell; None when they are no NIK."""
    if nik_problem(nik):
        return None
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    sex = Sex.FEMALE if day > WOMAN else Sex.MALE
    if sex is Sex.FEMALE:
        day -= WOMAN
    found = []
    for century in (2000, 1900):
        try:
            born = date(century + year, month, day)
        except ValueError:
            continue
        if born <= today and today.year - born.year <= OLDEST:
            found.append(born)
    return NikReading(nik[:6], sex, tuple(found))
