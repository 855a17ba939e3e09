"""The rules of the counter: measurements, NIK, what a visit must hold, queue numbers, what may follow what."""

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.codes import OutboxState, Sex, TicketState
from kiosk.domain.deadline import entry_deadline
from kiosk.domain.outbox import OPEN, TRANSITIONS
from kiosk.domain.participant import card_problem, masked, nik_mismatch, nik_problem
from kiosk.domain.people import PERMITTED, Action, Operator, Role
from kiosk.domain.queue import MOVES, WAY_BACK, label, poli_letter
from kiosk.domain.visit import Diagnosis, Referral, VisitForm, visit_problems
from kiosk.domain.vitals import RANGES, Vitals, implausible, impossible


def test_every_measurement_has_its_bounds_and_its_unit() -> None:
    assert set(RANGES) == {f.name for f in fields(Vitals)}
    for name, bounds in RANGES.items():
        assert bounds.unit, name
        assert bounds.possible[0] < bounds.plausible[0] < bounds.plausible[1] < bounds.possible[1], name


@pytest.mark.parametrize(
    ("name", "value", "asks", "refuses"),
    [
        ("height", 17, True, False),
        ("height", 170, False, False),
        ("height", 1.7, True, True),
        ("weight", 62.5, False, False),
        ("weight", 625, True, True),
        ("weight", 3.1, False, False),
        ("temperature", 36.4, False, False),
        ("temperature", 364, True, True),
        ("temperature", 43, True, False),
        ("systolic", 120, False, False),
        ("systolic", 0, True, True),
        ("heart_rate", 220, True, False),
        ("respiration", 20, False, False),
    ],
)
def test_slips_of_the_finger_are_asked_and_only_the_impossible_is_refused(
    name: str, value: float, asks: bool, refuses: bool
) -> None:
    question, refusal = implausible(name, value), impossible(name, value)
    assert (question is not None, refusal is not None) == (asks, refuses)
    for sentence in (question, refusal):
        if sentence:
            assert RANGES[name].label in sentence
            assert RANGES[name].unit in sentence


def test_nothing_measured_is_nothing() -> None:
    assert Vitals().is_empty
    assert not Vitals(weight=0.0).is_empty
    assert all(getattr(Vitals(), f.name) is None for f in fields(Vitals))


@pytest.mark.parametrize(
    ("nik", "birth", "sex", "warns"),
    [
        ("3171011503870001", date(1987, 3, 15), Sex.MALE, None),
        ("3171015503870001", date(1987, 3, 15), Sex.FEMALE, None),
        ("3171011503070001", date(2007, 3, 15), Sex.MALE, None),
        ("3171011503070001", date(1907, 3, 15), Sex.MALE, None),
        ("3171011503870001", date(1987, 3, 16), Sex.MALE, "Tanggal lahir"),
        ("3171011503870001", date(1987, 3, 15), Sex.FEMALE, "kelamin"),
        ("3171015503870001", date(1987, 3, 15), Sex.MALE, "kelamin"),
        ("3171011503870001", None, None, None),
        ("317101150387000", date(1987, 3, 16), Sex.MALE, None),
    ],
)
def test_a_nik_that_differs_warns_and_the_century_is_not_in_it(
    nik: str, birth: date | None, sex: Sex | None, warns: str | None
) -> None:
    said = nik_mismatch(nik, birth, sex)
    assert (said is None) if warns is None else (said is not None and warns.lower() in said.lower())


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(Sex))
def test_a_nik_made_from_birth_date_and_sex_never_warns(birth: date, sex: Sex) -> None:
    day = birth.day + (40 if sex == Sex.FEMALE else 0)
    assert nik_mismatch(f"317101{day:02d}{birth:%m%y}0001", birth, sex) is None


def test_card_and_nik_are_judged_by_digits_and_length_alone() -> None:
    assert card_problem("0001234567890") is None
    assert nik_problem("3171011503870001") is None
    assert "baru 12" in (card_problem("000123456789") or "")
    assert "angka" in (card_problem("000123456789A") or "")
    assert "16 angka, baru 17" in (nik_problem("3" * 17) or "")
    assert masked("0001234567890") == "•" * 9 + "7890"
    assert masked(None) == "–"


REGISTERED, TODAY = date(2026, 11, 20), date(2026, 11, 22)
GOOD = VisitForm(
    registration_id="r",
    complaint="batuk",
    consciousness_code="01",
    diagnoses=(Diagnosis("I10", "Hipertensi", False),),
    doctor_code="101",
    discharge_code="3",
    discharge_day=TODAY,
)
REFERRED = replace(
    GOOD, discharge_code="4", referral=Referral(TODAY, "0115R001", "RS Uji", subspecialty_code="26", sarana_code="1")
)
NON_SPECIALIST = (Diagnosis("J06.9", "ISPA", True),)


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        (GOOD, []),
        (replace(GOOD, complaint="  "), ["complaint"]),
        (replace(GOOD, consciousness_code=""), ["consciousness_code"]),
        (replace(GOOD, diagnoses=()), ["diagnosis1"]),
        (replace(GOOD, diagnoses=GOOD.diagnoses * 2), ["diagnosis2"]),
        (replace(GOOD, doctor_code="", discharge_code=""), ["doctor_code", "discharge_code"]),
        (replace(GOOD, discharge_day=None), ["discharge_day"]),
        (replace(GOOD, discharge_day=date(2026, 11, 19)), ["discharge_day"]),
        (replace(GOOD, discharge_day=REGISTERED), []),
        (replace(GOOD, discharge_day=date(2026, 11, 23)), ["discharge_day"]),
        (replace(GOOD, diagnoses=NON_SPECIALIST), []),
        (REFERRED, []),
        (replace(REFERRED, referral=None), ["referral"]),
        (replace(REFERRED, referral=replace(REFERRED.referral, subspecialty_code=None)), ["subspecialty"]),
        (replace(REFERRED, referral=replace(REFERRED.referral, special_code="HDL")), ["subspecialty"]),
        (replace(REFERRED, referral=replace(REFERRED.referral, subspecialty_code=None, special_code="HDL")), []),
        (replace(REFERRED, referral=replace(REFERRED.referral, special_code="THA")), []),
        (
            replace(REFERRED, referral=replace(REFERRED.referral, subspecialty_code=None, special_code="HEM")),
            ["subspecialty"],
        ),
        (replace(REFERRED, referral=replace(REFERRED.referral, day=date(2026, 11, 19))), ["referral_day"]),
        (replace(REFERRED, diagnoses=NON_SPECIALIST), ["tacc_code"]),
        (replace(REFERRED, diagnoses=NON_SPECIALIST, tacc_code=1), ["tacc_reason"]),
        (replace(REFERRED, diagnoses=NON_SPECIALIST, tacc_code=1, tacc_reason="< 3 Hari"), []),
    ],
)
def test_what_a_visit_must_hold(form: VisitForm, wrong: list[str]) -> None:
    found = visit_problems(form, REGISTERED, TODAY)
    assert [p.field for p in found] == wrong
    assert all(p.message[0].isupper() for p in found)


def test_everything_missing_is_told_at_once_in_the_order_of_the_form() -> None:
    found = [p.field for p in visit_problems(VisitForm("r"), REGISTERED, TODAY)]
    assert found == [
        "complaint",
        "consciousness_code",
        "diagnosis1",
        "doctor_code",
        "discharge_code",
        "discharge_day",
    ]


@pytest.mark.parametrize(
    ("place", "letter"),
    [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")],
)
def test_polis_have_letters_without_end(place: int, letter: str) -> None:
    assert poli_letter(place) == letter


def test_no_two_polis_share_a_letter_and_labels_are_read_easily() -> None:
    assert len({poli_letter(n) for n in range(1000)}) == 1000
    assert (label("A", 1), label("A", 12), label("AB", 1234)) == ("A-001", "A-012", "AB-1234")


def test_a_cancelled_number_stays_cancelled_and_a_finished_one_may_be_corrected() -> None:
    assert set(MOVES) == set(TicketState)
    assert MOVES[TicketState.CANCELLED] == frozenset()
    assert MOVES[TicketState.DONE] == {TicketState.SERVING}
    assert TicketState.CANCELLED not in MOVES[TicketState.SERVING]
    assert all(to in MOVES[state] for state, to in WAY_BACK.items()), "every way back is a move"
    assert {state for state, following in MOVES.items() if TicketState.WAITING in following} == {
        state for state, to in WAY_BACK.items() if to == TicketState.WAITING
    }


def test_what_may_follow_what_in_the_outbox() -> None:
    s = OutboxState
    assert set(TRANSITIONS) == set(s)
    expected = {
        s.PENDING: {s.SENDING, s.DROPPED, s.DONE, s.NEEDS_ACTION},
        s.SENDING: {s.DONE, s.UNKNOWN, s.PENDING, s.NEEDS_ACTION},
        s.UNKNOWN: {s.DONE, s.PENDING, s.NEEDS_ACTION},
        s.NEEDS_ACTION: {s.PENDING, s.DROPPED, s.DONE},
        s.DONE: set(),
        s.DROPPED: set(),
    }
    assert expected == TRANSITIONS


def test_what_is_on_its_way_is_never_dropped_and_unknown_is_never_sent_from() -> None:
    s = OutboxState
    assert s.DROPPED not in TRANSITIONS[s.SENDING] | TRANSITIONS[s.UNKNOWN]
    assert s.SENDING not in TRANSITIONS[s.UNKNOWN] | TRANSITIONS[s.NEEDS_ACTION]
    assert set(OPEN) == {state for state in s if TRANSITIONS[state]}


def test_from_every_open_state_an_end_can_be_reached() -> None:
    reached = {s for s in OutboxState if not TRANSITIONS[s]}
    for _ in OutboxState:
        reached |= {s for s in OutboxState if TRANSITIONS[s] & reached}
    assert reached == set(OutboxState)


def test_every_role_may_only_what_its_work_needs() -> None:
    assert set(PERMITTED) == set(Role)
    may = {role: Operator("1", "x", "X", role).may for role in Role}
    assert not may[Role.CLERK](Action.SERVE)
    assert not may[Role.DOCTOR](Action.REGISTER)
    assert [role for role in Role if may[role](Action.MANAGE_USERS)] == [Role.ADMIN]
    assert not any(may[Role.HEAD](a) for a in (Action.REGISTER, Action.CALL, Action.SERVE, Action.OUTBOX_DECIDE))
    assert not any(Operator("1", "x", "X", role, disabled=True).may(action) for role in Role for action in Action)


@pytest.mark.parametrize(
    ("today", "day", "month", "last", "left"),
    [
        (date(2026, 11, 22), 3, date(2026, 11, 1), date(2026, 12, 3), 11),
        (date(2026, 12, 1), 3, date(2026, 11, 1), date(2026, 12, 3), 2),
        (date(2026, 12, 3), 3, date(2026, 11, 1), date(2026, 12, 3), 0),
        (date(2026, 12, 4), 3, date(2026, 12, 1), date(2027, 1, 3), 30),
        (date(2026, 12, 4), 5, date(2026, 11, 1), date(2026, 12, 5), 1),
        (date(2027, 1, 31), 28, date(2027, 1, 1), date(2027, 2, 28), 28),
        (date(2027, 1, 5), 5, date(2026, 12, 1), date(2027, 1, 5), 0),
    ],
)
def test_a_month_is_entered_until_a_day_early_in_the_next(
    today: date, day: int, month: date, last: date, left: int
) -> None:
    found = entry_deadline(today, day)
    assert (found.month, found.last_day, found.days_left) == (month, last, left)
    assert found.next_month.day == 1 and 28 <= (found.next_month - found.month).days <= 31
