"""Allergies belong to the patient: they are collected over visits, never guessed, and warned of by name."""

from datetime import date

import pytest

from kiosk.counter.desk import Desk
from kiosk.counter.register import register
from kiosk.counter.serve import open_service, save_visit
from kiosk.domain.allergies import Allergies, CodedAllergy, names_in, resembling
from kiosk.domain.codes import ReferenceList
from kiosk.domain.lines import Medication, line_warnings
from tests.counter.test_day_at_the_counter import form_for, visit_form
from tests.engines import both_engines


@both_engines
async def test_what_was_said_at_earlier_visits_is_there_at_the_next(admin: Desk) -> None:
    first = (await register(admin, await form_for(admin, "sutrisno"))).registration
    sheet = await open_service(admin, label="A-001")
    assert sheet.allergies == Allergies(), "nobody asked: that is not none"
    form = visit_form(first.id, admin, allergy_food="00", allergy_drug="01")
    await save_visit(admin, form, allergies=((), ("amoksisilin", "udang")))
    await register(admin, await form_for(admin, "sutrisno", poli_code="002"))
    known = (await open_service(admin, label="B-001")).allergies
    assert known.names == ("amoksisilin", "udang")
    assert [(one.kind, one.name) for one in known.coded] == [(ReferenceList.ALLERGY_DRUG, "Antibiotik")]
    assert [(one.kind, one.day) for one in known.denied] == [(ReferenceList.ALLERGY_FOOD, admin.today())]
    assert known.drugs == ("amoksisilin", "udang", "Antibiotik")
    other = await register(admin, await form_for(admin, "aminah"))
    assert (await open_service(admin, ticket_id=other.ticket.id)).allergies == Allergies()


@both_engines
async def test_none_said_later_does_not_wipe_out_what_was_said_before(admin: Desk) -> None:
    first = (await register(admin, await form_for(admin, "sutrisno"))).registration
    await save_visit(admin, visit_form(first.id, admin, allergy_drug="01"), allergies=((), ("Sulfa",)))
    second = (await register(admin, await form_for(admin, "sutrisno", poli_code="002"))).registration
    before = (await open_service(admin, label="B-001")).allergies.names
    # Meanwhile somebody adds one, and then this form is saved, in which one was taken out and one added.
    await save_visit(admin, visit_form(first.id, admin, allergy_drug="01"), allergies=(("Sulfa",), ("Sulfa", "udang")))
    await save_visit(admin, visit_form(second.id, admin, allergy_drug="00"), allergies=(before, ("Aspirin",)))
    known = (await open_service(admin, label="A-001")).allergies
    assert [one.name for one in known.coded] == ["Antibiotik"]
    assert known.denied == ()
    assert sorted(known.names) == ["Aspirin", "udang"]
    await save_visit(admin, visit_form(second.id, admin, allergy_drug="00"))
    assert len((await open_service(admin, label="A-001")).allergies.names) == 2, "not told is not changed"


@pytest.mark.parametrize(
    ("drug", "allergens", "found"),
    [
        ("Amoxicillin tab 500 mg", ("amoksisilin",), "amoksisilin"),
        ("amoxilin", ("udang", "Amoksisilin"), "Amoksisilin"),
        ("Sulfametoksazol 400 mg", ("sulfa",), "sulfa"),
        ("Fenoksimetil Penisilin", ("Penicillin",), "Penicillin"),
        ("Ceftriaxone inj", ("seftriakson",), "seftriakson"),
        ("Paracetamol", ("parasetamol",), "parasetamol"),
        ("parasetamol 3x1, CTM 3x1", ("ctm",), "ctm"),
        ("Ciprofloxacin", ("siproheptadin",), None),
        ("Metronidazol", ("metformin",), None),
        ("Chloramphenicol", ("klorfeniramin",), None),
        ("Amlodipin 5 mg", ("amoksisilin", "Antibiotik"), None),
        ("", ("amoksisilin",), None),
        ("Asam mefenamat", ("as", ""), None),
    ],
)
def test_a_drug_is_compared_by_the_letters_of_its_name(drug: str, allergens: tuple[str, ...], found: str) -> None:
    assert resembling(drug, allergens) == found


def test_a_drug_of_a_line_warns() -> None:
    drug = Medication("Amoksisilin 500 mg", 3, 1, 10)
    assert line_warnings(drug) == ()
    assert line_warnings(drug, allergens=("amoxicillin",)) == ("Pasien alergi amoxicillin!",)


def test_names_are_told_apart_by_commas_and_each_stands_once() -> None:
    assert names_in(" udang,  Amoksisilin; UDANG,, debu  rumah ") == ("udang", "Amoksisilin", "debu rumah")
    assert names_in("") == ()


def test_what_is_being_said_now_is_known_before_it_is_saved() -> None:
    day = date(2026, 11, 23)
    before = Allergies(("udang",), denied=(CodedAllergy(ReferenceList.ALLERGY_DRUG, "00", "Tidak Ada", day),))
    antibiotic = CodedAllergy(ReferenceList.ALLERGY_DRUG, "01", "Antibiotik", day)
    no_food = CodedAllergy(ReferenceList.ALLERGY_FOOD, "00", "Tidak Ada", day)
    now = before.told(("amoksisilin",), [antibiotic, no_food])
    assert now == Allergies(("amoksisilin",), (antibiotic,), (no_food,)), "an allergy that is said ends its denial"
    assert now.told(now.names, [antibiotic]).coded == (antibiotic,), "said again, it stands there once"
    assert now.told((), [CodedAllergy(ReferenceList.ALLERGY_DRUG, "00", "Tidak Ada", day)]).denied == (no_food,)
