"""The invented people: found by card and by NIK without a table, believable, the same at every start."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.simulator.areas import REGENCIES
from kiosk.simulator.people import BLOCK, REFERENCE_YEAR, Population
from kiosk.simulator.world import KINDS_OF_MEMBER, World

BIG = Population(seed=3, facilities=2_000, members=500)
TOWN = Population(seed=1, facilities=12, members=25_000)


@given(st.integers(0, 1_999), st.integers(0, 499))
def test_a_card_and_a_nik_lead_back_to_their_member_among_a_million(facility: int, number: int) -> None:
    member = BIG.member(facility, number)
    assert (member.facility, member.number) == (facility, number)
    assert BIG.by_card(member.card) is member
    assert BIG.by_nik(member.nik) is member


@given(st.text(alphabet="0123456789", min_size=13, max_size=13))
def test_a_card_that_was_not_given_out_belongs_to_nobody(card: str) -> None:
    member = TOWN.by_card(card)
    assert member is None or member.card == card


@given(st.text(max_size=20))
def test_any_text_may_be_asked_for(text: str) -> None:
    assert TOWN.by_card(text) is None or len(text) == 13
    assert TOWN.by_nik(text) is None or len(text) == 16


def test_no_two_members_share_a_card_or_a_nik() -> None:
    people = [TOWN.member(0, number) for number in range(3_000)] + [TOWN.member(12 - 1, n) for n in range(3_000)]
    assert len({each.card for each in people}) == len({each.nik for each in people}) == 6_000


@pytest.mark.parametrize("members", [1, BLOCK - 1, BLOCK, BLOCK + 1, 366])
def test_a_small_facility_has_exactly_its_members(members: int) -> None:
    people = Population(seed=5, facilities=2, members=members)
    for facility in range(2):
        for number in range(members):
            member = people.member(facility, number)
            assert people.by_card(member.card) is member
            assert people.by_nik(member.nik) is member


@given(st.integers(0, 11), st.integers(0, 24_999))
def test_the_nik_says_area_birthday_and_sex(facility: int, number: int) -> None:
    member = TOWN.member(facility, number)
    born = member.birth_date
    day = born.day + (40 if member.sex == "P" else 0)
    assert member.nik[:4] == REGENCIES[facility].code
    assert member.nik[6:12] == f"{day:02d}{born.month:02d}{born.year % 100:02d}"
    assert date(REFERENCE_YEAR - 100, 1, 1) < born < date(REFERENCE_YEAR, 1, 1)


@given(st.integers(0, 24_999))
def test_names_are_plain_capital_letters(number: int) -> None:
    name = TOWN.member(0, number).name
    assert name == name.strip().upper()
    assert all(letter.isalpha() or letter in " .,'" for letter in name)
    assert "  " not in name


def test_names_vary_as_they_do_in_a_town() -> None:
    all_names = [TOWN.member(facility, number).name for facility in range(12) for number in range(1_000)]
    assert len(set(all_names)) > 6_000
    assert any(" " not in name for name in all_names)
    assert any(name.startswith(("H. ", "HJ. ")) for name in all_names)
    assert any(name.startswith("MUHAMMAD ") for name in all_names)
    assert any(name.startswith("MOH. ") for name in all_names)


def test_a_family_lives_together() -> None:
    people = [TOWN.member(0, number) for number in range(640)]
    homes: dict[str, list[str]] = {}
    for each in people:
        homes.setdefault(each.card[:12], []).append(each.phone)
        assert (each.relation == "Peserta") == (each.card[12] == "1")
    assert len(homes) == 190
    assert all(len(set(phones)) == 1 for phones in homes.values())


def test_children_are_younger_than_their_parents() -> None:
    heads = {each.card[:12]: each for each in (TOWN.member(0, n) for n in range(2_000)) if each.card[12] == "1"}
    children = [each for each in (TOWN.member(0, n) for n in range(2_000)) if each.relation == "Anak"]
    assert children
    assert all(
        each.birth_date.year - heads[each.card[:12]].birth_date.year >= 15
        for each in children
        if each.card[:12] in heads
    )


def test_all_ages_come_to_the_counter() -> None:
    ages = [REFERENCE_YEAR - TOWN.member(0, number).birth_date.year for number in range(3_000)]
    assert min(ages) <= 3
    assert max(ages) >= 75


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    again = Population(seed=1, facilities=12, members=25_000)
    other = Population(seed=2, facilities=12, members=25_000)
    numbers = range(0, 25_000, 977)
    assert [again.member(0, n) for n in numbers] == [TOWN.member(0, n) for n in numbers]
    assert [other.member(0, n).card for n in numbers] != [TOWN.member(0, n).card for n in numbers]


@pytest.mark.parametrize("kind", KINDS_OF_MEMBER)
def test_every_kind_of_member_can_be_asked_for(kind: str) -> None:
    found = World().members(5, kind)
    assert len({each.card for each in found}) == 5
    first = found[0]
    expected = {
        "ordinary": first.ordinary and first.facility == 0,
        "inactive": not first.active,
        "arrears": first.arrears > 0,
        "other_facility": first.facility != 0,
        "prolanis": first.prolanis in ("DM", "HT"),
        "prb": first.prb != "",
        "card_unknown": not first.card_known,
        "unscreened": not first.screened,
        "no_phone": first.phone == "",
    }
    assert expected[kind]


def test_more_members_of_a_kind_continue_where_the_first_ended() -> None:
    world = World()
    assert world.members(30) == world.members(10) + world.members(20, skip=10)


def test_a_world_of_a_million_is_ready_at_once() -> None:
    began = time.perf_counter()
    world = World(seed=1, facilities=2_000, members=500)
    last = world.people.member(1_999, 499)
    assert world.people.by_nik(last.nik) is last
    assert time.perf_counter() - began < 0.5


def test_each_facility_is_found_by_its_code_and_by_its_consumer_id() -> None:
    world = World(seed=4, facilities=2_000, members=500)
    everyone = [world.facility(number) for number in range(2_000)]
    assert len({each.code for each in everyone}) == len({each.cons_id for each in everyone}) == 2_000
    for each in everyone:
        assert len(each.code) == 8
        assert world.by_code(each.code) is each
        assert world.by_cons_id(each.cons_id) is each


def test_secrets_of_a_facility_do_not_show() -> None:
    clinic = World().clinic
    shown = repr(clinic)
    for secret in (
        clinic.seal.secret_key,
        clinic.seal.user_key,
        clinic.seal.antrean_user_key,
        clinic.seal.password,
        clinic.seal.authorization,
    ):
        assert secret not in shown


@pytest.mark.parametrize(("facilities", "members"), [(0, 10), (10, 0), (100_000, 10), (2_000, 10_000_000)])
def test_a_world_that_its_codes_cannot_hold_is_refused(facilities: int, members: int) -> None:
    with pytest.raises(ValueError, match=r"at least|too many"):
        World(1, facilities, members)
