"""Which family a kind of call belongs to."""

from kiosk.domain.codes import OutboxKind
from kiosk.sync.family import Family
from kiosk.sync.line_family import LineFamily
from kiosk.sync.registration_family import RegistrationFamily
from kiosk.sync.visit_family import VisitFamily

_REGISTRATIONS: Family = RegistrationFamily()
_VISITS: Family = VisitFamily()
_LINES: Family = LineFamily()
FAMILIES: dict[OutboxKind, Family] = {
    OutboxKind.REGISTRATION_ADD: _REGISTRATIONS,
    OutboxKind.REGISTRATION_CANCEL: _REGISTRATIONS,
    OutboxKind.VISIT_ADD: _VISITS,
    OutboxKind.VISIT_UPDATE: _VISITS,
    OutboxKind.VISIT_DELETE: _VISITS,
    OutboxKind.MEDICATION_ADD: _LINES,
    OutboxKind.MEDICATION_DELETE: _LINES,
    OutboxKind.PROCEDURE_ADD: _LINES,
    OutboxKind.PROCEDURE_UPDATE: _LINES,
    OutboxKind.PROCEDURE_DELETE: _LINES,
    OutboxKind.LAB_ADD: _LINES,
    OutboxKind.LAB_UPDATE: _LINES,
    OutboxKind.LAB_DELETE: _LINES,
}
"""In the order in which unknown ones are read back: what hangs on another comes after it."""
