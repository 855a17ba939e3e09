"""A clinic that uses Mobile JKN's queue, and what the service was told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.counter.outbox import outbox
from kiosk.counter.views import OutboxRow
from kiosk.domain.codes import QUEUE_KINDS, OutboxKind, OutboxState
from kiosk.store import sync_state
from tests.sync.conftest import ClinicDay, write_secrets

ALL_DAY = "00:00-23:59"
ADD, CALL, CANCEL = OutboxKind.QUEUE_ADD, OutboxKind.QUEUE_CALL, OutboxKind.QUEUE_CANCEL
ZONE = "Asia/Jakarta"


def set_hours(clinic: ClinicDay, *hours: str, poli: str = "001") -> None:
    """Give the simulator's clinic doctors in one poli with these hours, on Sundays too; none without hours."""
    facility = clinic.simulator.world.clinic
    first = facility.doctors[0]
    doctors = tuple(
        replace(first, poli=poli, hours=each, hfis_code=first.hfis_code + at, off_on_sunday=False)
        for at, each in enumerate(hours)
    )
    object.__setattr__(facility, "doctors", doctors or (replace(first, poli="999"),))


async def switched(clinic: ClinicDay, on: bool) -> None:
    """Wait until the counters know whether Mobile JKN is used."""
    async with asyncio.timeout(5):
        while await clinic.desk.read(sync_state.queue_service) != on:
            await asyncio.sleep(0.02)


@pytest.fixture
async def jkn(clinic: ClinicDay) -> AsyncIterator[ClinicDay]:
    """The clinic with Mobile JKN switched on and a doctor who is there all day."""
    set_hours(clinic, ALL_DAY)
    switch_on(clinic.secrets, clinic)
    await switched(clinic, on=True)
    yield clinic


def switch_on(path: Path, clinic: ClinicDay) -> None:
    """Write the queue service into the secrets, as an admin does."""
    known = clinic.simulator.credentials
    write_secrets(path, known.as_dict(), antrean_url=known.antrean_url, antrean_user_key=known.antrean_user_key)


async def items(clinic: ClinicDay) -> list[tuple[OutboxKind, OutboxState, str | None]]:
    """The queue service's items, oldest first."""
    return [(r.item.kind, r.item.state, r.item.reason) for r in await rows(clinic)]


async def rows(clinic: ClinicDay) -> list[OutboxRow]:
    return [row for row in await outbox(clinic.desk) if row.item.kind in QUEUE_KINDS]


async def until(clinic: ClinicDay, *wanted: tuple[OutboxKind, OutboxState, str | None]) -> None:
    """Wait until the queue service's items are just these."""
    try:
        async with asyncio.timeout(30):
            while await items(clinic) != list(wanted):
                await asyncio.sleep(0.02)
    except TimeoutError:
        assert await items(clinic) == list(wanted)


def tickets(clinic: ClinicDay) -> list[dict[str, Any]]:
    """The numbers that the service holds."""
    held = clinic.simulator.ledger()["tickets"]
    return [row.get("row", row) for row in (held.values() if isinstance(held, dict) else held)]


def posts(clinic: ClinicDay, path: str) -> int:
    """How many calls of this path the service got."""
    return sum(1 for each in clinic.simulator.calls() if each["path"].endswith(path))
