"""The outbox screen: what stands where and why, sending again, giving up with a reason, and the way to the record."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.counter.access import log_in
from kiosk.counter.desk import Desk
from kiosk.counter.serve import save_visit
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.visit import Diagnosis, VisitForm
from kiosk.store import outbox, outbox_due, outbox_moves, sync_state
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction
from tests.people import PASSWORD
from tests.screens.driver import Counter, counter_on
from tests.screens.patients import registered

SERVER = "Data tidak valid [/b][@click=app.leave] \x1b]52;c;AAAA\x07 noKartu tidak aktif " + "panjang " * 40


async def happened(store: Store, name: str, what: Callable[[Transaction, OutboxItem], None]) -> None:
    """`what` became of the sending of the person whose name begins so."""

    def work(tx: Transaction) -> None:
        items = outbox.listed(tx, None, datetime.now(UTC) - timedelta(hours=1))
        item = next(i for i in items if i.participant_name.lower().startswith(name))
        outbox_moves.begin(tx, item, item.version, "{}")
        what(tx, item)

    await store.write(work)


@asynccontextmanager
async def at_outbox(store: Store, folder: Path, login: str = "siti") -> AsyncIterator[Counter]:
    async with counter_on(store, folder) as counter:
        await counter.log_in(login)
        await counter.press("f6")
        await counter.until("0 Semua")
        yield counter


@pytest.fixture
async def four(store: Store) -> Store:
    """One refused, one unknown, one waiting, one there."""
    await registered(store, "sutrisno", "siti aminah", "muhammad rizky", "ketut")
    await happened(store, "sutrisno", lambda tx, i: outbox_moves.done(tx, i.id))
    await happened(store, "siti", lambda tx, i: outbox_moves.to_needs_action(tx, i.id, "validation", SERVER))
    later = datetime.now(UTC) + timedelta(minutes=5)
    await happened(store, "muhammad", lambda tx, i: outbox_moves.to_unknown(tx, i.id, "timeout", later))
    return store


async def test_an_empty_outbox_says_it_kindly(store: Store, tmp_path: Path) -> None:
    async with at_outbox(store, tmp_path) as counter:
        await counter.until("semua sudah sampai di P-Care")


async def test_what_needs_a_person_comes_first_with_reason_and_step(four: Store, tmp_path: Path) -> None:
    async with at_outbox(four, tmp_path) as counter:
        await counter.until("» ! perlu tindakan")
        assert "Siti Aminah" in counter.line("» ! perlu tindakan")
        assert "P-Care menolak isinya" in counter.line("Sebab")
        assert "Enter, perbaiki isian yang disebut P-Care" in counter.line("Langkah")
        signs = [row[3] for row in counter.text.splitlines() if row[3:5] in ("! ", "? ", "· ", "+ ")]
        assert signs == list("!?·+")
        await counter.press("down")
        await counter.until("diperiksa dulu sebelum dikirim lagi")
        assert "diperiksa pukul" in counter.line("Kiriman dibuat")


async def test_the_servers_own_words_are_shown_and_do_nothing(four: Store, tmp_path: Path) -> None:
    async with at_outbox(four, tmp_path) as counter:
        await counter.until("Data tidak valid [/b][@click=app.leave]")
        assert "\x1b" not in counter.text
        assert counter.text.count("panjang") < 20, "bounded to two lines"
        assert "Kiriman dibuat" in counter.text


async def test_the_list_is_filtered_by_state(four: Store, tmp_path: Path) -> None:
    async with at_outbox(four, tmp_path) as counter:
        await counter.until("[0 Semua 4]")
        await counter.press("right")
        await counter.until("[1 Perlu tindakan 1]")
        assert "Ketut" not in counter.text
        await counter.press("4")
        await counter.until("[4 Menunggu 1]")
        assert "Ketut Arya" in counter.text
        await counter.press("6")
        await counter.until("Tidak ada yang tidak dikirim")
        await counter.press("0")
        await counter.until("[0 Semua 4]")


async def test_sending_again_puts_it_back_among_the_waiting(four: Store, tmp_path: Path) -> None:
    async with at_outbox(four, tmp_path) as counter:
        await counter.until("» !")
        await counter.press("k")
        await counter.until("dikirim lagi begitu bisa")
        assert "» · menunggu" in counter.text, "the selection stays on the same item"
        assert counter.rows("SELECT COUNT(*) AS n FROM outbox WHERE state = 'needs_action'") == [{"n": 0}]


async def test_an_unknown_one_is_neither_sent_again_nor_given_up(four: Store, tmp_path: Path) -> None:
    async with at_outbox(four, tmp_path) as counter:
        await counter.until("» !")
        await counter.press("down", "k")
        await counter.until("belum pasti; tunggu sampai dipastikan")
        await counter.press("s")
        await counter.until("tidak bisa diserahkan sekarang")
        assert counter.rows("SELECT COUNT(*) AS n FROM outbox WHERE state = 'unknown'") == [{"n": 1}]


async def test_of_what_arrived_it_is_said_and_no_longer_when_another_is_selected(four: Store, tmp_path: Path) -> None:
    async with at_outbox(four, tmp_path) as counter:
        await counter.until("» !")
        await counter.press("end", "k")
        await counter.until("Yang ini sudah sampai; selesai")
        await counter.press("up")
        assert "sudah sampai; selesai" not in counter.text
        await counter.press("end", "s")
        await counter.until("Yang ini sudah sampai; selesai")


async def test_what_needs_a_person_is_selected_each_time_the_screen_is_opened(four: Store, tmp_path: Path) -> None:
    async with at_outbox(four, tmp_path) as counter:
        await counter.until("» !")
        await counter.press("end")
        assert "»" in counter.line("+ sampai")
        await counter.press("f3")
        await counter.until("Cari ")
        await counter.press("f6")
        await counter.until("» !")


async def test_after_giving_up_in_a_filtered_list_the_way_to_take_it_back_is_told(four: Store, tmp_path: Path) -> None:
    async with at_outbox(four, tmp_path) as counter:
        await counter.until("» !")
        await counter.press("1", "s")
        await counter.until("Pasien tidak jadi berobat")
        await counter.press("1", "enter")
        await counter.until("Daftar A-002 diserahkan; 6, lalu U mengurungkan")
        await counter.press("6", "u")
        await counter.until("tidak jadi diserahkan")


async def test_giving_up_needs_a_reason_which_is_kept_with_the_name(four: Store, tmp_path: Path) -> None:
    async with at_outbox(four, tmp_path) as counter:
        await counter.until("» !")
        await counter.press("s")
        await counter.until("Serahkan daftar A-002?")
        await counter.press("enter")
        await counter.until("× Tulis alasannya")
        await counter.type("pasien pulang")
        await counter.press("enter")
        await counter.until("Daftar A-002 diserahkan")
        (row,) = counter.rows("SELECT state, reason, given_up_by FROM outbox WHERE given_up_by IS NOT NULL")
        assert (row["state"], row["reason"]) == ("dropped", "given_up")
        assert row["given_up_by"] == "siti: pasien pulang"


async def test_a_ready_reason_is_chosen_and_giving_up_is_taken_back(four: Store, tmp_path: Path) -> None:
    async with at_outbox(four, tmp_path) as counter:
        await counter.until("» !")
        await counter.press("s")
        await counter.until("1  Pasien tidak jadi berobat")
        await counter.press("1")
        await counter.type(" 2")
        await counter.press("enter")
        await counter.until("diserahkan; U mengurungkan")
        await counter.press("6")
        await counter.until("Diserahkan oleh siti: Pasien tidak jadi berobat 2")
        await counter.press("u")
        await counter.until("tidak jadi diserahkan")
        await counter.press("0")
        await counter.until("» ! perlu tindakan")
        assert "P-Care menolak isinya" in counter.line("Sebab"), "it stands where it stood"
        await counter.press("u")
        await counter.until("tidak ada yang diurungkan")


async def test_enter_opens_a_refused_registration_as_it_was_typed_and_saving_sends_it_again(
    four: Store, tmp_path: Path
) -> None:
    async with at_outbox(four, tmp_path) as counter:
        await counter.until("» !")
        await counter.press("enter")
        await counter.until("Jenis kunjungan")
        # What P-Care said stands below the form.
        await counter.until("Data tidak valid")
        assert "batuk 3 hari" in counter.line("Keluhan")
        assert "62,5" in counter.line("Berat")
        await counter.press("escape")
        await counter.until("» !")
        await counter.press("enter")
        await counter.until("Jenis kunjungan")
        await counter.press("enter", "enter", "h", "ctrl+s")
        await counter.until("Pendaftaran A-002 diperbaiki; dikirim lagi")
        (row,) = counter.rows(
            "SELECT r.visit_kind, o.state FROM outbox o JOIN registration r ON r.id = o.registration"
            " JOIN ticket t ON t.registration = r.id WHERE t.label = 'A-002'"
        )
        assert (row["visit_kind"], row["state"]) == ("sehat", "pending")


async def test_the_month_that_closes_is_told_here_and_when_it_is_near_in_the_top_line(
    four: Store, tmp_path: Path
) -> None:
    async with at_outbox(four, tmp_path) as counter:
        await counter.until("Batas entri")
        counter.app.desk.entry_deadline = 28
        counter.app.desk._clock = lambda: datetime(2026, 11, 27, 2, tzinfo=UTC)
        four.write_now(lambda tx: tx.execute("UPDATE registration SET day = '2026-10-30' WHERE clinic = ?", tx.clinic))
        await counter.until("Batas entri Oktober: 28 November, besok")
        assert "! 3 belum sampai" in counter.text
        await counter.until("batas Oktober besok")
        await counter.press("f4")
        await counter.until("1 tindakan · batas Oktober besok F6  ")
        assert "Klinik" in counter.text.splitlines()[0], "fewer words leave room for clinic and operator"


async def test_a_number_that_mobile_jkn_refuses_says_what_to_do_and_leads_to_the_queue(
    store: Store, tmp_path: Path
) -> None:
    await store.write(lambda tx: sync_state.set_queue_service(tx, on=True))
    await registered(store, "sutrisno")

    def refused(tx: Transaction) -> None:
        (item,) = outbox_due.due(tx, queue=True)
        outbox_moves.begin(tx, item, item.version, "{}")
        outbox_moves.to_needs_action(tx, item.id, "screening_needed", "Anda belum melakukan skrining kesehatan.")

    await store.write(refused)
    async with at_outbox(store, tmp_path) as counter:
        await counter.until("» ! perlu tindakan")
        assert "antrean JKN" in counter.line("» ! perlu tindakan")
        assert "belum mengisi skrining" in counter.line("Sebab")
        assert "webskrining.bpjs-kesehatan.go.id, lalu kirim lagi" in counter.line("Langkah")
        assert "Anda belum melakukan skrining" in counter.line("BPJS")
        await counter.press("s")
        await counter.until("Tidak akan dikirim ke Mobile JKN.")
        await counter.press("escape")
        await counter.press("enter")
        await counter.until("» A-001")


async def test_enter_on_a_service_opens_its_form(store: Store, tmp_path: Path) -> None:
    (made,) = await registered(store, "sutrisno")
    desk = await Desk.open(store.url, "Loket 2")
    await log_in(desk, "admin", PASSWORD)
    form = VisitForm(
        registration_id=made.registration.id,
        complaint="batuk",
        consciousness_code="01",
        diagnoses=(Diagnosis("J06.9", "ISPA akut", True),),
        doctor_code="101",
        discharge_code="3",
        discharge_day=desk.today(),
    )
    await save_visit(desk, form)
    await desk.close()
    async with at_outbox(store, tmp_path, "admin") as counter:
        await counter.until("pelayanan")
        await counter.press("down", "enter")
        await counter.until("[1 Pemeriksaan]")
        assert "A-001" in counter.text
        assert "batuk" in counter.line("Keluhan")


async def test_an_answer_of_pcare_shows_by_itself(four: Store, tmp_path: Path) -> None:
    async with at_outbox(four, tmp_path) as counter:
        await counter.until("» !")
        await counter.press("down", "down")
        assert "Ketut Arya" in counter.line("»")
        await happened(four, "ketut", lambda tx, i: outbox_moves.done(tx, i.id))
        await counter.until("5 Sampai 2")
        assert "Ketut Arya" in counter.line("»")
