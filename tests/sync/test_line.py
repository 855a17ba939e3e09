"""What may stop the sender and what may not: a broken list, a path that is not offered, a refused login."""

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kiosk.counter.ask import ask_hospitals, wait_for
from kiosk.counter.status import status
from kiosk.counter.views import Link
from kiosk.domain.codes import InquiryState, OutboxState
from kiosk.pcare.errors import AccessDenied, ClockSkew, LoginRejected, NotSent, OutcomeUnknown, PCareError, Reason
from kiosk.store.database import Store
from kiosk.store.errors import StoreError
from kiosk.sync import process
from kiosk.sync.line import Line, LinkWord
from kiosk.sync.policy import Policy
from tests.sync.conftest import FAST, ClinicDay


class Watch:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def new_line() -> tuple[Line, Watch]:
    watch = Watch()
    return Line(Policy(probe=10, probe_quiet=60, probe_stopped=900), watch, random.Random(1)), watch


@pytest.mark.parametrize(
    ("error", "word", "tried_again_after"),
    [
        (NotSent(Reason.UNREACHABLE), LinkWord.OFFLINE, 10),
        (NotSent(Reason.QUOTA, retry_after=120), LinkWord.OFFLINE, 120),
        (OutcomeUnknown(Reason.TIMEOUT), LinkWord.OFFLINE, 10),
        (OutcomeUnknown(Reason.UNREADABLE), LinkWord.ONLINE, 60),
        (NotSent(Reason.TLS), LinkWord.STOPPED, 900),
        (AccessDenied(Reason.CONSUMER_EXPIRED), LinkWord.STOPPED, 900),
        (ClockSkew(Reason.CLOCK), LinkWord.STOPPED, 0),
        (LoginRejected(Reason.LOGIN), LinkWord.STOPPED, None),
    ],
    ids=lambda value: str(value) if isinstance(value, PCareError) else "",
)
def test_each_failure_rests_as_long_as_it_should(
    error: PCareError, word: LinkWord, tried_again_after: float | None
) -> None:
    line, watch = new_line()
    line.answered()
    line.failed(error)
    assert line.word == word
    assert line.may_send() == (word == LinkWord.ONLINE)
    if tried_again_after is None:
        watch.on(10**7)
        assert not line.may_probe()
        line.wake()
        assert line.may_probe()
    else:
        watch.on(tried_again_after * 0.45)
        assert line.may_probe() == (tried_again_after == 0)
        watch.on(tried_again_after)
        assert line.may_probe()


def test_a_second_refusal_for_the_clock_rests_longer() -> None:
    line, watch = new_line()
    line.failed(ClockSkew(Reason.CLOCK))
    line.failed(ClockSkew(Reason.CLOCK))
    watch.on(100)
    assert not line.may_probe()


def test_an_answer_still_under_way_does_not_open_a_line_whose_login_was_refused() -> None:
    """Four calls side by side: the answer to an older one must not lead to a loop of refused logins."""
    line, _ = new_line()
    line.answered()
    line.failed(LoginRejected(Reason.LOGIN))
    line.answered()
    assert (line.word, line.may_send(), line.may_probe()) == (LinkWord.STOPPED, False, False)


@pytest.mark.parametrize("status_code", [500, 404])
async def test_a_list_that_pcare_cannot_give_holds_up_nobody(clinic: ClinicDay, status_code: int) -> None:
    person = await clinic.member(0)
    await clinic.stop_sync()
    clinic.policy = replace(FAST, lists_every=0.001)
    for path in ("dokter", "alergi", "spesialis"):
        clinic.simulator.set_faults({"kind": "error", "status": status_code, "path": path})
    made = await clinic.register(person)
    clinic.start_sync()
    assert await clinic.settled() == [OutboxState.DONE]
    await clinic.serve(made)
    await clinic.settled()
    assert (await status(clinic.desk)).link == Link.ONLINE
    assert await clinic.doctors(), "the rows of before are kept"


async def test_a_question_that_pcare_does_not_offer_stops_nothing(clinic: ClinicDay) -> None:
    person = await clinic.member(0)
    clinic.simulator.set_faults({"kind": "error", "status": 404, "path": "spesialis"})
    asked = await ask_hospitals(
        clinic.desk, day=clinic.desk.today(), participant_id=person, subspecialty_code="26", sarana_code="1"
    )
    answer: Any = await wait_for(clinic.desk, asked)
    assert answer.state == InquiryState.UNANSWERED
    assert (await status(clinic.desk)).link == Link.ONLINE
    await clinic.register(person)
    await clinic.settled()


async def test_the_daily_backup_is_made_beside_the_work(clinic: ClinicDay, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup that fails stops nothing, and the next look tries again."""
    await clinic.stop_sync()
    monkeypatch.setattr(process, "BACKUP_LOOK", 0.02)
    looks: list[int] = []

    def nightly() -> object:
        looks.append(len(looks))
        if len(looks) == 1:
            raise StoreError("penuh")
        return object()

    stop = asyncio.Event()
    store = await Store.opened(clinic.store.url)
    running = asyncio.create_task(process.SyncProcess(store, clinic.secrets, FAST, nightly=nightly).run(stop))
    await clinic.register(await clinic.member(0))
    await clinic.settled()
    async with asyncio.timeout(5):
        while len(looks) < 3:
            await asyncio.sleep(0.02)
    stop.set()
    await running
    store.close()
