"""The people at the keyboard: who they are and what their role may do."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The work a person does at the clinic."""

    CLERK = "loket"
    NURSE = "perawat"
    DOCTOR = "dokter"
    HEAD = "kepala"
    ADMIN = "admin"


class Action(StrEnum):
    """What a role may or may not do; what is not listed in `PERMITTED` is refused."""

    LOOK_UP = "look_up"
    """Lists without people: polis, diagnoses, drugs, areas."""
    PATIENT_VIEW = "patient_view"
    """Search, card, history, family."""
    REGISTER = "register"
    """Registrations and the data of patients: made, corrected, taken back, merged."""
    QUEUE_VIEW = "queue_view"
    CALL = "call"
    """The queue: calling and all that follows a call."""
    SERVE = "serve"
    """The service with its lines and its drafts."""
    OUTBOX_VIEW = "outbox_view"
    OUTBOX_DECIDE = "outbox_decide"
    SHIFT_VIEW = "shift_view"
    """The numbers of the day, and where the audit log stands."""
    AUDIT_VIEW = "audit_view"
    """The audit log itself; only on the host, by `kiosk audit`."""
    MANAGE_USERS = "manage_users"
    """Operators and backups; only on the host, by `kiosk user`, `kiosk backup` and `kiosk restore`."""


_EVERYBODY = {Action.LOOK_UP, Action.PATIENT_VIEW, Action.QUEUE_VIEW, Action.OUTBOX_VIEW, Action.SHIFT_VIEW}
PERMITTED: dict[Role, frozenset[Action]] = {
    Role.CLERK: frozenset(_EVERYBODY | {Action.REGISTER, Action.CALL, Action.OUTBOX_DECIDE}),
    Role.NURSE: frozenset(_EVERYBODY | {Action.REGISTER, Action.CALL, Action.SERVE, Action.OUTBOX_DECIDE}),
    Role.DOCTOR: frozenset(_EVERYBODY | {Action.CALL, Action.SERVE, Action.OUTBOX_DECIDE}),
    Role.HEAD: frozenset(_EVERYBODY | {Action.AUDIT_VIEW}),
    Role.ADMIN: frozenset(Action),
}
"""What each role may do: the one table. What does not stand here is refused."""

ROLE_TEXT = {
    Role.CLERK: "petugas loket",
    Role.NURSE: "perawat/bidan",
    Role.DOCTOR: "dokter",
    Role.HEAD: "kepala",
    Role.ADMIN: "admin",
}


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who may log in."""

    id: str
    login: str
    name: str
    role: Role
    disabled: bool = False

    def may(self, action: Action) -> bool:
        """Whether the role permits `action`."""
        return not self.disabled and action in PERMITTED[self.role]


@dataclass(frozen=True, slots=True)
class Clinic:
    """The facility whose store this is."""

    code: str
    """P-Care's code of the facility, 8 characters; the first part of every key in the store."""
    name: str
    zone: str
    """IANA name of its time zone: Asia/Jakarta, Asia/Makassar or Asia/Jayapura."""
