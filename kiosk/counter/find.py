"""Finding a person: by card, NIK, RM number, phone or name, in the clinic's own store first."""

from datetime import date

from kiosk.counter.access import require
from kiosk.counter.ask import history_rows
from kiosk.counter.desk import Desk
from kiosk.counter.errors import NotFound
from kiosk.counter.views import Found, ParticipantCard, SearchResult
from kiosk.domain.audit import Event
from kiosk.domain.codes import SEX_TEXT, Sex
from kiosk.domain.day import day_text
from kiosk.domain.names import Match, folded_words
from kiosk.domain.numbers import digits, phone_digits
from kiosk.domain.participant import CARD_LENGTH, NIK_LENGTH, Participant, masked, nik_mismatch
from kiosk.domain.people import Action
from kiosk.domain.reminders import due
from kiosk.domain.text import clean
from kiosk.store import participants, registrations, visits
from kiosk.store.search import by_name
from kiosk.store.transaction import Transaction

PAST_VISITS = 10
MIN_LETTERS = 2
NAME_LIMIT = 80

REASONS = {
    Match.EXACT: ("", ""),
    Match.SPELLING: ("ejaan", "ejaan lain"),
    Match.UNFINISHED: ("awalan", "kata belum selesai"),
    Match.SPACE: ("spasi", "spasi berbeda"),
    Match.TYPO: ("ketik?", "mungkin salah ketik"),
}
"""Why a name was found: in a word, and what the word means."""
DUPLICATE = ("ganda?", "mungkin satu orang, lihat Ctrl+D")
OTHER_NAME = ("nama lain", "ditemukan dengan nama dari data yang digabung")
OTHER_NUMBER = ("no. lain", "ditemukan dengan nomor dari data yang digabung")


async def search(desk: Desk, text: str, limit: int = 20, *, typing: bool = False) -> SearchResult:
    """Those whom `text` may mean; while it is being typed (`typing`), without those whose names only sound alike.

    Digits (blanks, dots and dashes between them do not matter) are looked up as card, NIK, RM number and phone, an RM
    number also as the clinic writes it; anything else as a name, from two letters on, with words in any order,
    unfinished, in another spelling or mistyped.
    """
    require(desk, Action.PATIENT_VIEW)
    text = clean(text, NAME_LIMIT).strip()
    number = _as_number(text)
    today = desk.today()

    def work(tx: Transaction) -> tuple[Found, ...]:
        if number is not None:
            own = phone_digits(number)
            people = participants.with_digits(tx, number, limit) or (
                participants.with_digits(tx, own, limit) if own != number else ()
            )
            found = [(p, _reason(p, number, own)) for p in people]
        elif len(text) >= MIN_LETTERS:
            hits = by_name(tx, text, limit, typing=typing)
            found = [(h.participant, OTHER_NAME[0] if h.other_name else REASONS[h.match][0]) for h in hits]
        else:
            found = []
        if (record := _by_record(tx, text)) is not None:
            found = [(record, "RM"), *((p, reason) for p, reason in found if p.id != record.id)]
        shown = [person for person, _ in found]
        here = participants.registered_on(tx, today, [p.id for p in shown])
        twice = _duplicates(shown)
        return tuple(Found(p, reason, p.id in here, p.id in twice) for p, reason in found)

    rows = await desk.read(work)
    askable = number if number and not rows and len(number) in (CARD_LENGTH, NIK_LENGTH) else None
    hint = _hint(text, number, bool(rows), askable)
    return SearchResult(text, rows, askable, hint, _legend(rows), full=len(rows) >= limit)


async def open_participant(desk: Desk, participant_id: str, day: date | None = None) -> ParticipantCard:
    """Everything the clerk should see before registering this person on `day` (today). Raises NotFound."""
    require(desk, Action.PATIENT_VIEW)
    service_day = day or desk.today()

    def work(tx: Transaction) -> ParticipantCard:
        person = participants.get(tx, participant_id)
        if person is None:
            raise NotFound("Pasien tidak ditemukan di penyimpanan")
        own = None if person.facility_code is None else person.facility_code == tx.clinic
        past = visits.of_participant(tx, person.id, PAST_VISITS)
        elsewhere, told_at = history_rows(tx, person.card_number)
        return ParticipantCard(
            participant=person,
            own_facility=own,
            registrations=registrations.of_participant(tx, person.id, service_day),
            visits=past,
            warnings=tuple(_warnings(person, own)),
            due=due(person, [visit.day for visit in past], service_day),
            elsewhere=elsewhere,
            elsewhere_at=told_at,
        )

    card = await desk.read(work)
    desk.saw(Event.PATIENT_VIEW, card.participant.id)
    return card


def _by_record(tx: Transaction, text: str) -> Participant | None:
    """Who has this very RM number, as the clinic writes it: with letters or dashes too."""
    if not any(c.isdigit() for c in text):
        return None
    return participants.by_rm_number(tx, text) or participants.by_rm_number(tx, text.upper())


def _as_number(text: str) -> str | None:
    """The digits, when the text is a number with perhaps blanks, dots or dashes between."""
    found = digits(text)
    return found if found and all(c in "0123456789 .-+" for c in text) else None


def _reason(person: Participant, number: str, phone: str) -> str:
    for word, value in (
        ("RM", person.rm_number),
        ("kartu", person.card_number),
        ("NIK", person.nik),
        ("telepon", person.phone),
    ):
        if value and value.startswith((number, phone)):
            return word
    return OTHER_NUMBER[0]


def _duplicates(people: list[Participant]) -> set[str]:
    """Those of the list who may be one person entered twice: the same NIK, or the same name and birth date."""
    alike: dict[object, list[str]] = {}
    for person in people:
        if person.nik:
            alike.setdefault(person.nik, []).append(person.id)
        if person.birth_date:
            alike.setdefault((frozenset(folded_words(person.name)), person.birth_date), []).append(person.id)
    return {identifier for same in alike.values() if len(same) > 1 for identifier in same}


def _legend(rows: tuple[Found, ...]) -> str:
    """The words that stand in the rows, explained."""
    shown = {found.reason for found in rows}
    known = (*REASONS.values(), OTHER_NAME, OTHER_NUMBER)
    marks = [pair for pair in known if pair[0] and pair[0] in shown]
    if any(found.duplicate for found in rows):
        marks.append(DUPLICATE)
    return " · ".join(f"{mark}: {meaning}" for mark, meaning in marks)


def _hint(text: str, number: str | None, found: bool, askable: str | None) -> str:
    if found or not text:
        return ""
    if askable:
        return "Belum ada di sini; tekan Enter untuk bertanya ke P-Care"
    if number is None:
        return "Tidak ada nama yang cocok" if len(text) >= MIN_LETTERS else "Ketik paling sedikit dua huruf"
    if len(number) > NIK_LENGTH:
        return f"Terlalu panjang: kartu {CARD_LENGTH} angka, NIK {NIK_LENGTH} angka; ini {len(number)}"
    return f"Kartu {CARD_LENGTH} angka, NIK {NIK_LENGTH} angka; baru {len(number)}"


def _warnings(person: Participant, own: bool | None) -> list[str]:
    said = []
    if person.active is False:
        said.append(f"Tidak aktif: {person.status_text or 'tanpa keterangan'}")
    if person.is_member and person.active is None:
        said.append("Belum diverifikasi P-Care")
    if own is False:
        said.append(f"Terdaftar di {person.facility_name or person.facility_code}")
    if person.arrears:
        said.append("Ada tunggakan iuran")
    if person.nik:
        mismatch = nik_mismatch(person.nik, person.birth_date, person.sex)
        if mismatch:
            said.append(mismatch)
    said += [_correction(name, typed) for name, typed in person.corrected]
    return said


def _correction(name: str, typed: str) -> str:
    """What had been typed here before P-Care said otherwise."""
    if name == "birth_date":
        return f"Di sini diketik lahir {day_text(date.fromisoformat(typed))}; P-Care lain"
    if name == "sex":
        return f"Di sini diketik {SEX_TEXT[Sex(typed)]}; P-Care lain"
    return f"Di sini diketik {f'NIK {masked(typed)}' if name == 'nik' else f'nama {typed}'}; P-Care lain"
