"""How a store is, as far as it can still be told: looked at without changing it, also when it cannot be opened."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import apsw

from kiosk.domain.codes import OutboxState
from kiosk.domain.outbox import OPEN
from kiosk.store import checksums, outbox, schema
from kiosk.store.cipher import Form, form, open_to_look
from kiosk.store.damage import short
from kiosk.store.errors import Locked
from kiosk.store.mark import Mark
from kiosk.store.transaction import Transaction, from_ms


@dataclass(frozen=True, slots=True)
class FileHealth:
    """What can be said of an SQLite file."""

    size: int
    """Bytes."""
    log_size: int
    """Bytes of the write-ahead log that is not folded back yet."""
    problem: str | None
    """Why its content does not hold together, or cannot be read; None when every page and every key was read."""
    checksummed: bool
    """Whether a flipped bit is noticed when its page is read, by a checksum or by the cipher's seal."""
    newer: bool = False
    """Written by a newer program."""
    older: bool = False
    """To be brought up to date, which happens when it is opened."""
    missing: int = 0
    """Acknowledged transactions that it does not hold any more."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a whole store holds that tells how the clinic is."""

    outbox: dict[OutboxState, int]
    oldest: datetime | None
    """Since when the oldest open call waits."""
    members: int
    confirmed: int
    """How many of them P-Care has confirmed."""
    confirmed_last: datetime | None
    confirmed_first: datetime | None
    """The latest and the earliest confirmation of all."""


def look_at_file(path: Path, key_file: Path | None = None) -> FileHealth | None:
    """Read the whole file; None when there is none. Nothing is written, migrated or folded back.

    `key_file` is where the key is, for a store that is encrypted.
    """
    try:
        size = path.stat().st_size
    except OSError:
        return None
    log = path.with_name(path.name + "-wal")
    log_size = log.stat().st_size if log.exists() else 0
    marked = checksums.carries(path) or form(path) is Form.SEALED
    if size == 0:
        return FileHealth(size, log_size, "berkasnya kosong", marked)
    try:
        connection = open_to_look(path, key_file)
        try:
            connection.set_busy_timeout(5000)
            problems = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
            problems += ["foreign key" for _ in connection.execute("PRAGMA foreign_key_check")]
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if schema.HISTORY not in tables:
                return FileHealth(size, log_size, "bukan penyimpanan Loket", marked)
            seen = {row[0] for row in connection.execute("SELECT name FROM schema_migration")}
            missing = Mark(path).missing(lambda sql, *values: _value(connection, sql, values))
        finally:
            connection.close()
    except Locked as error:
        return FileHealth(size, log_size, str(error), marked)
    except (apsw.Error, OSError, UnicodeDecodeError) as error:
        return FileHealth(size, log_size, short(error), marked)
    problem = problems[0][:120] if problems else None
    known = schema.known()
    return FileHealth(
        size, log_size, problem, marked, newer=bool(seen - known), older=bool(known - seen), missing=missing
    )


def _value(connection: apsw.Connection, sql: str, values: tuple[object, ...]) -> object:
    row = connection.execute(sql, values).fetchone()
    return row[0] if row else None


def content(tx: Transaction) -> Content:
    """What an open store holds."""
    marks = ", ".join(f"'{state}'" for state in OPEN)
    oldest = tx.value(f"SELECT MIN(created_at) FROM outbox WHERE clinic = ? AND state IN ({marks})", tx.clinic)
    people = tx.row(
        "SELECT COUNT(*) AS members, COUNT(confirmed_at) AS confirmed, MAX(confirmed_at) AS last,"
        " MIN(confirmed_at) AS first FROM participant WHERE clinic = ?",
        tx.clinic,
    )
    if people is None:
        raise LookupError("participant")
    return Content(
        outbox=outbox.counts(tx),
        oldest=from_ms(oldest),
        members=people["members"],
        confirmed=people["confirmed"],
        confirmed_last=from_ms(people["last"]),
        confirmed_first=from_ms(people["first"]),
    )
