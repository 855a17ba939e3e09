"""Fixtures of the screens."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kiosk.store.database import Store
from kiosk.store.engine import sqlite_url
from tests.people import make_store
from tests.screens.driver import Counter, counter_on
from tests.sync.conftest import clinic as clinic


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented clinic's file, made once: hashing its passwords takes a second."""
    path = tmp_path_factory.mktemp("klinik") / "klinik.sqlite3"
    make_store(sqlite_url(path)).close()
    return path


@pytest.fixture
def store(filled_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A store of the test's own: a copy of the closed file."""
    path = tmp_path / "klinik.sqlite3"
    shutil.copy(filled_file, path)
    opened = Store.open(sqlite_url(path))
    yield opened
    opened.close()


@pytest.fixture
async def counter(store: Store, tmp_path: Path) -> AsyncIterator[Counter]:
    """The counter at 80×24, at the login."""
    async with counter_on(store, tmp_path) as made:
        yield made


@pytest.fixture
async def at_search(counter: Counter) -> Counter:
    """The clerk Siti is logged in and in front of the search."""
    await counter.log_in()
    return counter
