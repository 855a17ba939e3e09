"""Looking at what is on its way to P-Care, and deciding what only a person can decide."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.errors import Conflict, InvalidField, NotFound
from kiosk.counter.reasons import STATE_TEXT, queue_words, words
from kiosk.counter.views import OutboxRow
from kiosk.domain.codes import QUEUE_KINDS, OutboxKind, OutboxState
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.people import Action
from kiosk.domain.text import clean
from kiosk.store import outbox as items
from kiosk.store import outbox_due, outbox_moves
from kiosk.store.transaction import Transaction

REASON_LIMIT = 200
RETRIABLE = (OutboxState.PENDING, OutboxState.NEEDS_ACTION)


async def outbox(desk: Desk, state: OutboxState | None = None) -> tuple[OutboxRow, ...]:
    """Everything that is open, and what ended today; oldest first."""
    require(desk, Action.OUTBOX_VIEW)
    midnight = datetime.combine(desk.today(), time(), ZoneInfo(desk.zone))
    found = await desk.read(lambda tx: items.listed(tx, state, midnight))
    return tuple(_row(item) for item in found)


async def retry_now(desk: Desk, item_id: str) -> None:
    """Send it at the next chance instead of waiting. Raises Conflict when it is not certain that P-Care lacks it."""
    require(desk, Action.OUTBOX_DECIDE)

    def work(tx: Transaction) -> None:
        item = _get(tx, item_id)
        if item.state == OutboxState.NEEDS_ACTION:
            outbox_moves.back_to_pending(tx, item.id, None, None)
        elif item.state == OutboxState.PENDING:
            outbox_due.look_at_once(tx, item.id)
        else:
            raise Conflict("Yang ini " + STATE_TEXT[item.state] + "; tunggu sampai dipastikan")

    await desk.write(work)


async def give_up(desk: Desk, item_id: str, reason: str) -> None:
    """Do not send it any more; `reason` is kept. What hangs on a registration, a visit or a line goes with it.

    Raises InvalidField without a reason, Conflict while it may be at P-Care.
    """
    operator = require(desk, Action.OUTBOX_DECIDE)
    why = clean(reason, REASON_LIMIT).strip()
    if len(why) < 3:
        raise InvalidField("reason", "Tulis alasannya")

    def work(tx: Transaction) -> None:
        item = _get(tx, item_id)
        if item.state not in RETRIABLE:
            raise Conflict("Yang ini " + STATE_TEXT[item.state] + "; tidak bisa diserahkan sekarang")
        outbox_moves.drop(tx, item.id, "given_up", f"{operator.login}: {why}")
        hanging, word = _hanging(tx, item)
        for other in hanging:
            if other.state in RETRIABLE and other.id != item.id:
                outbox_moves.drop(tx, other.id, word, operator.login)

    await desk.write(work)


def _hanging(tx: Transaction, item: OutboxItem) -> tuple[tuple[OutboxItem, ...], str]:
    """What makes no sense without the item, and the reason that it is given."""
    if item.kind == OutboxKind.REGISTRATION_ADD:
        return items.of_registration(tx, item.registration_id), "registration_given_up"
    if item.kind == OutboxKind.QUEUE_ADD:
        return items.of_queue(tx, item.registration_id), "queue_given_up"
    if item.kind == OutboxKind.VISIT_ADD:
        of_lines = items.of_lines(tx, item.subject_id)
        return (*items.of_subject(tx, item.subject_id), *of_lines), "visit_given_up"
    if item.visit_id is not None:
        # An edited drug is a deletion and an addition: one without the other would leave none or two of it.
        return items.of_subject(tx, item.subject_id), "line_given_up"
    return (), "given_up"


def _get(tx: Transaction, item_id: str) -> OutboxItem:
    item = items.get(tx, item_id)
    if item is None:
        raise NotFound("Kiriman itu tidak ada lagi")
    return item


def _row(item: OutboxItem) -> OutboxRow:
    said = queue_words(item.reason) if item.kind in QUEUE_KINDS else words(item.reason)
    return OutboxRow(
        item=item,
        state_text=STATE_TEXT[item.state],
        reason_text=said.why,
        advice=said.what_to_do,
        can_retry=item.state in RETRIABLE,
        can_give_up=item.state in RETRIABLE,
    )
