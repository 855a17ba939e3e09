"""The simulated world: facilities with their credentials and doctors, and the members, all made from one seed."""

import hashlib
import random
from dataclasses import dataclass
from functools import lru_cache

from kiosk.pcare.signing import authorization
from kiosk.simulator import names
from kiosk.simulator.areas import REGENCIES, Regency
from kiosk.simulator.people import Member, Population

APP_CODE = "095"
CONS_SPACE = 90_000
CONS_STEP = 7_919  # prime, so coprime with CONS_SPACE
CLINIC_WORDS = ("SEHAT", "HUSADA", "MEDIKA", "BHAKTI", "KASIH", "MITRA", "WARGA", "SENTOSA", "MULIA", "HARAPAN")
SCHEDULES = ("07:00-14:00", "07:00-21:00", "13:00-20:00", "08:00-15:00")

KINDS_OF_MEMBER = (
    "ordinary", "inactive", "arrears", "other_facility", "prolanis", "prb", "card_unknown", "unscreened", "no_phone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doctor:
    """A doctor of a facility: P-Care's own code, the code of the schedule service (HFIS), and the hours."""

    code: str
    name: str
    hfis_code: int
    poli: str
    hours: str
    capacity: int
    off_on_sunday: bool


@dataclass(frozen=True)
class Facility:
    """A first-level facility; the secrets are invented ones, and still kept out of its repr."""

    number: int
    code: str
    name: str
    regency: Regency
    cons_id: str
    username: str
    doctors: tuple[Doctor, ...]
    seal: "Seal"


class Seal:
    """The secrets of a facility, with one `user_key` a service; its repr shows none of them."""

    __slots__ = ("antrean_user_key", "authorization", "password", "secret_key", "user_key")

    def __init__(self, secret_key: str, user_key: str, antrean_user_key: str, username: str, password: str) -> None:
        self.secret_key, self.password = secret_key, password
        self.user_key, self.antrean_user_key = user_key, antrean_user_key
        self.authorization = authorization(username, password, APP_CODE)

    def __repr__(self) -> str:
        return "Seal(***)"


class World:
    """Facilities 0 … `facilities` - 1 with `members` registered members each; facility 0 is the clinic.

    Raises ValueError when the codes cannot hold that many.
    """

    def __init__(self, seed: int = 1, facilities: int = 12, members: int = 25_000) -> None:
        if facilities > CONS_SPACE or facilities > len(REGENCIES) * 1_998:
            raise ValueError("too many facilities for their codes")
        self.seed = seed
        self.facilities = facilities
        self.people = Population(seed, facilities, members)
        self._cons_shift = self._number("cons", 0, CONS_SPACE)
        self.facility = lru_cache(maxsize=4_096)(self._make)

    @property
    def clinic(self) -> Facility:
        """The facility whose credentials the simulator prints."""
        return self.facility(0)

    def by_cons_id(self, cons_id: str) -> Facility | None:
        """Return the facility with this consumer id."""
        if len(cons_id) != 5 or not cons_id.isascii() or not cons_id.isdigit():
            return None
        number = (int(cons_id) - 10_000 - self._cons_shift) * pow(CONS_STEP, -1, CONS_SPACE) % CONS_SPACE
        facility = self.facility(number) if number < self.facilities else None
        return facility if facility and facility.cons_id == cons_id else None

    def by_code(self, code: str) -> Facility | None:
        """Return the facility with this 8-character code."""
        regency = next((at for at, each in enumerate(REGENCIES) if each.office == code[:4]), -1)
        rest = code[4:]
        if regency < 0 or len(code) != 8:
            return None
        if rest[0] == "U" and rest[1:].isascii() and rest[1:].isdigit():
            row = (int(rest[1:]) - 1) * 2
        elif rest.isascii() and rest.isdigit():
            row = (int(rest) - 1) * 2 + 1
        else:
            return None
        number = row * len(REGENCIES) + regency
        return self.facility(number) if row >= 0 and number < self.facilities else None

    def home(self, member: Member) -> Facility:
        """Return the facility that a member is registered at."""
        return self.facility(member.facility)

    def neighbours(self, facility: Facility, most: int = 50) -> list[Facility]:
        """Return the facilities of the same town, the facility itself among them."""
        own = facility.number % len(REGENCIES)
        return [self.facility(at) for at in range(own, self.facilities, len(REGENCIES))[:most]]

    def members(self, count: int, kind: str = "ordinary", facility: int = 0, skip: int = 0) -> list[Member]:
        """Return up to `count` members of a kind, spread over the facility, for tests and training.

        `kind` is one of KINDS_OF_MEMBER; `other_facility` takes them from the other facilities.  The same
        arguments give the same people.  Raises ValueError for an unknown kind.
        """
        if kind not in KINDS_OF_MEMBER:
            raise ValueError(f"unknown kind of member: {kind}")
        found: list[Member] = []
        total = self.people.members
        step = max(1, total // 1_237)
        for at in range(total):
            number = (at * step + at * step // total) % total
            where = facility
            if kind == "other_facility":
                if self.facilities == 1:
                    break
                where = (facility + 1 + at % (self.facilities - 1)) % self.facilities
            member = self.people.member(where, number)
            if _is(member, kind):
                if skip:
                    skip -= 1
                    continue
                found.append(member)
                if len(found) >= count:
                    break
        return found

    def _make(self, number: int) -> Facility:
        if not 0 <= number < self.facilities:
            raise IndexError(number)
        row, town = divmod(number, len(REGENCIES))
        regency = REGENCIES[town]
        rng = random.Random(f"{self.seed}/facility/{number}")  # noqa: S311 - invented, not secret
        if row % 2 == 0:
            code = f"{regency.office}U{row // 2 + 1:03d}"
            name = f"KLINIK PRATAMA {rng.choice(CLINIC_WORDS)} {rng.choice(CLINIC_WORDS)}"
        else:
            code = f"{regency.office}{row // 2 + 1:04d}"
            name = f"PUSKESMAS {regency.districts[row // 2 % 4]}" + (f" {row // 8 + 1}" if row >= 8 else "")
        username = f"loket-{code.lower()}"
        return Facility(
            number=number,
            code=code,
            name=name,
            regency=regency,
            cons_id=str(10_000 + (number * CONS_STEP + self._cons_shift) % CONS_SPACE),
            username=username,
            doctors=_doctors(regency, number, rng),
            # A password with the signs that real ones have; nothing is escaped on the wire.
            seal=Seal(
                secret_key=self._digest("secret", number)[:20],
                user_key=self._digest("user_key", number)[:32],
                antrean_user_key=self._digest("antrean_user_key", number)[:32],
                username=username,
                password=f"Latihan#{self._number('password', number, 9000) + 1000}*",
            ),
        )

    def _digest(self, what: str, number: int) -> str:
        return hashlib.sha256(f"{self.seed}/{what}/{number}".encode()).hexdigest()

    def _number(self, what: str, number: int, below: int) -> int:
        return int(self._digest(what, number)[:12], 16) % below


def _doctors(regency: Regency, number: int, rng: random.Random) -> tuple[Doctor, ...]:
    rows = []
    for at, poli in enumerate(("001", "001", "002", "003", "021")):
        sex = rng.choice("LP")
        culture = names.culture_of(regency.culture, rng)
        bare = names.full_name(culture, sex, 1985, 0, names.family_name(culture, rng), rng)
        title = "drg." if poli == "002" else "dr."
        rows.append(
            Doctor(
                code=str(rng.randrange(10_000, 80_000)) if at else f"{number % 900 + 1:03d}",
                name=f"{title} {bare.split(',')[0].title()}",
                hfis_code=rng.randrange(100_000, 500_000),
                poli=poli,
                hours=SCHEDULES[at % len(SCHEDULES)] if at else "07:00-21:00",
                capacity=rng.choice((20, 30, 40, 60)),
                off_on_sunday=at > 0,
            )
        )
    return tuple(rows)


def _is(member: Member, kind: str) -> bool:
    if kind in ("ordinary", "other_facility"):
        return member.ordinary
    tests = {
        "inactive": not member.active,
        "arrears": member.arrears > 0,
        "prolanis": bool(member.prolanis) and member.active,
        "prb": bool(member.prb) and member.active,
        "card_unknown": not member.card_known and member.active,
        "unscreened": not member.screened and member.active,
        "no_phone": not member.phone and member.active,
    }
    return tests[kind]
