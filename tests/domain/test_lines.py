"""What may be entered as a drug, a procedure or results of a visit."""

from dataclasses import fields, replace
from datetime import date

import pytest

from kiosk.domain.labs import LAB_NUMBERS, LAB_TEXTS, LabResult
from kiosk.domain.lines import LineValue, Medication, Procedure, line_problems, line_warnings

DAY = date(2026, 11, 20)
DRUG = Medication("Parasetamol tab 500 mg", 3, 1, 10, code="130000101")
SUTURE = Procedure("01013", "Jahit luka", 40_000)
BLOOD = LabResult(haemoglobin=13.2)


def wrong(value: LineValue) -> list[str]:
    return [problem.field for problem in line_problems(value, DAY, DAY)]


@pytest.mark.parametrize(
    ("value", "fields_to_change"),
    [
        (DRUG, []),
        (replace(DRUG, code=None), []),
        (replace(DRUG, amount=7.5, requested=0, signa1=0), []),
        (replace(DRUG, compound="Puyer 1"), []),
        (replace(DRUG, name="  "), ["name"]),
        (replace(DRUG, amount=0), ["amount"]),
        (replace(DRUG, amount=float("nan")), ["amount"]),
        (replace(DRUG, amount=8_999_999_012_345), ["amount"]),
        (replace(DRUG, signa1=-1, signa2=100, requested=-1), ["signa1", "signa2", "requested"]),
        (replace(DRUG, compound=" "), ["compound"]),
        (replace(DRUG, compound="x" * 21), ["compound"]),
        (SUTURE, []),
        (replace(SUTURE, cost=0, result=110), []),
        (replace(SUTURE, code="", cost=-1, result=-1), ["code", "cost", "result"]),
        (BLOOD, []),
        (LabResult(note="menyusul"), []),
        (LabResult(), ["blood_pressure_systolic"]),
        (LabResult(day=DAY), ["blood_pressure_systolic"]),
        (replace(BLOOD, day=date(2026, 11, 19)), ["day"]),
        (replace(BLOOD, day=date(2026, 11, 21)), ["day"]),
        (LabResult(hdl=-1, abi=0), ["hdl", "abi"]),
    ],
)
def test_a_form_is_refused_only_for_what_cannot_be(value: LineValue, fields_to_change: list[str]) -> None:
    assert wrong(value) == fields_to_change


def test_a_typed_zero_is_refused_because_pcare_would_read_it_as_not_done() -> None:
    for name, measured in LAB_NUMBERS.items():
        (problem,) = line_problems(LabResult(**{name: 0}, note="x"), DAY, DAY)
        assert (problem.field, problem.message) == (name, f"{measured.label}: kosongkan kalau tidak diperiksa")


def test_every_result_has_a_name_for_people() -> None:
    assert {f.name for f in fields(LabResult)} == {"day", *LAB_NUMBERS, *LAB_TEXTS}
    assert (len(LAB_NUMBERS), len(LAB_TEXTS)) == (25, 6)


def test_what_is_unlikely_is_asked_again_and_not_refused() -> None:
    high = LabResult(blood_pressure_systolic=1180, blood_pressure_diastolic=80, leucocytes=350_000)
    assert wrong(high) == []
    assert line_warnings(high) == ("Sistole 1180 mmHg, benar?",)
    assert line_warnings(SUTURE, highest_cost=50_000) == ()
    assert line_warnings(replace(SUTURE, cost=400_000), highest_cost=50_000) == (
        "Biaya Rp400.000 melebihi tarif tertinggi P-Care Rp50.000",
    )
    assert line_warnings(DRUG) == ()
