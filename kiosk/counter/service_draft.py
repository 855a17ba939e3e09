"""The half-typed service of a registration: one draft for all who open it; a nurse's vitals so reach the doctor."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.errors import Conflict
from kiosk.counter.register import BACKDATE
from kiosk.domain.drafts import Merged, merge
from kiosk.domain.people import Action
from kiosk.domain.queue import Ticket
from kiosk.store import drafts, queue
from kiosk.store.drafts import SharedDraft
from kiosk.store.transaction import Transaction

KIND = "service"
"""The kind under which these drafts are kept."""
_START, _VERSION = "_start", "_version"
"""In the shared draft: what the form began with, as JSON, and the version of the saved service under it."""
_AT = "_at"
"""In a person's own part of it: the field with the cursor."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A number whose service was begun and not saved; of an earlier day it is opened by that day."""

    ticket: Ticket
    saved_by: str | None
    """Who typed in it last; None when that operator is gone."""
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Restored:
    """What a form opens with when there is a draft."""

    content: dict[str, str]
    """Every field that is not empty."""
    at: str | None
    """The field where this person's cursor was; None for somebody else's draft."""
    by: str | None
    """Who typed in it last, None when it was this person."""
    saved_at: datetime
    outdated: bool
    """Somebody saved the service since the draft was begun; both are merged."""


class ServiceDraft:
    """The draft of one registration, from the opening of its form until it is saved.

    What is typed is merged field by field with what others typed meanwhile. Where two typed differently in one field,
    the store keeps what was there first, this person's own text is kept apart, and `clashes` holds the other's until a
    person decides.
    """

    def __init__(self, desk: Desk, registration_id: str, visit_version: int, start: Mapping[str, str]) -> None:
        """`start` is what the form shows before anything is typed, `visit_version` that of the saved service or 0."""
        self._desk, self._subject = desk, registration_id
        self._visit_version = visit_version
        self._start = dict(start)
        self._base = dict(start)
        self._version = 0
        self._turn = asyncio.Lock()
        self._closed = False
        self._owner: str | None = None
        self.clashes: dict[str, str] = {}
        """What others typed in fields where this person typed something else."""
        self.by: str | None = None
        """Who else typed last."""

    async def open(self) -> Restored | None:
        """What was typed before, by this person or others; None when there is nothing.

        When somebody saved the service since the draft was begun, the draft takes up what was saved.
        """
        operator = require(self._desk, Action.SERVE)
        self._owner = operator.id
        found, own = await self._desk.read(lambda tx: self._stored(tx, operator.id))
        if found is None:
            return None
        there, outdated = found, found.content.get(_VERSION, "0") != str(self._visit_version)
        if outdated:
            there, own = await self._desk.write(lambda tx: self._take_up(tx, operator.id))
        typed = _texts(there.content)
        mine = {key: text for key, text in own.items() if not key.startswith("_") and text != typed.get(key, "")}
        self._base, self._version = typed, there.version
        self.clashes = {key: typed.get(key, "") for key in mine}
        by = there.saved_by if there.saved_by != operator.name else None
        self.by = "yang tersimpan" if outdated else by
        shown = {key: text for key, text in (typed | mine).items() if text}
        return Restored(shown, own.get(_AT), by, there.saved_at, outdated)

    def _stored(self, tx: Transaction, operator: str) -> tuple[SharedDraft | None, dict[str, str]]:
        return drafts.shared(tx, KIND, self._subject), drafts.load(tx, operator, KIND, self._subject) or {}

    def _take_up(self, tx: Transaction, operator: str) -> tuple[SharedDraft, dict[str, str]]:
        """The draft on top of what was saved meanwhile; where both differ its text becomes this person's own."""
        there, own = self._stored(tx, operator)
        if there is None:
            raise Conflict("Draf ini baru saja dibuang di tempat lain; buka lagi")
        typed = _texts(there.content)
        merged = merge(json.loads(there.content.get(_START, "{}")), typed, self._start)
        own |= {key: typed.get(key, "") for key in merged.clashes}
        self._put(tx, merged.content, there.version + 1, operator)
        drafts.save(tx, operator, KIND, self._subject, own)
        return replace(there, content=merged.content, version=there.version + 1), own

    async def keep(self, now: Callable[[], Mapping[str, str]], at: str | None) -> dict[str, str]:
        """Keep what is typed `now`, with the cursor `at` a field; the fields that others changed meanwhile.

        Nothing happens when nobody is logged in or somebody else than who opened it, or after `close`.
        """
        operator = self._desk.operator
        async with self._turn:
            if operator is None or self._owner not in (None, operator.id) or self._closed:
                return {}
            typed = _texts(now())

            def work(tx: Transaction) -> tuple[SharedDraft | None, Merged, int]:
                there = drafts.shared(tx, KIND, self._subject)
                merged = self._merged(typed, there)
                version = there.version if there else self._version
                if there is None and version == 0 and typed == _texts(self._start):
                    return None, merged, 0
                if there is None or merged.content != _texts(there.content):
                    version += 1
                    self._put(tx, merged.content, version, operator.id)
                own = {key: typed.get(key, "") for key in merged.clashes}
                drafts.save(tx, operator.id, KIND, self._subject, own | ({_AT: at} if at else {}))
                return there, merged, version

            there, merged, self._version = await self._desk.write(work)
            return self._learnt(there, merged, merged.content, typed, _texts(now()))

    async def look(self, now: Callable[[], Mapping[str, str]]) -> dict[str, str]:
        """The fields that others changed since this form was opened or kept last."""
        async with self._turn:
            if self._desk.operator is None or self._closed:
                return {}
            there = await self._desk.read(lambda tx: drafts.shared(tx, KIND, self._subject))
            if there is None or there.version == self._version:
                return {}
            typed, self._version = _texts(now()), there.version
            # What this person typed and is not written yet differs from the store: that is what `_base` must say.
            return self._learnt(there, self._merged(typed, there), _texts(there.content), typed, typed)

    def decide(self, *, mine: bool) -> dict[str, str]:
        """A person has looked at the clashes: theirs are to be shown when `mine` is not to stay."""
        theirs, self.clashes = self.clashes, {}
        self._base |= theirs
        return {} if mine else theirs

    async def close(self, *, drop: bool) -> None:
        """Nothing is kept any more; with `drop` the draft is gone for everybody: it was saved or thrown away."""
        async with self._turn:
            self._closed = True
            if drop:
                await self._desk.write(lambda tx: drafts.drop_all(tx, KIND, self._subject))

    def _put(self, tx: Transaction, content: dict[str, str], version: int, operator: str) -> None:
        begun = {_START: json.dumps(self._start), _VERSION: str(self._visit_version)}
        drafts.save_shared(tx, KIND, self._subject, content | begun, version, operator)

    def _merged(self, typed: dict[str, str], there: SharedDraft | None) -> Merged:
        """What is typed and what is in the store, as one; a clash stays one until a person decides."""
        theirs = _texts(there.content) if there else self._base
        undecided = {key: theirs.get(key, "") for key in self.clashes if typed.get(key, "") != theirs.get(key, "")}
        # There the store is left as it is: this person counts as one who changed nothing.
        merged = merge(self._base, typed | {key: self._base.get(key, "") for key in undecided}, theirs)
        news = {key: text for key, text in merged.news.items() if key not in undecided}
        return Merged(merged.content, news, merged.clashes | undecided)

    def _learnt(
        self,
        there: SharedDraft | None,
        merged: Merged,
        base: dict[str, str],
        typed: dict[str, str],
        now: dict[str, str],
    ) -> dict[str, str]:
        """Remember what the store holds; what was typed while it was written is a clash where others typed too."""
        if there is not None and (merged.news or merged.clashes.keys() - self.clashes.keys()):
            self.by = there.saved_by or self.by
        late = {key for key in merged.news if now.get(key, "") != typed.get(key, "")}
        self.clashes = merged.clashes | {key: merged.news[key] for key in late}
        self._base = base
        return {key: text for key, text in merged.news.items() if key not in late}


async def unfinished(desk: Desk) -> tuple[Unfinished, ...]:
    """Numbers whose service was begun and not saved, the newest first; of earlier days too, as of one begun before
    midnight.
    """
    require(desk, Action.SERVE)
    since = desk.today() - BACKDATE

    def work(tx: Transaction) -> tuple[Unfinished, ...]:
        found = [(queue.of_registration(tx, one.subject), one) for one in drafts.shared_since(tx, KIND, since)]
        return tuple(Unfinished(t, one.saved_by, one.saved_at) for t, one in found if t is not None)

    return await desk.read(work)


def _texts(content: Mapping[str, str]) -> dict[str, str]:
    """The fields alone, those that are not empty."""
    return {key: text for key, text in content.items() if text and not key.startswith("_")}
