"""Those who were entered while P-Care was away are asked about by themselves once it is back."""

import asyncio
from dataclasses import replace

from kiosk.counter.find import open_participant
from kiosk.counter.patients import PatientForm, save_patient
from kiosk.domain.participant import Participant
from tests.sync.conftest import FAST, ClinicDay


async def confirmed(clinic: ClinicDay, person: Participant) -> Participant:
    """Wait until P-Care has said something of them."""
    async with asyncio.timeout(10):
        while (now := (await open_participant(clinic.desk, person.id)).participant).confirmed_at is None:
            await asyncio.sleep(0.03)
    return now


async def test_a_member_typed_offline_is_verified_later_and_what_differs_is_said(clinic: ClinicDay) -> None:
    await clinic.stop_sync()
    by_card, by_nik = clinic.simulator.credentials.members[0], clinic.simulator.credentials.members[1]
    one = await save_patient(
        clinic.desk, PatientForm("Nama Salah Uji", card_number=by_card["noKartu"], birth_date="01-01-1901")
    )
    two = await save_patient(clinic.desk, PatientForm("Tanpa Kartu Uji", nik=by_nik["nik"]))
    stranger = await save_patient(clinic.desk, PatientForm("Tidak Dikenal Uji", card_number="9" * 13))
    clinic.policy = replace(FAST, probe_quiet=0.1)
    clinic.start_sync()
    first = await confirmed(clinic, one)
    assert first.name == by_card["nama"]
    assert dict(first.corrected) == {"birth_date": "1901-01-01", "name": "Nama Salah Uji"}
    second = await confirmed(clinic, two)
    assert second.card_number == by_nik["noKartu"]
    assert (await open_participant(clinic.desk, stranger.id)).participant.confirmed_at is None
