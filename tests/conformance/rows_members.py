"""What a clinic asks about members."""

import pytest

from kiosk.pcare.errors import Refused
from kiosk.simulator.calls.participants import SCHEME_START
from kiosk.simulator.people import CLASSES
from tests.conformance.clinic import Clinic
from tests.conformance.table import row


@row
async def a_member_is_read_by_card(clinic: Clinic) -> None:
    member = clinic.member()
    found = await clinic.pcare.participant_by_card(member.card)
    assert found is not None
    assert (found.card_number, found.nik, found.name) == (member.card, member.nik, member.name)
    assert (found.sex, found.birth_date, found.relation) == (member.sex, member.birth_date, member.relation)
    assert (found.active, found.status_text, found.arrears) == (True, "AKTIF", 0)
    assert (found.facility_code, found.facility_name) == (clinic.facility.code, clinic.facility.name)
    assert (found.kind_code, found.kind_name) == member.kind
    assert (found.class_code, found.class_name) == (member.klass, CLASSES[member.klass])
    assert (found.blood_group, found.phone) == (member.blood, member.phone or None)
    assert found.active_from == max(SCHEME_START, member.birth_date)
    assert found.dental_facility_code is None and found.insurance_number is None
    assert found.coordinated_benefit is False


@row
async def a_member_is_read_by_the_longer_path(clinic: Clinic) -> None:
    member = clinic.member()
    data = await clinic.pcare.get(f"peserta/noka/{member.card}")
    assert isinstance(data, dict) and data["noKTP"] == member.nik


@row
async def a_member_without_a_known_card_is_found_by_nik(clinic: Clinic) -> None:
    member = clinic.member("card_unknown")
    assert await clinic.pcare.participant_by_card(member.card) is None
    found = await clinic.pcare.participant_by_nik(member.nik)
    assert found is not None and (found.card_number, found.name) == (member.card, member.name)


@row
async def an_inactive_member_says_why(clinic: Clinic) -> None:
    member = clinic.member("inactive")
    found = await clinic.pcare.participant_by_card(member.card)
    assert found is not None and found.active is False
    assert found.status_text == member.status_text != "AKTIF"


@row
async def arrears_and_another_facility_show(clinic: Clinic) -> None:
    debtor, guest = clinic.member("arrears"), clinic.member("other_facility")
    owing = await clinic.pcare.participant_by_card(debtor.card)
    assert owing is not None and owing.arrears == debtor.arrears > 0
    away = await clinic.pcare.participant_by_card(guest.card)
    assert away is not None and away.facility_code == clinic.home(guest).code != clinic.facility.code


@row
async def programmes_of_chronic_members_show(clinic: Clinic) -> None:
    member = clinic.member("prb")
    by_card = await clinic.pcare.participant_by_card(member.card)
    assert by_card is not None and (by_card.prolanis, by_card.prb) == (member.prolanis, member.prb)
    assert by_card.prb in ("DM", "HT")
    by_nik = await clinic.pcare.participant_by_nik(member.nik)
    short = clinic.variant("by_nik") == "short"
    assert by_nik is not None and by_nik.prb == (None if short else member.prb)


@row
async def nobody_is_told_apart_from_a_wrong_number(clinic: Clinic) -> None:
    assert await clinic.pcare.participant_by_card("9990000000001") is None
    assert await clinic.pcare.participant_by_nik("9999999999999999") is None
    for question, name in (
        (clinic.pcare.participant_by_card("123"), "noKartu"),
        (clinic.pcare.participant_by_nik("123"), "nik"),
    ):
        with pytest.raises(Refused) as refusal:
            await question
        assert clinic.named(refusal.value) == [name]
