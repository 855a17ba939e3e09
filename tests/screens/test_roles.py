"""What the screens say to somebody whose role does not go so far."""

from kiosk.counter.access import add_operator
from kiosk.domain.people import Role
from tests.people import PASSWORD
from tests.screens.driver import Counter


async def test_the_head_of_the_clinic_looks_and_is_told_in_a_sentence_what_is_not_for_this_role(
    counter: Counter,
) -> None:
    counter.store.write_now(lambda tx: add_operator(tx, "kepala", "Kepala Uji", Role.HEAD, PASSWORD))
    await counter.log_in("kepala")
    await counter.until("Antrean")
    assert "Pelayanan" not in counter.line("F1")
    await counter.press("f5")
    await counter.until("Peran Anda (kepala) tidak membuka layar Pelayanan")
    await counter.find("sutrisno", "Sutrisno Wibowo")
    await counter.press("enter")
    await counter.until("Peran Anda tidak boleh mendaftarkan pasien")
    await counter.press("f4")
    await counter.until("Tidak ada yang menunggu")
    assert "Panggil" not in counter.text, "what is not for this role is not offered"
    await counter.press("n")
    await counter.until("Peran Anda tidak boleh melakukan ini")
    assert counter.rows("SELECT * FROM ticket") == []


async def test_the_shift_report_shows_the_day_and_the_head_of_the_audit_log(at_search: Counter) -> None:
    await at_search.press("f6")
    await at_search.until("Batas entri")
    await at_search.press("l")
    await at_search.until("Laporan giliran")
    head = at_search.store.read_now(lambda tx: tx.row("SELECT station, number, mac FROM audit_head")) or {}
    shown = at_search.line(str(head["station"]))
    assert f"{head['number']}  {head['mac'][:4]} {head['mac'][4:8]}" in shown
    assert "Belum ada nomor antrean hari ini" in at_search.text
