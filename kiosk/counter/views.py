"""What the counter hands to the screens: frozen values, ready to show."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kiosk.domain.allergies import Allergies
from kiosk.domain.codes import InquiryKind, InquiryState, OutboxState, Priority, ReferenceList
from kiosk.domain.deadline import EntryDeadline
from kiosk.domain.lines import ForeignLine, VisitLine
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.participant import Participant
from kiosk.domain.queue import Ticket
from kiosk.domain.registration import Registration
from kiosk.domain.visit import Visit


@dataclass(frozen=True, slots=True)
class Found:
    """One row of a search."""

    participant: Participant
    reason: str
    """In a word, why it was found when it is not plain from the row ("telepon", "NIK", "ejaan", "ketik?"), else ""."""
    registered_today: bool
    duplicate: bool = False
    """Perhaps the same person as another one of the list: the same NIK, or the same name and birth date."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer of the store to what was typed."""

    text: str
    rows: tuple[Found, ...]
    askable: str | None
    """The card number or NIK that P-Care could be asked for, when the text is one and nobody was found."""
    hint: str
    """A sentence about the text itself ("Nomor kartu harus 13 angka, baru 9"), or ""."""
    legend: str = ""
    """What the marks in the rows mean ("ketik?: mungkin salah ketik"), or ""."""
    full: bool = False
    """Whether there are as many rows as are shown at most: there may be more."""


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody who may belong to a person's family: a proposal, nothing that P-Care said."""

    participant: Participant
    reason: str
    """In words: "telepon sama", "kartu berdekatan"."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Somebody in the store who may be the same person."""

    participant: Participant
    reason: str
    """In words: "NIK sama", "nama mirip, lahir sama"."""
    certain: bool
    """The same card or NIK: nobody else can be meant."""


@dataclass(frozen=True, slots=True)
class MergePreview:
    """Two rows that may be one person, and how it would be when one of them stayed."""

    kept: Participant
    gone: Participant
    after: Participant
    """The row that stays, completed from the other one."""
    kept_counts: tuple[int, int]
    """How many registrations and visits hang on it already."""
    gone_counts: tuple[int, int]
    """How many move."""
    problem: str | None
    """A sentence why they cannot be merged now."""
    warnings: tuple[str, ...]
    """What makes it doubtful that they are one person ("NIK berbeda")."""


@dataclass(frozen=True, slots=True)
class MergedRow:
    """A row for which another one stands."""

    merge_id: str
    name: str
    """As it was written there."""
    operator_name: str
    """Who merged them."""
    merged_at: datetime
    newest: bool
    """Whether it is the last one merged, which alone can be undone."""


@dataclass(frozen=True, slots=True)
class ParticipantCard:
    """Everything the clerk should see of a person before registering them."""

    participant: Participant
    own_facility: bool | None
    """None when the facility is unknown."""
    registrations: tuple[Registration, ...]
    """Of the service day, cancelled ones left out."""
    visits: tuple[Visit, ...]
    """Earlier visits at this clinic, newest first, at most ten."""
    warnings: tuple[str, ...]
    """Sentences: not active, other facility, arrears, not verified, mismatch with the NIK, what P-Care corrected."""
    due: tuple[str, ...] = ()
    """Sentences: what this person should come for (kiosk.domain.reminders)."""
    elsewhere: tuple["HistoryRow", ...] = ()
    """The visits, here and elsewhere, that P-Care told of when it was asked last."""
    elsewhere_at: datetime | None = None
    """When that was; None when it was never asked."""


@dataclass(frozen=True, slots=True)
class Registered:
    """The result of a registration."""

    registration: Registration
    ticket: Ticket
    outbox: OutboxState | None
    """None when nothing has to be sent (umum)."""
    repeated: bool
    """The same form had been saved already; nothing new was made."""
    ahead: int | None = None
    """How many of the queue are called before; None until it is looked at, or when it does not wait there today."""
    wait: int | None = None
    """Minutes until the call, from the day's own times; None when they say too little."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A registration that P-Care does not have, about to be corrected."""

    registration: Registration
    item: OutboxItem | None
    """Its call that waits or was refused; None when it was given up, or never had one (umum)."""
    served: bool
    """A service was entered: poli and day stay."""
    priority: Priority
    """The class of its queue number."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One row of a list kept from P-Care."""

    code: str
    name: str
    flag: bool | None = None
    """poli: whether it treats the sick (poliSakit); diagnosis: nonSpesialis; else None."""


@dataclass(frozen=True, slots=True)
class References:
    """A list with its age."""

    kind: ReferenceList
    rows: tuple[Reference, ...]
    fetched_at: datetime | None
    """None when the list was never fetched."""


@dataclass(frozen=True, slots=True)
class ProcedureOffer:
    """A procedure that may be entered, as P-Care lists it."""

    code: str
    name: str
    highest_cost: int | None
    """Highest tariff (maxTarif) in rupiah; None where P-Care does not say."""
    with_result: bool | None
    """Whether a result value belongs to it (withValue); None where P-Care does not say."""


@dataclass(frozen=True, slots=True)
class DiagnosisOffer:
    """A diagnosis that may be entered."""

    code: str
    name: str
    """P-Care's where it was asked, else WHO's English one."""
    flag: bool | None
    """nonSpesialis as P-Care lists it; None where it was not asked."""
    local: str
    """What clinics here call it ("batuk pilek"), or ""."""
    used: int
    """How often it was diagnosed in this poli lately."""


@dataclass(frozen=True, slots=True)
class Hospital:
    """A hospital that may take a referral on the day asked for."""

    code: str
    name: str
    address: str
    phone: str
    grade: str
    distance_m: float | None
    """metres"""
    schedule: str
    referred: int | None
    """Patients already referred for the day."""
    capacity: int | None


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One visit as P-Care's history tells it, here or elsewhere."""

    day: date | None
    facility: str
    poli: str
    diagnosis: str
    doctor: str
    visit_number: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How far a question to P-Care is, and what it said."""

    id: str
    kind: InquiryKind
    state: InquiryState
    reason: str | None
    """Machine word when it stayed unanswered."""
    message: str
    """A sentence: asked, answered at …, not answered because …"""
    answered_at: datetime | None
    participant: Participant | None = None
    """For PARTICIPANT: the person, saved in the store already; None when P-Care does not know the number."""
    history: tuple[HistoryRow, ...] = ()
    hospitals: tuple[Hospital, ...] = ()
    references: tuple[Reference, ...] = ()
    """For DIAGNOSES, SUBSPECIALTIES and DRUGS."""


@dataclass(frozen=True, slots=True)
class ServiceSheet:
    """What the service screen opens with."""

    registration: Registration
    participant: Participant
    ticket: Ticket | None
    visit: Visit | None
    """The saved service, when there is one: the screen then corrects it."""
    outbox: OutboxState | None
    """How far the visit is on its way to P-Care."""
    internal: Ticket | None = None
    """The patient's number in the poli of the internal referral, of the same day."""
    allergies: Allergies = field(default_factory=Allergies)
    """What is known of the patient's."""
    lines: tuple[VisitLine, ...] = ()
    """Drugs, procedures and results of the saved service."""


class Link(StrEnum):
    """The state of the way to P-Care."""

    ONLINE = "online"
    OFFLINE = "offline"
    STOPPED = "stopped"
    """Stands still until a person acts (password, key, clock)."""
    NO_SYNC = "no_sync"
    """No sync process is alive."""
    STARTING = "starting"


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the link and the outbox, for the top line."""

    link: Link
    since: datetime | None
    reason: str | None
    waiting: int
    """pending and sending"""
    unknown: int
    needs_action: int
    sentences: tuple[str, ...]
    """In words: "P-Care putus sejak 09.41 · 3 menunggu · 1 perlu tindakan", then in fewer for narrow lines."""
    near_deadline: bool = False
    """The month closes within days and something of it, or of older ones, is not at P-Care."""
    clock_odd: bool = False
    """The computer's clock is far wrong, or was set."""

    @property
    def sentence(self) -> str:
        """The longest of `sentences`."""
        return self.sentences[0]


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """What must still reach P-Care before a month closes there."""

    deadline: EntryDeadline
    unsent: int
    """Open calls about days of that month."""
    overdue: int
    """Open calls about days of months that have closed."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One outbox item with what to do about it."""

    item: OutboxItem
    state_text: str
    reason_text: str
    advice: str
    can_retry: bool
    can_give_up: bool
    can_take_back: bool
    """Somebody gave it up, and may find that this was wrong."""


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a visit and how far it is on its way to P-Care."""

    line: VisitLine
    item: OutboxItem | None
    """The call that tells its state: the one that needs a person, else the first open one, else the last; None when
    nothing has to be sent (umum)."""
    state_text: str
    """In a word ("menunggu", "perlu tindakan", "sampai"), "" without an item."""
    reason_text: str
    advice: str


@dataclass(frozen=True, slots=True)
class VisitLines:
    """All lines of a visit, each kind as it was entered."""

    medications: tuple[LineRow, ...]
    procedures: tuple[LineRow, ...]
    labs: tuple[LineRow, ...]
    foreign: tuple[ForeignLine, ...]
    """What others typed in this visit in P-Care's own page, as it was read last."""


@dataclass(frozen=True, slots=True)
class BoardPoli:
    """One poli on the public board; no names, ever."""

    poli_name: str
    current: str | None
    """The label that is called or served now."""
    room: str | None
    beside: tuple[tuple[str, str], ...]
    """Label and room of what other rooms of this queue have called, newest first."""
    following: tuple[str, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class BoardCall:
    """A number that was called today; no names, ever."""

    id: str
    label: str
    poli_name: str
    own_place: bool
    """Whether the queue is one of the clinic's own (pharmacy), not a poli."""
    room: str | None
    calls: int
    """Grows with every call: the board rings and speaks when it does."""


@dataclass(frozen=True, slots=True)
class BoardView:
    """The public board at one moment."""

    clinic_name: str
    polis: tuple[BoardPoli, ...]
    read_at: datetime
    """When the store was read (UTC): the board says how old its data is."""
    last_called: str | None
    calls: tuple[BoardCall, ...] = ()
    """In the order in which they were called last."""
