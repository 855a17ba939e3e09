"""Drugs, procedures and results of a visit: entered, corrected, taken back, and how far each is on its way."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.errors import Conflict, InvalidField, InvalidForm, NotFound
from kiosk.counter.line_calls import WAITING, send_addition, send_change, send_deletion
from kiosk.counter.reasons import STATE_TEXT, words
from kiosk.counter.views import LineRow, VisitLines
from kiosk.domain.audit import Event
from kiosk.domain.codes import LineKind, OutboxState, Payer
from kiosk.domain.field_problem import FieldProblem
from kiosk.domain.labs import LabResult
from kiosk.domain.lines import KIND_OF, LineValue, Medication, Procedure, VisitLine, line_problems
from kiosk.domain.outbox import OPEN, OutboxItem
from kiosk.domain.people import Action
from kiosk.domain.registration import Registration
from kiosk.domain.text import clean
from kiosk.domain.visit import Visit
from kiosk.store import lines, outbox, outbox_moves, registrations, visits
from kiosk.store.audit import note
from kiosk.store.transaction import Transaction

TEXT_LIMIT = 1000
"""Letters in one free text; P-Care's own limits are not published."""


async def lines_of(desk: Desk, visit_id: str) -> VisitLines:
    """All lines of a visit as they were entered, and what others typed in it at P-Care. Raises NotFound."""
    require(desk, Action.SERVE)

    def work(tx: Transaction) -> VisitLines:
        if visits.get(tx, visit_id) is None:
            raise NotFound("Pelayanan tidak ditemukan")
        items: dict[str, list[OutboxItem]] = {}
        for item in outbox.of_lines(tx, visit_id):
            items.setdefault(item.subject_id, []).append(item)
        rows = [_row(line, items.get(line.id, [])) for line in lines.of_visit(tx, visit_id)]
        return VisitLines(
            medications=tuple(row for row in rows if row.line.kind == LineKind.MEDICATION),
            procedures=tuple(row for row in rows if row.line.kind == LineKind.PROCEDURE),
            labs=tuple(row for row in rows if row.line.kind == LineKind.LAB),
            foreign=lines.foreign(tx, visit_id),
        )

    return await desk.read(work)


async def add_line(desk: Desk, visit_id: str, value: LineValue, *, request_id: str | None = None) -> VisitLine:
    """A drug, a procedure or results for a visit; left for P-Care when it is a member's.

    The same form (by its `request_id`) saved twice makes one line. Raises InvalidForm with every field that must
    change, NotFound when the visit was deleted.
    """
    operator = require(desk, Action.SERVE)
    value, today = _cleaned(value), desk.today()

    def work(tx: Transaction) -> VisitLine:
        repeated = lines.by_request(tx, request_id) if request_id else None
        if repeated is not None:
            return repeated
        visit, registration = _open_visit(tx, visit_id)
        _check(value, visit, today)
        identifier = lines.add(tx, visit.id, registration.id, value, request=request_id, operator=operator.id)
        made = _get(tx, identifier)
        if _goes_to_pcare(tx, visit, registration):
            send_addition(tx, made)
        note(tx, Event.LINE_ADD, made.id, kind=made.kind)
        return made

    return await desk.write(work)


async def edit_line(desk: Desk, line_id: str, value: LineValue, *, based_on: int | None = None) -> VisitLine:
    """Correct a line; `value` is of the same kind and, for a drug, of the same compound.

    `based_on` is the version that the form was opened with: what a colleague saved meanwhile is not written over.
    P-Care cannot edit a drug: one that is there is deleted and added. Raises InvalidForm, Conflict, NotFound.
    """
    operator = require(desk, Action.SERVE)
    value, today = _cleaned(value), desk.today()

    def work(tx: Transaction) -> VisitLine:
        known = _live(tx, line_id)
        visit, registration = _open_visit(tx, known.visit_id)
        if based_on is not None and based_on != known.version:
            raise Conflict("Isian ini baru saja diubah di tempat lain; buka lagi, lalu perbaiki")
        if KIND_OF[type(value)] != known.kind:
            raise Conflict("Jenis isian tidak dapat diganti; hapus, lalu tambahkan yang benar")
        if _compound(value) != _compound(known.value):
            raise InvalidField("compound", "Racikan tidak dapat diganti; hapus obat ini, lalu tambahkan lagi")
        _check(value, visit, today)
        if value == known.value:
            return known
        lines.change(tx, known, value, operator.id)
        changed = _get(tx, known.id)
        if _goes_to_pcare(tx, visit, registration):
            send_change(tx, changed)
        note(tx, Event.LINE_CHANGE, changed.id, kind=changed.kind, version=changed.version)
        return changed

    return await desk.write(work)


async def delete_line(desk: Desk, line_id: str) -> None:
    """Take a line back, here and, when it got there, at P-Care. Raises NotFound."""
    require(desk, Action.SERVE)

    def work(tx: Transaction) -> None:
        known = lines.get(tx, line_id)
        if known is None:
            raise NotFound("Isian tidak ditemukan")
        if not known.deleted:
            _take_back(tx, known)

    await desk.write(work)


async def match_line(desk: Desk, line_id: str, remote_number: str) -> VisitLine:
    """A person has looked: what stands at P-Care under `remote_number` (one of the foreign lines) is this very line.

    Nothing is sent; from now on the line is edited and deleted there. Raises NotFound, Conflict while a call about the
    line is under way or when the row belongs to another line.
    """
    require(desk, Action.OUTBOX_DECIDE)

    def work(tx: Transaction) -> VisitLine:
        known = _live(tx, line_id)
        theirs = [f for f in lines.foreign(tx, known.visit_id) if f.kind == known.kind]
        if remote_number not in [f.remote_number for f in theirs]:
            raise NotFound("Baris P-Care itu tidak ada lagi, atau sudah milik isian lain")
        items = [item for item in outbox.of_subject(tx, known.id) if item.state in OPEN]
        if known.remote_number is not None or any(item.state not in WAITING for item in items):
            raise Conflict("Isian ini sudah ada atau sedang dikirim ke P-Care; tunggu sampai dipastikan")
        lines.confirm(tx, known, remote_number, known.version)
        for item in items:
            outbox_moves.done(tx, item.id, "typed_elsewhere")
        note(tx, Event.LINE_MATCH, known.id, kind=known.kind)
        return _get(tx, known.id)

    return await desk.write(work)


def delete_lines_of(tx: Transaction, visit: Visit) -> None:
    """Take all lines of a visit back that is being deleted: they go before it, towards P-Care too."""
    for line in lines.of_visit(tx, visit.id):
        _take_back(tx, line)


def send_lines_of(tx: Transaction, visit: Visit) -> None:
    """The visit is sent anew after it was given up, and its lines with it: they go anew too."""
    for line in lines.of_visit(tx, visit.id):
        send_change(tx, line)


def _take_back(tx: Transaction, line: VisitLine) -> None:
    lines.delete(tx, line)
    note(tx, Event.LINE_DELETE, line.id, kind=line.kind)
    # For a patient who pays, there is no item and no key of P-Care's: nothing follows.
    send_deletion(tx, _get(tx, line.id))


def _open_visit(tx: Transaction, visit_id: str) -> tuple[Visit, Registration]:
    visit = visits.get(tx, visit_id)
    registration = registrations.get(tx, visit.form.registration_id) if visit else None
    if visit is None or registration is None or visit.deleted:
        raise NotFound("Pelayanannya tidak ada lagi")
    return visit, registration


def _goes_to_pcare(tx: Transaction, visit: Visit, registration: Registration) -> bool:
    """Not for a patient who pays, nor while its visit was given up: should that be sent anew, its lines follow it."""
    return registration.payer == Payer.BPJS and not outbox.given_up(tx, visit)


def _get(tx: Transaction, line_id: str) -> VisitLine:
    found = lines.get(tx, line_id)
    if found is None:
        raise LookupError(line_id)
    return found


def _live(tx: Transaction, line_id: str) -> VisitLine:
    found = lines.get(tx, line_id)
    if found is None or found.deleted:
        raise NotFound("Isian itu sudah dihapus")
    return found


def _check(value: LineValue, visit: Visit, today: date) -> None:
    problems = line_problems(value, visit.day, today)
    if problems:
        raise InvalidForm(problems)


def _compound(value: LineValue) -> str | None:
    return value.compound if isinstance(value, Medication) else None


def _cleaned(value: LineValue) -> LineValue:
    """Texts without control characters and within their limit, blank ones None where they may be; nothing else."""
    texts = {f.name: getattr(value, f.name) for f in fields(value) if isinstance(getattr(value, f.name), str)}
    too_long = [name for name, text in texts.items() if len(text) > TEXT_LIMIT]
    if too_long:
        raise InvalidForm([FieldProblem(name, f"Paling panjang {TEXT_LIMIT} huruf") for name in too_long])
    needed = {Medication: ("name",), Procedure: ("code", "name"), LabResult: ()}[type(value)]
    changes: dict[str, Any] = {}
    for name, text in texts.items():
        said = clean(text, TEXT_LIMIT).strip()
        changes[name] = said if name in needed else said or None
    return replace(value, **changes)


def _row(line: VisitLine, items: list[OutboxItem]) -> LineRow:
    """How far a line is: what needs a person first, then what is still open, then how it ended."""
    order = [
        *(item for item in items if item.state == OutboxState.NEEDS_ACTION),
        *(item for item in items if item.state in OPEN),
        *reversed(items),
    ]
    item = order[0] if order else None
    said = words(item.reason if item else None)
    return LineRow(
        line=line,
        item=item,
        state_text=STATE_TEXT[item.state] if item else "",
        reason_text=said.why,
        advice=said.what_to_do,
    )
