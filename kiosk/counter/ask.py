"""Questions to P-Care on behalf of a screen: written down here, carried and answered by the sync process."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.errors import InvalidField, NotFound
from kiosk.counter.reasons import why_unanswered
from kiosk.counter.views import Answer, HistoryRow, Hospital, Reference
from kiosk.domain.audit import Event
from kiosk.domain.codes import Care, InquiryKind, InquiryState
from kiosk.domain.day import clock_text, local_day
from kiosk.domain.numbers import digits
from kiosk.domain.participant import CARD_LENGTH, NIK_LENGTH
from kiosk.domain.people import Action
from kiosk.domain.text import clean
from kiosk.store import inquiries, participants
from kiosk.store.audit import note
from kiosk.store.inquiries import Inquiry
from kiosk.store.transaction import Transaction

PATIENCE = timedelta(seconds=10)
"""A question that is not answered by then is marked so; the person at the counter goes on."""
LOOK_SECONDS = 0.1


async def ask_participant(desk: Desk, number: str) -> Answer:
    """Ask P-Care for the member with this card number (13 digits) or NIK (16). Raises InvalidField."""
    require(desk, Action.PATIENT_VIEW)
    number = digits(number)
    if len(number) not in (CARD_LENGTH, NIK_LENGTH):
        raise InvalidField("text", f"Kartu {CARD_LENGTH} angka, NIK {NIK_LENGTH} angka; ini {len(number)}")
    return await _ask(desk, InquiryKind.PARTICIPANT, {"number": number}, Event.INQUIRY_PATIENT)


async def ask_history(desk: Desk, participant_id: str) -> Answer:
    """Ask P-Care for the member's visits, here and elsewhere. Raises NotFound when no card is known."""
    require(desk, Action.PATIENT_VIEW)
    card = await _card(desk, participant_id)
    desk.saw(Event.PATIENT_HISTORY, participant_id)
    return await _ask(desk, InquiryKind.HISTORY, {"card_number": card})


async def ask_subspecialties(desk: Desk, specialty_code: str) -> Answer:
    """Ask for the subspecialties of a specialty."""
    require(desk, Action.LOOK_UP)
    return await _ask(desk, InquiryKind.SUBSPECIALTIES, {"specialty_code": specialty_code})


async def ask_diagnoses(desk: Desk, text: str) -> Answer:
    """Ask for ICD-10 diagnoses by code or word. Raises InvalidField below two letters."""
    require(desk, Action.LOOK_UP)
    text = clean(text, 60).strip().lower()
    if len(text) < 2:
        raise InvalidField("text", "Ketik paling sedikit dua huruf")
    return await _ask(desk, InquiryKind.DIAGNOSES, {"text": text})


async def ask_drugs(desk: Desk, text: str) -> Answer:
    """Ask for drugs of the national list (DPHO) by code or name; what comes is kept. Raises InvalidField."""
    require(desk, Action.LOOK_UP)
    text = clean(text, 60).strip().lower()
    if len(text) < 2:
        raise InvalidField("text", "Ketik paling sedikit dua huruf")
    return await _ask(desk, InquiryKind.DRUGS, {"text": text})


async def ask_procedures(desk: Desk, care: Care) -> Answer:
    """Ask for the list of procedures of a kind of care; it is kept, and read with kiosk.counter.line_lists."""
    require(desk, Action.LOOK_UP)
    return await _ask(desk, InquiryKind.PROCEDURES, {"care": care})


async def ask_hospitals(
    desk: Desk,
    *,
    day: date,
    participant_id: str,
    subspecialty_code: str | None = None,
    sarana_code: str | None = None,
    special_code: str | None = None,
) -> Answer:
    """Ask which hospitals take the referral on `day`, for a subspecialty or a special service."""
    require(desk, Action.SERVE)
    question = {
        "day": day.isoformat(),
        "card_number": await _card(desk, participant_id),
        "subspecialty_code": subspecialty_code or "",
        "sarana_code": sarana_code or "",
        "special_code": special_code or "",
    }
    return await _ask(desk, InquiryKind.HOSPITALS, question)


async def answer(desk: Desk, inquiry_id: str) -> Answer:
    """How far the question is. Raises NotFound."""
    require(desk, Action.PATIENT_VIEW)

    def work(tx: Transaction) -> Answer:
        found = inquiries.get(tx, inquiry_id)
        if found is None:
            raise NotFound("Pertanyaan itu tidak ada lagi")
        return _view(tx, found, desk.zone)

    return await desk.read(work)


def history_rows(tx: Transaction, card_number: str | None) -> tuple[tuple[HistoryRow, ...], datetime | None]:
    """What P-Care told last of a member's visits, and when; nothing and None when it was never asked."""
    known = inquiries.last_answer(tx, InquiryKind.HISTORY, {"card_number": card_number}) if card_number else None
    if known is None:
        return (), None
    content = known.answer or {}
    return tuple(_history_row(row) for row in content.get("history", ())), known.answered_at


async def wait_for(desk: Desk, asked: Answer, seconds: float = 10) -> Answer:
    """The answer as soon as there is one, or how far it is when `seconds` are over.

    When it stayed unanswered, the last known answer to the same question is handed back, its age in the message.
    """
    require(desk, Action.PATIENT_VIEW)
    end = asyncio.get_running_loop().time() + seconds
    now = asked
    while now.state == InquiryState.ASKED and asyncio.get_running_loop().time() < end:
        await asyncio.sleep(LOOK_SECONDS)
        now = await answer(desk, asked.id)
    if now.state == InquiryState.ANSWERED:
        return now
    return await desk.read(lambda tx: _last_known(tx, now, desk.zone))


async def _ask(desk: Desk, kind: InquiryKind, question: dict[str, str], event: Event | None = None) -> Answer:
    def work(tx: Transaction) -> Answer:
        asked = inquiries.ask(tx, kind, question, PATIENCE)
        if event is not None:
            note(tx, event, asked.id)
        return _view(tx, asked, desk.zone)

    return await desk.write(work)


async def _card(desk: Desk, participant_id: str) -> str:
    def work(tx: Transaction) -> str:
        person = participants.get(tx, participant_id)
        if person is None or person.card_number is None:
            raise NotFound("Nomor kartu BPJS belum diketahui")
        return person.card_number

    return await desk.read(work)


def _last_known(tx: Transaction, now: Answer, zone: str) -> Answer:
    asked = inquiries.get(tx, now.id)
    known = inquiries.last_answer(tx, asked.kind, asked.question) if asked else None
    if known is None:
        return now
    view = _view(tx, known, zone)
    return Answer(
        id=now.id,
        kind=now.kind,
        state=now.state,
        reason=now.reason,
        message=f"{now.message} Dipakai jawaban {_when(known.answered_at, tx.now, zone)}.",
        answered_at=view.answered_at,
        participant=view.participant,
        history=view.history,
        hospitals=view.hospitals,
        references=view.references,
    )


def _when(moment: datetime | None, now: datetime, zone: str) -> str:
    if moment is None:
        return "lama"
    days = (local_day(now, zone) - local_day(moment, zone)).days
    return f"pukul {clock_text(moment, zone)}" if days < 1 else "kemarin" if days == 1 else f"{days} hari yang lalu"


def _view(tx: Transaction, asked: Inquiry, zone: str) -> Answer:
    content: dict[str, Any] = asked.answer or {}
    person = None
    if asked.kind == InquiryKind.PARTICIPANT and content.get("participant_id"):
        person = participants.get(tx, content["participant_id"])
    return Answer(
        id=asked.id,
        kind=asked.kind,
        state=asked.state,
        reason=asked.reason,
        message=_message(asked, zone, known=person is not None),
        answered_at=asked.answered_at,
        participant=person,
        history=tuple(_history_row(row) for row in content.get("history", ())),
        hospitals=tuple(Hospital(**row) for row in content.get("hospitals", ())),
        references=tuple(Reference(*row) for row in content.get("references", ())),
    )


def _history_row(row: dict[str, Any]) -> HistoryRow:
    return HistoryRow(**{**row, "day": date.fromisoformat(row["day"]) if row["day"] else None})


def _message(asked: Inquiry, zone: str, *, known: bool) -> str:
    if asked.state == InquiryState.ASKED:
        return "Bertanya ke P-Care …"
    if asked.state == InquiryState.UNANSWERED:
        return why_unanswered(asked.reason)
    clock = clock_text(asked.answered_at, zone) if asked.answered_at else "?"
    if asked.kind == InquiryKind.PARTICIPANT and not known:
        return f"P-Care tidak mengenal nomor ini (pukul {clock})"
    return f"Jawaban P-Care pukul {clock}"
