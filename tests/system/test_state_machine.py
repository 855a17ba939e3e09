"""Whatever people, the line and the power do, in whatever order: nothing lost, nothing twice."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kiosk.counter.errors import CounterError
from kiosk.domain.codes import OutboxState
from kiosk.pcare.errors import PCareError
from tests.system.simulated import clinic
from tests.system.simulated.clinic import Episode
from tests.system.simulated.judge import judge
from tests.system.simulated.remote import FATES

DEEDS = (
    "register",
    "register",
    "serve",
    "serve_wrongly",
    "put_right",
    "correct",
    "cancel",
    "delete_visit",
    "add_line",
    "edit_line",
    "delete_line",
    "call",
    "act",
    "colleague_registers",
    "colleague_deletes",
    "colleague_deletes_visit",
)


class Evening(RuleBasedStateMachine):
    """One clinic; every rule is something that somebody does, or that happens."""

    origin: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.episode = Episode(1, self.origin)
        self.episode.trouble.rate = 0.0
        self.episode.loop.at_step = self.episode.at_step
        self._do(self.episode.open)

    def _do(self, what: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        asyncio.set_event_loop(self.episode.loop)
        self.episode.loop.run_until_complete(what())

    @rule(name=st.sampled_from(DEEDS), desk=st.integers(0, 1), choice=st.integers(0, 10_000))
    def somebody_does(self, name: str, desk: int, choice: int) -> None:
        """A deed at one of the two counters; `choice` decides about whom."""
        self.episode.chance.seed(choice)
        self.episode.known.operations += 1

        async def deed() -> None:
            # Refused with a reason, as a person would see it.
            with contextlib.suppress(CounterError, PCareError):
                await getattr(self.episode, f"do_{name}")(self.episode.desks[desk])

        self._do(deed)

    @rule(fate=st.sampled_from(FATES), count=st.integers(1, 3))
    def the_next_calls_meet(self, fate: str, count: int) -> None:
        """Trouble on the way, from now on."""
        self.episode.trouble.next_fates += [fate] * count

    @rule(seconds=st.sampled_from((0.05, 0.5, 3.0, 10.0, 30.0, 400.0)))
    def time_passes(self, seconds: float) -> None:
        """The sync process does what it can."""
        self._do(lambda: asyncio.sleep(seconds))

    @rule(turns=st.integers(1, 200))
    def the_power_fails(self, turns: int) -> None:
        """After so many turns of the loop, wherever that is."""
        self.episode.crash_at = self.episode.step + turns

    @rule(outage=st.booleans())
    def the_line(self, outage: bool) -> None:
        """Breaks, or comes back."""
        self.episode.trouble.outage = outage

    @rule(seconds=st.sampled_from((-86_400, -3_600, -20, 20, 3_600, 3 * 86_400)))
    def the_clock_is_set(self, seconds: int) -> None:
        """Wrongly, or right again."""
        self.episode.set_by = timedelta() if self.episode.set_by else timedelta(seconds=seconds)

    @invariant()
    def no_addition_was_sent_twice(self) -> None:
        """As P-Care sees it."""
        assert not self.episode.seen.doubled

    @invariant()
    def at_most_one_call_of_a_chain_is_on_its_way(self) -> None:
        """As the store sees it."""
        store = self.episode.desks[0]._store
        chains = store.read_now(
            lambda tx: tx.rows(
                "SELECT chain FROM outbox WHERE clinic = ? AND state = ? GROUP BY chain HAVING COUNT(*) > 1",
                tx.clinic,
                OutboxState.SENDING,
            )
        )
        assert not chains

    def teardown(self) -> None:
        """The trouble ends, and everything finds its end."""
        self.episode.trouble.next_fates.clear()
        self.episode.set_by = timedelta()
        try:
            self._do(self.episode.finish)
            verdict = judge(self.episode)
            assert not verdict.wrong, verdict.wrong
        finally:
            self.episode.loop.at_step = None
            asyncio.set_event_loop(None)
            self.episode.close()


@pytest.fixture(scope="module")
def origin() -> Iterator[Path]:
    """A clinic's store before the first patient."""
    path = clinic.template()
    yield path
    clinic.remove(path)


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_whatever_happens_in_whatever_order(
    origin: Path, request: pytest.FixtureRequest
) -> None:
    Evening.origin = origin
    run_state_machine_as_test(
        Evening,
        settings=settings(
            max_examples=2_000 if request.config.getoption("--soak") else 40,
            stateful_step_count=40,
            deadline=None,
            derandomize=not request.config.getoption("--soak"),
            suppress_health_check=list(HealthCheck),
        ),
    )
