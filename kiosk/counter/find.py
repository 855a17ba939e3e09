"""Finding a person: by card, NIK, RM number, phone or name, in the clinic's own store first."""

from dataclasses import dataclass
from datetime import date

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.errors import InvalidField, NotFound
from kiosk.counter.views import Found, ParticipantCard, Relative, SearchResult
from kiosk.domain.codes import Sex
from kiosk.domain.day import parse_day
from kiosk.domain.ids import new_id
from kiosk.domain.names import Match, folded_words
from kiosk.domain.numbers import digits
from kiosk.domain.participant import (
    CARD_LENGTH,
    NIK_LENGTH,
    Participant,
    card_problem,
    nik_mismatch,
    nik_problem,
)
from kiosk.domain.people import Action
from kiosk.domain.text import clean
from kiosk.store import participants, registrations, visits
from kiosk.store.search import by_name
from kiosk.store.transaction import Transaction

PAST_VISITS = 10
MIN_LETTERS = 2
NAME_LIMIT = 80
MOST_RELATIVES = 8
NEAR_CARDS = 9
"""How far apart the card numbers of a family may be: those who are enrolled together get numbers in a row."""
SHARED_PHONE = 12
"""A number that more people have is nobody's own (the clinic's, a made-up one): no sign of a family."""

REASONS = {
    Match.EXACT: ("", ""),
    Match.SPELLING: ("ejaan", "ejaan lain"),
    Match.UNFINISHED: ("awalan", "kata belum selesai"),
    Match.SPACE: ("spasi", "spasi berbeda"),
    Match.TYPO: ("ketik?", "mungkin salah ketik"),
}
"""Why a name was found: in a word, and what the word means."""
DUPLICATE = ("ganda?", "mungkin satu orang tercatat dua kali")


async def search(desk: Desk, text: str, limit: int = 20) -> SearchResult:
    """Those whom `text` may mean, as it is being typed.

    Digits (blanks, dots and dashes between them do not matter) are looked up as card, NIK, RM number and phone;
    anything else as a name, from two letters on, with words in any order, unfinished, in another spelling or mistyped.
    """
    text = clean(text, NAME_LIMIT).strip()
    number = _as_number(text)
    today = desk.today()

    def work(tx: Transaction) -> tuple[Found, ...]:
        if number is not None:
            found = [(p, _reason(p, number)) for p in participants.with_digits(tx, number, limit)]
        elif len(text) >= MIN_LETTERS:
            found = [(hit.participant, REASONS[hit.match][0]) for hit in by_name(tx, text, limit)]
        else:
            found = []
        people = [person for person, _ in found]
        here = participants.registered_on(tx, today, [p.id for p in people])
        twice = _duplicates(people)
        return tuple(Found(p, reason, p.id in here, p.id in twice) for p, reason in found)

    rows = await desk.read(work)
    askable = number if number and not rows and len(number) in (CARD_LENGTH, NIK_LENGTH) else None
    return SearchResult(text, rows, askable, _hint(text, number, bool(rows), askable), _legend(rows))


async def open_participant(desk: Desk, participant_id: str, day: date | None = None) -> ParticipantCard:
    """Everything the clerk should see before registering this person on `day` (today). Raises NotFound."""
    service_day = day or desk.today()

    def work(tx: Transaction) -> ParticipantCard:
        person = participants.get(tx, participant_id)
        if person is None:
            raise NotFound("Pasien tidak ditemukan di penyimpanan")
        own = None if person.facility_code is None else person.facility_code == tx.clinic
        return ParticipantCard(
            participant=person,
            own_facility=own,
            registrations=registrations.of_participant(tx, participant_id, service_day),
            visits=visits.of_participant(tx, participant_id, PAST_VISITS),
            warnings=tuple(_warnings(person, own)),
        )

    return await desk.read(work)


async def family(desk: Desk, participant_id: str) -> tuple[Relative, ...]:
    """Who may be of this person's family, the likelier first: a proposal for the clerk, from the phone and the card.

    Neither P-Care nor the NIK tells; neighbouring card numbers and one phone only hint at it. Raises NotFound.
    """

    def work(tx: Transaction) -> tuple[Relative, ...]:
        person = participants.get(tx, participant_id)
        if person is None:
            raise NotFound("Pasien tidak ditemukan di penyimpanan")
        phone = participants.with_phone(tx, person.phone, SHARED_PHONE + 1) if person.phone else ()
        cards = participants.near_card(tx, person.card_number, NEAR_CARDS) if person.card_number else ()
        reasons: dict[str, list[str]] = {}
        for known, reason in ((phone, "nomor telepon sama"), (cards, "nomor kartu berdekatan")):
            for each in known if len(known) <= SHARED_PHONE or known is cards else ():
                reasons.setdefault(each.id, []).append(reason)
        people = {each.id: each for each in (*phone, *cards) if each.id != person.id and each.id in reasons}
        likelier = sorted(people, key=lambda one: -len(reasons[one]))
        return tuple(Relative(people[one], ", ".join(reasons[one])) for one in likelier[:MOST_RELATIVES])

    return await desk.read(work)


@dataclass(frozen=True, slots=True)
class PatientForm:
    """A new patient as typed; every part but the name may be empty."""

    name: str
    card_number: str = ""
    nik: str = ""
    rm_number: str = ""
    sex: Sex | None = None
    birth_date: str = ""
    phone: str = ""


async def save_patient(desk: Desk, form: PatientForm) -> Participant:
    """A new patient of the clinic: without a card, or with one that P-Care could not be asked about.

    Raises InvalidField, also when the card, the RM number or the NIK is somebody's already.
    """
    require(desk, Action.REGISTER)
    person = _checked(form, desk.today())

    def work(tx: Transaction) -> Participant:
        if person.card_number and participants.by_card(tx, person.card_number):
            raise InvalidField("card_number", "Nomor kartu ini sudah ada; cari dengan nomor itu")
        if person.nik and participants.by_nik(tx, person.nik):
            raise InvalidField("nik", "NIK ini sudah ada; cari dengan NIK itu")
        if person.rm_number and any(
            p.rm_number == person.rm_number for p in participants.with_digits(tx, person.rm_number, 50)
        ):
            raise InvalidField("rm_number", "Nomor RM ini sudah dipakai")
        return participants.save(tx, person)

    return await desk.write(work)


def _checked(form: PatientForm, today: date) -> Participant:
    name = clean(form.name, NAME_LIMIT).strip()
    if not name:
        raise InvalidField("name", "Nama harus diisi")
    card, nik, rm = digits(form.card_number), digits(form.nik), clean(form.rm_number, 20).strip()
    for field, typed, value, problem in (
        ("card_number", form.card_number, card, card_problem(card)),
        ("nik", form.nik, nik, nik_problem(nik)),
    ):
        if typed.strip() and (problem or not value):
            raise InvalidField(field, problem or "Hanya angka")
    birth = None
    if form.birth_date.strip():
        try:
            birth = parse_day(form.birth_date)
        except ValueError as error:
            raise InvalidField("birth_date", str(error)) from None
        if not date(1900, 1, 1) <= birth <= today:
            raise InvalidField("birth_date", "Tanggal lahir tidak mungkin")
    return Participant(
        id=new_id(),
        name=name,
        card_number=card or None,
        nik=nik or None,
        rm_number=rm or None,
        sex=form.sex,
        birth_date=birth,
        phone=digits(form.phone) or None,
    )


def _as_number(text: str) -> str | None:
    """The digits, when the text is a number with perhaps blanks, dots or dashes between."""
    found = digits(text)
    return found if found and all(c in "0123456789 .-+" for c in text) else None


def _reason(person: Participant, number: str | None) -> str:
    if number is None:
        return ""
    for word, value in (
        ("RM", person.rm_number),
        ("kartu", person.card_number),
        ("NIK", person.nik),
        ("telepon", person.phone),
    ):
        if value and value.startswith(number):
            return word
    return ""


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
    marks = [pair for pair in REASONS.values() if pair[0] and pair[0] in shown]
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
    return said
