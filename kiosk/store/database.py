"""The store: one thread of ours that owns the one connection, and transactions that others await."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import datetime
from typing import TypeVar

from kiosk.domain.day import now as present
from kiosk.domain.people import Clinic
from kiosk.store.actor import Actor
from kiosk.store.engine import SenderLock, engine_for
from kiosk.store.errors import LostSender, NotSetUp, StoreError
from kiosk.store.transaction import Transaction

T = TypeVar("T")
Work = Callable[[Transaction], T]

LOST_SENDER = "Pengirim lain mengambil alih untuk klinik ini; pengiriman dari sini dihentikan"


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
        self._engine = engine_for(url)
        self._clinic: Clinic | None = None
        self._sender: SenderLock | None = None
        self._actor: Actor | None = None

    @classmethod
    def open(
        cls, url: str, clock: Callable[[], datetime] = present, *, create: bool = False, narrow: bool = False
    ) -> "Store":
        """A store that is ready to use, brought up to date. `create` makes a new file when there is none.

        `narrow`: it only reads, and only what the public board may know (kiosk.store.narrow).

        Raises Unreadable, TooNew.
        """
        store = cls(url, clock)
        try:
            store._call(lambda: store._engine.open(create))
            if narrow:
                store._call(store._engine.narrow)
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    async def opened(
        cls, url: str, clock: Callable[[], datetime] = present, *, create: bool = False, narrow: bool = False
    ) -> "Store":
        """The same without holding up the event loop."""
        return await asyncio.to_thread(cls.open, url, clock, create=create, narrow=narrow)

    def close(self) -> None:
        """Close the connection and end the thread; harmless when closed already."""
        try:
            self._thread.submit(self._engine.close).result()
        except RuntimeError:
            return
        self._thread.shutdown()

    @property
    def clinic(self) -> Clinic:
        """The clinic of this store. Raises NotSetUp, Failed."""
        return self._clinic or self._call(self._own_clinic)

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

        self._call(lambda: self._write(work, clinic.code))
        self._clinic = clinic

    async def read(self, work: Work[T]) -> T:
        """What `work` finds in one consistent view of the store. Raises StoreError."""
        return await asyncio.wrap_future(self._thread.submit(self._read, work))

    async def write(self, work: Work[T], actor: Actor | None = None) -> T:
        """Carry out `work` in one transaction; when this returns, it is on the disk. Raises StoreError.

        `actor` is whose work it is: what `work` notes goes to the chain of that station.
        """
        return await asyncio.wrap_future(self._thread.submit(self._write, work, None, actor))

    def act_as(self, actor: Actor) -> None:
        """Whose work it is that is written from now on without naming anybody."""
        self._actor = actor

    def read_now(self, work: Work[T]) -> T:
        """`read` for callers without an event loop."""
        return self._call(lambda: self._read(work))

    def write_now(self, work: Work[T], actor: Actor | None = None) -> T:
        """`write` for callers without an event loop."""
        return self._call(lambda: self._write(work, None, actor))

    async def changes(self) -> AsyncGenerator[None]:
        """Yields whenever another connection has changed the store since the last look.

        Told within a few milliseconds; found by polling where nobody tells. Raises Failed, NotSetUp.
        """
        clinic = await self._in_thread(self._own_clinic)
        async with aclosing(self._engine.changes(clinic.code, self._in_thread)) as changes:
            async for _ in changes:
                yield

    async def checkpoint(self) -> bool:
        """The engine's housekeeping, for quiet moments (SQLite: the write-ahead log is emptied).

        False when somebody was reading just then: nobody is kept waiting for it. Raises Failed.
        """
        return await self._in_thread(self._engine.checkpoint)

    def sender_lock(self, settle: float | None = None) -> SenderLock:
        """The lock of the one process that may send to P-Care; `settle` (seconds) is the settle time of its policy.

        From its `acquire` to its `release`, what this store writes is refused once another process has taken over.
        Raises NotSetUp, Failed.
        """
        self._sender = self._engine.sender_lock(self.clinic.code, settle)
        return self._sender

    def check_sender(self) -> None:
        """Raises LostSender when the sender's lock is known to be gone; asks nobody."""
        if self._sender is not None and self._sender.lost():
            raise LostSender(LOST_SENDER)

    async def confirm_sender(self) -> None:
        """Right before a send: raises LostSender when the sender's lock is not ours at this very moment."""
        if self._sender is not None and not await self._in_thread(self._sender.still_ours):
            raise LostSender(LOST_SENDER)

    def sync_alive(self) -> bool:
        """Whether a process holds the sender's lock. Raises Failed, NotSetUp."""
        return self._call(self._sync_alive)

    async def sync_running(self) -> bool:
        """`sync_alive` without holding up the event loop."""
        return await self._in_thread(self._sync_alive)

    def _sync_alive(self) -> bool:
        return self._engine.sender_alive(self._own_clinic().code)

    def _read(self, work: Work[T]) -> T:
        code = self._own_clinic().code
        return self._engine.read(lambda: work(self._transaction(code)))

    def _write(self, work: Work[T], clinic: str | None = None, actor: Actor | None = None) -> T:
        code = clinic or self._own_clinic().code

        def fenced() -> T:
            tx = self._transaction(code, actor or self._actor)
            if self._sender is not None:
                self._sender.fence(tx.value)
            return work(tx)

        return self._engine.write(code, fenced)

    def _transaction(self, code: str, actor: Actor | None = None) -> Transaction:
        return Transaction(self._engine.database, code, self._clock(), self._engine.dialect, actor)

    def _own_clinic(self) -> Clinic:
        """The clinic that the URL names, else the only one there is."""
        if self._clinic is not None:
            return self._clinic
        wanted = self._engine.clinic
        found = self._engine.read(lambda: self._transaction("").rows("SELECT code, name, zone FROM clinic"))
        mine = [row for row in found if wanted in (None, row["code"])]
        if not mine:
            raise NotSetUp("Klinik belum disiapkan; jalankan: kiosk init")
        if len(mine) > 1:
            raise NotSetUp("Penyimpanan ini dipakai beberapa klinik; sebutkan ?clinic=KODE di akhir alamatnya")
        self._clinic = Clinic(code=mine[0]["code"], name=mine[0]["name"], zone=mine[0]["zone"])
        return self._clinic

    async def _in_thread(self, function: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self._thread.submit(function))

    def _call(self, function: Callable[[], T]) -> T:
        return self._thread.submit(function).result()


__all__ = ["Store", "StoreError", "Work"]
