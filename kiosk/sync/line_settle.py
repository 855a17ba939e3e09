"""Finding out which of a visit's lines in doubt P-Care has: each of its rows is at most one of them."""

import json

from kiosk.domain.codes import OutboxState
from kiosk.domain.lines import VisitLine
from kiosk.domain.numbers import decimal_text
from kiosk.domain.outbox import OutboxItem
from kiosk.store import lines, outbox_due, outbox_moves
from kiosk.store.restored import REASON as RESTORED
from kiosk.store.transaction import Transaction
from kiosk.sync.collapse import collapse
from kiosk.sync.courier import Courier
from kiosk.sync.family import DUPLICATE, Family, Given, duplicate_not_found, not_there
from kiosk.sync.line_place import ADDITIONS, DELETIONS, IN_DOUBT, foreign_lines, kind_of, of_same_kind, place_of
from kiosk.sync.line_wire import WIRES, Content, RemoteRow
from kiosk.sync.payload import Unsendable


def settle(tx: Transaction, courier: Courier, family: Family, asked: list[OutboxItem], rows: list[RemoteRow]) -> None:
    """End or resend the unknown items `asked`, all about one kind of one visit, by P-Care's complete list of it."""
    _Settling(tx, courier, family, asked, rows).work()


class _Settling:
    """One reading and what follows from it.

    A row is taken for a line in doubt when it says exactly what was sent, no line of ours holds its key, and it was not
    there before. Of equal rows and equal lines each is taken once: which is which does not matter, the count does.
    A row that is only alike (the same drug, other figures) decides nothing: a person must look.
    """

    def __init__(
        self, tx: Transaction, courier: Courier, family: Family, asked: list[OutboxItem], rows: list[RemoteRow]
    ) -> None:
        self.tx, self.courier, self.family, self.rows = tx, courier, family, rows
        self.first, self.kind = asked[0], kind_of(asked[0])
        self.wire = WIRES[self.kind]
        self.asked = {item.id for item in asked}
        numbers = [row.number for row in rows]
        self.listed = frozenset(numbers)
        self.held = lines.claimed(tx, self.kind, numbers)
        self.before = lines.seen(tx, self.kind, numbers)
        self.free = [row for row in rows if row.number not in self.held | self.before]
        self.missing: list[OutboxItem] = []

    def work(self) -> None:
        doubt = [item for item in of_same_kind(self.tx, self.first) if item.state in IN_DOUBT]
        if any(item.state == OutboxState.SENDING for item in doubt):
            for item in doubt:
                outbox_due.look_later(self.tx, item.id, self.courier.backoff(item.attempts))
            return
        for item in doubt:
            if item.id in self.asked:
                self.find(item)
        for item in doubt:
            # Those that have not settled may still come: their rows are theirs, and what is alike may be too.
            if item.id not in self.asked and item.kind not in DELETIONS:
                self.take(item)
        for item in self.missing:
            self.not_found(item)
        if not any(item.state in IN_DOUBT for item in of_same_kind(self.tx, self.first)):
            held = lines.claimed(self.tx, self.kind, self.listed)
            others = [row for row in self.rows if row.number not in held]
            lines.note_read(self.tx, self.first.visit_id or "", self.kind, foreign_lines(self.tx, self.kind, others))

    def find(self, item: OutboxItem) -> None:
        """End the item if the list shows that it took effect; else it is missing, or, by its key, not done."""
        line = self.line(item)
        there = line.remote_number in self.listed
        if item.kind in DELETIONS:
            if there:
                outbox_moves.back_to_pending(self.tx, item.id, "not_there", None)
            else:
                self.end(item, Given())
        elif item.kind not in ADDITIONS and there:
            sent = self.sent(item)
            listed = [row for row in self.rows if row.number == line.remote_number]
            if sent is not None and self.wire.same(sent, listed[0]):
                self.end(item, Given(line.remote_number))
            else:
                # The old row under its old key: a replacement may be repeated.
                not_there(self.tx, item)
        else:
            row = self.take(item)
            if row is not None:
                self.end(item, Given(row.number, row.compound_code))
            else:
                self.missing.append(item)

    def take(self, item: OutboxItem) -> RemoteRow | None:
        """The row that is this line's; nobody else gets it."""
        sent, code = self.sent(item), self.sent_code(item)
        if sent is None:
            return None
        found = [row for row in self.free if self.wire.same(sent, row)]
        found.sort(key=lambda row: (code is not None and row.compound_code != code, len(row.number), row.number))
        if not found:
            return None
        self.free.remove(found[0])
        return found[0]

    def not_found(self, item: OutboxItem) -> None:
        """Nothing that P-Care lists is this line: sent again only when nothing there can be mistaken for it."""
        sent = self.sent(item)
        alike = [row for row in self.free if sent is not None and self.wire.alike(sent, row)]
        if item.reason == DUPLICATE:
            self.duplicate(item, sent)
        elif item.kind not in ADDITIONS:
            outbox_moves.to_needs_action(self.tx, item.id, "gone")
            collapse(self.tx, item.id)
        elif alike:
            outbox_moves.to_needs_action(self.tx, item.id, "similar_line", _words(alike[0]))
            collapse(self.tx, item.id)
        else:
            not_there(self.tx, item)

    def duplicate(self, item: OutboxItem, sent: Content | None) -> None:
        """P-Care itself says that it is there: then it may well be what stood there before."""
        there = [
            row
            for row in self.rows
            if sent is not None and row.number in self.before - self.held and self.wire.same(sent, row)
        ]
        if there:
            self.end(item, Given(there[0].number, there[0].compound_code))
        else:
            duplicate_not_found(self.tx, self.courier, item)

    def end(self, item: OutboxItem, given: Given) -> None:
        self.family.took_effect(self.tx, item, item.sent_version or item.version, given)
        outbox_moves.done(self.tx, item.id, "already_there" if item.reason == DUPLICATE else "read_back")

    def line(self, item: OutboxItem) -> VisitLine:
        line = lines.get(self.tx, item.subject_id)
        if line is None:
            raise LookupError(item.subject_id)
        return line

    def body(self, item: OutboxItem) -> dict[str, object] | None:
        """What was sent; in a restored store, which may have forgotten its last try, what the record says."""
        last = outbox_moves.last_request(self.tx, item.id)
        if last is not None and not (item.reason == RESTORED and last[1]):
            found: dict[str, object] = json.loads(last[0])
            return found
        line = self.line(item)
        place = place_of(self.tx, self.courier, item, line)
        try:
            return self.wire.added(line, place)[0] if place else None
        except Unsendable:
            return None

    def sent(self, item: OutboxItem) -> Content | None:
        body = self.body(item)
        return self.wire.content(body) if body is not None else None

    def sent_code(self, item: OutboxItem) -> object:
        return (self.body(item) or {}).get("kdRacikan")


def _words(row: RemoteRow) -> str:
    return f"{row.title} {decimal_text(row.amount)}".strip()
