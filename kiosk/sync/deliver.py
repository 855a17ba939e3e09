"""Sending one item of the outbox: prepare, commit the attempt, send, keep what came back."""

import logging
from dataclasses import dataclass

from kiosk.domain.codes import OutboxState
from kiosk.domain.outbox import OutboxItem
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
from kiosk.store import outbox, outbox_due, outbox_moves
from kiosk.store.errors import StoreError
from kiosk.store.outbox_moves import Outcome
from kiosk.store.transaction import Transaction
from kiosk.sync.collapse import collapse
from kiosk.sync.courier import Courier
from kiosk.sync.families import FAMILIES
from kiosk.sync.family import Given, Plan, said
from kiosk.sync.payload import Unsendable, as_text

log = logging.getLogger("kiosk.sync")


@dataclass(frozen=True, slots=True)
class Claim:
    """An item that is ours to send: its attempt is on the disk."""

    item: OutboxItem
    attempt: str
    plan: Plan


async def send_next(courier: Courier) -> bool:
    """Send the first item whose time has come; False when there is none, or the line does not carry.

    Every outcome ends in a state of the outbox; nothing is raised for what the network does.
    """
    first = await courier.store.read(lambda tx: outbox_due.due(tx, queue=False))
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
    await courier.store.confirm_sender()
    with courier.client.recording() as exchanges:
        error: PCareError | None = None
        given = Given()
        try:
            given = await claim.plan.call(courier.client)
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
    await courier.store.write(lambda tx: _keep(tx, courier, claim, given, error, outcome))
    return True


def _set_aside(tx: Transaction, courier: Courier, identifier: str, word: str) -> None:
    item = outbox.get(tx, identifier)
    if item is not None and item.state == OutboxState.PENDING:
        outbox_moves.to_needs_action(tx, identifier, "program", word)
    elif item is not None and item.state == OutboxState.SENDING:
        outbox_moves.to_unknown(tx, identifier, "program", courier.settle_at(), word)


async def _prepare(courier: Courier, item: OutboxItem) -> bool:
    """What must be known before it is sent; False when P-Care could not be asked."""
    try:
        await FAMILIES[item.kind].prepare(courier, item)
    except PCareError as error:
        courier.line.failed(error)
        reason, when = str(error.reason), courier.backoff(item.attempts)
        await courier.store.write(lambda tx: outbox_due.look_later(tx, item.id, when, reason))
        return False
    return True


def _claim(tx: Transaction, courier: Courier, item: OutboxItem) -> Claim | None:
    """Take the item when it is still the first of its chain, with the record as it is now."""
    # Since it was looked at, another sender may have tried it already.
    mine = outbox_due.claim(tx, item.id)
    if mine is None:
        return None
    try:
        plan = FAMILIES[mine.kind].plan(tx, courier, mine)
    except Unsendable as problem:
        outbox_moves.to_needs_action(tx, mine.id, "payload", str(problem))
        return None
    return Claim(mine, outbox_moves.begin(tx, mine, plan.version, as_text(plan.body)), plan) if plan else None


def _keep(
    tx: Transaction,
    courier: Courier,
    claim: Claim,
    given: Given,
    error: PCareError | None,
    outcome: Outcome,
) -> None:
    outbox_moves.end_attempt(tx, claim.attempt, outcome)
    item, family = claim.item, FAMILIES[claim.item.kind]
    match error:
        case None:
            family.took_effect(tx, item, claim.plan.version, given)
            outbox_moves.done(tx, item.id)
        case AlreadyThere():
            # It is there; its number is read from the list, at once and again after the settle time.
            outbox_moves.to_unknown(tx, item.id, str(error.reason), courier.clock(), error.server_text)
        case Refused() if error.reason == Reason.NOT_FOUND and item.kind in family.deletions:
            # What follows it finds nothing there any more.
            family.took_effect(tx, item, claim.plan.version, given)
            outbox_moves.done(tx, item.id, "gone")
        case Refused() if error.reason == Reason.NOT_FOUND and family.vanished(tx, item):
            # What was to be changed is there no more; what follows from that is decided.
            pass
        case Refused() if family.edited_since(tx, item, claim.plan.version):
            # What was refused is not what the record says now.
            outbox_moves.back_to_pending(tx, item.id, None, None)
        case Refused():
            outbox_moves.to_needs_action(tx, item.id, str(error.reason), said(error))
        case NotSent() | LoginRejected() | AccessDenied() | ClockSkew():
            outbox_moves.back_to_pending(tx, item.id, str(error.reason), courier.backoff(item.attempts))
        case OutcomeUnknown() | _:
            outbox_moves.to_unknown(tx, item.id, str(error.reason), courier.settle_at(), error.server_text or None)
    collapse(tx, item.id)
