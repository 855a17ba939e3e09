"""Invented patients at the counter for tests of the screens behind it: registered, called, asked about."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from kiosk.counter.access import log_in
from kiosk.counter.desk import Desk
from kiosk.counter.find import search
from kiosk.counter.register import register
from kiosk.counter.views import Registered
from kiosk.domain.codes import Care, InquiryKind, Payer, VisitKind
from kiosk.domain.day import now
from kiosk.domain.registration import RegistrationForm
from kiosk.domain.visit import Diagnosis, VisitForm
from kiosk.domain.vitals import Vitals
from kiosk.store import inquiries, registrations, visits
from kiosk.store.database import Store
from kiosk.store.search import by_name
from kiosk.store.transaction import Transaction
from tests.people import PASSWORD

UMUM, GIGI = "001", "002"
CARD = "0000000000001"
ISPA = Diagnosis("J06.9", "ISPA akut", True)
ELSEWHERE = {
    "day": "2026-10-12",
    "facility": "Puskesmas Percobaan",
    "poli": "POLI GIGI",
    "diagnosis": "K02.9 Karies",
    "doctor": "drg. Tetangga Uji",
    "visit_number": "0114U9991026Y000001",
}
HOSPITALS: list[dict[str, Any]] = [
    {
        "code": "0301R001",
        "name": "RS Uji Sejahtera",
        "address": "Jalan Percobaan 1",
        "phone": "021-000000",
        "grade": "C",
        "distance_m": 2340.0,
        "schedule": "Senin : 07:30 - 14:00",
        "referred": 3,
        "capacity": 15,
    },
    {
        "code": "0301R002",
        "name": "RS Uji Penuh",
        "address": "",
        "phone": "",
        "grade": "B",
        "distance_m": 900.0,
        "schedule": "",
        "referred": 20,
        "capacity": 20,
    },
]
ANSWERS: dict[InquiryKind, dict[str, Any]] = {
    InquiryKind.HOSPITALS: {"hospitals": HOSPITALS},
    InquiryKind.SUBSPECIALTIES: {"references": [["3", "Endokrin", None], ["8", "Hipertensi Uji", None]]},
    InquiryKind.DIAGNOSES: {"references": [["E11.9", "DM tipe 2 tanpa komplikasi", True], ["I21.9", "Infark", False]]},
}


def seen_here(store: Store, name: str, *days: date, diagnosis: Diagnosis = ISPA) -> None:
    """This person was served at the clinic on these days."""

    def work(tx: Transaction) -> None:
        person = by_name(tx, name, 1)[0].participant
        for day in days:
            form = RegistrationForm(person.id, day, "001", Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT)
            made = registrations.add(
                tx, form, card_number=person.card_number, provider_code=person.facility_code, operator=None
            )
            registration = registrations.get(tx, made)
            assert registration is not None
            visit = VisitForm(made, "batuk", diagnoses=(diagnosis,), doctor_code="101", discharge_code="3")
            visits.add(tx, visit, registration, None)

    store.write_now(work)


async def registered(store: Store, *names: str, poli: str = UMUM, **changes: object) -> list[Registered]:
    """These people registered at the desk "Loket 2", in this order."""
    async with admin_at(store) as desk:
        return [await one_registered(desk, name, poli, **changes) for name in names]


@asynccontextmanager
async def admin_at(store: Store, clock: Callable[[], datetime] = now) -> AsyncIterator[Desk]:
    """The admin at another desk, "Loket 2"."""
    desk = await Desk.open(store.url, "Loket 2", clock)
    try:
        await log_in(desk, "admin", PASSWORD)
        yield desk
    finally:
        await desk.close()


async def one_registered(desk: Desk, name: str, poli: str = UMUM, **changes: object) -> Registered:
    """Somebody with a cough; `changes` by the names of the form."""
    person = (await search(desk, name)).rows[0].participant
    form = RegistrationForm(
        participant_id=person.id,
        day=desk.today(),
        poli_code=poli,
        payer=Payer.BPJS,
        visit_kind=VisitKind.SICK,
        care=Care.OUTPATIENT,
        complaint="batuk 3 hari",
        vitals=Vitals(systolic=120, diastolic=80, weight=62.5),
    )
    return await register(desk, replace(form, **changes))  # type: ignore[arg-type]  # names of the form


@asynccontextmanager
async def pcare_answering(store: Store, unanswered: str | None = None) -> AsyncIterator[list[InquiryKind]]:
    """Answer every question as the sync process would, or leave it unanswered for that reason; collects the kinds."""
    asked: list[InquiryKind] = []

    def work(tx: Any) -> None:
        for inquiry in inquiries.asked(tx):
            asked.append(inquiry.kind)
            if unanswered:
                inquiries.leave_unanswered(tx, inquiry.id, unanswered)
            else:
                inquiries.answer(tx, inquiry.id, ANSWERS[inquiry.kind])

    async def go_on() -> None:
        while True:
            await store.write(work)
            await asyncio.sleep(0.1)

    task = asyncio.create_task(go_on())
    try:
        yield asked
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
