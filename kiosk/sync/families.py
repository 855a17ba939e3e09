"""Which family a kind of call belongs to."""

from kiosk.domain.codes import OutboxKind
from kiosk.sync.family import Family
from kiosk.sync.registration_family import RegistrationFamily
from kiosk.sync.visit_family import VisitFamily

_REGISTRATIONS: Family = RegistrationFamily()
_VISITS: Family = VisitFamily()
FAMILIES: dict[OutboxKind, Family] = {
    OutboxKind.REGISTRATION_ADD: _REGISTRATIONS,
    OutboxKind.REGISTRATION_CANCEL: _REGISTRATIONS,
    OutboxKind.VISIT_ADD: _VISITS,
    OutboxKind.VISIT_UPDATE: _VISITS,
    OutboxKind.VISIT_DELETE: _VISITS,
}
"""In the order in which unknown ones are read back: what hangs on another comes after it."""
