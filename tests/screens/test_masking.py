"""Card and NIK stand whole where they are needed, and nowhere else."""

from tests.screens.driver import Counter

CARD, NIK = "0000000000001", "3171011503870001"


async def test_a_typed_name_shows_no_whole_number_and_the_registration_form_does(at_search: Counter) -> None:
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    await at_search.until("••••0001")
    assert CARD not in at_search.text and NIK not in at_search.text
    await at_search.press("enter")
    await at_search.until("Jenis kunjungan")
    assert CARD in at_search.text and NIK in at_search.text


async def test_the_data_panel_shows_them_and_a_number_that_was_typed_still_finds(at_search: Counter) -> None:
    await at_search.type(NIK)
    await at_search.until("Sutrisno Wibowo")
    await at_search.press("ctrl+d")
    await at_search.until(CARD)
    assert NIK in at_search.text


async def test_queue_and_service_show_no_whole_number(counter: Counter) -> None:
    await counter.log_in("admin")
    await counter.find("sutrisno", "Sutrisno Wibowo")
    await counter.press("enter")
    await counter.until("Jenis kunjungan")
    await counter.press("s", "j", "u", "ctrl+s")
    await counter.until("A-001")
    await counter.press("f4")
    await counter.until("A-001")
    assert "Sutrisno" in counter.text and CARD not in counter.text and NIK not in counter.text
    await counter.press("f5")
    await counter.type("A-001")
    await counter.press("enter")
    await counter.until("kartu ••••")
    assert CARD not in counter.text and NIK not in counter.text
