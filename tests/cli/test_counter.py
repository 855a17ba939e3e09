"""`kiosk` itself, in a real terminal, on a clinic that `kiosk init` prepared."""

import os
import signal
import time
from pathlib import Path

from kiosk.config import Home
from kiosk.store.locks import FileLock
from tests.cli.terminal import terminal
from tests.cli.test_commands import prepared


def sync_ends(home: Home, seconds: float = 8) -> None:
    lock, end = FileLock(home.sender_lock), time.monotonic() + seconds
    while not lock.is_free():
        assert time.monotonic() < end, "the sync process outlived its counter"
        time.sleep(0.1)


def test_the_counter_brings_its_own_sync_process_and_takes_it_along(tmp_path: Path) -> None:
    home = Home(tmp_path / "klinik")
    assert prepared(home.folder).returncode == 0
    with terminal(home=tmp_path) as person:
        person.until("Kata sandi")
        person.type("admin\rrahasia-uji\r")
        person.until("nomor kartu, NIK")
        person.until("P-Care putus sejak")
        assert not FileLock(home.sender_lock).is_free()
        os.kill(person.pid, signal.SIGHUP)
        person.ended()
    sync_ends(home)


def test_a_wrong_password_keeps_the_name_and_says_so(tmp_path: Path) -> None:
    home = Home(tmp_path / "klinik")
    assert prepared(home.folder).returncode == 0
    with terminal(home=tmp_path) as person:
        person.until("Kata sandi")
        person.type("admin\rbukan-ini\r")
        person.until("salah")
        assert "admin" in person.text
