"""Fixtures that several rooms share: a store of an invented clinic, and a desk on it."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kiosk.counter import access
from kiosk.counter.access import log_in
from kiosk.counter.desk import Desk
from kiosk.store.database import Store
from kiosk.store.engine import sqlite_url
from kiosk.store.key import new_key, write_key
from tests.fortress import counted as counted
from tests.fortress import pytest_terminal_summary as pytest_terminal_summary
from tests.people import PASSWORD, READER, make_store

if TYPE_CHECKING:
    from argon2 import PasswordHasher

    from tests.postgres import Server


@pytest.fixture(scope="session", autouse=True)
def real_hasher() -> Iterator[Callable[[], "PasswordHasher"]]:
    """What hashes passwords in a clinic. Here they cost little, unless a test asks for this.

    The real hash takes a quarter of a second of the processor, and there are a thousand logins. Other processes use it.
    """
    from argon2 import PasswordHasher

    real = access._hasher
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(access, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield real


@pytest.fixture(scope="session")
def postgres() -> Iterator["Server"]:
    """A PostgreSQL server of our own. Without the programs tests are skipped, unless LOKET_NEED_POSTGRES is set."""
    from tests.postgres import Server, binaries

    found = binaries()
    if found is None:
        if os.environ.get("LOKET_NEED_POSTGRES"):
            pytest.fail("no PostgreSQL server is installed (Debian: postgresql)")
        pytest.skip("no PostgreSQL server is installed (Debian: postgresql)")
    server = Server(found)
    yield server
    server.remove()


@pytest.fixture
def engine() -> str:
    """The engine of this test; `tests.engines.both_engines` gives one after the other.

    LOKET_ENGINE=postgresql tries on the server what else runs on SQLite alone; LOKET_ENGINE=encrypted in such a file.
    """
    return os.environ.get("LOKET_ENGINE", "sqlite")


@pytest.fixture
def store_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a store that is to be made: a file, or a database of its own on the server."""
    if engine == "sqlite":
        yield sqlite_url(tmp_path / "klinik.sqlite3")
        return
    if engine == "encrypted":
        key_file = tmp_path / "loket.kunci"
        write_key(key_file, new_key())
        yield sqlite_url(tmp_path / "klinik.sqlite3", key_file)
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.fresh()
    yield url
    server.drop(url)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--soak`: the long forms of the campaigns, with seeds that nobody chose; `--snapshot-update`: new pictures."""
    parser.addoption("--soak", action="store_true", help="long campaigns with new seeds (minutes to hours)")
    parser.addoption("--pictures", metavar="FOLDER", help="draw the screens of tests/snapshots as SVG files")
    parser.addoption("--snapshot-update", action="store_true", help="take the pictures of the screens anew")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long tests first, dealt out among the workers: at the end nobody waits for one of them.

    xdist's "worksteal" gives each worker the next even share of the list.
    """
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    long = [item for item in items if item.get_closest_marker("slow")]
    rest = iter([item for item in items if not item.get_closest_marker("slow")])
    dealt: list[pytest.Item] = []
    for worker in range(workers):
        share = (len(items) - len(dealt)) // (workers - worker)
        own = long[worker::workers]
        dealt += [*own, *islice(rest, max(0, share - len(own)))]
    items[:] = [*dealt, *rest]


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A store of the invented clinic."""
    made = make_store(store_url)
    yield made
    made.close()


@pytest.fixture
async def desk(store: Store) -> AsyncIterator[Desk]:
    """A desk of its own connection on that store; at it the head of the clinic, who may look and change nothing."""
    opened = await Desk.open(store.url, "Loket 1")
    opened.operator = READER
    yield opened
    await opened.close()


@pytest.fixture
async def clerk(desk: Desk) -> Desk:
    """The desk with the clerk Siti logged in."""
    await log_in(desk, "siti", PASSWORD)
    return desk


@pytest.fixture
async def admin(desk: Desk) -> Desk:
    """The desk with the admin logged in: may register and serve."""
    await log_in(desk, "admin", PASSWORD)
    return desk
