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

    REGISTER = "register"
    CALL = "call"
    SERVE = "serve"
    OUTBOX_VIEW = "outbox_view"
    OUTBOX_DECIDE = "outbox_decide"
    MANAGE_USERS = "manage_users"


_COUNTER = {Action.REGISTER, Action.CALL, Action.OUTBOX_VIEW, Action.OUTBOX_DECIDE}
PERMITTED: dict[Role, frozenset[Action]] = {
    Role.CLERK: frozenset(_COUNTER),
    Role.NURSE: frozenset(_COUNTER | {Action.SERVE}),
    Role.DOCTOR: frozenset({Action.CALL, Action.SERVE, Action.OUTBOX_VIEW, Action.OUTBOX_DECIDE}),
    Role.HEAD: frozenset({Action.OUTBOX_VIEW}),
    Role.ADMIN: frozenset(_COUNTER | {Action.SERVE, Action.MANAGE_USERS}),
}

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
