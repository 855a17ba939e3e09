"""Every call of the catalogue through our clients against the simulator, over a socket, in every variant."""

import inspect
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from kiosk.pcare import sending
from kiosk.pcare.client import AntreanClient, PCareClient, PCareSettings
from kiosk.simulator.running import Running, running
from tests.conformance import (  # noqa: F401 - each puts its rows into the table
    rows_access,
    rows_groups,
    rows_lines,
    rows_members,
    rows_queue,
    rows_references,
    rows_registrations,
    rows_visits,
)
from tests.conformance.catalogue import CALLS, call_of
from tests.conformance.clinic import Party, clinic_of, parties
from tests.conformance.table import ROWS

PARTIES = parties()
MEMBERS = 1_000


@pytest.fixture(scope="module", autouse=True)
def cheap_clients() -> Iterator[None]:
    """Spare thousands of clients on loopback what has nothing to do with the wire."""
    patch, build = pytest.MonkeyPatch(), sending.tls_context
    made: list[object] = []

    def read_once(settings: PCareSettings) -> object:
        if not made:
            made.append(build(settings))
        return made[0]

    patch.setattr(sending, "tls_context", read_once)
    # httpcore looks for this package, which is not installed, at each of its steps
    patch.setitem(sys.modules, "sniffio", None)
    yield
    patch.undo()


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=PARTIES, ids=[each.name for each in PARTIES])
async def other_side(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Party, Running]]:
    party: Party = request.param
    async with running(facilities=len(ROWS), members=MEMBERS, variants=party.variants) as up:
        yield party, up


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", ROWS)
async def test_(other_side: tuple[Party, Running], name: str) -> None:
    party, up = other_side
    async with clinic_of(up, party, list(ROWS).index(name)) as clinic:
        await ROWS[name](clinic)


async def test_the_table_leaves_out_no_call_of_the_catalogue_and_none_of_the_clients() -> None:
    used: set[str] = set()
    reached: set[str | None] = set()
    for chosen in ({}, {"visit_path": "plain"}):
        async with running(facilities=len(ROWS), members=MEMBERS) as up:
            for at, work in enumerate(ROWS.values()):
                async with clinic_of(up, Party("", {}, chosen), at) as clinic:
                    await work(clinic)
                    used |= clinic.calls
                reached |= {call_of(each["method"], each["path"]) for each in up.calls()}
                up.simulator.log.clear()
    offered = {
        name
        for client in (PCareClient, AntreanClient)
        for name, _ in inspect.getmembers(client, inspect.iscoroutinefunction)
        if not name.startswith("_") and name != "aclose"
    }
    assert offered - used == set()
    assert CALLS - reached == set()
