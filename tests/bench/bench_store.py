"""What a registration costs in the store, how evenly eight counters share it, and how soon a change is seen.

python tests/bench/bench_store.py          prints the figures
pytest tests/bench/bench_store.py -s       asserts the goals

Baselines in the same run: the very statements of our registrations, carried out again on a copy of the store by
Python's own sqlite3, by apsw, and by Peewee without models; for changes, polling four times a second.
"""

import asyncio
import multiprocessing
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import apsw

from kiosk.counter.desk import Desk
from kiosk.counter.register import register
from kiosk.domain.codes import Care, Payer, VisitKind
from kiosk.domain.people import Operator, Role
from kiosk.domain.registration import RegistrationForm
from kiosk.store import participants
from kiosk.store import sqlite as engine
from kiosk.store.database import Store
from kiosk.store.engine import sqlite_url
from kiosk.store.notice import FolderNotice
from kiosk.store.transaction import Transaction
from tests.people import invented, make_store

REGISTRATIONS, PROCESSES, CHANGES, IDLE_SECONDS = 300, 8, 60, 5.0
CLERK = Operator("op-1", "siti", "Siti Uji", Role.ADMIN)
Statement = tuple[str, Any]


@contextmanager
def clinic_with(people: int) -> Iterator[tuple[Path, list[str]]]:
    """A store in a folder of its own, and the ids of invented members."""
    with tempfile.TemporaryDirectory(prefix="loket-bench-") as folder:
        path = Path(folder) / "clinic.sqlite3"
        store = make_store(sqlite_url(path))

        def work(tx: Transaction) -> list[str]:
            return [participants.save(tx, invented(1000 + n, f"Peserta Uji {n}")).id for n in range(people)]

        ids = store.write_now(work)
        store.close()
        yield path, ids


async def seated(path: Path) -> Desk:
    """A desk with a clerk, without the cost of a password."""
    desk = await Desk.open(sqlite_url(path), "Loket uji")
    desk.operator = CLERK
    return desk


def form(desk: Desk, person: str) -> RegistrationForm:
    """An ordinary registration."""
    return RegistrationForm(person, desk.today(), "001", Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT, "batuk")


async def ours(path: Path, people: list[str], trace: Callable[[Any], None] | None = None) -> list[float]:
    """Seconds of each registration through the counter's own function."""
    desk = await seated(path)
    if trace is not None:
        trace(desk)
    found = []
    for person in people:
        began = time.perf_counter()
        await register(desk, form(desk, person))
        found.append(time.perf_counter() - began)
    await desk.close()
    return found


def recorded(path: Path, people: list[str]) -> list[list[Statement]]:
    """The statements of each registration, as SQLite got them."""
    transactions: list[list[Statement]] = []

    def note(cursor: Any, statement: str, bindings: Any) -> bool:
        if statement.startswith("BEGIN"):
            transactions.append([])
        if transactions:
            transactions[-1].append((statement, tuple(bindings or ())))
        return True

    def trace(desk: Desk) -> None:
        store: Any = desk._store
        store._call(lambda: setattr(store._engine.database.connection(), "exec_trace", note))

    asyncio.run(ours(path, people, trace))
    return [each for each in transactions if any(s.startswith("INSERT INTO") for s, _ in each)]


def replayed(transactions: list[list[Statement]], execute: Callable[[str, Any], Any]) -> list[float]:
    """Seconds of each transaction, carried out by `execute`."""
    found = []
    for statements in transactions:
        began = time.perf_counter()
        for statement, bindings in statements:
            for _ in execute(statement, bindings) or ():
                pass
        found.append(time.perf_counter() - began)
    return found


PRAGMAS = (
    "PRAGMA journal_mode = wal",
    "PRAGMA synchronous = full",
    "PRAGMA foreign_keys = 1",
    "PRAGMA temp_store = memory",
)


def registration_costs() -> dict[str, float]:
    """Milliseconds of a registration, medians: ours and the same statements by thinner hands."""
    with clinic_with(REGISTRATIONS) as (path, people):
        copies = {name: path.with_name(f"{name}.sqlite3") for name in ("sqlite3", "apsw", "peewee", "traced")}
        for copy in copies.values():
            shutil.copy(path, copy)
        transactions = recorded(copies["traced"], people)
        plain = sqlite3.connect(copies["sqlite3"], isolation_level=None)
        thin = apsw.Connection(str(copies["apsw"]))
        for pragma in PRAGMAS:
            plain.execute(pragma)
            thin.execute(pragma)
        peewee = engine.connect(sqlite_url(copies["peewee"]))
        peewee.connect()
        found = {
            "sqlite3": replayed(transactions, plain.execute),
            "apsw": replayed(transactions, thin.execute),
            "Peewee without models": replayed(transactions, peewee.execute_sql),
            "ours": asyncio.run(ours(path, people)),
        }
        plain.close()
        thin.close()
        peewee.close()
        statements = statistics.mean(len(each) for each in transactions)
        return {name: statistics.median(values) * 1000 for name, values in found.items()} | {"statements": statements}


def _counter(path: Path, people: list[str], tell: Connection) -> None:
    async def work() -> list[float]:
        desk = await seated(path)
        await register(desk, form(desk, people[0]))
        tell.send("ready")
        tell.recv()
        found = []
        for person in people[1:]:
            began = time.perf_counter()
            await register(desk, form(desk, person))
            found.append(time.perf_counter() - began)
        await desk.close()
        return found

    tell.send(asyncio.run(work()))


def together() -> dict[str, float]:
    """Eight counters at once: registrations a second, milliseconds (median, longest), numbers given and doubled."""
    each = REGISTRATIONS // 4 + 1
    with clinic_with(PROCESSES * each) as (path, people):
        context = multiprocessing.get_context("spawn")
        pipes, running = [], []
        for number in range(PROCESSES):
            mine, theirs = context.Pipe()
            share = people[number * each : (number + 1) * each]
            process = context.Process(target=_counter, args=(path, share, theirs))
            process.start()
            pipes.append(mine)
            running.append(process)
        for pipe in pipes:
            pipe.recv()
        began = time.perf_counter()
        for pipe in pipes:
            pipe.send("go")
        times = [seconds for pipe in pipes for seconds in pipe.recv()]
        elapsed = time.perf_counter() - began
        for process in running:
            process.join()
        store = Store.open(sqlite_url(path))
        numbers = store.read_now(lambda tx: [row["number"] for row in tx.rows("SELECT number FROM ticket")])
        store.close()
    return {
        "per second": len(times) / elapsed,
        "median": statistics.median(times) * 1000,
        "longest": max(times) * 1000,
        "numbers": len(numbers),
        "missing": len(set(range(1, PROCESSES * each + 1)) - set(numbers)),
        "doubled": len(numbers) - len(set(numbers)),
    }


async def seen_after(path: Path) -> list[float]:
    """Seconds until a change by another connection is seen, as a board sees it."""
    watcher, writer = await Store.opened(sqlite_url(path)), await Store.opened(sqlite_url(path))
    changes, found = watcher.changes(), []
    for _ in range(CHANGES):
        waiting = asyncio.create_task(anext(changes))
        await asyncio.sleep(0.03)
        await writer.write(lambda tx: tx.next_number("bench"))
        committed = time.perf_counter()
        async with asyncio.timeout(5):
            await waiting
        found.append(time.perf_counter() - committed)
    began = time.process_time()
    waiting = asyncio.create_task(anext(changes))
    await asyncio.sleep(IDLE_SECONDS)
    idle = (time.process_time() - began) / IDLE_SECONDS
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    watcher.close()
    writer.close()
    return [*sorted(found), idle]


def changes() -> dict[str, float]:
    """Milliseconds until a change is seen (median and 95 of 100) and the share of a core when nothing happens."""
    found: dict[str, float] = {}
    with clinic_with(1) as (path, _):
        for name in ("notice", "polling"):
            own = FolderNotice.__init__
            if name == "polling":
                FolderNotice.__init__ = _none  # type: ignore[method-assign]
            try:
                *times, idle = asyncio.run(seen_after(path))
            finally:
                FolderNotice.__init__ = own  # type: ignore[method-assign]
            found |= {
                f"{name} median": statistics.median(times) * 1000,
                f"{name} p95": times[round(len(times) * 0.95) - 1] * 1000,
                f"{name} idle": idle,
            }
    return found


def _none(self: FolderNotice, folder: Path) -> None:
    raise OSError("polling is measured")


def show(title: str, found: dict[str, float]) -> None:
    """One line a figure."""
    print(f"\n{title}")
    for name, value in found.items():
        print(f"  {name:<24} {value:10.4g}")


def test_a_registration_costs_little_more_than_its_statements() -> None:
    found = registration_costs()
    show(f"registration, ms (ours is {found['ours'] / found['sqlite3']:.1f} × sqlite3)", found)
    assert found["ours"] <= 4 * found["sqlite3"]


def test_eight_counters_share_evenly() -> None:
    found = together()
    show(f"{PROCESSES} counters at once (longest is {found['longest'] / found['median']:.0f} × the median)", found)
    assert (found["missing"], found["doubled"]) == (0, 0)
    assert found["longest"] <= 50 * found["median"]


def test_a_change_is_seen_at_once() -> None:
    found = changes()
    show("a change seen by another process, ms; idle share of a core", found)
    assert found["notice p95"] <= 10
    assert found["polling p95"] <= 300
    assert found["notice idle"] <= 0.005


if __name__ == "__main__":
    show("registration, ms", registration_costs())
    show("counters at once, ms", together())
    show("a change seen by another process, ms; idle share of a core", changes())
