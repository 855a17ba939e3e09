"""What a clinic does with registrations."""

import datetime as dt

import pytest

from kiosk.pcare.errors import AlreadyThere, Reason, Refused
from tests.conformance.clinic import Clinic
from tests.conformance.table import row


@row
async def a_registration_is_added_and_read_back(clinic: Clinic) -> None:
    member = clinic.member()
    number = await clinic.pcare.add_registration(clinic.registration(member))
    assert number == clinic.number("A", 1)
    found = await clinic.pcare.registration(number, clinic.today)
    assert found is not None
    assert (found.queue_number, found.day, found.card_number) == (number, clinic.today, member.card)
    assert (found.name, found.birth_date, found.poli_code) == (member.name, member.birth_date, "001")
    assert (found.facility_code, found.care, found.complaint) == (clinic.facility.code, "10", "batuk pilek")
    assert (found.systolic, found.diastolic, found.weight_kg, found.height_cm) == (120, None, 62.5, 160)
    assert found.served is False
    (kept,) = clinic.ledger("registrations")
    assert (kept["noKartu"], kept["kdPoli"], kept["noUrut"]) == (member.card, "001", number)
    assert (kept["kunjSakit"], kept["diastole"], kept["beratBadan"]) == (True, 0, 62.5)


@row
async def a_registration_that_is_not_there_is_nothing(clinic: Clinic) -> None:
    assert await clinic.pcare.registration("A99", clinic.today) is None
    page = await clinic.pcare.registrations_on(clinic.today)
    assert (page.rows, page.count) == ((), 0)
    assert await clinic.pcare.all_registrations_on(clinic.today) == []


@row
async def the_days_list_is_read_page_by_page(clinic: Clinic) -> None:
    people = clinic.members(5)
    for member in people:
        await clinic.pcare.add_registration(clinic.registration(member))
    cards = [member.card for member in people]
    if clinic.variant("day_list") == "newest":
        cards.reverse()
    page = await clinic.pcare.registrations_on(clinic.today, 2, 2)
    assert (page.count, [each.card_number for each in page.rows]) == (5, cards[2:4])
    whole = await clinic.pcare.all_registrations_on(clinic.today, limit=2)
    assert [each.card_number for each in whole] == cards
    assert {each.queue_number for each in whole} == {clinic.number("A", at) for at in range(1, 6)}
    assert all(each.sick is True and not each.served for each in whole)
    assert await clinic.pcare.all_registrations_on(clinic.today - dt.timedelta(days=1)) == []


@row
async def polis_count_apart(clinic: Clinic) -> None:
    member = clinic.member()
    general = await clinic.pcare.add_registration(clinic.registration(member))
    healthy = await clinic.pcare.add_registration(clinic.registration(member, "021", sick=False, care="50"))
    assert (general, healthy) == (clinic.number("A", 1), clinic.number("D", 1))
    rows = await clinic.pcare.all_registrations_on(clinic.today)
    assert {(each.poli_code, each.sick, each.care) for each in rows} == {("001", True, "10"), ("021", False, "50")}


@row
async def a_second_registration_of_the_day_is_already_there(clinic: Clinic) -> None:
    member = clinic.member()
    await clinic.pcare.add_registration(clinic.registration(member))
    with pytest.raises(AlreadyThere) as found:
        await clinic.pcare.add_registration(clinic.registration(member))
    assert found.value.code == int(clinic.variant("duplicate"))
    assert "sudah di-entri" in found.value.server_text
    assert len(clinic.ledger("registrations")) == 1


@row
async def wrong_fields_of_a_registration_are_named(clinic: Clinic) -> None:
    wrong = clinic.registration(clinic.member(), poli="UMUM", participant_facility="99999999")
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.add_registration(wrong)
    assert (refusal.value.reason, refusal.value.code) == (Reason.VALIDATION, int(clinic.variant("unknown_poli")))
    assert clinic.ledger("registrations") == []
    if refusal.value.code == 500:  # one sentence, no list
        words = refusal.value.server_text.removeprefix("INTERNAL_SERVER_ERROR | ")
        assert words == "kdPoli Tidak sesuai dengan referensi sistem."
        return
    assert set(clinic.named(refusal.value)) == {"kdPoli", "kdProviderPeserta"}
    assert all(problem.message == "Tidak sesuai dengan referensi sistem." for problem in refusal.value.fields)


@row
async def a_card_of_nobody_is_not_registered(clinic: Clinic) -> None:
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.add_registration(clinic.registration(clinic.member(), card_number="9990000000001"))
    assert refusal.value.reason is Reason.NOT_FOUND


@row
async def a_guests_facility_is_the_one_that_the_service_means(clinic: Clinic) -> None:
    guest = clinic.member("other_facility")
    home, own = clinic.home(guest).code, clinic.facility.code
    meant = {"participant": [home], "clinic": [own], "either": [home, own]}[clinic.variant("provider")]
    for code, poli in ((home, "001"), (own, "002")):
        registration = clinic.registration(guest, poli, participant_facility=code)
        if code in meant:
            assert await clinic.pcare.add_registration(registration)
        else:
            with pytest.raises(Refused) as refusal:
                await clinic.pcare.add_registration(registration)
            assert clinic.named(refusal.value) == ["kdProviderPeserta"]
    assert len(clinic.ledger("registrations")) == len(meant)


@row
async def an_inactive_member_is_registered_or_refused_with_the_reason(clinic: Clinic) -> None:
    member = clinic.member("inactive")
    if clinic.variant("inactive") == "accept":
        assert await clinic.pcare.add_registration(clinic.registration(member)) == clinic.number("A", 1)
        return
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.add_registration(clinic.registration(member))
    assert member.status_text in refusal.value.server_text


@row
async def a_registration_is_deleted_and_its_number_not_given_again(clinic: Clinic) -> None:
    member, day = clinic.member(), clinic.today
    number = await clinic.pcare.add_registration(clinic.registration(member))
    assert await clinic.pcare.delete_registration(member.card, day, number, "001") is True
    assert await clinic.pcare.all_registrations_on(day) == []
    await clinic.deletes_nothing(lambda: clinic.pcare.delete_registration(member.card, day, number, "001"))
    assert await clinic.pcare.add_registration(clinic.registration(member)) == clinic.number("A", 2)


@row
async def a_served_registration_says_so_and_is_kept_or_deleted(clinic: Clinic) -> None:
    member, day = clinic.member(), clinic.today
    await clinic.served(member)
    (listed,) = await clinic.pcare.all_registrations_on(day)
    assert listed.served is True
    if clinic.variant("delete_served") == "accept":
        assert await clinic.pcare.delete_registration(member.card, day, listed.queue_number, "001") is True
        assert clinic.ledger("registrations") == []
        return
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.delete_registration(member.card, day, listed.queue_number, "001")
    assert "sudah dilayani" in refusal.value.server_text
    assert len(clinic.ledger("registrations")) == 1
