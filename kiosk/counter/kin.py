"""Who may belong to a person's family, and who may be that very person entered once more: proposals for the clerk."""

from dataclasses import replace

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.errors import NotFound
from kiosk.counter.views import Alike, Relative
from kiosk.domain.names import Match, folded_words
from kiosk.domain.participant import Participant, birth_alike
from kiosk.domain.people import Action
from kiosk.store import participants
from kiosk.store.search import by_name, likeness
from kiosk.store.transaction import Transaction

MOST_RELATIVES = 8
NEAR_CARDS = 9
"""How far apart the card numbers of a family may be: those who are enrolled together get numbers in a row."""
SHARED_PHONE = 12
"""A number that more people have is nobody's own (the clinic's, a made-up one): no sign of a family."""
MOST_ALIKE = 5
NAMES_READ = 30
"""People of a like name who are looked at."""
BORN_READ = 200
"""People born on one day who are looked at; more only where a made-up day stands for many (1 January)."""
LIKE_NAME = 80
"""How like two folded names must be, of 100, to be one that was mistyped."""
_NEAR = (Match.EXACT, Match.SPELLING, Match.SPACE, Match.TYPO)


async def family(desk: Desk, participant_id: str) -> tuple[Relative, ...]:
    """Who may be of this person's family, the likelier first: a proposal for the clerk, from the phone and the card.

    Neither P-Care nor the NIK tells; neighbouring card numbers and one phone only hint at it. Whose newborn somebody is
    was said at this counter. Raises NotFound.
    """
    require(desk, Action.PATIENT_VIEW)

    def work(tx: Transaction) -> tuple[Relative, ...]:
        person = participants.get(tx, participant_id)
        if person is None:
            raise NotFound("Pasien tidak ditemukan di penyimpanan")
        mother = participants.get(tx, person.mother_id) if person.mother_id else None
        phone = participants.with_phone(tx, person.phone, SHARED_PHONE + 1) if person.phone else ()
        cards = participants.near_card(tx, person.card_number, NEAR_CARDS) if person.card_number else ()
        reasons: dict[str, list[str]] = {}
        people: dict[str, Participant] = {}
        for known, reason in (
            ((mother,) if mother else (), "ibu"),
            (participants.children(tx, person.id), "anak"),
            (phone if len(phone) <= SHARED_PHONE else (), "telepon sama"),
            (cards, "kartu berdekatan"),
        ):
            for each in known:
                people[each.id] = each
                reasons.setdefault(each.id, []).append(reason)
        people.pop(person.id, None)
        said = {"ibu", "anak"}
        likelier = sorted(people, key=lambda one: (not said & set(reasons[one]), -len(reasons[one])))
        return tuple(Relative(people[one], ", ".join(reasons[one])) for one in likelier[:MOST_RELATIVES])

    return await desk.read(work)


async def same_person(desk: Desk, participant_id: str) -> tuple[Alike, ...]:
    """Who may be this person entered once more. Raises NotFound."""
    require(desk, Action.PATIENT_VIEW)

    def work(tx: Transaction) -> tuple[Alike, ...]:
        person = participants.get(tx, participant_id)
        if person is None:
            raise NotFound("Pasien tidak ditemukan di penyimpanan")
        return possibly_same(tx, person)

    return await desk.read(work)


def possibly_same(tx: Transaction, person: Participant) -> tuple[Alike, ...]:
    """Those in the store who may be `person`, who is in it already or about to be; the surest first."""
    found: dict[str, Alike] = {}
    for known, reason in (
        (participants.by_card(tx, person.card_number) if person.card_number else None, "nomor kartu sama"),
        *((one, "NIK sama") for one in (participants.by_nik(tx, person.nik) if person.nik else ())),
    ):
        if known is not None:
            found.setdefault(known.id, Alike(known, reason, certain=True))
    for other in participants.born_on(tx, person.birth_date, BORN_READ) if person.birth_date else ():
        reason = _why(person, other, near=_like(person.name, other.name))
        if reason:
            found.setdefault(other.id, Alike(other, reason, certain=False))
    for hit in by_name(tx, person.name, NAMES_READ):
        reason = _why(person, hit.participant, near=hit.match in _NEAR)
        if reason:
            found.setdefault(hit.participant.id, Alike(hit.participant, reason, certain=False))
    for known_id in (person.id, person.mother_id):
        found.pop(known_id or "", None)
    return tuple(found.values())[:MOST_ALIKE]


def _like(one: str, other: str) -> bool:
    """Whether two names may be one: all words of the shorter are in the longer, or a few letters differ."""
    first, second = folded_words(one), folded_words(other)
    if set(first) <= set(second) or set(second) <= set(first):
        return True
    return likeness(" ".join(first), " ".join(second)) >= LIKE_NAME


def _why(one: Participant, other: Participant, *, near: bool) -> str:
    """Why somebody of a like name may be the same, "" when nothing else speaks for it."""
    if None not in (one.sex, other.sex) and one.sex != other.sex:
        return ""
    if one.mother_id == other.id or other.mother_id == one.id:
        return ""
    same_name = sorted(folded_words(one.name)) == sorted(folded_words(other.name))
    if one.birth_date is None or other.birth_date is None:
        if one.phone is not None and one.phone == other.phone and (same_name or near):
            return "nama dan telepon sama"
        return "nama sama, lahir tak diketahui" if same_name else ""
    if one.birth_date == other.birth_date:
        return "nama dan tanggal lahir sama" if same_name else "nama mirip, lahir sama" if near else ""
    return "nama sama, lahir mirip" if same_name and birth_alike(one.birth_date, other.birth_date) else ""


def completed(known: Participant, typed: Participant) -> Participant:
    """`known`, with what was typed in the places where nothing is known."""
    names = ("card_number", "nik", "rm_number", "sex", "birth_date", "phone", "mother_id")
    return replace(
        known,
        **{name: getattr(typed, name) for name in names if getattr(known, name) is None},
    )
