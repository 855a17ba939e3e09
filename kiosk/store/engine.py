"""How a store is reached by its URL: which driver, which settings, and the gate for affected SQLite versions."""

from pathlib import Path
from typing import Any

import apsw
from peewee import Database
from playhouse.apsw_ext import APSWDatabase

from kiosk.store import checksums
from kiosk.store.errors import Unreadable

BUSY_SECONDS = 15

# SQLite 3.7.0–3.51.2 can lose commits or damage the file when several connections write and checkpoint a WAL at the
# same instant; 3.50.7 and 3.44.6 carry the correction too.
SAFE_SQLITE = (3, 51, 3)
CORRECTED_BRANCHES = {(3, 50): 7, (3, 44): 6}


def check_sqlite(version: str) -> None:
    """Raises Unreadable when the linked SQLite has the WAL-reset race."""
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    if (major, minor, patch) < SAFE_SQLITE and patch < CORRECTED_BRANCHES.get((major, minor), 1_000_000):
        raise Unreadable(f"Pustaka SQLite {version} dapat merusak data; pasang apsw-sqlite3mc 3.54 atau lebih baru")


def sqlite_path(url: str) -> Path:
    """The file of a `sqlite:///…` URL (three slashes: relative, four: absolute). Raises Unreadable for other URLs."""
    if not url.startswith("sqlite:///"):
        raise Unreadable(f"Alamat penyimpanan tidak dikenal: {url.split(':', 1)[0]}")
    return Path(url.removeprefix("sqlite:///"))


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file."""
    return f"sqlite:///{path}"


class _Apsw(APSWDatabase):  # type: ignore[misc]  # Peewee carries no types
    """Peewee on apsw, with a checksum on every page; moments of Peewee's own tables (its history of migrations) are
    written as text."""

    def _add_conn_hooks(self, conn: Any) -> None:
        checksums.ask_for(conn)
        super()._add_conn_hooks(conn)
        conn.convert_binding = lambda _cursor, _number, value: value.isoformat(" ")


def connect(url: str) -> Database:
    """A database for `url`, not open yet; its one connection belongs to one thread.

    WAL and synchronous=FULL: what was committed survives a power cut, for one fdatasync a commit.
    """
    check_sqlite(apsw.sqlite_lib_version())
    pragmas: dict[str, Any] = {
        "journal_mode": "wal",
        "synchronous": "full",
        "foreign_keys": 1,
        "journal_size_limit": 16 * 1024 * 1024,
        "temp_store": "memory",
    }
    database: Database = _Apsw(
        str(sqlite_path(url)),
        timeout=BUSY_SECONDS,
        pragmas=pragmas,
        thread_safe=False,
        autoconnect=False,
        vfs=checksums.vfs(),
    )
    return database


def columns(cursor: Any) -> list[str]:
    """The names of a cursor's columns, before its rows are fetched; [] when it has no rows."""
    try:
        return [column[0] for column in cursor.description]
    except apsw.ExecutionCompleteError:
        # apsw forgets the columns of a SELECT as soon as it finds no row.
        return []
