"""Reading back what P-Care has: for what nobody knows, and for what somebody typed in its own page.

An unknown item leaves its state only here, not before its settle time, and only by a list that was read to its end.
"""

from datetime import date

from kiosk.domain.codes import Care, OutboxKind, OutboxState, Payer, VisitKind
from kiosk.domain.ids import new_id
from kiosk.domain.outbox import OPEN, OutboxItem
from kiosk.domain.participant import Participant
from kiosk.domain.registration import Registration, RegistrationForm
from kiosk.domain.vitals import Vitals
from kiosk.pcare.client import RegistrationRow, VisitRow
from kiosk.pcare.errors import PCareError
from kiosk.store import outbox, participants, queue, registrations, sync_state, visits
from kiosk.store.transaction import Transaction
from kiosk.sync.collapse import collapse
from kiosk.sync.courier import Courier
from kiosk.sync.members import sex, text

DUPLICATE = "duplicate"
"""The reason of an item of which P-Care said that it is there already."""

CARES = {care.value for care in Care}


async def reconcile(courier: Courier) -> bool:
    """Read back every unknown item that has settled; False when a reading failed or there was none."""
    items = await courier.store.read(outbox.settled)
    about_registrations = [i for i in items if i.kind.startswith("registration.")]
    for day in sorted({i.day for i in about_registrations}):
        try:
            await merge_day(courier, day, [i for i in about_registrations if i.day == day])
        except PCareError as error:
            await _reading_failed(courier, [i for i in about_registrations if i.day == day], error)
            return False
    for item in items:
        if item.kind.startswith("visit."):
            try:
                await _read_visit(courier, item)
            except PCareError as error:
                await _reading_failed(courier, [item], error)
                return False
    return bool(items)


async def merge_day(courier: Courier, day: date, unknown: list[OutboxItem] | None = None) -> None:
    """Merge P-Care's complete list of `day`: settle the `unknown` items, adopt what was typed elsewhere.

    Raises PCareError when the list could not be read to its end; nothing is concluded then.
    """
    rows = await courier.client.all_registrations_on(day)
    courier.line.answered()

    def work(tx: Transaction) -> None:
        for item in unknown or ():
            _settle_registration(tx, courier, item, rows)
        for row in rows:
            _merge_row(tx, day, row)
        sync_state.note_merged(tx, day)

    await courier.store.write(work)


async def _reading_failed(courier: Courier, items: list[OutboxItem], error: PCareError) -> None:
    courier.line.failed(error)

    def work(tx: Transaction) -> None:
        for item in items:
            outbox.look_later(tx, item.id, courier.backoff(item.attempts))

    await courier.store.write(work)


def _settle_registration(tx: Transaction, courier: Courier, asked: OutboxItem, rows: list[RegistrationRow]) -> None:
    item = outbox.get(tx, asked.id)
    registration = registrations.get(tx, asked.registration_id)
    if item is None or registration is None or item.state != OutboxState.UNKNOWN:
        return
    same = [r for r in rows if _is_of(r, registration)]
    if item.kind == OutboxKind.REGISTRATION_CANCEL:
        if any(r.queue_number == registration.remote_number for r in same):
            outbox.back_to_pending(tx, item.id, "not_there", None)
        else:
            outbox.done(tx, item.id, "read_back")
        return
    free = [r for r in same if not _claimed(tx, registration, r.queue_number)]
    if free:
        registrations.set_remote_number(tx, registration.id, free[0].queue_number)
        outbox.done(tx, item.id, "already_there" if item.reason == DUPLICATE else "read_back")
    elif item.reason == DUPLICATE:
        _duplicate_not_found(tx, courier, item)
    else:
        _not_there(tx, item)


def _not_there(tx: Transaction, item: OutboxItem) -> None:
    """P-Care did not take it: to be sent again, unless it was taken back here meanwhile."""
    outbox.back_to_pending(tx, item.id, "not_there", None)
    collapse(tx, item.id)


def _duplicate_not_found(tx: Transaction, courier: Courier, item: OutboxItem) -> None:
    """P-Care says it is there and does not list it: look once more when its lists have caught up, then a person."""
    age = (courier.clock() - item.updated_at).total_seconds()
    if age < courier.policy.settle:
        outbox.look_later(tx, item.id, courier.in_seconds(courier.policy.settle - age))
    else:
        outbox.to_needs_action(tx, item.id, "duplicate_not_listed", item.detail)


def _claimed(tx: Transaction, registration: Registration, number: str) -> bool:
    """Whether another registration of this member and poli holds the number.

    Another member's does not count: P-Care may give the number of a deleted registration again.
    """
    others = registrations.by_remote_number(tx, registration.day, number)
    key = (registration.card_number, registration.poli_code)
    return any(o.id != registration.id and (o.card_number, o.poli_code) == key for o in others)


def _is_of(row: RegistrationRow, registration: Registration) -> bool:
    return row.card_number == registration.card_number and row.poli_code == registration.poli_code


def _merge_row(tx: Transaction, day: date, row: RegistrationRow) -> None:
    """One row of P-Care's list: ours and known, ours and not sent yet, or typed by somebody else."""
    if not row.card_number or not row.poli_code:
        return
    person = participants.by_card(tx, row.card_number)
    if person is not None:
        same = registrations.every_one(tx, person.id, day, row.poli_code)
        if any(r.remote_number == row.queue_number for r in same):
            return
        if any(i.state in OPEN for r in same if r.cancelled for i in outbox.of_registration(tx, r.id)):
            # A cancelled one of ours is still on its way; this row may be its own, and its items will find it.
            return
        active = registrations.active(tx, person.id, day, row.poli_code)
        if active is not None:
            _take_number(tx, active, row.queue_number)
            return
    _adopt(tx, day, row, person)


def _take_number(tx: Transaction, active: Registration, number: str) -> None:
    """Somebody typed the same registration in P-Care's page: ours need not be sent any more."""
    if active.payer != Payer.BPJS:
        # Registered here as a paying patient: who pays is decided by a person, not by this list.
        return
    items = outbox.of_registration(tx, active.id)
    adds = [i for i in items if i.kind == OutboxKind.REGISTRATION_ADD and i.state in OPEN]
    if any(i.state in (OutboxState.SENDING, OutboxState.UNKNOWN) for i in adds):
        return
    registrations.set_remote_number(tx, active.id, number)
    for item in adds:
        outbox.done(tx, item.id, "typed_elsewhere")


def _adopt(tx: Transaction, day: date, row: RegistrationRow, person: Participant | None) -> None:
    """A registration that we never had: it gets a place in our queue."""
    if person is None:
        person = participants.save(
            tx,
            Participant(
                id=new_id(),
                name=text(row.name) or row.card_number or "",
                card_number=row.card_number,
                sex=sex(row.sex),
                birth_date=row.birth_date,
            ),
        )
    form = RegistrationForm(
        participant_id=person.id,
        day=day,
        poli_code=row.poli_code or "",
        payer=Payer.BPJS,
        visit_kind=VisitKind.HEALTHY if row.sick is False else VisitKind.SICK,
        care=Care(row.care) if row.care in CARES else Care.OUTPATIENT,
        complaint=text(row.complaint),
        vitals=Vitals(
            systolic=row.systolic,
            diastolic=row.diastolic,
            weight=row.weight_kg,
            height=row.height_cm,
            respiration=row.respiratory_rate,
            heart_rate=row.heart_rate,
        ),
    )
    identifier = registrations.add(
        tx,
        form,
        card_number=row.card_number,
        provider_code=person.facility_code,
        operator=None,
        adopted_number=row.queue_number,
    )
    queue.give(tx, identifier, day, form.poli_code)


async def _read_visit(courier: Courier, asked: OutboxItem) -> None:
    registration = await courier.store.read(lambda tx: registrations.get(tx, asked.registration_id))
    if registration is None or not registration.card_number:
        return
    rows = await courier.client.visit_history(registration.card_number)
    courier.line.answered()
    await courier.store.write(lambda tx: _settle_visit(tx, courier, asked, rows))


def _settle_visit(tx: Transaction, courier: Courier, asked: OutboxItem, rows: list[VisitRow]) -> None:
    item = outbox.get(tx, asked.id)
    registration = registrations.get(tx, asked.registration_id)
    visit = visits.get(tx, asked.subject_id)
    if item is None or registration is None or visit is None or item.state != OutboxState.UNKNOWN:
        return
    listed = any(r.visit_number == visit.remote_number for r in rows)
    if item.kind == OutboxKind.VISIT_DELETE:
        if listed:
            outbox.back_to_pending(tx, item.id, "not_there", None)
        else:
            outbox.done(tx, item.id, "read_back")
    elif item.kind == OutboxKind.VISIT_UPDATE:
        # The history does not show every field, and a replacement may be repeated: send it again.
        if listed:
            _not_there(tx, item)
        else:
            outbox.to_needs_action(tx, item.id, "gone")
            collapse(tx, item.id)
    else:
        _settle_added_visit(tx, courier, item, registration, rows)


def _settle_added_visit(
    tx: Transaction, courier: Courier, item: OutboxItem, registration: Registration, rows: list[VisitRow]
) -> None:
    duplicate = item.reason == DUPLICATE
    own = [
        r
        for r in rows
        if r.day == registration.day
        and r.facility_code == courier.facility
        and r.poli_code == registration.poli_code
        # Of a deleted one its list may only lag behind; but what P-Care says is there, is there.
        and not visits.claimed(tx, r.visit_number, deleted_too=not duplicate)
    ]
    visit = visits.get(tx, item.subject_id)
    if own:
        # After "already there" P-Care holds what somebody else typed: no version of ours is confirmed, and ours
        # replaces it.
        visits.confirm(tx, item.subject_id, own[0].visit_number, 0 if duplicate else item.sent_version or item.version)
        outbox.done(tx, item.id, "already_there" if duplicate else "read_back")
        if duplicate and visit is not None and not visit.deleted:
            outbox.add(tx, OutboxKind.VISIT_UPDATE, registration, visit.id, visit.version)
    elif duplicate:
        _duplicate_not_found(tx, courier, item)
    else:
        _not_there(tx, item)
