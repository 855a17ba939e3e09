"""The store: one thread of ours that owns the one connection, and transactions that others await."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager, suppress
from datetime import datetime
from typing import TypeVar

import apsw
from peewee import Database, PeeweeException

from kiosk.domain.day import now as present
from kiosk.domain.people import Clinic
from kiosk.store.damage import WHAT_TO_DO, failure, not_opened
from kiosk.store.engine import BUSY_SECONDS, connect, sqlite_path
from kiosk.store.errors import Damaged, NotSetUp, StoreError, Unreadable
from kiosk.store.locks import FileLock
from kiosk.store.notice import FolderNotice
from kiosk.store.schema import applied, bring_up_to_date, known
from kiosk.store.transaction import Transaction

T = TypeVar("T")
Work = Callable[[Transaction], T]

DRIVER_ERRORS = (PeeweeException, apsw.Error, OSError, UnicodeDecodeError)
"""What the driver and the disk raise; text that is no UTF-8 can only come from a damaged file."""
POLL_SECONDS = 0.25
"""How often another process's change is looked for where the system gives no notice of it."""
NOTICED_POLL_SECONDS = 2.0
"""How often where it does: a notice may get lost on a network's file system."""
CHECKPOINT_PATIENCE_MS = 50
NOTICE_LOOKS = 20
NOTICE_LOOK_SECONDS = 0.001


class Store:
    """The clinic's records. Open it with `Store.open` or `await Store.opened`; close it when done.

    A piece of work is a plain function of a Transaction. It runs in the store's thread: never in the event loop, never
    beside another one of this process. It may run in a transaction that fails and be asked again, so it must not touch
    anything outside of the store.
    """

    def __init__(self, url: str, clock: Callable[[], datetime] = present) -> None:
        self.url = url
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._database: Database = connect(url)
        path = sqlite_path(url)
        # SQLite's busy handler is unfair (a tail of half a second with eight writers); a queue before it is not.
        self._writing = FileLock(path.with_name(path.name + ".lock"))
        # Shared by all who have the store open, so that nobody replaces it under them.
        self._using = FileLock(path.with_name(path.name + ".open"))
        self._clinic: Clinic | None = None

    @classmethod
    def open(cls, url: str, clock: Callable[[], datetime] = present, *, create: bool = False) -> "Store":
        """A store that is ready to use, brought up to date. `create` makes a new file when there is none.

        Raises Unreadable, TooNew.
        """
        store = cls(url, clock)
        try:
            store._call(lambda: store._open(create))
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    async def opened(cls, url: str, clock: Callable[[], datetime] = present, *, create: bool = False) -> "Store":
        """The same without holding up the event loop."""
        return await asyncio.to_thread(cls.open, url, clock, create=create)

    def close(self) -> None:
        """Close the connection and end the thread; harmless when closed already."""
        try:
            self._thread.submit(self._database.close).result()
        except RuntimeError:
            return
        self._writing.release()
        self._using.release()
        self._thread.shutdown()

    @property
    def clinic(self) -> Clinic:
        """The clinic of this store. Raises NotSetUp, Failed."""
        return self._clinic or self._call(self._guarded_clinic)

    def set_up(self, clinic: Clinic) -> None:
        """Write the clinic into a new store."""

        def work(tx: Transaction) -> None:
            tx.execute(
                "INSERT INTO clinic (code, name, zone, created_at) VALUES (?, ?, ?, ?)",
                clinic.code,
                clinic.name,
                clinic.zone,
                tx.now_ms,
            )

        self._call(lambda: self._run(work, "IMMEDIATE", clinic.code))
        self._clinic = clinic

    async def read(self, work: Work[T]) -> T:
        """What `work` finds in one consistent view of the store. Raises StoreError."""
        return await asyncio.wrap_future(self._thread.submit(self._run, work, "DEFERRED"))

    async def write(self, work: Work[T]) -> T:
        """Carry out `work` in one transaction; when this returns, it is on the disk. Raises StoreError."""
        return await asyncio.wrap_future(self._thread.submit(self._run, work, "IMMEDIATE"))

    def read_now(self, work: Work[T]) -> T:
        """`read` for callers without an event loop."""
        return self._call(lambda: self._run(work, "DEFERRED"))

    def write_now(self, work: Work[T]) -> T:
        """`write` for callers without an event loop."""
        return self._call(lambda: self._run(work, "IMMEDIATE"))

    async def changes(self) -> AsyncIterator[None]:
        """Yields whenever another connection has changed the store since the last look.

        Told by the system within a few milliseconds; found by polling where it cannot tell. Raises Failed.
        """
        seen = await self._data_version()
        async with AsyncExitStack() as stack:
            notice: FolderNotice | None = None
            with suppress(OSError):
                notice = await stack.enter_async_context(FolderNotice(sqlite_path(self.url).resolve().parent))
            while True:
                version = await self._changed_version(seen, notice)
                if version != seen:
                    seen = version
                    yield

    async def _changed_version(self, seen: int, notice: FolderNotice | None) -> int:
        """The data version after the next notice or the next look of the poll; `seen` when nothing has changed."""
        if notice is None or not await notice.wait(NOTICED_POLL_SECONDS):
            if notice is None:
                await asyncio.sleep(POLL_SECONDS)
            return await self._data_version()
        # The notice comes before the commit can be seen.
        for _ in range(NOTICE_LOOKS):
            version = await self._data_version()
            if version != seen:
                return version
            await asyncio.sleep(NOTICE_LOOK_SECONDS)
        return seen

    async def checkpoint(self) -> bool:
        """Fold the write-ahead log back into the file and empty it; for quiet moments.

        False when somebody was reading just then: nobody is kept waiting for it. Raises Failed.
        """
        return await asyncio.wrap_future(self._thread.submit(self._checkpoint))

    def _checkpoint(self) -> bool:
        with _as_failed(), self._writing.held():
            connection = self._database.connection()
            # It keeps writers out while it waits for readers.
            connection.set_busy_timeout(CHECKPOINT_PATIENCE_MS)
            try:
                busy = self._database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                connection.set_busy_timeout(BUSY_SECONDS * 1000)
            return not busy

    def _open(self, create: bool) -> None:
        path = sqlite_path(self.url)
        if not create and not path.is_file():
            raise Unreadable(f"Penyimpanan tidak ditemukan: {path}")
        if create and not path.exists():
            path.parent.mkdir(parents=True, mode=0o770, exist_ok=True)
            # SQLite gives its log files the rights of the database: the group of the counters may write.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o660))
        if not create and path.stat().st_size == 0:
            raise Damaged(f"Penyimpanan tidak dapat dibuka karena kosong ({path}); {WHAT_TO_DO}")
        try:
            if not self._using.share():
                raise Unreadable("Penyimpanan sedang dipulihkan dari cadangan; coba lagi sebentar lagi")
            # Also the first connection's change to WAL: it needs the file for itself.
            with self._writing.held():
                self._database.connect()
                if applied(self._database) != known():
                    bring_up_to_date(self._database, path.parent / "cadangan")
        except DRIVER_ERRORS as error:
            raise not_opened(path, error) from error

    def _run(self, work: Work[T], lock: str, clinic: str | None = None) -> T:
        with _as_failed():
            code = clinic or self._own_clinic().code
            if lock != "IMMEDIATE":
                return self._transact(work, lock, code)
            with self._writing.held():
                return self._transact(work, lock, code)

    def _transact(self, work: Work[T], lock: str, code: str) -> T:
        with self._database.atomic(lock):
            return work(Transaction(self._database, code, self._clock()))

    def _guarded_clinic(self) -> Clinic:
        with _as_failed():
            return self._own_clinic()

    def _own_clinic(self) -> Clinic:
        if self._clinic is not None:
            return self._clinic
        row = self._database.execute_sql("SELECT code, name, zone FROM clinic ORDER BY created_at").fetchone()
        if row is None:
            raise NotSetUp("Klinik belum disiapkan; jalankan: kiosk init")
        self._clinic = Clinic(code=row[0], name=row[1], zone=row[2])
        return self._clinic

    def sender_lock(self) -> FileLock:
        """The lock of the one process that may send to P-Care."""
        path = sqlite_path(self.url)
        return FileLock(path.with_name(path.name + ".sync"))

    def sync_alive(self) -> bool:
        """Whether a process holds the sender's lock."""
        return not self.sender_lock().is_free()

    async def _data_version(self) -> int:
        return await asyncio.wrap_future(self._thread.submit(self._pragma, "data_version"))

    def _pragma(self, name: str) -> int:
        with _as_failed():
            return int(self._database.execute_sql(f"PRAGMA {name}").fetchone()[0])

    def _call(self, function: Callable[[], T]) -> T:
        return self._thread.submit(function).result()


@contextmanager
def _as_failed() -> Iterator[None]:
    """Whatever the driver or the disk raises becomes a sentence."""
    try:
        yield
    except DRIVER_ERRORS as error:
        raise failure(error) from error


__all__ = ["Store", "StoreError", "Work"]
