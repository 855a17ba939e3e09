"""Backups: whole or not there, private, rotated by their own rule; and what happens when they cannot be made."""

import random
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.store import checksums, participants, schema
from kiosk.store.backup import (
    QUIET,
    Backup,
    back_up,
    back_up_if_due,
    backups,
    described,
    rotate,
    verify,
)
from kiosk.store.database import Store
from kiosk.store.engine import sqlite_path
from kiosk.store.errors import Damaged, Failed, StoreError, Unreadable
from kiosk.store.locks import FileLock
from kiosk.store.mark import losses
from kiosk.store.restore import restore, set_aside_stores
from kiosk.store.transaction import Transaction
from tests.people import CLINIC, invented, make_store

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cadangan"


def test_a_backup_holds_everything_and_belongs_to_its_owner_alone(store: Store, folder: Path) -> None:
    made = back_up(store.url, folder, lambda: NOW)
    assert made.path.name == f"loket-{CLINIC.code}-20261120T150000Z.sqlite3"
    assert (folder.stat().st_mode & 0o777, made.path.stat().st_mode & 0o777) == (0o700, 0o600)
    rows = verify(made.path)
    assert (rows["participant"], rows["operator"], rows["clinic"]) == (7, 3, 1)
    assert [path.name for path in folder.iterdir() if not path.name.startswith(".")] == [made.path.name]
    assert backups(folder) == (made,)


@pytest.mark.parametrize("name", ["cadangan", "Cadangan 100% (K&L?)"])
def test_a_store_larger_than_the_cache_of_pages_has_a_backup_that_can_be_read(
    store: Store, tmp_path: Path, name: str
) -> None:
    cache = 2_000_000  # bytes, SQLite's own
    store.write_now(
        lambda tx: tx.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)"
            " INSERT INTO participant (clinic, id, name, created_at, updated_at)"
            " SELECT ?, 'p' || i, hex(randomblob(250)), 0, 0 FROM n",
            tx.clinic,
        )
    )
    made = back_up(store.url, tmp_path / name, lambda: NOW)
    assert made.path.stat().st_size > cache
    assert checksums.carries(made.path)
    assert verify(made.path)["participant"] > 6000


def test_a_backup_is_made_while_others_write_and_is_one_moment_of_the_store(store: Store, folder: Path) -> None:
    over = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        own = Store.open(store.url)
        while not over.is_set():
            own.write_now(lambda tx: [tx.next_number("a"), tx.next_number("b")])
            written += 1
        own.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [back_up(store.url, folder, lambda n=n: NOW + timedelta(days=n)) for n in range(6)]  # type: ignore[misc]
    finally:
        over.set()
        writer.join()
    assert written > 6
    for each in made:
        copy = Store.open(f"sqlite:///{each.path}")
        pair = copy.read_now(lambda tx: {r["name"]: r["last"] for r in tx.rows("SELECT name, last FROM counter")})
        copy.close()
        assert pair.get("a") == pair.get("b")


@pytest.mark.parametrize("table", ["participant", "registration", "outbox"])
def test_a_damaged_store_makes_no_backup_and_is_said_to_be_damaged(table: str, store: Store, folder: Path) -> None:
    back_up(store.url, folder, lambda: NOW)
    path = sqlite_path(store.url)
    page, size = store.read_now(
        lambda tx: (
            tx.value("SELECT rootpage FROM sqlite_master WHERE name = ?", table),
            tx.value("SELECT page_size FROM pragma_page_size"),
        )
    )
    store.close()
    content = bytearray(path.read_bytes())
    content[(page - 1) * size + size // 2] ^= 4
    path.write_bytes(bytes(content))
    with pytest.raises(Damaged, match="kiosk restore"):
        back_up(store.url, folder, lambda: NOW + timedelta(days=1))
    assert len(backups(folder)) == 1
    assert path.read_bytes() == bytes(content)


def test_a_backup_that_was_cut_off_is_none_and_the_next_one_clears_it_away(store: Store, folder: Path) -> None:
    folder.mkdir()
    cut = folder / f"loket-{CLINIC.code}-20261119T150000Z.sqlite3.belum-selesai"
    cut.write_bytes(b"half")
    other = folder / "foto-liburan.sqlite3.belum-selesai"
    other.write_bytes(b"not ours")
    assert backups(folder) == ()
    back_up(store.url, folder, lambda: NOW)
    assert not cut.exists()
    assert other.exists()


def test_two_backups_are_not_made_at_once(store: Store, folder: Path) -> None:
    folder.mkdir()
    other = FileLock(folder / ".cadangan.lock")
    assert other.acquire(wait=False)
    with pytest.raises(Failed, match="sedang dibuat"):
        back_up(store.url, folder)
    other.release()
    assert back_up(store.url, folder)


def test_without_room_nothing_is_begun(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage(folder.parent)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(Failed, match=r"perlu \d+ MB, tersisa 1 MB"):
        back_up(store.url, folder)
    assert not [path for path in folder.iterdir() if "loket" in path.name]


def test_a_folder_that_cannot_be_written_is_a_sentence(store: Store, tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("")
    with pytest.raises(Failed, match="Cadangan tidak dapat dibuat"):
        back_up(store.url, tmp_path / "berkas")


def named(folder: Path, at: datetime, clinic: str = CLINIC.code, suffix: str = "") -> Backup:
    path = folder / f"loket-{clinic}-{at:%Y%m%dT%H%M%SZ}{suffix}.sqlite3"
    path.write_bytes(b"x")
    found = described(path)
    assert found is not None
    return found


def test_seven_days_four_weeks_twelve_months_are_kept_and_nothing_that_is_not_ours_goes(folder: Path) -> None:
    folder.mkdir()
    made = [named(folder, NOW - timedelta(hours=12 * n)) for n in range(2 * 500)]
    others = [
        named(folder, NOW - timedelta(days=300), clinic="0999X999"),
        named(folder, NOW - timedelta(days=450), suffix="-sebelum-0002_lines"),
        named(folder, NOW + timedelta(days=9)),
    ]
    foreign = folder / "loket-catatan.txt"
    foreign.write_text("x")
    gone = rotate(folder, made[0], NOW)
    left = [each for each in backups(folder, CLINIC.code) if each.before is None and each.made_at <= NOW]
    assert left[0] == made[0]
    days = {each.made_at.date() for each in left}
    assert {NOW.date() - timedelta(days=n) for n in range(7)} <= days
    assert len({each.made_at.strftime("%G-%V") for each in left}) >= 4
    assert len({each.made_at.strftime("%Y-%m") for each in left}) == 12
    assert len(left) <= 7 + 4 + 12
    assert len(gone) == len(made) - len(left)
    assert all(each.path.exists() for each in others)
    assert foreign.exists()
    assert rotate(folder, made[0], NOW) == ()


def test_the_one_that_was_just_made_stays_whatever_the_clock_said_before(folder: Path) -> None:
    """The clock had been wrong: newer names are there, and the new one is not among the last seven."""
    folder.mkdir()
    ahead = [named(folder, NOW + timedelta(days=n)) for n in range(1, 30)]
    just = named(folder, NOW)
    rotate(folder, just, NOW)
    assert just.path.exists()
    assert all(each.path.exists() for each in ahead)


@pytest.mark.parametrize(
    ("age", "busy", "made"),
    [
        (timedelta(hours=3), False, False),
        (timedelta(hours=25), False, True),
        (timedelta(hours=25), True, False),
        (timedelta(hours=31), True, True),
    ],
)
def test_the_daily_one_waits_for_a_quiet_moment_but_not_for_ever(
    store: Store, folder: Path, age: timedelta, busy: bool, made: bool
) -> None:
    folder.mkdir()
    named(folder, NOW - age)
    _register(store, NOW if busy else NOW - 2 * QUIET)
    assert (back_up_if_due(store.url, folder, lambda: NOW) is not None) is made


def test_the_first_daily_one_is_made_at_once_and_one_from_the_future_does_not_count(store: Store, folder: Path) -> None:
    folder.mkdir()
    named(folder, NOW + timedelta(days=40))
    _register(store, NOW)
    assert back_up_if_due(store.url, folder, lambda: NOW) is not None
    assert back_up_if_due(store.url, folder, lambda: NOW) is None


def _register(store: Store, at: datetime) -> None:
    def work(tx: Transaction) -> None:
        person = participants.with_digits(tx, "0000000000001", 1)[0]
        tx.execute(
            "INSERT INTO registration (clinic, id, participant, day, poli_code, payer, visit_kind, care, referred_back,"
            " cancelled, adopted, version, created_at, updated_at)"
            " VALUES (?, 'r', ?, '2026-11-20', '001', 'umum', 'sakit',"
            " '10', 0, 0, 0, 1, ?, ?)",
            tx.clinic,
            person.id,
            int(at.timestamp() * 1000),
            int(at.timestamp() * 1000),
        )

    store.write_now(work)


@pytest.fixture
def two(tmp_path: Path, folder: Path) -> Iterator[tuple[str, Backup]]:
    """A store that went on after its backup, closed; and the backup."""
    store = make_store(f"sqlite:///{tmp_path / 'klinik.sqlite3'}")
    backup = back_up(store.url, folder, lambda: NOW)
    store.write_now(lambda tx: participants.save(tx, invented(77, "Sesudah Cadangan")))
    store.close()
    yield store.url, backup


def people(url: str) -> int:
    store = Store.open(url)
    try:
        return int(store.read_now(lambda tx: tx.value("SELECT COUNT(*) FROM participant")))
    finally:
        store.close()


def test_what_was_there_is_set_aside_and_can_still_be_opened(two: tuple[str, Backup]) -> None:
    url, backup = two
    done = restore(url, backup.path, timedelta(seconds=60))
    assert people(url) == 7
    assert done.set_aside is not None
    assert set_aside_stores(sqlite_path(url).parent) == (done.set_aside,)
    assert people(f"sqlite:///{done.set_aside}") == 8
    # Going back on purpose is no loss; and the note of the old store went with it.
    assert losses(sqlite_path(url)) == losses(done.set_aside) == ()
    assert verify(backup.path)["participant"] == 7
    again = restore(url, backup.path, timedelta(seconds=60))
    assert again.set_aside not in (None, done.set_aside)


def test_a_damaged_store_is_set_aside_as_it_is_with_its_log(two: tuple[str, Backup]) -> None:
    url, backup = two
    path = sqlite_path(url)
    path.write_bytes(b"rusak" * 1000)
    log = path.with_name(path.name + "-wal")
    log.write_bytes(b"catatan")
    done = restore(url, backup.path, timedelta(seconds=60))
    assert people(url) == 7
    assert done.set_aside is not None
    assert done.set_aside.read_bytes() == b"rusak" * 1000
    assert done.set_aside.with_name(done.set_aside.name + "-wal").read_bytes() == b"catatan"


def test_a_store_that_is_gone_altogether_comes_back(two: tuple[str, Backup]) -> None:
    url, backup = two
    sqlite_path(url).unlink()
    assert restore(url, backup.path, timedelta(seconds=60)).set_aside is None
    assert people(url) == 7


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_backup_is_refused_and_nothing_is_changed(two: tuple[str, Backup], seed: int) -> None:
    url, backup = two
    chance = random.Random(seed)
    content = bytearray(backup.path.read_bytes())
    if seed:
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    else:
        del content[len(content) // 2 :]
    backup.path.write_bytes(bytes(content))
    before = sqlite_path(url).read_bytes()
    with pytest.raises(Unreadable, match="Cadangan"):
        restore(url, backup.path, timedelta(seconds=60))
    assert sqlite_path(url).read_bytes() == before
    assert set_aside_stores(sqlite_path(url).parent) == ()


def test_another_clinics_backup_is_refused(two: tuple[str, Backup], tmp_path: Path) -> None:
    url, backup = two
    from kiosk.domain.people import Clinic

    other = make_store(f"sqlite:///{tmp_path / 'lain.sqlite3'}", clinic=Clinic("0999X999", "Lain", "Asia/Jakarta"))
    other.close()
    with pytest.raises(Unreadable, match="milik klinik"):
        restore(other.url, backup.path, timedelta(seconds=60))
    assert url != other.url


def test_an_older_backup_is_brought_up_to_date_a_newer_one_refused(
    two: tuple[str, Backup], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, backup = two
    migrations = tmp_path / "migrations"
    migrations.mkdir()
    for path in schema.FOLDER.glob("[0-9]*.py"):
        (migrations / path.name).write_text(path.read_text())
    (migrations / "9001_note.py").write_text(
        "def up(migrator, db):\n    db.execute_sql('CREATE TABLE note (x TEXT)')\n"
    )
    with monkeypatch.context() as patched:
        patched.setattr(schema, "FOLDER", migrations)
        restore(url, backup.path, timedelta(seconds=60))
        newer = back_up(url, backup.path.parent, lambda: NOW + timedelta(hours=1))
    assert "note" in verify(newer.path)
    with pytest.raises(StoreError, match="lebih baru"):
        restore(url, newer.path, timedelta(seconds=60))


def test_a_restore_that_is_killed_can_be_run_again(two: tuple[str, Backup], monkeypatch: pytest.MonkeyPatch) -> None:
    """The worst moment: the old store has its new name, the new one is not in its place yet."""
    url, backup = two
    path = sqlite_path(url)

    def killed(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            restore(url, backup.path, timedelta(seconds=60))
    assert not path.exists()
    with pytest.raises(Unreadable, match="tidak ditemukan"):
        Store.open(url)
    restore(url, backup.path, timedelta(seconds=60))
    assert people(url) == 7
    assert len(set_aside_stores(path.parent)) == 1


def test_a_store_cannot_be_opened_while_it_is_restored(two: tuple[str, Backup]) -> None:
    url, _ = two
    path = sqlite_path(url)
    restoring = FileLock(path.with_name(path.name + ".open"))
    assert restoring.acquire(wait=False)
    with pytest.raises(Unreadable, match="sedang dipulihkan"):
        Store.open(url)
    restoring.release()
    assert people(url) == 8


def test_copies_made_by_hand_are_never_better_than_ours(store: Store, folder: Path) -> None:
    """A copy without the log misses what was committed since; ours does not."""
    store.write_now(lambda tx: participants.save(tx, invented(78, "Baru Saja")))
    made = back_up(store.url, folder)
    by_hand = folder / "cp.sqlite3"
    subprocess.run(["cp", str(sqlite_path(store.url)), str(by_hand)], check=True)
    assert verify(made.path)["participant"] == 8
    try:
        copied = verify(by_hand).get("participant", 0)
    except Unreadable:
        copied = 0
    assert copied < 8
