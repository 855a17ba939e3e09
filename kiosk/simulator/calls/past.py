"""Visits of before the simulator began: invented from the seed, so that a member's history is not empty."""

import random
from datetime import date, timedelta
from typing import Any

from kiosk.simulator import diagnoses, hospitals
from kiosk.simulator.calls.fields import wire_day
from kiosk.simulator.people import REFERENCE_YEAR, Member
from kiosk.simulator.reference import CARE, CONSCIOUSNESS, LEAVING, POLI, PROGRAMS, one
from kiosk.simulator.world import World

VITALS = ("sistole", "diastole", "beratBadan", "tinggiBadan", "respRate", "heartRate")
# Sequences from here up are kept for the past, so that no new visit can take one.
PAST_SEQUENCE = 900_000
COMPLAINTS = (
    ("J00", "pilek dan bersin"),
    ("J06.9", "batuk pilek tiga hari"),
    ("K30", "nyeri ulu hati"),
    ("R51", "nyeri kepala"),
    ("M79.1", "pegal linu"),
    ("L30.9", "gatal di lengan"),
    ("A09.9", "mencret"),
    ("R50.9", "demam"),
    ("K02.1", "sakit gigi"),
)
LONG_TERM = {"DM": ("E11.9", "kontrol gula darah"), "HT": ("I10", "kontrol tekanan darah")}


def visits(world: World, member: Member) -> list[dict[str, Any]]:
    """Return up to four past visits with the history's fields, newest first."""
    rng = random.Random(f"{world.seed}/past/{member.card}")  # noqa: S311 - invented
    count = rng.choice((0, 0, 1, 1, 2, 3, 4)) if not member.prolanis else rng.choice((2, 3, 4))
    day = date(REFERENCE_YEAR - 1, 12, 20)
    rows = []
    for at in range(count):
        day -= timedelta(days=rng.randint(6, 120))
        if day <= member.birth_date:
            break
        elsewhere = rng.random() < 0.15
        facility = world.facility(rng.randrange(world.facilities)) if elsewhere else world.home(member)
        code, complaint = LONG_TERM.get(member.prolanis) or rng.choice(COMPLAINTS)
        doctor = facility.doctors[0]
        sequence = PAST_SEQUENCE + (member.number + at * 7_919) % 100_000
        rows.append(
            {
                "noKunjungan": f"{facility.code}{day:%m%y}P{sequence:06d}",
                "tglKunjungan": wire_day(day),
                "providerPelayanan": {"kdProvider": facility.code, "nmProvider": facility.name},
                "peserta": patient(member.card),
                "poli": POLI["001"],
                "progProlanis": one(PROGRAMS, {"DM": "01", "HT": "02"}.get(member.prolanis), "kdProgram", "nmProgram"),
                "keluhan": complaint,
                "diagnosa1": diagnoses.row_of(code),
                "diagnosa2": diagnoses.row_of(None),
                "diagnosa3": diagnoses.row_of(None),
                "kesadaran": one(CONSCIOUSNESS, "01", "kdSadar", "nmSadar"),
                **_vitals(member, rng),
                "catatan": None,
                "rujukBalik": 0,
                "providerAsalRujuk": {"kdProvider": None, "nmProvider": None},
                "providerRujukLanjut": {"kdProvider": None, "nmProvider": None},
                "pemFisikLain": None,
                "dokter": {"kdDokter": doctor.code, "nmDokter": doctor.name},
                "statusPulang": one(LEAVING, "3", "kdStatusPulang", "nmStatusPulang"),
                "tkp": {"kdTkp": "10", "nmTkp": CARE["10"]},
                "poliRujukInternal": {"kdPoli": None, "nmPoli": None},
                "poliRujukLanjut": {"kdPoli": None, "nmPoli": None},
                "tglPulang": wire_day(day),
            }
        )
    return rows


def patient(card: str) -> dict[str, Any]:
    """Return the participant inside a history row: mostly nulls."""
    names = ("nama", "hubunganKeluarga", "sex", "tglLahir", "kdProviderPst", "kdProviderGigi", "noHP", "noKTP")
    return {"noKartu": card, **dict.fromkeys(names), "aktif": False}


def hospital_name(world: World, onward: dict[str, Any]) -> str | None:
    """Return the name of the hospital of a referral, None without one."""
    found = hospitals.find(onward["kdppk"], world.seed) if onward.get("kdppk") else None
    return found.name if found else None


def _vitals(member: Member, rng: random.Random) -> dict[str, int]:
    grown = REFERENCE_YEAR - member.birth_date.year >= 15
    raised = 20 if member.prolanis == "HT" else 0
    values = (
        rng.randint(104, 132) + raised if grown else rng.randint(88, 108),
        rng.randint(66, 86) + raised // 2 if grown else rng.randint(54, 70),
        rng.randint(44, 82) if grown else rng.randint(9, 44),
        rng.randint(148, 174) if grown else rng.randint(72, 150),
        rng.randint(16, 22),
        rng.randint(66, 96),
    )
    return dict(zip(VITALS, values, strict=True))
