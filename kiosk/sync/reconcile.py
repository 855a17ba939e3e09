"""Merging P-Care's list of a day: it settles registrations that nobody knows of, and brings what was typed elsewhere.

An unknown registration leaves its state only by a list that was read to its end, not before its settle time.
"""

from datetime import date, datetime, timedelta

from kiosk.domain.audit import Event
from kiosk.domain.codes import Care, OutboxKind, OutboxState, Payer, VisitKind
from kiosk.domain.ids import new_id
from kiosk.domain.outbox import OPEN, OutboxItem
from kiosk.domain.participant import Participant
from kiosk.domain.registration import Registration, RegistrationForm
from kiosk.domain.vitals import Vitals
from kiosk.pcare.client import RegistrationRow
from kiosk.store import outbox, outbox_moves, participants, queue, registrations, sync_state
from kiosk.store.audit import note
from kiosk.store.transaction import Transaction
from kiosk.sync.courier import Courier
from kiosk.sync.elsewhere import notice_deleted_visits, notice_deletions, notice_services
from kiosk.sync.family import DUPLICATE, duplicate_not_found, not_there
from kiosk.sync.members import sex, text

CARES = {care.value for care in Care}


async def merge_day(courier: Courier, day: date, unknown: list[OutboxItem] | None = None) -> None:
    """Merge P-Care's complete list of `day`: settle the `unknown` items, adopt what was typed elsewhere.

    Raises PCareError when the list could not be read to its end; nothing is concluded then.
    """
    asked_at, calm = courier.clock(), courier.calm()
    rows = await courier.client.all_registrations_on(day)
    courier.line.answered()
    courier.merged.add(day)

    def work(tx: Transaction) -> None:
        for item in unknown or ():
            _settle_registration(tx, courier, item, rows)
        for row in rows:
            _merge_row(tx, day, row)
        if calm and courier.calm():
            notice_deletions(tx, day, rows, asked_at - timedelta(seconds=courier.policy.settle))
        notice_services(tx, day, rows)
        sync_state.note_merged(tx, day)

    await courier.store.write(work)
    if calm:
        await notice_deleted_visits(courier, day, rows, asked_at)


def is_old(courier: Courier, merged: datetime | None, every: float) -> bool:
    """Whether a merge is older than `every` seconds; also when it lies in the future: the clock was put back since."""
    return merged is None or abs((courier.clock() - merged).total_seconds()) > every


def _settle_registration(tx: Transaction, courier: Courier, asked: OutboxItem, rows: list[RegistrationRow]) -> None:
    item = outbox.get(tx, asked.id)
    registration = registrations.get(tx, asked.registration_id)
    if item is None or registration is None or item.state != OutboxState.UNKNOWN:
        return
    same = [r for r in rows if _is_of(r, registration)]
    if item.kind == OutboxKind.REGISTRATION_CANCEL:
        if any(r.queue_number == registration.remote_number for r in same):
            outbox_moves.back_to_pending(tx, item.id, "not_there", None)
        else:
            outbox_moves.done(tx, item.id, "read_back")
        return
    free = [r for r in same if not _claimed(tx, registration, r.queue_number)]
    if free:
        registrations.set_remote_number(tx, registration.id, free[0].queue_number)
        outbox_moves.done(tx, item.id, "already_there" if item.reason == DUPLICATE else "read_back")
    elif item.reason == DUPLICATE:
        duplicate_not_found(tx, courier, item)
    else:
        not_there(tx, item)


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
            if active.card_number in (None, row.card_number):
                _take_number(tx, active, row.queue_number)
            # Else the person has two cards: their two rows were found to be one, and this poli has them already.
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
    outbox.registration_is_there(tx, active.id)
    for item in adds:
        outbox_moves.done(tx, item.id, "typed_elsewhere")


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
    note(tx, Event.REGISTRATION_ADOPT, identifier, poli=form.poli_code)
