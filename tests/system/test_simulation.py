"""Nothing lost, nothing twice, nothing stuck: thousands of operations under every fault, in virtual time."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from kiosk.store import outbox_due, outbox_moves, queue
from kiosk.store.transaction import Transaction
from tests.system.simulated import clinic
from tests.system.simulated.clinic import POLICY, Episode
from tests.system.simulated.judge import Verdict, judge
from tests.system.simulated.loop import VirtualStore

OPERATIONS = 150
"""In one episode: about an evening's work of two counters."""
SHARES = 4
"""The campaign is cut into so many tests, so that they can be carried out side by side."""
IN_CI, IN_SOAK = 20_000, 100_000
PLANTED = 12
"""Episodes within which a planted mistake must be noticed."""


@pytest.fixture(scope="module")
def origin() -> Iterator[Path]:
    """A clinic's store before the first patient."""
    path = clinic.template()
    yield path
    clinic.remove(path)


def played(seed: int, origin: Path, **changes: Any) -> Verdict:
    """One episode and what it came to."""
    episode = Episode(seed, origin, **changes)
    try:
        episode.run(OPERATIONS)
        return judge(episode)
    finally:
        episode.close()


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_every_record_is_at_pcare_exactly_once_or_with_a_person(
    share: int, origin: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    soak = request.config.getoption("--soak")
    first = random.SystemRandom().randrange(1_000_000) if soak else 1 + share * 1_000
    figures: Counter[str] = Counter()
    people: Counter[str] = Counter()
    seed = first
    while figures["operations"] < (IN_SOAK if soak else IN_CI) / SHARES:
        verdict = played(seed, origin)
        assert not verdict.wrong, f"seed {seed}: {verdict.wrong}"
        for name in ("operations", "calls", "faults", "crashes", "attempts", "unknown", "sent"):
            figures[name] += getattr(verdict, name)
        people += verdict.with_a_person
        seed += 1
    with capsys.disabled():
        print(
            f"\n  seeds {first}–{seed - 1}: {dict(figures)}, with a person: {dict(people)}; 0 lost, 0 doubled, 0 stuck"
        )
    assert figures["faults"] > figures["calls"] / 10, "there was trouble"
    assert figures["crashes"] and figures["unknown"]


@pytest.mark.parametrize("seed", [3017, 700093, 710145, 720186, 720215, 827950, 56902])
def test_what_a_long_run_once_found_is_found_no_more(seed: int, origin: Path) -> None:
    assert not played(seed, origin).wrong


def noticed(origin: Path, kind: str, **changes: Any) -> int:
    """The seed whose episode notices a planted mistake as `kind`; fails the test when none does."""
    for seed in range(1, PLANTED + 1):
        if kind in played(seed, origin, **changes).wrong:
            return seed
    pytest.fail(f"nobody noticed in {PLANTED} episodes")


def test_sending_again_without_looking_would_be_noticed(origin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def again(tx: Transaction, item: str, reason: str, settle_at: datetime, detail: str | None = None) -> None:
        outbox_moves.back_to_pending(tx, item, reason, None, detail)

    monkeypatch.setattr(outbox_moves, "to_unknown", again)
    assert noticed(origin, "doubled")


def test_reading_back_at_once_would_be_noticed(origin: Path) -> None:
    assert noticed(origin, "doubled", policy=replace(POLICY, settle=0.01))


def test_sending_again_what_a_killed_process_was_sending_would_be_noticed(
    origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pending(tx: Transaction, settle_at: datetime) -> int:
        return tx.execute(
            "UPDATE outbox SET state = 'pending', not_before = 0 WHERE clinic = ? AND state = 'sending'", tx.clinic
        )

    monkeypatch.setattr(outbox_due, "take_over", pending)
    assert noticed(origin, "doubled")


def test_numbers_by_counting_would_be_noticed(origin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give = queue.give

    def count_and_one(tx: Transaction, registration: str, day: date, poli_code: str, *more: Any) -> Any:
        waiting = len(queue.of_day(tx, day, poli_code))
        tx.execute(
            "INSERT INTO counter (clinic, name, last) VALUES (?, ?, ?)"
            " ON CONFLICT (clinic, name) DO UPDATE SET last = ?",
            tx.clinic,
            f"ticket:{day.isoformat()}:{poli_code}",
            waiting,
            waiting,
        )
        return give(tx, registration, day, poli_code, *more)

    monkeypatch.setattr(queue, "give", count_and_one)
    assert noticed(origin, "failed")


class EarlyStore(VirtualStore):
    """Says that it has written, and writes a little later, if it lives so long."""

    async def write(self, work: Any, actor: Any = None) -> Any:
        """Carry it out, take it back, and do it again after the answer was given."""
        kept: list[Any] = []

        def tried(tx: Transaction) -> None:
            kept.append(work(tx))
            raise _TakenBack

        with contextlib.suppress(_TakenBack):
            await super().write(tried, actor)

        def really() -> None:
            done: Future[Any] = self._thread.submit(self._write, work, None, actor)
            done.exception()

        asyncio.get_running_loop().call_later(0.5, really)
        return kept[0]


class _TakenBack(Exception):
    pass


def test_an_acknowledgement_before_the_commit_would_be_noticed(origin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert noticed(origin, "lost", store=EarlyStore)


def test_an_episode_follows_from_its_seed(origin: Path) -> None:
    first, second = (played(5, origin) for _ in range(2))
    assert (first.calls, first.faults, first.attempts, first.sent) == (
        second.calls,
        second.faults,
        second.attempts,
        second.sent,
    )
