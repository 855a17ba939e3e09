"""The sentences above and inside the service, from what is known of the patient."""

from datetime import date

import pytest

from kiosk.domain.allergies import Allergies, CodedAllergy
from kiosk.domain.codes import ReferenceList
from kiosk.screens.service_head import allergy_line
from kiosk.screens.service_sources import schedule_of

DAY = date(2026, 11, 23)
"""A Monday."""
WEEK = "Senin : 07:30 - 14:00, 15:00 - 18:00;Selasa : 07:30 - 14:00"
DRUG = CodedAllergy(ReferenceList.ALLERGY_DRUG, "01", "Antibiotik", DAY)
NO_FOOD = CodedAllergy(ReferenceList.ALLERGY_FOOD, "00", "Tidak Ada", DAY)


@pytest.mark.parametrize(
    ("known", "said", "role"),
    [
        (Allergies(), "Alergi belum pernah ditanyakan di sini", "muted"),
        (Allergies(denied=(NO_FOOD,)), "Alergi makanan: dikatakan tidak ada (23-11-2026)", "muted"),
        (Allergies(("udang",), (DRUG,), (NO_FOOD,)), "! ALERGI  udang, obat Antibiotik (23-11-2026)", "warn"),
    ],
)
def test_not_asked_is_not_none(known: Allergies, said: str, role: str) -> None:
    shown = allergy_line(known)
    assert "".join(span.text for span in shown) == said
    assert {span.role for span in shown} == {role}


@pytest.mark.parametrize(
    ("schedule", "day", "said"),
    [
        (WEEK, DAY, "Senin : 07:30 - 14:00, 15:00 - 18:00"),
        (WEEK, date(2026, 11, 24), "Selasa : 07:30 - 14:00"),
        (WEEK, date(2026, 11, 29), WEEK),
        (WEEK, None, WEEK),
        ("24 jam", DAY, "24 jam"),
    ],
)
def test_of_a_schedule_the_day_of_the_referral_is_told(schedule: str, day: date | None, said: str) -> None:
    assert schedule_of(schedule, day) == said
