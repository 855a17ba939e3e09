"""A clerk as a process of its own: registers one person after the other, and says so only when it is acknowledged."""

import asyncio
from datetime import date
from multiprocessing.connection import Connection

from kiosk.counter.access import log_in
from kiosk.counter.desk import Desk
from kiosk.counter.register import register
from kiosk.domain.codes import Care, Payer, VisitKind
from kiosk.domain.registration import RegistrationForm
from tests.people import PASSWORD

READY = "ready"


def work(url: str, people: list[str], day: date, tell: Connection) -> None:
    """Register `people` (ids) one by one in poli 001; after each, `tell` its id and label; at the end None."""
    try:
        asyncio.run(_work(url, people, day, tell))
    except Exception as error:
        tell.send(("error", f"{type(error).__name__}: {error}"))
        raise
    finally:
        tell.close()


async def _work(url: str, people: list[str], day: date, tell: Connection) -> None:
    desk = await Desk.open(url, "Loket uji")
    await log_in(desk, "siti", PASSWORD)
    tell.send(READY)
    tell.recv()
    for person in people:
        form = RegistrationForm(person, day, "001", Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT, "batuk")
        made = await register(desk, form)
        tell.send((made.registration.id, made.ticket.label))
    await desk.close()
