"""Every command on a store that lives on a PostgreSQL server, named by option, by environment or by setting."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kiosk.config import Home, home_at, read_settings
from kiosk.store.database import Store
from tests.cli.test_commands import ANSWERS, assert_one_line, kiosk
from tests.store.test_changes import noticed

if TYPE_CHECKING:
    from tests.postgres import Server


@pytest.fixture
def url(postgres: "Server") -> Iterator[str]:
    """An empty database."""
    made = postgres.empty()
    yield made
    postgres.drop(made)


def set_up(folder: Path, url: str, **changes: str) -> "subprocess.CompletedProcess[str]":
    words = ("init", "--store", url, "--answers", "-", "--offline")
    return kiosk(*words, home=folder, given=json.dumps({**ANSWERS, **changes}))


def test_a_clinic_is_set_up_on_a_server_and_used_from_a_second_host(tmp_path: Path, url: str) -> None:
    first, second = tmp_path / "satu", tmp_path / "dua"
    assert_one_line(kiosk("user", "list", "--store", url, home=second), "kiosk init")
    assert set_up(first, url).returncode == 0
    assert read_settings(Home(first)).store == url
    assert not Home(first).store.exists()
    assert_one_line(set_up(second, url), "0114U163", "sudah disiapkan", "clinic=")
    words = ("user", "add", "siti", "--role", "loket", "--password-stdin")
    assert kiosk(*words, "--store", url, home=second, given="rahasia-baru\n").returncode == 0
    listed = json.loads(kiosk("user", "list", "--json", home=first).stdout)
    assert [p["login"] for p in listed] == ["admin", "siti"]


def test_doctor_says_where_nobody_makes_a_backup_at_night(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def backups() -> str:
        checks = json.loads(kiosk("doctor", "--offline", "--json", home=tmp_path).stdout)["checks"]
        (found,) = (row for row in checks if row["topic"] == "cadangan")
        return f"{found['state']}: {found['text']}"

    assert set_up(tmp_path, url).returncode == 0
    assert backups() == "perhatian: belum ada; jalankan: kiosk backup"
    assert kiosk("backup", home=tmp_path).returncode == 0
    assert backups().startswith("baik:") and backups().endswith("utuh")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not backups().endswith("utuh")
    for made in (tmp_path / "cadangan").glob("*.pgdump"):
        made.unlink()
    assert "postgresql-client" in backups()


def test_a_second_clinic_of_the_same_database_is_named_in_the_address(tmp_path: Path, url: str) -> None:
    assert set_up(tmp_path / "satu", url).returncode == 0
    other = f"{url}&clinic=0999X999"
    assert set_up(tmp_path / "dua", other, facility="0999X999", name="Klinik Lain").returncode == 0
    assert_one_line(kiosk("user", "list", home=tmp_path / "satu"), "clinic=")
    assert kiosk("user", "list", home=tmp_path / "dua").returncode == 0


@pytest.mark.parametrize("address", ["mysql://x/y", "postgresql://a:rahasia1/b@127.0.0.1/c", "loket.sqlite3"])
def test_an_address_that_is_none_is_one_line_without_the_password(tmp_path: Path, address: str) -> None:
    done = kiosk("user", "list", "--store", address, home=tmp_path)
    assert_one_line(done)
    assert "rahasia1" not in done.stderr


def test_a_server_that_is_away_is_one_line_for_every_command(tmp_path: Path) -> None:
    away = "postgresql://siti:rahasia1@127.0.0.1:1/loket"
    for words in (("user", "list"), ("sync", "--once"), ("init", "--answers", "-", "--offline")):
        done = kiosk(*words, "--store", away, home=tmp_path, given=json.dumps(ANSWERS))
        assert_one_line(done, "127.0.0.1:1/loket", "tidak berjalan")
        assert "rahasia1" not in done.stderr


def test_where_the_store_is_comes_from_the_option_the_environment_the_setting_in_this_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOKET_STORE", raising=False)
    assert home_at(tmp_path).store_url == f"sqlite:///{tmp_path}/loket.sqlite3"
    (tmp_path / "loket.toml").write_text('store = "postgresql://a:rahasia1@x/setting"\n')
    assert home_at(tmp_path).store_url.endswith("/setting")
    monkeypatch.setenv("LOKET_STORE", "postgresql://x/environment")
    assert home_at(tmp_path).store_url.endswith("/environment")
    assert home_at(tmp_path, "sqlite:///lain.sqlite3").store == Path("lain.sqlite3")
    monkeypatch.delenv("LOKET_STORE")
    assert "rahasia1" not in repr(home_at(tmp_path)) + repr(read_settings(Home(tmp_path)))


async def test_a_counter_starts_the_sync_process_and_its_password_stays_out_of_the_words(
    tmp_path: Path, url: str
) -> None:
    """The keeper asks the server whether somebody sends; the address goes to the child by its environment."""
    assert set_up(tmp_path, url).returncode == 0
    (tmp_path / "loket.toml").unlink()
    program = (
        "import sys, time; from pathlib import Path; from kiosk.config import home_at;"
        "from kiosk.cli.children import SyncKeeper; k = SyncKeeper(home_at(Path(sys.argv[1]))); k.start();"
        "print(); sys.stdin.read(); k.stop()"
    )
    keeper = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "LOKET_STORE": url},
    )
    store = Store.open(url)
    end = time.monotonic() + 20
    while not await store.sync_running():
        assert time.monotonic() < end
        await asyncio.sleep(0.1)
    words = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if _readable(path)]
    assert not [line for line in words if b"postgresql://" in line and b"kiosk" in line and b"sync" in line]
    keeper.communicate(b"")
    assert not await store.sync_running()
    store.close()


def _readable(path: Path) -> bool:
    try:
        return bool(path.read_bytes())
    except OSError:
        return False


async def test_a_board_on_one_host_is_told_of_what_a_counter_on_another_did(tmp_path: Path, url: str) -> None:
    assert set_up(tmp_path, url).returncode == 0
    board, counter = Store.open(url), Store.open(url)
    changes = board.changes()
    waiting = asyncio.create_task(noticed(changes))
    await asyncio.sleep(0.05)
    await counter.write(lambda tx: tx.next_number("x"))
    assert await waiting
    await changes.aclose()
    for each in (board, counter):
        each.close()
