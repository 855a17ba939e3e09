"""Looking at what is on its way to P-Care, and deciding what only a person can decide."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.errors import Conflict, InvalidField, NotFound
from kiosk.counter.line_calls import send_addition
from kiosk.counter.named_fields import advice_for
from kiosk.counter.reasons import NOT_NOW, STATE_TEXT, queue_words, words
from kiosk.counter.views import OutboxRow
from kiosk.domain.audit import Event
from kiosk.domain.codes import QUEUE_KINDS, OutboxKind, OutboxState
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.people import Action
from kiosk.domain.text import clean
from kiosk.store import given_up, lines, outbox_due, outbox_moves, registrations, visits
from kiosk.store import outbox as items
from kiosk.store.audit import note
from kiosk.store.transaction import Transaction

REASON_LIMIT = 200
_NAMING_FIELDS = ("validation", "payload")
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
            raise Conflict(NOT_NOW.get(item.state) or f"Yang ini {STATE_TEXT[item.state]}; tunggu sampai dipastikan")
        note(tx, Event.OUTBOX_RETRY, item.id, kind=item.kind)

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
            raise Conflict(
                NOT_NOW.get(item.state) or f"Yang ini {STATE_TEXT[item.state]}; tidak bisa diserahkan sekarang"
            )
        given_up.give_up(tx, item, given_up.GIVEN_UP, f"{operator.login}: {why}")
        note(tx, Event.OUTBOX_GIVE_UP, item.id, kind=item.kind)
        hanging, word = _hanging(tx, item)
        for other in hanging:
            if other.state in RETRIABLE and other.id != item.id:
                given_up.give_up(tx, other, word, operator.login)

    await desk.write(work)


async def take_back(desk: Desk, item_id: str) -> None:
    """What was given up, with all that went with it, stands again where it stood.

    Raises Conflict for what nobody gave up, when its record was taken back meanwhile, and when a later call about the
    same would be contradicted or doubled.
    """
    operator = require(desk, Action.OUTBOX_DECIDE)

    def work(tx: Transaction) -> None:
        item = _get(tx, item_id)
        if item.state != OutboxState.DROPPED or item.reason != given_up.GIVEN_UP:
            raise Conflict("Hanya yang diserahkan petugas yang bisa diambil kembali")
        beside = given_up.together(tx, item)
        if not _wanted(tx, item, beside) or given_up.overtaken(tx, item, beside):
            raise Conflict("Catatannya sudah diganti atau dihapus sesudah itu; serahannya tetap")
        note(tx, Event.OUTBOX_TAKE_BACK, item.id, kind=item.kind)
        for one in beside:
            if one.id == item.id or (_wanted(tx, one, beside) and not given_up.overtaken(tx, one, beside)):
                if not given_up.take_back(tx, one, operator.login):
                    raise Conflict("Diserahkan sebelum pemulihan cadangan; periksa di laman P-Care")
                if one.kind == OutboxKind.VISIT_ADD:
                    _send_what_was_added(tx, one.subject_id)

    await desk.write(work)


def _wanted(tx: Transaction, item: OutboxItem, beside: tuple[OutboxItem, ...]) -> bool:
    """Whether the record still lacks what the call would do: an addition what is not there, a deletion what is."""
    if item.visit_id is not None:
        line = lines.get(tx, item.subject_id)
        # A corrected drug is a deletion and an addition of a line that is there.
        goes = any(one.subject_id == item.subject_id and one.kind.endswith(".delete") for one in beside)
        return line is not None and (goes or not (line.deleted or (line.remote_number and item.kind.endswith(".add"))))
    if item.kind.startswith("visit."):
        visit = visits.get(tx, item.subject_id)
        if visit is None or visit.deleted != (item.kind == OutboxKind.VISIT_DELETE):
            return False
        return item.kind != OutboxKind.VISIT_ADD or visit.remote_number is None
    registration = registrations.get(tx, item.registration_id)
    cancels = item.kind in (OutboxKind.REGISTRATION_CANCEL, OutboxKind.QUEUE_CANCEL)
    if registration is None or registration.cancelled != cancels:
        return False
    return item.kind != OutboxKind.REGISTRATION_ADD or registration.remote_number is None


def _send_what_was_added(tx: Transaction, visit: str) -> None:
    """Lines that were entered while their visit was given up have no call yet."""
    for line in lines.of_visit(tx, visit):
        if not items.of_subject(tx, line.id):
            send_addition(tx, line)


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
        advice=(advice_for(item.detail or "") if item.reason in _NAMING_FIELDS else "") or said.what_to_do,
        can_retry=item.state in RETRIABLE,
        can_give_up=item.state in RETRIABLE,
        can_take_back=item.state == OutboxState.DROPPED and item.reason == given_up.GIVEN_UP,
    )
