"""The queue: calling in order, skipping, holding, finishing, cancelling, and what other counters do meanwhile."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.counter import call
from kiosk.counter.access import log_in
from kiosk.counter.desk import Desk
from kiosk.counter.register import cancel_registration
from kiosk.domain.codes import Payer
from kiosk.screens.queue_list import QueueList
from kiosk.screens.queue_view import waiting_text
from kiosk.store import participants
from kiosk.store.database import Store
from tests.people import PASSWORD, invented
from tests.screens.driver import Counter, counter_on
from tests.screens.patients import GIGI, registered


@pytest.fixture
async def at_queue(store: Store, tmp_path: Path) -> AsyncIterator[Counter]:
    """Three wait in Umum and one in Gigi; the clerk is in front of the queue."""
    await registered(store, "sutrisno", "siti aminah", "muhammad rizky")
    await registered(store, "ketut", poli=GIGI)
    async with counter_on(store, tmp_path) as counter:
        await counter.log_in()
        await counter.press("f4")
        await counter.until("4 menunggu")
        yield counter


async def test_an_empty_queue_says_where_numbers_come_from(at_search: Counter) -> None:
    await at_search.press("f4")
    await at_search.until("Tidak ada yang menunggu")


async def test_numbers_are_called_in_order_and_the_called_one_is_selected(at_queue: Counter) -> None:
    await at_queue.press("1", "n")
    await at_queue.until("A-001 dipanggil ke Loket 1")
    assert "» A-001" in at_queue.text
    assert "! dipanggil" in at_queue.line("» A-001")
    assert at_queue.rows("SELECT calls, room FROM ticket WHERE label = 'A-001'") == [{"calls": 1, "room": "Loket 1"}]


async def test_a_bouncing_key_does_not_call_two_patients(at_queue: Counter) -> None:
    await at_queue.press("1", "n", "n")
    await at_queue.until("A-001 dipanggil")
    assert at_queue.rows("SELECT COUNT(*) AS n FROM ticket WHERE state = 'called'") == [{"n": 1}]


async def test_recall_skip_hold_and_finish_by_single_keys(at_queue: Counter) -> None:
    await at_queue.press("1", "n")
    await at_queue.until("A-001 dipanggil")
    await at_queue.press("p")
    await at_queue.until("A-001 dipanggil lagi ke Loket 1")
    await at_queue.press("l")
    await at_queue.until("A-001 dilewati")
    assert "» A-002" in at_queue.text, "after skipping the next number is selected"
    await at_queue.press("t")
    await at_queue.until("A-002 ditahan")
    await at_queue.press("p")
    await at_queue.until("A-003 dipanggil")
    await at_queue.press("s")
    await at_queue.until("A-003 selesai")
    states = at_queue.rows("SELECT label, state FROM ticket WHERE poli_code = '001' ORDER BY label")
    assert [row["state"] for row in states] == ["skipped", "held", "done"]
    assert "1 ditahan" in at_queue.text
    assert "belum diisi" in at_queue.line("A-003"), "finished without a service: somebody must still enter it"


async def test_what_the_state_does_not_allow_is_neither_offered_nor_done(at_queue: Counter) -> None:
    assert "S Selesai" not in at_queue.text
    await at_queue.press("s")
    await at_queue.until("menunggu; tidak bisa selesai")


async def test_after_midnight_the_numbers_of_yesterday_are_gone(
    at_queue: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = at_queue.app.desk
    tomorrow = desk.today() + timedelta(days=1)
    monkeypatch.setattr(desk, "today", lambda: tomorrow)
    screen = at_queue.app.screen
    assert isinstance(screen, QueueList)
    screen.look()
    await at_queue.until("Tidak ada yang menunggu")
    await at_queue.press("h")
    await at_queue.until("4 belum diisi")


async def test_digits_and_arrows_choose_the_poli(at_queue: Counter) -> None:
    assert "[0 Semua 4]" in at_queue.text
    await at_queue.press("2")
    await at_queue.until("[2 Gigi & Mulut 1]")
    assert "B-001" in at_queue.text
    assert "A-001" not in at_queue.text
    await at_queue.press("left")
    assert "A-001" in at_queue.text
    assert "B-001" not in at_queue.text


async def test_another_counter_changes_the_list_but_not_my_selection(at_queue: Counter, store: Store) -> None:
    await at_queue.press("down", "down")
    assert "» A-003" in at_queue.text
    other = await Desk.open(store.url, "Loket 2")
    await log_in(other, "admin", PASSWORD)
    await call.call_next(other, "001")
    await at_queue.until("1 dipanggil")
    assert "» A-003" in at_queue.text
    assert "Loket 2" in at_queue.line("A-001")
    await other.close()


async def test_a_selected_number_that_is_cancelled_elsewhere_leaves_the_selection_in_its_place(
    at_queue: Counter, store: Store
) -> None:
    await at_queue.press("down")
    other = await Desk.open(store.url, "Loket 2")
    await log_in(other, "admin", PASSWORD)
    ticket = next(t for t in await call.queue(other) if t.label == "A-002")
    await cancel_registration(other, ticket.registration_id)
    await at_queue.until("1 batal")
    assert "x batal" in at_queue.line("A-002")
    assert "» A-003" in at_queue.text
    await other.close()


async def test_cancelling_asks_first_and_says_what_happens(at_queue: Counter) -> None:
    await at_queue.press("x")
    await at_queue.until("Batalkan pendaftaran A-001?")
    assert "Sutrisno Wibowo" in at_queue.text
    await at_queue.press("escape")
    await at_queue.until(lambda: "Batalkan pendaftaran" not in at_queue.text)
    assert at_queue.rows("SELECT COUNT(*) AS n FROM ticket WHERE state = 'cancelled'") == [{"n": 0}]
    await at_queue.press("x")
    await at_queue.until("Batalkan pendaftaran")
    await at_queue.press("y")
    await at_queue.until("A-001 dibatalkan")
    assert at_queue.rows("SELECT cancelled FROM registration WHERE cancelled = 1") == [{"cancelled": 1}]
    assert "3 menunggu" in at_queue.text


async def test_a_clerk_does_not_open_the_service(at_queue: Counter) -> None:
    await at_queue.press("enter")
    await at_queue.until("perawat atau dokter")


async def test_a_name_with_brackets_or_escapes_is_only_a_name(store: Store, tmp_path: Path) -> None:
    hostile = invented(90, "Budi [@click=app.leave]x[/] \x1b[31m\u202e")
    await store.write(lambda tx: participants.save(tx, hostile))
    await registered(store, "budi", payer=Payer.GENERAL)
    async with counter_on(store, tmp_path) as counter:
        await counter.log_in()
        await counter.press("f4")
        await counter.until("Budi [@click")
        assert "\x1b" not in counter.text
        assert "\u202e" not in counter.text
        assert "umum" in counter.line("Budi [@click")


async def test_priority_and_a_further_stop_by_single_keys(at_queue: Counter) -> None:
    await at_queue.press("1", "down", "r")
    await at_queue.until("Prioritas A-002: biasa")
    await at_queue.press("l")
    await at_queue.until("Berikutnya A-002: giliran prioritas 1:2 (lansia)")
    assert "lansia" in at_queue.line("A-002 ")
    await at_queue.press("n")
    await at_queue.until("A-002 dipanggil ke Loket 1")
    assert "Berikutnya A-001: urutan datang" in at_queue.text
    await at_queue.press("a")
    await at_queue.until("Alihkan A-002 ke mana?")
    await at_queue.press("1")
    await at_queue.until("A-002 ke Laboratorium")
    await at_queue.press("k")
    await at_queue.until("A-002 antre di Laboratorium, lalu kembali ke sini")
    assert "Laboratorium" in at_queue.line("= ditahan"), "where somebody is who is held"
    await at_queue.press("0")
    await at_queue.until("[0 Semua 4]")
    assert at_queue.rows("SELECT place, state FROM stop") == [{"place": "Laboratorium", "state": "waiting"}]


async def test_every_step_has_a_key_back(at_queue: Counter) -> None:
    await at_queue.press("1", "n")
    await at_queue.until("A-001 dipanggil")
    assert "K Kembali antre" in at_queue.text
    await at_queue.press("k")
    await at_queue.until("A-001 antre lagi")
    await at_queue.press("d")
    await at_queue.until("A-001 dilayani")
    await at_queue.press("s")
    await at_queue.until("A-001 selesai")
    await at_queue.press("end")
    await at_queue.until("K Buka lagi")
    await at_queue.press("k")
    await at_queue.until("A-001 dibuka lagi")
    assert at_queue.rows("SELECT state, calls FROM ticket WHERE label = 'A-001'") == [{"state": "serving", "calls": 1}]


async def test_a_cancelled_number_leads_back_to_the_form_with_its_person(at_queue: Counter) -> None:
    await at_queue.press("2", "x")
    await at_queue.until("Batalkan pendaftaran B-001?")
    await at_queue.press("y")
    await at_queue.until("x batal")
    await at_queue.press("end", "k")
    await at_queue.until("Jenis kunjungan")
    await at_queue.until("Ketut Arya")
    await at_queue.press("escape")
    await at_queue.until("K Daftarkan lagi")


async def test_what_was_said_of_a_number_goes_when_another_is_selected(at_queue: Counter) -> None:
    await at_queue.press("1", "p")
    await at_queue.until("A-001 dipanggil ke")
    await at_queue.press("down")
    assert "A-001 dipanggil ke" not in at_queue.text
    await at_queue.press("t")
    await at_queue.until("A-002 ditahan")


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "0 mnt"), (59, "59 mnt"), (60, "1 j 00"), (125, "2 j 05"), (-3, "0 mnt")]
)
def test_waiting_times_are_short(minutes: int, text: str) -> None:
    since = datetime(2026, 11, 22, 2, tzinfo=UTC)
    assert waiting_text(since, since + timedelta(minutes=minutes)) == text


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_forty_numbers_fit_with_the_selection_in_sight(
    store: Store, tmp_path: Path, size: tuple[int, int]
) -> None:
    people = [invented(200 + n, f"Antre {chr(65 + n % 26)}{n} Uji") for n in range(40)]
    await store.write(lambda tx: [participants.save(tx, one) for one in people])
    await registered(store, *(one.card_number or "" for one in people))
    async with counter_on(store, tmp_path, size=size) as counter:
        await counter.log_in()
        await counter.press("f4")
        await counter.until("40 menunggu")
        await counter.press("end")
        await counter.until("baris 40 dari 40")
        assert "» A-040" in counter.text
        assert all(len(row) <= size[0] for row in counter.text.splitlines())
