"""Registering a visit (pendaftaran), and taking a registration back."""

from dataclasses import replace
from datetime import date, timedelta

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.errors import Conflict, InvalidField, NotFound
from kiosk.counter.queue_calls import announce, withdraw
from kiosk.counter.views import Registered
from kiosk.counter.waiting import as_it_stands
from kiosk.domain.audit import Event
from kiosk.domain.codes import OutboxKind, OutboxState, Payer, ReferenceList, TicketState
from kiosk.domain.participant import Participant, card_problem
from kiosk.domain.people import Action
from kiosk.domain.registration import Registration, RegistrationForm
from kiosk.domain.text import clean
from kiosk.domain.vitals import RANGES, impossible
from kiosk.store import outbox, outbox_moves, participants, queue, reference, registrations, visits
from kiosk.store.audit import note
from kiosk.store.transaction import Transaction

COMPLAINT_LIMIT = 300
BACKDATE = timedelta(days=31)
"""How far back a paper form may be entered. P-Care's own limit is not published; this only catches wrong years."""
NO_CARD = "Nomor kartu belum ada; Ctrl+D lalu U mengisinya, atau pilih Umum"


async def register(desk: Desk, form: RegistrationForm) -> Registered:
    """Register the visit, give it a queue number, and leave it for P-Care: one transaction, no network.

    The same form (by its request id) saved twice makes one registration. Raises InvalidField, NotFound, Conflict.
    """
    operator = require(desk, Action.REGISTER)
    form, today = checked_form(form, desk), desk.today()

    def work(tx: Transaction) -> Registered:
        repeated = registrations.by_request(tx, form.request_id) if form.request_id else None
        if repeated is not None:
            return result(tx, repeated, repeated=True)
        return register_in(tx, form, operator.id, today)

    return await desk.write(work)


def register_in(tx: Transaction, form: RegistrationForm, operator: str, today: date) -> Registered:
    """The registration of a checked form, with its number and its calls. Raises InvalidField, NotFound, Conflict."""
    person = sendable_person(tx, form)
    if reference.entry(tx, ReferenceList.POLI, form.poli_code) is None:
        raise InvalidField("poli_code", "Pilih poli dari daftar")
    there = registrations.active(tx, person.id, form.day, form.poli_code)
    if there is not None:
        ticket = queue.of_registration(tx, there.id)
        raise Conflict(f"Sudah terdaftar di {there.poli_name}, nomor {ticket.label if ticket else '–'}")
    identifier = registrations.add(
        tx,
        # Who was merged while the form was open is registered as the row that stands for them.
        replace(form, participant_id=person.id),
        card_number=person.card_number if form.payer == Payer.BPJS else None,
        provider_code=person.facility_code,
        operator=operator,
    )
    made = registrations.get(tx, identifier)
    if made is None:
        raise LookupError(identifier)
    queue.give(tx, made.id, made.day, made.poli_code, form.priority)
    if made.payer == Payer.BPJS:
        outbox.add(tx, OutboxKind.REGISTRATION_ADD, made, made.id, made.version)
    announce(tx, made, person, today)
    participants.seen(tx, person.id)
    note(tx, Event.REGISTRATION_ADD, made.id, poli=made.poli_code, payer=made.payer)
    return result(tx, made, repeated=False)


async def look_again(desk: Desk, registration_id: str) -> Registered:
    """A registration as it is now: how far on its way to P-Care, and how long until its number is called.

    Raises NotFound.
    """
    require(desk, Action.QUEUE_VIEW)
    today = desk.today()

    def work(tx: Transaction) -> Registered:
        made = registrations.get(tx, registration_id)
        if made is None:
            raise NotFound("Pendaftaran tidak ditemukan")
        found = result(tx, made, repeated=False)
        if made.day != today:
            return found
        line = as_it_stands(queue.standing(tx, made.day, made.poli_code), desk.rules.ratio, tx.now)
        return replace(found, ahead=line.order.get(found.ticket.id), wait=line.waits.get(found.ticket.id))

    return await desk.read(work)


async def cancel_registration(desk: Desk, registration_id: str) -> None:
    """Take a registration back, here and, when it got there, at P-Care.

    What was never sent collapses: nothing is sent. Raises NotFound, and Conflict when the patient was served.
    """
    require(desk, Action.REGISTER)
    today = desk.today()

    def work(tx: Transaction) -> None:
        known = registrations.get(tx, registration_id)
        if known is None:
            raise NotFound("Pendaftaran tidak ditemukan")
        if not known.cancelled:
            cancel(tx, known, today)

    await desk.write(work)


def cancel(tx: Transaction, known: Registration, today: date) -> None:
    """Take an active registration back. Raises Conflict when the patient was served."""
    if visits.live(tx, known.id) is not None:
        raise Conflict("Sudah dilayani; hapus pelayanannya dulu")
    registrations.cancel(tx, known.id)
    ticket = queue.of_registration(tx, known.id)
    if ticket is not None:
        queue.move(tx, ticket, TicketState.CANCELLED)
        queue.cancel_stops(tx, ticket.id)
    if known.payer == Payer.BPJS:
        _cancel_at_pcare(tx, known)
    withdraw(tx, known, today)
    note(tx, Event.REGISTRATION_CANCEL, known.id)


def _cancel_at_pcare(tx: Transaction, known: Registration) -> None:
    items = outbox.of_registration(tx, known.id)
    # The last one: what was deleted at P-Care is added anew.
    add = next((i for i in reversed(items) if i.kind == OutboxKind.REGISTRATION_ADD), None)
    if add is not None and add.state in (OutboxState.PENDING, OutboxState.NEEDS_ACTION):
        outbox_moves.drop(tx, add.id, "cancelled_here")
    elif (add is not None and add.state != OutboxState.DROPPED) or known.remote_number is not None:
        outbox.add(tx, OutboxKind.REGISTRATION_CANCEL, known, known.id, known.version + 1)


def checked_form(form: RegistrationForm, desk: Desk) -> RegistrationForm:
    """The form with its text cleaned. Raises InvalidField for what can be known without the store."""
    today = desk.today()
    if form.day > today:
        raise InvalidField("day", "Tanggal pendaftaran tidak boleh setelah hari ini")
    if form.day < today - BACKDATE:
        raise InvalidField("day", f"Tanggal pendaftaran paling lama {BACKDATE.days} hari yang lalu")
    if form.complaint and len(form.complaint) > COMPLAINT_LIMIT:
        raise InvalidField("complaint", f"Keluhan paling panjang {COMPLAINT_LIMIT} huruf")
    for name in RANGES:
        value = getattr(form.vitals, name)
        problem = impossible(name, value) if value is not None else None
        if problem:
            raise InvalidField(name, problem)
    return replace(form, complaint=clean(form.complaint or "", COMPLAINT_LIMIT).strip() or None)


def sendable_person(tx: Transaction, form: RegistrationForm) -> Participant:
    """The person of the form. Raises NotFound, and InvalidField when form and person do not fit together."""
    person = participants.get(tx, form.participant_id)
    if person is None:
        raise NotFound("Pasien tidak ditemukan di penyimpanan")
    _check_person(form, person)
    return person


def _check_person(form: RegistrationForm, person: Participant) -> None:
    if form.payer == Payer.BPJS:
        if person.card_number is None:
            raise InvalidField("payer", NO_CARD)
        problem = card_problem(person.card_number)
        if problem:
            raise InvalidField("payer", problem)
    if person.birth_date and form.day < person.birth_date:
        raise InvalidField("day", "Tanggal pendaftaran sebelum tanggal lahir")


def result(tx: Transaction, made: Registration, *, repeated: bool) -> Registered:
    """What the screen shows of a registration."""
    ticket = queue.of_registration(tx, made.id)
    if ticket is None:
        raise LookupError(made.id)
    items = outbox.of_registration(tx, made.id)
    return Registered(made, ticket, items[0].state if items else None, repeated)
