"""Backups of a store on PostgreSQL: the server's own pg_dump does the work, where it is installed.

Like those of SQLite they count only when they were read back to their end, with as many rows in each table as the
database held at the moment of which the dump is.
"""

import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kiosk.domain.day import now as present
from kiosk.store.backup import NEWEST, Backup, alone, described, fresh_name, is_due, is_long_ago, rotate, to_disk
from kiosk.store.database import Store
from kiosk.store.errors import Damaged, Failed
from kiosk.store.postgres_address import Address, address

SUFFIX = ".pgdump"
LIMIT_SECONDS = 3600
_COPY = re.compile(rb"COPY (\S+) \(.*\) FROM stdin;\n")
_TABLES = (
    "SELECT schemaname, tablename FROM pg_tables"
    " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY schemaname, tablename"
)


def programs_there() -> bool:
    """Whether backups can be made and read from this computer."""
    return shutil.which("pg_dump") is not None and shutil.which("pg_restore") is not None


def can_back_up(url: str) -> bool:
    """Whether the daily backup of this store is made from here: not one of many clinics' common database."""
    return programs_there() and address(url).clinic is None


def dump_if_due(url: str, folder: Path, clock: Callable[[], datetime] = present) -> Backup | None:
    """The daily backup, as `kiosk.store.backup.back_up_if_due` makes it. Raises as `dump` does."""
    now = clock()
    return dump(url, folder, clock) if is_due(folder, now, lambda: _quiet(url, now)) else None


def dump(url: str, folder: Path, clock: Callable[[], datetime] = present) -> Backup:
    """A dump of the whole database, read back and counted, under a name as of every backup.

    Raises Unreadable, Damaged, Failed; says in one line what to run where pg_dump is not installed.
    """
    where = address(url)
    given = conninfo_to_dict(where.conninfo)
    password = given.pop("password", None)
    # The password goes by the environment: everybody on the host can read a command line.
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    plain = make_conninfo("", **{name: value for name, value in given.items() if value is not None})
    if not programs_there():
        raise Failed(
            "pg_dump tidak ada di komputer ini; jalankan di server:"
            f" pg_dump --format=custom --file=loket{SUFFIX} (basis data {where.shown})"
        )
    store = Store.open(url, clock)
    try:
        clinic = store.clinic.code
    finally:
        store.close()
    with alone(folder):
        target, fresh = fresh_name(folder, clinic, clock(), "", SUFFIX)
        try:
            os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with _one_moment(where) as (moment, rows):
                words = ["--format=custom", "--no-password", f"--snapshot={moment}", f"--file={fresh}"]
                _run(["pg_dump", *words, f"--dbname={plain}"], environment)
            if verify_dump(fresh) != rows:
                raise Failed("Cadangan tidak lengkap: jumlah barisnya lain dari basis data")
            to_disk(fresh)
            fresh.replace(target)
            to_disk(folder)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        made = described(target)
        if made is None:
            raise LookupError(target.name)
        rotate(folder, made, clock())
        return made


def verify_dump(path: Path) -> dict[str, int]:
    """Read a dump to its end; the rows of each table that has any, by schema and name. Raises Damaged, Failed."""
    rows, table = Counter[str](), ""
    with tempfile.TemporaryFile() as said:
        try:
            reading = subprocess.Popen(  # noqa: S603  (constant words and a path of ours)
                ["pg_restore", "--data-only", "--file=-", str(path)],  # noqa: S607  (found on the path, as pg_dump is)
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
            )
        except OSError as error:
            raise Failed(f"pg_restore gagal: {type(error).__name__}") from None
        limit = threading.Timer(LIMIT_SECONDS, reading.kill)
        limit.start()
        try:
            for line in reading.stdout or ():
                begins = None if table else _COPY.fullmatch(line)
                if begins:
                    table = begins[1].decode()
                elif line == b"\\.\n":
                    table = ""
                elif table:
                    rows[table] += 1
            code = reading.wait()
        finally:
            limit.cancel()
            reading.kill()
            reading.wait()
            if reading.stdout:
                reading.stdout.close()
        said.seek(0)
        if code or table:
            words = (said.read().decode("utf-8", "replace").strip().splitlines() or ["tanpa keterangan"])[-1]
            raise Damaged(f"Cadangan rusak ({path.name}): {words[:120]}")
    return dict(rows)


@contextmanager
def _one_moment(where: Address) -> Iterator[tuple[str, dict[str, int]]]:
    """A moment of the database that pg_dump can be told, and the rows that each table holds at it. Raises Failed."""
    try:
        with where.connect() as connection:
            connection.execute("SET idle_in_transaction_session_timeout = 0")
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            moment = connection.execute("SELECT pg_export_snapshot()").fetchone()
            rows = {}
            for schema, name in connection.execute(_TABLES).fetchall():
                count = sql.SQL("SELECT COUNT(*) FROM {}").format(sql.Identifier(schema, name))
                found = connection.execute(count).fetchone()
                if found and found[0]:
                    rows[f"{schema}.{name}"] = int(found[0])
            yield str(moment[0] if moment else ""), rows
            connection.execute("ROLLBACK")
    except psycopg.Error as error:
        raise Failed(f"Cadangan tidak dapat dibuat: {type(error).__name__}") from None


def _quiet(url: str, now: datetime) -> bool:
    try:
        with address(url).connect() as connection:
            return is_long_ago(connection.execute(NEWEST).fetchone(), now)
    except psycopg.Error as error:
        raise Failed(f"Cadangan tidak dapat dibuat: {type(error).__name__}") from None


def how_to_restore(source: Path) -> str:
    """What a person runs: the present database is left alone, the backup goes into a new one."""
    return (
        f"buat basis data baru di server, isi dengan: pg_restore --no-owner --dbname=ALAMAT-BARU {source}"
        f" ; arahkan store di loket.toml ke sana, lalu: kiosk restore {source} --loaded"
    )


def _run(words: list[str], environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603  (our own words; the address was taken apart and put together again)
            words,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"{words[0]} gagal: {type(error).__name__}") from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["tanpa keterangan"])[-1]
        raise Failed(f"{words[0]} gagal: {said[:160]}")
