"""What a clinic does with visits and referrals."""

import datetime as dt

import pytest

from kiosk.pcare.client import ReferralRequest, SpecialTarget, SubspecialtyTarget
from kiosk.pcare.errors import AccessDenied, AlreadyThere, Reason, Refused
from tests.conformance.clinic import Clinic
from tests.conformance.table import row


@row
async def a_visit_is_added_and_leads_the_history(clinic: Clinic) -> None:
    member = clinic.member()
    before = await clinic.pcare.visit_history(member.card)
    number = await clinic.served(member, height_cm=160)
    assert len(number) == 19 and number.startswith(f"{clinic.facility.code}{clinic.today:%m%y}")
    after = await clinic.pcare.visit_history(member.card)
    newest = after[0]
    assert [each.visit_number for each in after] == [number, *(each.visit_number for each in before)]
    assert (newest.day, newest.facility_code, newest.poli_code) == (clinic.today, clinic.facility.code, "001")
    assert (newest.card_number, newest.complaint) == (member.card, "batuk pilek tiga hari")
    assert (newest.diagnosis1, newest.diagnosis2) == ("J06.9", None)
    assert (newest.systolic, newest.diastolic, newest.respiratory_rate) == (118, 76, 18)
    assert (newest.weight_kg, newest.height_cm, newest.heart_rate) == (62.5, 160, None)
    assert (newest.consciousness, newest.care, newest.discharge_status) == ("01", "10", "3")
    assert (newest.doctor_code, newest.doctor_name) == (clinic.doctor.code, clinic.doctor.name)
    assert newest.note == ("parasetamol, istirahat" if clinic.v3 else "parasetamol")
    assert newest.referred_to is None
    (kept,) = clinic.ledger("visits")
    assert (kept["suhu"], kept["terapi"]) == ((None, "parasetamol, istirahat") if clinic.v3 else ("36,4", None))
    assert (kept["heartRate"], kept["lingkarPerut"], kept["alergiUdara"]) == (None, None, None)


@row
async def a_second_visit_of_the_day_is_already_there(clinic: Clinic) -> None:
    member = clinic.member()
    number = await clinic.served(member)
    with pytest.raises(AlreadyThere) as found:
        await clinic.pcare.add_visit(clinic.visit(member))
    assert found.value.code == int(clinic.variant("duplicate"))
    assert [each["noKunjungan"] for each in clinic.ledger("visits")] == [number]


@row
async def a_visit_without_registration_is_refused(clinic: Clinic) -> None:
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.add_visit(clinic.visit(clinic.member()))
    assert refusal.value.reason is Reason.NO_REGISTRATION
    assert clinic.named(refusal.value) == ["noKartu", "noKartu"]
    assert clinic.ledger("visits") == []


@row
async def wrong_codes_of_a_visit_are_named(clinic: Clinic) -> None:
    member = clinic.member()
    await clinic.pcare.add_registration(clinic.registration(member))
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.add_visit(
            clinic.visit(member, doctor="00", diagnosis1="XX", consciousness="9", discharge_status="9")
        )
    assert refusal.value.reason is Reason.VALIDATION
    assert clinic.named(refusal.value) == ["kdSadar", "kdStatusPulang", "kdDokter", "kdDiag1"]


@row
async def a_visit_without_poli_takes_that_of_its_registration(clinic: Clinic) -> None:
    member = clinic.member()
    await clinic.pcare.add_registration(clinic.registration(member, "003"))
    number = await clinic.pcare.add_visit(clinic.visit(member, poli=None))
    (newest, *_) = await clinic.pcare.visit_history(member.card)
    assert (newest.visit_number, newest.poli_code) == (number, "003")


@row
async def a_visit_is_replaced_as_a_whole(clinic: Clinic) -> None:
    member = clinic.member()
    number = await clinic.served(member)
    changed = clinic.visit(member, visit_number=number, complaint="demam", diagnosis1="R50.9", diagnosis2="J00")
    for _ in range(2):  # safe to repeat
        await clinic.pcare.update_visit(changed)
    (newest, *_) = await clinic.pcare.visit_history(member.card)
    assert (newest.visit_number, newest.complaint) == (number, "demam")
    assert (newest.diagnosis1, newest.diagnosis2) == ("R50.9", "J00")
    assert len(clinic.ledger("visits")) == 1
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.update_visit(clinic.visit(member, visit_number=number[:-1] + "x"))
    assert refusal.value.reason is Reason.NOT_FOUND


@row
async def a_visit_is_deleted_and_its_registration_open_again(clinic: Clinic) -> None:
    member = clinic.member()
    number = await clinic.served(member)
    (drug, *_) = (await clinic.pcare.drugs("parasetamol")).rows
    line = (await clinic.pcare.add_drug(clinic.drug(number, code=drug.code))).line
    if clinic.variant("visit_delete") == "refuse":
        with pytest.raises(Refused):
            await clinic.pcare.delete_visit(number)
        assert await clinic.pcare.delete_drug(number, line) is True
    assert await clinic.pcare.delete_visit(number) is True
    await clinic.deletes_nothing(lambda: clinic.pcare.delete_visit(number))
    assert clinic.ledger("visits") == clinic.ledger("medications") == []
    (listed,) = await clinic.pcare.all_registrations_on(clinic.today)
    assert listed.served is False


@row
async def a_referral_counts_at_its_hospital_and_has_a_letter(clinic: Clinic) -> None:
    member = clinic.member()
    planned = clinic.today + dt.timedelta(days=3)
    hospital = (await clinic.pcare.referral_hospitals("26", planned))[0]
    referral = ReferralRequest(
        day=planned, hospital=hospital.code, specialist=SubspecialtyTarget(subspecialty="26", sarana="1")
    )
    # K80.2 is for a specialist, so it needs no TACC reason
    number = await clinic.served(member, discharge_status="4", referral=referral, diagnosis1="K80.2")
    letter = await clinic.pcare.referral(number)
    assert letter is not None
    assert (letter.referral_number, letter.card_number, letter.name) == (number, member.card, member.name)
    assert (letter.facility_code, letter.visit_day, letter.poli_code) == (clinic.facility.code, clinic.today, "001")
    assert (letter.planned_day, letter.hospital_code, letter.hospital_name) == (planned, hospital.code, hospital.name)
    assert (letter.diagnosis1, letter.non_specialist, letter.tacc_name) == ("K80.2", False, None)
    assert (letter.doctor_code, letter.birth_date, letter.sex) == (clinic.doctor.code, member.birth_date, member.sex)
    assert letter.branch_code == clinic.facility.regency.office
    (newest, *_) = await clinic.pcare.visit_history(member.card)
    assert (newest.referred_to, newest.referred_to_name) == (hospital.code, hospital.name)
    again = {each.code: each for each in await clinic.pcare.referral_hospitals("26", planned)}[hospital.code]
    assert (again.referred, again.capacity) == ((hospital.referred or 0) + 1, hospital.capacity)


@row
async def a_diagnosis_of_first_level_is_referred_with_its_reason_only(clinic: Clinic) -> None:
    member = clinic.member()
    planned = clinic.today + dt.timedelta(days=2)
    hospital = (await clinic.pcare.referral_hospitals("3", planned))[0]
    referral = ReferralRequest(day=planned, hospital=hospital.code, specialist=SubspecialtyTarget(subspecialty="3"))
    onward = {"discharge_status": "4", "referral": referral, "diagnosis1": "J06.9"}
    await clinic.pcare.add_registration(clinic.registration(member))
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.add_visit(clinic.visit(member, **onward))
    assert clinic.named(refusal.value) == ["kdTacc"]
    number = await clinic.pcare.add_visit(clinic.visit(member, **onward, tacc=1, tacc_reason="< 3 Hari"))
    letter = await clinic.pcare.referral(number)
    assert letter is not None
    assert (letter.tacc_name, letter.tacc_reason, letter.non_specialist) == ("Time", "< 3 Hari", True)


@row
async def a_special_referral_keeps_its_note(clinic: Clinic) -> None:
    member = clinic.member()
    planned = clinic.today + dt.timedelta(days=1)
    hospital = (await clinic.pcare.special_referral_hospitals("THA", member.card, planned, "28"))[0]
    target = SpecialTarget(kind="THA", subspecialty="28", note="transfusi rutin")
    referral = ReferralRequest(day=planned, hospital=hospital.code, special=target)
    number = await clinic.served(member, discharge_status="4", referral=referral, diagnosis1="D56.1")
    letter = await clinic.pcare.referral(number)
    assert letter is not None and letter.hospital_code == hospital.code
    (kept,) = clinic.ledger("visits")
    assert kept["rujukLanjut"]["khusus"] == {
        "kdKhusus": "THA",
        "kdSubSpesialis": "28",
        "catatan": "transfusi rutin",
    }


@row
async def a_visit_without_referral_has_no_letter(clinic: Clinic) -> None:
    number = await clinic.served(clinic.member())
    assert await clinic.pcare.referral(number) is None
    assert await clinic.pcare.referral("tidak-ada") is None


@row
async def a_path_that_is_not_served_is_said_and_writes_nothing(clinic: Clinic) -> None:
    other = await clinic.also(visit_path="V1" if clinic.variant("visit_path") == "plain" else "plain")
    member = clinic.member()
    await clinic.pcare.add_registration(clinic.registration(member))
    if clinic.variant("visit_path") == "both" or clinic.v3:  # v3 has the plain path alone, whatever is chosen
        number = await other.add_visit(clinic.visit(member))
        await other.update_visit(clinic.visit(member, visit_number=number, complaint="demam"))
        assert clinic.ledger("visits")[0]["keluhan"] == "demam"
        return
    with pytest.raises(AccessDenied) as refusal:
        await other.add_visit(clinic.visit(member))
    assert refusal.value.reason is Reason.NOT_ENABLED
    assert clinic.ledger("visits") == []
