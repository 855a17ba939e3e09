"""Drugs, procedures and results on their way: P-Care keeps no uniqueness among them."""

from collections.abc import Awaitable, Callable, Hashable

from kiosk.domain.codes import LineKind, OutboxState
from kiosk.domain.lines import VisitLine
from kiosk.domain.outbox import OutboxItem
from kiosk.pcare.client import PCareClient
from kiosk.pcare.errors import Reason, Refused
from kiosk.store import lines, outbox, outbox_due, outbox_moves, restored, visits
from kiosk.store.transaction import Transaction
from kiosk.sync.courier import Courier
from kiosk.sync.family import Given, Plan, not_there, said
from kiosk.sync.line_place import (
    ADDITIONS,
    DELETIONS,
    IN_DOUBT,
    code_unknown,
    foreign_lines,
    kind_of,
    of_same_kind,
    parts_there,
    place_of,
)
from kiosk.sync.line_settle import settle
from kiosk.sync.line_wire import WIRES, Place, RemoteRow


class LineFamily:
    """The same line sent twice is there twice, and nothing but its content tells a listed row to be ours.

    So P-Care's lines of a kind are read once before the first addition to a visit: what stands there then was typed by
    somebody else, and is never taken for ours. One addition in doubt is never sent again before the lines were read
    once more (kiosk.sync.line_settle). The bound: a row of exactly our content that a colleague types between that
    first reading and the reading back of our lost answer is taken for ours; it is then there once and not twice.
    """

    deletions = DELETIONS

    async def prepare(self, courier: Courier, item: OutboxItem) -> None:
        """What stood there before us; and the compound's code, where its first part's answer did not tell it."""
        if item.kind not in ADDITIONS or item.visit_id is None:
            return
        if await courier.store.read(lambda tx: restored.is_in_doubt(tx, item)):
            await courier.store.write(lambda tx: restored.look_first(tx, item.id))
            return
        async with courier.merging:
            question = await courier.store.read(lambda tx: _question(tx, courier, item))
            if question is not None:
                await _ask(courier, item, *question)

    def plan(self, tx: Transaction, courier: Courier, item: OutboxItem) -> Plan | None:
        """What was changed or taken back meanwhile is not sent."""
        line = lines.get(tx, item.subject_id)
        place = place_of(tx, courier, item, line)
        if line is None or place is None:
            raise LookupError(item.subject_id)
        if _is_over(tx, item, line):
            return None
        wire = WIRES[line.kind]
        if item.kind in ADDITIONS:
            if code_unknown(tx, line):
                outbox_moves.to_needs_action(tx, item.id, "no_compound")
                return None
            body, call = wire.added(line, place)
            return Plan(line.version, body, call)
        if line.remote_number is None:
            outbox_moves.to_needs_action(tx, item.id, "no_number")
            return None
        if item.kind in DELETIONS:
            return Plan(line.version, {}, self._deletion(line, place, line.remote_number))
        body, call = wire.changed(line, place, line.remote_number)
        return Plan(line.version, body, call)

    def _deletion(self, line: VisitLine, place: Place, number: str) -> Callable[[PCareClient], Awaitable[Given]]:
        async def call(client: PCareClient) -> Given:
            await WIRES[line.kind].deleted(client, place, number)
            return Given()

        return call

    def edited_since(self, tx: Transaction, item: OutboxItem, version: int) -> bool:
        """A refused deletion says nothing of the content."""
        line = lines.get(tx, item.subject_id)
        return item.kind not in DELETIONS and line is not None and line.version > version and not line.deleted

    def vanished(self, tx: Transaction, item: OutboxItem) -> bool:
        """A line that is gone stays with a person: whether the whole visit is gone shows when that is looked at."""
        return False

    def took_effect(self, tx: Transaction, item: OutboxItem, version: int, given: Given) -> None:
        """P-Care's key is kept, also where an edit has changed it."""
        line = lines.get(tx, item.subject_id)
        if line is None:
            return
        if item.kind in DELETIONS:
            lines.gone(tx, line)
        elif given.number is not None:
            lines.confirm(tx, line, given.number, version, given.compound_code)

    def read_with(self, item: OutboxItem) -> Hashable:
        """One list for a kind of a visit."""
        return (item.visit_id, kind_of(item))

    async def read_back(self, courier: Courier, items: list[OutboxItem]) -> None:
        """By the lines that P-Care lists now for the visit."""
        first = items[0]
        visit = await courier.store.read(lambda tx: visits.get(tx, first.visit_id or ""))
        if visit is None:
            return
        if visit.remote_number is None:
            await courier.store.write(lambda tx: _visit_not_there(tx, courier, self, items))
            return
        number = visit.remote_number
        before = await courier.store.read(lambda tx: _stamp(tx, first))
        rows = await _rows(courier, kind_of(first), number)

        def work(tx: Transaction) -> None:
            if before == _stamp(tx, first):
                settle(tx, courier, self, items, rows)
            # Otherwise something was sent while the list was on its way: it tells nothing certain. Read again.

        await courier.store.write(work)


def _is_over(tx: Transaction, item: OutboxItem, line: VisitLine) -> bool:
    """End an item of which nothing is left to be sent: taken back, or its version went with another call."""
    there = line.remote_number is not None
    if (not there) if item.kind in DELETIONS else line.deleted:
        outbox_moves.drop(tx, item.id, "cancelled_here")
    elif there and not line.deleted and line.confirmed_version >= line.version:
        # Of an edited drug too: the deletion and the addition, when the first addition went with the edit in it.
        outbox_moves.done(tx, item.id, "superseded")
    elif there and item.kind in ADDITIONS:
        # Cannot be: the deletion of its older form goes before it in the same chain. Never two of one.
        raise LookupError(line.id)
    else:
        return False
    return True


def _question(tx: Transaction, courier: Courier, item: OutboxItem) -> tuple[LineKind, str] | None:
    """What must be read before the item is sent: the kind and the noKunjungan."""
    line = lines.get(tx, item.subject_id)
    place = place_of(tx, courier, item, line)
    if line is None or place is None:
        return None
    if lines.read_at(tx, line.visit_id, line.kind) is not None and not code_unknown(tx, line):
        return None
    return line.kind, place.visit_number


async def _ask(courier: Courier, item: OutboxItem, kind: LineKind, number: str) -> None:
    before = await courier.store.read(lambda tx: _stamp(tx, item))
    try:
        rows = await _rows(courier, kind, number)
    except Refused as error:
        courier.line.answered()
        reason, words = str(error.reason), said(error)
        await courier.store.write(lambda tx: _refused(tx, item, reason, words))
        return

    def work(tx: Transaction) -> None:
        visit = item.visit_id or ""
        held = lines.claimed(tx, kind, [row.number for row in rows])
        for row in rows:
            if row.compound_code:
                _learn_code(tx, item, row)
        if lines.read_at(tx, visit, kind) is not None:
            return
        if before != _stamp(tx, item) or any(state in IN_DOUBT for _, state, _ in before):
            # A store that was restored: a row may be a line of ours that is still looked for. That comes first.
            outbox_due.look_later(tx, item.id, courier.backoff(item.attempts))
            return
        lines.note_read(tx, visit, kind, foreign_lines(tx, kind, [row for row in rows if row.number not in held]))

    await courier.store.write(work)


def _learn_code(tx: Transaction, item: OutboxItem, row: RemoteRow) -> None:
    line = lines.get(tx, item.subject_id)
    for part in parts_there(tx, line) if line else ():
        if part.remote_number == row.number and part.compound_code is None:
            lines.confirm(tx, part, row.number, part.confirmed_version, row.compound_code)


def _refused(tx: Transaction, item: OutboxItem, reason: str, words: str) -> None:
    now = outbox.get(tx, item.id)
    if now is not None and now.state == OutboxState.PENDING:
        outbox_moves.to_needs_action(tx, item.id, reason, words)


async def _rows(courier: Courier, kind: LineKind, number: str) -> list[RemoteRow]:
    """P-Care's list; of a visit that is not there any more it is empty. Raises PCareError."""
    try:
        rows = await WIRES[kind].rows(courier.client, number)
    except Refused as error:
        if error.reason != Reason.NOT_FOUND:
            raise
        rows = []
    courier.line.answered()
    return rows


def _stamp(tx: Transaction, item: OutboxItem) -> tuple[tuple[str, OutboxState, int], ...]:
    """How far the calls of one kind are for a visit: when it is the same before and after, nothing was sent between."""
    return tuple((i.id, i.state, i.attempts) for i in of_same_kind(tx, item) if i.state != OutboxState.PENDING)


def _visit_not_there(tx: Transaction, courier: Courier, family: LineFamily, items: list[OutboxItem]) -> None:
    """A line cannot be where its visit is not; as long as the visit itself is in doubt, nobody knows."""
    about_visit = outbox.of_subject(tx, items[0].visit_id or "")
    doubt = any(i.state in IN_DOUBT for i in about_visit)
    for asked in items:
        item = outbox.get(tx, asked.id)
        if item is None or item.state != OutboxState.UNKNOWN:
            continue
        if doubt:
            outbox_due.look_later(tx, item.id, courier.backoff(item.attempts))
        elif item.kind in DELETIONS:
            # What was to be taken back went with the visit.
            family.took_effect(tx, item, item.version, Given())
            outbox_moves.done(tx, item.id, "read_back")
        else:
            not_there(tx, item)
