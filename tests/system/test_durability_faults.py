"""The n-th call of the database fails: nothing is kept by half, a sentence is said, and the work goes on."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from kiosk.counter.call import queue
from kiosk.counter.desk import Desk
from kiosk.counter.errors import StoreTrouble
from kiosk.counter.find import search
from kiosk.store import checksums, sqlite
from kiosk.store.engine import sqlite_url
from tests.system.counter_day import Work, check_nothing_lost, desk_at, prepared_store

N, SOAK_N = 100, 1_000
Planned = Callable[[], BaseException]

STATEMENT_FAULTS: dict[str, Planned] = {
    "locked": lambda: apsw.BusyError("database is locked"),
    "full": lambda: apsw.FullError("database or disk is full"),
    "I/O error": lambda: apsw.IOError("disk I/O error"),
}
DISK_FAULTS: dict[str, tuple[str, Planned]] = {
    "full while writing": ("xWrite", lambda: apsw.FullError("full")),
    "I/O error while writing": ("xWrite", lambda: apsw.IOError("write")),
    "I/O error while syncing": ("xSync", lambda: apsw.IOError("fsync")),
    "I/O error while reading": ("xRead", lambda: apsw.IOError("read")),
}


class Countdown:
    """Fails at the n-th call of one kind: once, or from then on."""

    def __init__(self) -> None:
        self.left = 0
        self.what = ""
        self.fault: Planned = RuntimeError
        self.fired = False
        self.stays = False

    def set(self, n: int, what: str, fault: Planned, *, stays: bool = False) -> None:
        self.left, self.what, self.fault, self.fired, self.stays = n, what, fault, False, stays

    def count(self, what: str) -> None:
        if what == self.what and (self.left or (self.fired and self.stays)):
            self.left = max(self.left - 1, 0)
            if not self.left:
                self.fired = True
                raise self.fault()


COUNTDOWN = Countdown()


class FaultyFile(apsw.VFSFile):
    """A file of which one call fails."""

    def excepthook(self, *_: Any) -> None:
        """The fault is ours; SQLite hears of it by its code."""

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  (SQLite's name)
        COUNTDOWN.count("xWrite")
        super().xWrite(data, offset)

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802  (SQLite's name)
        COUNTDOWN.count("xRead")
        return super().xRead(amount, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802  (SQLite's name)
        COUNTDOWN.count("xSync")
        super().xSync(flags)


class FaultyDisk(apsw.VFS):
    """The file system, of which one call fails."""

    def __init__(self, base: str) -> None:
        self.beneath = base
        super().__init__("faulty", base, maxpathname=1024)

    def excepthook(self, *_: Any) -> None:
        """As of the files."""

    def xOpen(self, name: Any, flags: list[int]) -> FaultyFile:  # noqa: N802  (SQLite's name)
        return FaultyFile(self.beneath, name, flags)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A prepared store to be copied."""
    path = tmp_path_factory.mktemp("templat") / "klinik.sqlite3"
    return path, prepared_store(path)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyDisk]:
    """Stores are opened on the faulty disk. Python's file systems share no memory: one connection at a time."""
    real = checksums.vfs()
    assert real is not None
    made = FaultyDisk(real)
    hooks = sqlite.StoreFile._add_conn_hooks

    def alone(self: Any, connection: Any) -> None:
        connection.execute("PRAGMA locking_mode=exclusive")
        hooks(self, connection)
        # So that the log is folded back in the middle of the work too.
        connection.execute("PRAGMA wal_autocheckpoint=20")

    monkeypatch.setattr(checksums, "vfs", lambda: "faulty")
    monkeypatch.setattr(sqlite.StoreFile, "_add_conn_hooks", alone)
    yield made
    made.unregister()


def fresh(template: tuple[Path, list[str]], folder: Path) -> tuple[str, Work]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(template[0], folder / "klinik.sqlite3")
    return sqlite_url(folder / "klinik.sqlite3"), Work(template[1])


def steps(request: pytest.FixtureRequest) -> range:
    return range(1, (SOAK_N if request.config.getoption("--soak") else N) + 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", STATEMENT_FAULTS)
async def test_the_nth_statement_fails(
    template: tuple[Path, list[str]], tmp_path: Path, name: str, request: pytest.FixtureRequest
) -> None:
    seen = Counter(fired=0, said=0, acknowledged=0)
    for n in steps(request):
        url, work = fresh(template, tmp_path / "k")
        desk = await desk_at(url)
        _connection(desk).set_exec_trace(lambda *_: COUNTDOWN.count("statement") or True)
        COUNTDOWN.set(n, "statement", STATEMENT_FAULTS[name])
        await _through(desk, url, work, seen)
    print(f"{name}: {dict(seen)}")
    assert seen["fired"] == seen["said"] >= N


@pytest.mark.slow
@pytest.mark.parametrize("name", DISK_FAULTS)
async def test_the_nth_call_of_the_disk_fails(
    template: tuple[Path, list[str]],
    tmp_path: Path,
    name: str,
    disk: FaultyDisk,
    request: pytest.FixtureRequest,
) -> None:
    what, fault = DISK_FAULTS[name]
    seen = Counter(fired=0, said=0, acknowledged=0)
    for n in steps(request):
        url, work = fresh(template, tmp_path / "k")
        COUNTDOWN.set(n, what, fault)
        desk = await _opened_somehow(url)
        await _through(desk, url, work, seen)
    print(f"{name}: {dict(seen)}")
    assert seen["fired"] > 10


async def _through(desk: Desk, url: str, work: Work, seen: "Counter[str]") -> None:
    """Work until the fault has come, and on; then look."""
    while not COUNTDOWN.fired and work.next < len(work.people) - 4:
        await work.round(desk)
    seen["fired"] += COUNTDOWN.fired
    COUNTDOWN.set(0, "", RuntimeError)
    before = len(work.told)
    await work.round(desk)
    assert len(work.told) == before + 2, "it goes on"
    await desk.close()
    await check_nothing_lost(url, work)
    seen.update(said=bool(work.sentences), acknowledged=len(work.told))


async def _opened_somehow(url: str) -> Desk:
    """A fault may meet the opening: then it is said, and the next try succeeds."""
    try:
        return await desk_at(url)
    except StoreTrouble as trouble:
        assert trouble.message.startswith("Penyimpanan")
        return await desk_at(url)


def _connection(desk: Desk) -> Any:
    store = desk._store
    return store._thread.submit(store._engine.database.connection).result()


@pytest.mark.parametrize("n", [1, 7, 60])
async def test_a_disk_that_turns_read_only_is_said_and_reading_goes_on(
    template: tuple[Path, list[str]], tmp_path: Path, disk: FaultyDisk, n: int
) -> None:
    """The kernel turns a file system with errors read-only under a program that is at work."""
    url, work = fresh(template, tmp_path / "k")
    desk = await desk_at(url)
    COUNTDOWN.set(n, "xWrite", lambda: apsw.ReadOnlyError("readonly"), stays=True)
    while not COUNTDOWN.fired:
        await work.round(desk)
    for _ in range(2):
        await work.round(desk)
    assert len(work.sentences) >= 4
    assert all(said.startswith("Penyimpanan gagal") for said in work.sentences)
    assert (await search(desk, "Peserta Uji 7")).rows
    await queue(desk)
    await _through(desk, url, work, Counter())


def test_a_fault_that_is_not_handled_would_be_seen(template: tuple[Path, list[str]], tmp_path: Path) -> None:
    """The planted fault: a registration that is acknowledged before its transaction has ended."""
    url, work = fresh(template, tmp_path / "k")
    work.told["yang-tidak-ada"] = "A-001"
    with pytest.raises(AssertionError):
        asyncio.run(check_nothing_lost(url, work))
