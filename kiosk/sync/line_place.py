"""Where a line belongs at P-Care, what stands beside it there, and which calls are about its kind."""

from kiosk.domain.codes import LineKind, OutboxKind, OutboxState
from kiosk.domain.lines import ForeignLine, Medication, VisitLine
from kiosk.domain.outbox import OutboxItem
from kiosk.store import lines, outbox, registrations, visits
from kiosk.store.transaction import Transaction
from kiosk.sync.courier import Courier
from kiosk.sync.line_wire import Place, RemoteRow

ADDITIONS = frozenset({OutboxKind.MEDICATION_ADD, OutboxKind.PROCEDURE_ADD, OutboxKind.LAB_ADD})
DELETIONS = frozenset({OutboxKind.MEDICATION_DELETE, OutboxKind.PROCEDURE_DELETE, OutboxKind.LAB_DELETE})
IN_DOUBT = (OutboxState.SENDING, OutboxState.UNKNOWN)


def kind_of(item: OutboxItem) -> LineKind:
    """The kind of line that the item speaks of."""
    return LineKind(item.kind.split(".", 1)[0])


def of_same_kind(tx: Transaction, item: OutboxItem) -> list[OutboxItem]:
    """All calls about lines of the item's visit and kind, in order."""
    return [i for i in outbox.of_lines(tx, item.visit_id or "") if kind_of(i) == kind_of(item)]


def place_of(tx: Transaction, courier: Courier, item: OutboxItem, line: VisitLine | None) -> Place | None:
    """Where the line belongs; None when its visit is not there, or has no number yet."""
    visit = visits.get(tx, item.visit_id or "")
    registration = registrations.get(tx, item.registration_id)
    if line is None or visit is None or registration is None or visit.remote_number is None:
        return None
    code = next((part.compound_code for part in parts_there(tx, line) if part.compound_code), None)
    return Place(visit.remote_number, registration.day, courier.facility, code)


def parts_there(tx: Transaction, line: VisitLine) -> list[VisitLine]:
    """The other parts of the line's compound that P-Care holds now. A compound without parts has no code any more."""
    compound = line.value.compound if isinstance(line.value, Medication) else None
    parts = lines.of_compound(tx, line.visit_id, compound) if compound else ()
    return [part for part in parts if part.remote_number is not None and part.id != line.id]


def code_unknown(tx: Transaction, line: VisitLine) -> bool:
    """Whether the line's compound is there and P-Care's code of it was not told."""
    parts = parts_there(tx, line)
    return bool(parts) and not any(part.compound_code for part in parts)


def foreign_lines(tx: Transaction, kind: LineKind, rows: list[RemoteRow]) -> list[ForeignLine]:
    """Rows that are none of ours, as they are kept."""
    return [ForeignLine(kind, row.number, row.title, row.amount, tx.now) for row in rows]
