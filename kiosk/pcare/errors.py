"""Everything that can go wrong on the wire, as types that a caller decides on.

    PCareError
    ├── Refused          the service read the call and will not do it; nothing took effect
    ├── AlreadyThere     refused because the same record is there; its number must be read back
    ├── NotSent          certainly without effect; the same call may be sent again later
    ├── OutcomeUnknown   it may have taken effect; read back before anything is sent again
    ├── LoginRejected    username or password refused; stop, a loop locks the account
    ├── ClockSkew        the signature was refused and its time was off the server's; without effect
    ├── AccessDenied     the consumer, its key or its contract is refused for this service; without effect
    └── IncompleteList   the pages of a list do not add up; the reading counts for nothing

A question (GET) has no effect to be unsure of: `OutcomeUnknown` then just says that no usable answer came.
`str(error)` holds codes only; the server's own words may name a patient and are in `server_text`.
"""

from dataclasses import dataclass
from enum import StrEnum

SERVER_TEXT_LIMIT = 300


class Reason(StrEnum):
    """Why a call ended as it did: the key under which a sentence for people is found."""

    # Refused
    VALIDATION = "validation"
    """The service named fields, or a value is not in its reference lists (code 412 mostly)."""
    NO_REGISTRATION = "no_registration"
    """A visit for which no registration exists on that day and poli."""
    SCREENING_NEEDED = "screening_needed"
    """The member has not done the health screening that the online queue asks for."""
    DOCTOR_SCHEDULE = "doctor_schedule"
    """The doctor has no schedule at that time in the online queue."""
    CALL_TIME = "call_time"
    """The time of a queue call lies outside the doctor's hours."""
    NOT_FOUND = "not_found"
    """What the call names is not there."""
    MALFORMED = "malformed"
    """The service could not read the request (its HTML page "Request Error", or code 400)."""
    OTHER = "other"
    """Refused in words that are not known; see `server_text`."""

    # AlreadyThere
    DUPLICATE = "duplicate"
    """The same member, poli and day was entered before."""

    # NotSent
    UNREACHABLE = "unreachable"
    """The connection was refused or there is no route."""
    NAME_UNRESOLVED = "name_unresolved"
    """The host name has no address: usually no internet."""
    CONNECT_TIMEOUT = "connect_timeout"
    """Nobody answered; also how a source address that is not white-listed looks."""
    TLS = "tls"
    """No trusted encrypted connection."""
    TLS_DATE = "tls_date"
    """The certificate is not valid on the date this computer believes it is."""
    BUSY = "busy"
    """All connections of this client were in use."""
    QUOTA = "quota"
    """The gateway's rate limit; see `NotSent.retry_after`."""
    NO_SERVICE = "no_service"
    """The web server answers but the service behind it is not there (HTML 404)."""

    # OutcomeUnknown
    TIMEOUT = "timeout"
    """No answer within the deadline, or code 408."""
    CUT = "cut"
    """The connection broke, or spoke no HTTP, before the answer was whole."""
    SERVER_ERROR = "server_error"
    """Code 5xx."""
    UNREADABLE = "unreadable"
    """An answer came but cannot be decoded or is not what the call promises."""
    TOO_LARGE = "too_large"
    """The answer passed the size limit."""

    # LoginRejected, ClockSkew
    LOGIN = "login"
    """Username or password wrong, or the password expired."""
    CLOCK = "clock"
    """The signature was refused and this computer's clock is off the server's."""

    # AccessDenied
    CONSUMER_EXPIRED = "consumer_expired"
    """The consumer id's contract has ended."""
    NOT_ENABLED = "not_enabled"
    """The consumer id is not registered for this service or path."""
    UNKNOWN_PATH = "unknown_path"
    """The gateway has no such path: base address or path setting is wrong."""
    SIGNATURE = "signature"
    """The signature is wrong although the clock is right: consumer id or secret key."""
    USER_KEY = "user_key"
    """The `user_key` is not accepted."""
    FORBIDDEN = "forbidden"
    """Code 403 in words that are not known."""

    # IncompleteList
    LIST_SHORT = "list_short"
    """The list ended before its own count."""
    LIST_CHANGED = "list_changed"
    """Count or rows changed while the pages were read."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One row of a validation list: the wire's field name and the service's words about it."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call as it may be kept in a log: no secret, no body, the path without its identifiers.

    `status` is the HTTP status and `code` the envelope's, None where none came; `message` is the envelope's
    text, cut; `seconds` is how long the call took; `sent` tells whether any byte of the request may have left.
    """

    method: str
    route: str
    status: int | None
    code: int | None
    message: str
    seconds: float
    sent: bool


class PCareError(Exception):
    """Base of all errors of this package; see the tree above.

    `reason` says why in one word, `code` is the service's code where one came, `server_text` its words (cleaned,
    at most 300 characters), `exchange` what may be logged about the call.
    """

    def __init__(
        self,
        reason: Reason,
        *,
        code: int | None = None,
        server_text: str = "",
        exchange: Exchange | None = None,
    ) -> None:
        super().__init__(reason, code)
        self.reason = reason
        self.code = code
        self.server_text = clean(server_text)
        self.exchange = exchange

    def __str__(self) -> str:
        code = "" if self.code is None else f" ({self.code})"
        return f"{type(self).__name__}: {self.reason}{code}"

    def __repr__(self) -> str:
        return f"<{self}>"


class Refused(PCareError):
    """The service read the call and will not do it; `fields` are its complaints where it named any."""

    def __init__(
        self,
        reason: Reason,
        *,
        code: int | None = None,
        server_text: str = "",
        exchange: Exchange | None = None,
        fields: tuple[FieldProblem, ...] = (),
    ) -> None:
        super().__init__(reason, code=code, server_text=server_text, exchange=exchange)
        self.fields = fields

    @property
    def message(self) -> str:
        """The service's words: the same as `server_text`."""
        return self.server_text


class AlreadyThere(PCareError):
    """The record was entered before: success for the record, but its number must be read back."""


class NotSent(PCareError):
    """The call certainly took no effect; `retry_after` are the seconds the gateway asked to wait, if it did."""

    def __init__(
        self,
        reason: Reason,
        *,
        code: int | None = None,
        server_text: str = "",
        exchange: Exchange | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason, code=code, server_text=server_text, exchange=exchange)
        self.retry_after = retry_after


class OutcomeUnknown(PCareError):
    """Bytes may have left and no readable answer came: a write may or may not have taken effect."""


class LoginRejected(PCareError):
    """Username or password refused (wrong or expired): do not try again before a person has looked."""


class ClockSkew(PCareError):
    """Refused while the clock was off. The correction is learnt by then: the next call, signed with it, decides."""


class AccessDenied(PCareError):
    """The gateway does not let this consumer in; stop the worker and say `reason`."""


class IncompleteList(PCareError):
    """A list could not be read whole: nothing may be concluded from what is missing in it."""


def clean(text: str) -> str:
    """Return `text` without control characters, blanks collapsed, cut to 300 characters."""
    kept = "".join(char if char.isprintable() else " " for char in text[: SERVER_TEXT_LIMIT * 4])
    return " ".join(kept.split())[:SERVER_TEXT_LIMIT]
