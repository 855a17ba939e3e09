"""A store in an SQLite file: the driver and the gate for affected versions, one writer at a time, notice of changes."""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import apsw
from peewee import Database, PeeweeException
from playhouse.apsw_ext import APSWDatabase

from kiosk.domain.day import now as present
from kiosk.store import checksums, cipher, schema
from kiosk.store.damage import WHAT_TO_DO, failure, not_opened
from kiosk.store.engine import BUSY_SECONDS, Dialect, InThread, SenderLock, sqlite_key_file, sqlite_path
from kiosk.store.errors import Damaged, Unreadable
from kiosk.store.key import read_key
from kiosk.store.locks import FileLock
from kiosk.store.mark import COUNTER, Mark
from kiosk.store.narrow import narrow
from kiosk.store.notice import FolderNotice

T = TypeVar("T")

# SQLite 3.7.0–3.51.2 can lose commits or damage the file when several connections write and checkpoint a WAL at the
# same instant; 3.50.7 and 3.44.6 carry the correction too.
SAFE_SQLITE = (3, 51, 3)
CORRECTED_BRANCHES = {(3, 50): 7, (3, 44): 6}

DRIVER_ERRORS = (PeeweeException, apsw.Error, OSError, UnicodeDecodeError)
"""What the driver and the disk raise; text that is no UTF-8 can only come from a damaged file."""
POLL_SECONDS = 0.25
"""How often another process's change is looked for where the system gives no notice of it."""
NOTICED_POLL_SECONDS = 2.0
"""How often where it does: a notice may get lost on a network's file system."""
CHECKPOINT_PATIENCE_MS = 50
NOTICE_LOOKS = 20
NOTICE_LOOK_SECONDS = 0.001


def check_sqlite(version: str) -> None:
    """Raises Unreadable when the linked SQLite has the WAL-reset race."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    if (major, minor, patch) < SAFE_SQLITE and patch < CORRECTED_BRANCHES.get((major, minor), 1_000_000):
        raise Unreadable(f"Pustaka SQLite {version} dapat merusak data; pasang apsw-sqlite3mc 3.54 atau lebih baru")


class StoreFile(APSWDatabase):  # type: ignore[misc]  # Peewee carries no types
    """Peewee on apsw, with a checksum or a seal on every page; moments of Peewee's own tables (its history of
    migrations) are written as text."""

    key_file: Path | None = None
    """Where the key is, when the file is encrypted."""

    def _add_conn_hooks(self, conn: Any) -> None:
        # Before the first page is read, or of a new file written.
        if self.key_file is not None:
            cipher.unlock(conn, read_key(self.key_file))
        else:
            checksums.ask_for(conn)
        # A plan follows from the statement alone. Otherwise one that could use a partial index is planned anew at each
        # call: 0.12 ms in the place of 0.01.
        conn.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        super()._add_conn_hooks(conn)
        conn.convert_binding = lambda _cursor, _number, value: value.isoformat(" ")


def connect(url: str) -> StoreFile:
    """A database for the file of `url`, not open yet; its one connection belongs to one thread.

    WAL and synchronous=FULL: what was committed survives a power cut, for one fdatasync a commit. Raises Unreadable.
    """
    check_sqlite(apsw.sqlite_lib_version())
    key_file = sqlite_key_file(url)
    if key_file is None and checksums.vfs() is None and checksums.carries(sqlite_path(url)):
        # Without them what we write would look damaged to everybody else.
        raise Unreadable("Pustaka SQLite ini tidak mengenal cap halaman; pasang apsw-sqlite3mc yang lengkap")
    pragmas: dict[str, Any] = {
        "journal_mode": "wal",
        "synchronous": "full",
        "foreign_keys": 1,
        "journal_size_limit": 16 * 1024 * 1024,
        "temp_store": "memory",
    }
    database = StoreFile(
        str(sqlite_path(url)),
        timeout=BUSY_SECONDS,
        pragmas=pragmas,
        thread_safe=False,
        autoconnect=False,
        vfs=cipher.VFS if key_file else checksums.vfs(),
        flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI,
    )
    database.key_file = key_file
    return database


class SqliteDialect:
    """SQL as apsw takes it: as it is written."""

    def native(self, sql: str) -> str:
        """Unchanged."""
        return sql

    def columns(self, cursor: Any) -> list[str]:
        """The names of a cursor's columns; [] when it has no rows."""
        try:
            return [column[0] for column in cursor.description]
        except apsw.ExecutionCompleteError:
            # apsw forgets the columns of a SELECT as soon as it finds no row.
            return []

    def claiming(self, alias: str) -> str:
        """Nothing: there is one writer at a time."""
        return ""

    def counted(self, table: str) -> str:
        """Nothing: the way to the rows follows from the keys alone."""
        return ""


class SqliteEngine:
    """The body of `kiosk.store.engine.Engine` for a file on this host."""

    clinic: str | None = None

    def __init__(self, url: str) -> None:
        self._path = sqlite_path(url)
        self._key_file = sqlite_key_file(url)
        self.database: Database = connect(url)
        self.dialect: Dialect = SqliteDialect()
        # SQLite's busy handler is unfair (a tail of half a second with eight writers); a queue before it is not.
        self._writing = FileLock(self._beside(".lock"))
        # Shared by all who have the store open, so that nobody replaces it under them.
        self._using = FileLock(self._beside(".open"))
        self._mark = Mark(self._path)
        # How often we wrote ourselves, and how much of that was told of already.
        self._own_writes = self._own_noticed = 0

    def open(self, create: bool) -> None:
        """Connect, and bring the tables up to date. Raises Unreadable, Locked, Damaged, TooNew."""
        path = self._path
        if not create and not path.is_file():
            raise Unreadable(f"Penyimpanan tidak ditemukan: {path}")
        if create and not path.exists():
            path.parent.mkdir(parents=True, mode=0o770, exist_ok=True)
            # SQLite gives its log files the rights of the database: the group of the counters may write.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o660))
            self._mark.forget()
        if not create and path.stat().st_size == 0:
            raise Damaged(f"Penyimpanan tidak dapat dibuka karena kosong ({path}); {WHAT_TO_DO}")
        cipher.check(path, self._key_file)
        try:
            if not self._using.share():
                raise Unreadable("Penyimpanan sedang dipulihkan dari cadangan; coba lagi sebentar lagi")
            # Also the first connection's change to WAL: it needs the file for itself.
            with self._writing.held():
                self.database.connect()
                if schema.applied(self.database) != schema.known():
                    schema.bring_up_to_date(self.database, self._copy)
                missing = self._mark.missing(self._value)
                if missing:
                    self._mark.keep_as_lost(missing, present())
        except DRIVER_ERRORS as error:
            raise not_opened(path, error, self._key_file) from error

    def narrow(self) -> None:
        """SQLite asks about every table and column before it begins."""
        narrow(self.database.connection())

    def close(self) -> None:
        """Let the connection and the locks go; harmless when closed already."""
        self.database.close()
        self._mark.close()
        self._writing.release()
        self._using.release()

    def read(self, work: Callable[[], T]) -> T:
        """`work` in one consistent view. Raises Failed, Damaged."""
        with _as_failed(), self.database.atomic("DEFERRED"):
            return work()

    def write(self, clinic: str, work: Callable[[], T]) -> T:
        """`work` in one transaction, one writer of the file after the other. Raises Failed, Damaged."""
        with _as_failed(), self._writing.held():
            connection = self.database.connection()
            with self.database.atomic("IMMEDIATE"):
                changes = connection.total_changes()
                result = work()
                number = self._numbered(clinic) if connection.total_changes() != changes else None
            if number is not None:
                self._mark.note(clinic, number)
                self._own_writes += 1
            return result

    def sender_lock(self, clinic: str | None, settle: float | None) -> SenderLock:
        """A flock beside the file: the kernel frees it only when the process is gone."""
        return FileLock(self._beside(".sync"))

    def sender_alive(self, clinic: str) -> bool:
        """Whether a process holds the sender's lock. Raises Failed."""
        with _as_failed():
            return not FileLock(self._beside(".sync")).is_free()

    def sender_free(self) -> bool:
        """Whether nobody holds the sender's lock. Raises OSError."""
        return FileLock(self._beside(".sync")).is_free()

    async def changes(self, clinic: str, in_thread: InThread) -> AsyncGenerator[None]:
        """Told by the system within a few milliseconds; found by polling where it cannot tell. Raises Failed."""
        seen = await in_thread(self._data_version)
        async with AsyncExitStack() as stack:
            notice: FolderNotice | None = None
            with suppress(OSError):
                notice = await stack.enter_async_context(FolderNotice(self._path.resolve().parent))
            while True:
                version = await self._changed_version(seen, notice, in_thread)
                if version != seen:
                    seen = version
                    yield

    def checkpoint(self) -> bool:
        """Fold the write-ahead log back into the file and empty it; False when somebody was reading just then."""
        with _as_failed(), self._writing.held():
            connection = self.database.connection()
            # It keeps writers out while it waits for readers.
            connection.set_busy_timeout(CHECKPOINT_PATIENCE_MS)
            try:
                busy = self.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                connection.set_busy_timeout(BUSY_SECONDS * 1000)
            return not busy

    async def _changed_version(self, seen: int, notice: FolderNotice | None, in_thread: InThread) -> int:
        """The data version after the next notice or the next look of the poll; `seen` when nothing has changed."""
        if notice is None or not await notice.wait(NOTICED_POLL_SECONDS):
            if notice is None:
                await asyncio.sleep(POLL_SECONDS)
            return await in_thread(self._data_version)
        # The notice comes before the commit can be seen; most are about what we wrote ourselves.
        written = self._own_noticed
        for look in range(NOTICE_LOOKS):
            version = await in_thread(self._data_version)
            self._own_noticed = self._own_writes
            if version != seen:
                return version
            if self._own_noticed != written and look:
                # One more look when whatever else was on its way has had its time.
                await asyncio.sleep(NOTICE_LOOKS * NOTICE_LOOK_SECONDS)
                return await in_thread(self._data_version)
            await asyncio.sleep(NOTICE_LOOK_SECONDS)
        return seen

    def _data_version(self) -> int:
        with _as_failed():
            return int(self.database.execute_sql("PRAGMA data_version").fetchone()[0])

    def _numbered(self, clinic: str) -> int:
        """Give the transaction that is being written its number."""
        return int(
            self._value(
                "INSERT INTO counter (clinic, name, last) VALUES (?, ?, 1)"
                " ON CONFLICT (clinic, name) DO UPDATE SET last = counter.last + 1 RETURNING last",
                clinic,
                COUNTER,
            )
        )

    def _value(self, sql: str, *values: object) -> Any:
        row = self.database.execute_sql(sql, values).fetchone()
        return row[0] if row else None

    def _copy(self, migration: str) -> None:
        # Imported here: it is needed once in the life of a store.
        from kiosk.store.backup import before_migration

        before_migration(self.database, self._path.parent / "cadangan", migration, present())

    def _beside(self, suffix: str) -> Path:
        return self._path.with_name(self._path.name + suffix)


@contextmanager
def _as_failed() -> Iterator[None]:
    """Whatever the driver or the disk raises becomes a sentence."""
    try:
        yield
    except DRIVER_ERRORS as error:
        raise failure(error) from error
