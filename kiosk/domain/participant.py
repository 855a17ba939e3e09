"""The participant: a member of BPJS or the clinic's own patient, and how much is known of them."""

from dataclasses import dataclass
from datetime import date, datetime

from kiosk.domain.codes import Sex
from kiosk.domain.names import folded_words

CARD_LENGTH = 13
NIK_LENGTH = 16
YOUNGEST_MOTHER = 10
"""Years from which on a newborn of hers is offered; it only keeps the key away from small children."""


@dataclass(frozen=True, slots=True)
class Participant:
    """One person as the clinic's store knows them; what is not known is None, never a guess."""

    id: str
    name: str
    card_number: str | None = None
    """13 digits, leading zeros kept; no checksum exists."""
    nik: str | None = None
    """16 digits."""
    rm_number: str | None = None
    """The clinic's own medical record number."""
    sex: Sex | None = None
    birth_date: date | None = None
    phone: str | None = None
    relation: str | None = None
    """Family relation in P-Care's words: Peserta, Istri, Suami, Anak."""
    facility_code: str | None = None
    """Where the member is registered (8 characters); None for the clinic's own patients."""
    facility_name: str | None = None
    active: bool | None = None
    """None when P-Care was never asked: "belum diverifikasi"."""
    status_text: str | None = None
    """P-Care's own words on the membership (ketAktif)."""
    class_name: str | None = None
    kind_name: str | None = None
    arrears: int | None = None
    """tunggakan as P-Care gives it; its unit is not documented, so it is only shown as present or not."""
    prolanis: str | None = None
    prb: str | None = None
    confirmed_at: datetime | None = None
    """When P-Care last confirmed this row (UTC)."""
    mother_id: str | None = None
    """Our id of the mother, of one who was entered here as her newborn."""
    corrected: tuple[tuple[str, str], ...] = ()
    """What had been typed here where P-Care said otherwise: (attribute, text), days as ISO dates."""

    @property
    def is_member(self) -> bool:
        """Whether a BPJS card number is known."""
        return self.card_number is not None


def card_problem(digits: str) -> str | None:
    """What is wrong with a card number, as a sentence for the clerk, or None."""
    if not digits.isdigit():
        return "Nomor kartu hanya terdiri dari angka"
    if len(digits) != CARD_LENGTH:
        return f"Nomor kartu harus {CARD_LENGTH} angka, baru {len(digits)}"
    return None


def nik_problem(digits: str) -> str | None:
    """What is wrong with a NIK, as a sentence for the clerk, or None."""
    if not digits.isdigit():
        return "NIK hanya terdiri dari angka"
    if len(digits) != NIK_LENGTH:
        return f"NIK harus {NIK_LENGTH} angka, baru {len(digits)}"
    return None


def corrections(typed: Participant, said: Participant) -> tuple[tuple[str, str], ...]:
    """What had been `typed` where P-Care `said` otherwise, as (attribute, text).

    Another spelling of a name does not count.
    """
    found = []
    if sorted(folded_words(typed.name)) != sorted(folded_words(said.name)):
        found.append(("name", typed.name))
    for name in ("birth_date", "nik", "sex"):
        before, now = getattr(typed, name), getattr(said, name)
        if before is not None and now is not None and before != now:
            found.append((name, before.isoformat() if name == "birth_date" else str(before)))
    return tuple(sorted(found))


def birth_alike(one: date, other: date) -> bool:
    """Whether two birth dates may be one, mistyped: day and month swapped, or one part of the three differs."""
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return True
    return sum((one.year != other.year, one.month != other.month, one.day != other.day)) <= 1


def may_bear(person: Participant, today: date) -> bool:
    """Whether somebody may bring a newborn of hers: not a man, and no child where the age is known."""
    if person.sex is Sex.MALE:
        return False
    return person.birth_date is None or today.year - person.birth_date.year >= YOUNGEST_MOTHER


def nik_mismatch(nik: str, birth_date: date | None, sex: Sex | None) -> str | None:
    """A warning when birth date or sex differ from what the NIK carries (DDMMYY, day + 40 for women), or None.

    It warns and never blocks: the NIK stays the same when a birth date is corrected, and the century is not in it.
    """
    if nik_problem(nik):
        return None
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    nik_sex = Sex.FEMALE if day > 40 else Sex.MALE
    if day > 40:
        day -= 40
    if birth_date and (birth_date.day, birth_date.month, birth_date.year % 100) != (day, month, year):
        return "Tanggal lahir berbeda dari yang tertulis di NIK; periksa KTP"
    if sex and sex != nik_sex:
        return "Jenis kelamin berbeda dari yang tertulis di NIK; periksa KTP"
    return None


def masked(number: str | None, shown: int = 4) -> str:
    """An identity number with all but its last digits hidden, for places where the whole is not needed."""
    if not number:
        return "–"
    return "•" * (len(number) - shown) + number[-shown:]
