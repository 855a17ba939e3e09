"""A PostgreSQL server of our own for tests: started once, on a socket in a temporary folder, gone at the end.

Each test has a database of its own, cloned from one in which the tables are ready.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from kiosk.store.database import Store

USER = "loket"
READY_SECONDS = 30
ROOM = 700 * 1024 * 1024
TEMPLATE = "loket_siap"


def binaries() -> Path | None:
    """The folder of the newest server that is installed; None when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


def _memory() -> Path | None:
    """A folder in memory where there is room: a database for each test is hard work for a disk."""
    shared = Path("/dev/shm")
    return shared if shared.is_dir() and shutil.disk_usage(shared).free > ROOM else None


class Server:
    """A running server; it dies with this process."""

    def __init__(self, bin_folder: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="loket-pg-", dir=_memory()))
        self.bin = bin_folder
        self._count = 0
        self._as = ["setpriv", "--pdeathsig=INT"]
        if os.geteuid() == 0:
            # The server refuses to run as root.
            shutil.chown(self.folder, "postgres", "postgres")
            self._as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=INT"]
        self._run("initdb", "-D", "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.process: subprocess.Popen[bytes] | None = None
        self.start()
        with self.admin() as admin:
            # An order of a language, as a server may well have: the store must not depend on it.
            admin.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0 ICU_LOCALE 'id-ID' LOCALE_PROVIDER icu")
        Store.open(self.url(TEMPLATE), create=True).close()

    def url(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    def admin(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection beside the stores'."""
        return psycopg.connect(self.url("postgres"), autocommit=True)

    def fresh(self) -> str:
        """A new database with the tables ready; its address."""
        self._count += 1
        name = f"klinik_{self._count}"
        with self.admin() as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self.url(name)

    def empty(self) -> str:
        """A new database without tables; its address."""
        self._count += 1
        name = f"kosong_{self._count}"
        with self.admin() as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Let a database go, whoever is still connected."""
        name = url.split("?", 1)[0].rsplit("/", 1)[1]
        with self.admin() as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.process = subprocess.Popen(
            [
                *self._as,
                str(self.bin / "postgres"),
                *("-D", str(self.folder / "data"), "-k", str(self.folder)),
                *("-c", "listen_addresses=", "-c", "shared_buffers=32MB", "-c", "max_connections=60"),
                *("-c", "max_wal_size=64MB", "-c", "min_wal_size=32MB"),
                *("-c", "fsync=on", "-c", "autovacuum=off", "-c", "log_min_messages=panic"),
            ],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + READY_SECONDS
        while True:
            try:
                self.admin().close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise
                time.sleep(0.02)

    def stop(self, how: int = signal.SIGINT) -> None:
        """End it: SIGINT tidily, SIGQUIT as if the power went."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(READY_SECONDS)

    def remove(self) -> None:
        """End it and delete its folder."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [*self._as, str(self.bin / program), *words], cwd=self.folder, check=True, stdout=subprocess.DEVNULL
        )
