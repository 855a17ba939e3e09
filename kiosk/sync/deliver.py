"""Sending one item of the outbox: prepare, commit the attempt, send, keep what came back."""

import logging
from dataclasses import dataclass

from kiosk.domain.codes import OutboxKind, OutboxState
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.registration import Registration
from kiosk.domain.visit import Visit
from kiosk.pcare.client import RegistrationRequest, VisitRequest
from kiosk.pcare.errors import (
    AccessDenied,
    AlreadyThere,
    ClockSkew,
    LoginRejected,
    NotSent,
    OutcomeUnknown,
    PCareError,
    Reason,
    Refused,
)
from kiosk.store import outbox, participants, registrations, sync_state, visits
from kiosk.store.errors import StoreError
from kiosk.store.outbox import Outcome
from kiosk.store.transaction import Transaction
from kiosk.sync.collapse import collapse
from kiosk.sync.courier import Courier
from kiosk.sync.members import participant
from kiosk.sync.payload import Unsendable, as_text, registration_request, visit_request
from kiosk.sync.reconcile import merge_day

log = logging.getLogger("kiosk.sync")

Request = RegistrationRequest | VisitRequest | None


@dataclass(frozen=True, slots=True)
class Claim:
    """An item that is ours to send: its attempt is on the disk."""

    item: OutboxItem
    attempt: str
    version: int
    registration: Registration
    visit: Visit | None
    request: Request


async def send_next(courier: Courier) -> bool:
    """Send the first item whose time has come; False when there is none, or the line does not carry.

    Every outcome ends in a state of the outbox; nothing is raised for what the network does.
    """
    first = await courier.store.read(outbox.due)
    if not first:
        return False
    try:
        return await _send(courier, first[0])
    except (StoreError, MemoryError):
        raise
    except Exception as error:
        # A record that we cannot even read, or our own mistake: it must not hold up all the others.
        log.error("set_aside %s %s", first[0].id, type(error).__name__)
        word = type(error).__name__
        await courier.store.write(lambda tx: _set_aside(tx, courier, first[0].id, word))
        return True


async def _send(courier: Courier, item: OutboxItem) -> bool:
    if not await _prepare(courier, item):
        return False
    claim = await courier.store.write(lambda tx: _claim(tx, courier, item))
    if claim is None:
        return True
    with courier.client.recording() as exchanges:
        error: PCareError | None = None
        number: str | None = None
        try:
            number = await _call(courier, claim)
        except PCareError as caught:
            error = caught
    last = exchanges[-1] if exchanges else None
    outcome = Outcome(
        word=str(error.reason) if error else "done",
        status=last.status if last else None,
        code=last.code if last else None,
        message=error.server_text if error else None,
    )
    if error is None or isinstance(error, Refused | AlreadyThere):
        courier.line.answered()
    else:
        courier.line.failed(error)
    await courier.store.write(lambda tx: _keep(tx, courier, claim, number, error, outcome))
    return True


def _set_aside(tx: Transaction, courier: Courier, identifier: str, word: str) -> None:
    item = outbox.get(tx, identifier)
    if item is not None and item.state == OutboxState.PENDING:
        outbox.to_needs_action(tx, identifier, "program", word)
    elif item is not None and item.state == OutboxState.SENDING:
        outbox.to_unknown(tx, identifier, "program", courier.settle_at(), word)


async def _prepare(courier: Courier, item: OutboxItem) -> bool:
    """What must be known before a registration is sent: P-Care's list of its day, and the member's facility."""
    if item.kind != OutboxKind.REGISTRATION_ADD:
        return True
    try:
        async with courier.merging:
            merged = await courier.store.read(lambda tx: sync_state.merged_at(tx, item.day))
            # Also when it lies in the future: the clock was put back since.
            if merged is None or abs((courier.clock() - merged).total_seconds()) > courier.policy.merge_every:
                await merge_day(courier, item.day)
        registration = await courier.store.read(lambda tx: registrations.get(tx, item.registration_id))
        if registration is not None and registration.provider_code is None and registration.card_number:
            await _learn_facility(courier, item, registration)
    except PCareError as error:
        courier.line.failed(error)
        reason, when = str(error.reason), courier.backoff(item.attempts)
        await courier.store.write(lambda tx: outbox.look_later(tx, item.id, when, reason))
        return False
    return True


async def _learn_facility(courier: Courier, item: OutboxItem, registration: Registration) -> None:
    """P-Care wants the member's own facility; a member who was typed offline is looked up first."""
    refusal: Refused | None = None
    row = None
    try:
        row = await courier.client.participant_by_card(registration.card_number or "")
    except Refused as error:
        refusal = error
    courier.line.answered()

    def work(tx: Transaction) -> None:
        if row is None:
            now = outbox.get(tx, item.id)
            if now is not None and now.state == OutboxState.PENDING:
                reason = str(refusal.reason) if refusal else "unknown_member"
                outbox.to_needs_action(tx, item.id, reason, _said(refusal) if refusal else None)
            return
        person = participants.confirm(tx, participant(row, tx.now))
        if person.facility_code:
            registrations.set_provider(tx, registration.id, person.facility_code)

    await courier.store.write(work)


def _claim(tx: Transaction, courier: Courier, item: OutboxItem) -> Claim | None:
    """Take the item when it is still the first of its chain, with the record as it is now."""
    if item.id not in [due.id for due in outbox.due(tx, limit=courier.policy.parallel + 8)]:
        return None
    registration = registrations.get(tx, item.registration_id)
    if registration is None:
        raise LookupError(item.registration_id)
    visit = visits.get(tx, item.subject_id) if item.kind.startswith("visit.") else None
    if item.kind == OutboxKind.VISIT_UPDATE and visit is not None and visit.confirmed_version >= visit.version:
        outbox.done(tx, item.id, "superseded")
        return None
    try:
        request = _request(courier, item, registration, visit)
    except Unsendable as problem:
        outbox.to_needs_action(tx, item.id, "payload", str(problem))
        return None
    if _number_missing(item, registration, visit):
        outbox.to_needs_action(tx, item.id, "no_number")
        return None
    version = visit.version if visit else registration.version
    attempt = outbox.begin(tx, item, version, as_text(_body(courier, request)))
    return Claim(item, attempt, version, registration, visit, request)


def _request(courier: Courier, item: OutboxItem, registration: Registration, visit: Visit | None) -> Request:
    if item.kind == OutboxKind.REGISTRATION_ADD:
        if not registration.provider_code:
            raise Unsendable("fasilitas peserta (kdProviderPeserta)")
        return registration_request(registration, registration.provider_code)
    if visit is not None and item.kind in (OutboxKind.VISIT_ADD, OutboxKind.VISIT_UPDATE):
        return visit_request(visit, registration, visit.remote_number if item.kind == OutboxKind.VISIT_UPDATE else None)
    return None


def _number_missing(item: OutboxItem, registration: Registration, visit: Visit | None) -> bool:
    if item.kind == OutboxKind.REGISTRATION_CANCEL:
        return registration.remote_number is None
    if item.kind in (OutboxKind.VISIT_UPDATE, OutboxKind.VISIT_DELETE):
        return visit is None or visit.remote_number is None
    return False


def _body(courier: Courier, request: Request) -> dict[str, object]:
    if isinstance(request, VisitRequest):
        return request.to_wire(courier.client.settings.version)
    return request.to_wire() if request is not None else {}


async def _call(courier: Courier, claim: Claim) -> str | None:
    """The call itself; the number P-Care gave, where it gives one. Raises PCareError."""
    client, registration, visit = courier.client, claim.registration, claim.visit
    match claim.item.kind, claim.request:
        case OutboxKind.REGISTRATION_ADD, RegistrationRequest() as request:
            return await client.add_registration(request)
        case OutboxKind.VISIT_ADD, VisitRequest() as request:
            return await client.add_visit(request)
        case OutboxKind.VISIT_UPDATE, VisitRequest() as request:
            await client.update_visit(request)
        case OutboxKind.VISIT_DELETE, _:
            await client.delete_visit((visit.remote_number if visit else None) or "")
        case OutboxKind.REGISTRATION_CANCEL, _:
            await client.delete_registration(
                registration.card_number or "",
                registration.day,
                registration.remote_number or "",
                registration.poli_code,
            )
        case kind, _:
            raise LookupError(kind)
    return None


def _keep(
    tx: Transaction,
    courier: Courier,
    claim: Claim,
    number: str | None,
    error: PCareError | None,
    outcome: Outcome,
) -> None:
    outbox.end_attempt(tx, claim.attempt, outcome)
    item = claim.item
    match error:
        case None:
            took_effect(tx, item, claim.version, number)
            outbox.done(tx, item.id)
        case AlreadyThere():
            # It is there; its number is read from the list, at once and again after the settle time.
            outbox.to_unknown(tx, item.id, str(error.reason), courier.clock(), error.server_text)
        case Refused() if error.reason == Reason.NOT_FOUND and item.kind in _DELETIONS:
            outbox.done(tx, item.id, "gone")
        case Refused() if _edited_since(tx, claim):
            # What was refused is not what the record says now.
            outbox.back_to_pending(tx, item.id, None, None)
        case Refused():
            outbox.to_needs_action(tx, item.id, str(error.reason), _said(error))
        case NotSent() | LoginRejected() | AccessDenied() | ClockSkew():
            outbox.back_to_pending(tx, item.id, str(error.reason), courier.backoff(item.attempts))
        case OutcomeUnknown() | _:
            outbox.to_unknown(tx, item.id, str(error.reason), courier.settle_at(), error.server_text or None)
    collapse(tx, item.id)


_DELETIONS = (OutboxKind.REGISTRATION_CANCEL, OutboxKind.VISIT_DELETE)


def _edited_since(tx: Transaction, claim: Claim) -> bool:
    visit = visits.get(tx, claim.item.subject_id) if claim.visit else None
    return visit is not None and visit.version > claim.version and not visit.deleted


def took_effect(tx: Transaction, item: OutboxItem, version: int, number: str | None) -> None:
    """P-Care holds `version` of what the item speaks of, under `number` where it gave one."""
    if item.kind == OutboxKind.REGISTRATION_ADD and number is not None:
        registrations.set_remote_number(tx, item.subject_id, number)
    elif item.kind in (OutboxKind.VISIT_ADD, OutboxKind.VISIT_UPDATE):
        visits.confirm(tx, item.subject_id, number, version)


def _said(error: Refused) -> str:
    rows = [f"{p.field}: {p.message}" for p in error.fields]
    return "; ".join(rows)[:300] or error.server_text
