"""Being told of what others wrote, and the log that is folded back in quiet moments."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from kiosk.store import notice, sqlite
from kiosk.store.database import Store
from kiosk.store.engine import sqlite_path
from kiosk.store.transaction import Transaction
from tests.engines import both_engines


@pytest.fixture
def other(store: Store) -> Iterator[Store]:
    """A second process's connection to the same file."""
    second = Store.open(store.url)
    yield second
    second.close()


def touch(tx: Transaction) -> int:
    return tx.next_number("test")


def given(tx: Transaction) -> int:
    return int(tx.value("SELECT last FROM counter WHERE clinic = ? AND name = 'test'", tx.clinic))


async def noticed(changes: AsyncGenerator[None], seconds: float = 5) -> bool:
    try:
        await asyncio.wait_for(anext(changes), seconds)
    except TimeoutError:
        return False
    return True


async def delays(store: Store, other: Store, times: int) -> list[float]:
    """How long each change took to be seen, in seconds."""
    changes = store.changes()
    found = []
    for _ in range(times):
        waiting = asyncio.create_task(anext(changes))
        await asyncio.sleep(0.05)
        await other.write(touch)
        committed = time.perf_counter()
        await asyncio.wait_for(waiting, 5)
        found.append(time.perf_counter() - committed)
    await changes.aclose()
    return sorted(found)


@both_engines
async def test_a_change_is_noticed_long_before_the_next_poll(store: Store, other: Store) -> None:
    found = await delays(store, other, 15)
    assert found[7] < sqlite.POLL_SECONDS / 5, "median in seconds"


@both_engines
async def test_every_change_of_a_burst_is_seen_in_the_end(store: Store, other: Store) -> None:
    changes = store.changes()
    waiting = asyncio.create_task(noticed(changes))
    await asyncio.sleep(0.05)
    for _ in range(30):
        await other.write(touch)
    assert await waiting
    while await store.read(given) < 30:
        assert await noticed(changes), "the last change of a burst got lost"
    await changes.aclose()


@both_engines
async def test_what_we_wrote_ourselves_is_no_news(store: Store) -> None:
    changes = store.changes()
    waiting = asyncio.create_task(noticed(changes, 0.6))
    await asyncio.sleep(0.05)
    await store.write(touch)
    assert not await waiting


async def test_without_notices_the_store_is_polled(store: Store, other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: Path) -> int:
        raise OSError("no instance left")

    monkeypatch.setattr(notice, "_watch", none)
    assert await delays(store, other, 2)


async def test_a_notice_that_got_lost_is_made_up_for_by_the_slow_poll(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "NOTICED_POLL_SECONDS", 0.1)
    monkeypatch.setattr(notice.FolderNotice, "_read", lambda self: None)
    assert await delays(store, other, 2)


async def test_the_log_is_emptied_when_nobody_reads(store: Store, other: Store) -> None:
    log = Path(f"{sqlite_path(store.url)}-wal")
    for _ in range(20):
        await other.write(touch)
    assert log.stat().st_size > 0
    assert await store.checkpoint()
    assert log.stat().st_size == 0
    assert await other.write(touch) == 21, "nothing was lost with the log"


async def test_a_reader_is_not_waited_for(store: Store, other: Store) -> None:
    await other.write(touch)
    reading, done = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(tx: Transaction) -> None:
        tx.value("SELECT COUNT(*) FROM counter")
        loop.call_soon_threadsafe(reading.set)
        asyncio.run_coroutine_threadsafe(done.wait(), loop).result(10)

    held = asyncio.create_task(other.read(slow))
    await reading.wait()
    await store.write(touch)
    started = time.perf_counter()
    assert not await store.checkpoint()
    assert time.perf_counter() - started < 2
    done.set()
    await held
    assert await store.checkpoint()


async def test_who_is_told_to_stop_in_the_moment_of_a_notice_stops(tmp_path: Path) -> None:
    """On Python 3.11 asyncio.wait_for would swallow the cancellation, and the sync process would never end."""
    async with notice.FolderNotice(tmp_path) as told:

        async def watch() -> None:
            while True:
                await told.wait(5)

        for turns in range(8):
            watching = asyncio.create_task(watch())
            await asyncio.sleep(0)
            told._told.set()
            for _ in range(turns % 4):
                await asyncio.sleep(0)
            watching.cancel()
            done, _ = await asyncio.wait({watching}, timeout=0.5)
            assert watching in done


async def test_what_others_write_among_our_own_work_is_noticed_soon(store: Store, other: Store) -> None:
    changes = store.changes()
    found = []
    for _ in range(12):
        waiting = asyncio.create_task(anext(changes))
        await asyncio.sleep(0.03)
        await asyncio.gather(store.write(touch), other.write(touch), store.write(touch))
        written = time.perf_counter()
        async with asyncio.timeout(5):
            await waiting
        found.append(time.perf_counter() - written)
    await changes.aclose()
    assert sorted(found)[6] < 1, "median in seconds; the poll beside it looks each two"
