"""New patients: who may be the same, what is filled in, newborns and where a NIK comes from."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kiosk.counter.areas import area_of
from kiosk.counter.desk import Desk
from kiosk.counter.errors import InvalidField
from kiosk.counter.find import open_participant, search
from kiosk.counter.kin import family, same_person
from kiosk.counter.patients import PatientForm, alike, change_patient, complete_patient, newborn_form, save_patient
from kiosk.domain.codes import Sex
from kiosk.store import participants
from kiosk.store.database import Store
from tests.people import invented

KNOWN: dict[str, Any] = {"birth_date": date(1990, 1, 2), "nik": "3171010201900031", "phone": "081200000031"}


async def test_who_may_be_the_same_is_named_with_the_reason(desk: Desk, store: Store) -> None:
    known = invented(31, "Zulkifli Hamzah", **KNOWN)
    store.write_now(lambda tx: participants.save(tx, known))
    typed: list[tuple[dict[str, Any], str, bool]] = [
        ({"name": "Siapa Saja", "nik": "3171010201900031"}, "NIK sama", True),
        ({"name": "Siapa Saja", "card_number": "0000000000031"}, "nomor kartu sama", True),
        ({"name": "Hamzah Zulkifli", "birth_date": "02-01-1990"}, "nama dan tanggal lahir sama", False),
        ({"name": "Zulkifly Hamza", "birth_date": "02-01-1990"}, "nama dan tanggal lahir sama", False),
        ({"name": "Zulkifki Hamzah", "birth_date": "02-01-1990"}, "nama mirip, lahir sama", False),
        ({"name": "Sulkifly Hamsa", "birth_date": "02-01-1990"}, "nama dan tanggal lahir sama", False),
        ({"name": "Zulkifli Hamid", "birth_date": "02-01-1990"}, "nama mirip, lahir sama", False),
        ({"name": "Zulkifli", "birth_date": "02-01-1990"}, "nama mirip, lahir sama", False),
        ({"name": "Zulkifli Hamzah", "birth_date": "01-02-1990"}, "nama sama, lahir mirip", False),
        ({"name": "Zulkifli Hamzah"}, "nama sama, lahir tak diketahui", False),
        ({"name": "Zulkifli", "phone": "0812 0000 0031"}, "nama dan telepon sama", False),
    ]
    for form, reason, certain in typed:
        (found,) = await alike(desk, PatientForm(**form))
        assert (found.participant.id, found.reason, found.certain) == (known.id, reason, certain), form
    for form in (
        {"name": "Zulkifli Hamzah", "birth_date": "13-11-1971"},
        {"name": "Zulkifli Hamzah", "birth_date": "02-01-1990", "sex": Sex.FEMALE},
        {"name": "Zulkifli"},
        {"name": "Orang Lain", "birth_date": "02-01-1990"},
    ):
        assert await alike(desk, PatientForm(**form)) == (), form
    assert await same_person(desk, known.id) == ()


async def test_among_many_of_one_name_the_one_born_that_day_is_found(desk: Desk, store: Store) -> None:
    crowd = [invented(2000 + n, "Siti Ramai Uji", nik=None, birth_date=date(1950 + n, 6, 7)) for n in range(60)]
    store.write_now(lambda tx: [participants.save(tx, one) for one in crowd])
    for known in (crowd[0], crowd[59]):
        form = PatientForm("Siti Ramai Uji", birth_date=f"07-06-{known.birth_date:%Y}")
        assert (await alike(desk, form))[0].participant.id == known.id


async def test_the_one_who_was_there_is_completed_and_nothing_known_is_changed(clerk: Desk, store: Store) -> None:
    known = invented(31, "Zulkifli Hamzah", nik=None, phone="081200000031", birth_date=None)
    store.write_now(lambda tx: participants.save(tx, known))
    typed = PatientForm("Zul", nik="3171010201900031", phone="0899", birth_date="02-01-1990", rm_number="000101")
    now = await complete_patient(clerk, known.id, typed)
    assert (now.name, now.nik, now.birth_date) == (known.name, "3171010201900031", date(1990, 1, 2))
    assert (now.phone, now.rm_number) == ("081200000031", None)  # 000101 is Sutrisno's
    assert await complete_patient(clerk, known.id, typed) == now


async def test_a_newborn_is_found_by_its_mother_and_she_by_it(clerk: Desk, store: Store) -> None:
    mother = (await search(clerk, "siti aminah")).rows[0].participant
    proposed = newborn_form(mother)
    assert (proposed.name, proposed.birth_date, proposed.sex) == ("By. Ny. Siti Aminah", "", None)
    assert await alike(clerk, proposed) == ()
    child = await save_patient(clerk, proposed)
    assert [(one.participant.id, one.reason) for one in await family(clerk, mother.id)] == [
        (child.id, "anak"),
        *[(one.participant.id, one.reason) for one in (await family(clerk, mother.id))[1:]],
    ]
    assert (await family(clerk, child.id))[0].reason == "ibu"
    assert {found.participant.id for found in (await search(clerk, "siti aminah")).rows} >= {mother.id, child.id}
    assert await same_person(clerk, child.id) == ()


async def test_what_pcare_corrects_is_shown_beside_it(clerk: Desk, store: Store) -> None:
    saved = await save_patient(
        clerk, PatientForm("Zulkifli Hamzah", card_number="0000000000031", birth_date="02-01-1990", sex=Sex.MALE)
    )
    card = await open_participant(clerk, saved.id)
    assert "Belum diverifikasi P-Care" in card.warnings
    said = invented(31, "ZULKIFLY HAMZAH", birth_date=date(1990, 2, 1))
    store.write_now(lambda tx: participants.confirm(tx, said))
    card = await open_participant(clerk, saved.id)
    assert card.participant.birth_date == date(1990, 2, 1)
    assert "Di sini diketik lahir 02-01-1990; P-Care lain" in card.warnings
    assert not any("nama" in warning for warning in card.warnings)
    store.write_now(lambda tx: participants.confirm(tx, said))
    assert (await open_participant(clerk, saved.id)).warnings == card.warnings
    store.write_now(lambda tx: participants.looked_at(tx, saved.id))
    assert "Di sini diketik lahir 02-01-1990; P-Care lain" not in (await open_participant(clerk, saved.id)).warnings


async def test_a_nik_says_where_it_was_issued() -> None:
    assert await area_of("327105") == "Bogor Utara, Kota Bogor, Jawa Barat"
    assert await area_of("000000") == ""


async def test_numbers_that_are_somebodys_cannot_be_saved_again(clerk: Desk) -> None:
    for form, field in (
        (PatientForm("Baru", card_number="0000000000001"), "card_number"),
        (PatientForm("Baru", nik="3171011503870001"), "nik"),
        (PatientForm("Baru", rm_number="000101"), "rm_number"),
    ):
        with pytest.raises(InvalidField) as refused:
            await save_patient(clerk, form)
        assert refused.value.field == field


async def test_a_card_that_became_known_is_put_into_the_row_that_is_there(clerk: Desk) -> None:
    known = await save_patient(clerk, PatientForm("Wayan Umum Uji", rm_number="000777", phone="0812 1"))
    now = await change_patient(clerk, known, PatientForm("Wayan Umum Uji", "0000000000777", rm_number="000777"))
    assert (now.id, now.card_number, now.rm_number, now.phone) == (known.id, "0000000000777", "000777", None)
    assert (await search(clerk, "0000000000777")).rows[0].participant == now
    renamed = await change_patient(clerk, now, PatientForm("Wayan Sudarta Uji", "0000000000777", rm_number="000777"))
    assert [found.participant for found in (await search(clerk, "sudarta")).rows] == [renamed]


async def test_what_two_people_change_at_once_are_both_kept(clerk: Desk) -> None:
    opened = await save_patient(clerk, PatientForm("Wayan Umum Uji", phone="08121"))
    await change_patient(clerk, opened, PatientForm("Wayan Umum Uji", phone="08122"))
    now = await change_patient(clerk, opened, PatientForm("Wayan Umum Uji", rm_number="000778", phone="08121"))
    assert (now.phone, now.rm_number) == ("08122", "000778")


@pytest.mark.parametrize(
    ("field", "typed"),
    [("card_number", {"card_number": "0000000000001"}), ("rm_number", {"rm_number": "000101"})],
)
async def test_another_ones_number_is_refused_with_the_name(clerk: Desk, field: str, typed: dict[str, str]) -> None:
    known = await save_patient(clerk, PatientForm("Wayan Umum Uji"))
    with pytest.raises(InvalidField, match="milik Sutrisno Wibowo") as refused:
        await change_patient(clerk, known, PatientForm("Wayan Umum Uji", **typed))
    assert refused.value.field == field


async def test_what_pcare_said_is_not_changed_here_but_the_phone_is_and_stays(clerk: Desk, store: Store) -> None:
    member = (await search(clerk, "sutrisno")).rows[0].participant
    now = await change_patient(clerk, member, PatientForm("Sutrisno Lain", rm_number="000101", phone="0899"))
    assert now == replace(member, phone="0899")
    own = await save_patient(clerk, PatientForm("Ani Uji", nik="3171010201900031"))
    said = invented(31, "Ani Uji", nik="3171010201900031", phone="0800")
    store.write_now(lambda tx: participants.confirm(tx, said))
    with pytest.raises(InvalidField, match="Menurut P-Care"):
        await change_patient(clerk, own, PatientForm("Ani Salah Uji", nik="3171010201900031"))
    store.write_now(lambda tx: participants.confirm(tx, replace(now, phone="0800")))
    assert (await search(clerk, "sutrisno")).rows[0].participant.phone == "0899"
