"""Visits on their way: P-Care keeps one a registration, and lists them in the member's history."""

from collections.abc import Hashable

from kiosk.domain.codes import OutboxKind, OutboxState
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.registration import Registration
from kiosk.domain.visit import Visit
from kiosk.pcare.client import PCareClient, VisitRow
from kiosk.store import outbox, outbox_moves, registrations, visits
from kiosk.store.transaction import Transaction
from kiosk.sync.collapse import collapse
from kiosk.sync.courier import Courier
from kiosk.sync.elsewhere import visit_is_gone
from kiosk.sync.family import DUPLICATE, Given, Plan, duplicate_not_found, not_there
from kiosk.sync.payload import visit_request


class VisitFamily:
    """They can be edited at P-Care by replacing the whole, so often as one likes: an edit in doubt is simply repeated.

    What somebody typed there for the same registration is taken over and replaced by ours.
    """

    deletions = frozenset({OutboxKind.VISIT_DELETE})

    async def prepare(self, courier: Courier, item: OutboxItem) -> None:
        """Nothing: P-Care refuses a second one by itself."""

    def plan(self, tx: Transaction, courier: Courier, item: OutboxItem) -> Plan | None:
        """An edit that rode on an earlier call is not sent; edits and deletions need the noKunjungan."""
        registration = registrations.get(tx, item.registration_id)
        visit = visits.get(tx, item.subject_id)
        if registration is None or visit is None:
            raise LookupError(item.subject_id)
        if item.kind == OutboxKind.VISIT_UPDATE and visit.confirmed_version >= visit.version:
            outbox_moves.done(tx, item.id, "superseded")
            return None
        if item.kind == OutboxKind.VISIT_ADD:
            return self._entry(courier, visit, registration, None)
        if visit.remote_number is None:
            outbox_moves.to_needs_action(tx, item.id, "no_number")
            return None
        if item.kind == OutboxKind.VISIT_DELETE:
            return self._deletion(visit, visit.remote_number)
        return self._entry(courier, visit, registration, visit.remote_number)

    def _entry(self, courier: Courier, visit: Visit, registration: Registration, number: str | None) -> Plan:
        request = visit_request(visit, registration, number)

        async def call(client: PCareClient) -> Given:
            if number is None:
                return Given(await client.add_visit(request))
            await client.update_visit(request)
            return Given()

        return Plan(visit.version, request.to_wire(courier.client.settings.version), call)

    def _deletion(self, visit: Visit, number: str) -> Plan:
        async def call(client: PCareClient) -> Given:
            await client.delete_visit(number)
            return Given()

        return Plan(visit.version, {}, call)

    def edited_since(self, tx: Transaction, item: OutboxItem, version: int) -> bool:
        """A deleted one was not edited."""
        visit = visits.get(tx, item.subject_id)
        return visit is not None and visit.version > version and not visit.deleted

    def vanished(self, tx: Transaction, item: OutboxItem) -> bool:
        """A colleague deleted it in P-Care's own page: a person decides whether it goes again, as it is now."""
        return _vanished(tx, item)

    def took_effect(self, tx: Transaction, item: OutboxItem, version: int, given: Given) -> None:
        """Only the version that was sent is confirmed: an edit made meanwhile is still to be sent."""
        if item.kind != OutboxKind.VISIT_DELETE:
            visits.confirm(tx, item.subject_id, given.number, version)

    def read_with(self, item: OutboxItem) -> Hashable:
        """Each by its member's history."""
        return item.id

    async def read_back(self, courier: Courier, items: list[OutboxItem]) -> None:
        """By the history, which lists other facilities' visits too."""
        (asked,) = items
        registration = await courier.store.read(lambda tx: registrations.get(tx, asked.registration_id))
        if registration is None or not registration.card_number:
            return
        rows = await courier.client.visit_history(registration.card_number)
        courier.line.answered()
        await courier.store.write(lambda tx: _settle(tx, courier, asked, rows))


def _settle(tx: Transaction, courier: Courier, asked: OutboxItem, rows: list[VisitRow]) -> None:
    item = outbox.get(tx, asked.id)
    registration = registrations.get(tx, asked.registration_id)
    visit = visits.get(tx, asked.subject_id)
    if item is None or registration is None or visit is None or item.state != OutboxState.UNKNOWN:
        return
    listed = any(r.visit_number == visit.remote_number for r in rows)
    if item.kind == OutboxKind.VISIT_DELETE:
        if listed:
            outbox_moves.back_to_pending(tx, item.id, "not_there", None)
        else:
            outbox_moves.done(tx, item.id, "read_back")
    elif item.kind == OutboxKind.VISIT_UPDATE:
        # The history does not show every field, and a replacement may be repeated: send it again.
        if listed:
            not_there(tx, item)
        elif not _vanished(tx, item):
            outbox_moves.to_needs_action(tx, item.id, "gone")
            collapse(tx, item.id)
    else:
        _settle_added(tx, courier, item, registration, rows)


def _vanished(tx: Transaction, item: OutboxItem) -> bool:
    registration, visit = registrations.get(tx, item.registration_id), visits.get(tx, item.subject_id)
    if item.kind != OutboxKind.VISIT_UPDATE or registration is None or visit is None or visit.deleted:
        return False
    outbox_moves.to_needs_action(tx, item.id, "gone")
    for each in outbox.of_subject(tx, visit.id):
        if each.kind == OutboxKind.VISIT_UPDATE and each.state in (OutboxState.PENDING, OutboxState.NEEDS_ACTION):
            outbox_moves.drop(tx, each.id, "gone")
    visit_is_gone(tx, registration, visit)
    return True


def _settle_added(
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
        outbox_moves.done(tx, item.id, "already_there" if duplicate else "read_back")
        if duplicate and visit is not None and not visit.deleted:
            outbox.add(tx, OutboxKind.VISIT_UPDATE, registration, visit.id, visit.version)
    elif duplicate:
        duplicate_not_found(tx, courier, item)
    else:
        not_there(tx, item)
