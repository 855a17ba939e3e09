"""`kiosk doctor`: what is wrong is named, with what to do; it works when nothing else does, and changes nothing."""

import asyncio
import json
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.cli.doctor_host import encrypted
from kiosk.config import Home
from kiosk.domain.codes import Care, OutboxKind, Payer, VisitKind
from kiosk.domain.day import now
from kiosk.domain.registration import RegistrationForm
from kiosk.simulator.running import Running, running
from kiosk.store import outbox, participants, registrations, sync_state
from kiosk.store.backup import back_up
from kiosk.store.database import Store
from kiosk.store.locks import FileLock
from kiosk.store.transaction import Transaction
from tests.cli.terminal import terminal
from tests.cli.test_commands import ANSWERS, kiosk, prepared
from tests.people import invented

UNTOUCHED_BY_US = {"enkripsi disk", "ruang disk", "printer"}
"""What the machine of the tests decides."""


@pytest.fixture
async def simulator() -> AsyncIterator[Running]:
    async with running(members=60, facilities=3) as up:
        yield up


def answers(simulator: Running) -> dict[str, str]:
    told = simulator.credentials.as_dict()
    return {name: told[name] for name in ANSWERS if name in told and name != "name"}


@pytest.fixture
async def home(tmp_path: Path, simulator: Running) -> Home:
    """A clinic that was set up, towards a simulator that answers."""
    made = Home(tmp_path / "klinik")
    done = await asyncio.to_thread(prepared, made.folder, **answers(simulator))
    assert done.returncode == 0, done.stderr
    return made


async def examined(home: Home, *words: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """The exit code, and state and text of each topic."""
    done = await asyncio.to_thread(kiosk, "doctor", "--json", *words, home=home.folder)
    assert done.stderr == ""
    report = json.loads(done.stdout)
    found = {row["topic"]: (row["state"], row["text"]) for row in report["checks"]}
    worst = {"baik": 0, "perhatian": 1, "rusak": 2}
    assert done.returncode == max(worst[state] for state, _ in found.values()) == worst[report["worst"]]
    return done.returncode, found


def written(home: Home, work: Any) -> None:
    store = Store.open(home.store_url)
    store.write_now(work)
    store.close()


async def test_everything_that_is_well_is_said_to_be_well_and_no_secret_is_shown(
    home: Home, simulator: Running
) -> None:
    written(home, lambda tx: participants.save(tx, invented(1, "Peserta Uji")))
    await asyncio.to_thread(back_up, home.store_url, home.folder / "cadangan")
    _, found = await examined(home)
    assert {topic for topic, (state, _) in found.items() if state != "baik"} <= UNTOUCHED_BY_US
    assert "utuh" in found["isi"][1]
    assert "1 dikenal di sini" in found["peserta"][1]
    assert {"P-Care alamat", "P-Care jam", "P-Care konsumen", "P-Care login"} <= set(found)
    spoken = (await asyncio.to_thread(kiosk, "doctor", home=home.folder)).stdout
    credentials = simulator.credentials
    for secret in (credentials.secret_key, credentials.user_key, credentials.password):
        assert secret not in spoken + json.dumps(found)
    assert len(spoken.splitlines()) == len(found)
    assert all(line[0] in "✓!✗" for line in spoken.splitlines())


async def test_without_a_clinic_it_says_what_to_run_and_leaves_nothing_behind(tmp_path: Path) -> None:
    home = Home(tmp_path / "kosong")
    code, found = await examined(home)
    assert code == 2
    assert "kiosk init" in found["penyimpanan"][1]
    assert "kiosk init" in found["P-Care"][1]
    assert not home.folder.exists()


@pytest.mark.parametrize("seed", range(3))
async def test_a_damaged_store_is_found_left_alone_and_restore_is_named(home: Home, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(home.store.read_bytes())
    content[chance.randrange(4096, len(content))] ^= 1 << chance.randrange(8)
    home.store.write_bytes(bytes(content))
    code, found = await examined(home, "--offline")
    assert code == 2
    assert found["isi"][0] == "rusak"
    assert "kiosk restore --newest" in found["isi"][1]
    assert found["kiriman"][0] == "perhatian"
    assert home.store.read_bytes() == bytes(content)


async def test_a_file_of_another_kind_and_an_empty_one_are_told(home: Home) -> None:
    for content in (b"bukan basis data " * 999, b""):
        home.store.write_bytes(content)
        code, found = await examined(home, "--offline")
        assert (code, found["isi"][0]) == (2, "rusak")


async def test_an_outage_is_no_breakage(home: Home, simulator: Running) -> None:
    simulator.set_faults(outage="refused")
    _, found = await examined(home)
    assert found["P-Care alamat"][0] == "perhatian"
    assert "P-Care login" not in found


async def test_a_wrong_clock_and_a_refused_login_are_told_apart(home: Home, simulator: Running) -> None:
    simulator.set_faults(clock=3600)
    code, found = await examined(home)
    assert (code, found["P-Care jam"][0], found["P-Care login"][0]) == (2, "rusak", "baik")
    simulator.clear_faults()
    simulator.set_faults(login=True)
    code, found = await examined(home)
    assert (code, found["P-Care jam"][0], found["P-Care login"][0]) == (2, "baik", "rusak")


async def test_the_queue_service_is_tried_when_it_is_set_up_and_looked_at_later(
    tmp_path: Path, simulator: Running
) -> None:
    home, told = Home(tmp_path / "klinik"), simulator.credentials
    with_queue = {"antrean_url": told.antrean_url, "antrean_user_key": told.antrean_user_key}
    given = json.dumps({**ANSWERS, **answers(simulator), **with_queue})
    done = await asyncio.to_thread(kiosk, "init", "--answers", "-", home=home.folder, given=given)
    assert (done.returncode, done.stdout.splitlines()[1:]) == (
        0,
        ["P-Care menjawab: kredensial diterima.", "Antrean Mobile JKN menjawab: user_key diterima."],
    )
    _, found = await examined(home)
    assert found["Mobile JKN"] == ("baik", f"{told.antrean_url} menjawab, kunci diterima")
    simulator.set_faults({"kind": "error", "path": "ref", "status": 503})
    _, found = await examined(home)
    assert (found["Mobile JKN"][0], found["P-Care login"][0]) == ("perhatian", "baik")
    simulator.clear_faults()
    table = home.secrets.read_text("utf-8").replace(told.antrean_user_key, "salah-uji")
    home.secrets.write_text(table, "utf-8")
    code, found = await examined(home)
    assert (code, found["Mobile JKN"][0], "user_key" in found["Mobile JKN"][1]) == (2, "rusak", True)
    assert "salah-uji" not in json.dumps(found)
    home.secrets.write_text(table.replace("antrean_user_key", "#"), "utf-8")
    _, found = await examined(home, "--offline")
    assert "antrean_user_key" in found["Mobile JKN"][1]


async def test_a_login_that_was_refused_is_not_tried_again(home: Home, simulator: Running) -> None:
    """Every refused login brings the account nearer to its lock."""
    written(home, lambda tx: sync_state.write(tx, "stopped", "login", None))
    before = len(simulator.calls())
    code, found = await examined(home)
    assert (code, found["P-Care login"][0]) == (2, "rusak")
    assert len(simulator.calls()) == before


async def test_what_waits_long_or_for_a_person_gets_attention(home: Home) -> None:
    def work(tx: Transaction) -> None:
        person = participants.save(tx, invented(1, "Peserta Uji"))
        form = RegistrationForm(
            person.id, now().date(), "001", Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT, complaint="batuk"
        )
        made = registrations.get(
            tx, registrations.add(tx, form, card_number=person.card_number, provider_code="0114U163", operator=None)
        )
        assert made is not None
        outbox.add(tx, OutboxKind.REGISTRATION_ADD, made, made.id, 1)

    store = Store.open(home.store_url, lambda: now() - timedelta(days=2))
    store.write_now(work)
    store.close()
    _, found = await examined(home, "--offline")
    assert found["kiriman"] == (
        "perhatian",
        "1 menunggu, 0 belum pasti, 0 perlu tindakan, 0 sampai; yang tertua 2 hari",
    )
    assert "1 kiriman menunggu" in found["pengirim"][1]


async def test_a_backup_that_is_old_or_damaged_is_told(home: Home) -> None:
    made = await asyncio.to_thread(back_up, home.store_url, home.folder / "cadangan", lambda: now() - timedelta(days=9))
    _, found = await examined(home, "--offline")
    assert found["cadangan"][0] == "perhatian"
    assert "9 hari yang lalu" in found["cadangan"][1]
    made.path.write_bytes(made.path.read_bytes()[:5000])
    _, found = await examined(home, "--offline")
    assert found["cadangan"][0] == "rusak"


async def test_a_sender_that_runs_and_one_that_stands_still_are_told(home: Home) -> None:
    lock = FileLock(home.sender_lock)
    assert lock.acquire(wait=False)
    try:
        written(home, lambda tx: sync_state.write(tx, "online", None, None))
        assert (await examined(home, "--offline"))[1]["pengirim"] == ("baik", "berjalan")
        written(home, lambda tx: sync_state.write(tx, "stopped", "consumer_expired", None))
        _, found = await examined(home, "--offline")
        assert found["pengirim"][0] == "rusak"
        assert "BPJS" in found["pengirim"][1]
    finally:
        lock.release()


async def test_settings_that_cannot_be_read_do_not_end_the_report(home: Home) -> None:
    home.settings.write_text("ini bukan toml")
    code, found = await examined(home, "--offline")
    assert (code, found["pengaturan"][0], found["isi"][0]) == (2, "rusak", "baik")


async def test_it_does_not_bring_an_older_store_up_to_date(home: Home) -> None:
    def work(tx: Transaction) -> None:
        last = tx.value("SELECT MAX(name) FROM schema_migration")
        tx.execute("DELETE FROM schema_migration WHERE name = ?", last)

    written(home, work)
    before = home.store.read_bytes()
    _, found = await examined(home, "--offline")
    assert found["isi"][0] == "perhatian"
    assert home.store.read_bytes() == before


async def test_it_looks_at_a_store_that_is_in_use(home: Home) -> None:
    store = Store.open(home.store_url)
    store.write_now(lambda tx: participants.save(tx, invented(1, "Peserta Uji")))
    _, found = await examined(home, "--offline")
    assert found["isi"][0] == "baik"
    assert "1 dikenal" in found["peserta"][1]
    store.close()


def test_an_encrypted_disk_is_seen_through_what_lies_between(tmp_path: Path) -> None:
    """/sys as the kernel writes it: a volume on a crypt mapping on a partition; a volume on a plain one."""
    crypt, volume, plain, bare = (tmp_path / name for name in ("crypt", "volume", "plain", "bare"))
    for device, uuid in ((crypt, "CRYPT-LUKS2-0011"), (volume, "LVM-abc"), (plain, "LVM-def")):
        (device / "dm").mkdir(parents=True)
        (device / "dm" / "uuid").write_text(uuid + "\n")
        (device / "slaves").mkdir()
    bare.mkdir()
    (volume / "slaves" / "dm-0").symlink_to(crypt)
    (plain / "slaves" / "vda2").symlink_to(bare)
    (crypt / "slaves" / "vda1").symlink_to(bare)
    assert [encrypted(device) for device in (crypt, volume, plain, bare)] == [True, True, False, False]
    assert encrypted(tmp_path / "tmpfs") is None


def test_a_terminal_that_is_too_small_or_knows_no_utf8_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "klinik"
    assert prepared(home).returncode == 0
    with terminal("doctor", "--offline", home=tmp_path) as person:
        person.until("xterm-256color, 80×24, 256 warna")
        assert "UTF-8" in person.text
    monkeypatch.setattr("tests.cli.terminal.ROWS", 20)
    monkeypatch.setattr("tests.cli.terminal.COLUMNS", 70)
    with terminal("doctor", "--offline", home=tmp_path) as person:
        person.until("perbesar")
        assert person.ended() > 0
    done = _run_with(home, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING="ascii")
    assert "bukan UTF-8" in done
    assert "! huruf" in done


def _run_with(home: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "doctor", "--offline", "--home", str(home)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.stdout


async def test_records_that_are_gone_from_the_log_are_said_until_somebody_has_looked(home: Home) -> None:
    store = Store.open(home.store_url)
    for n in range(3):
        store.write_now(lambda tx, n=n: participants.save(tx, invented(n + 1, f"Peserta {n}")))  # type: ignore[misc]
    log = home.store.with_name(home.store.name + "-wal")
    kept, whole = home.store.read_bytes(), log.read_bytes()
    store.close()
    home.store.write_bytes(kept)
    log.write_bytes(whole[: len(whole) // 3])
    code, found = await examined(home, "--offline")
    assert (code, found["simpanan"][0]) == (2, "rusak")
    Store.open(home.store_url).close()
    code, found = await examined(home, "--offline")
    assert (code, found["simpanan"][0]) == (2, "rusak")
    assert "hapus" in found["simpanan"][1]
    for note in (home.folder / ".tanda").glob("*hilang*"):
        note.unlink()
    assert "simpanan" not in (await examined(home, "--offline"))[1]
