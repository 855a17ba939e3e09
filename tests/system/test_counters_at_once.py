"""Several counter processes on one store: no number twice, none missing, nobody told "locked", kills lose nothing."""

import multiprocessing
import os
import random
import time
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from typing import Any

import pytest

from kiosk.domain.day import local_day, now
from kiosk.domain.queue import label
from kiosk.store import participants
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction
from tests.engines import both_engines
from tests.people import CLINIC, invented, make_store
from tests.system import clerk

pytestmark = both_engines

PROCESSES, EACH = 8, 50
KILLS = 20
SEED = int(os.environ.get("LOKET_SEED") or random.SystemRandom().randrange(2**32))


@pytest.fixture
def processes() -> ForkServerContext:
    """Each child is forked from a clean process that has our modules loaded: no store, no thread is inherited."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.system.clerk"])
    return context


@pytest.fixture
def crowd(store_url: str) -> Iterator[tuple[Store, list[str]]]:
    """A store with enough invented members, and their ids."""
    store = make_store(store_url)

    def work(tx: Transaction) -> list[str]:
        return [participants.save(tx, invented(1000 + n, f"Peserta Uji {n}")).id for n in range(PROCESSES * EACH)]

    people = store.write_now(work)
    yield store, people
    store.close()


def today() -> date:
    return local_day(now(), CLINIC.zone)


def held(store: Store) -> dict[str, Any]:
    """What the store holds of today: registrations with their labels, outbox items, integrity."""

    def read(tx: Transaction) -> dict[str, Any]:
        return {
            "labels": {r["registration"]: r["label"] for r in tx.rows("SELECT registration, label FROM ticket")},
            "registrations": {r["id"] for r in tx.rows("SELECT id FROM registration")},
            "outbox": [r["registration"] for r in tx.rows("SELECT registration FROM outbox ORDER BY position")],
            "positions": [r["position"] for r in tx.rows("SELECT position FROM outbox ORDER BY position")],
        } | (integrity(tx) if store.url.startswith("sqlite") else {})

    def integrity(tx: Transaction) -> dict[str, Any]:
        return {
            "integrity": tx.value("PRAGMA integrity_check"),
            "foreign": tx.rows("PRAGMA foreign_key_check"),
        }

    return store.read_now(read)


def check_whole(found: dict[str, Any]) -> None:
    """Every registration has one ticket and one call; numbers run from one without a gap."""
    count = len(found["registrations"])
    assert sorted(found["labels"].values()) == [label("A", n) for n in range(1, count + 1)]
    assert set(found["labels"]) == found["registrations"]
    assert sorted(found["outbox"]) == sorted(found["registrations"])
    assert found["positions"] == list(range(1, count + 1))
    # The server checks its pages itself.
    assert (found.get("integrity", "ok"), found.get("foreign", [])) == ("ok", [])


def start(context: ForkServerContext, store: Store, people: list[str]) -> tuple[Any, Connection]:
    ours, theirs = context.Pipe()
    process = context.Process(target=clerk.work, args=(store.url, people, today(), theirs), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def acknowledged(ours: Connection) -> list[tuple[str, str]]:
    """Everything that the clerk was told before the end."""
    found = []
    while True:
        try:
            found.append(ours.recv())
        except (EOFError, ConnectionResetError):
            return found


def test_eight_counters_register_at_once_and_no_number_is_double_or_missing(
    processes: ForkServerContext, crowd: tuple[Store, list[str]]
) -> None:
    store, people = crowd
    started = [start(processes, store, people[n * EACH : (n + 1) * EACH]) for n in range(PROCESSES)]
    for _, ours in started:
        assert ours.recv() == clerk.READY
    for _, ours in started:
        ours.send("go")
    told = [acknowledged(ours) for _, ours in started]
    for process, _ in started:
        process.join(30)
        assert process.exitcode == 0, told
    said = [pair for each in told for pair in each]
    assert not [text for word, text in said if word == "error"]
    found = held(store)
    assert dict(said) == found["labels"]
    assert len(said) == PROCESSES * EACH
    check_whole(found)
    # They really wrote at once: not each clerk one block behind the other.
    ranges = sorted((min(text for _, text in each), max(text for _, text in each)) for each in told)
    assert any(after[0] < before[1] for before, after in pairwise(ranges))


def test_twenty_kills_at_random_points_lose_nothing_that_was_acknowledged(
    processes: ForkServerContext, crowd: tuple[Store, list[str]]
) -> None:
    print(f"LOKET_SEED={SEED}")
    chance = random.Random(SEED)
    store, people = crowd
    done: dict[str, str] = {}
    left = list(people)
    cut = 0
    for _ in range(KILLS):
        process, ours = start(processes, store, left)
        assert ours.recv() == clerk.READY
        ours.send("go")
        if chance.random() < 0.7:
            # In the middle of its work, however slow the machine is; else perhaps before it has begun.
            assert ours.poll(30)
        time.sleep(chance.uniform(0, 0.06))
        process.kill()
        told = acknowledged(ours)
        process.join(10)
        assert not [text for word, text in told if word == "error"]
        found = held(store)
        new = {i: text for i, text in found["labels"].items() if i not in done}
        assert dict(told).items() <= new.items(), f"LOKET_SEED={SEED}"
        # What was committed in the very moment of the kill may be there without having been said.
        assert len(new) - len(told) <= 1, f"LOKET_SEED={SEED}"
        check_whole(found)
        cut += process.exitcode == -9
        done.update(new)
        left = people[len(done) :]
    assert cut == KILLS
    assert done, f"LOKET_SEED={SEED}"
