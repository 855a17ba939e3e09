"""One person entered twice: merged, found under both names, and parted again without a trace."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from kiosk.counter.call import call_next, finish
from kiosk.counter.desk import Desk
from kiosk.counter.drafts import load_draft, save_draft
from kiosk.counter.errors import Conflict, NotFound, NotPermitted
from kiosk.counter.find import open_participant, search
from kiosk.counter.merge import merge, merged_into, preview_merge, undo_merge
from kiosk.counter.register import cancel_registration, register
from kiosk.counter.views import Registered
from kiosk.domain.codes import Care, OutboxKind, Payer, VisitKind
from kiosk.domain.participant import Participant
from kiosk.domain.registration import RegistrationForm
from kiosk.store import allergies, outbox, outbox_moves, participants, visits
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction
from tests.counter.test_day_at_the_counter import visit_form
from tests.engines import both_engines
from tests.people import invented

TABLES = (
    *("participant", "registration", "ticket", "visit", "allergy", "outbox", "draft"),
    *("name_pair", "vocabulary", "spelling"),
)


def everything(store: Store) -> dict[str, list[dict[str, Any]]]:
    """All rows of the tables, in an order of their own; when a person's row was last written does not count."""

    def work(tx: Transaction) -> dict[str, list[dict[str, Any]]]:
        found = {}
        for table in TABLES:
            rows = [dict(row) for row in tx.rows(f"SELECT * FROM {table}")]
            for row in rows if table == "participant" else ():
                del row["updated_at"]
            found[table] = sorted(rows, key=str)
        return found

    return store.read_now(work)


def add(store: Store, *people: Participant) -> None:
    store.write_now(lambda tx: [participants.save(tx, person) for person in people])


def own(name: str, **known: Any) -> Participant:
    """A patient of the clinic's own, whom P-Care was never asked about."""
    values: dict[str, Any] = {"card_number": None, "nik": None, "facility_code": None, "facility_name": None}
    return replace(invented(9, name), **{**values, "active": None, "status_text": None, "confirmed_at": None, **known})


async def come(
    desk: Desk, person: Participant, poli: str = "001", payer: Payer | None = None, **more: Any
) -> Registered:
    """A registration of today."""
    payer = payer or (Payer.BPJS if person.card_number else Payer.GENERAL)
    form = RegistrationForm(person.id, desk.today(), poli, payer, VisitKind.SICK, Care.OUTPATIENT, **more)
    return await register(desk, form)


def chains(store: Store, registration: str) -> set[str]:
    """Whose chain the calls of a registration stand in."""
    found = store.read_now(lambda tx: tx.column("SELECT chain FROM outbox WHERE registration = ?", registration))
    return {chain.removeprefix("queue:").split(":")[0] for chain in found}


@pytest.fixture
def twice(store: Store) -> tuple[Participant, Participant]:
    """The clinic's own Zulkifli with a record number, and the member of the same name spelled otherwise."""
    mine = own("Zulkifli Hamzah", rm_number="000900", phone="081200000900")
    member = invented(31, "Zulkifly Hamza Uji", birth_date=date(1987, 3, 15), class_name="KELAS II", prolanis="DM")
    add(store, mine, member)
    return mine, member


async def test_what_the_clinic_knew_and_the_card_come_together(
    clerk: Desk, store: Store, twice: tuple[Participant, Participant]
) -> None:
    mine, member = twice
    kept = await merge(clerk, mine.id, member.id)
    assert (kept.id, kept.name, kept.rm_number) == (mine.id, "Zulkifli Hamzah", "000900")
    assert (kept.card_number, kept.active, kept.prolanis) == (member.card_number, True, "DM")
    card = await open_participant(clerk, member.id)
    assert card.participant.id == mine.id


@both_engines
async def test_the_person_is_found_once_under_both_names_and_all_numbers(
    clerk: Desk, twice: tuple[Participant, Participant]
) -> None:
    mine, member = twice
    await merge(clerk, mine.id, member.id)
    for typed, reason in (
        ("zulkifli hamzah", ""),
        ("zulkifly hamza uji", "nama lain"),
        ("000900", "RM"),
        ("0000000000031", "kartu"),
        ("3171011503870031", "NIK"),
    ):
        result = await search(clerk, typed)
        assert [(found.participant.id, found.reason) for found in result.rows] == [(mine.id, reason)]


async def test_a_number_that_only_the_other_row_had_still_leads_to_the_person(clerk: Desk, store: Store) -> None:
    one, other = invented(41, "Kartu Baru Uji"), invented(42, "Kartu Lama Uji", nik=None)
    add(store, one, other)
    await merge(clerk, one.id, other.id)
    result = await search(clerk, "0000000000042")
    assert [(found.participant.id, found.reason) for found in result.rows] == [(one.id, "no. lain")]
    assert "no. lain: ditemukan dengan nomor" in result.legend
    said = replace(other, class_name="KELAS I", confirmed_at=datetime(2026, 11, 2, tzinfo=UTC))
    store.write_now(lambda tx: participants.confirm(tx, said))
    assert store.read_now(lambda tx: participants.by_card(tx, "0000000000042")) == one


async def only_cancelled(desk: Desk, store: Store, mine: Participant, member: Participant) -> None:
    made = await come(desk, member)
    store.write_now(lambda tx: outbox_moves.drop(tx, outbox.of_registration(tx, made.registration.id)[0].id, "uji"))
    await cancel_registration(desk, made.registration.id)
    await come(desk, mine)


async def two_drafts(desk: Desk, store: Store, mine: Participant, member: Participant) -> None:
    for person in (mine, member):
        await save_draft(desk, "registration", person.id, {"complaint": person.name})


async def both_allergic(desk: Desk, store: Store, mine: Participant, member: Participant) -> None:
    store.write_now(lambda tx: allergies.change(tx, mine.id, ["Amoksisilin"], [], "uji"))
    store.write_now(lambda tx: allergies.change(tx, member.id, ["amoksisilin", "udang"], [], "uji"))


async def served(desk: Desk, store: Store, mine: Participant, member: Participant) -> None:
    made = await come(desk, member, "002")
    ticket = await call_next(desk, "002")
    assert ticket is not None
    store.write_now(lambda tx: visits.add(tx, visit_form(made.registration.id, desk), made.registration, None))
    await finish(desk, ticket.id)
    await come(desk, mine, "003")


@both_engines
async def test_merged_and_parted_everything_is_as_it_was(
    admin: Desk, store: Store, twice: tuple[Participant, Participant]
) -> None:
    mine, member = twice
    for happens in (None, only_cancelled, two_drafts, both_allergic, served):
        if happens is not None:
            await happens(admin, store, mine, member)
        then = everything(store)
        for kept, gone in ((mine, member), (member, mine)):
            await merge(admin, kept.id, gone.id)
            assert everything(store) != then
            (row,) = await merged_into(admin, kept.id)
            assert (row.name, row.newest) == (gone.name, True)
            assert (await open_participant(admin, gone.id)).participant.card_number == member.card_number
            await undo_merge(admin, kept.id, row.merge_id)
            assert everything(store) == then, happens
            assert await merged_into(admin, kept.id) == ()


@both_engines
async def test_what_hung_on_the_other_row_moves_with_its_place_in_the_outbox(
    admin: Desk, store: Store, twice: tuple[Participant, Participant]
) -> None:
    mine, member = twice
    made = await come(admin, member)
    await save_draft(admin, "registration", member.id, {"complaint": "batuk"})
    look = await preview_merge(admin, mine.id, member.id)
    assert (look.gone_counts, look.kept_counts, look.problem) == ((1, 0), (0, 0), None)
    await merge(admin, mine.id, member.id)
    assert chains(store, made.registration.id) == {mine.id}
    assert [one.id for one in (await open_participant(admin, mine.id)).registrations] == [made.registration.id]
    assert await load_draft(admin, "registration", mine.id) == {"complaint": "batuk"}
    with pytest.raises(Conflict, match="Sudah terdaftar"):
        await come(admin, member)
    await cancel_registration(admin, made.registration.id)
    assert chains(store, made.registration.id) == {mine.id}


async def test_an_item_made_from_an_older_reading_joins_the_chain_of_the_row_that_stays(
    admin: Desk, store: Store, twice: tuple[Participant, Participant]
) -> None:
    mine, member = twice
    read_before = (await come(admin, member)).registration
    await merge(admin, mine.id, member.id)
    store.write_now(lambda tx: outbox.add(tx, OutboxKind.VISIT_ADD, read_before, "visit", 1))
    assert chains(store, read_before.id) == {mine.id}


async def test_a_form_that_was_open_meanwhile_registers_the_row_that_stays(
    clerk: Desk, twice: tuple[Participant, Participant]
) -> None:
    mine, member = twice
    await merge(clerk, mine.id, member.id)
    made = await come(clerk, member)
    assert made.registration.participant_id == mine.id
    assert made.registration.card_number == member.card_number


async def test_a_visit_registered_with_the_card_goes_back_with_it_and_another_stays(
    clerk: Desk, twice: tuple[Participant, Participant]
) -> None:
    mine, member = twice
    await merge(clerk, mine.id, member.id)
    with_card, paying = await come(clerk, member), await come(clerk, member, "002", Payer.GENERAL)
    (row,) = await merged_into(clerk, mine.id)
    await undo_merge(clerk, mine.id, row.merge_id)
    assert [r.id for r in (await open_participant(clerk, member.id)).registrations] == [with_card.registration.id]
    assert [r.id for r in (await open_participant(clerk, mine.id)).registrations] == [paying.registration.id]


async def test_what_pcare_said_meanwhile_goes_back_with_the_card(
    clerk: Desk, store: Store, twice: tuple[Participant, Participant]
) -> None:
    mine, member = twice
    await merge(clerk, mine.id, member.id)
    news = replace(member, active=False, status_text="NON AKTIF", confirmed_at=datetime(2026, 11, 20, tzinfo=UTC))
    store.write_now(lambda tx: participants.confirm(tx, news))
    assert (await open_participant(clerk, mine.id)).participant.active is False
    (row,) = await merged_into(clerk, mine.id)
    back = await undo_merge(clerk, mine.id, row.merge_id)
    assert (back.active, back.status_text, back.card_number) == (False, "NON AKTIF", member.card_number)
    assert (await open_participant(clerk, mine.id)).participant == mine


async def test_two_who_are_both_waiting_in_one_poli_are_not_merged(
    clerk: Desk, twice: tuple[Participant, Participant]
) -> None:
    mine, member = twice
    await come(clerk, mine)
    other = await come(clerk, member)
    with pytest.raises(Conflict, match="Batalkan salah satu dulu: keduanya terdaftar di Umum"):
        await merge(clerk, mine.id, member.id)
    await cancel_registration(clerk, other.registration.id)
    await merge(clerk, mine.id, member.id)


async def test_two_members_registered_in_one_poli_are_two_people(clerk: Desk, store: Store) -> None:
    one, other = invented(41, "Satu Uji"), invented(42, "Dua Uji")
    add(store, one, other)
    made = [await come(clerk, person) for person in (one, other)]
    with pytest.raises(Conflict, match="keduanya punya kiriman"):
        await merge(clerk, one.id, other.id)
    for each in made:
        item = store.read_now(lambda tx, r=each: outbox.of_registration(tx, r.registration.id)[0])  # type: ignore[misc]
        store.write_now(lambda tx, i=item: outbox_moves.done(tx, i.id))  # type: ignore[misc]
    with pytest.raises(Conflict, match="Dua orang menurut P-Care"):
        await merge(clerk, one.id, other.id)
    assert (await preview_merge(clerk, one.id, other.id)).warnings == ("NIK berbeda", "Nomor kartu berbeda")


async def test_of_two_finished_numbers_in_one_poli_one_stays_with_its_row_until_they_are_parted(
    admin: Desk, store: Store, twice: tuple[Participant, Participant]
) -> None:
    mine, member = twice
    for person in twice:
        await come(admin, person, payer=Payer.GENERAL)
        ticket = await call_next(admin, "001")
        assert ticket is not None
        await finish(admin, ticket.id)
    then = everything(store)
    await merge(admin, mine.id, member.id)
    assert len((await open_participant(admin, mine.id)).registrations) == 1
    (row,) = await merged_into(admin, mine.id)
    await undo_merge(admin, mine.id, row.merge_id)
    assert everything(store) == then


@both_engines
async def test_of_several_merges_the_last_is_parted_first(
    clerk: Desk, store: Store, twice: tuple[Participant, Participant]
) -> None:
    mine, member = twice
    third = own("Zul Uji", phone="081200000901")
    add(store, third)
    then = everything(store)
    await merge(clerk, mine.id, member.id)
    await merge(clerk, third.id, mine.id)
    inner = await merged_into(clerk, mine.id)
    with pytest.raises(Conflict, match="sendiri sudah digabung"):
        await undo_merge(clerk, mine.id, inner[0].merge_id)
    assert (await open_participant(clerk, member.id)).participant.id == third.id
    (outer,) = await merged_into(clerk, third.id)
    await undo_merge(clerk, third.id, outer.merge_id)
    await undo_merge(clerk, mine.id, inner[0].merge_id)
    assert everything(store) == then
    await merge(clerk, mine.id, member.id)
    await merge(clerk, mine.id, third.id)
    last, first = await merged_into(clerk, mine.id)
    with pytest.raises(Conflict, match="Pisahkan dulu Zul Uji"):
        await undo_merge(clerk, mine.id, first.merge_id)
    await undo_merge(clerk, mine.id, last.merge_id)
    await undo_merge(clerk, mine.id, first.merge_id)
    assert everything(store) == then


async def test_who_was_merged_already_is_not_merged_again(clerk: Desk, twice: tuple[Participant, Participant]) -> None:
    mine, member = twice
    await merge(clerk, mine.id, member.id)
    with pytest.raises(NotFound, match="baru saja digabung"):
        await merge(clerk, member.id, mine.id)
    with pytest.raises(Conflict, match="pasien yang sama"):
        await merge(clerk, mine.id, mine.id)


async def test_nobody_merges_without_being_logged_in(desk: Desk, twice: tuple[Participant, Participant]) -> None:
    with pytest.raises(NotPermitted):
        await merge(desk, twice[0].id, twice[1].id)


async def test_what_either_row_does_not_bear_is_warned_of(
    clerk: Desk, store: Store, twice: tuple[Participant, Participant]
) -> None:
    mine, member = twice
    await both_allergic(clerk, store, mine, member)
    await merge(clerk, mine.id, member.id)
    assert store.read_now(lambda tx: allergies.of_participant(tx, mine.id)) == ("Amoksisilin", "udang")
