"""Our clients against the simulator over https: nothing leaves before the other side is trusted."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from kiosk.pcare.client import AntreanClient
from kiosk.pcare.errors import NotSent, OutcomeUnknown, PCareError, Reason
from kiosk.simulator.faults import TLS_MODES
from kiosk.simulator.running import running
from tests.conformance.clinic import Clinic, Party, clinic_of

PARTY = Party("default", {}, {})
DEADLINE = 1.5
LIMITS = {"deadline": DEADLINE, "question_deadline": DEADLINE}
SLACK = 0.5

# how the simulator greets: what the client calls it
REASONS = {
    "self-signed": Reason.TLS,
    "wrong-host": Reason.TLS,
    "expired": Reason.TLS_DATE,
    "not-yet-valid": Reason.TLS_DATE,
    "refused": Reason.TLS,
    "cut": Reason.TLS,
    "plain": Reason.TLS,
    "silent": Reason.CONNECT_TIMEOUT,
}


@pytest.fixture
async def clinic() -> AsyncIterator[Clinic]:
    async with running(members=500, tls=True) as up, clinic_of(up, Party("", {}, LIMITS), 0) as one:
        yield one


async def write(clinic: Clinic) -> object:
    return await clinic.pcare.add_registration(clinic.registration(clinic.member()))


async def question(clinic: Clinic) -> object:
    return await clinic.pcare.participant_by_card(clinic.member().card)


async def queue(clinic: Clinic) -> object:
    return await clinic.antrean.polis(clinic.today)


CALLS: dict[str, Callable[[Clinic], Awaitable[object]]] = {"write": write, "question": question, "queue": queue}


async def test_a_registration_goes_over_https_and_is_read_back(clinic: Clinic) -> None:
    assert clinic.running.credentials.base_url.startswith("https://")
    assert await write(clinic) == "A1"
    (listed,) = await clinic.pcare.all_registrations_on(clinic.today)
    assert listed.card_number == clinic.member().card
    assert await queue(clinic)


@pytest.mark.parametrize("mode", TLS_MODES)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_nothing_is_sent_to_whom_the_client_cannot_trust(
    clinic: Clinic, mode: str, call: Callable[[Clinic], Awaitable[object]]
) -> None:
    clinic.running.set_faults(tls=mode)
    started = time.monotonic()
    with pytest.raises(PCareError) as caught:
        await call(clinic)
    assert time.monotonic() - started < DEADLINE + SLACK
    assert (type(caught.value), caught.value.reason) == (NotSent, REASONS[mode])
    assert caught.value.exchange is not None and not caught.value.exchange.sent
    assert clinic.running.ledger()["calls"] == 0 and clinic.running.calls() == []
    clinic.running.clear_faults()
    assert await call(clinic)
    assert clinic.running.ledger()["calls"] == 1


async def test_an_authority_that_was_not_named_is_not_trusted(clinic: Clinic) -> None:
    stranger = await clinic.also(ca_file=None)
    with pytest.raises(NotSent) as caught:
        await stranger.add_registration(clinic.registration(clinic.member()))
    assert caught.value.reason is Reason.TLS
    async with AntreanClient(clinic.settings(ca_file=None)) as antrean:
        with pytest.raises(NotSent):
            await antrean.polis(clinic.today)
    assert clinic.running.ledger()["calls"] == 0


# Faults that break the connection itself: (how the call ends, whether it took effect)
BROKEN: dict[str, tuple[type[PCareError], Reason, bool]] = {
    "lost_reply": (OutcomeUnknown, Reason.CUT, True),
    "reset": (OutcomeUnknown, Reason.CUT, False),
    "outage": (OutcomeUnknown, Reason.CUT, False),
    "outage:mode=refused": (NotSent, Reason.UNREACHABLE, False),
    "outage:mode=deaf": (NotSent, Reason.CONNECT_TIMEOUT, False),
    "outage:mode=hang": (OutcomeUnknown, Reason.TIMEOUT, False),
    "hang": (OutcomeUnknown, Reason.TIMEOUT, False),
    "slow_body:seconds=0.2": (OutcomeUnknown, Reason.TIMEOUT, True),
    "truncated": (OutcomeUnknown, Reason.CUT, True),
    "truncated:at=0": (OutcomeUnknown, Reason.CUT, True),
    "wrong_length": (OutcomeUnknown, Reason.TIMEOUT, True),
    "garbage": (OutcomeUnknown, Reason.CUT, True),
    "endless_100": (OutcomeUnknown, Reason.TIMEOUT, False),
    "giant_headers": (OutcomeUnknown, Reason.CUT, True),
    "endless_chunks": (OutcomeUnknown, Reason.TOO_LARGE, True),
    "gzip_bomb": (OutcomeUnknown, Reason.UNREADABLE, True),
    "deep_json": (OutcomeUnknown, Reason.UNREADABLE, True),
}


@pytest.mark.parametrize("fault", BROKEN)
async def test_faults_of_the_line_are_the_same_behind_the_encryption(clinic: Clinic, fault: str) -> None:
    kind, reason, took_effect = BROKEN[fault]
    clinic.running.set_faults(fault)
    await asyncio.sleep(0.02)
    started = time.monotonic()
    with pytest.raises(PCareError) as caught:
        await write(clinic)
    assert time.monotonic() - started < DEADLINE + SLACK
    assert (type(caught.value), caught.value.reason) == (kind, reason)
    assert len(clinic.ledger("registrations")) == took_effect
    clinic.running.clear_faults()
    await asyncio.sleep(0.02)
    assert await queue(clinic)


async def test_a_call_that_is_late_is_late_behind_the_encryption_too(clinic: Clinic) -> None:
    clinic.running.set_faults("late:seconds=0.2")
    with pytest.raises(OutcomeUnknown):
        await write(clinic)
    assert clinic.ledger("registrations") == []
    await asyncio.sleep(0.4)
    assert len(clinic.ledger("registrations")) == 1


async def test_the_simulator_ends_at_once_with_calls_hanging_over_https() -> None:
    async with running(members=500, tls=True) as up, clinic_of(up, PARTY, 0) as clinic:
        up.set_faults("hang")
        hanging = [asyncio.create_task(question(clinic)) for _ in range(3)]
        await asyncio.sleep(0.3)
        started = time.monotonic()
        await up.simulator.stop()
        assert time.monotonic() - started < 2
        ended = await asyncio.gather(*hanging, return_exceptions=True)
    assert {type(each) for each in ended} == {OutcomeUnknown}


def test_every_kind_of_bad_https_has_its_reason() -> None:
    assert tuple(REASONS) == TLS_MODES
