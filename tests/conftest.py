"""Fixtures that several rooms share: a store of an invented clinic, and a desk on it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kiosk.counter.access import log_in
from kiosk.counter.desk import Desk
from kiosk.store.database import Store
from kiosk.store.engine import sqlite_url
from tests.people import PASSWORD, make_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of the invented clinic on a fresh SQLite file."""
    made = make_store(sqlite_url(tmp_path / "klinik.sqlite3"))
    yield made
    made.close()


@pytest.fixture
async def desk(store: Store) -> AsyncIterator[Desk]:
    """A desk of its own connection on that store, nobody logged in."""
    opened = await Desk.open(store.url, "Loket 1")
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
