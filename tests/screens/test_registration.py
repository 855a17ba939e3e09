"""From the found row to the number: what is asked, what is refused, and what the store then holds."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk.store import participants
from tests.people import invented
from tests.screens.driver import Counter, counter_on


async def open_registration(counter: Counter, name: str = "sutrisno", seen: str = "Sutrisno Wibowo") -> None:
    await counter.find(name, seen)
    await counter.press("enter")
    await counter.until("Jenis kunjungan")


async def test_an_ordinary_visit_of_a_known_member_takes_five_keys(at_search: Counter) -> None:
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    keys = ("enter", "s", "j", "u", "ctrl+s")
    print(f"known member, from the found row to the number: {len(keys)} keys (goal 8)")
    assert len(keys) <= 8
    for key in keys:
        await at_search.press(key)
    await at_search.until("Nomor antrean A-001")
    assert "Sutrisno Wibowo" in at_search.text
    assert "dikirim ke P-Care begitu tersambung" in at_search.text
    (row,) = at_search.rows("SELECT * FROM registration")
    assert (row["poli_code"], row["payer"], row["visit_kind"], row["care"]) == ("001", "bpjs", "sakit", "10")
    assert row["systolic"] is None and row["weight"] is None and row["complaint"] is None
    (item,) = at_search.rows("SELECT kind, state FROM outbox")
    assert item == {"kind": "registration.add", "state": "pending"}


async def test_the_age_proposes_a_class_that_counts_once_the_field_is_passed(at_search: Counter) -> None:
    old = invented(91, "Mbah Sepuh Uji", birth_date=date(1950, 1, 2))
    at_search.store.write_now(lambda tx: participants.save(tx, old))
    await open_registration(at_search, "mbah sepuh", "Mbah Sepuh")
    await at_search.press("s", "j", "u")
    await at_search.until("Enter untuk lansia")
    assert "?L Lansia" in at_search.text and "[L Lansia]" not in at_search.text
    await at_search.press("ctrl+s")
    await at_search.until("× Usia")
    assert at_search.rows("SELECT id FROM registration") == [], "a proposal is not an answer"
    await at_search.press("enter")
    await at_search.until("[L Lansia]")
    await at_search.press("ctrl+s")
    await at_search.until("Nomor antrean A-001")
    assert at_search.rows("SELECT priority FROM ticket") == [{"priority": "elderly"}]


async def test_another_class_is_one_key_and_nobody_is_set_silently(at_search: Counter) -> None:
    await open_registration(at_search)
    await at_search.press("s", "j", "u")
    assert "[B Biasa]" in at_search.text
    await at_search.press("up", "h", "ctrl+s")
    await at_search.until("Nomor antrean A-001")
    assert at_search.rows("SELECT priority FROM ticket") == [{"priority": "pregnant"}]


async def test_everything_that_was_typed_is_in_the_store(at_search: Counter) -> None:
    await open_registration(at_search)
    await at_search.press("s", "j", "k")
    await at_search.type("demam, batuk")
    for value in ("", "120", "80", "62,5", "170.5", "20", "81", "88"):
        await at_search.type(value)
        await at_search.press("enter")
    await at_search.until("Nomor antrean C-001")
    (row,) = at_search.rows("SELECT * FROM registration")
    assert row["complaint"] == "demam, batuk"
    assert [row[name] for name in ("systolic", "diastolic", "weight", "height")] == [120, 80, 62.5, 170.5]
    assert [row[name] for name in ("respiration", "waist", "heart_rate")] == [20, 81, 88]


async def test_saving_an_empty_form_asks_for_what_must_be_decided(at_search: Counter) -> None:
    await open_registration(at_search)
    await at_search.press("ctrl+s")
    await at_search.until("Pilih salah satu")
    assert at_search.rows("SELECT id FROM registration") == []
    await at_search.press("s", "j", "u", "f2")
    await at_search.until("Nomor antrean A-001")


@pytest.mark.parametrize(
    ("typed", "said"),
    [("tinggi", "Isi dengan angka"), ("1200", "tidak mungkin"), ("1.200", "angka bulat"), ("12o", "Isi dengan angka")],
)
async def test_a_measurement_that_cannot_be_is_refused_and_stays_typed(
    at_search: Counter, typed: str, said: str
) -> None:
    await open_registration(at_search)
    await at_search.press("s", "j", "u", "enter")
    await at_search.type(typed)
    await at_search.press("ctrl+s")
    await at_search.until(said)
    assert typed in at_search.line("Sistole")
    assert at_search.rows("SELECT id FROM registration") == []


async def test_a_doubtful_measurement_warns_and_is_saved(at_search: Counter) -> None:
    await open_registration(at_search)
    await at_search.press("s", "j", "u", *["enter"] * 4)
    await at_search.type("17")
    await at_search.press("enter")
    await at_search.until("Tinggi badan 17 cm, benar?")
    await at_search.press("ctrl+s")
    await at_search.until("Nomor antrean")
    assert at_search.rows("SELECT height FROM registration") == [{"height": 17.0}]


async def test_an_impossible_day_is_refused_at_the_field(at_search: Counter) -> None:
    await open_registration(at_search)
    await at_search.press("shift+tab")
    await at_search.type("31022026")
    await at_search.press("enter")
    await at_search.until("Tanggal itu tidak ada di kalender")
    await at_search.type("01012099")
    await at_search.press("enter", "s", "j", "u", "ctrl+s")
    await at_search.until("tidak boleh setelah hari ini")
    assert "01-01-2099" in at_search.line("Tanggal")


async def test_a_save_key_pressed_twice_makes_one_registration(at_search: Counter) -> None:
    await open_registration(at_search)
    await at_search.press("s", "j", "u", "ctrl+s", "ctrl+s", "f2")
    await at_search.until("Nomor antrean A-001")
    await asyncio.sleep(0.2)
    assert len(at_search.rows("SELECT id FROM registration")) == 1


async def test_the_same_poli_twice_on_a_day_is_refused_with_its_number(at_search: Counter) -> None:
    await open_registration(at_search)
    await at_search.press("s", "j", "u", "ctrl+s")
    await at_search.until("Nomor antrean A-001")
    await at_search.press("enter")
    await open_registration(at_search)
    await at_search.until("Hari ini sudah terdaftar: Umum")
    await at_search.press("s", "j", "u", "ctrl+s")
    await at_search.until("Sudah terdaftar di Umum, nomor A-001")
    assert "Jenis kunjungan" in at_search.text


async def test_a_poli_for_the_sick_on_a_healthy_visit_is_asked_about(at_search: Counter) -> None:
    await open_registration(at_search)
    await at_search.press("h", "j", "u")
    await at_search.until("Umum untuk kunjungan sakit, benar?")


async def test_an_inactive_member_must_be_decided_and_can_pay_himself(at_search: Counter) -> None:
    await open_registration(at_search, "dewi", "Dewi Lestari")
    assert "TIDAK AKTIF" in at_search.text and "[B BPJS]" not in at_search.text
    await at_search.press("u", "s", "j", "u", "ctrl+s")
    await at_search.until("Umum: tidak dikirim ke P-Care")
    assert at_search.rows("SELECT id FROM outbox") == []


async def test_somebody_without_a_card_cannot_be_registered_as_a_member(at_search: Counter) -> None:
    await open_registration(at_search, "rina", "Rina Tanpa Kartu")
    assert "[U Umum]" in at_search.text
    await at_search.press("up", "up", "b", "s", "j", "u", "ctrl+s")
    await at_search.until("× Nomor kartu belum ada; Ctrl+D lalu U")
    assert "[S Sakit]" in at_search.text and "[J Rawat jalan]" in at_search.text


async def test_leaving_asks_only_when_something_was_typed(at_search: Counter) -> None:
    await open_registration(at_search)
    await at_search.press("escape")
    await at_search.until("Cari")
    assert "Jenis kunjungan" not in at_search.text
    await open_registration(at_search)
    await at_search.press("s", "escape")
    await at_search.until("Buang isian pendaftaran?")
    await at_search.press("t")
    assert "[S Sakit]" in at_search.text
    await at_search.press("f10")
    await at_search.until("Buang isian pendaftaran?")
    await at_search.press("y")
    await at_search.until("Cari")


async def test_after_the_number_typing_begins_the_next_search(at_search: Counter) -> None:
    await open_registration(at_search)
    await at_search.press("s", "j", "u", "ctrl+s")
    await at_search.until("Nomor antrean")
    await at_search.press(*"siti")
    await at_search.until("Siti Aminah")
    assert "siti" in at_search.line("Cari")


async def test_the_next_patient_finds_an_empty_form(at_search: Counter) -> None:
    await open_registration(at_search)
    await at_search.press("s", "j", "u")
    await at_search.type("keluhan orang lain")
    await at_search.press("ctrl+s")
    await at_search.until("Nomor antrean")
    await at_search.press("enter")
    await open_registration(at_search, "siti", "Siti Aminah")
    assert "keluhan orang lain" not in at_search.text and "[S Sakit]" not in at_search.text


async def test_nothing_is_clipped_at_80_by_24_with_everything_on_the_card(
    at_search: Counter,
) -> None:
    many = invented(
        88,
        "RADEN AYU PANJANG SEKALI NAMANYA BINTI HAJI ABDURRAHMAN UJI",
        active=False,
        status_text="PENANGGUHAN PEMBAYARAN",
        arrears=2,
        facility_code="0114U999",
        facility_name="Puskesmas Dengan Nama Yang Panjang Sekali",
        rm_number="000188",
        phone="081200000188",
        prb="DM",
        class_name="KELAS III",
        kind_name="PEKERJA MANDIRI",
    )
    at_search.store.write_now(lambda tx: participants.save(tx, many))
    await open_registration(at_search, "raden ayu", "RADEN AYU")
    for word in ("Ada tunggakan", "Rujuk balik", "Nadi", "F2/Ctrl+S", "data P-Care"):
        assert word in at_search.text, at_search.text
    assert len(at_search.text.splitlines()) == 24


async def test_what_was_half_typed_comes_back_after_a_kill(at_search: Counter, tmp_path: Path) -> None:
    await open_registration(at_search)
    await at_search.press("s", "j")
    await at_search.press("down", "down")
    await at_search.type("batuk sejak kemarin")
    await at_search.until(lambda: bool(at_search.rows("SELECT * FROM draft WHERE content LIKE '%kemarin%'")))
    async with counter_on(at_search.store, tmp_path / "lagi") as again:
        await again.log_in()
        await open_registration(again)
        await again.until("Isian yang belum disimpan dikembalikan")
        assert "[S Sakit]" in again.text and "batuk sejak kemarin" in again.text
        await again.press("up", "up", "u", "ctrl+s")
        await again.until("Nomor antrean A-001")
        assert again.rows("SELECT * FROM draft") == []


async def test_what_was_dropped_does_not_come_back(at_search: Counter) -> None:
    await open_registration(at_search)
    await at_search.press("s", "j")
    await at_search.until(lambda: bool(at_search.rows("SELECT * FROM draft")))
    await at_search.press("escape")
    await at_search.until("Buang isian pendaftaran?")
    await at_search.press("y")
    await at_search.until("Cari ")
    assert at_search.rows("SELECT * FROM draft") == []
    await open_registration(at_search)
    assert "[S Sakit]" not in at_search.text


async def test_a_lock_in_the_middle_of_a_save_shows_nothing_of_the_patient(at_search: Counter) -> None:
    await open_registration(at_search)
    await at_search.press("s", "j", "u")
    await at_search.press("f8")
    await at_search.until("Terkunci oleh Siti Uji")
    await at_search.app.go("search", typed="sutrisno")
    await at_search.pilot.pause(0.3)
    assert "Sutrisno" not in at_search.text and "Terkunci oleh" in at_search.text


async def test_a_form_that_was_open_at_midnight_asks_for_the_new_date(
    at_search: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_registration(at_search)
    desk = at_search.app.desk
    tomorrow = desk.today() + timedelta(days=1)
    monkeypatch.setattr(desk, "today", lambda: tomorrow)
    await at_search.press("s", "j", "u", "ctrl+s")
    await at_search.until("Hari sudah berganti")
    assert at_search.rows("SELECT id FROM registration") == []
    await at_search.press("ctrl+s")
    await at_search.until("Nomor antrean A-001")
    assert at_search.rows("SELECT day FROM registration") == [{"day": tomorrow.isoformat()}]
