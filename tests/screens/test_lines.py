"""Drugs, procedures and results on the screen: entered by keys, once, corrected, taken back, also without a network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kiosk.counter.ask import ask_drugs, ask_procedures, wait_for
from kiosk.counter.lines import add_line, lines_of
from kiosk.domain.codes import Care, InquiryState, OutboxKind, OutboxState
from kiosk.domain.labs import LAB_NUMBERS, LAB_TEXTS
from kiosk.domain.visit import Visit
from tests.screens.driver import Counter, counter_on
from tests.sync import colleague
from tests.sync.conftest import ClinicDay
from tests.sync.conftest import icd_loaded as icd_loaded
from tests.sync.visit_lines import AMOXICILLIN, PARACETAMOL, fault, held, open_visit, until


@dataclass
class AtLines:
    """The counter in front of the lines of a service that P-Care has."""

    counter: Counter
    clinic: ClinicDay
    visit: Visit

    async def pick_drug(self, text: str, seen: str) -> None:
        """In the drug form: search in DPHO and take the first."""
        await self.counter.type(text)
        await self.counter.until(lambda: "»" in self.counter.text and seen in self.counter.text)
        await self.counter.press("enter")
        await self.counter.until(lambda: "Kali sehari" in self.counter.text and "┌" not in self.counter.text)

    async def fill(self, *texts: str) -> None:
        """Each text into the next field."""
        for text in texts:
            await self.counter.type(text)
            await self.counter.press("enter")


@asynccontextmanager
async def at_lines(clinic: ClinicDay, folder: Path, **size: Any) -> AsyncIterator[AtLines]:
    """Opened from the queue with O by the admin (who may do what a doctor does)."""
    visit = await open_visit(clinic)
    async with counter_on(clinic.store, folder, **size) as counter:
        await counter.log_in("admin")
        await counter.press("f4")
        await counter.until("A-001")
        await counter.press("o")
        await counter.until("belum ada")
        yield AtLines(counter, clinic, visit)


async def test_a_drug_is_added_by_keys_and_stands_once_here_and_at_pcare(clinic: ClinicDay, tmp_path: Path) -> None:
    async with at_lines(clinic, tmp_path) as at:
        await at.counter.press("o")
        await at.counter.until("Tambah obat")
        await at.pick_drug("parasetamol tab", "Parasetamol tab 500 mg")
        await at.fill("3", "1")
        await at.counter.type("10")
        await at.counter.pilot.press("ctrl+s", "ctrl+s", "f2")
        await at.counter.until("Obat tersimpan")
        assert "3×1 · jumlah 10" in at.counter.line("Parasetamol tab 500 mg")
        await at.counter.until(lambda: "sampai" in at.counter.line("3×1"))
        (row,) = held(clinic, "medications")
        assert (row["signa1"], row["signa2"], row["jmlObat"]) == (3, 1, 10)
        assert len((await lines_of(clinic.desk, at.visit.id)).medications) == 1


async def test_a_drug_outside_of_the_list_with_half_pieces_and_a_compound(clinic: ClinicDay, tmp_path: Path) -> None:
    async with at_lines(clinic, tmp_path) as at:
        await at.counter.press("o")
        await at.counter.until("Tambah obat")
        await at.counter.press("enter")
        await at.fill("Puyer batuk uji", "2", "1", "7,5", "8", "1")
        await at.counter.until("Obat tersimpan")
        (row,) = (await lines_of(clinic.desk, at.visit.id)).medications
        value: Any = row.line.value
        assert (value.name, value.code, value.amount, value.requested, value.compound) == (
            "Puyer batuk uji",
            None,
            7.5,
            8,
            "1",
        )
        assert "luar DPHO" in at.counter.text


async def test_a_drug_half_typed_comes_back_after_a_kill(clinic: ClinicDay, tmp_path: Path) -> None:
    async with at_lines(clinic, tmp_path) as at:
        await at.counter.press("o")
        await at.counter.until("Tambah obat")
        await at.counter.press("enter")
        await at.counter.type("Salep racikan uji")
        await at.counter.until(
            lambda: bool(at.counter.rows("SELECT * FROM draft WHERE kind = 'line' AND content LIKE '%racikan uji%'"))
        )
        async with counter_on(clinic.store, tmp_path / "lagi") as again:
            await again.log_in("admin")
            await again.press("f4")
            await again.until("A-001")
            await again.press("o")
            await again.until("belum ada")
            await again.press("o")
            await again.until("Isian yang belum disimpan dikembalikan")
            assert "Salep racikan uji" in again.line("Di luar DPHO")
            await again.type(" 10 g")
            await again.until(lambda: "Salep racikan uji 10 g" in again.line("Di luar DPHO"))
            await again.press("escape", "y")
            await again.until("belum ada")
            assert again.rows("SELECT * FROM draft WHERE kind = 'line'") == []


async def test_what_is_wrong_is_said_beside_its_field(clinic: ClinicDay, tmp_path: Path) -> None:
    async with at_lines(clinic, tmp_path) as at:
        await at.counter.press("o")
        await at.counter.until("Tambah obat")
        await at.counter.press("ctrl+s")
        await at.counter.until("perbaiki isian bertanda ×")
        for label in ("Kali sehari", "Sekali minum", "Jumlah"):
            assert "Harus diisi" in at.counter.line(label)
        await at.fill("100", "1", "0", "", "")
        await at.counter.press("ctrl+s")
        await at.counter.until("angka bulat 0 sampai 99")
        assert "angka bulat 0 sampai 99" in at.counter.line("Kali sehari")
        assert "harus lebih dari nol" in at.counter.line("Jumlah")
        assert "×" in at.counter.line("Di luar DPHO")
        assert "× Pilih obat, atau tulis nama obat di luar DPHO" in at.counter.text, "too long: below the fields"
        await at.counter.press("escape")
        await at.counter.until("Buang isian yang belum disimpan?")
        await at.counter.press("t")
        await at.counter.until("Tambah obat")
        await at.counter.press("escape")
        await at.counter.until("Buang isian")
        await at.counter.press("y")
        await at.counter.until("belum ada")
        assert (await lines_of(clinic.desk, at.visit.id)).medications == ()


async def test_a_drug_is_corrected_and_the_list_keeps_its_columns(clinic: ClinicDay, tmp_path: Path) -> None:
    async with at_lines(clinic, tmp_path) as at:
        await add_line(clinic.desk, at.visit.id, PARACETAMOL)
        await at.counter.until("3×1 · jumlah 10")
        await clinic.settled()
        await at.counter.press("enter")
        await at.counter.until("Perbaiki obat")
        await at.counter.press("escape")
        await at.counter.until(lambda: "Parasetamol tab 500 mg  3×1 · jumlah 10" in at.counter.line("» Obat"))
        await at.counter.press("enter")
        await at.counter.until("Perbaiki obat")
        await at.fill("2", "1", "20")
        await at.counter.press("ctrl+s")
        await at.counter.until(lambda: "sampai" in at.counter.line("2×1 · jumlah 20"))
        assert [row["jmlObat"] for row in held(clinic, "medications")] == [20]
        assert "Obat tersimpan" in at.counter.text


async def test_a_procedure_is_proposed_with_its_tariff_corrected_and_taken_back(
    clinic: ClinicDay,
    tmp_path: Path,
) -> None:
    async with at_lines(clinic, tmp_path) as at:
        await at.counter.press("t")
        await at.counter.until("Tambah tindakan")
        await at.counter.press("space")
        await at.counter.until("Pap smear")
        await at.counter.type("jahit")
        await at.counter.until(lambda: "» 01013" in at.counter.text)
        assert "Rp50.000" in at.counter.line("Jahit luka")
        await at.counter.press("enter")
        await at.counter.until("tarif tertinggi P-Care")
        assert "50000" in at.counter.line("Biaya")
        assert "Hasil" not in at.counter.text, "this procedure has no result"
        await at.counter.type("60000")
        await at.counter.press("ctrl+s")
        await at.counter.until("simpan sekali lagi kalau memang begitu")
        assert (await lines_of(clinic.desk, at.visit.id)).procedures == ()
        await at.counter.press("ctrl+s")
        await at.counter.until("Tindakan tersimpan")
        await at.counter.until(lambda: "perlu tindakan" in at.counter.line("Rp60.000"))
        await at.counter.until("P-Care menolak isinya")
        await at.counter.press("enter")
        await at.counter.until("Perbaiki tindakan")
        await at.counter.type("45000")
        await at.counter.press("f2")
        await at.counter.until(lambda: "sampai" in at.counter.line("Rp45.000"))
        assert [row["biaya"] for row in held(clinic, "procedures")] == [45_000]
        await at.counter.press("delete")
        await at.counter.until("Hapus tindakan ini?")
        await at.counter.press("y")
        await at.counter.until("Tindakan dihapus")
        await clinic.settled()
        assert held(clinic, "procedures") == []
        assert "belum ada" in at.counter.line("Tindakan  ")


async def test_a_procedure_with_a_result_asks_for_it(clinic: ClinicDay, tmp_path: Path) -> None:
    async with at_lines(clinic, tmp_path) as at:
        await at.counter.press("t")
        await at.counter.until("Tambah tindakan")
        await at.counter.type("hba")
        await at.counter.until("» 01003")
        await at.counter.press("enter")
        await at.counter.until("Hasil")
        await at.fill("", "", "6,5")
        await at.counter.until("Tindakan tersimpan")
        assert "hasil 6,5" in at.counter.line("HbA1c")


async def test_results_are_entered_on_three_pages_and_nothing_is_invented(clinic: ClinicDay, tmp_path: Path) -> None:
    async with at_lines(clinic, tmp_path) as at:
        await at.counter.press("l")
        await at.counter.until("[1 Darah]")
        seen = at.counter.text
        await at.fill("230")
        await at.counter.until("Sistole 230 mmHg, benar?")
        await at.fill("", "12,5", "8000")
        await at.counter.press("pagedown")
        await at.counter.until("[2 Kimia darah]")
        seen += at.counter.text
        await at.counter.press("pagedown")
        await at.counter.until("[3 Lain-lain]")
        seen += at.counter.text
        for label, unit in LAB_NUMBERS.values():
            assert label in seen and unit in seen
        for label in LAB_TEXTS.values():
            assert label in seen
        await at.counter.press("ctrl+s")
        await at.counter.until("Lab tersimpan")
        await clinic.settled()
        (row,) = (await lines_of(clinic.desk, at.visit.id)).labs
        value: Any = row.line.value
        assert (value.blood_pressure_systolic, value.haemoglobin, value.leucocytes) == (230, 12.5, 8000)
        assert value.thrombocytes is None and value.radiology is None and value.day is None
        assert len(held(clinic, "labs")) == 1


async def test_without_pcare_what_was_looked_for_before_is_offered(clinic: ClinicDay, tmp_path: Path) -> None:
    for asked in (await ask_drugs(clinic.desk, "amoksisilin"), await ask_procedures(clinic.desk, Care.OUTPATIENT)):
        assert (await wait_for(clinic.desk, asked)).state == InquiryState.ANSWERED
    async with at_lines(clinic, tmp_path) as at:
        await clinic.stop_sync()
        await at.counter.press("o")
        await at.counter.until("Tambah obat")
        await at.pick_drug("amok kaps", "Amoksisilin kaps 250 mg")
        await at.fill("3", "1")
        await at.counter.type("15")
        await at.counter.press("ctrl+s")
        await at.counter.until("Obat tersimpan")
        assert "menunggu" in at.counter.line("Amoksisilin kaps 250 mg")
        await at.counter.press("t")
        await at.counter.until("Tambah tindakan")
        await at.counter.type("gula")
        await at.counter.until("» 01001")
        await at.counter.press("escape", "escape")
        await at.counter.until("menunggu")
        clinic.start_sync()
        await at.counter.until(lambda: "sampai" in at.counter.line("Amoksisilin kaps 250 mg"))
        assert len(held(clinic, "medications")) == 1


async def test_lines_of_others_are_shown_and_left_alone(clinic: ClinicDay, tmp_path: Path) -> None:
    async with at_lines(clinic, tmp_path) as at:
        await colleague.types(clinic, PARACETAMOL)
        # P-Care's list of the visit is read when a reply is lost.
        fault(clinic, "reset", "POST", "obat/kunjungan")
        await add_line(clinic.desk, at.visit.id, AMOXICILLIN)
        await at.counter.until("dari P-Care")
        assert "Parasetamol tab 500 mg" in at.counter.line("dari P-Care")
        await at.counter.until(lambda: "sampai" in at.counter.line("Amoksisilin kaps 500 mg"))
        await at.counter.press("home", "down")
        await at.counter.until("Diketik di laman P-Care")
        await at.counter.press("delete")
        await at.counter.until("hapus di sana")
        await at.counter.press("enter")
        await at.counter.until("Baris itu diketik di laman P-Care; ubah di sana")
        assert len(held(clinic, "medications")) == 2


async def test_a_line_is_matched_with_the_one_that_somebody_typed_from_the_outbox(
    clinic: ClinicDay, tmp_path: Path
) -> None:
    visit = await open_visit(clinic)
    fault(clinic, "reset", "POST", "obat/kunjungan")
    line = await add_line(clinic.desk, visit.id, PARACETAMOL)
    await until(clinic, (OutboxKind.MEDICATION_ADD,), OutboxState.UNKNOWN)
    theirs = await colleague.types(clinic, replace(PARACETAMOL, amount=12))
    await clinic.settled(OutboxState.DONE, OutboxState.NEEDS_ACTION)
    async with counter_on(clinic.store, tmp_path) as counter:
        await counter.log_in("admin")
        await counter.press("f6")
        await counter.until("sudah ada yang serupa")
        await counter.press("enter")
        await counter.until("C ini sama dengan baris yang diketik di P-Care")
        assert "» " in counter.line("Parasetamol tab 500 mg"), "the line of the item is selected"
        await counter.press("c")
        await counter.until("Yang mana di P-Care")
        assert "jumlah 12" in counter.text
        await counter.press("enter")
        await counter.until("Obat dicocokkan; tidak ada yang dikirim lagi")
        assert "dari P-Care" not in counter.text
        await counter.press("escape")
        await counter.until("Kiriman")
    (row,) = (await lines_of(clinic.desk, visit.id)).medications
    assert (row.line.id, row.line.remote_number) == (line.id, theirs)
    assert len(held(clinic, "medications")) == 1


async def test_from_the_saved_service_and_back_to_it(clinic: ClinicDay, tmp_path: Path) -> None:
    visit = await open_visit(clinic)
    async with counter_on(clinic.store, tmp_path) as counter:
        await counter.log_in("admin")
        await counter.press("f5")
        await counter.type("a1")
        await counter.press("enter")
        await counter.until("[1 Pemeriksaan]")
        await counter.press("f2")
        await counter.until("Pelayanan tersimpan")
        assert "O Obat, tindakan, lab" in counter.text
        await counter.press("o")
        await counter.until("belum ada")
        await counter.press("escape")
        await counter.until("Pelayanan tersimpan")
        await add_line(clinic.desk, visit.id, AMOXICILLIN)
        await counter.press("k")
        await counter.until("[1 Pemeriksaan]")
        await counter.press("pagedown")
        await counter.until("Obat: Amoksisilin kaps 500 mg")


async def test_who_may_not_serve_does_not_see_what_was_given(clinic: ClinicDay, tmp_path: Path) -> None:
    await open_visit(clinic)
    async with counter_on(clinic.store, tmp_path) as counter:
        await counter.log_in("siti")
        await counter.press("f4")
        await counter.until("A-001")
        await counter.press("o")
        await counter.until("Pelayanan diisi oleh perawat atau dokter")


async def test_what_is_typed_ahead_goes_into_the_form_that_opens(clinic: ClinicDay, tmp_path: Path) -> None:
    """T and the words in one piece, and the key for the next line right behind the one that saves."""
    async with at_lines(clinic, tmp_path) as at:
        await at.counter.press("t", *"gula darah puasa")
        await at.counter.until("» 01002")
        await at.counter.press("enter")
        await at.counter.until("01002  ")
        await at.counter.press("f2", "o", "enter", *"Salep")
        await at.counter.until("Tambah obat")
        await at.counter.until(lambda: "Salep" in at.counter.line("Di luar DPHO"))
        (row,) = (await lines_of(clinic.desk, at.visit.id)).procedures
        value: Any = row.line.value
        assert value.code == "01002"
        assert not value.note


async def test_a_list_that_nobody_ever_fetched_is_not_one_in_which_nothing_fits(
    clinic: ClinicDay, tmp_path: Path
) -> None:
    async with at_lines(clinic, tmp_path) as at:
        await clinic.stop_sync()
        await at.counter.press("t", "space")
        await at.counter.until("Daftar tindakan belum pernah")
        assert "Tidak ada yang cocok" not in at.counter.text
