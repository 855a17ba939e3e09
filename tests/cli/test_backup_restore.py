"""`kiosk backup` and `kiosk restore` as a person types them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.config import Home
from kiosk.store import participants
from kiosk.store.database import Store
from kiosk.store.locks import FileLock
from tests.cli.terminal import terminal
from tests.cli.test_commands import assert_one_line, kiosk, prepared
from tests.people import invented


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A clinic that was set up, with one patient."""
    made = Home(tmp_path / "klinik")
    assert prepared(made.folder).returncode == 0
    add(made, 1)
    return made


def add(home: Home, number: int) -> None:
    store = Store.open(home.store_url)
    store.write_now(lambda tx: participants.save(tx, invented(number, f"Peserta Uji {number}")))
    store.close()


def patients(home: Home) -> int:
    store = Store.open(home.store_url)
    try:
        return int(store.read_now(lambda tx: tx.value("SELECT COUNT(*) FROM participant")))
    finally:
        store.close()


def test_a_backup_is_made_listed_and_restored(home: Home) -> None:
    made = json.loads(kiosk("backup", "--json", home=home.folder).stdout)
    assert Path(made["path"]).parent == home.folder / "cadangan"
    add(home, 2)
    listed = json.loads(kiosk("restore", "--list", "--json", home=home.folder).stdout)
    assert [each["path"] for each in listed] == [made["path"]]
    assert Path(made["path"]).name in kiosk("restore", "--list", home=home.folder).stdout
    done = kiosk("restore", "--newest", "--yes", home=home.folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "disisihkan" in done.stdout
    assert patients(home) == 1
    (aside,) = home.folder.glob("*-disisihkan-*.sqlite3")
    assert patients(Home(home.folder, f"sqlite:///{aside}")) == 2


def test_another_folder_and_a_name_alone_are_understood(home: Home, tmp_path: Path) -> None:
    done = kiosk("backup", "--to", str(tmp_path / "usb"), home=home.folder)
    assert "sudah dibaca ulang" in done.stdout
    (copy,) = (tmp_path / "usb").glob("loket-*.sqlite3")
    words = ("restore", copy.name, "--from", str(tmp_path / "usb"), "--yes", "--json")
    report = json.loads(kiosk(*words, home=home.folder).stdout)
    assert (report["unknown"], report["needs_action"]) == (0, 0)
    assert Path(report["set_aside"]).is_file()


def test_wrong_use_and_nothing_to_restore_are_one_line(home: Home, tmp_path: Path) -> None:
    assert_one_line(kiosk("restore", home=home.folder), "--newest")
    assert_one_line(kiosk("restore", "--newest", "--yes", home=home.folder), "tidak ada cadangan")
    assert_one_line(kiosk("restore", "tidak-ada.sqlite3", "--yes", home=home.folder), "tidak ditemukan")
    assert_one_line(kiosk("backup", home=tmp_path / "kosong"), "tidak ditemukan")
    kiosk("backup", home=home.folder)
    assert_one_line(kiosk("restore", "--newest", home=home.folder), "--yes")
    assert not list(home.folder.glob("*disisihkan*"))


def test_the_newest_one_that_is_whole_is_taken(home: Home) -> None:
    older = Path(json.loads(kiosk("backup", "--json", home=home.folder).stdout)["path"])
    add(home, 2)
    newer = older.with_name(older.name.replace("-20", "-21", 1))
    newer.write_bytes(older.read_bytes()[:-4096])
    done = kiosk("restore", "--newest", "--yes", home=home.folder)
    assert done.returncode == 0
    assert newer.name in done.stderr
    assert older.name in done.stdout
    assert patients(home) == 1


def test_a_restore_waits_until_everybody_has_closed(home: Home) -> None:
    kiosk("backup", home=home.folder)
    with terminal(home=home.folder.parent) as person:
        person.until("Kata sandi")
        done = kiosk("restore", "--newest", "--yes", home=home.folder)
    assert done.returncode == 1
    assert "tutup dulu" in done.stderr
    sender = FileLock(home.sender_lock)
    while not sender.acquire(wait=False):
        pass
    done = kiosk("restore", "--newest", "--yes", home=home.folder)
    sender.release()
    assert (done.returncode, "kiosk sync" in done.stderr) == (1, True)
    assert patients(home) == 1


def test_a_damaged_store_is_said_with_what_to_type_and_restored_by_it(home: Home) -> None:
    kiosk("backup", home=home.folder)
    damaged = b"bukan basis data lagi " * 300
    home.store.write_bytes(damaged)
    with terminal(home=home.folder.parent) as person:
        assert person.ended() == 2
        # The sentence is longer than a line, and breaks where the path lets it.
        assert "kioskrestore--newest" in "".join(person.text.split())
    assert home.store.read_bytes() == damaged
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "restore", "--newest", "--yes", "--home", str(home.folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert patients(home) == 1


def test_a_person_is_asked_and_may_say_no(home: Home) -> None:
    kiosk("backup", home=home.folder)
    with terminal("restore", "--newest", home=home.folder.parent) as person:
        person.until("Ketik ya")
        person.type("tidak\r")
        assert person.ended() == 2
    assert not list(home.folder.glob("*disisihkan*"))
    with terminal("restore", "--newest", home=home.folder.parent) as person:
        person.until("Ketik ya")
        person.type("ya\r")
        assert person.ended() == 0
    assert len(list(home.folder.glob("*-disisihkan-*.sqlite3"))) == 1
