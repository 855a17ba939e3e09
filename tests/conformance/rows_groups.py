"""What a clinic does with Prolanis clubs and their activities."""

import pytest

from kiosk.pcare.client import ActivityRequest
from kiosk.pcare.errors import Refused
from tests.conformance.clinic import Clinic
from tests.conformance.table import row


def exercise(clinic: Clinic, club: str, **changed: object) -> ActivityRequest:
    values = {
        "club": int(club),
        "day": clinic.today,
        "kind": "01",
        "group": "01",
        "subject": "senam kaki",
        "speaker": "Ns. Contoh",
        "place": "halaman klinik",
        "cost": 150_000,
    }
    return ActivityRequest.model_validate(values | changed)


@row
async def clubs_are_listed_by_programme(clinic: Clinic) -> None:
    names = {"01": "Diabetes Melitus", "02": "Hipertensi", "03": "Asthma"}
    seen: set[str] = set()
    for code, name in names.items():
        clubs = await clinic.pcare.clubs(code)  # type: ignore[arg-type]  # the keys are the three programmes
        assert len(clubs) == 2
        assert {(each.programme_code, each.programme_name) for each in clubs} == {(code, name)}
        assert all(each.leader_name and each.since and each.until is None for each in clubs)
        seen |= {each.club for each in clubs}
    assert len(seen) == 6


@row
async def an_activity_is_added_changed_listed_and_deleted(clinic: Clinic) -> None:
    club = (await clinic.pcare.clubs("01"))[0].club
    assert await clinic.pcare.activities(clinic.today) == []
    number = await clinic.pcare.add_activity(exercise(clinic, club))
    assert len(number) == 11
    (held,) = await clinic.pcare.activities(clinic.today.replace(day=1))
    assert (held.activity, held.club, held.day) == (number, club, clinic.today)
    assert (held.kind_code, held.kind_name, held.group_code) == ("01", "Senam", "01")
    assert (held.subject, held.speaker, held.place, held.cost) == (
        "senam kaki",
        "Ns. Contoh",
        "halaman klinik",
        150_000,
    )
    await clinic.pcare.update_activity(exercise(clinic, club, activity=number, kind="11", note="pindah jam"))
    (held,) = await clinic.pcare.activities(clinic.today)
    assert (held.activity, held.kind_code, held.note) == (number, "11", "pindah jam")
    assert await clinic.pcare.delete_activity(number) is True
    await clinic.deletes_nothing(lambda: clinic.pcare.delete_activity(number))
    assert await clinic.pcare.activities(clinic.today) == []


@row
async def who_took_part_is_noted_once_and_taken_back(clinic: Clinic) -> None:
    member = clinic.member("prolanis")
    club = (await clinic.pcare.clubs("02"))[0].club
    number = await clinic.pcare.add_activity(exercise(clinic, club, group="02"))
    assert await clinic.pcare.attendances(number) == []
    await clinic.pcare.add_attendance(number, member.card)
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.add_attendance(number, member.card)
    assert clinic.named(refusal.value) == ["noKartu"]
    (came,) = await clinic.pcare.attendances(number)
    assert (came.activity, came.participant.card_number) == (number, member.card)
    assert (came.participant.name, came.participant.prolanis) == (member.name, member.prolanis)
    assert await clinic.pcare.delete_attendance(number, member.card) is True
    await clinic.deletes_nothing(lambda: clinic.pcare.delete_attendance(number, member.card))
    assert await clinic.pcare.attendances(number) == []


@row
async def a_club_of_another_clinic_is_refused(clinic: Clinic) -> None:
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.add_activity(exercise(clinic, "99999999"))
    assert clinic.named(refusal.value) == ["clubId"]
    assert refusal.value.server_text.endswith("Tidak sesuai dengan referensi sistem.")
