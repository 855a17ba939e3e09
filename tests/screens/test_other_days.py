"""The queue of another day: sheets of paper, inpatients, and registrations that are put right before they are sent."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

from kiosk.counter.views import MonthEnd
from kiosk.domain.codes import Payer, Priority, TicketState
from kiosk.domain.day import day_text, weekday_text
from kiosk.domain.deadline import EntryDeadline
from kiosk.domain.queue import Ticket
from kiosk.screens.outbox_view import month_line
from kiosk.screens.queue_steps import step_lines
from kiosk.store.database import Store
from kiosk.widgets.lines import width_of
from tests.screens.driver import Counter, counter_on
from tests.screens.patients import admin_at, one_registered, registered
from tests.screens.test_service import THIRD_PAGE, fill


async def test_a_sheet_of_yesterday_is_found_by_its_day_and_served(store: Store, tmp_path: Path) -> None:
    async with admin_at(store) as desk:
        yesterday = desk.today() - timedelta(days=1)
        for name in ("sutrisno", "siti aminah"):
            await one_registered(desk, name, day=yesterday)
    async with counter_on(store, tmp_path) as counter:
        await counter.log_in("admin")
        await counter.press("f4")
        await counter.until("hari lain (2 belum diisi)")
        await counter.press("h")
        await counter.until("Antrean hari lain")
        assert "2 belum diisi" in counter.line(weekday_text(yesterday))
        await counter.press("down", "enter")
        await counter.until(f"{weekday_text(yesterday)} · 2 belum diisi")
        await counter.press("n")
        await counter.until("tidak dipanggil: Enter")
        assert counter.rows("SELECT DISTINCT state FROM ticket") == [{"state": "waiting"}]
        await counter.press("enter")
        await counter.until("[1 Pemeriksaan]")
        await fill(counter)
        assert THIRD_PAGE in counter.text and day_text(yesterday) in counter.line("Tanggal pulang")
        await counter.press("f2")
        await counter.until("Pelayanan tersimpan")
        await counter.press("enter")
        await counter.until(f"{weekday_text(yesterday)} · 1 belum diisi")
        assert "A-002" in counter.line("»"), "whose service is missing stands first"
        await counter.press("escape")
        await counter.until("Tidak ada yang menunggu")
        assert "hari lain (1 belum diisi)" in counter.text
        await counter.press("escape")
        await counter.until("Cari ")


async def test_a_sheet_of_paper_goes_from_its_registration_straight_to_its_service(counter: Counter) -> None:
    await counter.log_in("admin")
    await counter.find("sutrisno", "Sutrisno Wibowo")
    await counter.press("enter")
    await counter.until("Jenis kunjungan")
    yesterday = counter.app.desk.today() - timedelta(days=1)
    await counter.press("up")
    await counter.type(day_text(yesterday))
    await counter.press("enter", "s", "j", "u", "ctrl+s")
    await counter.until("F5 mengisi pelayanannya")
    await counter.press("f5")
    await counter.until("[1 Pemeriksaan]")
    await counter.press("escape")
    await counter.until(weekday_text(yesterday))


async def test_a_registration_is_changed_from_the_queue_as_long_as_pcare_lacks_it(store: Store, tmp_path: Path) -> None:
    await registered(store, "sutrisno", payer=Payer.GENERAL)
    async with counter_on(store, tmp_path) as counter:
        await counter.log_in()
        await counter.press("f4")
        await counter.until("U Ubah pendaftaran")
        await counter.press("u")
        await counter.until("[U Umum]")
        await counter.press("escape")
        await counter.until("1 menunggu")
        await counter.press("u")
        await counter.until("[U Umum]")
        await counter.press("b", "ctrl+s")
        await counter.until("A-001 diperbaiki; dikirim ke P-Care")
        assert "1 menunggu" in counter.text
        assert counter.rows("SELECT payer, card_number FROM registration") == [
            {"payer": "bpjs", "card_number": "0000000000001"}
        ]
        counter.store.write_now(lambda tx: tx.execute("UPDATE registration SET remote_number = 'A1'"))
        await counter.press("u")
        await counter.until("Sudah ada di P-Care, tidak dapat diubah")


def test_the_keys_of_a_number_fit_at_80_columns_in_every_state() -> None:
    then = datetime(2026, 11, 2, tzinfo=UTC)
    for state, calls, served, over in product(TicketState, (0, 2), (False, True), (False, True)):
        number = Ticket(
            *("t", "t", "r", "p", "Uji", date(2026, 11, 2), "001", "Umum", 12, "A-012", state, Priority.ORDINARY),
            *(Payer.BPJS, None, served, None, calls, None, None, then, None, None, None, then),
        )
        until = 25 if state == TicketState.WAITING else None
        for row in step_lines(number, 78, until, lambda action: True, over=over):
            # Two blanks stand behind the last key.
            assert width_of(row) <= 78 + 2, "".join(span.text for span in row)


def test_the_line_of_the_month_fits_at_80_columns_with_services_that_are_missing() -> None:
    september = EntryDeadline(date(2026, 9, 1), date(2026, 10, 3), 13)
    for unsent, missing in product((0, 55), (0, 33)):
        shown = month_line(MonthEnd(september, unsent, 0), missing, 78)
        text = "".join(span.text for span in shown)
        assert width_of(shown) <= 78, text
        assert ("33 belum diisi" in text) == bool(missing)
        assert ("55 belum sampai" in text) == bool(unsent)
        assert "September: 3 Oktober, 13 hari lagi" in text
