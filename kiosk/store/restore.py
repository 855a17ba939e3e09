"""Putting a backup in the place of the store; what was there is set aside, never deleted, never overwritten."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from peewee import Database

from kiosk.domain.day import local_day
from kiosk.domain.day import now as present
from kiosk.store.backup import SPARE_BYTES, check_integrity, described, to_disk, verify
from kiosk.store.cipher import Form, form, open_to_look, transcribe
from kiosk.store.damage import short
from kiosk.store.database import Store
from kiosk.store.engine import sqlite_key_file, sqlite_path, sqlite_url
from kiosk.store.errors import Failed, Unreadable
from kiosk.store.key import read_key
from kiosk.store.locks import FileLock
from kiosk.store.mark import Mark
from kiosk.store.restored import Doubt, put_in_doubt
from kiosk.store.schema import bring_up_to_date
from kiosk.store.sqlite import DRIVER_ERRORS, SqliteDialect, connect
from kiosk.store.transaction import Transaction

_COMPANIONS = ("", "-wal", "-shm", "-journal")
"""The files of one store, the store itself first: a log without its store is nothing that anybody opens."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has done."""

    backup: Path
    made_at: datetime
    """When the backup was made, aware, UTC."""
    set_aside: Path | None
    """The store that was there before, under its new name; None when there was none."""
    doubt: Doubt


def restore(
    url: str,
    source: Path,
    settle: timedelta,
    clock: Callable[[], datetime] = present,
    *,
    source_key: Path | None = None,
) -> Restored:
    """Put the backup `source` in the place of the store at `url`, brought up to date and full of doubt.

    It is encrypted, or not, as `url` says, whatever the backup is; `source_key` is the file with the backup's key where
    that is not the store's. `settle` is how long a call that was made a moment ago may still take effect at P-Care.
    Raises Unreadable, Locked, Damaged (the backup is), TooNew, Failed (somebody has the store open, no room, I/O); then
    everything is as it was.
    """
    path, key_file, now = sqlite_path(url), sqlite_key_file(url), clock()
    source_key = source_key or key_file
    fresh = path.with_name(path.name + ".pulih")
    try:
        # Another computer, where no clinic was set up yet.
        path.parent.mkdir(mode=0o770, parents=True, exist_ok=True)
        with alone_with(path):
            verify(source, source_key)
            _same_clinic((path, key_file), (source, source_key))
            need_room(path.parent, source)
            try:
                made_at, doubt = _prepare(fresh, key_file, source, source_key, settle, now)
                aside = take_the_place(path, fresh, now)
            finally:
                remove(fresh)
            return Restored(source, made_at, aside, doubt)
    except DRIVER_ERRORS as error:
        raise Failed(f"Cadangan tidak dapat dipulihkan: {short(error)}; tidak ada yang diubah") from error


def believe_nothing(
    url: str, source: Path, settle: timedelta, clock: Callable[[], datetime] = present
) -> tuple[datetime, Doubt]:
    """The doubt alone, for a database that was filled from a backup by the server's own tools.

    Returns when the backup was made, and the doubt. Raises StoreError: nothing is changed while somebody sends.
    """
    now, made_at = clock(), _made_at(source)
    store = Store.open(url, clock)
    try:
        sender = store.sender_lock(settle.total_seconds())
        if not sender.acquire(wait=False):
            raise Failed("Pengirim ke P-Care (kiosk sync) masih berjalan; tutup dulu, lalu ulangi")
        try:
            zone = store.clinic.zone
            first, today = local_day(made_at, zone), local_day(now, zone)
            return made_at, store.write_now(lambda tx: put_in_doubt(tx, first, today, now + settle))
        finally:
            sender.release()
    finally:
        store.close()


def set_aside_stores(folder: Path) -> tuple[Path, ...]:
    """Stores that were set aside in `folder`, oldest first; a person decides when they may go."""
    return tuple(sorted(folder.glob("*-disisihkan-*.sqlite3")))


def remove(fresh: Path) -> None:
    """A store that was being made, with its log files."""
    for companion in _COMPANIONS:
        fresh.with_name(fresh.name + companion).unlink(missing_ok=True)


def take_the_place(path: Path, fresh: Path, now: datetime) -> Path | None:
    """Set the store at `path` aside, if there is one, and put `fresh` in its place; where the old one is now."""
    aside = _set_aside(path, now)
    fresh.replace(path)
    to_disk(path.parent)
    return aside


def _prepare(
    fresh: Path, key_file: Path | None, source: Path, source_key: Path | None, settle: timedelta, now: datetime
) -> tuple[datetime, Doubt]:
    """A copy of the backup beside the store: migrated, in doubt, whole and on the disk."""
    copy_as(source, source_key, fresh, key_file)
    database = connect(sqlite_url(fresh, key_file))
    try:
        database.connect()
        # The backup itself is the copy of what it was before.
        bring_up_to_date(database, lambda _migration: None)
        clinic, zone = _clinic(database)
        made_at = _made_at(source)
        with database.atomic("IMMEDIATE"):
            tx = Transaction(database, clinic, now, SqliteDialect())
            doubt = put_in_doubt(tx, local_day(made_at, zone), local_day(now, zone), now + settle)
        check_integrity(database)
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        with suppress(*DRIVER_ERRORS):
            database.close()
    to_disk(fresh)
    return made_at, doubt


def copy_as(source: Path, source_key: Path | None, fresh: Path, key_file: Path | None) -> None:
    """A copy of a store file that nobody writes, encrypted with the key in `key_file` or (None) plain."""
    remove(fresh)
    # The group of the counters may write, as in a new store.
    handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o660)
    with source.open("rb") as given, os.fdopen(handle, "wb") as to:
        if (form(source) is not Form.SEALED and key_file is None) or _same_key(source, source_key, key_file):
            shutil.copyfileobj(given, to, 1 << 20)
            return
    transcribe(source, source_key if form(source) is Form.SEALED else None, fresh, key_file)


def _same_key(source: Path, source_key: Path | None, key_file: Path | None) -> bool:
    if form(source) is not Form.SEALED or source_key is None or key_file is None:
        return False
    return source_key == key_file or read_key(source_key) == read_key(key_file)


def _made_at(source: Path) -> datetime:
    """When it was made: its name says so; of a copy under another name the file's own time, the earliest there is."""
    known = described(source)
    return known.made_at if known else datetime.fromtimestamp(source.stat().st_mtime, UTC)


def _clinic(database: Database) -> tuple[str, str]:
    """The clinic's code and zone."""
    row = database.execute_sql("SELECT code, zone FROM clinic ORDER BY created_at, code").fetchone()
    if row is None:
        raise Unreadable("Cadangan ini belum berisi klinik")
    ZoneInfo(row[1])
    return row[0], row[1]


def _same_clinic(there_is: tuple[Path, Path | None], is_given: tuple[Path, Path | None]) -> None:
    """Another clinic's backup is refused, as far as the present store can still say whose it is."""
    there, given = _code(*there_is), _code(*is_given)
    if there and given and there != given:
        raise Unreadable(f"Cadangan ini milik klinik {given}, bukan {there}")


def _code(path: Path, key_file: Path | None) -> str | None:
    """Whose store a file is, if it can tell; read without touching it: its log files are not opened either."""
    try:
        connection = open_to_look(path, key_file, immutable=True)
        try:
            row = connection.execute("SELECT code FROM clinic ORDER BY created_at, code").fetchone()
        finally:
            connection.close()
    except (*DRIVER_ERRORS, Unreadable):
        return None
    return str(row[0]) if row else None


def _set_aside(path: Path, now: datetime) -> Path | None:
    """Give the store and its log files a dated name; the new name, or None when there was no store."""
    first = name = f"{path.stem}-disisihkan-{now:%Y%m%dT%H%M%SZ}"
    number = 1
    while any(path.with_name(f"{name}{path.suffix}{end}").exists() for end in _COMPANIONS):
        number += 1
        name = f"{first}-{number}"
    moved = None
    for companion in _COMPANIONS:
        old = path.with_name(path.name + companion)
        if old.exists():
            new = path.with_name(f"{name}{path.suffix}{companion}")
            old.rename(new)
            moved = moved or (new if not companion else None)
    Mark(path).set_aside(f"{name}{path.suffix}")
    to_disk(path.parent)
    return moved


def need_room(folder: Path, source: Path) -> None:
    """Raises Failed when a copy of `source` would fill the disk."""
    # The copy, and as much again for the log while it is prepared.
    if shutil.disk_usage(folder).free < 2 * source.stat().st_size + SPARE_BYTES:
        raise Failed("Ruang disk tidak cukup untuk memulihkan; kosongkan dulu, tidak ada yang diubah")


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Nobody else has the store open, and nobody can open it until we are done."""
    held = [FileLock(path.with_name(path.name + end)) for end in (".sync", ".open", ".lock")]
    said = (
        "Pengirim ke P-Care (kiosk sync) masih berjalan",
        "Loket atau papan antrean masih terbuka di klinik ini",
        "Penyimpanan sedang dipakai",
    )
    try:
        for lock, text in zip(held, said, strict=True):
            if not lock.acquire(wait=False):
                raise Failed(f"{text}; tutup dulu, lalu ulangi. Tidak ada yang diubah")
        yield
    finally:
        for lock in held:
            lock.release()
