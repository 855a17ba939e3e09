"""Entering the service given (pelayanan): opened by queue number, saved, corrected, deleted."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kiosk.counter.access import require
from kiosk.counter.allergies import known_allergies, note_allergies
from kiosk.counter.desk import Desk
from kiosk.counter.errors import Conflict, InvalidField, InvalidForm, NotFound
from kiosk.counter.internal_referral import internal_problems, number_at, register_at
from kiosk.counter.lines import delete_lines_of, send_lines_of
from kiosk.counter.views import ServiceSheet
from kiosk.domain.audit import Event
from kiosk.domain.codes import OutboxKind, OutboxState, Payer, ReferenceList, TicketState
from kiosk.domain.field_problem import FieldProblem
from kiosk.domain.people import Action
from kiosk.domain.queue import Ticket
from kiosk.domain.registration import Registration
from kiosk.domain.text import clean
from kiosk.domain.visit import Visit, VisitForm, visit_problems
from kiosk.domain.vitals import RANGES, impossible
from kiosk.store import lines, outbox, outbox_moves, participants, queue, reference, registrations, visits
from kiosk.store.audit import note
from kiosk.store.transaction import Transaction

TEXT_LIMIT = 1000
"""Letters in one free text; P-Care's own limits are not published."""
TEXTS = ("complaint", "anamnesis", "therapy_drugs", "therapy_other", "supplies")


async def open_service(desk: Desk, *, ticket_id: str | None = None, label: str | None = None) -> ServiceSheet:
    """What the service screen opens with, by ticket or by what is written on the patient's slip.

    `label` may be our own number ("A-012", "a12"; the number alone when only one poli has it) or P-Care's noUrut.
    Raises NotFound, Conflict when several are meant.
    """
    require(desk, Action.SERVE)
    today = desk.today()

    def work(tx: Transaction) -> ServiceSheet:
        ticket = queue.get(tx, ticket_id) if ticket_id else _by_label(queue.of_day(tx, today), label or "")
        if ticket is None:
            raise NotFound("Nomor itu tidak ada hari ini; hari lain: F4, lalu H")
        registration = registrations.get(tx, ticket.registration_id)
        person = participants.get(tx, registration.participant_id) if registration else None
        if registration is None or person is None or registration.cancelled:
            raise NotFound("Pendaftarannya sudah dibatalkan")
        visit = visits.live(tx, registration.id)
        items = outbox.of_subject(tx, visit.id) if visit else ()
        internal = number_at(tx, registration, visit.form.internal_poli_code) if visit else None
        state = items[-1].state if items else None
        entered = lines.of_visit(tx, visit.id) if visit else ()
        known = known_allergies(tx, person.id)
        return ServiceSheet(registration, person, ticket, visit, state, internal, known, entered)

    sheet = await desk.read(work)
    desk.saw(Event.VISIT_VIEW, sheet.registration.id)
    return sheet


async def save_visit(
    desk: Desk,
    form: VisitForm,
    *,
    based_on: int | None = None,
    number_at_internal: bool = False,
    allergies: tuple[Sequence[str], Sequence[str]] | None = None,
) -> Visit:
    """Save the service, new or corrected, finish its queue number, and leave it for P-Care.

    With `number_at_internal` the patient is registered today at the poli of the internal referral and gets a number
    there, in the same transaction, unless there is one already. `allergies` are the patient's by name, as the form
    began with them and as they are now; None changes nothing.
    `based_on` is the version of the visit that the form was opened with, 0 when there was none: what a colleague
    saved meanwhile is not written over. None does not look. Raises InvalidForm with every field that must change,
    Conflict, NotFound.
    """
    operator = require(desk, Action.SERVE)
    typed = _cleaned(form)
    today = desk.today()

    def work(tx: Transaction) -> Visit:
        registration = registrations.get(tx, typed.registration_id)
        if registration is None or registration.cancelled:
            raise NotFound("Pendaftarannya sudah dibatalkan")
        form = _with_flags(tx, typed)
        problems = [
            *_impossible(form),
            *visit_problems(form, registration.day, today),
            *internal_problems(tx, form, registration),
        ]
        if problems:
            raise InvalidForm(problems)
        known = visits.live(tx, registration.id)
        if based_on is not None and based_on != (known.version if known else 0):
            raise Conflict("Pelayanan ini baru saja diubah di tempat lain; buka lagi, lalu lengkapi")
        if allergies is not None:
            note_allergies(tx, registration.participant_id, *allergies, operator.id)
        if number_at_internal and form.internal_poli_code and registration.day == today:
            register_at(tx, form, registration, operator.id)
        if known is None:
            identifier = visits.add(tx, form, registration, operator.id)
            if registration.payer == Payer.BPJS:
                outbox.add(tx, OutboxKind.VISIT_ADD, registration, identifier, 1)
        elif known.form in (typed, form):
            return known
        else:
            identifier = known.id
            version = visits.change(tx, known, form, operator.id)
            if registration.payer == Payer.BPJS:
                _send_change(tx, registration, known, version)
        note(tx, Event.VISIT_CHANGE if known else Event.VISIT_ADD, identifier)
        _learn(tx, form)
        ticket = queue.of_registration(tx, registration.id)
        if ticket is not None and ticket.state != TicketState.DONE:
            queue.move(tx, ticket, TicketState.DONE)
        saved = visits.get(tx, identifier)
        if saved is None:
            raise LookupError(identifier)
        return saved

    return await desk.write(work)


async def delete_visit(desk: Desk, visit_id: str) -> None:
    """Take the service back with its drugs, procedures and results, here and, when it got there, at P-Care.

    The number can be served again.
    Raises NotFound, Conflict.
    """
    require(desk, Action.SERVE)

    def work(tx: Transaction) -> None:
        known = visits.get(tx, visit_id)
        registration = registrations.get(tx, known.form.registration_id) if known else None
        if known is None or registration is None:
            raise NotFound("Pelayanan tidak ditemukan")
        if known.deleted:
            return
        delete_lines_of(tx, known)
        version = visits.delete(tx, known)
        note(tx, Event.VISIT_DELETE, known.id)
        if registration.payer == Payer.BPJS:
            _send_deletion(tx, registration, known, version)
        ticket = queue.of_registration(tx, registration.id)
        if ticket is not None and ticket.state == TicketState.DONE:
            queue.move(tx, ticket, TicketState.SERVING)

    await desk.write(work)


def _send_change(tx: Transaction, registration: Registration, known: Visit, version: int) -> None:
    """An edit rides on what was not sent yet; else it is a call of its own."""
    items = outbox.of_subject(tx, known.id)
    waiting = [i for i in items if i.state in (OutboxState.PENDING, OutboxState.NEEDS_ACTION)]
    for item in waiting:
        # All of them: a refused first call goes again, and what follows it finds its version confirmed.
        outbox.refresh(tx, item, version)
    if not waiting:
        anew = outbox.given_up(tx, known)
        outbox.add(tx, OutboxKind.VISIT_ADD if anew else OutboxKind.VISIT_UPDATE, registration, known.id, version)
        if anew:
            send_lines_of(tx, known)


def _send_deletion(tx: Transaction, registration: Registration, known: Visit, version: int) -> None:
    items = outbox.of_subject(tx, known.id)
    for item in items:
        if item.state in (OutboxState.PENDING, OutboxState.NEEDS_ACTION):
            outbox_moves.drop(tx, item.id, "cancelled_here")
    open_still = any(i.state in (OutboxState.SENDING, OutboxState.UNKNOWN) for i in items)
    if known.remote_number is not None or open_still:
        outbox.add(tx, OutboxKind.VISIT_DELETE, registration, known.id, version)


def _by_label(tickets: tuple[Ticket, ...], typed: str) -> Ticket | None:
    match = re.fullmatch(r"([A-Za-z]*)[\s-]*(\d{1,4})", typed.strip())
    if match is None:
        raise InvalidField("label", "Tulis nomor antrean seperti A-012")
    letter, number = match[1].upper(), int(match[2])
    own = [t for t in tickets if t.number == number and (not letter or t.label.split("-")[0] == letter)]
    if not own and letter:
        own = [t for t in tickets if (t.remote_number or "").upper() == f"{letter}{number}"]
    if len(own) > 1:
        raise Conflict("Beberapa poli punya nomor itu; tulis dengan hurufnya: " + ", ".join(t.label for t in own))
    return own[0] if own else None


def _cleaned(form: VisitForm) -> VisitForm:
    """Free texts without control characters and within their limit; nothing else is touched."""
    too_long = [n for n in TEXTS if len(getattr(form, n)) > TEXT_LIMIT]
    if too_long:
        raise InvalidForm([FieldProblem(n, f"Paling panjang {TEXT_LIMIT} huruf") for n in too_long])
    texts: dict[str, Any] = {name: clean(getattr(form, name), TEXT_LIMIT).strip() for name in TEXTS}
    return replace(form, **texts)


def _impossible(form: VisitForm) -> list[FieldProblem]:
    found = []
    for name in RANGES:
        value = getattr(form.vitals, name)
        problem = impossible(name, value) if value is not None else None
        if problem:
            found.append(FieldProblem(name, problem))
    return found


def _with_flags(tx: Transaction, form: VisitForm) -> VisitForm:
    """What P-Care told of a diagnosis meanwhile is known, though it was picked while P-Care was away."""
    known = reference.entries(tx, ReferenceList.DIAGNOSIS, [d.code for d in form.diagnoses])
    flags = {code: flag for code, _, flag in known.values()}
    return replace(
        form,
        diagnoses=tuple(
            replace(d, non_specialist=flags.get(d.code)) if d.non_specialist is None else d for d in form.diagnoses
        ),
    )


def _learn(tx: Transaction, form: VisitForm) -> None:
    """What was diagnosed here is found first, and offline, the next time."""
    reference.learn(tx, ReferenceList.DIAGNOSIS, [(d.code, d.name, d.non_specialist) for d in form.diagnoses])
