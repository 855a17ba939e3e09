"""Finding people by what they bring: a card, an identity number, a name, a phone."""

import asyncio
from dataclasses import replace

import pytest

from kiosk.counter import find
from kiosk.counter.desk import Desk
from kiosk.counter.views import SearchResult
from kiosk.store import inquiries, participants
from kiosk.store.transaction import Transaction
from tests.people import PASSWORD, invented
from tests.screens.driver import PATIENCE, Counter


@pytest.mark.parametrize(
    ("typed", "why"),
    [("sutri", ""), ("wibowo sut", ""), ("0000000000001", "kartu"), ("000101", "RM"), ("081200000001", "telepon")],
)
async def test_a_person_is_found_by_whatever_they_bring(at_search: Counter, typed: str, why: str) -> None:
    await at_search.find(typed, "Sutrisno Wibowo")
    assert why in at_search.line("» Sutrisno Wibowo")


@pytest.mark.parametrize(
    ("typed", "mark", "meaning"),
    [
        ("sutirsno wibowo", "ketik?", "ketik?: mungkin salah ketik"),
        ("soetrisno wibowo", "ejaan", "ejaan: ejaan lain"),
        ("sutrisnowibowo", "spasi", "spasi: spasi berbeda"),
    ],
)
async def test_a_slip_is_forgiven_and_the_row_says_so(at_search: Counter, typed: str, mark: str, meaning: str) -> None:
    await at_search.find(typed, "Sutrisno Wibowo")
    assert mark in at_search.line("» Sutrisno Wibowo")
    assert meaning in at_search.text


async def test_where_there_may_be_more_than_fit_it_is_said(at_search: Counter) -> None:
    many = [invented(200 + number, f"Wahyu Uji {number}") for number in range(21)]
    at_search.store.write_now(lambda tx: [participants.save(tx, one) for one in many])
    await at_search.find("wahyu", "Wahyu Uji")
    assert "20 orang teratas" in at_search.text
    await at_search.press("escape")
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    assert "teratas" not in at_search.text


async def test_a_person_entered_twice_is_marked(at_search: Counter) -> None:
    twice = [invented(number, "Zulkifli Uji", nik="3171010201900031") for number in (31, 32)]
    at_search.store.write_now(lambda tx: [participants.save(tx, one) for one in twice])
    await at_search.find("zulkifli", "Zulkifli Uji")
    assert "ganda?" in at_search.line("» Zulkifli Uji")
    assert "ganda?: mungkin satu orang, lihat Ctrl+D" in at_search.text


async def test_the_card_of_the_selected_row_stands_beside_it(at_search: Counter) -> None:
    await at_search.find("dewi", "Dewi Lestari Uji")
    await at_search.until("TIDAK AKTIF")
    assert "PENANGGUHAN" in at_search.text and "PEMBAYARAN" in at_search.text
    assert "•••••••••0004" in at_search.text and "0000000000004" not in at_search.text
    assert "hari lalu" in at_search.text


async def test_a_member_of_another_clinic_is_shown_with_a_warning(at_search: Counter) -> None:
    await at_search.find("ketut", "Ketut Arya")
    await at_search.until("! Terdaftar di Klinik Tetangga")


async def test_the_arrows_move_the_selection_and_the_cursor_stays_in_the_field(at_search: Counter) -> None:
    await at_search.find("uji", "Dewi Lestari Uji")
    await at_search.press("escape")
    await at_search.find("su", "Sutrisno")
    # The name; the card beside it comes a moment later.
    first = at_search.line("»")[:24]
    await at_search.press("down")
    assert at_search.line("»")[:24] != first
    await at_search.press("up")
    assert at_search.line("»")[:24] == first
    await at_search.type("trisno")
    assert "sutrisno" in at_search.line("Cari")


async def test_a_number_too_short_says_how_long_it_must_be(at_search: Counter) -> None:
    await at_search.type("999999999")
    await at_search.until("Kartu 13 angka, NIK 16 angka; baru 9")


async def test_nobody_of_that_name_says_so(at_search: Counter) -> None:
    await at_search.type("zzqq")
    await at_search.until("Tidak ada nama yang cocok")


async def test_an_unknown_card_is_asked_of_pcare_and_can_then_be_registered(at_search: Counter) -> None:
    await at_search.type("0009999999991")
    await at_search.until("tekan Enter untuk bertanya ke P-Care")
    await at_search.press("enter")
    await at_search.until("Bertanya ke P-Care")

    def answer(tx: Transaction) -> None:
        found = participants.confirm(tx, invented(9999999991, "Peserta Jauh", card_number="0009999999991"))
        for asked in inquiries.asked(tx):
            inquiries.answer(tx, asked.id, {"participant_id": found.id})

    await asyncio.to_thread(at_search.store.write_now, answer)
    await at_search.until("Enter: daftarkan")
    await at_search.until("Peserta Jauh")
    await at_search.press("enter")
    await at_search.until("Jenis kunjungan")


async def test_an_unknown_card_offline_leads_to_a_new_patient_with_that_number(at_search: Counter) -> None:
    await at_search.type("0009999999992")
    await at_search.until("tekan Enter")
    await at_search.press("enter")
    await at_search.until("Bertanya ke P-Care")

    def leave(tx: Transaction) -> None:
        for asked in inquiries.asked(tx):
            inquiries.leave_unanswered(tx, asked.id, "unreachable")

    await asyncio.to_thread(at_search.store.write_now, leave)
    await at_search.until("P-Care tidak dapat dihubungi")
    await at_search.press("f7")
    await at_search.until("Nomor kartu BPJS")
    assert "0009999999992" in at_search.line("Nomor kartu BPJS")


@pytest.mark.parametrize("reason", [None, "cut", "not_enabled"])
async def test_what_pcare_says_of_a_number_and_the_key_that_leads_on_fit_on_the_line(
    at_search: Counter, reason: str | None
) -> None:
    await at_search.type("0009999999993")
    await at_search.until("tekan Enter")
    await at_search.press("enter")
    await at_search.until("Bertanya ke P-Care")

    def end(tx: Transaction) -> None:
        for asked in inquiries.asked(tx):
            if reason is None:
                inquiries.answer(tx, asked.id, {"participant_id": None})
            else:
                inquiries.leave_unanswered(tx, asked.id, reason)

    await asyncio.to_thread(at_search.store.write_now, end)
    await at_search.until(" · F7: pasien baru")


async def test_a_sentence_goes_when_something_else_is_typed_or_selected(at_search: Counter) -> None:
    await at_search.press("ctrl+t")
    await at_search.until("Cari dulu pasiennya")
    await at_search.find("wibowo", "Sutrisno Wibowo")
    await at_search.until(lambda: "Cari dulu pasiennya" not in at_search.text)
    await at_search.press("escape")
    await at_search.find("su", "Sukarno")
    await at_search.press("ctrl+r")
    await at_search.until("Bertanya ke P-Care")
    await at_search.press("down")
    assert "Bertanya ke P-Care" not in at_search.text

    def leave(tx: Transaction) -> None:
        for asked in inquiries.asked(tx):
            inquiries.leave_unanswered(tx, asked.id, "cut")

    await asyncio.to_thread(at_search.store.write_now, leave)
    await at_search.until(lambda: not at_work(at_search, "search", "ask"))
    assert "P-Care tidak selesai menjawab" not in at_search.text, "it would be read as said of the other one"


def at_work(counter: Counter, screen: str, group: str) -> bool:
    """Whether work of that group is under way for the screen."""
    return any(one.group == group and not one.is_finished for one in counter.app.get_screen(screen).workers)


async def test_asking_again_means_whom_the_field_says_now(at_search: Counter) -> None:
    await at_search.find("ketut", "Ketut Arya")
    await at_search.press("escape", *"sutrisno", "ctrl+r")
    await at_search.until("Bertanya ke P-Care")
    asked = at_search.store.read_now(lambda tx: [one.question["number"] for one in inquiries.asked(tx)])
    assert asked == ["0000000000001"]


async def test_who_comes_back_to_a_locked_counter_does_not_read_that_nobody_is_logged_in(at_search: Counter) -> None:
    await at_search.find("ketut", "Ketut Arya")
    at_search.store.write_now(lambda tx: participants.save(tx, invented(61, "Belum Ditanya", confirmed_at=None)))
    await at_search.press("escape")
    await at_search.find("belum ditanya", "Belum Ditanya")
    await at_search.press("enter")
    await at_search.until("Jenis kunjungan")
    await at_search.press("f8")
    await at_search.until("Terkunci oleh")
    await at_search.until(lambda: not at_work(at_search, "registration", "verify"))
    await at_search.type(PASSWORD)
    await at_search.press("enter")
    await at_search.until("Jenis kunjungan")
    assert "Masuk dulu" not in at_search.text


async def test_a_scanner_that_ends_in_enter_opens_the_person_at_once(at_search: Counter) -> None:
    await at_search.press(*"0000000000001", "enter")
    await at_search.until("Jenis kunjungan")
    assert "Sutrisno Wibowo" in at_search.text


async def test_a_name_typed_too_fast_to_be_seen_opens_nobody(at_search: Counter) -> None:
    await at_search.press(*"s", "u", "enter")
    await at_search.until("Sutrisno")
    assert "Jenis kunjungan" not in at_search.text


async def test_somebody_else_registering_is_seen_in_the_open_search(at_search: Counter) -> None:
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    assert "hari ini" not in at_search.line("» Sutrisno")
    await register_elsewhere(at_search)
    await at_search.until(lambda: "hari ini" in at_search.line("» Sutrisno"))


async def register_elsewhere(counter: Counter) -> None:
    """Another station registers Sutrisno."""
    from kiosk.counter.access import log_in
    from kiosk.counter.desk import Desk
    from kiosk.counter.find import search
    from kiosk.counter.register import register
    from kiosk.domain.codes import Care, Payer, VisitKind
    from kiosk.domain.registration import RegistrationForm
    from tests.people import PASSWORD

    desk = await Desk.open(counter.store.url, "Loket 2")
    await log_in(desk, "admin", PASSWORD)
    person = (await search(desk, "sutrisno")).rows[0].participant
    await register(
        desk,
        RegistrationForm(person.id, desk.today(), "002", Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT),
    )
    await desk.close()


async def test_what_changed_under_a_box_is_seen_when_it_is_closed(at_search: Counter) -> None:
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    (row,) = at_search.rows("SELECT id FROM participant WHERE name = 'Sutrisno Wibowo'")
    # The search is done once more when the keys rest.
    await asyncio.sleep(0.7)
    await at_search.press("f1")
    await at_search.until("Bantuan: ")

    def rename(tx: Transaction) -> None:
        person = participants.get(tx, str(row["id"]))
        assert person is not None
        participants.save(tx, replace(person, name="Sutrisno Prabowo", phone="081211112222"))

    await asyncio.to_thread(at_search.store.write_now, rename)
    # Time for the word of the change to come, and to be lost on the box.
    await asyncio.sleep(0.7)
    await at_search.press("escape")
    await at_search.until(lambda: "»" in at_search.line("Sutrisno Prabowo"))
    await at_search.until(lambda: "081211112222" in at_search.line("Telp"))


async def test_square_brackets_in_a_name_stay_text(at_search: Counter) -> None:
    bad = invented(77, "BUDI [ALM] [/b]\x1b[31m\u202e HARTONO")
    at_search.store.write_now(lambda tx: participants.save(tx, bad))
    await at_search.find("hartono", "BUDI [ALM] [/b][31m")
    assert "\x1b" not in at_search.text and "\u202e" not in at_search.text


async def test_enter_while_the_search_is_still_under_way_waits_for_it(
    at_search: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow_at_first(desk: Desk, text: str, **how: bool) -> SearchResult:
        first = not begun.is_set()
        begun.set()
        if first:
            await go_on.wait()
        return await find.search(desk, text, **how)

    monkeypatch.setattr("kiosk.screens.search.search", slow_at_first)
    await at_search.type("sutrisno")
    await asyncio.wait_for(begun.wait(), PATIENCE)
    await at_search.press("enter")
    await at_search.until("Jenis kunjungan")
    assert "Sutrisno Wibowo" in at_search.text
    go_on.set()


async def test_when_the_keys_rest_a_name_that_sounds_alike_joins_the_others(at_search: Counter) -> None:
    namesakes = [invented(40 + n, name) for n, name in enumerate(["Husain Usman"] * 6 + ["Husein Usman"])]
    at_search.store.write_now(lambda tx: [participants.save(tx, one) for one in namesakes])
    await at_search.find("husain usman", "Husain Usman")
    await at_search.until("Husein Usman")
    assert "»" in at_search.line("Husain Usman"), "the selection stays"
