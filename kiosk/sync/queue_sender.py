"""Sending to the queue service Antrean FKTP (Mobile JKN), on a line of its own beside P-Care's.

There is nothing to be read back there. What went without an answer is sent once more after the settle time: the service
refuses a number that it has, and that refusal is the success. All of it is of use on its day only.
"""

import asyncio
import logging
import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kiosk.domain.codes import OutboxKind, OutboxState
from kiosk.domain.day import local_day
from kiosk.domain.outbox import OutboxItem
from kiosk.pcare.client import AntreanClient
from kiosk.pcare.errors import (
    AccessDenied,
    AlreadyThere,
    ClockSkew,
    LoginRejected,
    NotSent,
    PCareError,
    Reason,
    Refused,
)
from kiosk.store import outbox, outbox_due, outbox_moves, registrations
from kiosk.store.database import Store
from kiosk.store.errors import StoreError
from kiosk.store.outbox_moves import Outcome
from kiosk.store.transaction import Transaction
from kiosk.sync import queue_steps
from kiosk.sync.clock import Clock
from kiosk.sync.family import said
from kiosk.sync.line import Line
from kiosk.sync.payload import Unsendable, as_text
from kiosk.sync.policy import Policy
from kiosk.sync.queue_plan import QueueCall, addition, cancellation, summons
from kiosk.sync.queue_schedule import Schedule, Slot, choose

log = logging.getLogger("kiosk.sync")

_TOGETHER = 50
"""How many waiting items are put off at once when the service cannot be reached."""


@dataclass(frozen=True, slots=True)
class _Claim:
    item: OutboxItem
    attempt: str
    call: QueueCall


@dataclass(slots=True)
class QueueSender:
    """One sender for one clinic; its line's trouble shows on the items, never as P-Care's."""

    store: Store
    client: AntreanClient
    policy: Policy
    time: Clock
    chance: random.Random
    stop: asyncio.Event
    line: Line = field(init=False)
    schedule: Schedule = field(init=False)
    _ended: date | None = None
    """The day before which nothing is open any more."""
    _ask_day_at: datetime | None = None
    """When the service may be asked again which day it is, by the steady clock."""

    def __post_init__(self) -> None:
        """A line and a schedule of its own."""
        self.line = Line(self.policy, self.time.steady, self.chance)
        self.schedule = Schedule(self.client, self.time, self.store.clinic.zone, self.policy.schedule_every)

    async def step(self) -> bool:
        """Everything that can be done now; True when something was sent, so that more may follow at once."""
        await self._end_days()
        settled = await self.store.read(lambda tx: outbox_due.settled(tx, self.time.now(), queue=True))
        if settled:
            await self.store.write(lambda tx: queue_steps.send_again(tx, settled))
        due = await self.store.read(lambda tx: outbox_due.due(tx, queue=True, limit=_TOGETHER))
        if not due or not await self._line_carries(due):
            return False
        sent = False
        while self.line.may_send() and not self.stop.is_set():
            first = await self.store.read(lambda tx: outbox_due.due(tx, queue=True))
            if not first:
                break
            sent = True
            try:
                await self._send(first[0])
            except (StoreError, MemoryError):
                raise
            except Exception as error:
                # A record that we cannot even read, or our own mistake: it must not hold up all the others.
                log.error("set_aside %s %s", first[0].id, type(error).__name__)
                word, identifier = type(error).__name__, first[0].id
                await self.store.write(lambda tx, i=identifier, w=word: self._set_aside(tx, i, w))  # type: ignore[misc]
        return sent

    async def _end_days(self) -> None:
        """Yesterday's numbers are of no use to anybody; that it is over, a clock that may be wrong does not decide."""
        today = self._today()
        if self._ended == today:
            return
        if await self.store.read(lambda tx: outbox_due.waiting_for_queue_service(tx, today)):
            if not await self._day_is_sure(today):
                return
            await self.store.write(lambda tx: queue_steps.end_open(tx, "day_over", before=today))
        self._ended = today

    async def _day_is_sure(self, today: date) -> bool:
        """Whether the service's own clock agrees with ours; it is asked once in a while."""
        now = self.time.steady()
        if self._ask_day_at is not None and now < self._ask_day_at:
            return False
        if not (self.line.may_send() or self.line.may_probe()):
            return False
        self._ask_day_at = now + timedelta(seconds=self.policy.probe)
        return await self._ask(today) is None and self.client.clock_checked and not self.client.clock_wrong

    async def _ask(self, today: date) -> PCareError | None:
        """One small question shows how the line is, and what time the service has; its trouble, if any."""
        try:
            await self.client.polis(today)
        except Refused:
            pass
        except PCareError as error:
            self._failed(error)
            return error
        self.line.answered()
        return None

    async def _line_carries(self, due: tuple[OutboxItem, ...]) -> bool:
        """Whether calls may go; when not, those that wait are put off and say why."""
        line = self.line
        if line.may_send():
            return True
        reason = line.reason
        if line.may_probe():
            error = await self._ask(self._today())
            reason = str(error.reason) if error else None
        if line.may_send():
            await self.store.write(lambda tx: outbox_due.hurry(tx, queue=True))
            return True
        when = self._in_seconds(self.policy.probe)

        def put_off(tx: Transaction) -> None:
            for item in due:
                outbox_due.look_later(tx, item.id, when, reason)

        await self.store.write(put_off)
        return False

    async def _send(self, item: OutboxItem) -> None:
        slot: Slot | None = None
        today = self._today()
        if item.day != today or (self.client.clock_wrong and not await self._day_is_sure(today)):
            await self._hold_back(item)
            return
        if item.kind == OutboxKind.QUEUE_ADD:
            known = await self.store.read(lambda tx: registrations.get(tx, item.registration_id))
            if known is None:
                raise LookupError(item.registration_id)
            try:
                slots = await self.schedule.slots(known.poli_code, known.day)
            except PCareError as error:
                await self._not_asked(item, error)
                return
            slot = choose(slots, known.created_at)
        claim = await self.store.write(lambda tx: self._claim(tx, item, slot))
        if claim is None:
            return
        await self.store.confirm_sender()
        error_met: PCareError | None = None
        with self.client.recording() as exchanges:
            try:
                await claim.call.make(self.client)
            except PCareError as caught:
                error_met = caught
        last = exchanges[-1] if exchanges else None
        if error_met is None or isinstance(error_met, Refused | AlreadyThere):
            self.line.answered()
        else:
            self._failed(error_met)
        outcome = Outcome(
            word=_outcome_word(error_met),
            status=last.status if last else None,
            code=last.code if last else None,
            message=error_met.server_text if error_met else None,
        )
        await self.store.write(lambda tx: self._keep(tx, claim, error_met, outcome))

    async def _hold_back(self, item: OutboxItem) -> None:
        """It is of another day, or the clock is wrong: neither sent nor ended before the service's clock agrees."""
        when, reason = self._in_seconds(self.policy.probe), str(Reason.CLOCK) if self.client.clock_wrong else None
        await self.store.write(lambda tx: outbox_due.look_later(tx, item.id, when, reason))

    async def _not_asked(self, item: OutboxItem, error: PCareError) -> None:
        """The schedule could not be had."""
        reason, when = str(error.reason), self._backoff(item)
        if isinstance(error, Refused):
            self.line.answered()
            text = said(error)
            await self.store.write(lambda tx: queue_steps.needs_action(tx, item.id, reason, text))
        else:
            self._failed(error)
            await self.store.write(lambda tx: outbox_due.look_later(tx, item.id, when, reason))

    def _claim(self, tx: Transaction, item: OutboxItem, slot: Slot | None) -> _Claim | None:
        """Take the item when it is still the first of its chain, with the record as it is now."""
        mine = outbox_due.claim(tx, item.id)
        if mine is None:
            return None
        known = registrations.get(tx, mine.registration_id)
        if known is None:
            raise LookupError(mine.registration_id)
        try:
            if mine.kind == OutboxKind.QUEUE_CANCEL:
                call = cancellation(known)
            elif mine.kind == OutboxKind.QUEUE_CALL:
                call = summons(tx, mine, known, self.store.clinic.zone)
            elif slot is None:
                outbox_moves.to_needs_action(tx, mine.id, "no_schedule")
                return None
            else:
                call = addition(tx, known, slot)
        except Unsendable as problem:
            outbox_moves.to_needs_action(tx, mine.id, "payload", str(problem))
            return None
        return _Claim(mine, outbox_moves.begin(tx, mine, mine.version, as_text(call.body)), call)

    def _keep(self, tx: Transaction, claim: _Claim, error: PCareError | None, outcome: Outcome) -> None:
        outbox_moves.end_attempt(tx, claim.attempt, outcome)
        item = claim.item
        match error:
            case None:
                outbox_moves.done(tx, item.id)
            case AlreadyThere():
                outbox_moves.done(tx, item.id, "already_there")
            case Refused() if item.kind != OutboxKind.QUEUE_ADD and outbox_moves.may_have_arrived(tx, item):
                outbox_moves.done(tx, item.id, "repeat_refused")
            case Refused() if item.kind == OutboxKind.QUEUE_CANCEL and error.reason == Reason.NOT_FOUND:
                outbox_moves.done(tx, item.id, "gone")
            case Refused():
                if error.reason == Reason.DOCTOR_SCHEDULE:
                    self.schedule.forget(_poli(tx, item), item.day)
                outbox_moves.to_needs_action(tx, item.id, str(error.reason), said(error))
            case NotSent() | LoginRejected() | AccessDenied() | ClockSkew():
                outbox_moves.back_to_pending(tx, item.id, str(error.reason), self._backoff(item))
            case _:
                settle_at = self._in_seconds(self.policy.settle)
                outbox_moves.to_unknown(tx, item.id, str(error.reason), settle_at, error.server_text or None)
        queue_steps.collapse(tx, item.id)

    def _set_aside(self, tx: Transaction, identifier: str, word: str) -> None:
        item = outbox.get(tx, identifier)
        if item is not None and item.state == OutboxState.PENDING:
            outbox_moves.to_needs_action(tx, identifier, "program", word)
        elif item is not None and item.state == OutboxState.SENDING:
            outbox_moves.to_unknown(tx, identifier, "program", self._in_seconds(self.policy.settle), word)

    def _failed(self, error: PCareError) -> None:
        """No login is sent to this service: nothing is locked by trying again."""
        self.line.failed(error)
        if self.line.retry_at is None and not self.line.may_send():
            self.line.retry_at = self.line.clock() + timedelta(seconds=self.policy.probe_stopped)
        if not self.line.may_send():
            log.warning("queue_line_%s", error.reason)

    def _today(self) -> date:
        return local_day(self.time.wall(), self.store.clinic.zone)

    def _in_seconds(self, seconds: float) -> datetime:
        return self.time.now() + timedelta(seconds=seconds)

    def _backoff(self, item: OutboxItem) -> datetime:
        return self._in_seconds(self.policy.wait(item.attempts, self.chance))


def _outcome_word(error: PCareError | None) -> str:
    if error is None:
        return "done"
    certain = Refused | AlreadyThere | NotSent | LoginRejected | AccessDenied | ClockSkew
    return str(error.reason) if isinstance(error, certain) else outbox_moves.UNANSWERED


def _poli(tx: Transaction, item: OutboxItem) -> str:
    known = registrations.get(tx, item.registration_id)
    return known.poli_code if known else ""
