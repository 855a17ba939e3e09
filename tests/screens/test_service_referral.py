"""Referrals by keys: a special service with its subspecialty, what it does to RRNS, and the way to another poli."""

from pathlib import Path

import pytest

from kiosk.store.database import Store
from tests.screens.driver import Counter
from tests.screens.patients import pcare_answering
from tests.screens.test_service import SECOND_PAGE, THIRD_PAGE, at_service, content, diagnose, fill


async def pick(counter: Counter, text: str, seen: str, then: str) -> None:
    """Type into the box that opens, take the first, and wait until `then` stands in the form."""
    await counter.type(text)
    await counter.until(lambda: "»" in counter.text and seen in counter.text)
    await counter.press("enter")
    await counter.until(lambda: then in counter.text and "┌" not in counter.text)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_thalassaemia_needs_a_subspecialty_besides(store: Store, tmp_path: Path, size: tuple[int, int]) -> None:
    async with at_service(store, tmp_path, size=size) as counter, pcare_answering(store) as asked:
        await fill(counter, discharge="r")
        await counter.until("Rujukan  !")
        assert "! RRNS naik: 1 dari 1 rujukan bulan ini, 100,0 %" in counter.text
        await counter.press("enter", "k")
        await counter.until("Layanan khusus    [")
        assert "Subspesialis" not in counter.text, "other services have none"
        await pick(counter, "hem", "Hemodialisa", "HDL  Hemodialisa")
        assert "Subspesialis" not in counter.text
        await counter.press("up", "backspace")
        await pick(counter, "tha", "Thalasemia", "THA  Thalasemia")
        await counter.until("Subspesialis")
        await pick(counter, "int", "Penyakit Dalam", "INT  Penyakit Dalam")
        await pick(counter, " ", "Endokrin", "3  Endokrin")
        assert "Sarana" not in counter.text
        await counter.press(*"rutin", "enter", "enter")
        await pick(counter, " ", "RS Uji Sejahtera", "0301R001  RS Uji Sejahtera")
        await counter.press("a", "6")
        await counter.until("dengan TACC tidak dihitung")
        for label in ("Dokter", "Tanggal pulang", "Catatan", "Rumah sakit", "Alasan TACC", "6 >= 55 Tahun"):
            assert counter.line(label), label
        await counter.press("f2")
        await counter.until("Dirujuk ke RS Uji Sejahtera")
        saved = content(counter)["referral"]
        assert (saved["special_code"], saved["subspecialty_code"], saved["sarana_code"]) == ("THA", "3", None)
        assert saved["note"] == "rutin"
        (question,) = counter.rows("SELECT question FROM inquiry WHERE kind = 'hospitals'")
        assert '"special_code":"THA"' in str(question["question"])
        assert '"subspecialty_code":"3"' in str(question["question"])
        assert asked
        await counter.press("k")
        await counter.until("[1 Pemeriksaan]")
        await counter.press("f2")
        await counter.until("Pelayanan tersimpan")
        assert content(counter)["referral"] == saved


async def test_an_internal_referral_shows_the_number_that_it_gave(store: Store, tmp_path: Path) -> None:
    async with at_service(store, tmp_path) as counter:
        await fill(counter)
        await counter.until("Rujuk internal")
        await pick(counter, "gigi", "Gigi", "002  Gigi & Mulut")
        await counter.press("b")
        await counter.until("[B Beri nomor sekarang]")
        await counter.press("f2")
        await counter.until("Rujuk internal: nomor B-001 di Gigi & Mulut")
        assert content(counter)["internal_poli_code"] == "002"
        labels = counter.rows("SELECT label, state FROM ticket ORDER BY label")
        assert labels == [{"label": "A-001", "state": "done"}, {"label": "B-001", "state": "waiting"}]
        await counter.press("h")
        await counter.until("Nomor B-001 dari rujukan internalnya tetap ada")


async def test_an_allergy_is_warned_of_when_the_service_opens_and_when_the_drug_is_typed(
    store: Store, tmp_path: Path
) -> None:
    async with at_service(store, tmp_path) as counter:
        assert "Alergi belum pernah ditanyakan" in counter.text
        await fill(counter)
        await counter.press("pageup", "pageup")
        await counter.until("Alergi terhadap")
        for _ in range(14):
            await counter.press("down")
        await counter.until("[1 Pemeriksaan]")
        await counter.type("amoksisilin, udang")
        await counter.press("f2")
        await counter.until("Pelayanan tersimpan")
        await counter.press("k")
        await counter.until("! ALERGI  amoksisilin, udang")
        await counter.press("pagedown")
        await counter.until("Terapi lain")
        await counter.press("down", "down", "down")
        await counter.type("amoxicillin 3x1")
        await counter.press("enter")
        await counter.until("Pasien alergi amoksisilin!")
        await counter.press("f2")
        await counter.until("simpan sekali lagi kalau memang begitu")
        await counter.press("f2")
        await counter.until("Pelayanan tersimpan")
        await counter.press("o")
        await counter.until("! ALERGI  amoksisilin, udang")
        await counter.press("o")
        await counter.until("Tambah obat")
        await counter.press("enter")
        await counter.type("amoksisilin sirup")
        await counter.press("enter")
        await counter.until("Pasien alergi amoksisilin!")
        await counter.press(*"3", "enter", *"1", "enter", *"1", "f2")
        await counter.until("Obat tersimpan")
        assert counter.rows("SELECT COUNT(*) AS n FROM visit_line") == [{"n": 1}], "warned, and a doctor decides"


async def test_an_allergy_that_the_nurse_only_typed_so_far_warns_the_doctor(store: Store, tmp_path: Path) -> None:
    async with at_service(store, tmp_path) as counter:
        await counter.press("ctrl+s", "c", "ctrl+s")
        await counter.until(SECOND_PAGE)
        await diagnose(counter, "i10")
        await counter.press("pageup")
        await counter.until("Alergi terhadap")
        for _ in range(14):
            await counter.press("down")
        await counter.until("[1 Pemeriksaan]")
        await counter.type("amoksisilin")
        await counter.until("! ALERGI  amoksisilin")
        await counter.press("pagedown")
        await counter.until("Terapi lain")
        await counter.press("down", "down", "down")
        await counter.type("amoxicillin 3x1")
        await counter.press("f2")
        await counter.until(THIRD_PAGE)
        await counter.press("w", "b", "f2")
        await counter.until("simpan sekali lagi kalau memang begitu")
        assert "Pasien alergi amoksisilin!" in counter.text
        assert counter.rows("SELECT COUNT(*) AS n FROM visit") == [{"n": 0}], "nobody had seen the warning yet"
        await counter.press("f2")
        await counter.until("Pelayanan tersimpan")
