"""Encrypted stores: sealed in every file, opened by the key alone, noticed when changed, whole in each other form."""

import os
import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.store import checksums, cipher, participants
from kiosk.store.backup import back_up, before_migration, verify
from kiosk.store.change_form import change_form, left_in_clear
from kiosk.store.cipher import Form, form
from kiosk.store.database import Store
from kiosk.store.engine import sqlite_key_file, sqlite_path, sqlite_url
from kiosk.store.errors import Damaged, Failed, Locked, Unreadable
from kiosk.store.health import look_at_file
from kiosk.store.key import PAPER_ALPHABET, StoreKey, key_from_text, new_key, read_key, write_key
from kiosk.store.mark import losses
from kiosk.store.restore import restore
from tests.engines import encrypted_too
from tests.people import CLINIC, invented, some_people

SEED = int(os.environ.get("LOKET_SEED") or random.SystemRandom().randrange(2**32))
CANARY = "Kenari Uji Rahasia"
FLIPS = 50
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
SETTLE = timedelta(seconds=60)


@pytest.fixture
def engine() -> str:
    return "encrypted"


@pytest.fixture
def closed(store: Store) -> str:
    """The URL of an encrypted store with one patient more, closed."""
    add(store, 77)
    store.close()
    return store.url


def small_store(url: str) -> Store:
    """A new store with people, and no operators: their passwords are slow to hash."""
    made = Store.open(url, create=True)
    made.set_up(CLINIC)
    made.write_now(lambda tx: [participants.save(tx, person) for person in some_people()])
    return made


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    made = small_store(store_url)
    yield made
    made.close()


def add(store: Store, number: int) -> None:
    store.write_now(lambda tx: participants.save(tx, invented(number, CANARY)))


def people(url: str) -> int:
    store = Store.open(url)
    try:
        return int(store.read_now(lambda tx: tx.value("SELECT COUNT(*) FROM participant")))
    finally:
        store.close()


def key_of(url: str) -> Path:
    key = sqlite_key_file(url)
    assert key is not None
    return key


def clear_files(folder: Path) -> list[Path]:
    """Every file below `folder` in which the canary stands as it was written."""
    words = (CANARY.encode(), CANARY.upper().encode(), CANARY.encode("utf-16-le"))
    return [p for p in folder.rglob("*") if p.is_file() and any(word in p.read_bytes() for word in words)]


def test_nothing_of_a_patient_stands_in_clear_in_store_log_and_backup(store: Store, tmp_path: Path) -> None:
    add(store, 77)
    log = Path(f"{sqlite_path(store.url)}-wal")
    assert log.stat().st_size > 4096
    assert form(back_up(store.url, tmp_path / "cadangan", lambda: NOW).path) is Form.SEALED
    assert clear_files(tmp_path) == []
    plain = small_store(sqlite_url(tmp_path / "polos" / "klinik.sqlite3"))
    add(plain, 77)
    assert [p.name for p in clear_files(tmp_path)] == ["klinik.sqlite3-wal"], "the eyes of this test are open"
    plain.close()


def test_the_copy_before_a_migration_is_sealed_too(store: Store, tmp_path: Path) -> None:
    made = store._call(lambda: before_migration(store._engine.database, tmp_path / "c", "0099_contoh", NOW))
    assert made is not None
    assert form(made.path) is Form.SEALED
    assert verify(made.path, key_of(store.url))["participant"] == 7


def test_without_the_key_one_sentence_says_so(closed: str) -> None:
    path = sqlite_path(closed)
    with pytest.raises(Locked, match="store_key"):
        Store.open(sqlite_url(path))
    with pytest.raises(Locked, match="terenkripsi"):
        verify(path)
    seen = look_at_file(path)
    assert seen is not None
    assert "terenkripsi" in (seen.problem or "")
    key_of(closed).unlink()
    with pytest.raises(Locked, match="tidak ditemukan"):
        Store.open(closed)


def test_a_wrong_key_and_a_key_for_a_plain_file_are_said(closed: str, tmp_path: Path) -> None:
    other = tmp_path / "lain.kunci"
    write_key(other, new_key())
    with pytest.raises(Damaged, match=r"lain\.kunci bukan kuncinya"):
        Store.open(sqlite_url(sqlite_path(closed), other))
    plain = tmp_path / "polos.sqlite3"
    small_store(sqlite_url(plain)).close()
    with pytest.raises(Locked, match="kiosk encrypt"):
        Store.open(sqlite_url(plain, other))
    assert people(closed) == 8


def test_a_library_without_the_cipher_is_refused(closed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a one ignores a key silently."""
    monkeypatch.delattr(apsw, "mc_version")
    with pytest.raises(Unreadable, match="apsw-sqlite3mc"):
        Store.open(closed)


def test_every_bit_that_flips_in_an_encrypted_store_is_noticed(closed: str, tmp_path: Path) -> None:
    """The cipher's seal on each page does what checksums do for plain files."""
    chance, key = random.Random(SEED), key_of(closed)
    whole, noticed = sqlite_path(closed).read_bytes(), 0
    scene = tmp_path / "adegan.sqlite3"
    for _ in range(FLIPS):
        spoilt = bytearray(whole)
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        scene.write_bytes(bytes(spoilt))
        seen = look_at_file(scene, key)
        assert seen is not None
        noticed += seen.problem is not None
    print(f"LOKET_SEED={SEED} flips in an encrypted file: {noticed} of {FLIPS} noticed")
    assert noticed == FLIPS, f"LOKET_SEED={SEED}"
    scene.write_bytes(whole)
    seen = look_at_file(scene, key)
    assert seen is not None
    assert seen.problem is None
    assert seen.checksummed


def test_a_store_is_encrypted_and_decrypted_again_whole(tmp_path: Path) -> None:
    plain, key = sqlite_url(tmp_path / "k.sqlite3"), tmp_path / "k.kunci"
    store = small_store(plain)
    add(store, 77)
    with pytest.raises(Failed, match="tutup dulu"):
        write_key(key, new_key())
        change_form(plain, key)
    store.close()
    path, sealed = sqlite_path(plain), sqlite_url(tmp_path / "k.sqlite3", key)
    aside = change_form(plain, key, lambda: NOW)
    assert (form(path), form(aside), people(sealed), losses(path)) == (Form.SEALED, Form.PLAIN, 8, ())
    assert left_in_clear(path, tmp_path / "cadangan") == (aside,)
    aside.unlink()
    assert clear_files(tmp_path) == []
    store = Store.open(sealed)
    add(store, 78)
    store.close()
    old = change_form(sealed, None, lambda: NOW)
    assert (form(path), form(old), people(plain)) == (Form.PLAIN, Form.SEALED, 9)
    assert checksums.carries(path)
    seen = look_at_file(path)
    assert seen is not None
    assert (seen.problem, seen.older, seen.newer, seen.missing) == (None, False, False, 0)
    left = {p.name for p in tmp_path.iterdir() if p.name.startswith("k.sqlite3.")}
    assert left == {"k.sqlite3.lock", "k.sqlite3.open", "k.sqlite3.sync"}


def test_a_store_larger_than_the_cache_of_pages_changes_its_form_whole(tmp_path: Path) -> None:
    """Its pages are written as they come, not in order: each must carry its seal or checksum all the same."""
    folder = tmp_path / "Klinik 100% (K&L?)"
    plain, key = sqlite_url(folder / "k.sqlite3"), folder / "k.kunci"
    store = small_store(plain)
    store.write_now(
        lambda tx: tx.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)"
            " INSERT INTO participant (clinic, id, name, created_at, updated_at)"
            " SELECT ?, 'p' || i, hex(randomblob(250)), 0, 0 FROM n",
            tx.clinic,
        )
    )
    store.close()
    write_key(key, new_key())
    sealed = sqlite_url(sqlite_path(plain), key)
    change_form(plain, key, lambda: NOW)
    assert back_up(sealed, folder / "cadangan", lambda: NOW).size > 2_000_000
    change_form(sealed, None, lambda: NOW)
    assert checksums.carries(sqlite_path(plain))
    assert people(plain) == 6007


def test_a_change_of_form_that_fails_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, key = sqlite_url(tmp_path / "k.sqlite3"), tmp_path / "k.kunci"
    small_store(plain).close()
    write_key(key, new_key())
    before = {p.name for p in tmp_path.iterdir()}

    def full(*_: object) -> None:
        raise apsw.FullError(f"database or disk is full: {read_key(key).hex}")

    class Refusing:
        def execute(self, *_: object) -> None:
            full()

        def close(self) -> None: ...

    monkeypatch.setattr(cipher, "open_to_look", lambda *_, **__: Refusing())
    with pytest.raises(Failed, match="FullError") as caught:
        change_form(plain, key)
    assert read_key(key).hex not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
    assert {p.name for p in tmp_path.iterdir()} - before <= {"k.sqlite3.lock", "k.sqlite3.open", "k.sqlite3.sync"}
    assert people(plain) == 7


@pytest.mark.parametrize("backup_sealed", [True, False])
@pytest.mark.parametrize("store_sealed", [True, False])
def test_a_backup_of_either_form_becomes_a_store_of_the_form_that_is_set(
    tmp_path: Path, backup_sealed: bool, store_sealed: bool
) -> None:
    key, old_key = tmp_path / "baru.kunci", tmp_path / "lama.kunci"
    write_key(key, new_key())
    write_key(old_key, new_key())
    source = small_store(sqlite_url(tmp_path / "asal" / "k.sqlite3", old_key if backup_sealed else None))
    backup = back_up(source.url, tmp_path / "cadangan", lambda: NOW)
    source.close()
    url = sqlite_url(tmp_path / "tujuan" / "k.sqlite3", key if store_sealed else None)
    small_store(url).close()
    if backup_sealed and not store_sealed:
        with pytest.raises(Locked):
            restore(url, backup.path, SETTLE)
    done = restore(url, backup.path, SETTLE, source_key=old_key)
    assert form(sqlite_path(url)) is (Form.SEALED if store_sealed else Form.PLAIN)
    assert people(url) == 7
    assert done.set_aside is not None


def test_a_backup_sealed_by_a_key_that_is_gone_changes_nothing(closed: str, tmp_path: Path) -> None:
    backup = back_up(closed, tmp_path / "cadangan", lambda: NOW)
    other = tmp_path / "lain.kunci"
    write_key(other, new_key())
    with pytest.raises(Damaged):
        restore(closed, backup.path, SETTLE, source_key=other)
    assert people(closed) == 8


@encrypted_too
def test_many_writers_and_readers_share_the_file(store: Store) -> None:
    """What goes on between several connections of one store does not depend on its form."""
    others = [Store.open(store.url) for _ in range(3)]
    numbers = [one.write_now(lambda tx: tx.next_number("x")) for _ in range(5) for one in (store, *others)]
    for other in others:
        other.close()
    assert numbers == list(range(1, 21))
    store.close()
    shutil.rmtree(sqlite_path(store.url).parent / ".tanda")
    assert people(store.url) == 7


class TestKey:
    """The key itself: its file, its paper form."""

    @given(st.binary(min_size=32, max_size=32))
    @settings(max_examples=50, deadline=None)
    def test_a_key_comes_back_from_its_file_and_from_paper(self, value: bytes) -> None:
        key = StoreKey(value)
        assert key_from_text(key.hex) == key_from_text(key.paper) == key
        assert key_from_text(key.paper.lower().replace("0", "o").replace("1", "l").replace(" ", "-")) == key
        assert max(map(len, key.paper.splitlines())) < 60

    @given(st.binary(min_size=32, max_size=32), st.integers(0, 55), st.sampled_from(PAPER_ALPHABET))
    @settings(max_examples=100, deadline=None)
    def test_a_slip_of_the_pen_is_noticed(self, value: bytes, place: int, letter: str) -> None:
        typed = "".join(StoreKey(value).paper.split())
        spoilt = typed[:place] + letter + typed[place + 1 :]
        if spoilt != typed:
            with pytest.raises(ValueError, match="not a key"):
                key_from_text(spoilt)

    def test_its_file_is_its_owners_alone_and_never_overwritten(self, tmp_path: Path) -> None:
        path = tmp_path / "k"
        write_key(path, new_key())
        assert path.stat().st_mode & 0o777 == 0o600
        with pytest.raises(FileExistsError):
            write_key(path, new_key())
        path.chmod(0o640)
        with pytest.raises(Locked, match="600"):
            read_key(path)
        path.chmod(0o600)
        key = read_key(path)
        assert key.hex not in f"{key!r} {key} {[key]}"
        path.write_text("bukan kunci")
        with pytest.raises(Locked, match="bukan kunci Loket"):
            read_key(path)

    def test_a_credential_of_systemd_may_be_readable_for_its_group(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "store-key"
        write_key(path, new_key())
        path.chmod(0o440)
        with pytest.raises(Locked):
            read_key(path)
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
        assert isinstance(read_key(path), StoreKey)
