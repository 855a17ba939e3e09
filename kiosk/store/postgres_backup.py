"""Backups of a store on PostgreSQL: the server's own pg_dump does the work, where it is installed."""

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kiosk.domain.day import now as present
from kiosk.store.backup import Backup, alone, described, fresh_name, rotate, to_disk
from kiosk.store.database import Store
from kiosk.store.errors import Failed
from kiosk.store.postgres_address import address

SUFFIX = ".pgdump"
LIMIT_SECONDS = 3600


def dump(url: str, folder: Path, clock: Callable[[], datetime] = present) -> Backup:
    """A dump of the whole database, its list of contents read back, under a name as of every backup.

    Raises Unreadable, Failed; says in one line what to run where pg_dump is not installed.
    """
    where = address(url)
    given = conninfo_to_dict(where.conninfo)
    password = given.pop("password", None)
    # The password goes by the environment: everybody on the host can read a command line.
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    plain = make_conninfo("", **{name: value for name, value in given.items() if value is not None})
    if shutil.which("pg_dump") is None or shutil.which("pg_restore") is None:
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
            _run(["pg_dump", "--format=custom", "--no-password", f"--file={fresh}", f"--dbname={plain}"], environment)
            _run(["pg_restore", "--list", str(fresh)], environment)
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
