"""A sync process that looks at P-Care's lists all the time, and what it finds there that a person must decide."""

import asyncio
from dataclasses import replace

from kiosk.counter.outbox import outbox
from kiosk.domain.codes import OutboxState
from tests.sync.conftest import FAST, ClinicDay

OFTEN = replace(FAST, merge_every=0.1, compare_every=0.1, probe_quiet=0.1)


async def watching(clinic: ClinicDay) -> None:
    """From now on the sync process looks at the lists all the time."""
    await clinic.stop_sync()
    clinic.policy = OFTEN
    clinic.start_sync()


async def reason(clinic: ClinicDay, wanted: str) -> str:
    """Wait until an item needs a person because of `wanted`; its id."""
    async with asyncio.timeout(30):
        while True:
            for row in await outbox(clinic.desk):
                if row.item.state == OutboxState.NEEDS_ACTION and row.item.reason == wanted:
                    return row.item.id
            await asyncio.sleep(0.03)
