"""What a call of the queue service holds, from the record as it is when the call is made."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import ValidationError

from kiosk.domain.codes import OutboxKind
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.registration import Registration
from kiosk.pcare.client import AntreanClient, QueueRequest
from kiosk.store import outbox, outbox_moves, participants, queue
from kiosk.store.transaction import Transaction
from kiosk.sync.payload import Unsendable, field_names
from kiosk.sync.queue_schedule import Slot, span

CANCELLED = "Pendaftaran dibatalkan di klinik"
"""The reason that the service asks for; the counter notes none."""


@dataclass(frozen=True, slots=True)
class QueueCall:
    """A call as it is about to be made."""

    body: dict[str, object]
    """What is sent, for the attempt's row."""
    make: Callable[[AntreanClient], Awaitable[None]]


def addition(tx: Transaction, known: Registration, slot: Slot) -> QueueCall:
    """The announcement of a number; what is not known of the person goes as "". Raises Unsendable, LookupError."""
    ticket = queue.of_registration(tx, known.id)
    person = participants.get(tx, known.participant_id)
    if ticket is None or person is None:
        raise LookupError(known.id)
    try:
        request = QueueRequest(
            card_number=known.card_number or "",
            nik=person.nik or "",
            phone=person.phone or "",
            poli=known.poli_code,
            poli_name=slot.poli_name,
            record_number=person.rm_number or "",
            day=known.day,
            doctor=slot.doctor,
            doctor_name=slot.doctor_name,
            hours=slot.hours,
            label=ticket.label,
            number=ticket.number,
        )
    except ValidationError as error:
        raise Unsendable(field_names(error)) from None

    async def make(client: AntreanClient) -> None:
        await client.add(request)

    return QueueCall(request.to_wire(), make)


def summons(tx: Transaction, item: OutboxItem, known: Registration, zone: str) -> QueueCall:
    """That the patient was called, at a time within the hours that were announced: others are refused.

    Raises LookupError.
    """
    ticket = queue.of_registration(tx, known.id)
    if ticket is None or ticket.called_at is None:
        raise LookupError(known.id)
    at = int(_within_hours(tx, known, ticket.called_at, zone).timestamp())
    card, poli, day = known.card_number or "", known.poli_code, known.day
    status: Literal[1, 2] = 2 if item.version == 2 else 1

    async def make(client: AntreanClient) -> None:
        await client.call(card, poli, day, status, at)

    body: dict[str, object] = {
        "nomorkartu": card,
        "kodepoli": poli,
        "tanggalperiksa": day.isoformat(),
        "status": status,
        "waktu": at * 1000,
    }
    return QueueCall(body, make)


def cancellation(known: Registration) -> QueueCall:
    """That the number was taken back."""
    card, poli, day = known.card_number or "", known.poli_code, known.day

    async def make(client: AntreanClient) -> None:
        await client.cancel(card, poli, day, CANCELLED)

    return QueueCall({"nomorkartu": card, "kodepoli": poli, "tanggalperiksa": day.isoformat()}, make)


def _within_hours(tx: Transaction, known: Registration, called: datetime, zone: str) -> datetime:
    """When it was called, or the nearest moment of the doctor's hours; they stand in what was announced."""
    announced = (i for i in outbox.of_queue(tx, known.id) if i.kind == OutboxKind.QUEUE_ADD)
    for item in announced:
        sent = outbox_moves.last_request(tx, item.id)
        within = span(str(json.loads(sent[0]).get("jampraktek")), known.day, zone) if sent else None
        if within is not None:
            return min(max(called, within[0]), within[1])
    return called
