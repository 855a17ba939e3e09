"""Registrations on their way: P-Care keeps one a member, poli and day, and lists a whole day."""

from collections.abc import Hashable

from kiosk.domain.codes import OutboxKind, OutboxState
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.registration import Registration
from kiosk.pcare.client import PCareClient
from kiosk.pcare.errors import Refused
from kiosk.store import outbox, outbox_moves, participants, registrations, sync_state
from kiosk.store.transaction import Transaction
from kiosk.sync.courier import Courier
from kiosk.sync.family import Given, Plan, said
from kiosk.sync.members import participant
from kiosk.sync.payload import Unsendable, registration_request
from kiosk.sync.reconcile import is_old, merge_day


class RegistrationFamily:
    """They alone ask before they send: whoever is on P-Care's list of the day already is adopted, not sent.

    Nothing of them is ever edited at P-Care: what is wrong is cancelled and made anew.
    """

    deletions = frozenset({OutboxKind.REGISTRATION_CANCEL})

    async def prepare(self, courier: Courier, item: OutboxItem) -> None:
        """P-Care's list of the day, and the member's own facility."""
        if item.kind != OutboxKind.REGISTRATION_ADD:
            return
        async with courier.merging:
            merged = await courier.store.read(lambda tx: sync_state.merged_at(tx, item.day))
            if item.day not in courier.merged or is_old(courier, merged, courier.policy.merge_every):
                await merge_day(courier, item.day)
        registration = await courier.store.read(lambda tx: registrations.get(tx, item.registration_id))
        if registration is not None and registration.provider_code is None and registration.card_number:
            await _learn_facility(courier, item, registration)

    def plan(self, tx: Transaction, courier: Courier, item: OutboxItem) -> Plan | None:
        """A cancellation needs the number that P-Care gave."""
        registration = registrations.get(tx, item.registration_id)
        if registration is None:
            raise LookupError(item.registration_id)
        if item.kind == OutboxKind.REGISTRATION_ADD:
            return self._addition(registration)
        if registration.remote_number is None:
            outbox_moves.to_needs_action(tx, item.id, "no_number")
            return None
        return self._cancellation(registration, registration.remote_number)

    def _addition(self, registration: Registration) -> Plan:
        if not registration.provider_code:
            raise Unsendable("fasilitas peserta (kdProviderPeserta)")
        request = registration_request(registration, registration.provider_code)

        async def call(client: PCareClient) -> Given:
            return Given(await client.add_registration(request))

        return Plan(registration.version, request.to_wire(), call)

    def _cancellation(self, registration: Registration, number: str) -> Plan:
        card, day, poli = registration.card_number or "", registration.day, registration.poli_code

        async def call(client: PCareClient) -> Given:
            await client.delete_registration(card, day, number, poli)
            return Given()

        return Plan(registration.version, {}, call)

    def edited_since(self, tx: Transaction, item: OutboxItem, version: int) -> bool:
        """Never."""
        return False

    def vanished(self, tx: Transaction, item: OutboxItem) -> bool:
        """Nothing of them is changed."""
        return False

    def took_effect(self, tx: Transaction, item: OutboxItem, version: int, given: Given) -> None:
        """The noUrut is kept: without it nothing can be cancelled."""
        if item.kind == OutboxKind.REGISTRATION_ADD and given.number is not None:
            registrations.set_remote_number(tx, item.subject_id, given.number)
            outbox.registration_is_there(tx, item.subject_id)

    def read_with(self, item: OutboxItem) -> Hashable:
        """One list a day."""
        return item.day

    async def read_back(self, courier: Courier, items: list[OutboxItem]) -> None:
        """The merge of the day settles them."""
        await merge_day(courier, items[0].day, items)


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
                outbox_moves.to_needs_action(tx, item.id, reason, said(refusal) if refusal else None)
            return
        person = participants.confirm(tx, participant(row, tx.now))
        if person.facility_code:
            registrations.set_provider(tx, registration.id, person.facility_code)

    await courier.store.write(work)
