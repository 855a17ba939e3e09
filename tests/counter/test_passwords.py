"""How passwords are kept: the hash that RFC 9106 gives for little memory, and old ones renewed at the next login."""

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from kiosk.counter import access
from kiosk.counter.desk import Desk
from kiosk.store import operators
from kiosk.store.database import Store
from tests.people import PASSWORD


def hashed(store: Store, login: str) -> str:
    found = store.read_now(lambda tx: operators.find(tx, login))
    assert found is not None
    return found[1]


async def test_a_hash_of_other_parameters_is_renewed_when_its_owner_logs_in(
    store: Store, desk: Desk, monkeypatch: pytest.MonkeyPatch, real_hasher: Callable[[], PasswordHasher]
) -> None:
    monkeypatch.setattr(access, "_hasher", real_hasher)
    before = hashed(store, "siti")
    assert extract_parameters(before) != RFC_9106_LOW_MEMORY
    with pytest.raises(access.LoginRefused):
        await access.log_in(desk, "siti", PASSWORD + "x")
    assert hashed(store, "siti") == before
    await access.log_in(desk, "siti", PASSWORD)
    after = hashed(store, "siti")
    assert extract_parameters(after) == RFC_9106_LOW_MEMORY
    assert PASSWORD not in after
    await access.log_in(desk, "siti", PASSWORD)
    assert hashed(store, "siti") == after


def test_nobody_is_hashed_as_long_as_somebody() -> None:
    """An unknown name takes the time of a known one."""
    assert extract_parameters(access._NOBODY) == RFC_9106_LOW_MEMORY
