"""The people of the simulator: every member is made on demand from the seed, none is kept.

A member has a place: facility number and member number.  Card and NIK are arithmetic codes of that place, so
a card is found by calculating backwards, whether there are twenty members or a million.
"""

import calendar
import random
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from kiosk.simulator import names
from kiosk.simulator.areas import REGENCIES

# Household sizes of one block of members; the block is rotated so that streets differ.
HOUSEHOLD_SIZES = (4, 3, 5, 1, 4, 2, 4, 3, 1, 5, 4, 2, 3, 6, 4, 1, 4, 3, 5)
BLOCK = sum(HOUSEHOLD_SIZES)
CARD_SPACE = 10**9
DAYS = 365
SERIALS = 9999
# People do not grow with the clock: the same seed gives the same people on every day.
REFERENCE_YEAR = 2026

KINDS: tuple[tuple[str, str, int], ...] = (  # code, name, weight; the codes seen in the catalogue
    ("21", "PBI (APBN)", 45),
    ("22", "PBI (APBD)", 18),
    ("13", "PEGAWAI SWASTA", 30),
    ("15", "PENERIMA PENSIUN PNS", 5),
    ("5", "TNI ANGKATAN DARAT", 2),
)
CLASSES = {"1": "KELAS I", "2": "KELAS II", "3": "KELAS III"}
ACTIVE = "AKTIF"
INACTIVE = ("PENANGGUHAN PEMBAYARAN", "NON AKTIF", "MENINGGAL")
BLOOD = ("0", "O", "A", "B", "AB")


@dataclass(frozen=True, slots=True)
class Member:
    """An invented member as the service knows it.

    `prolanis` is "", "DM" or "HT"; `arrears` the bare number of the field tunggakan (its unit is not
    published); `card_known` is False for those found by NIK alone; `screened` is False where the yearly
    health screening is missing, which blocks the online queue.
    """

    facility: int
    number: int
    card: str
    nik: str
    name: str
    sex: str
    birth_date: date
    relation: str
    phone: str
    kind: tuple[str, str]
    klass: str
    blood: str
    status_text: str
    prolanis: str
    prb: str
    arrears: int
    card_known: bool
    screened: bool

    @property
    def active(self) -> bool:
        """True while the membership is active."""
        return self.status_text == ACTIVE

    @property
    def ordinary(self) -> bool:
        """True for a member whose registration meets no obstacle."""
        return self.active and self.card_known and self.screened and not self.arrears


class Population:
    """All members of `facilities` facilities with `members` each, from `seed`.

    Raises ValueError when the card or NIK codes cannot hold that many.
    """

    def __init__(self, seed: int, facilities: int, members: int) -> None:
        if facilities < 1 or members < 1:
            raise ValueError("at least one facility and one member")
        per_regency = -(-facilities // len(REGENCIES)) * members
        self._households = -(-members // BLOCK) * len(HOUSEHOLD_SIZES)
        if per_regency > DAYS * SERIALS or facilities * self._households > CARD_SPACE:
            raise ValueError("too many members for the card and NIK codes")
        self.seed, self.facilities, self.members = seed, facilities, members
        rng = self._rng("codes", 0)
        self._card_step = rng.randrange(CARD_SPACE // 3, CARD_SPACE) // 10 * 10 + 7  # coprime with 10**9
        self._card_shift = rng.randrange(CARD_SPACE)
        self._card_back = pow(self._card_step, -1, CARD_SPACE)
        self._day_shift = rng.randrange(DAYS)
        self._turns = [_street(turn) for turn in range(len(HOUSEHOLD_SIZES))]
        self.member = lru_cache(maxsize=20_000)(self._make)

    def by_card(self, card: str) -> Member | None:
        """Return the member with this 13-digit card number, also one whose card the service does not know."""
        if len(card) != 13 or not card.isascii() or not card.isdigit() or not card.startswith("000"):
            return None
        household = (int(card[3:12]) - self._card_shift) * self._card_back % CARD_SPACE
        facility, local = divmod(household, self._households)
        if facility >= self.facilities:
            return None
        block, home = divmod(local, len(HOUSEHOLD_SIZES))
        street = self._turns[self._turn(facility, block)]
        place = street.index((home, int(card[12]) - 1)) if (home, int(card[12]) - 1) in street else -1
        number = block * BLOCK + place
        if place < 0 or number >= self.members:
            return None
        return self.member(facility, number)

    def by_nik(self, nik: str) -> Member | None:
        """Return the member with this 16-digit NIK."""
        if len(nik) != 16 or not nik.isascii() or not nik.isdigit():
            return None
        regency = next((at for at, each in enumerate(REGENCIES) if each.code == nik[:4]), -1)
        day = _day_of_year((int(nik[6:8]) - 1) % 40 + 1, int(nik[8:10]))
        turn = int(nik[12:]) - 1
        if regency < 0 or day < 0 or turn < 0:
            return None
        local = turn * DAYS + (day - turn * 31 - self._day_shift) * _DAY_BACK % DAYS
        row, number = divmod(local, self.members)
        facility = row * len(REGENCIES) + regency
        if facility >= self.facilities:
            return None
        member = self.member(facility, number)
        return member if member.nik == nik else None

    def _rng(self, what: str, place: int) -> random.Random:
        return random.Random(f"{self.seed}/{what}/{place}")  # noqa: S311 - invented people, not secrets

    def _turn(self, facility: int, block: int) -> int:
        return (facility * 7 + block * 5 + self.seed) % len(HOUSEHOLD_SIZES)

    def _make(self, facility: int, number: int) -> Member:
        block, place = divmod(number, BLOCK)
        home, position = self._turns[self._turn(facility, block)][place]
        household = facility * self._households + block * len(HOUSEHOLD_SIZES) + home
        regency = REGENCIES[facility % len(REGENCIES)]
        shared = self._rng("household", household)
        culture = names.culture_of(regency.culture, shared)
        family = names.family_name(culture, shared)
        head_sex = "L" if shared.random() < 0.82 else "P"
        head_age = shared.randint(24, 62) if shared.random() < 0.8 else shared.randint(60, 86)
        kind = shared.choices(KINDS, [weight for *_, weight in KINDS])[0]
        klass = "3" if kind[0] in ("21", "22") else shared.choice("123")
        # Numbers under 0812-00 keep away from those of real people as far as a number can.
        phone = f"081200{household % 1_000_000:06d}" if shared.random() < 0.85 else ""
        suspended = kind[0] == "13" and shared.random() < 0.06

        rng = self._rng("member", facility * self.members + number)
        if position == 0:
            sex, age, relation = head_sex, head_age, "Peserta"
        elif position == 1:
            sex = "P" if head_sex == "L" else "L"
            age, relation = max(19, head_age + rng.randint(-8, 3)), "Istri" if sex == "P" else "Suami"
        else:
            sex, relation = rng.choice("LP"), "Anak"
            age = max(0, min(head_age - 21 - 2 * (position - 2) - rng.randint(0, 4), 40))
        year = REFERENCE_YEAR - 1 - age
        month, day, serial = self._birthday(facility, number)
        nik = (
            f"{regency.code}{household % 4 + 1:02d}{day + (40 if sex == 'P' else 0):02d}{month:02d}"
            f"{year % 100:02d}{serial:04d}"
        )
        luck = rng.random()
        status = ACTIVE
        if suspended:
            status = INACTIVE[0]
        elif luck < 0.02:
            status = INACTIVE[1]
        elif luck < 0.025 and age > 50:
            status = INACTIVE[2]
        arrears = rng.randint(1, 24) if suspended or 0.1 < luck < 0.13 else 0
        prolanis = rng.choice(("DM", "HT")) if age >= 40 and rng.random() < 0.12 else ""
        return Member(
            facility=facility,
            number=number,
            card=f"000{(household * self._card_step + self._card_shift) % CARD_SPACE:09d}{position + 1}",
            nik=nik,
            name=names.full_name(culture, sex, year, max(0, position - 2), family, rng),
            sex=sex,
            birth_date=date(year, month, day),
            relation=relation,
            phone=phone,
            kind=(kind[0], kind[1]),
            klass=klass,
            blood=rng.choice(BLOOD),
            status_text=status,
            prolanis=prolanis,
            prb=prolanis if prolanis and rng.random() < 0.3 else "",
            arrears=arrears,
            card_known=rng.random() >= 0.005,
            screened=rng.random() >= 0.05,
        )

    def _birthday(self, facility: int, number: int) -> tuple[int, int, int]:
        turn, rest = divmod(facility // len(REGENCIES) * self.members + number, DAYS)
        month, day = _CALENDAR[(rest * _DAY_STEP + turn * 31 + self._day_shift) % DAYS]
        return month, day, turn + 1


_DAY_STEP = 173  # coprime with 365
_DAY_BACK = pow(_DAY_STEP, -1, DAYS)
_CALENDAR = [(month, day) for month in range(1, 13) for day in range(1, calendar.monthrange(2001, month)[1] + 1)]


def _day_of_year(day: int, month: int) -> int:
    return _CALENDAR.index((month, day)) if (month, day) in _CALENDAR else -1


def _street(turn: int) -> list[tuple[int, int]]:
    sizes = HOUSEHOLD_SIZES[turn:] + HOUSEHOLD_SIZES[:turn]
    return [(home, position) for home, size in enumerate(sizes) for position in range(size)]
