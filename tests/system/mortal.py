"""Processes that are made to be killed: a clerk, and a sender; each starts in a few hundredths of a second."""

import asyncio
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

from kiosk.counter.drafts import save_draft
from kiosk.counter.register import register
from kiosk.domain.codes import Care, Payer, VisitKind
from kiosk.domain.registration import RegistrationForm
from kiosk.store.database import Store
from kiosk.sync.policy import Policy
from kiosk.sync.process import SyncProcess
from tests.system.counter_day import desk_at

READY = "ready"


def clerk(url: str, tasks: list[tuple[str, str]], day: date, tell: Connection) -> None:
    """Register `tasks` (person, poli), keep a draft after each, and tell of everything that was acknowledged."""
    asyncio.run(_clerk(url, tasks, day, tell))


async def _clerk(url: str, tasks: list[tuple[str, str]], day: date, tell: Connection) -> None:
    desk = await desk_at(url)
    tell.send(READY)
    for person, poli in tasks:
        form = RegistrationForm(person, day, poli, Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT, "batuk")
        made = await register(desk, form)
        tell.send((made.registration.id, made.ticket.label, person, poli))
        await save_draft(desk, "registration", "uji", {"complaint": made.registration.id})
        tell.send(("draft", made.registration.id))
    await asyncio.sleep(60)


def sender(url: str, secrets: str, policy: dict[str, float], tell: Connection) -> None:
    """Send for the store until killed."""
    asyncio.run(_sender(url, secrets, policy, tell))


async def _sender(url: str, secrets: str, policy: dict[str, float], tell: Connection) -> None:
    store = await Store.opened(url)
    tell.send(READY)
    await SyncProcess(store, Path(secrets), Policy.from_table(policy)).run(asyncio.Event())
