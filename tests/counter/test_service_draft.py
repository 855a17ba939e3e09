"""A half-typed service belongs to the patient: a nurse begins it, a doctor goes on, and nobody types over the other."""

from collections.abc import AsyncIterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.counter.access import log_in, log_out
from kiosk.counter.desk import Desk
from kiosk.counter.register import register
from kiosk.counter.service_draft import ServiceDraft, unfinished
from kiosk.domain.drafts import merge
from kiosk.store.database import Store
from tests.counter.test_day_at_the_counter import form_for
from tests.engines import both_engines
from tests.people import PASSWORD

BEGUN = {"complaint": "batuk", "systolic": "120"}


class Typing:
    """A form in front of a person, and the draft behind it."""

    def __init__(self, desk: Desk, registration: str, version: int = 0, start: Mapping[str, str] = BEGUN) -> None:
        self.typed = dict(start)
        self.draft = ServiceDraft(desk, registration, version, start)

    async def open(self) -> str | None:
        """The draft is laid over the form; the field with the cursor."""
        found = await self.draft.open()
        self.typed = dict(found.content) if found else self.typed
        return found.at if found else None

    async def type(self, *, at: str | None = None, **texts: str) -> None:
        """What the person types, and the moment after it."""
        self.typed |= texts
        self.typed |= await self.draft.keep(lambda: self.typed, at)

    async def look(self) -> None:
        self.typed |= await self.draft.look(lambda: self.typed)


@pytest.fixture
async def doctor(store: Store) -> AsyncIterator[Desk]:
    """A desk of its own with the doctor."""
    desk = await Desk.open(store.url, "Ruang 1")
    await log_in(desk, "dokter", PASSWORD)
    yield desk
    await desk.close()


async def registered(desk: Desk) -> str:
    return (await register(desk, await form_for(desk, "sutrisno"))).registration.id


@both_engines
async def test_the_doctor_goes_on_where_the_nurse_stopped(admin: Desk, doctor: Desk) -> None:
    visit = await registered(admin)
    nurse = Typing(admin, visit)
    assert await nurse.open() is None
    await nurse.type(at="diastole", systolic="130", diastole="85")
    (waiting,) = await unfinished(doctor)
    assert (waiting.ticket.label, waiting.saved_by) == ("A-001", "Admin Uji")
    going_on = Typing(doctor, visit)
    assert await going_on.open() is None, "the cursor is the nurse's own"
    assert going_on.typed == {"complaint": "batuk", "systolic": "130", "diastole": "85"}
    assert going_on.draft.by == "Admin Uji"
    back = Typing(admin, visit)
    assert await back.open() == "diastole"
    await going_on.draft.close(drop=True)
    assert await unfinished(doctor) == ()
    assert await ServiceDraft(admin, visit, 0, BEGUN).open() is None, "saved by one is done for all"


async def test_two_who_type_in_different_fields_have_both(admin: Desk, doctor: Desk) -> None:
    visit = await registered(admin)
    nurse, other = Typing(admin, visit), Typing(doctor, visit)
    await nurse.type(systolic="130")
    await other.type(anamnesis="nyeri kepala")
    assert other.typed["systolic"] == "130", "it appears while the doctor types"
    assert other.draft.clashes == {}
    await nurse.look()
    assert nurse.typed == other.typed
    await nurse.type(complaint="")
    await other.look()
    assert "complaint" not in {key for key, text in other.typed.items() if text}, "emptied is a change too"


async def test_two_who_type_in_one_field_are_told_and_neither_is_lost(admin: Desk, doctor: Desk) -> None:
    visit = await registered(admin)
    nurse, other = Typing(admin, visit), Typing(doctor, visit)
    await nurse.type(systolic="130")
    await other.type(systolic="210", anamnesis="pusing")
    assert other.draft.clashes == {"systolic": "130"}
    assert other.draft.by == "Admin Uji"
    assert other.typed["systolic"] == "210"
    await other.type(anamnesis="pusing sekali")
    assert other.draft.clashes == {"systolic": "130"}, "going on typing decides nothing"
    await nurse.look()
    assert nurse.typed["systolic"] == "130", "nor is the nurse's number changed"
    assert nurse.typed["anamnesis"] == "pusing sekali"
    killed = Typing(doctor, visit)
    await killed.open()
    assert (killed.typed["systolic"], killed.draft.clashes) == ("210", {"systolic": "130"})
    killed.draft.decide(mine=True)
    await killed.type()
    assert killed.draft.clashes == {}
    await nurse.look()
    assert nurse.typed["systolic"] == "210"


async def test_the_other_ones_text_may_be_taken(admin: Desk, doctor: Desk) -> None:
    visit = await registered(admin)
    nurse, other = Typing(admin, visit), Typing(doctor, visit)
    await nurse.type(systolic="130")
    await other.type(systolic="210")
    other.typed |= other.draft.decide(mine=False)
    await other.type()
    assert (other.typed["systolic"], other.draft.clashes) == ("130", {})


async def test_a_draft_over_a_service_that_was_saved_meanwhile_takes_up_what_was_saved(admin: Desk) -> None:
    visit = await registered(admin)
    await Typing(admin, visit).type(systolic="130", anamnesis="pusing")
    saved = Typing(admin, visit, version=1, start=BEGUN | {"systolic": "140", "therapy_drugs": "amlodipin"})
    found = await saved.draft.open()
    assert found is not None and found.outdated
    assert found.content == BEGUN | {"systolic": "130", "anamnesis": "pusing", "therapy_drugs": "amlodipin"}
    assert saved.draft.clashes == {"systolic": "140"}
    again = await ServiceDraft(admin, visit, 1, {}).open()
    assert again is not None and not again.outdated
    assert again.content == found.content


async def test_nothing_is_kept_when_nobody_is_logged_in_or_the_form_is_done(admin: Desk) -> None:
    visit = await registered(admin)
    form = Typing(admin, visit)
    await form.type(anamnesis="pusing")
    await form.draft.close(drop=True)
    await form.type(anamnesis="terlambat")
    assert await unfinished(admin) == ()
    late = Typing(admin, visit)
    await log_out(admin)
    await late.type(anamnesis="siapa ini")
    await log_in(admin, "admin", PASSWORD)
    assert await unfinished(admin) == ()


TEXTS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "1", "2"]))


@settings(max_examples=200, deadline=None)
@given(base=TEXTS, mine=TEXTS, theirs=TEXTS)
def test_what_one_alone_changed_is_kept_and_what_both_changed_is_told(
    base: dict[str, str], mine: dict[str, str], theirs: dict[str, str]
) -> None:
    merged = merge(base, mine, theirs)
    for key in "abcd":
        before, here, there = (texts.get(key, "") for texts in (base, mine, theirs))
        kept = merged.content.get(key, "")
        if here == there or there == before:
            assert kept == here
        else:
            assert kept == there
        assert (key in merged.clashes) == (len({before, here, there}) == 3)
        assert (key in merged.news) == (here == before != there)
