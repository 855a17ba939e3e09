"""What a clinic looks up: codes, and the hospitals that take a referral."""

import datetime as dt

import pytest

from kiosk.pcare.errors import Reason, Refused
from kiosk.simulator import hospitals
from kiosk.simulator.areas import REGENCIES
from tests.conformance.clinic import Clinic
from tests.conformance.table import row


@row
async def diagnoses_are_found_by_code_and_by_word(clinic: Clinic) -> None:
    dotted = clinic.variant("diagnosis_code") == "dot"
    cold = (await clinic.pcare.diagnoses("J00")).rows[0]
    assert (cold.code, cold.non_specialist) == ("J00", True)
    page = await clinic.pcare.diagnoses("J06", 0, 1)
    assert page.count == 3 and len(page.rows) == 1
    rest = await clinic.pcare.diagnoses("J06", 2, 10)
    assert [each.code for each in rest.rows] == ["J06.9" if dotted else "J069"]
    by_word = await clinic.pcare.diagnoses("typhoid fever")
    assert ("A01.0" if dotted else "A010") in {each.code for each in by_word.rows}
    assert (await clinic.pcare.diagnoses("tak ada penyakit begini")).rows == ()


@row
async def words_with_signs_reach_the_service_as_they_are(clinic: Clinic) -> None:
    tablet = "5 mg/5"
    found = (await clinic.pcare.drugs(tablet)).rows
    assert found and all(tablet in (each.name or "") for each in found)
    assert (await clinic.pcare.drugs("0,1%")).rows


@row
async def own_doctors_and_polis_are_listed(clinic: Clinic) -> None:
    doctors = await clinic.pcare.doctors()
    assert [(each.code, each.name) for each in doctors.rows] == [
        (each.code, each.name) for each in clinic.facility.doctors
    ]
    assert doctors.count == 5
    later = await clinic.pcare.doctors(3, 1)
    assert (later.count, later.rows) == (5, doctors.rows[3:4])
    polis = await clinic.pcare.polis()
    assert {(each.code, each.name, each.sick) for each in polis.rows} >= {
        ("001", "POLI UMUM", True),
        ("003", "K I A", True),
        ("021", "KUNJUNGAN SEHAT", False),
    }


@row
async def the_small_tables_are_as_published(clinic: Clinic) -> None:
    async def codes(question: object) -> dict[str, str | None]:
        return {each.code: each.name for each in await question}  # type: ignore[attr-defined]  # any of the lists

    pcare = clinic.pcare
    levels = await codes(pcare.consciousness())
    assert levels == {"01": "Compos mentis", "02": "Somnolence", "03": "Sopor", "04": "Coma"}
    assert await codes(pcare.discharge_statuses()) == {
        "1": "Meninggal",
        "3": "Berobat Jalan",
        "4": "Rujuk Vertikal",
        "6": "Rujuk Horizontal",
    }
    assert "Sembuh" in (await codes(pcare.discharge_statuses(inpatient=True))).values()
    assert (await codes(pcare.khusus())).keys() == {
        *("HDL", "THA", "HEM", "IGD", "JIW", "KLT", "PAR", "KEM", "RAT", "HIV")
    }
    sarana = await codes(pcare.facilities_sarana())
    assert {code: name and name.title() for code, name in sarana.items() if code in "12"} == {
        "1": "Rekam Medik",
        "2": "Laboratorium",
    }


@row
async def allergies_and_prognoses_are_of_the_newer_service_only(clinic: Clinic) -> None:
    if clinic.v3:
        for question in (clinic.pcare.allergies("01"), clinic.pcare.prognoses()):
            with pytest.raises(Refused) as refusal:
                await question
            assert refusal.value.reason is Reason.MALFORMED
        return
    sizes = [len(await clinic.pcare.allergies(kind)) for kind in ("01", "02", "03")]
    assert sizes == [6, 4, 8]
    assert (await clinic.pcare.allergies("03"))[0].name == "Tidak Ada"
    prognoses = await clinic.pcare.prognoses()
    assert [each.code for each in prognoses] == ["01", "02", "03", "04", "05"]
    assert prognoses[1].name == "Bonam (Baik)"


@row
async def drugs_procedures_and_neighbours_are_paged(clinic: Clinic) -> None:
    drugs = await clinic.pcare.drugs("amoksisilin", 1, 1)
    assert drugs.count == 3 and [each.name for each in drugs.rows] == ["Amoksisilin kaps 500 mg"]
    assert len(drugs.rows[0].code) == 9 and drugs.rows[0].stock is not None
    procedures = await clinic.pcare.procedures("10")
    assert procedures.count == len(procedures.rows)
    glucose = procedures.rows[1]
    assert (glucose.code, glucose.name) == ("01002", "Pemeriksaan gula darah puasa")  # its line end is cut
    assert (glucose.most, glucose.with_result) == (20_000, True)
    providers = await clinic.pcare.providers(0, 1)
    assert len(providers.rows) == 1 and (providers.count or 0) >= 1
    everyone = await clinic.pcare.providers()
    assert clinic.facility.code in {each.code for each in everyone.rows}


@row
async def specialties_lead_to_the_hospitals_of_a_day(clinic: Clinic) -> None:
    children = {each.code: each for each in await clinic.pcare.specialties()}["ANA"]
    (general, *_) = await clinic.pcare.subspecialties(children.code)
    assert (general.code, general.name, general.referral_poli) == ("26", "ANAK", "ANA")
    assert await clinic.pcare.subspecialties("XXX") == []
    town = clinic.facility.number % len(REGENCIES)
    for later in (1, 2, 3):
        day = clinic.today + dt.timedelta(days=later)
        known = {each.code: each for each in hospitals.of_town(town, clinic.running.world.seed)}
        offered = await clinic.pcare.referral_hospitals(general.code, day)
        open_then = {code for code, each in known.items() if "26" in each.offers and day.weekday() in each.days}
        assert {each.code for each in offered} == open_then
        for each in offered:
            same = known[each.code]
            assert (each.name, each.address, each.phone) == (same.name, same.address, same.phone)
            assert (each.hospital_class, each.distance_m, each.schedule) == (same.klass, same.distance, same.schedule)
            assert each.capacity == same.capacity and each.referred is not None and each.percent is not None
            assert each.percent == pytest.approx(each.referred / same.capacity * 100, abs=0.01)
        assert [each.distance_m for each in offered] == sorted(each.distance_m or 0 for each in offered)


@row
async def special_referrals_ask_for_what_they_need(clinic: Clinic) -> None:
    member, day = clinic.member(), clinic.today + dt.timedelta(days=1)
    assert await clinic.pcare.special_referral_hospitals("HDL", member.card, day)
    assert await clinic.pcare.special_referral_hospitals("HEM", member.card, day, "6")
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.special_referral_hospitals("THA", member.card, day)
    assert clinic.named(refusal.value) == ["kdSubSpesialis"]
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.special_referral_hospitals("HDL", "9990000000001", day)
    assert clinic.named(refusal.value) == ["noKartu"]
