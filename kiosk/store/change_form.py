"""Encrypting a store that is there, or taking its encryption away; the old file is set aside, never deleted."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from kiosk.domain.day import now as present
from kiosk.store.backup import backups, check_integrity, counts, to_disk, verify
from kiosk.store.cipher import Form, form
from kiosk.store.damage import is_damage, not_opened, short
from kiosk.store.engine import sqlite_key_file, sqlite_path
from kiosk.store.errors import Damaged, Failed, Unreadable
from kiosk.store.restore import alone_with, copy_as, need_room, remove, set_aside_stores, take_the_place
from kiosk.store.sqlite import DRIVER_ERRORS, connect


def change_form(url: str, key_file: Path | None, clock: Callable[[], datetime] = present) -> Path:
    """Put a copy of the store at `url` in its place that is encrypted with the key in `key_file`, or (None) plain.

    The copy counts when it was read through and holds as many rows in each table. Returns where the old file is now.
    Raises Unreadable, Locked, Damaged (the store is), Failed (somebody has it open, no room, I/O); then everything is
    as it was.
    """
    path, old_key = sqlite_path(url), sqlite_key_file(url)
    if not path.is_file():
        raise Unreadable(f"Penyimpanan tidak ditemukan: {path}")
    fresh = path.with_name(path.name + ".ubah")
    try:
        with alone_with(path):
            need_room(path.parent, path)
            try:
                rows = _rest(url)
                copy_as(path, old_key, fresh, key_file)
                if verify(fresh, key_file) != rows:
                    raise Damaged("Salinan tidak sama dengan penyimpanan; tidak dipakai")
                to_disk(fresh)
                aside = take_the_place(path, fresh, clock())
            finally:
                remove(fresh)
    except DRIVER_ERRORS as error:
        if is_damage(error):
            raise not_opened(path, error, old_key) from error
        raise Failed(f"Bentuk penyimpanan tidak dapat diubah: {short(error)}; tidak ada yang diubah") from error
    if aside is None:
        raise LookupError(path.name)
    return aside


def left_in_clear(store: Path, folder: Path) -> tuple[Path, ...]:
    """Files beside an encrypted store that anybody can read: stores set aside, and backups in `folder`."""
    there = [*set_aside_stores(store.parent), *(each.path for each in backups(folder))]
    return tuple(path for path in there if form(path) is Form.PLAIN)


def _rest(url: str) -> dict[str, int]:
    """Everything in the file itself, none of it in the log, and read through; the rows of each table."""
    database = connect(url)
    try:
        database.connect()
        check_integrity(database)
        if database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise Failed("Penyimpanan sedang dibaca program lain; tutup dulu, lalu ulangi. Tidak ada yang diubah")
        return counts(database)
    finally:
        with suppress(*DRIVER_ERRORS):
            database.close()
