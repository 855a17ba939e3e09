"""P-Care's secrets in real processes: in their own file and in the sync process, and nowhere else."""

import asyncio
import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from kiosk.config import Home
from kiosk.counter.status import status
from kiosk.counter.views import Link
from tests.cli.terminal import terminal
from tests.cli.test_commands import ANSWERS, kiosk
from tests.system.conftest import Town, end

SECRETS = {
    "secret_key": "kenari-kunci-7f3a91",
    "user_key": "kenari-user-key-55c0d2",
    "password": "Kenari-sandi-9b12e8",
}
CLINIC = "Klinik Kenari Empat Belas"
PATIENCE = 25.0


def processes_of(folder: Path) -> dict[int, list[str]]:
    """Process ids and words of everything that was started for the clinic in `folder`."""
    found = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            words = _read(place / "cmdline").decode(errors="replace").split("\0")
            if str(folder) in " ".join(words) or f"LOKET_HOME={folder}".encode() in _read(place / "environ"):
                found[int(place.name)] = words
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def memory(pid: int) -> Iterator[bytes]:
    """All that a process can read and write, piece by piece."""
    with Path(f"/proc/{pid}/mem").open("rb", 0) as held:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            found = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if found:
                start, stop = (int(edge, 16) for edge in found.groups())
                try:
                    held.seek(start)
                    yield held.read(stop - start)
                except (OSError, ValueError, OverflowError):
                    continue


def in_memory(pid: int, words: str) -> bool:
    forms = (words.encode(), words.encode("utf-16-le"), words.encode("utf-32-le"))
    return any(form in piece for piece in memory(pid) for form in forms)


def test_a_counter_never_holds_them_and_no_process_shows_them(tmp_path: Path) -> None:
    home = Home(tmp_path / "klinik")
    given = json.dumps({**ANSWERS, **SECRETS, "name": CLINIC})
    done = kiosk("init", "--answers", "-", "--offline", home=home.folder, given=given)
    assert done.returncode == 0, done.stderr
    assert not [s for s in SECRETS.values() if s in done.stdout + done.stderr]
    with terminal(home=tmp_path) as person:
        person.until("Kata sandi")
        person.type("admin\rrahasia-uji\r")
        person.until("Cari")
        limit = time.monotonic() + PATIENCE
        sender = None
        # The counter starts the sender; it has read the secrets when it tells that P-Care does not answer.
        while sender is None or "putus" not in person.text.lower():
            assert time.monotonic() < limit, person.text
            person.read()
            there = processes_of(home.folder)
            sender = next((pid for pid, words in there.items() if "sync" in words), None)
        assert person.pid in there
        for pid in there:
            shown = _read(Path(f"/proc/{pid}/environ")) + _read(Path(f"/proc/{pid}/cmdline"))
            assert not [s for s in SECRETS.values() if s.encode() in shown], pid
        assert in_memory(person.pid, CLINIC), "the eyes of this test are open"
        assert in_memory(sender, SECRETS["password"]), "the eyes of this test are open"
        for pid in there.keys() - {sender}:
            assert not [name for name, secret in SECRETS.items() if in_memory(pid, secret)], there[pid]
        left = {pid for pid in there if pid != person.pid}
    limit = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{pid}").exists() and _read(Path(f"/proc/{pid}/cmdline")) for pid in left):
        assert time.monotonic() < limit, "the sender ends with its counter"
        time.sleep(0.05)
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert len(files) > 4
    holding = {p for p in files if any(s.encode() in p.read_bytes() for s in SECRETS.values())}
    assert holding == {home.secrets}


async def test_a_new_password_is_taken_up_without_a_restart_and_the_top_line_says_how(town: Town) -> None:
    right = town.credentials["password"]
    folder = town.home.folder
    given = await asyncio.to_thread(kiosk, "password", "--password-stdin", home=folder, given="salah-sekali\n")
    assert given.returncode == 1
    assert "menolak" in given.stderr
    assert "salah-sekali" not in given.stdout + given.stderr
    offline = ("password", "--password-stdin", "--offline")
    given = await asyncio.to_thread(kiosk, *offline, home=folder, given="kedaluwarsa-9\n")
    assert given.returncode == 0, given.stderr
    process = town.sync()
    await _link(town, Link.STOPPED)
    told = await status(town.desk)
    assert "kiosk password" in told.sentence
    assert any(len(words) < 40 and "kiosk password" in words for words in told.sentences), "at 80 columns too"
    before = town.home.secrets.read_text().splitlines()
    given = await asyncio.to_thread(kiosk, "password", "--password-stdin", home=folder, given=f"{right}\n")
    assert "P-Care menerimanya" in given.stdout, given.stderr
    await _link(town, Link.ONLINE)
    assert process.poll() is None
    after = town.home.secrets.read_text().splitlines()
    assert set(before) ^ set(after) == {'password = "kedaluwarsa-9"', f'password = "{right}"'}
    assert town.home.secrets.stat().st_mode & 0o777 == 0o600
    assert end(process) == 0


async def _link(town: Town, wanted: Link) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await status(town.desk)).link != wanted:
            await asyncio.sleep(0.05)


def test_only_the_file_of_the_secrets_is_asked_for_them(tmp_path: Path) -> None:
    """An environment that holds them is not listened to."""
    home = Home(tmp_path / "klinik")
    assert kiosk("init", "--answers", "-", "--offline", home=home.folder, given=json.dumps(ANSWERS)).returncode == 0
    home.secrets.unlink()
    os.environ["LOKET_PASSWORD"] = os.environ["PASSWORD"] = "dari-lingkungan"
    try:
        done = kiosk("sync", "--once", home=home.folder)
    finally:
        del os.environ["LOKET_PASSWORD"], os.environ["PASSWORD"]
    assert done.returncode == 2
    assert "belum ada" in done.stderr
