"""The sender's lock on PostgreSQL: a session advisory lock, and a lease that says who holds it.

Three things keep two hosts from sending for one clinic at once. The advisory lock belongs to a session, and the server
ends a session that is silent for the length of the lease (a host that lost its power, a laptop that sleeps). Who
takes over writes its name into the lease row in a transaction of the clinic, so that whatever an earlier holder still
wants to commit is refused (the fence). And right before a send the holder renews its lease in that very session.

Where an engine has no advisory locks the lease alone decides; it is then shorter than the settle time, so that what an
earlier holder had just begun to send has settled before it is read back.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg

from kiosk.domain.ids import new_id
from kiosk.store.engine import BUSY_SECONDS
from kiosk.store.errors import LostSender
from kiosk.store.postgres_address import Address
from kiosk.store.postgres_errors import DRIVER, not_opened

LEASE_SECONDS = 15.0
"""How long a holder that fell silent keeps others from sending."""
BEATS = 4
"""How often in that time the lease is renewed."""
WAIT_SECONDS = 0.2

# The server's clock, so that hosts need not agree on the time.
_NOW = "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint"
_TAKE = (
    f"INSERT INTO sender_lease (clinic, holder, until_at) VALUES (%(clinic)s, %(holder)s, {_NOW} + %(lease)s)"
    " ON CONFLICT (clinic) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at"
)
_IF_OVER = f" WHERE sender_lease.until_at < {_NOW}"
_RENEW = f"UPDATE sender_lease SET until_at = {_NOW} + %(lease)s WHERE clinic = %(clinic)s AND holder = %(holder)s"
_LET_GO = "UPDATE sender_lease SET until_at = 0 WHERE clinic = %(clinic)s AND holder = %(holder)s"
_HELD_BY_LEASE = f"SELECT EXISTS (SELECT 1 FROM sender_lease WHERE clinic = %(clinic)s AND until_at >= {_NOW})"
_HELD_BY_LOCK = (
    "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
    " WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
    " AND l.classid::bigint = %(high)s AND l.objid::bigint = %(low)s)"
)
LOST = "Pengirim lain mengambil alih, atau hubungan ke server penyimpanan putus; pengiriman dihentikan"


def key(clinic: str) -> int:
    """The number of a clinic's advisory lock: 63 bits of a hash, so that clinics do not share one by chance."""
    return int.from_bytes(hashlib.sha256(f"loket sender {clinic}".encode()).digest()[:8]) >> 1


def held(connection: "psycopg.Connection[Any]", clinic: str, *, lease_only: bool) -> bool:
    """Whether a process holds the clinic's sender lock. Raises psycopg.Error."""
    number = key(clinic)
    values = {"clinic": clinic, "high": number >> 32, "low": number & 0xFFFFFFFF}
    row = connection.execute(_HELD_BY_LEASE if lease_only else _HELD_BY_LOCK, values).fetchone()
    return bool(row and row[0])


class PostgresSender:
    """The lock of one process; its session and its heartbeat live from `acquire` to `release`."""

    def __init__(self, address: Address, clinic: str, *, lease_only: bool, settle: float | None) -> None:
        self._address = address
        self._lease_only = lease_only
        self._lease = LEASE_SECONDS
        if lease_only and settle is not None:
            self._lease = min(LEASE_SECONDS, settle / 2)
        self._clinic = clinic
        self._values: dict[str, object] = {"clinic": clinic, "holder": new_id(), "lease": round(self._lease * 1000)}
        self._session: psycopg.Connection[Any] | None = None
        self._gone = False
        self._asking = threading.Lock()
        self._over = threading.Event()
        self._heart: threading.Thread | None = None

    def acquire(self, wait: bool) -> bool:
        """Take it; without `wait` False is returned when another process holds it. Raises Unreadable."""
        while not self._take():
            if not wait:
                return False
            time.sleep(WAIT_SECONDS)
        self._gone = False
        self._over.clear()
        self._heart = threading.Thread(target=self._beat, name="sender-lease", daemon=True)
        self._heart.start()
        return True

    def lost(self) -> bool:
        """Whether it is known to be gone; asks nobody."""
        return self._gone

    def still_ours(self) -> bool:
        """Renews the lease in the session that holds the lock; False once another has it or the session is gone."""
        with self._asking:
            if self._gone or self._session is None:
                return False
            try:
                self._gone = self._session.execute(_RENEW, self._values).rowcount != 1
            except DRIVER:
                self._gone = True
            return not self._gone

    def fence(self, value: Callable[..., Any]) -> None:
        """Raises LostSender inside a transaction when another process has taken over."""
        if self._session is None:
            return
        if (
            self._gone
            or value("SELECT holder FROM sender_lease WHERE clinic = ?", self._clinic) != (self._values["holder"])
        ):
            self._gone = True
            raise LostSender(LOST)

    def release(self) -> None:
        """Let it go; harmless when it is not held."""
        self._over.set()
        if self._heart is not None:
            self._heart.join()
            self._heart = None
        with self._asking:
            session, self._session = self._session, None
            if session is None:
                return
            try:
                session.execute(_LET_GO, self._values)
                # Not left to the end of the session: the server may notice that only after we have said that we ended.
                session.execute("SELECT pg_advisory_unlock_all()")
            except DRIVER:
                # The session is gone, and the lock with it.
                pass
            finally:
                session.close()

    def _take(self) -> bool:
        try:
            session = self._address.connect("loket kirim")
        except DRIVER as error:
            raise not_opened(self._address.shown, error) from error
        try:
            if self._taken(session):
                self._session = session
                return True
        except DRIVER as error:
            session.close()
            raise not_opened(self._address.shown, error) from error
        session.close()
        return False

    def _taken(self, session: "psycopg.Connection[Any]") -> bool:
        if not self._lease_only:
            row = session.execute("SELECT pg_try_advisory_lock(%s::bigint)", [key(self._clinic)]).fetchone()
            if not row or not row[0]:
                return False
            # A holder that falls silent loses its session, and with it the lock.
            session.execute("SELECT set_config('idle_session_timeout', %(lease)s::text, false)", self._values)
        session.execute("SELECT set_config('lock_timeout', %s, false)", [f"{BUSY_SECONDS}s"])
        with session.transaction():
            # In line with the clinic's other writers: what was committed before is what take-over will find.
            session.execute("SELECT 1 FROM clinic WHERE code = %(clinic)s FOR UPDATE", self._values)
            taken = session.execute(_TAKE + (_IF_OVER if self._lease_only else ""), self._values)
            return taken.rowcount == 1

    def _beat(self) -> None:
        while not self._over.wait(self._lease / BEATS):
            if not self.still_ours():
                return
