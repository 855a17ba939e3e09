"""Two people and one service: what a nurse typed is there for the doctor, and nobody types over the other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kiosk.counter.access import add_operator, log_in
from kiosk.counter.desk import Desk
from kiosk.counter.serve import open_service
from kiosk.counter.service_draft import ServiceDraft
from kiosk.domain.people import Role
from kiosk.screens.service_values import ServiceLists, known_of
from kiosk.store.database import Store
from tests.people import PASSWORD
from tests.screens.driver import Counter, counter_on
from tests.screens.patients import registered
from tests.screens.test_service import FIRST_PAGE, SECOND_PAGE, content, fill, open_number


@asynccontextmanager
async def nurse_at(store: Store, folder: Path) -> AsyncIterator[Counter]:
    """Sutrisno has A-001; a nurse has opened its service."""
    store.write_now(lambda tx: add_operator(tx, "ani", "Ani Perawat", Role.NURSE, PASSWORD))
    await registered(store, "sutrisno")
    async with counter_on(store, folder) as counter:
        await counter.log_in("ani")
        await open_number(counter, "a1")
        yield counter


async def test_a_nurse_examines_and_the_doctor_goes_on_with_the_same_number(store: Store, tmp_path: Path) -> None:
    async with nurse_at(store, tmp_path) as counter:
        assert "F2/Ctrl+S Ke dokter" in counter.text
        await counter.press("down", "down", "down", "down")
        await counter.type("9000")
        await counter.press("f2")
        await counter.until("perbaiki isian bertanda ×")
        await counter.press("ctrl+u", *"88", "f2")
        await counter.until("A-001: pemeriksaan tersimpan; dokter melanjutkan")
        assert "diisi Ani Perawat" in counter.line("A-001  Sutrisno")
        assert counter.rows("SELECT COUNT(*) AS n FROM visit") == [{"n": 0}]
        await counter.press("f8")
        await counter.until("Kata sandi")
        await counter.press("shift+tab", "ctrl+u")
        await counter.log_in("dokter")
        await open_number(counter, "a1")
        await counter.until("Diisi Ani Perawat pukul")
        assert "88" in counter.line("Denyut nadi")
        await counter.press("escape")
        await counter.until("Buka pelayanan")
        assert "diisi Ani Perawat" in counter.text, "looking at it takes nothing away, and asks nothing"
        await open_number(counter, "a1")
        await fill(counter)
        await counter.press("f2")
        await counter.until("Pelayanan tersimpan")
        assert content(counter)["vitals"]["heart_rate"] == 88
        assert counter.rows("SELECT COUNT(*) AS n FROM draft") == [{"n": 0}]


async def test_a_draft_comes_back_on_the_field_where_it_was_left(store: Store, tmp_path: Path) -> None:
    async with nurse_at(store, tmp_path) as counter:
        await counter.press("down", "down", "down", "down", *"88")
        await counter.until(lambda: bool(counter.rows("SELECT 1 AS x FROM draft WHERE content LIKE '%88%'")))
    async with counter_on(store, tmp_path) as counter:
        await counter.log_in("ani")
        await open_number(counter, "a1")
        await counter.until("dipulihkan")
        await counter.press("9", "enter")
        await counter.until(lambda: "9  " in counter.line("Denyut nadi"))


async def test_what_another_types_appears_in_the_open_form(store: Store, tmp_path: Path) -> None:
    async with nurse_at(store, tmp_path) as nurse, counter_on(store, tmp_path) as doctor:
        await doctor.log_in("dokter")
        await open_number(doctor, "a1")
        await nurse.press("down", "down", "down", "down", *"88")
        await doctor.until("Ani Perawat mengisi Denyut nadi")
        assert "88" in doctor.line("Denyut nadi")
        await doctor.press("down", *"pusing")
        await nurse.until("pusing")
        await nurse.press("escape")
        await nurse.until("Tinggalkan")
        await nurse.press("b")
        await doctor.until(lambda: "88" not in doctor.line("Denyut nadi"))
        assert "pusing" in doctor.line("Anamnesis"), "who throws away throws away what is their own"


async def test_one_field_typed_by_two_is_asked_at_saving(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.widgets.draft.PAUSE", 60.0)
    async with nurse_at(store, tmp_path) as counter:
        await counter.press("f8")
        await counter.until("Kata sandi")
        await counter.press("shift+tab", "ctrl+u")
        await counter.log_in("dokter")
        await open_number(counter, "a1")
        await counter.press("down", *"pusing")
        await typed_elsewhere(store, anamnesis="mual", heart_rate="88")
        await counter.until("Ani Perawat mengisi lain: Anamnesis; ditanya saat menyimpan")
        assert "88" in counter.line("Denyut nadi")
        assert "pusing" in counter.line("Anamnesis")
        await fill(counter)
        await counter.press("f2")
        await counter.until("Isian Anda dan isian Ani Perawat berbeda")
        assert "Anamnesis: Anda pusing; mual" in counter.text
        await counter.press("escape")
        await counter.until(lambda: "berbeda" not in counter.text)
        assert counter.rows("SELECT COUNT(*) AS n FROM visit") == [{"n": 0}]
        await counter.press("f2")
        await counter.until("berbeda")
        await counter.press("i")
        await counter.until("Isian Ani Perawat dipakai; periksa")
        await counter.press("f2")
        await counter.until("Pelayanan tersimpan")
        assert (content(counter)["anamnesis"], content(counter)["vitals"]["heart_rate"]) == ("mual", 88)


async def typed_elsewhere(store: Store, **texts: str) -> None:
    """Ani types at another desk, in the form as she opened it."""
    desk = await Desk.open(store.url, "Ruang 2")
    try:
        await log_in(desk, "ani", PASSWORD)
        sheet = await open_service(desk, label="A-001")
        start = known_of(sheet, await ServiceLists.read(desk), desk.today())
        await ServiceDraft(desk, sheet.registration.id, 0, start).keep(lambda: start | texts, None)
    finally:
        await desk.close()


async def test_what_a_colleague_saved_meanwhile_is_merged_and_not_written_over(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Drafts written while a slow machine types would bring the doctor's fields to the nurse before they are saved.
    monkeypatch.setattr("kiosk.widgets.draft.PAUSE", 600.0)
    async with nurse_at(store, tmp_path) as nurse, counter_on(store, tmp_path) as doctor:
        await doctor.log_in("admin")
        await open_number(doctor, "a1")
        await fill(doctor)
        await doctor.press("f2")
        await doctor.until("Pelayanan tersimpan")
        await nurse.press("down", *"mual")
        await nurse.press("pagedown")
        await nurse.until(SECOND_PAGE)
        await nurse.press("down", "down", "down", *"antasi")
        await nurse.press("f2")
        await nurse.until("perbaiki isian")
        await nurse.until(FIRST_PAGE)
        await nurse.press("pagedown")
        await nurse.until(SECOND_PAGE)
        await nurse.press("down", "down", "down", "end", *"da")
        assert nurse.rows("SELECT version FROM visit") == [{"version": 1}]
        await nurse.press("escape")
        await nurse.until("Tinggalkan")
        await nurse.press("d")
        await nurse.until("Buka pelayanan")
        await open_number(nurse, "a1", SECOND_PAGE)
        await nurse.until("Sudah disimpan di tempat lain")
        assert "antasida" in nurse.line("Obat"), "on the field where it was left"
        await nurse.press("pageup")
        await nurse.until(FIRST_PAGE)
        assert "mual" in nurse.line("Anamnesis")
        assert "[C Compos mentis]" in nurse.text, "the colleague's"
        await nurse.press("f2")
        await nurse.until("Pelayanan tersimpan")
        saved = content(nurse)
        assert (saved["anamnesis"], saved["therapy_drugs"]) == ("mual", "antasida")
        assert saved["diagnoses"][0]["code"] == "I10"
