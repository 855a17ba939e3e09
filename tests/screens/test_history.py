"""The history of a person (riwayat): what the clinic knows at once, what P-Care adds, and how old that is."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.counter.serve import save_visit
from kiosk.domain.codes import Care, InquiryKind
from kiosk.store import inquiries
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction
from tests.counter.scene import service
from tests.screens.driver import Counter, counter_on
from tests.screens.patients import CARD, ELSEWHERE, admin_at, one_registered, seen_here

OLDER = {**ELSEWHERE, "day": "2025-01-02", "diagnosis": "A09 Diare", "visit_number": "0114U9990125Y000001"}
UNDATED = {**ELSEWHERE, "day": None, "diagnosis": "Z00.0 Periksa", "doctor": "", "visit_number": "x"}


async def pcare_says(counter: Counter, *rows: dict[str, Any]) -> None:
    """The open question about the history is answered with these visits."""
    await waiting(counter)

    def work(tx: Transaction) -> None:
        (asked,) = (one for one in inquiries.asked(tx) if one.kind == InquiryKind.HISTORY)
        assert asked.question == {"card_number": CARD}
        inquiries.answer(tx, asked.id, {"history": list(rows)})

    await asyncio.to_thread(counter.store.write_now, work)


async def pcare_is_away(counter: Counter) -> None:
    """The open question stays unanswered because nothing could be reached."""
    await waiting(counter)
    await asyncio.to_thread(
        counter.store.write_now,
        lambda tx: [inquiries.leave_unanswered(tx, asked.id, "unreachable") for asked in inquiries.asked(tx)],
    )


async def waiting(counter: Counter) -> None:
    """Until a question stands in the store."""
    open_ones = "SELECT id FROM inquiry WHERE state = 'asked' AND kind = ?"
    await counter.until(lambda: bool(counter.rows(open_ones, InquiryKind.HISTORY)))


def order(text: str, *parts: str) -> list[int]:
    """Where these parts stand in the text; each must be there."""
    assert all(part in text for part in parts), text
    return [text.index(part) for part in parts]


async def test_the_visits_here_are_read_at_once_and_those_elsewhere_when_pcare_answers(at_search: Counter) -> None:
    seen_here(at_search.store, "sutrisno", date(2026, 9, 3), date(2026, 10, 30))
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    await at_search.press("ctrl+t")
    await at_search.until("Bertanya ke P-Care")
    assert "Riwayat  Sutrisno Wibowo" in at_search.text
    places = order(at_search.text, "Di klinik ini", "30-10-2026", "03-09-2026", "Menurut P-Care")
    assert places == sorted(places)
    assert "J06.9 ISPA akut · dr. Wulan Uji · Berobat Jalan" in at_search.line("30-10-2026")

    await pcare_says(at_search, OLDER, UNDATED, ELSEWHERE)
    await at_search.until("Jawaban P-Care pukul")
    places = order(at_search.text, "Menurut P-Care", "Jawaban P-Care", "12-10-2026", "02-01-2025", "Z00.0 Periksa")
    assert places == sorted(places)
    assert "Puskesmas Percobaan · Gigi · K02.9 Karies" in at_search.line("12-10-2026")
    assert "drg. Tetangga Uji" in at_search.text
    await at_search.press("escape")
    assert "Cari" in at_search.text and "Puskesmas Percobaan" not in at_search.text


async def test_without_pcare_the_last_known_answer_is_shown_with_its_age(store: Store, tmp_path: Path) -> None:
    def long_ago(tx: Transaction) -> None:
        asked = inquiries.ask(tx, InquiryKind.HISTORY, {"card_number": CARD}, timedelta(seconds=10))
        inquiries.answer(tx, asked.id, {"history": [ELSEWHERE]})
        then = datetime.now(UTC) - timedelta(days=3)
        tx.execute("UPDATE inquiry SET answered_at = ?", int(then.timestamp() * 1000))

    store.write_now(long_ago)
    async with counter_on(store, tmp_path) as counter:
        await counter.log_in()
        await counter.find("sutrisno", "Sutrisno Wibowo")
        await counter.press("ctrl+t")
        await counter.until("Bertanya ke P-Care")
        await pcare_is_away(counter)
        await counter.until("P-Care tidak dapat dihubungi. Dipakai jawaban 3 hari yang lalu.")
        assert "Puskesmas Percobaan" in counter.line("12-10-2026")

        await counter.press("ctrl+r")
        await counter.until("Bertanya ke P-Care")
        assert "12-10-2026" in counter.text, "what was known stays while P-Care is asked again"
        await pcare_says(counter, ELSEWHERE, OLDER)
        await counter.until("02-01-2025")
        assert "hari yang lalu" not in counter.text


async def test_without_pcare_and_never_asked_before_it_says_so(at_search: Counter) -> None:
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    await at_search.press("ctrl+t")
    await pcare_is_away(at_search)
    await at_search.until("P-Care tidak dapat dihubungi.")
    assert "Belum ada kunjungan" in at_search.text


async def test_a_member_whom_nobody_has_seen_yet_is_told_as_such(at_search: Counter) -> None:
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    await at_search.press("ctrl+t")
    await pcare_says(at_search)
    await at_search.until("belum ada kunjungan")


async def test_a_person_without_a_card_has_only_the_visits_here_and_nothing_is_asked(at_search: Counter) -> None:
    seen_here(at_search.store, "rina tanpa", date(2026, 10, 30))
    await at_search.find("rina", "Rina Tanpa Kartu")
    await at_search.press("ctrl+t")
    await at_search.until("Tanpa nomor kartu BPJS")
    await at_search.until("dr. Wulan Uji")
    assert "Ctrl+R" not in at_search.text
    await at_search.press("ctrl+r")
    assert at_search.rows("SELECT id FROM inquiry") == []


async def test_with_nobody_selected_the_key_says_what_to_do(at_search: Counter) -> None:
    await at_search.press("ctrl+t")
    await at_search.until("Cari dulu pasiennya")


async def test_a_name_typed_too_fast_to_be_seen_shows_no_other_persons_history(at_search: Counter) -> None:
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    await at_search.press("ctrl+u", *"sukarno", "ctrl+t")
    await at_search.until("Riwayat  Sukarno")


async def test_a_long_history_is_read_by_keys_to_its_end(at_search: Counter) -> None:
    days = [f"2026-{month:02d}-{day:02d}" for month in range(1, 9) for day in (3, 17)]
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    await at_search.press("ctrl+t")
    await pcare_says(at_search, *({**ELSEWHERE, "day": day} for day in days))
    await at_search.until("17-08-2026")
    assert "baris 1–" in at_search.text and "03-01-2026" not in at_search.text
    await at_search.press("pagedown")
    assert "Di klinik ini" not in at_search.text
    await at_search.press("down", "up", "pageup")
    assert "Di klinik ini" in at_search.text
    await at_search.press("end")
    assert "03-01-2026" in at_search.text and "17-08-2026" not in at_search.text
    await at_search.press("home")
    assert "17-08-2026" in at_search.text


async def test_the_registration_keeps_what_is_typed_while_the_history_is_read(at_search: Counter) -> None:
    seen_here(at_search.store, "sutrisno", date(2026, 10, 30))
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    await at_search.press("enter")
    await at_search.until("Jenis kunjungan")
    assert "Kunjungan terakhir: 30-10-2026 · J06.9 ISPA akut" in at_search.text
    await at_search.press("s", "j", "u")
    await at_search.type("demam")
    await at_search.press("ctrl+t")
    await at_search.until("Di klinik ini")
    await pcare_says(at_search, ELSEWHERE)
    await at_search.until("Puskesmas Percobaan")
    await at_search.press("escape")
    await at_search.type(" tinggi")
    assert "demam tinggi" in at_search.line("Keluhan")
    await at_search.press("ctrl+s")
    await at_search.until("Nomor antrean A-001")
    await at_search.press("enter")
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    await at_search.press("ctrl+t")
    await at_search.until("terdaftar hari ini · Umum · demam tinggi")


async def test_what_pcare_writes_cannot_draw_on_the_screen(at_search: Counter) -> None:
    bad = {**ELSEWHERE, "facility": "RS [b]X[/b]\x1b[31m\u202e" + "y" * 400, "diagnosis": "[@click=app.bell]A09[/]"}
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    await at_search.press("ctrl+t")
    await pcare_says(at_search, bad)
    await at_search.until("[@click=app.bell]A09[/]")
    assert "RS [b]X[/b]" in at_search.text
    assert "\x1b" not in at_search.text and "\u202e" not in at_search.text


async def test_locking_the_counter_closes_the_history(store: Store, tmp_path: Path) -> None:
    seen_here(store, "sutrisno", date(2026, 10, 30))
    async with counter_on(store, tmp_path) as counter:
        await counter.log_in()
        await counter.find("sutrisno", "Sutrisno Wibowo")
        await counter.press("ctrl+t")
        await counter.until("Di klinik ini")
        counter.app.action_lock()
        await counter.until(lambda: "Di klinik ini" not in counter.text and "J06.9" not in counter.text)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_nothing_is_cut_off_on_either_terminal(store: Store, tmp_path: Path, size: tuple[int, int]) -> None:
    seen_here(store, "sutrisno", *(date(2026, 9, day) for day in range(1, 6)))
    async with counter_on(store, tmp_path, size=size) as counter:
        await counter.log_in("admin")
        assert counter.text.splitlines()[-1].endswith("F1 Bantuan")
        await counter.find("sutrisno", "Sutrisno Wibowo")
        await counter.until("05-09-2026")
        await counter.press("ctrl+t")
        await pcare_says(counter, ELSEWHERE, OLDER)
        await counter.until("12-10-2026")
        inside = [row.split("│")[1] for row in counter.text.splitlines() if row.count("│") > 1]
        assert inside and not any("…" in row for row in inside), counter.text
        assert "drg. Tetangga Uji" in counter.text and "Esc tutup" in counter.text
        await counter.press("escape", "enter")
        await counter.until("Nadi")
        assert counter.text.splitlines()[-1].endswith("F1 Bantuan")
        assert "Kunjungan terakhir: 05-09-2026" in counter.text


async def test_an_inpatient_leaves_by_the_list_of_inpatients(store: Store, tmp_path: Path) -> None:
    """Code 1 is "Meninggal" for outpatients and "Sembuh" for inpatients."""
    async with admin_at(store) as desk:
        made = await one_registered(desk, "sutrisno", care=Care.INPATIENT)
        await save_visit(desk, replace(service(desk, made.registration.id), discharge_code="1"))
    async with counter_on(store, tmp_path) as counter:
        await counter.log_in("admin")
        await counter.find("sutrisno", "Sutrisno Wibowo")
        await counter.press("ctrl+t")
        await counter.until("Sembuh")
        assert "Meninggal" not in counter.text
        await counter.press("escape", "f5")
        await counter.until("Nomor antrean")
        await counter.type("a1")
        await counter.press("enter")
        await counter.until("[1 Pemeriksaan]")
        await counter.press("pagedown", "pagedown")
        await counter.until("[S Sembuh]")
        assert "Berobat Jalan" not in counter.text
