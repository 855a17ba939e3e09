"""Sending a patient on to another poli of this clinic, with a number there."""

from kiosk.counter.register import COMPLAINT_LIMIT, register_in
from kiosk.domain.codes import Priority, ReferenceList, VisitKind
from kiosk.domain.field_problem import FieldProblem
from kiosk.domain.queue import Ticket
from kiosk.domain.registration import Registration, RegistrationForm
from kiosk.domain.text import clean
from kiosk.domain.visit import VisitForm
from kiosk.store import queue, reference, registrations
from kiosk.store.transaction import Transaction


def internal_problems(tx: Transaction, form: VisitForm, registration: Registration) -> list[FieldProblem]:
    """What is wrong with the poli of the internal referral."""
    code = form.internal_poli_code
    if code == registration.poli_code:
        return [FieldProblem("internal_poli_code", "Pasien sudah di poli ini; pilih poli lain")]
    if code and reference.entry(tx, ReferenceList.POLI, code) is None:
        return [FieldProblem("internal_poli_code", "Pilih poli dari daftar")]
    return []


def number_at(tx: Transaction, registration: Registration, poli_code: str | None) -> Ticket | None:
    """The number that the same patient has on that day in another poli."""
    if poli_code is None:
        return None
    there = registrations.active(tx, registration.participant_id, registration.day, poli_code)
    return queue.of_registration(tx, there.id) if there else None


def register_at(tx: Transaction, form: VisitForm, registration: Registration, operator: str) -> None:
    """The same patient, today, at the next poli, with what was found here; nothing when they are registered there."""
    code = form.internal_poli_code or ""
    if number_at(tx, registration, code) is not None:
        return
    poli = reference.entry(tx, ReferenceList.POLI, code)
    # A poli treats the sick or it does not; where P-Care does not say, the visit stays what it was.
    treats = poli[2] if poli else None
    kind = registration.visit_kind if treats is None else VisitKind.SICK if treats else VisitKind.HEALTHY
    here = queue.of_registration(tx, registration.id)
    following = RegistrationForm(
        participant_id=registration.participant_id,
        day=registration.day,
        poli_code=code,
        payer=registration.payer,
        visit_kind=kind,
        care=registration.care,
        complaint=clean(form.complaint, COMPLAINT_LIMIT).strip() or None,
        vitals=form.vitals,
        priority=here.priority if here else Priority.ORDINARY,
    )
    register_in(tx, following, operator, registration.day)
