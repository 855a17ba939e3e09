"""The outbox's states and the few rules that decide what may follow what."""

from dataclasses import dataclass
from datetime import date, datetime

from kiosk.domain.codes import OutboxKind, OutboxState

TRANSITIONS: dict[OutboxState, frozenset[OutboxState]] = {
    OutboxState.PENDING: frozenset(
        {OutboxState.SENDING, OutboxState.DROPPED, OutboxState.DONE, OutboxState.NEEDS_ACTION}
    ),
    OutboxState.SENDING: frozenset(
        {OutboxState.DONE, OutboxState.UNKNOWN, OutboxState.PENDING, OutboxState.NEEDS_ACTION}
    ),
    OutboxState.UNKNOWN: frozenset({OutboxState.DONE, OutboxState.PENDING, OutboxState.NEEDS_ACTION}),
    OutboxState.NEEDS_ACTION: frozenset({OutboxState.PENDING, OutboxState.DROPPED, OutboxState.DONE}),
    OutboxState.DONE: frozenset(),
    OutboxState.DROPPED: frozenset(),
}
"""PENDING → DONE: what was to be sent is found there already (typed in P-Care's own page).
PENDING → NEEDS_ACTION: it cannot be put into P-Care's form, or P-Care does not know the card.
SENDING → PENDING only when it is certain that no byte took effect."""

OPEN = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.UNKNOWN, OutboxState.NEEDS_ACTION)
"""What is not over yet."""


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One call that P-Care must see, as screens and the sync process see it."""

    id: str
    kind: OutboxKind
    state: OutboxState
    subject_id: str
    """The registration, visit or line of a visit that it speaks of."""
    registration_id: str
    participant_name: str
    poli_name: str
    day: date
    label: str
    """The queue label of its registration, "A-012"."""
    version: int
    """The subject's version that a success would confirm; of a queue call the status it tells: 1 came, 2 did not."""
    sent_version: int | None
    """The version that the last attempt carried."""
    attempts: int
    reason: str | None
    """Machine word for why it stands where it stands (kiosk.counter.reasons turns it into sentences)."""
    detail: str | None
    """The server's own text, bounded; untrusted."""
    not_before: datetime | None
    settle_at: datetime | None
    """For unknown ones: P-Care is not read back earlier."""
    created_at: datetime
    updated_at: datetime
    visit_id: str | None = None
    """For a line of a visit: the visit."""
    line_title: str = ""
    """For a line of a visit: the drug or procedure by name; "" for the others."""
    given_up_by: str | None = None
    """Who gave it up, and why: "siti: pasien pulang"; kept also after that was taken back."""
