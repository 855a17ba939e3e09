"""Who may come in, what is said to the others, and the lock."""

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.counter import access
from kiosk.counter.desk import Desk
from kiosk.store.database import Store
from kiosk.widgets.dialogs import ask
from tests.people import PASSWORD
from tests.screens.driver import Counter, counter_on


async def test_the_clinic_stands_on_the_login_and_the_cursor_on_the_name(counter: Counter) -> None:
    assert "Klinik Uji Melati" in counter.text
    await counter.type("siti")
    assert "siti" in counter.line("Pengguna")


async def test_a_wrong_password_says_so_and_keeps_the_name(counter: Counter) -> None:
    await counter.type("siti")
    await counter.press("enter")
    await counter.type("salah-sekali")
    await counter.press("enter")
    await counter.until("Nama pengguna atau kata sandi salah")
    assert "siti" in counter.line("Pengguna")
    assert "•" not in counter.text
    await counter.type(PASSWORD)
    await counter.press("enter")
    await counter.until("Cari ")


async def test_an_unknown_person_reads_the_same_sentence(counter: Counter) -> None:
    await counter.type("hantu")
    await counter.press("enter")
    await counter.type("salah-sekali")
    await counter.press("enter")
    await counter.until("Nama pengguna atau kata sandi salah")


async def test_nothing_typed_is_asked_for_at_the_field(counter: Counter) -> None:
    await counter.press("ctrl+s")
    await counter.until("Harus diisi")


async def test_a_password_is_never_on_the_screen(counter: Counter) -> None:
    await counter.type("siti")
    await counter.press("enter")
    await counter.type(PASSWORD)
    assert PASSWORD not in counter.text
    assert "•" * len(PASSWORD) in counter.text


async def test_what_is_typed_ahead_goes_to_the_search(counter: Counter) -> None:
    """Ten keys in one piece, as a slow line delivers them: none of them lands in a field that is left."""
    await counter.press(*"siti", "enter", *PASSWORD, "enter", *"sutri")
    await counter.until("Sutrisno Wibowo")
    assert "sutri" in counter.line("Cari")


async def test_a_lock_keeps_what_was_being_typed(at_search: Counter) -> None:
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    await at_search.press("enter")
    await at_search.until("Jenis kunjungan")
    await at_search.press("s", "j", "u")
    await at_search.type("batuk")
    await at_search.press("f8")
    await at_search.until("Terkunci oleh Siti Uji")
    assert "batuk" not in at_search.text and "Sutrisno" not in at_search.text
    await at_search.type(PASSWORD)
    await at_search.press("enter")
    await at_search.until("batuk")
    assert "Sutrisno Wibowo" in at_search.text


async def test_no_box_of_the_one_who_locked_comes_up_over_the_login(
    at_search: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one that opens while the counter is locking, nor one that its screen wants to open afterwards."""
    app, answers, locking = at_search.app, [], access.lock

    def question() -> None:
        async def asked() -> None:
            answers.append(await ask(app, "Sutrisno Wibowo"))

        app.get_screen("search").run_worker(asked())

    async def with_a_question(desk: Desk) -> None:
        question()
        await at_search.until("Sutrisno Wibowo")
        await locking(desk)

    monkeypatch.setattr(access, "lock", with_a_question)
    app.action_lock()
    await at_search.until("Terkunci oleh Siti Uji")
    await at_search.until(lambda: answers == [None])
    question()
    await at_search.until(lambda: answers == [None, None])
    assert "Sutrisno" not in at_search.text and len(app.screen_stack) == 2
    await at_search.type(PASSWORD)
    await at_search.press("enter")
    await at_search.until("Cari ")
    assert len(app.screen_stack) == 2


async def test_another_person_takes_over_a_locked_counter_from_the_search(at_search: Counter) -> None:
    await at_search.press("f8")
    await at_search.until("Terkunci oleh Siti Uji")
    await at_search.press("shift+tab", "ctrl+u", "end", "ctrl+u")
    await at_search.type("admin")
    await at_search.press("enter")
    await at_search.type(PASSWORD)
    await at_search.press("enter")
    await at_search.until("Admin Uji")
    assert "Cari" in at_search.text


async def test_a_half_typed_form_waits_for_its_owner_while_another_works_at_the_counter(at_search: Counter) -> None:
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    await at_search.press("enter")
    await at_search.until("Jenis kunjungan")
    await at_search.press("s", "j", "u")
    await at_search.type("batuk lama")
    await at_search.press("f8")
    await at_search.until("Terkunci oleh Siti Uji")
    await enter_as(at_search, "admin", "Admin Uji")
    assert "batuk lama" not in at_search.text and "Sutrisno" not in at_search.text
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    await at_search.press("enter")
    await at_search.until(lambda: "Jenis kunjungan" in at_search.text and "batuk lama" not in at_search.text)
    await at_search.press("escape", "f8")
    await at_search.until("Terkunci oleh Admin Uji")
    await enter_as(at_search, "siti", "Siti Uji")
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    await at_search.press("enter")
    await at_search.until("batuk lama")
    told = [str(row["event"]) for row in at_search.rows("SELECT event FROM audit ORDER BY number")]
    assert [event for event in told if event.startswith("session.")] == [
        "session.in",
        "session.lock",
        "session.takeover",
        "session.lock",
        "session.takeover",
    ]


async def enter_as(counter: Counter, login: str, name: str) -> None:
    """Log in as somebody else than the one who locked."""
    await counter.press("shift+tab", "end", "ctrl+u")
    await counter.type(login)
    await counter.press("enter")
    await counter.type(PASSWORD)
    await counter.press("enter")
    await counter.until(lambda: name in counter.text and "Cari " in counter.text)


async def test_a_counter_left_alone_locks_itself(store: Store, tmp_path: Path) -> None:
    async with counter_on(store, tmp_path, idle_lock=0.3) as counter:
        await counter.log_in()
        counter.app._last_key -= 10
        await counter.press("x")
        await counter.until("Terkunci oleh Siti Uji")


async def test_leaving_asks_first(at_search: Counter) -> None:
    for key in ("ctrl+q", "ctrl+c"):
        await at_search.press(key)
        await at_search.until("Tutup Loket?")
        await at_search.press("t")
        assert "Tutup Loket?" not in at_search.text
    assert at_search.app.is_running
    await at_search.press("ctrl+q")
    await at_search.until("Tutup Loket?")
    await at_search.press("y")
    await at_search.until(lambda: not at_search.app.is_running)


async def test_help_opens_over_the_search_and_closes(at_search: Counter) -> None:
    await at_search.press("f1")
    await at_search.until("Bantuan: Cari pasien")
    await at_search.press("escape")
    assert "Bantuan:" not in at_search.text


def test_the_login_is_ready_before_anything_heavy_is_loaded() -> None:
    code = (
        "import sys; import kiosk.app, kiosk.screens.login;"
        "heavy = 'pydantic httpx cryptography argon2 rapidfuzz apsw peewee'.split();"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
