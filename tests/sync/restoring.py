"""A backup of a clinic, the loss of its store, and everybody back on what was restored."""

import asyncio
from datetime import timedelta
from pathlib import Path

from kiosk.counter.access import log_in
from kiosk.counter.desk import Desk
from kiosk.store.backup import Backup, back_up
from kiosk.store.database import Store
from kiosk.store.engine import sqlite_path
from kiosk.store.restore import Restored, restore
from tests.people import PASSWORD
from tests.sync.conftest import FAST, ClinicDay

SETTLE = timedelta(seconds=FAST.settle)


async def backed_up(clinic: ClinicDay, folder: Path) -> Backup:
    return await asyncio.to_thread(back_up, clinic.store.url, folder)


async def lost_and_restored(clinic: ClinicDay, backup: Backup, *, sync: bool = True) -> Restored:
    """The disk is gone; the backup takes its place; everybody comes back."""
    await clinic.kill_sync()
    await clinic.desk.close()
    clinic.store.close()
    path = sqlite_path(clinic.store.url)
    for each in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        each.unlink(missing_ok=True)
    done = await asyncio.to_thread(restore, clinic.store.url, backup.path, SETTLE)
    clinic.store = Store.open(clinic.store.url)
    clinic.desk = await Desk.open(clinic.store.url, "Loket 1")
    await log_in(clinic.desk, "admin", PASSWORD)
    if sync:
        clinic.start_sync()
    return done
