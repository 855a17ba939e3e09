"""What a clinic tells the queue service of Mobile JKN."""

import datetime as dt

import pytest

from kiosk.pcare.errors import AlreadyThere, Reason, Refused
from tests.conformance.clinic import Clinic
from tests.conformance.table import row


def at_hour(clinic: Clinic, hour: int) -> float:
    """Unix seconds of an hour of the facility's day."""
    zone = dt.timezone(dt.timedelta(hours=clinic.facility.regency.utc_offset))
    return dt.datetime.combine(clinic.today, dt.time(hour), zone).timestamp()


@row
async def the_days_schedule_is_read(clinic: Clinic) -> None:
    polis = {each.code: each for each in await clinic.antrean.polis(clinic.today)}
    assert polis["001"].name == "POLI UMUM"
    first = (await clinic.antrean.doctors("001", clinic.today))[0]
    doctor = clinic.doctor
    assert (first.code, first.name, first.hours) == (doctor.hfis_code, doctor.name, doctor.hours)
    assert first.capacity == doctor.capacity
    with pytest.raises(Refused) as refusal:
        await clinic.antrean.doctors("999", clinic.today)
    assert refusal.value.reason is Reason.DOCTOR_SCHEDULE


@row
async def a_place_in_the_queue_is_announced_called_and_taken_back(clinic: Clinic) -> None:
    member, day = clinic.member(), clinic.today
    await clinic.antrean.add(clinic.ticket(member))
    (held,) = tickets(clinic)
    assert (held["nomorkartu"], held["nomorantrean"], held["angkaantrean"]) == (member.card, "A-12", 12)
    assert (held["tanggalperiksa"], held["status"]) == (day.isoformat(), "terdaftar")
    await clinic.antrean.call(member.card, "001", day, 1, at_hour(clinic, 9))
    (held,) = tickets(clinic)
    assert (held["status"], held["waktu"]) == ("hadir", int(at_hour(clinic, 9)) * 1000)
    await clinic.antrean.call(member.card, "001", day, 2, at_hour(clinic, 10))
    assert tickets(clinic)[0]["status"] == "tidak hadir"
    await clinic.antrean.cancel(member.card, "001", day, "pasien pulang")
    (held,) = tickets(clinic)
    assert (held["status"], held["alasan"]) == ("batal", "pasien pulang")
    with pytest.raises(Refused) as refusal:
        await clinic.antrean.cancel(member.card, "001", day, "pasien pulang")
    assert "sudah dibatalkan" in refusal.value.server_text


def tickets(clinic: Clinic) -> list[dict[str, object]]:
    return clinic.ledger("tickets")


@row
async def a_repeat_in_the_queue_is_already_there(clinic: Clinic) -> None:
    member = clinic.member()
    await clinic.antrean.add(clinic.ticket(member))
    with pytest.raises(AlreadyThere) as found:
        await clinic.antrean.add(clinic.ticket(member))
    assert found.value.code == 201
    assert len(tickets(clinic)) == 1


@row
async def a_patient_without_insurance_can_queue(clinic: Clinic) -> None:
    await clinic.antrean.add(clinic.ticket(None))
    assert [each["nomorkartu"] for each in tickets(clinic)] == [""]


@row
async def a_missing_screening_blocks_the_queue_before_the_schedule(clinic: Clinic) -> None:
    with pytest.raises(Refused) as refusal:
        await clinic.antrean.add(clinic.ticket(clinic.member("unscreened"), doctor=1))
    assert refusal.value.reason is Reason.SCREENING_NEEDED
    assert tickets(clinic) == []


@row
async def a_doctor_without_schedule_is_said(clinic: Clinic) -> None:
    for wrong in ({"doctor": 1}, {"doctor_name": "dr. Salah Eja"}, {"hours": "00:00-23:59"}):
        with pytest.raises(Refused) as refusal:
            await clinic.antrean.add(clinic.ticket(clinic.member(), **wrong))
        assert refusal.value.reason is Reason.DOCTOR_SCHEDULE
    assert tickets(clinic) == []


@row
async def calls_outside_the_hours_or_for_nobody_are_refused(clinic: Clinic) -> None:
    member, other = clinic.members(2)
    await clinic.antrean.add(clinic.ticket(member))
    with pytest.raises(Refused) as refusal:
        await clinic.antrean.call(member.card, "001", clinic.today, 1, at_hour(clinic, 3))
    assert refusal.value.reason is Reason.CALL_TIME
    with pytest.raises(Refused) as refusal:
        await clinic.antrean.call(other.card, "001", clinic.today, 1, at_hour(clinic, 9))
    assert refusal.value.reason is Reason.NOT_FOUND
    with pytest.raises(Refused) as refusal:
        await clinic.antrean.add(clinic.ticket(member, card_number="9990000000001"))
    assert refusal.value.reason is Reason.VALIDATION
    assert tickets(clinic)[0]["status"] == "terdaftar"
