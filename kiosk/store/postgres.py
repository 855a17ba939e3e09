"""A store on a PostgreSQL server, for clinics with several hosts: a clinic's writers one by one, snapshots to read."""

import random
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from functools import cache
from typing import Any, TypeVar

import psycopg
from peewee import Database, PostgresqlDatabase
from psycopg import sql

from kiosk.domain.ids import new_id
from kiosk.store import schema
from kiosk.store.drivers import lend_psycopg
from kiosk.store.engine import BUSY_SECONDS, Dialect, InThread, SenderLock
from kiosk.store.errors import Failed, Unreadable
from kiosk.store.postgres_address import Address, address
from kiosk.store.postgres_errors import AGAIN, DRIVER, failed, not_opened, state, unconfirmed
from kiosk.store.postgres_notice import SNAPSHOT, changes, telling
from kiosk.store.postgres_schema import bring_up_to_date
from kiosk.store.postgres_sender import PostgresSender, held

T = TypeVar("T")

lend_psycopg()

TRIES = 8
"""How often a transaction is begun again when the engine asks for it."""
OUTCOME_UNKNOWN = "40003"
"""What a distributed engine says when it does not know itself whether it committed."""
FROZEN_SECONDS = 30
"""A process that stops in the middle of a transaction loses it after so long: others wait for it."""

READ = sql.SQL("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").format()
# A clinic's writers queue at its row, and each statement behind that sees all that those before have committed: no two
# writers of a clinic ever overlap, which is what BEGIN IMMEDIATE promises on SQLite. Measured with 8 processes that
# registered at once: 13 ms in the middle, 38 ms at worst, nothing begun again; SERIALIZABLE and REPEATABLE READ began
# one transaction in two again and took a second at worst, for every registration of a poli updates one counter. An
# advisory lock is a fifth faster, but not every engine has it, and a row is the clinic's own: nothing to collide with.
WRITE = sql.SQL(
    "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = {wait};"
    " SELECT 1 FROM clinic WHERE code = {clinic} FOR UPDATE"
)
SETTINGS = (
    "SELECT current_setting('server_encoding', true), current_setting('fsync', true),"
    " current_setting('synchronous_commit', true), version()"
)


class PostgresDialect:
    """SQL as psycopg takes it."""

    def native(self, sql: str) -> str:
        """%s for each value."""
        return _native(sql)

    def columns(self, cursor: Any) -> list[str]:
        """The names of a cursor's columns."""
        return [column.name for column in cursor.description or ()]

    def claiming(self, alias: str) -> str:
        """Rows that another transaction has claimed are passed over."""
        return f" FOR UPDATE OF {alias} SKIP LOCKED"

    def counted(self, table: str) -> str:
        """Until the server counts by itself it takes a table for empty, and reads all of it for each row."""
        return f"ANALYZE {table}"


class PostgresEngine:
    """The body of `kiosk.store.engine.Engine` for a PostgreSQL server.

    When the line to the server breaks, the work under way ends in Failed, or in Unconfirmed while it was being
    committed; the next piece of work connects anew.
    """

    def __init__(self, url: str) -> None:
        self._address: Address = address(url)
        self.clinic = self._address.clinic
        self.database: Database = PostgresqlDatabase(
            self._address.conninfo,
            prefer_psycopg3=True,
            thread_safe=False,
            autoconnect=False,
            # A prepared statement would not outlive a change of the tables by a newer program, nor a pooler.
            prepare_threshold=None,
            **self._address.options,
        )
        self.dialect: Dialect = PostgresDialect()
        self._lease_only = self._address.lease_only
        self._narrow = False
        self._name = new_id()
        """Under which this store tells of its changes."""

    def open(self, create: bool) -> None:
        """Connect, and bring the tables up to date. Raises Unreadable, TooNew."""
        try:
            self._connect()
            seen = schema.applied(self.database)
            if not seen and not create:
                raise Unreadable(f"Penyimpanan tidak ditemukan di {self._address.shown}; jalankan: kiosk init")
            if seen != schema.known():
                bring_up_to_date(self.database, lease_only=self._lease_only)
        except DRIVER as error:
            raise not_opened(self._address.shown, error) from error

    def narrow(self) -> None:
        """The session only reads, also after it was connected anew; what it selects is the caller's promise."""
        self._narrow = True
        try:
            self._only_read()
        except DRIVER as error:
            raise not_opened(self._address.shown, error) from error

    def _only_read(self) -> None:
        self.database.connection().execute("SET default_transaction_read_only = on")

    def close(self) -> None:
        """Let the connection go; harmless when closed already."""
        self.database.close()

    def read(self, work: Callable[[], T]) -> T:
        """`work` in one snapshot. Raises Failed."""
        return self._carry_out(READ, work, None)

    def write(self, clinic: str, work: Callable[[], T]) -> T:
        """`work` in one transaction, one writer of the clinic after the other. Raises Failed, Unconfirmed."""
        begin = WRITE.format(wait=sql.Literal(f"{BUSY_SECONDS}s"), clinic=sql.Literal(clinic))
        return self._carry_out(begin, work, telling(clinic, self._name))

    def sender_lock(self, clinic: str, settle: float | None) -> SenderLock:
        """A session advisory lock and a lease (kiosk.store.postgres_sender)."""
        return PostgresSender(self._address, clinic, lease_only=self._lease_only, settle=settle)

    def sender_alive(self, clinic: str) -> bool:
        """Whether a process holds the sender's lock. Raises Failed."""
        return self.read(lambda: held(self.database.connection(), clinic, lease_only=self._lease_only))

    def sender_free(self) -> bool:
        """Whether nobody holds the sender's lock, asked on a connection of its own. Raises Unreadable."""
        try:
            with self._address.connect("loket tanya") as asking:
                least, version = asking.execute("SELECT MIN(code), version() FROM clinic").fetchone() or (None, "")
                clinic = self.clinic or least
                lease_only = self._lease_only or _locks_nothing(version)
                return clinic is not None and not held(asking, clinic, lease_only=lease_only)
        except DRIVER as error:
            raise not_opened(self._address.shown, error) from error

    async def changes(self, clinic: str, in_thread: InThread) -> AsyncGenerator[None]:
        """Told by NOTIFY within a few milliseconds; made anew when the line breaks, it ends never."""
        seen: str | None = None
        with suppress(Failed):
            seen = await in_thread(self._snapshot)
        async with aclosing(changes(self._address, clinic, self._name, seen)) as told:
            async for _ in told:
                yield

    def checkpoint(self) -> bool:
        """Nothing to do: the server looks after its log itself."""
        return True

    def _snapshot(self) -> str | None:
        row = self.read(lambda: self.database.execute_sql(SNAPSHOT).fetchone())
        return str(row[0]) if row else None

    def _carry_out(self, begin: sql.Composed, work: Callable[[], T], last: sql.Composed | None) -> T:
        for attempt in range(TRIES):
            try:
                return self._once(begin, work, last)
            except DRIVER as error:
                if state(error) not in AGAIN or attempt == TRIES - 1:
                    raise failed(error) from error
            time.sleep(random.uniform(0, 0.005 * 2**attempt))  # noqa: S311  (not a secret)
        raise AssertionError("not reached")

    def _once(self, begin: sql.Composed, work: Callable[[], T], last: sql.Composed | None) -> T:
        connection = self._begun(begin)
        try:
            found = work()
            if last is not None:
                connection.execute(last)
        except BaseException:
            self._roll_back(connection)
            raise
        try:
            ended = connection.execute("COMMIT").statusmessage
        except psycopg.Error as error:
            if last is not None and (_broken(connection) or error.sqlstate == OUTCOME_UNKNOWN):
                self._forget()
                raise unconfirmed() from error
            self._roll_back(connection)
            raise
        if ended != "COMMIT":
            # `work` went on after a statement that had failed: the server then keeps nothing.
            raise failed(psycopg.errors.InFailedSqlTransaction())
        return found

    def _begun(self, begin: sql.Composed) -> "psycopg.Connection[Any]":
        """The connection with a transaction on it; made anew when the server has closed the one we had."""
        connection = self._connection()
        try:
            connection.execute(begin)
        except psycopg.Error:
            if not _broken(connection):
                self._roll_back(connection)
                raise
            connection = self._connection()
            connection.execute(begin)
        return connection

    def _roll_back(self, connection: "psycopg.Connection[Any]") -> None:
        try:
            if not _broken(connection):
                connection.execute("ROLLBACK")
        except psycopg.Error:
            self._forget()

    def _connection(self) -> "psycopg.Connection[Any]":
        if self.database.is_closed() or _broken(self.database.connection()):
            self._forget()
            self._connect()
        connection: psycopg.Connection[Any] = self.database.connection()
        return connection

    def _connect(self) -> None:
        self.database.connect()
        connection: psycopg.Connection[Any] = self.database.connection()
        encoding, fsync, synchronous, version = connection.execute(SETTINGS).fetchone() or (None, None, None, "")
        if encoding not in (None, "UTF8"):
            raise Unreadable(f"Basis data {self._address.shown} harus memakai UTF8, bukan {encoding}")
        if fsync == "off":
            raise Unreadable(f"Server {self._address.shown} tidak menjamin data (fsync=off)")
        if synchronous == "off":
            connection.execute("SET synchronous_commit = on")
        if self._narrow:
            self._only_read()
        connection.execute(f"SET idle_in_transaction_session_timeout = '{FROZEN_SECONDS}s'")
        self._lease_only = self._lease_only or _locks_nothing(version)

    def _forget(self) -> None:
        """Let a connection go that is of no use any more."""
        try:
            self.database.close()
        except DRIVER:
            return


def _broken(connection: "psycopg.Connection[Any]") -> bool:
    return connection.closed or connection.broken


def _locks_nothing(version: str) -> bool:
    """CockroachDB takes the calls for advisory locks, and locks nothing."""
    return "CockroachDB" in version


@cache
def _native(text: str) -> str:
    return text.replace("%", "%%").replace("?", "%s")
