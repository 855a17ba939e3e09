"""A new patient: how few keys it takes, what the NIK fills in, who is offered instead, and the newborn."""

from datetime import date, timedelta
from pathlib import Path

from kiosk.domain.codes import Sex
from kiosk.domain.day import day_text
from kiosk.store import participants
from tests.people import invented
from tests.screens.driver import Counter, counter_on

MOST_KEYS = 60
"""Besides the text that is typed, from the empty search to the number."""


async def test_a_new_umum_patient_takes_few_keys_besides_the_text(at_search: Counter) -> None:
    pressed = 0

    async def press(*keys: str) -> None:
        nonlocal pressed
        pressed += len(keys)
        await at_search.press(*keys)

    await at_search.type("wayan sudarta uji")
    await at_search.until("Tidak ada nama yang cocok")
    await press("f7")
    await at_search.until("Tanggal lahir")
    await at_search.until(lambda: "wayan sudarta uji" in at_search.line("Nama"))
    await at_search.type("5171010503870001")
    await press("enter")
    await at_search.until("05-03-1987")
    await at_search.until(lambda: "dari NIK" in at_search.line("Tanggal lahir"))
    await at_search.until("[L Laki-laki]")
    await at_search.until("NIK dikeluarkan di")
    await press("enter", "enter", "enter")
    await at_search.type("000987")
    await press("enter")
    await at_search.type("081200000987")
    await press("enter")
    await at_search.until("Jenis kunjungan")
    await at_search.until("UMUM, tanpa kartu BPJS")
    await press("s", "j", "u")
    await at_search.type("batuk")
    await press("ctrl+s")
    await at_search.until("Nomor antrean A-001")
    assert pressed <= MOST_KEYS
    print(f"new umum patient, besides the text: {pressed} keys (goal {MOST_KEYS})")
    assert pressed == 11
    (row,) = at_search.rows("SELECT * FROM participant WHERE name LIKE 'wayan%'")
    assert (row["birth_date"], row["sex"], row["phone"]) == ("1987-03-05", "L", "081200000987")


async def test_what_the_nik_says_otherwise_warns_and_what_was_typed_stays(at_search: Counter) -> None:
    await at_search.press("f7")
    await at_search.until("Tanggal lahir")
    await at_search.type("Ani Uji")
    await at_search.press("enter", "down")
    await at_search.type("01011990")
    await at_search.press("enter", "p", "up", "up", "up")
    await at_search.type("5171010503870001")
    await at_search.until("Tanggal lahir berbeda dari yang tertulis di NIK")
    await at_search.until(lambda: "01-01-1990" in at_search.text and "[P Perempuan]" in at_search.text)
    await at_search.press("ctrl+s")
    await at_search.until("Jenis kunjungan")
    (row,) = at_search.rows("SELECT birth_date, sex FROM participant WHERE name = 'Ani Uji'")
    assert row == {"birth_date": "1990-01-01", "sex": "P"}


async def test_another_nik_takes_back_what_the_first_one_filled_in(at_search: Counter) -> None:
    await at_search.press("f7")
    await at_search.until("Tanggal lahir")
    await at_search.type("Ani Uji")
    await at_search.press("enter")
    await at_search.type("5171010503870001")
    await at_search.until("05-03-1987")
    await at_search.press("backspace")
    await at_search.until(lambda: "05-03-1987" not in at_search.text)
    await at_search.until(lambda: "[L Laki-laki]" not in at_search.text)
    await at_search.press("enter")
    await at_search.until("NIK harus 16 angka, baru 15")
    await at_search.press(*["backspace"] * 15)
    await at_search.type("5171014503870001")
    await at_search.until("[P Perempuan]")


async def test_somebody_with_that_card_is_offered_and_completed(at_search: Counter) -> None:
    await at_search.press("f7")
    await at_search.until("Tanggal lahir")
    await at_search.type("Orang Lain Uji")
    await at_search.press("down", "down", "down", "down")
    await at_search.type("0000000000002")
    await at_search.press("down", "down")
    await at_search.type("081200000222")
    await at_search.press("ctrl+s")
    await at_search.until("Sudah ada di sini")
    await at_search.until(lambda: "nomor kartu sama" in at_search.line("» Siti Aminah"))
    assert "simpan sebagai pasien baru" not in at_search.text
    await at_search.press("enter")
    await at_search.until("Jenis kunjungan")
    await at_search.until(lambda: "Siti Aminah" in at_search.text and "081200000222" in at_search.text)
    assert at_search.rows("SELECT id FROM participant WHERE name = 'Orang Lain Uji'") == []


async def test_somebody_who_may_be_the_same_is_shown_and_can_be_refused(at_search: Counter) -> None:
    await at_search.press("f7")
    await at_search.until("Tanggal lahir")
    await at_search.type("Soetrisno Wibowo")
    await at_search.press("down", "down")
    await at_search.type("15031987")
    await at_search.press("ctrl+s")
    await at_search.until("Mungkin orang yang sama sudah ada di sini")
    await at_search.until(lambda: "nama dan tanggal lahir sama" in at_search.line("» Sutrisno Wibowo"))
    await at_search.press("escape")
    await at_search.until("Tanggal lahir")
    await at_search.until(lambda: "Soetrisno Wibowo" in at_search.line("Nama"))
    await at_search.press("ctrl+s")
    await at_search.until("Mungkin orang yang sama")
    await at_search.press("b")
    await at_search.until("Jenis kunjungan")
    assert len(at_search.rows("SELECT id FROM participant WHERE name = 'Soetrisno Wibowo'")) == 1


async def test_a_newborn_of_a_known_mother(at_search: Counter) -> None:
    mother = invented(61, "Ibu Baru Uji", sex=Sex.FEMALE, phone="081200000061")
    at_search.store.write_now(lambda tx: participants.save(tx, mother))
    await at_search.find("ibu baru", "Ibu Baru Uji")
    await at_search.press("ctrl+d")
    await at_search.until("bayi baru lahir")
    await at_search.press("b")
    await at_search.until("Bayi baru lahir  ibu: Ibu Baru Uji")
    await at_search.until(lambda: "By. Ny. Ibu Baru Uji" in at_search.line("Nama"))
    await at_search.until(lambda: "081200000061" in at_search.line("Telepon"))
    await at_search.press("h")
    now = at_search.app.desk.today()
    today = day_text(now)
    await at_search.until(lambda: today in at_search.line("Tanggal lahir"))
    await at_search.press("up", "ctrl+u", "k")
    yesterday = day_text(now - timedelta(days=1))
    await at_search.until(lambda: yesterday in at_search.line("Tanggal lahir"))
    await at_search.press("p", "ctrl+s")
    await at_search.until("Jenis kunjungan")
    (row,) = at_search.rows("SELECT mother, birth_date, sex FROM participant WHERE name LIKE 'By.%'")
    assert (row["mother"], row["sex"]) == (mother.id, "P")
    assert date.fromisoformat(str(row["birth_date"])) == now - timedelta(days=1)


async def test_a_new_patient_half_typed_comes_back_after_a_kill_and_not_for_somebody_else(
    at_search: Counter, tmp_path: Path
) -> None:
    await at_search.type("made uji")
    await at_search.press("f7")
    await at_search.until(lambda: "made uji" in at_search.line("Nama"))
    await at_search.press("down")
    await at_search.type("01021990")
    await at_search.until(lambda: bool(at_search.rows("SELECT * FROM draft WHERE content LIKE '%01021990%'")))
    async with counter_on(at_search.store, tmp_path / "lagi") as again:
        await again.log_in()
        await again.type("nyoman uji")
        await again.press("f7")
        await again.until(lambda: "nyoman uji" in again.line("Nama"))
        assert "1990" not in again.text
        await again.press("escape")
        await again.until("Cari ")
        await again.press("f7")
        await again.until("Isian yang belum disimpan dikembalikan")
        assert "made uji" in again.line("Nama") and "01021990" in again.line("Tanggal lahir")
        await again.press("escape", "y")
        await again.until("Cari ")
        assert again.rows("SELECT * FROM draft") == []
