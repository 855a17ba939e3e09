"""Backups of a store on SQLite: whole, verified, named by clinic and time, kept 7 days, 4 weeks and 12 months.

A backup is a full copy by SQLite itself (VACUUM INTO): it can be made while counters write. It counts only when it has
been read back: every page, every foreign key, as many rows in each table as the store holds.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import apsw
from peewee import Database, PeeweeException

from kiosk.domain.day import now as present
from kiosk.store import checksums
from kiosk.store.cipher import open_to_look
from kiosk.store.damage import damaged, failure, is_damage, short
from kiosk.store.engine import sqlite_path
from kiosk.store.errors import Damaged, Failed, Unreadable
from kiosk.store.locks import FileLock
from kiosk.store.sqlite import StoreFile, connect

DUE = timedelta(hours=24)
"""How old the newest backup may become before a quiet moment is used for the next one."""
OVERDUE = timedelta(hours=30)
"""How old before it is made although somebody is working: a counter may never be quiet while its PC is on."""
QUIET = timedelta(minutes=5)
"""Nobody has registered for so long: a quiet moment."""
KEEP_DAYS, KEEP_WEEKS, KEEP_MONTHS = 7, 4, 12
SPARE_BYTES = 8 * 1024 * 1024
"""What must be free beside the copy itself: the counters go on writing."""

_NAME = re.compile(
    r"loket-(?P<clinic>[A-Za-z0-9]+)-(?P<at>\d{8}T\d{6})Z(?P<before>-sebelum-[a-z0-9_]+)?\.(sqlite3|pgdump)"
)
_LEFTOVER = re.compile(
    r"loket-[A-Za-z0-9]+-\d{8}T\d{6}Z(-sebelum-[a-z0-9_]+)?\.(sqlite3|pgdump)\.belum-selesai(-journal|-wal|-shm)?"
)
_UNFINISHED = ".belum-selesai"
_LOCK = ".cadangan.lock"
_DRIVER_ERRORS = (PeeweeException, apsw.Error, OSError)


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup file, as its name tells."""

    path: Path
    clinic: str
    made_at: datetime
    """Aware, UTC."""
    before: str | None
    """The migration before which it was made; such a one is never rotated away."""

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size


def default_folder(url: str) -> Path:
    """Where the backups of a store are kept when nobody says otherwise."""
    return sqlite_path(url).parent / "cadangan"


def backups(folder: Path, clinic: str | None = None) -> tuple[Backup, ...]:
    """The finished backups in `folder` (of one clinic), newest first; other files are not ours and not listed."""
    if not folder.is_dir():
        return ()
    found = [each for path in folder.iterdir() if (each := described(path)) is not None]
    mine = [each for each in found if clinic in (None, each.clinic)]
    return tuple(sorted(mine, key=lambda each: (each.made_at, each.path.name), reverse=True))


def described(path: Path) -> Backup | None:
    """What the name of a backup says; None for every other file."""
    match = _NAME.fullmatch(path.name)
    if match is None or path.is_symlink() or not path.is_file():
        return None
    before = match["before"]
    made_at = datetime.strptime(match["at"], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    return Backup(path, match["clinic"], made_at, before.removeprefix("-sebelum-") if before else None)


def back_up(url: str, folder: Path, clock: Callable[[], datetime] = present) -> Backup:
    """Make a backup of the store at `url`, verify it, and let old ones go by the rule of `rotate`.

    Raises Unreadable, Damaged (the store itself is), Failed (no room, another backup is being made, I/O).
    """
    path = sqlite_path(url)
    if not path.is_file():
        raise Unreadable(f"Penyimpanan tidak ditemukan: {path}")
    database = connect(url)
    try:
        with alone(folder):
            database.connect()
            # A copy reads the tables alone: damage in an index would stay unseen until somebody searches.
            check_integrity(database)
            made = _make(database, folder, clock(), writers=FileLock(path.with_name(path.name + ".lock")))
            rotate(folder, made, clock())
            return made
    except _DRIVER_ERRORS as error:
        if is_damage(error):
            raise failure(error) from error
        raise Failed(f"Cadangan tidak dapat dibuat: {short(error)}") from error
    finally:
        with suppress(*_DRIVER_ERRORS):
            database.close()


def back_up_if_due(url: str, folder: Path, clock: Callable[[], datetime] = present) -> Backup | None:
    """The daily backup: None when the newest is young enough, or somebody is working just now and it can wait.

    For the sync process, once a minute, in a thread of its own: it holds nobody up. Raises as `back_up` does.
    """
    now = clock()
    return back_up(url, folder, clock) if is_due(folder, now, lambda: _quiet(url, now)) else None


def is_due(folder: Path, now: datetime, quiet: Callable[[], bool]) -> bool:
    """Whether the daily backup is to be made now: the newest is a day old, and it is `quiet` or can wait no longer."""
    made = [each.made_at for each in backups(folder) if each.made_at <= now and each.before is None]
    age = now - made[0] if made else None
    return age is None or age >= OVERDUE or (age >= DUE and quiet())


def before_migration(database: Database, folder: Path, migration: str, now: datetime) -> Backup | None:
    """A verified copy of the open store before `migration` changes it; None when there is one already."""
    with alone(folder):
        if any(each.before == migration for each in backups(folder, _clinic(database))):
            return None
        return _make(database, folder, now, f"-sebelum-{migration}")


def verify(path: Path, key_file: Path | None = None) -> dict[str, int]:
    """Read a backup through: pages, indexes, foreign keys; the rows of each table.

    `key_file` is where the key is, for a backup that is encrypted. Raises Unreadable, Locked, Damaged.
    """
    try:
        connection = open_to_look(path, key_file)
    except apsw.Error as error:
        raise Unreadable(f"Cadangan tidak dapat dibuka ({path.name}): {short(error)}") from error
    try:
        problems = [row[0] for row in connection.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
        problems += ["foreign key" for _ in connection.execute("PRAGMA foreign_key_check")]
        names = [row[0] for row in connection.execute(_TABLES)]
        found = {name: sum(row[0] for row in connection.execute(f'SELECT COUNT(*) FROM "{name}"')) for name in names}
    except (apsw.Error, UnicodeDecodeError) as error:
        raise Damaged(f"Cadangan rusak ({path.name}): {short(error)}") from error
    finally:
        connection.close()
    if problems:
        raise Damaged(f"Cadangan rusak ({path.name}): {problems[0][:120]}")
    return found


def rotate(folder: Path, newest: Backup, now: datetime) -> tuple[Path, ...]:
    """Delete what is too old: kept is the last one of 7 days, 4 weeks and 12 months that have one. Returns what went.

    `newest` was just verified and always stays. Other clinics' files, copies from before a migration, and files from
    the future (the clock was wrong) are left alone.
    """
    ours = [each for each in backups(folder, newest.clinic) if each.before is None and each.made_at <= now]
    kept = {newest.path}
    for how_many, period in ((KEEP_DAYS, "%Y-%m-%d"), (KEEP_WEEKS, "%G-%V"), (KEEP_MONTHS, "%Y-%m")):
        last_of: dict[str, Path] = {}
        for each in ours:
            last_of.setdefault(each.made_at.strftime(period), each.path)
        kept |= set(list(last_of.values())[:how_many])
    gone = tuple(each.path for each in ours if each.path not in kept)
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


def counts(database: Database) -> dict[str, int]:
    """The rows of each table of an open store."""
    names = [row[0] for row in database.execute_sql(_TABLES).fetchall()]
    return {name: int(database.execute_sql(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]) for name in names}


def check_integrity(database: Database) -> None:
    """Read an open store through: every page, every index, every foreign key. Raises Damaged, or the driver's error."""
    problems = [row[0] for row in database.execute_sql("PRAGMA integrity_check(5)").fetchall() if row[0] != "ok"]
    if problems or database.execute_sql("PRAGMA foreign_key_check").fetchone() is not None:
        raise damaged((problems or ["foreign key"])[0])


def _make(database: Database, folder: Path, now: datetime, suffix: str = "", writers: FileLock | None = None) -> Backup:
    """A copy under a name of its own, read through, then under its real one; encrypted where the store is."""
    clinic = _clinic(database)
    _need_room(database, folder)
    target, fresh = fresh_name(folder, clinic, now, suffix, ".sqlite3")
    try:
        rows = _copy(database, fresh, writers)
        to_disk(fresh)
        if verify(fresh, sealed_by(database)) != rows:
            raise Damaged("Cadangan tidak sama dengan penyimpanan; tidak dipakai")
        fresh.replace(target)
        to_disk(folder)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    made = described(target)
    if made is None:
        raise LookupError(target.name)
    return made


def fresh_name(folder: Path, clinic: str, now: datetime, suffix: str, ending: str) -> tuple[Path, Path]:
    """The name of a backup that is made now, and the one under which it is made."""
    while (target := folder / f"loket-{clinic}-{now:%Y%m%dT%H%M%SZ}{suffix}{ending}").exists():
        now += timedelta(seconds=1)
    return target, target.with_name(target.name + _UNFINISHED)


def sealed_by(database: Database) -> Path | None:
    """Where the key of an open store is; None for a plain one."""
    return database.key_file if isinstance(database, StoreFile) else None


def _copy(database: Database, fresh: Path, writers: FileLock | None) -> dict[str, int]:
    """Copy into `fresh`; the rows at that very moment. Nobody may have written between: at last writers wait for us."""
    for last in (False, False, True):
        fresh.unlink(missing_ok=True)
        os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with writers.held() if writers is not None and last else nullcontext():
            before, rows = _version(database), counts(database)
            where = checksums.target(fresh) if sealed_by(database) is None else str(fresh)
            database.execute_sql("VACUUM INTO ?", (where,))
            if _version(database) == before:
                return rows
    raise Failed("Cadangan tidak dapat dibuat: penyimpanan terus berubah")


def _version(database: Database) -> int:
    """Changes when another connection has written."""
    return int(database.execute_sql("PRAGMA data_version").fetchone()[0])


def _clinic(database: Database) -> str:
    row = database.execute_sql("SELECT code FROM clinic ORDER BY created_at, code").fetchone()
    return re.sub(r"[^A-Za-z0-9]", "", row[0]) if row else "kosong"


def _need_room(database: Database, folder: Path) -> None:
    pages, size = (int(database.execute_sql(f"PRAGMA {n}").fetchone()[0]) for n in ("page_count", "page_size"))
    needed, free = pages * size + SPARE_BYTES, shutil.disk_usage(folder).free
    if free < needed:
        raise Failed(f"Ruang disk untuk cadangan kurang: perlu {_megabytes(needed)}, tersisa {_megabytes(free)}")


def _megabytes(size: int) -> str:
    return f"{-(-size // 1_000_000)} MB"


def to_disk(path: Path) -> None:
    """What was written to a file, or renamed in a folder, survives a power cut from here on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


NEWEST = "SELECT created_at FROM registration ORDER BY clinic DESC, id DESC LIMIT 1"
"""When somebody registered last: ids grow with time, so that it is found at once."""


def is_long_ago(row: Sequence[Any] | None, now: datetime) -> bool:
    """Whether nobody has registered for a while; `row` is what NEWEST found."""
    return row is None or abs(now.timestamp() - row[0] / 1000) > QUIET.total_seconds()


def _quiet(url: str, now: datetime) -> bool:
    database = connect(url)
    try:
        database.connect()
        return is_long_ago(database.execute_sql(NEWEST).fetchone(), now)
    except _DRIVER_ERRORS as error:
        raise failure(error) from error
    finally:
        with suppress(*_DRIVER_ERRORS):
            database.close()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """The folder, made when it is not there, for us alone; what a backup that was cut off left behind is removed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(folder / _LOCK)
    if not lock.acquire(wait=False):
        lock.release()
        raise Failed("Cadangan lain sedang dibuat; tunggu sampai selesai")
    try:
        for path in folder.iterdir():
            if _LEFTOVER.fullmatch(path.name):
                path.unlink(missing_ok=True)
        yield
    finally:
        lock.release()
