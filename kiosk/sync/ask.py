"""Carrying inquiries to P-Care and their answers back into the store."""

from datetime import date
from typing import Any

from kiosk.domain.codes import PROCEDURE_LISTS, SPECIAL_WITH_SUBSPECIALTY, Care, InquiryKind, ReferenceList
from kiosk.domain.numbers import digits
from kiosk.domain.participant import CARD_LENGTH
from kiosk.pcare.client import HospitalRow, ParticipantRow, ProcedureRow, VisitRow
from kiosk.pcare.errors import PCareError, Refused
from kiosk.store import inquiries, participants, reference
from kiosk.store.inquiries import Inquiry
from kiosk.store.transaction import Transaction
from kiosk.sync.courier import Courier
from kiosk.sync.line import LinkWord, about_one_path
from kiosk.sync.members import participant, text

ROWS = 50
PAGE = 500
"""What clients in use ask for; a full page is followed by the next one."""
MOST_PROCEDURES = 5000
"""A list that is longer than this is no list of procedures."""
NO_SARANA = "0"
"""What the path carries when no hospital facility was chosen (an inference from clients that pass a form's value)."""


async def answer_one(courier: Courier, asked: Inquiry) -> None:
    """Ask P-Care and keep the answer, or why there is none."""
    line = courier.line
    if line.word in (LinkWord.OFFLINE, LinkWord.STOPPED) and not line.may_probe():
        reason = line.reason or "unreachable"
        await courier.store.write(lambda tx: inquiries.leave_unanswered(tx, asked.id, reason))
        return
    try:
        content, learnt = await _ask(courier, asked)
        line.answered()
    except Refused as error:
        line.answered()
        reason = str(error.reason)
        await courier.store.write(lambda tx: inquiries.leave_unanswered(tx, asked.id, reason))
        return
    except PCareError as error:
        if not about_one_path(error):
            line.failed(error)
        reason = str(error.reason)
        await courier.store.write(lambda tx: inquiries.leave_unanswered(tx, asked.id, reason))
        return
    await courier.store.write(lambda tx: _keep(tx, asked, content, learnt))


async def _ask(courier: Courier, asked: Inquiry) -> tuple[dict[str, Any], ParticipantRow | None]:
    question, client = asked.question, courier.client
    match asked.kind:
        case InquiryKind.PARTICIPANT:
            number = digits(question["number"])
            if len(number) == CARD_LENGTH:
                return {}, await client.participant_by_card(number)
            return {}, await client.participant_by_nik(number)
        case InquiryKind.HISTORY:
            rows = await client.visit_history(question["card_number"])
            return {"history": [_history(row) for row in rows[:ROWS]]}, None
        case InquiryKind.DIAGNOSES:
            page = await client.diagnoses(question["text"], 0, ROWS)
            return {"references": [[r.code, text(r.name) or r.code, r.non_specialist] for r in page.rows]}, None
        case InquiryKind.SUBSPECIALTIES:
            found = await client.subspecialties(question["specialty_code"])
            return {"references": [[r.code, text(r.name) or r.code, None] for r in found]}, None
        case InquiryKind.DRUGS:
            drugs = await client.drugs(question["text"], 0, ROWS)
            return {"references": [[r.code, text(r.name) or r.code, None] for r in drugs.rows]}, None
        case InquiryKind.PROCEDURES:
            return {"procedures": await _procedures(courier, Care(question["care"]))}, None
        case InquiryKind.HOSPITALS:
            return {"hospitals": [_hospital(row) for row in await _hospitals(courier, question)]}, None


async def _procedures(courier: Courier, care: Care) -> list[list[Any]]:
    """Code, name, highest tariff and whether it has a result, of every procedure of that care."""
    found: list[ProcedureRow] = []
    for start in range(0, MOST_PROCEDURES, PAGE):
        page = await courier.client.procedures(care.value, start, PAGE)
        found += page.rows
        if len(page.rows) < PAGE:
            break
    return [[r.code, text(r.name) or r.code, r.most, r.with_result] for r in found]


async def _hospitals(courier: Courier, question: dict[str, str]) -> list[HospitalRow]:
    day = date.fromisoformat(question["day"])
    special = question["special_code"]
    if not special:
        sarana = question["sarana_code"] or NO_SARANA
        return await courier.client.referral_hospitals(question["subspecialty_code"], day, sarana)
    narrow = question["subspecialty_code"] if special in SPECIAL_WITH_SUBSPECIALTY else ""
    return await courier.client.special_referral_hospitals(special, question["card_number"], day, narrow or None)


def _keep(tx: Transaction, asked: Inquiry, content: dict[str, Any], learnt: ParticipantRow | None) -> None:
    if asked.kind == InquiryKind.PARTICIPANT:
        person = participants.confirm(tx, participant(learnt, tx.now)) if learnt else None
        content = {"participant_id": person.id if person else None}
    elif asked.kind == InquiryKind.DIAGNOSES:
        reference.learn(tx, ReferenceList.DIAGNOSIS, [(c, n, f) for c, n, f in content["references"]])
    elif asked.kind == InquiryKind.DRUGS:
        reference.learn(tx, ReferenceList.DRUG, [(c, n, f) for c, n, f in content["references"]])
    elif asked.kind == InquiryKind.PROCEDURES:
        rows = content.pop("procedures")
        names, tariffs = PROCEDURE_LISTS[Care(asked.question["care"])]
        if rows:
            reference.replace(tx, names, [(code, name, valued) for code, name, _, valued in rows])
            reference.replace(tx, tariffs, [(code, str(most), None) for code, _, most, _ in rows if most is not None])
    inquiries.answer(tx, asked.id, content)


def _history(row: VisitRow) -> dict[str, Any]:
    return {
        "day": row.day.isoformat() if row.day else None,
        "facility": text(row.facility_name) or row.facility_code or "",
        "poli": text(row.poli_name) or row.poli_code or "",
        "diagnosis": " ".join(p for p in (row.diagnosis1, text(row.diagnosis1_name)) if p),
        "doctor": text(row.doctor_name) or "",
        "visit_number": row.visit_number,
    }


def _hospital(row: HospitalRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": text(row.name) or row.code,
        "address": text(row.address) or "",
        "phone": text(row.phone) or "",
        "grade": text(row.hospital_class) or "",
        "distance_m": row.distance_m,
        "schedule": text(row.schedule) or "",
        "referred": row.referred,
        "capacity": row.capacity,
    }
