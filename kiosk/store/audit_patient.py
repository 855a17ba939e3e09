"""Which rows of the audit log are about one patient: the log holds ids alone, and most are of what is theirs."""

import json
import re

from kiosk.domain.codes import InquiryKind
from kiosk.domain.participant import CARD_LENGTH, NIK_LENGTH
from kiosk.store import participants
from kiosk.store.transaction import Transaction


def person_of(tx: Transaction, number: str) -> str | None:
    """The id of the patient with this RM number, card number, NIK or id; None for nobody."""
    number = number.strip()
    digits = re.sub(r"[ .-]", "", number)
    found = participants.by_rm_number(tx, number) or participants.get(tx, number)
    if found is None and digits.isdigit() and len(digits) == CARD_LENGTH:
        found = participants.by_card(tx, digits)
    if found is None and digits.isdigit() and len(digits) == NIK_LENGTH:
        found = next(iter(participants.by_nik(tx, digits)), None)
    return found.id if found else None


def subjects_of(tx: Transaction, person: str) -> frozenset[str]:
    """The ids of the patient, of the rows that were merged into theirs, and of everything that is theirs."""
    people = {person, *tx.column("SELECT gone FROM participant_merge WHERE clinic = ? AND kept = ?", tx.clinic, person)}
    registrations = _ids(tx, "registration", "participant", people)
    tickets = _ids(tx, "ticket", "registration", registrations)
    visits = _ids(tx, "visit", "registration", registrations)
    return frozenset(
        {
            *people,
            *registrations,
            *tickets,
            *_ids(tx, "stop", "ticket", tickets),
            *visits,
            *_ids(tx, "visit_line", "visit", visits),
            *_ids(tx, "outbox", "registration", registrations),
            *_inquiries(tx, people),
        }
    )


def _ids(tx: Transaction, table: str, column: str, among: set[str]) -> set[str]:
    found: set[str] = set()
    for one in among:
        found |= set(tx.column(f"SELECT id FROM {table} WHERE clinic = ? AND {column} = ?", tx.clinic, one))
    return found


def _inquiries(tx: Transaction, people: set[str]) -> set[str]:
    """What was asked of P-Care by their numbers, as long as the questions are kept."""
    numbers: set[str] = set()
    for one in people:
        row = tx.row("SELECT card_number, nik FROM participant WHERE clinic = ? AND id = ?", tx.clinic, one)
        numbers |= {number for number in (row["card_number"], row["nik"]) if number} if row else set()
    asked = tx.rows(
        "SELECT id, question FROM inquiry WHERE clinic = ? AND kind = ?", tx.clinic, str(InquiryKind.PARTICIPANT)
    )
    return {row["id"] for row in asked if json.loads(row["question"]).get("number") in numbers}
