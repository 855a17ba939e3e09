"""The data of a person: family, doubles, merging two rows and parting them again, by keys."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kiosk.domain.codes import Sex
from kiosk.domain.participant import Participant
from kiosk.store import participants
from kiosk.store.database import Store
from tests.people import invented
from tests.screens.driver import Counter, counter_on

MEMBER = invented(31, "Zulkifly Hamza", nik="3171010201900031", birth_date=date(1990, 1, 2), prolanis="DM")
OWN = replace(
    invented(32, "Zulkifli Hamzah", card_number=None, nik="3171010201900031", birth_date=date(1990, 1, 2)),
    rm_number="000900",
    phone="081200000900",
    active=None,
    confirmed_at=None,
    facility_code=None,
)
SON = invented(33, "Anak Zulkifli", birth_date=date(2020, 5, 5), phone="081200000900")


@pytest.fixture
def three(store: Store) -> tuple[Participant, Participant, Participant]:
    """A member, the same man as the clinic's own patient, and his son, who has his phone."""
    store.write_now(lambda tx: [participants.save(tx, one) for one in (MEMBER, OWN, SON)])
    return MEMBER, OWN, SON


async def test_two_rows_become_one_person_and_two_again(
    three: tuple[Participant, Participant, Participant], at_search: Counter
) -> None:
    await at_search.find("000900", "Zulkifli Hamzah")
    await at_search.press("ctrl+d")
    await at_search.until("NIK sama")
    await at_search.until(lambda: "NIK sama" in at_search.line("» Zulkifly Hamza"))
    assert "telepon sama" in at_search.line("Anak Zulkifli")
    await at_search.press("g")
    await at_search.until("Gabungkan dua data menjadi satu orang?")
    await at_search.until(lambda: "digabung (1)" in at_search.text and "» TETAP (2)" in at_search.text)
    await at_search.press("1")
    await at_search.until("» TETAP (1)")
    assert "Zulkifli Hamzah" in at_search.line("Sesudahnya")
    assert "kartu 0000000000031 · RM 000900 · NIK 3171010201900031" in at_search.text
    await at_search.press("g")
    await at_search.until("oleh Siti Uji")
    await at_search.until(lambda: "Zulkifly Hamza" in at_search.line("digabung"))
    await at_search.until("Prolanis DM: belum berkunjung bulan ini")
    await at_search.press("escape", "escape")
    await at_search.find("zulkifly hamza", "Zulkifli Hamzah")
    await at_search.until(lambda: "nama lain" in at_search.line("» Zulkifli Hamzah"))
    await at_search.press("ctrl+d", "p")
    await at_search.until("Pisahkan lagi?")
    await at_search.press("y")
    await at_search.until(
        lambda: (
            len(at_search.rows("SELECT id FROM participant WHERE merged_into IS NULL AND name LIKE 'Zulkifl%'")) == 2
        )
    )
    await at_search.until("NIK sama")


async def test_a_member_of_the_family_is_registered_from_there(
    three: tuple[Participant, Participant, Participant], at_search: Counter
) -> None:
    await at_search.find("000900", "Zulkifli Hamzah")
    await at_search.press("ctrl+d")
    await at_search.until("telepon sama")
    await at_search.press("down", "enter")
    await at_search.until("Jenis kunjungan")
    await at_search.until("Anak Zulkifli")
    await at_search.press("s", "ctrl+d")
    await at_search.until("Zulkifli Hamzah")
    await at_search.press("escape")
    await at_search.until("[S Sakit]")


async def test_two_who_wait_in_one_poli_are_not_merged_and_the_box_says_why(
    three: tuple[Participant, Participant, Participant], at_search: Counter
) -> None:
    for card in ("0000000000031", "000900"):
        await at_search.find(card, "Zulkifl")
        await at_search.press("enter")
        await at_search.until("Jenis kunjungan")
        await at_search.press("s", "j", "u", "ctrl+s")
        await at_search.until("Nomor antrean A-")
        await at_search.press("enter")
    await at_search.find("000900", "Zulkifli Hamzah")
    await at_search.press("ctrl+d", "g")
    await at_search.until("Batalkan salah satu dulu: keduanya terdaftar di Umum")
    await at_search.press("g", "escape")
    await at_search.until("Cari ")
    assert len(at_search.rows("SELECT id FROM participant WHERE merged_into IS NOT NULL")) == 0


async def test_a_doctor_sees_the_family_and_can_change_nothing(
    three: tuple[Participant, Participant, Participant], counter: Counter
) -> None:
    await counter.log_in("dokter")
    await counter.find("000900", "Zulkifli Hamzah")
    await counter.press("ctrl+d")
    await counter.until("NIK sama")
    assert "gabungkan" not in counter.text and "bayi" not in counter.text
    await counter.press("g", "enter", "b")
    assert "Gabungkan dua data" not in counter.text and "NIK sama" in counter.text


async def test_somebody_alone_has_an_empty_panel_that_says_so(at_search: Counter) -> None:
    await at_search.find("rina", "Rina Tanpa Kartu")
    await at_search.press("ctrl+d")
    await at_search.until("Tidak ada keluarga atau data serupa")
    await at_search.press("g")
    await at_search.press("enter")
    await at_search.until("Tidak ada keluarga atau data serupa")


async def test_everything_on_the_panel_has_room_at_80_by_24_and_120_by_40(store: Store, tmp_path: Path) -> None:
    crowd = [
        invented(500 + n, f"RADEN MAS PANJANG SEKALI NAMANYA UJI {n}", nik="3171010201900599", phone="081200000599")
        for n in range(9)
    ]
    person = replace(
        crowd[0],
        sex=Sex.MALE,
        active=False,
        status_text="PENANGGUHAN PEMBAYARAN",
        facility_code="0114U999",
        facility_name="Puskesmas Dengan Nama Yang Panjang Sekali",
        arrears=2,
        prolanis="DM",
        prb="HT",
        corrected=(("birth_date", "1901-01-01"), ("name", "Nama Yang Diketik Panjang Sekali Di Loket Ini")),
    )
    store.write_now(lambda tx: [participants.save(tx, one) for one in (*crowd[1:], person)])
    for size in ((80, 24), (120, 40)):
        async with counter_on(store, tmp_path / str(size[0]), size=size) as counter:
            await counter.log_in()
            await counter.find(person.card_number or "", "RADEN MAS")
            await counter.press("ctrl+d")
            await counter.until("koreksi sudah dilihat")
            await counter.until(lambda c=counter: "Esc" in c.text and "NIK sama" in c.line("» RADEN"))  # type: ignore[misc]
            await counter.press("k")
            await counter.until(
                lambda c=counter: "koreksi sudah dilihat" not in c.text and "NIK sama" in c.text  # type: ignore[misc]
            )
            store.write_now(lambda tx: participants.save(tx, person))


async def test_who_paid_and_brings_a_card_is_registered_as_a_member_in_a_few_keys(at_search: Counter) -> None:
    await at_search.find("rina", "Rina Tanpa Kartu")
    await at_search.press("enter")
    await at_search.until("Jenis kunjungan")
    await at_search.press("up", "up", "b")
    await at_search.until("Nomor kartu belum ada; Ctrl+D lalu U")
    await at_search.press("s")
    await at_search.press("ctrl+d")
    await at_search.until("U ubah data")
    await at_search.press("u")
    await at_search.until("Ubah data  Rina Tanpa Kartu")
    await at_search.press("down", "down", "down", "down")
    await at_search.type("0000000000001")
    await at_search.press("f2")
    await at_search.until("Kartu ini milik Sutrisno Wibowo")
    await at_search.press(*["backspace"] * 13)
    await at_search.type("0000000000077")
    await at_search.press("f2")
    await at_search.until("Kartu 0000000000077")
    assert "[B BPJS]" in at_search.text and "[S Sakit]" in at_search.text, "what was chosen before is there again"
    await at_search.press("j", "u", "ctrl+s")
    await at_search.until("Nomor antrean A-001")
    assert at_search.rows("SELECT card_number, payer FROM registration") == [
        {"card_number": "0000000000077", "payer": "bpjs"}
    ]


async def test_of_a_confirmed_member_only_what_the_clinic_knows_is_asked(at_search: Counter) -> None:
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    await at_search.press("ctrl+d")
    await at_search.until("U ubah data")
    await at_search.press("u")
    await at_search.until("menurut P-Care, dan diubah di BPJS")
    assert "NIK" not in at_search.text and "Nomor RM" in at_search.text
    await at_search.press(*["backspace"] * 12)
    await at_search.type("0812999")
    await at_search.press("escape")
    await at_search.until("Buang perubahan data?")
    await at_search.press("t")
    await at_search.press("f2")
    await at_search.until(lambda: "»" in at_search.line("Sutrisno Wibowo"))
    assert "Data pasien tersimpan" in at_search.text
    await at_search.until(lambda: "0812999" in at_search.line("Telp"))
    assert at_search.rows("SELECT phone FROM participant WHERE name LIKE 'Sutrisno%'") == [{"phone": "0812999"}]
