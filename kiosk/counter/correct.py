"""Correcting a registration that P-Care does not have: refused, or not sent yet."""

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.errors import Conflict, InvalidField, NotFound
from kiosk.counter.lines import send_lines_of
from kiosk.counter.register import cancel, checked_form, register_in, result, sendable_person
from kiosk.counter.views import Correction, Registered
from kiosk.domain.audit import Event
from kiosk.domain.codes import OutboxKind, OutboxState, Payer, Priority
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.people import Action
from kiosk.domain.registration import Registration, RegistrationForm
from kiosk.store import outbox, outbox_moves, queue, registrations, visits
from kiosk.store.audit import note
from kiosk.store.transaction import Transaction

_WAITING = (OutboxState.PENDING, OutboxState.NEEDS_ACTION)
_DOUBTED = "duplicate_not_listed"


async def open_correction(desk: Desk, registration_id: str) -> Correction:
    """The registration as it was typed, with why P-Care refused it. Raises NotFound, Conflict when it is too late."""
    require(desk, Action.REGISTER)

    def work(tx: Transaction) -> Correction:
        known, item = _correctable(tx, registration_id)
        ticket = queue.of_registration(tx, known.id)
        priority = ticket.priority if ticket else Priority.ORDINARY
        return Correction(known, item, visits.live(tx, known.id) is not None, priority)

    opened = await desk.read(work)
    desk.saw(Event.REGISTRATION_VIEW, registration_id)
    return opened


async def correct_registration(
    desk: Desk, registration_id: str, form: RegistrationForm, *, based_on: int
) -> Registered:
    """The registration with what `form` says now; what was refused goes again.

    Person, poli and day are P-Care's own key of it, and the queue number hangs on them: where poli or day is another,
    the registration is taken back and made anew with a new number, in the same transaction. `based_on` is the version
    that the form was opened with. Raises InvalidField, NotFound, Conflict.
    """
    operator = require(desk, Action.REGISTER)
    form = checked_form(form, desk)

    def work(tx: Transaction) -> Registered:
        repeated = registrations.by_request(tx, form.request_id) if form.request_id else None
        if repeated is not None:
            return result(tx, repeated, repeated=True)
        known, item = _correctable(tx, registration_id)
        if known.version != based_on:
            raise Conflict("Pendaftaran ini baru saja diubah di tempat lain; buka lagi, lalu perbaiki")
        if form.participant_id != known.participant_id:
            raise Conflict("Pasien tidak dapat diganti; batalkan, lalu daftarkan yang benar")
        if (form.day, form.poli_code) != (known.day, known.poli_code):
            return _move(tx, known, item, form, operator.id, desk)
        person = sendable_person(tx, form)
        card = person.card_number if form.payer == Payer.BPJS else None
        registrations.change(tx, known, form, card_number=card, provider_code=person.facility_code)
        ticket = queue.of_registration(tx, known.id)
        if ticket is not None:
            queue.set_priority(tx, ticket, form.priority)
        changed = _get(tx, known.id)
        _send(tx, changed, item, operator.login)
        note(tx, Event.REGISTRATION_CHANGE, changed.id, version=changed.version)
        return result(tx, changed, repeated=False)

    return await desk.write(work)


def _move(
    tx: Transaction,
    known: Registration,
    item: OutboxItem | None,
    form: RegistrationForm,
    operator: str,
    desk: Desk,
) -> Registered:
    if visits.live(tx, known.id) is not None:
        field = "poli_code" if form.poli_code != known.poli_code else "day"
        raise InvalidField(field, "Sudah dilayani; poli dan tanggal tidak dapat diganti")
    if item is not None and item.reason == _DOUBTED:
        raise Conflict("P-Care bilang sudah ada: pastikan di laman P-Care sebelum ganti poli, tanggal")
    cancel(tx, known, desk.today())
    return register_in(tx, form, operator, desk.today())


def _send(tx: Transaction, changed: Registration, item: OutboxItem | None, login: str) -> None:
    """What waits carries the new version; who pays himself is not told to P-Care, nor what hangs on it."""
    visit = visits.live(tx, changed.id)
    if changed.payer != Payer.BPJS:
        if visit is not None and visit.remote_number is not None:
            raise InvalidField("payer", "Pelayanannya sudah ada di P-Care; hapus pelayanannya dulu")
        if item is not None and item.reason == _DOUBTED:
            raise InvalidField("payer", "P-Care bilang sudah ada; pastikan dulu di laman P-Care")
        for one in outbox.of_registration(tx, changed.id):
            if one.state in _WAITING:
                outbox_moves.drop(tx, one.id, "not_bpjs", login)
    elif item is not None:
        outbox.refresh(tx, item, changed.version)
    else:
        outbox.add(tx, OutboxKind.REGISTRATION_ADD, changed, changed.id, changed.version)
        if visit is not None and outbox.given_up(tx, visit):
            outbox.add(tx, OutboxKind.VISIT_ADD, changed, visit.id, visit.version)
            send_lines_of(tx, visit)


def _correctable(tx: Transaction, registration_id: str) -> tuple[Registration, OutboxItem | None]:
    """The registration and its call that waits, None when that was given up. Raises NotFound, Conflict."""
    known = _get(tx, registration_id)
    if known.cancelled:
        raise NotFound("Pendaftaran ini sudah dibatalkan")
    about = outbox.of_registration(tx, known.id)
    adds = [i for i in about if i.kind == OutboxKind.REGISTRATION_ADD]
    last = adds[-1] if adds else None
    if any(i.state in (OutboxState.SENDING, OutboxState.UNKNOWN) for i in about):
        raise Conflict("Sedang dipastikan di P-Care; tunggu sebentar")
    if known.remote_number is not None:
        raise Conflict("Sudah ada di P-Care, tidak dapat diubah: batalkan (X), lalu daftarkan lagi")
    return known, last if last is not None and last.state in _WAITING else None


def _get(tx: Transaction, identifier: str) -> Registration:
    known = registrations.get(tx, identifier)
    if known is None:
        raise NotFound("Pendaftaran tidak ditemukan")
    return known
