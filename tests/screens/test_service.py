"""The service: what is known is there, what is typed stays, what is saved is sent once; and the vertical referral."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.codes import InquiryKind, Payer
from kiosk.store.database import Store
from tests.screens.driver import Counter, counter_on
from tests.screens.patients import pcare_answering, registered

FIRST_PAGE, SECOND_PAGE, THIRD_PAGE = "[1 Pemeriksaan]", "[2 Diagnosis & terapi]", "[3 Pulang & rujukan]"


@asynccontextmanager
async def at_service(store: Store, folder: Path, **size: Any) -> AsyncIterator[Counter]:
    """Sutrisno has A-001; the admin (who may do what a nurse and a doctor do) has opened its service by number."""
    await registered(store, "sutrisno")
    async with counter_on(store, folder, **size) as counter:
        await counter.log_in("admin")
        await open_number(counter, "a1")
        yield counter


async def open_number(counter: Counter, number: str, page: str = FIRST_PAGE) -> None:
    await counter.press("f5")
    await counter.until("Nomor antrean")
    await counter.type(number)
    await counter.press("enter")
    await counter.until(page)


async def fill(counter: Counter, *, diagnosis: str = "i10", discharge: str = "b") -> None:
    """The least that P-Care asks for: Ctrl+S leads to what is missing; consciousness, diagnosis, doctor, discharge."""
    await counter.press("ctrl+s", "c", "ctrl+s")
    await counter.until(SECOND_PAGE)
    await diagnose(counter, diagnosis)
    await counter.press("pagedown")
    await counter.until(THIRD_PAGE)
    await counter.press("w", discharge)


async def diagnose(counter: Counter, text: str) -> None:
    await counter.type(text)
    await counter.until(lambda: "Diagnosis utama" in counter.text and f"» {text.upper()}" in counter.text)
    await counter.press("enter")
    await counter.until(SECOND_PAGE)


def content(counter: Counter) -> dict[str, Any]:
    """The saved service as the store keeps it."""
    import json

    (row,) = counter.rows("SELECT content FROM visit WHERE deleted = 0")
    found: dict[str, Any] = json.loads(str(row["content"]))
    return found


async def test_what_the_registration_measured_is_there_and_nothing_else(store: Store, tmp_path: Path) -> None:
    async with at_service(store, tmp_path) as counter:
        assert "Sutrisno Wibowo" in counter.text
        assert "AKTIF" in counter.text
        assert "batuk 3 hari" in counter.line("Keluhan")
        assert "120" in counter.line("Sistole")
        assert "62,5" in counter.line("Berat badan")
        for unmeasured in ("Denyut nadi", "Suhu"):
            assert not any(c.isdigit() for c in counter.line(unmeasured))
        assert "[" not in counter.line("Kesadaran"), "consciousness is an examination: never chosen for the doctor"


async def test_a_service_is_saved_by_keys_and_says_that_it_waits(store: Store, tmp_path: Path) -> None:
    async with at_service(store, tmp_path) as counter:
        await fill(counter)
        await counter.press("ctrl+s")
        await counter.until("Pelayanan tersimpan")
        assert "dikirim ke P-Care begitu tersambung" in counter.text
        saved = content(counter)
        assert saved["vitals"]["systolic"] == 120
        assert saved["vitals"]["temperature"] is None
        assert saved["diagnoses"][0]["code"] == "I10"
        assert saved["diagnoses"][0]["non_specialist"] is True
        assert (saved["doctor_code"], saved["discharge_code"]) == ("101", "3")
        assert counter.rows("SELECT state FROM ticket") == [{"state": "done"}]
        assert counter.rows("SELECT COUNT(*) AS n FROM draft") == [{"n": 0}]
        await counter.press("enter")
        await counter.until("Buka pelayanan")


async def test_a_double_key_press_saves_once(store: Store, tmp_path: Path) -> None:
    async with at_service(store, tmp_path) as counter:
        await fill(counter)
        await counter.pilot.press("ctrl+s", "ctrl+s", "f2")
        await counter.until("Pelayanan tersimpan")
        assert counter.rows("SELECT COUNT(*) AS n FROM outbox WHERE kind = 'visit.add'") == [{"n": 1}]


async def test_what_is_missing_is_said_at_its_field_and_the_first_gets_the_cursor(store: Store, tmp_path: Path) -> None:
    async with at_service(store, tmp_path) as counter:
        await counter.press("pagedown", "pagedown")
        await counter.until(THIRD_PAGE)
        await counter.press("ctrl+s")
        await counter.until("perbaiki isian bertanda ×")
        assert FIRST_PAGE + " ×" in counter.text
        assert "×" in counter.line("Kesadaran")
        assert "3 Pulang & rujukan  ×" in counter.text
        await counter.press("c")
        assert "[C Compos mentis]" in counter.text, "the cursor was on the field that must change"


async def test_doubtful_numbers_warn_and_impossible_ones_block(store: Store, tmp_path: Path) -> None:
    async with at_service(store, tmp_path, size=(120, 40)) as counter:
        await counter.press("down", "down")
        await counter.type("230")
        await counter.press("enter")
        await counter.until("Sistole 230 mmHg, benar?")
        await counter.press("up", "ctrl+u")
        await counter.type("9000")
        await counter.press("enter")
        await counter.until("tidak mungkin")
        assert counter.rows("SELECT COUNT(*) AS n FROM visit") == [{"n": 0}]


async def test_a_draft_survives_the_end_of_the_program(store: Store, tmp_path: Path) -> None:
    async with at_service(store, tmp_path) as counter:
        await counter.press("down")
        await counter.type("nyeri kepala sejak pagi")
        await counter.press("pagedown")
        await diagnose(counter, "i10")
        await counter.until(lambda: bool(counter.rows("SELECT 1 AS x FROM draft WHERE content LIKE '%I10%'")))
    async with counter_on(store, tmp_path) as counter:
        await counter.log_in("admin")
        await open_number(counter, "A-001", SECOND_PAGE)
        await counter.until("Draf yang belum disimpan dipulihkan")
        assert "I10  Essential" in counter.text
        await counter.press(*"j069", "enter")
        await counter.until(lambda: "J06.9" in counter.line("Diagnosis 2"))
        await counter.press("pageup")
        await counter.until(FIRST_PAGE)
        assert "nyeri kepala sejak pagi" in counter.line("Anamnesis")


async def test_leaving_asks_and_the_three_answers_do_what_they_say(store: Store, tmp_path: Path) -> None:
    async with at_service(store, tmp_path) as counter:
        await counter.press("down")
        await counter.type("pusing")
        await counter.press("escape")
        await counter.until("Tinggalkan pelayanan A-001?")
        await counter.press("escape")
        await counter.until(lambda: "Tinggalkan" not in counter.text)
        assert "pusing" in counter.line("Anamnesis")
        await counter.press("f3")
        await counter.until("Tinggalkan pelayanan A-001?")
        await counter.press("d")
        await counter.until("Cari ")
        await open_number(counter, "a1")
        await counter.until("Draf yang belum disimpan dipulihkan")
        assert "pusing" in counter.line("Anamnesis")
        await counter.press("escape")
        await counter.until("Tinggalkan")
        await counter.press("b")
        await counter.until("Buka pelayanan")
        await open_number(counter, "a1")
        assert "pusing" not in counter.text


async def test_locking_keeps_the_last_letter(store: Store, tmp_path: Path) -> None:
    async with at_service(store, tmp_path) as counter:
        await counter.press("down", *"mual", "f8")
        await counter.until("Kata sandi")
        assert counter.rows("SELECT COUNT(*) AS n FROM draft WHERE content LIKE '%mual%'") == [{"n": 1}]
        assert "mual" not in counter.text


async def test_a_saved_service_is_corrected_and_deleted(store: Store, tmp_path: Path) -> None:
    async with at_service(store, tmp_path) as counter:
        await fill(counter)
        await counter.press("f2")
        await counter.until("Pelayanan tersimpan")
        await counter.press("k")
        await counter.until(FIRST_PAGE)
        assert "[C Compos mentis]" in counter.text
        assert "F7 Hapus" in counter.text
        await counter.press("down")
        await counter.type("membaik")
        await counter.press("f2")
        await counter.until("Pelayanan tersimpan")
        assert content(counter)["anamnesis"] == "membaik"
        await counter.press("h")
        await counter.until("Hapus pelayanan A-001?")
        await counter.press("y")
        await counter.until("dihapus; nomornya bisa dilayani lagi")
        assert counter.rows("SELECT COUNT(*) AS n FROM visit WHERE deleted = 0") == [{"n": 0}]
        assert counter.rows("SELECT state FROM ticket") == [{"state": "serving"}]


async def test_an_umum_patient_is_served_and_nothing_is_sent(store: Store, tmp_path: Path) -> None:
    await registered(store, "rina", payer=Payer.GENERAL)
    async with counter_on(store, tmp_path) as counter:
        await counter.log_in("admin")
        await open_number(counter, "1")
        await fill(counter)
        await counter.press("f2")
        await counter.until("Pasien umum: tidak dikirim")
        assert counter.rows("SELECT COUNT(*) AS n FROM outbox") == [{"n": 0}]


@pytest.mark.parametrize(
    ("typed", "said"), [("a99", "hari lain: F4, lalu H"), ("apa", "Tulis nomor antrean seperti A-012")]
)
async def test_a_wrong_number_is_explained(store: Store, tmp_path: Path, typed: str, said: str) -> None:
    async with counter_on(store, tmp_path) as counter:
        await counter.log_in("admin")
        await counter.press("f5")
        await counter.until("Nomor antrean")
        await counter.type(typed)
        await counter.press("enter")
        await counter.until(said)


async def test_a_called_number_is_served_once_its_service_is_opened(store: Store, tmp_path: Path) -> None:
    await registered(store, "sutrisno")
    async with counter_on(store, tmp_path) as counter:
        await counter.log_in("admin")
        await counter.press("f4")
        await counter.until("1 menunggu")
        await counter.press("n")
        await counter.until("A-001 dipanggil ke Loket 1")
        await counter.press("enter")
        await counter.until(FIRST_PAGE)
        assert counter.rows("SELECT state FROM ticket") == [{"state": "serving"}]
        await counter.press("escape")
        await counter.until("[0 Semua")


async def test_pcares_diagnoses_join_those_on_this_computer(store: Store, tmp_path: Path) -> None:
    async with at_service(store, tmp_path) as counter, pcare_answering(store) as asked:
        await counter.press("pagedown")
        await counter.type("ispa")
        await counter.until("» J06.9")
        await counter.until("DM tipe 2")
        assert InquiryKind.DIAGNOSES in asked
        assert "» J06.9" in counter.text, "the selection stays where it was"
        await counter.press("down", "enter")
        await counter.until("E11.9  DM tipe 2")


# Referral


async def refer(counter: Counter) -> None:
    """From the discharge "Rujuk Vertikal" to the subspecialty; the cursor is then on the hospital."""
    await fill(counter, discharge="r")
    await counter.until("Rujukan")
    await counter.press("enter", "s")
    await counter.until("Subspesialis")
    await counter.type("int")
    await counter.until("» INT")
    await counter.press("enter")
    await counter.until(lambda: "INT  Penyakit Dalam" in counter.text and "┌" not in counter.text)
    await counter.press("space")
    await counter.until("Hipertensi Uji")
    await counter.press("down", "enter")
    await counter.until("8  Hipertensi Uji")
    await counter.press("enter", "enter")


async def test_a_referral_is_made_with_a_hospital_of_pcares_list(store: Store, tmp_path: Path) -> None:
    async with at_service(store, tmp_path) as counter, pcare_answering(store) as asked:
        await refer(counter)
        await counter.press("space")
        await counter.until("RS Uji Sejahtera")
        assert "2,3 km" in counter.line("RS Uji Sejahtera")
        assert "sisa 12" in counter.line("RS Uji Sejahtera")
        assert "penuh" in counter.line("RS Uji Penuh")
        assert "Jadwal Senin : 07:30 - 14:00" in counter.text
        await counter.press("enter")
        await counter.until("0301R001  RS Uji Sejahtera")
        await counter.press("ctrl+s")
        await counter.until("Pilih salah satu")
        assert "TACC" in counter.text, "a non-specialist diagnosis needs its reason"
        await counter.press("a", "6")
        await counter.until("Enter sekali lagi")
        assert "Belum bisa disimpan" not in counter.text, "everything was put right"
        assert counter.rows("SELECT COUNT(*) AS n FROM visit") == [{"n": 0}], "a choice does not save by itself"
        await counter.press("enter")
        await counter.until("Dirujuk ke RS Uji Sejahtera")
        saved = content(counter)
        assert saved["referral"]["hospital_code"] == "0301R001"
        assert saved["referral"]["subspecialty_code"] == "8"
        assert saved["referral"]["special_code"] is None
        assert (saved["tacc_code"], saved["tacc_reason"]) == (2, ">= 55 Tahun")
        assert InquiryKind.HOSPITALS in asked
        await counter.press("k")
        await counter.until(FIRST_PAGE)
        await counter.press("f2")
        await counter.until("Pelayanan tersimpan")
        assert content(counter) == saved, "opening and saving a referral changes nothing"


async def test_without_pcare_a_referral_waits_as_a_draft(store: Store, tmp_path: Path) -> None:
    async with at_service(store, tmp_path) as counter:
        async with pcare_answering(store):
            await refer(counter)
        async with pcare_answering(store, unanswered="unreachable"):
            await counter.press("space")
            await counter.until("P-Care tidak dapat dihubungi.")
            assert "isian tersimpan sebagai draf" in " ".join(counter.text.split())
            await counter.press("escape")
            await counter.until("pilih dari daftar P-Care")
            await counter.press("ctrl+s")
            await counter.until("Harus diisi")
            assert "×" in counter.line("Rumah sakit")
        assert counter.rows("SELECT COUNT(*) AS n FROM visit") == [{"n": 0}]
        await counter.until(
            lambda: bool(counter.rows("SELECT 1 AS x FROM draft WHERE content LIKE '%Hipertensi Uji%'"))
        )
        async with pcare_answering(store):
            await counter.press("space")
            await counter.until("RS Uji Sejahtera")


async def test_another_day_or_subspecialty_forgets_the_hospital(store: Store, tmp_path: Path) -> None:
    async with at_service(store, tmp_path) as counter, pcare_answering(store):
        await refer(counter)
        await counter.press("space")
        await counter.until("RS Uji Sejahtera")
        await counter.press("enter")
        await counter.until("0301R001  RS Uji Sejahtera")
        await counter.press("up", "up", "up", "up", "up")
        await counter.until(lambda: "pilih dari daftar P-Care" not in counter.text)
        await counter.press("down", "down")
        await counter.press("down")
        await counter.press(*"31122026")
        await counter.until("pilih dari daftar P-Care")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_full_referral_fits_without_scrolling(store: Store, tmp_path: Path, size: tuple[int, int]) -> None:
    async with at_service(store, tmp_path, size=size) as counter, pcare_answering(store):
        await refer(counter)
        await counter.press("space")
        await counter.until("RS Uji Sejahtera")
        await counter.press("enter")
        await counter.until("0301R001")
        await counter.press("t")
        for label in ("Dokter", "Status pulang", "Subspesialis", "Sarana", "Rumah sakit", "Alasan TACC", "Keterangan"):
            assert counter.line(label), label
        await counter.press("up", "a")
        await counter.until("5 12 Tahun s/d <55 Tahun")
        tacc = counter.text[counter.text.index("Alasan TACC") : counter.text.index("6 >= 55 Tahun")]
        assert "…" not in tacc, "what is chosen from must be readable"
