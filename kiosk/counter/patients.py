"""Patients of the clinic: without a card, with one that P-Care cannot be asked about now, just born; and their data."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.errors import InvalidField, NotFound
from kiosk.counter.find import NAME_LIMIT
from kiosk.counter.kin import completed, possibly_same
from kiosk.counter.views import Alike
from kiosk.domain.audit import Event
from kiosk.domain.codes import Sex
from kiosk.domain.day import parse_day
from kiosk.domain.ids import new_id
from kiosk.domain.numbers import digits, phone_digits
from kiosk.domain.participant import Participant, card_problem, nik_problem
from kiosk.domain.people import Action
from kiosk.domain.text import clean
from kiosk.store import participants
from kiosk.store.audit import note
from kiosk.store.transaction import Transaction

CHANGEABLE = ("name", "card_number", "nik", "rm_number", "sex", "birth_date", "phone")
PCARES = ("name", "card_number", "nik", "sex", "birth_date")
"""Of these what P-Care tells of a member."""


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
    mother_id: str | None = None
    """Our id of the mother, of a newborn."""


def newborn_form(mother: Participant) -> PatientForm:
    """What may be proposed for the child that this woman brings: how it is called until it has a name, and her phone.

    The day of birth and the sex are for the clerk to say.
    """
    name = mother.name if mother.name.lower().startswith(("ny.", "ny ")) else f"Ny. {mother.name}"
    return PatientForm(f"By. {name}"[:NAME_LIMIT], phone=mother.phone or "", mother_id=mother.id)


async def alike(desk: Desk, form: PatientForm) -> tuple[Alike, ...]:
    """Who may be this new patient, to be shown before saving; one with the same card or NIK is certainly.

    Raises InvalidField.
    """
    require(desk, Action.PATIENT_VIEW)
    person = _checked(form, desk.today())
    return await desk.read(lambda tx: possibly_same(tx, person))


async def save_patient(desk: Desk, form: PatientForm) -> Participant:
    """A new patient of the clinic. Sync asks P-Care about card or NIK by itself as soon as there is a line.

    Raises InvalidField, also when the card, the RM number or the NIK is somebody's already.
    """
    require(desk, Action.REGISTER)
    person = _checked(form, desk.today())

    def work(tx: Transaction) -> Participant:
        if person.card_number and participants.by_card(tx, person.card_number):
            raise InvalidField("card_number", "Nomor kartu ini sudah ada; cari dengan nomor itu")
        if person.nik and participants.by_nik(tx, person.nik):
            raise InvalidField("nik", "NIK ini sudah ada; cari dengan NIK itu")
        if person.rm_number and participants.by_rm_number(tx, person.rm_number):
            raise InvalidField("rm_number", "Nomor RM ini sudah dipakai")
        saved = participants.save(tx, person)
        note(tx, Event.PATIENT_ADD, saved.id)
        return saved

    return await desk.write(work)


async def complete_patient(desk: Desk, participant_id: str, form: PatientForm) -> Participant:
    """The one who was found to be the same: what was typed fills the places where nothing was known, no others.

    A card or RM number that is another one's is left out. Raises InvalidField, NotFound.
    """
    require(desk, Action.REGISTER)
    typed = _checked(form, desk.today())

    def work(tx: Transaction) -> Participant:
        known = participants.get(tx, participant_id)
        if known is None:
            raise NotFound("Pasien tidak ditemukan di penyimpanan")
        card_of = participants.holder(tx, typed.card_number) if typed.card_number else None
        record_of = participants.by_rm_number(tx, typed.rm_number) if typed.rm_number else None
        free = replace(
            typed,
            card_number=None if card_of else typed.card_number,
            rm_number=None if record_of else typed.rm_number,
        )
        now = completed(known, free)
        if now == known:
            return known
        note(tx, Event.PATIENT_CHANGE, known.id)
        return participants.save(tx, now)

    return await desk.write(work)


async def change_patient(desk: Desk, opened: Participant, form: PatientForm) -> Participant:
    """What differs between `form` and the row as it was `opened` is changed, the rest stays as it is by now.

    A card that became known, another phone, a slip in a name. What P-Care said of a member is BPJS's to change.
    Raises InvalidField, NotFound.
    """
    require(desk, Action.REGISTER)
    typed = _checked(form, desk.today())
    asked = [name for name in CHANGEABLE if name not in from_pcare(opened)]
    changed: dict[str, Any] = {
        name: getattr(typed, name) for name in asked if getattr(typed, name) != getattr(opened, name)
    }

    def work(tx: Transaction) -> Participant:
        known = participants.get(tx, opened.id)
        if known is None:
            raise NotFound("Pasien tidak ditemukan di penyimpanan")
        now = replace(known, **changed)
        if now == known:
            return known
        for name in from_pcare(known):
            if getattr(now, name) != getattr(known, name):
                raise InvalidField(name, "Menurut P-Care; diubah di BPJS")
        _free(tx, now)
        note(tx, Event.PATIENT_CHANGE, known.id)
        return participants.save(tx, now)

    return await desk.write(work)


def from_pcare(person: Participant) -> tuple[str, ...]:
    """What of a person P-Care said, and nobody changes here; nothing of somebody whom P-Care did not confirm."""
    if person.confirmed_at is None:
        return ()
    return tuple(name for name in PCARES if getattr(person, name) is not None)


def _free(tx: Transaction, person: Participant) -> None:
    """Raises InvalidField when the card, NIK or RM number is another one's."""
    holders = (
        ("card_number", "Kartu", participants.by_card(tx, person.card_number) if person.card_number else None),
        ("rm_number", "Nomor RM", participants.by_rm_number(tx, person.rm_number) if person.rm_number else None),
        *(("nik", "NIK", one) for one in (participants.by_nik(tx, person.nik) if person.nik else ())),
    )
    for field, word, holder in holders:
        if holder is not None and holder.id != person.id:
            raise InvalidField(field, f"{word} ini milik {holder.name}; orang yang sama? gabungkan (Ctrl+D, G)")


async def seen_corrections(desk: Desk, participant_id: str) -> None:
    """A person has looked at what P-Care said otherwise than was typed here."""
    require(desk, Action.REGISTER)

    def work(tx: Transaction) -> None:
        participants.looked_at(tx, participant_id)
        note(tx, Event.PATIENT_NOTED, participant_id)

    await desk.write(work)


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
        phone=phone_digits(form.phone) or None,
        mother_id=form.mother_id,
    )
