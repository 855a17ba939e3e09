"""The referral side of the simulated world: specialties, facilities and the hospitals of each town."""

import random
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from kiosk.simulator.areas import REGENCIES

# kdSpesialis, nmSpesialis, then subspecialties (kdSubSpesialis, nmSubSpesialis, kdPoliRujuk).  "26 ANA" is
# published; the other numbers are made up.
SPECIALTIES: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = (
    ("ANA", "ANAK", (("26", "ANAK", "ANA"), ("27", "ANAK ALERGI IMUNOLOGI", "ANA"), ("28", "ANAK HEMATOLOGI", "ANA"))),
    ("BED", "BEDAH", (("30", "BEDAH", "BED"), ("31", "BEDAH ONKOLOGI", "BED"))),
    ("GIG", "GIGI", (("40", "GIGI BEDAH MULUT", "GND"), ("41", "GIGI ENDODONSI", "GND"))),
    ("INT", "PENYAKIT DALAM", (
        ("3", "PENYAKIT DALAM", "INT"), ("4", "GINJAL-HIPERTENSI", "INT"), ("5", "ENDOKRIN-METABOLIK-DIABETES", "INT"),
        ("6", "HEMATOLOGI", "INT"),
    )),
    ("JAN", "JANTUNG DAN PEMBULUH DARAH", (("50", "JANTUNG DAN PEMBULUH DARAH", "JAN"),)),
    ("KLT", "KULIT KELAMIN", (("55", "KULIT KELAMIN", "KLT"),)),
    ("MAT", "MATA", (("60", "MATA", "MAT"), ("61", "KATARAK", "MAT"))),
    ("OBG", "OBSTETRI DAN GINEKOLOGI", (("65", "OBSTETRI DAN GINEKOLOGI", "OBG"),)),
    ("ORT", "ORTHOPEDI", (("70", "ORTHOPEDI", "ORT"),)),
    ("PAR", "PARU", (("75", "PARU", "PAR"),)),
    ("SAR", "SARAF", (("80", "SARAF", "SAR"),)),
    ("THT", "THT-KL", (("85", "THT-KL", "THT"),)),
)  # fmt: skip
SUBSPECIALTIES = {sub[0]: sub for *_, subs in SPECIALTIES for sub in subs}
SARANA = (("1", "REKAM MEDIK"), ("2", "LABORATORIUM"), ("3", "RADIOLOGI"), ("4", "RAWAT INAP"), ("5", "ICU"))
KHUSUS = (
    ("HDL", "HEMODIALISA"), ("THA", "THALASEMIA"), ("HEM", "HEMOFILI"), ("IGD", "ALIH RAWAT"), ("JIW", "JIWA"),
    ("KLT", "KUSTA"), ("PAR", "TB-MDR"), ("KEM", "SARANA KEMOTERAPI"), ("RAT", "SARANA RADIOTERAPI"),
    ("HIV", "HIV-ODHA"),
)  # fmt: skip
WITH_SUBSPECIALTY = ("THA", "HEM")
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")

_NAMES = ("RSUD {town}", "RS {word}", "RSIA {word}", "RSU {word}", "RSUP DR. {word}", "RS ISLAM {word}", "RS {word} II")
_WORDS = ("HUSADA UTAMA", "KASIH BUNDA", "MITRA MEDIKA", "BHAKTI WARGA", "SENTOSA", "HARAPAN MULIA", "SEHAT SEJAHTERA")
_STREETS = ("JL. MERDEKA", "JL. PAHLAWAN", "JL. VETERAN", "JL. DIPONEGORO", "JL. AHMAD YANI", "JL. GATOT SUBROTO")
_CLASSES = ("B", "C", "C", "D", "A", "B", "C")


@dataclass(frozen=True, slots=True)
class Hospital:
    """A hospital; `distance` is metres from the middle of its town, `days` its working weekdays (Monday is 0)."""

    code: str
    name: str
    address: str
    phone: str
    klass: str
    distance: float
    capacity: int
    days: tuple[int, ...]
    office: str
    offers: frozenset[str]

    @property
    def schedule(self) -> str:
        """The schedule as the service words it."""
        return ";".join(f"{WEEKDAYS[day]} : 07:30 - 14:00, 15:00 - 18:00" for day in self.days)

    def load(self, what: str, day: date) -> int:
        """Return how many others were already referred there for that day: made up, the same at each question."""
        rng = random.Random(f"{self.code}/{what}/{day.isoformat()}")  # noqa: S311 - invented
        return rng.randint(0, self.capacity)


@lru_cache(maxsize=len(REGENCIES))
def of_town(town: int, seed: int) -> tuple[Hospital, ...]:
    """Return the hospitals of a town (its place in REGENCIES), nearest first."""
    regency = REGENCIES[town]
    rng = random.Random(f"{seed}/hospitals/{town}")  # noqa: S311 - invented
    words = rng.sample(_WORDS, len(_WORDS))
    services = [*SUBSPECIALTIES, *(code for code, _ in KHUSUS)]
    rows = []
    for at, pattern in enumerate(_NAMES):
        # The first hospital has everything, every day, so that no question stays without an answer.
        offers = services if at == 0 else rng.sample(services, len(services) * 3 // 5)
        rows.append(
            Hospital(
                code=f"{regency.office}R{at + 1:03d}",
                name=pattern.format(town=regency.office_name, word=words[at]),
                address=f"{rng.choice(_STREETS)} NO. {rng.randint(1, 200)}",
                phone=f"0{rng.randint(21, 29)}-000{rng.randint(100, 999)}",
                klass=_CLASSES[at],
                distance=round(rng.uniform(600, 18_000), 2),
                capacity=rng.choice((10, 20, 30, 50)),
                days=tuple(range(7 if at == 0 else 6 if at == 1 else 5)),
                office=regency.office,
                offers=frozenset(offers),
            )
        )
    return tuple(sorted(rows, key=lambda row: row.distance))


def find(code: str, seed: int) -> Hospital | None:
    """Return the hospital with this 8-character code."""
    for town, regency in enumerate(REGENCIES):
        if code.startswith(regency.office):
            return next((each for each in of_town(town, seed) if each.code == code), None)
    return None
