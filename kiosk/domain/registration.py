"""A registration: one person, one day, one poli; and what the clerk typed to make it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from kiosk.domain.codes import Care, Payer, Priority, VisitKind
from kiosk.domain.vitals import Vitals


@dataclass(frozen=True, slots=True)
class RegistrationForm:
    """What the clerk decided; everything else is known already."""

    participant_id: str
    day: date
    """The service day, the clinic's local date."""
    poli_code: str
    """P-Care's poli code ("001"), never a local one."""
    payer: Payer
    visit_kind: VisitKind
    care: Care
    complaint: str | None = None
    vitals: Vitals = field(default_factory=Vitals)
    referred_back: bool = False
    """rujukBalik"""
    priority: Priority = Priority.ORDINARY
    """The class of the queue number; P-Care knows nothing of it."""
    request_id: str | None = None
    """Made by the screen when the form opens: the same form saved twice makes one registration."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration as the store holds it."""

    id: str
    participant_id: str
    participant_name: str
    card_number: str | None
    provider_code: str | None
    """The facility where the member is registered, as it was known then."""
    day: date
    poli_code: str
    poli_name: str
    payer: Payer
    visit_kind: VisitKind
    care: Care
    complaint: str | None
    vitals: Vitals
    referred_back: bool
    cancelled: bool
    adopted: bool
    """Typed by somebody in P-Care's own page and taken over from there."""
    remote_number: str | None
    """noUrut, once P-Care gave it; needed to cancel."""
    version: int
    created_at: datetime
