"""The sync process: one sender, woken by changes in the store, by time, and by the line coming back."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.pcare.client import AntreanClient, PCareClient, PCareSettings
from kiosk.pcare.clock import SKEW_LIMIT
from kiosk.pcare.errors import PCareError, Refused
from kiosk.store import outbox, outbox_due, sync_state
from kiosk.store.database import Store
from kiosk.store.engine import SenderLock
from kiosk.store.errors import StoreError
from kiosk.sync.clock import Clock
from kiosk.sync.compare import compare_lists
from kiosk.sync.courier import Courier
from kiosk.sync.deliver import send_next
from kiosk.sync.line import Line, LinkWord
from kiosk.sync.lists import refresh_lists
from kiosk.sync.policy import Policy
from kiosk.sync.questions import answer_questions
from kiosk.sync.queue_sender import QueueSender
from kiosk.sync.queue_steps import switch
from kiosk.sync.read_back import reconcile
from kiosk.sync.secrets import SecretsProblem, read_secrets
from kiosk.sync.verify import verify_new_patients

log = logging.getLogger("kiosk.sync")

LOCK_PATIENCE = 2.0
"""Seconds to wait for the lock: somebody may just be asking whether we are alive."""
BACKUP_LOOK = 60.0
"""Seconds between two looks whether the daily backup is due."""
BACKUP_PATIENCE = 10
"""So many looks are left out after a backup that failed: reading everything is hard work."""


class AlreadyRunning(Exception):
    """Another sync process sends for this store."""


@dataclass(slots=True)
class SyncProcess:
    """Sends for one store until it is told to stop."""

    store: Store
    secrets: Path
    policy: Policy
    time: Clock = field(default_factory=Clock)
    chance: random.Random = field(default_factory=random.Random)
    connect: Callable[[PCareSettings], PCareClient] = PCareClient
    """Makes the client of the given settings."""
    connect_queue: Callable[[PCareSettings], AntreanClient] = AntreanClient
    """Likewise that of the queue service, where the settings name one."""
    nightly: Callable[[], object] | None = None
    """Makes the daily backup when it is due; asked once a minute, in a thread of its own."""
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _changed: dict[str, asyncio.Event] = field(
        default_factory=lambda: {name: asyncio.Event() for name in ("outbox", "questions", "queue")}
    )
    """Set at every change that others make in the store; one for each who waits."""
    _folded: float = float("-inf")
    """When the store's log was folded back last, by the steady clock."""

    async def run(self, stop: asyncio.Event) -> None:
        """Hold the sender's lock and work until `stop` is set. Raises AlreadyRunning, StoreError."""
        self._stop = stop
        lock = self.store.sender_lock(self.policy.settle)
        if not await _take(lock):
            raise AlreadyRunning
        try:
            await self.store.write(lambda tx: outbox_due.take_over(tx, self._settle_at()))
            beside = [asyncio.create_task(work()) for work in (self._watch_store, self._keep_backups)]
            try:
                await self._with_secrets(stop)
            finally:
                for task in beside:
                    await _cancelled(task)
        finally:
            lock.release()

    async def drain(self) -> dict[str, int]:
        """Work until nothing can be done any more without waiting (`kiosk sync --once`); what is left, by state."""
        lock = self.store.sender_lock(self.policy.settle)
        if not await _take(lock):
            raise AlreadyRunning
        try:
            await self.store.write(lambda tx: outbox_due.take_over(tx, self._settle_at()))
            settings = read_secrets(self.secrets)
            async with self.connect(settings) as client:
                courier = self._courier(client)
                await self._step(courier)
            await self._send_queue(settings, asyncio.Event(), once=True)
        finally:
            lock.release()
        counts = await self.store.read(outbox.counts)
        return {str(state): n for state, n in counts.items()}

    async def _with_secrets(self, stop: asyncio.Event) -> None:
        """A client for as long as the secrets stay as they are; a new one when an admin changed them."""
        while not stop.is_set():
            seen = _stamp(self.secrets)
            try:
                settings = read_secrets(self.secrets)
            except SecretsProblem as problem:
                log.warning("secrets_unusable")
                await self._say(LinkWord.STOPPED, problem.reason, None)
                await self._until_changed(stop, seen)
                continue
            await self._work(stop, settings, seen)

    async def _work(self, stop: asyncio.Event, settings: PCareSettings, seen: float) -> None:
        async with self.connect(settings) as client:
            courier = self._courier(client)
            await self._publish(courier)
            ending = asyncio.Event()
            questions = asyncio.create_task(self._answer_questions(courier))
            queue = asyncio.create_task(self._send_queue(settings, ending))
            try:
                while not stop.is_set() and _stamp(self.secrets) == seen:
                    if not await self._step(courier):
                        await self._rest(stop)
                    for task in (questions, queue):
                        if task.done():
                            task.result()
                # What it is sending now is brought to its end; nothing would look at it before the next start.
                ending.set()
                await queue
            finally:
                await _cancelled(questions)
                await _cancelled(queue)

    async def _rest(self, stop: asyncio.Event) -> None:
        """Nothing can be done: until somebody changes the store, it is time to look again, or `stop`."""
        if self.time.elapsed() - self._folded >= self.policy.checkpoint_every:
            # A full disk is no reason to stop sending: what cannot be written shows at the next write.
            with contextlib.suppress(StoreError):
                if await self.store.checkpoint():
                    self._folded = self.time.elapsed()
        await self._change("outbox", stop)

    async def _change(self, who: str, stop: asyncio.Event) -> None:
        """Wait for a change of the store, `stop`, or the tick."""
        changed = self._changed[who]
        waits = [asyncio.create_task(event.wait()) for event in (changed, stop)]
        try:
            await asyncio.wait(waits, timeout=self.policy.tick, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        changed.clear()

    async def _watch_store(self) -> None:
        """Wake everybody at a change; when the store cannot be watched, the regular looks go on alone."""
        with contextlib.suppress(StoreError):
            async for _ in self.store.changes():
                for event in self._changed.values():
                    event.set()

    async def _keep_backups(self) -> None:
        """A backup that fails is tried again later; `kiosk doctor` says how old the newest is."""
        wait = BACKUP_LOOK
        while self.nightly is not None:
            await asyncio.sleep(wait)
            try:
                if await asyncio.to_thread(self.nightly) is not None:
                    log.info("backup_made")
                wait = BACKUP_LOOK
            except StoreError as error:
                log.warning("backup_failed %s", type(error).__name__)
                wait = BACKUP_LOOK * BACKUP_PATIENCE

    def _courier(self, client: PCareClient) -> Courier:
        line = Line(self.policy, self.time.steady, self.chance)
        return Courier(self.store, client, line, self.policy, self.time, self.chance)

    async def _step(self, courier: Courier) -> bool:
        """Everything that can be done now; True when something was, so that more may follow at once."""
        self.store.check_sender()
        line = courier.line
        before = line.word
        await courier.mind_the_clock()
        if line.word != LinkWord.ONLINE or line.may_probe():
            if not line.may_probe():
                return False
            await _probe(courier)
            await self._publish(courier)
            if not line.may_send():
                return False
            if before != LinkWord.ONLINE:
                log.info("line_open")
                await self.store.write(lambda tx: outbox_due.hurry(tx, queue=False))
        busy = False
        if await refresh_lists(courier) and line.may_send():
            busy = await reconcile(courier)
            if await self.store.read(lambda tx: outbox_due.due(tx, queue=False)):
                sent = await asyncio.gather(*(self._send_while_possible(courier) for _ in range(self.policy.parallel)))
                busy = any(sent) or busy
            if not busy and line.may_send():
                await compare_lists(courier)
                await verify_new_patients(courier)
        await self._publish(courier)
        return busy

    async def _send_while_possible(self, courier: Courier) -> bool:
        """One of several senders side by side; each chain is with one of them at a time."""
        sent = False
        while courier.line.may_send() and not self._stop.is_set() and await send_next(courier):
            sent = True
        return sent

    async def _answer_questions(self, courier: Courier) -> None:
        """Inquiries go beside the sending: a person waits for them."""
        changed = self._changed["questions"]
        await answer_questions(courier, self._stop, lambda: self._change("questions", self._stop), changed.set)

    async def _send_queue(self, settings: PCareSettings, ending: asyncio.Event, *, once: bool = False) -> None:
        """The queue service goes beside P-Care: neither's trouble holds up the other."""
        on = settings.antrean_url is not None and settings.antrean_user_key is not None
        await self.store.write(lambda tx: switch(tx, on))
        if not on:
            return
        async with self.connect_queue(settings) as client:
            sender = QueueSender(self.store, client, self.policy, self.time, self.chance, ending)
            while not ending.is_set():
                busy = await sender.step()
                if once:
                    return
                if not busy:
                    await self._change("queue", ending)

    async def _publish(self, courier: Courier) -> None:
        line = courier.line
        await self._say(line.word, line.reason, courier.client.skew_seconds)

    async def _say(self, word: LinkWord, reason: str | None, skew: float | None) -> None:
        """Write the line's state for the counters, when it has changed: every write wakes them."""
        known = await self.store.read(sync_state.read)
        if known is None or (known.link, known.reason, _far(known.skew_s)) != (word, reason, _far(skew)):
            await self.store.write(lambda tx: sync_state.write(tx, word, reason, skew))

    async def _until_changed(self, stop: asyncio.Event, seen: float) -> None:
        while not stop.is_set() and _stamp(self.secrets) == seen:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await stop.wait()

    def _settle_at(self) -> datetime:
        return self.time.now() + timedelta(seconds=self.policy.settle)


def _far(skew: float | None) -> bool:
    """Whether the computer's clock is wrong by P-Care's."""
    return skew is not None and abs(skew) > SKEW_LIMIT


async def _probe(courier: Courier) -> None:
    """One small question shows how the line is."""
    try:
        await courier.client.consciousness()
        courier.line.answered()
    except Refused:
        courier.line.answered()
    except PCareError as error:
        courier.line.failed(error)
        log.warning("line_%s", error.reason)


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _take(lock: SenderLock) -> bool:
    end = asyncio.get_running_loop().time() + LOCK_PATIENCE
    while not lock.acquire(wait=False):
        if asyncio.get_running_loop().time() > end:
            return False
        await asyncio.sleep(0.05)
    return True


def _stamp(path: Path) -> float:
    """When the file was last changed; 0 when it is not there."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
