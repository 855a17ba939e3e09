"""What a store needs of the engine beneath it: one promise with two bodies (sqlite, postgres), chosen by the URL."""

from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from peewee import Database

from kiosk.store.errors import Unreadable

T = TypeVar("T")

KEY_FILE = "?key_file="
"""In the URL of a file that is encrypted: the path of its key, never the key."""

BUSY_SECONDS = 15
"""How long a writer waits for the ones before it."""


class Dialect(Protocol):
    """How the engine wants its SQL."""

    def native(self, sql: str) -> str:
        """Constant SQL with ? for each value, as the driver takes it."""

    def columns(self, cursor: Any) -> list[str]:
        """The names of a cursor's columns, before its rows are fetched; [] when it has no rows."""

    def claiming(self, alias: str) -> str:
        """What is put behind a SELECT that claims the rows of `alias`: rows that another transaction holds are
        passed over, not waited for. Only for transactions that write."""

    def counted(self, table: str) -> str:
        """A statement that tells the engine's planner how a table looks that was just filled at once; "" for none."""


class SenderLock(Protocol):
    """The right of one process of a clinic to send to P-Care."""

    def acquire(self, wait: bool) -> bool:
        """Take it; without `wait` False is returned when another process holds it. Raises OSError, StoreError."""

    def lost(self) -> bool:
        """Whether it is known to be gone; asks nobody."""

    def still_ours(self) -> bool:
        """Whether it is ours at this very moment; to be asked right before a send. Blocks for one question at most."""

    def fence(self, value: Callable[..., Any]) -> None:
        """Raises LostSender inside a transaction when another process has taken over; `value` is Transaction.value.

        So nothing that was claimed after a take-over is ever committed.
        """

    def release(self) -> None:
        """Let it go; harmless when it is not held."""


class Engine(Protocol):
    """One store's engine with its one connection. Everything but `changes` is called in the store's own thread.

    Whatever the driver, the disk or the network raises comes out as a StoreError.
    """

    database: Database
    dialect: Dialect
    clinic: str | None
    """The code of the clinic that the URL names, where a database holds several."""

    def open(self, create: bool) -> None:
        """Connect, and bring the tables up to date; `create` makes a store where there is none.

        Raises Unreadable, TooNew.
        """

    def narrow(self) -> None:
        """From here on this connection only reads; where the engine can tell, only what kiosk.store.narrow names."""

    def close(self) -> None:
        """Let the connection go; harmless when closed already."""

    def read(self, work: Callable[[], T]) -> T:
        """`work` in one consistent view of the store."""

    def write(self, clinic: str, work: Callable[[], T]) -> T:
        """`work` in one transaction, after all earlier writers of the clinic and before all later ones.

        It is on the disk when this returns. `work` may be called again when the engine asks for it.
        """

    def sender_lock(self, clinic: str, settle: float | None) -> SenderLock:
        """The sender's lock; `settle` (seconds) is how long a sender that loses it may still be sending."""

    def sender_alive(self, clinic: str) -> bool:
        """Whether a process holds the sender's lock."""

    def sender_free(self) -> bool:
        """Whether nobody holds it; asked without opening the store. Raises StoreError, OSError."""

    def changes(self, clinic: str, in_thread: "InThread") -> AsyncGenerator[None]:
        """Yields whenever another connection has changed the store."""

    def checkpoint(self) -> bool:
        """Housekeeping for quiet moments; False when it has to wait for another moment."""


class InThread(Protocol):
    """Awaits a function that runs in the store's thread."""

    async def __call__(self, function: Callable[[], T]) -> T:
        """What the function returns."""


def engine_for(url: str) -> Engine:
    """The engine for `url`, not connected yet.

    Raises Unreadable for an address that is none of ours, or whose driver is not installed.
    """
    if url.startswith("postgresql://"):
        try:
            from kiosk.store.postgres import PostgresEngine
        except ImportError as error:
            raise Unreadable("Untuk penyimpanan PostgreSQL pasang dulu: pip install 'psycopg[binary]'") from error

        return PostgresEngine(url)
    from kiosk.store.sqlite import SqliteEngine

    return SqliteEngine(url)


def sqlite_path(url: str) -> Path:
    """The file of a `sqlite:///…` URL (three slashes: relative, four: absolute). Raises Unreadable for other URLs."""
    if not url.startswith("sqlite:///"):
        raise Unreadable(f"Alamat penyimpanan tidak dikenal: {url.split(':', 1)[0][:20]}")
    return Path(url.removeprefix("sqlite:///").partition(KEY_FILE)[0])


def sqlite_key_file(url: str) -> Path | None:
    """The file with the key of a store that is encrypted (`sqlite:///…?key_file=…`); None for a plain one."""
    named = url.partition(KEY_FILE)[2]
    return Path(named) if named else None


def sqlite_url(path: Path, key_file: Path | None = None) -> str:
    """The URL of an SQLite file; `key_file` names the file with its key when it is encrypted."""
    return f"sqlite:///{path}" + (f"{KEY_FILE}{key_file}" if key_file else "")
