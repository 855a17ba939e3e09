"""What a NIK tells, what is due, and when two rows may be one person."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.codes import Sex
from kiosk.domain.merging import CONFIRMED, merged, parted
from kiosk.domain.nik import read_nik
from kiosk.domain.participant import Participant, birth_alike, corrections, nik_mismatch
from kiosk.domain.reminders import due
from tests.people import invented

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("nik", "sex", "births"),
    [
        ("3271051503870001", Sex.MALE, [date(1987, 3, 15)]),
        ("3271055503870001", Sex.FEMALE, [date(1987, 3, 15)]),
        ("3271050101050001", Sex.MALE, [date(2005, 1, 1)]),
        ("3271052211260001", Sex.MALE, [date(2026, 11, 22), date(1926, 11, 22)]),
        ("3271052311260001", Sex.MALE, [date(1926, 11, 23)]),
        ("3271056902040001", Sex.FEMALE, [date(2004, 2, 29)]),
        ("3271053102990001", Sex.MALE, []),
        ("3271050013990001", Sex.MALE, []),
    ],
)
def test_a_nik_is_read(nik: str, sex: Sex, births: list[date]) -> None:
    found = read_nik(nik, TODAY)
    assert found is not None
    assert (found.area_code, found.sex, list(found.birth_dates)) == ("327105", sex, births)


@pytest.mark.parametrize("nik", ["", "12345", "327105150387000x", "32710515038700012"])
def test_what_is_no_nik_is_not_read(nik: str) -> None:
    assert read_nik(nik, TODAY) is None


@given(st.dates(date(1917, 1, 1), TODAY), st.sampled_from(Sex))
@settings(max_examples=60, deadline=None)
def test_every_birth_date_written_into_a_nik_is_read_back_and_is_no_mismatch(birth: date, sex: Sex) -> None:
    nik = f"327105{birth.day + (40 if sex is Sex.FEMALE else 0):02d}{birth:%m%y}0001"
    found = read_nik(nik, TODAY)
    assert found is not None
    assert birth in found.birth_dates and found.sex is sex
    assert nik_mismatch(nik, birth, sex) is None


def test_what_is_due_is_said_only_to_those_whom_pcare_names() -> None:
    plain, dm = invented(1, "A"), invented(2, "B", prolanis="DM")
    assert due(plain, [], TODAY) == ()
    assert due(dm, [date(2026, 11, 2)], TODAY) == ()
    assert due(dm, [], TODAY) == ("Prolanis DM: belum berkunjung bulan ini",)
    assert due(dm, [date(2026, 10, 31)], TODAY) == ("Prolanis DM: belum berkunjung bulan ini; terakhir 31-10-2026",)
    assert due(replace(plain, prb="HT"), [date(2025, 11, 22)], TODAY) == (
        "PRB HT: belum berkunjung bulan ini; terakhir 22-11-2025",
    )


@pytest.mark.parametrize(
    ("other", "alike"),
    [((1987, 3, 5), True), ((1987, 5, 3), True), ((1978, 3, 5), True), ((1987, 5, 4), False), ((1988, 4, 5), False)],
)
def test_a_mistyped_birth_date_is_near(other: tuple[int, int, int], alike: bool) -> None:
    assert birth_alike(date(1987, 3, 5), date(*other)) is alike


def test_another_spelling_is_no_correction_and_another_day_is() -> None:
    typed = invented(1, "Soetrisno Wibowo", birth_date=date(1987, 3, 5), nik=None)
    said = invented(1, "WIBOWO SUTRISNO", birth_date=date(1987, 5, 3))
    assert corrections(typed, said) == (("birth_date", "1987-03-05"),)
    assert corrections(replace(typed, birth_date=None), said) == ()
    assert corrections(invented(1, "Budi", sex=Sex.FEMALE), invented(1, "Sutrisno")) == (
        ("name", "Budi"),
        ("nik", "3171015503870001"),
        ("sex", "P"),
    )


texts = st.none() | st.sampled_from(["a", "b"])
rows = st.builds(
    Participant,
    id=st.just("x"),
    name=st.sampled_from(["Budi", "Budi Uji"]),
    card_number=st.none() | st.sampled_from(["0000000000001", "0000000000002"]),
    nik=texts,
    rm_number=texts,
    sex=st.none() | st.sampled_from(Sex),
    birth_date=st.none() | st.sampled_from([date(1987, 3, 5)]),
    phone=texts,
    facility_code=texts,
    prolanis=texts,
    mother_id=texts,
)


@given(rows, rows)
@settings(max_examples=150, deadline=None)
def test_parted_at_once_both_rows_are_what_they_were(kept: Participant, gone: Participant) -> None:
    now_kept, now_gone = merged(kept, gone)
    assert parted((kept, gone), (now_kept, now_gone)) == (kept, gone)
    for name in ("card_number", "rm_number"):
        held = [getattr(row, name) for row in (now_kept, now_gone) if getattr(row, name) is not None]
        before = {getattr(row, name) for row in (kept, gone)} - {None}
        assert set(held) == before
        if getattr(kept, name) != getattr(gone, name):
            assert len(held) == len(before)


@given(rows, rows)
@settings(max_examples=60, deadline=None)
def test_what_pcare_says_in_between_belongs_to_the_card(kept: Participant, gone: Participant) -> None:
    kept, gone = replace(kept, card_number=None), replace(gone, card_number="0000000000001")
    now_kept, now_gone = merged(kept, gone)
    news = {name: getattr(invented(7, "Kata P-Care"), name) for name in CONFIRMED}
    parted_kept, parted_gone = parted((kept, gone), (replace(now_kept, **news), now_gone))
    assert parted_kept == kept
    assert {name: getattr(parted_gone, name) for name in CONFIRMED} == news
