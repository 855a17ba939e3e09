"""The procedures of the counter on a real store, without a network."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.counter.access import log_in
from kiosk.counter.board import board
from kiosk.counter.call import call, call_next, finish, queue, skip
from kiosk.counter.desk import Desk
from kiosk.counter.errors import Conflict, InvalidField, InvalidForm, LoginRefused, NotFound, NotPermitted
from kiosk.counter.find import open_participant, search
from kiosk.counter.outbox import give_up, outbox
from kiosk.counter.patients import PatientForm, save_patient
from kiosk.counter.register import cancel_registration, look_again, register
from kiosk.counter.serve import delete_visit, open_service, save_visit
from kiosk.counter.status import status
from kiosk.domain.codes import Care, OutboxKind, OutboxState, Payer, TicketState, VisitKind
from kiosk.domain.registration import RegistrationForm
from kiosk.domain.visit import Diagnosis, VisitForm
from kiosk.domain.vitals import Vitals
from tests.engines import both_engines
from tests.people import PASSWORD

pytestmark = both_engines


async def form_for(desk: Desk, name: str, **changes: object) -> RegistrationForm:
    found = (await search(desk, name)).rows[0].participant
    form = RegistrationForm(
        participant_id=found.id,
        day=desk.today(),
        poli_code="001",
        payer=Payer.BPJS,
        visit_kind=VisitKind.SICK,
        care=Care.OUTPATIENT,
        complaint="batuk",
    )
    return replace(form, **changes)  # type: ignore[arg-type]


def visit_form(registration_id: str, desk: Desk, **changes: object) -> VisitForm:
    form = VisitForm(
        registration_id=registration_id,
        complaint="batuk 3 hari",
        vitals=Vitals(systolic=120, diastolic=80),
        consciousness_code="01",
        diagnoses=(Diagnosis("J06.9", "ISPA akut", True),),
        doctor_code="101",
        discharge_code="3",
        discharge_day=desk.today(),
    )
    return replace(form, **changes)  # type: ignore[arg-type]


async def test_a_wrong_password_waits_after_three_tries_and_an_unknown_name_says_the_same(desk: Desk) -> None:
    with pytest.raises(LoginRefused) as unknown:
        await log_in(desk, "tidakada", "apa saja")
    messages = []
    for _ in range(3):
        with pytest.raises(LoginRefused) as wrong:
            await log_in(desk, "siti", "salah sekali")
        messages.append(wrong.value)
    assert messages[0].message == unknown.value.message
    assert messages[2].wait == 5
    with pytest.raises(LoginRefused) as blocked:
        await log_in(desk, "siti", PASSWORD)
    assert blocked.value.wait > 0


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("sutrisno", "Sutrisno Wibowo"),
        ("wibowo sutr", "Sutrisno Wibowo"),
        ("Soetrisno", "Sutrisno Wibowo"),
        ("moh riz", "Muhammad Rizky Pratama"),
        ("H. Sukarno", "Sukarno"),
        ("0000000000002", "Siti Aminah"),
        ("000 000 0000 002", "Siti Aminah"),
        ("000101", "Sutrisno Wibowo"),
        ("0812-0000-0001", "Sutrisno Wibowo"),
        ("aminah siti", "Siti Aminah"),
    ],
)
async def test_a_person_is_found_by_what_the_clerk_types(desk: Desk, typed: str, name: str) -> None:
    result = await search(desk, typed)
    assert name in [row.participant.name for row in result.rows]


async def test_a_number_of_wrong_length_is_explained(desk: Desk) -> None:
    assert "baru 9" in (await search(desk, "999999999")).hint
    assert (await search(desk, "9" * 13)).askable == "9" * 13
    assert "Terlalu panjang" in (await search(desk, "9" * 17)).hint


async def test_the_card_warns_of_what_the_clerk_must_know(desk: Desk) -> None:
    async def warnings(name: str) -> str:
        found = (await search(desk, name)).rows[0].participant
        return " ".join((await open_participant(desk, found.id)).warnings)

    assert "Tidak aktif" in await warnings("dewi")
    assert "Klinik Tetangga" in await warnings("ketut")
    assert "tunggakan" in await warnings("sukarno")
    assert await warnings("sutrisno") == ""


async def test_a_registration_gets_a_number_and_waits_for_pcare(clerk: Desk) -> None:
    made = await register(clerk, await form_for(clerk, "sutrisno"))
    assert made.ticket.label == "A-001"
    assert made.outbox == OutboxState.PENDING
    rows = await outbox(clerk)
    assert [row.item.kind for row in rows] == [OutboxKind.REGISTRATION_ADD]
    assert (await status(clerk)).waiting == 1


async def test_the_same_form_saved_twice_makes_one_patient(clerk: Desk) -> None:
    form = await form_for(clerk, "sutrisno", request_id="r1")
    first, second = await asyncio.gather(register(clerk, form), register(clerk, form))
    assert first.ticket.label == second.ticket.label == "A-001"
    assert [first.repeated, second.repeated] == [False, True]
    assert len(await queue(clerk)) == 1


async def test_a_second_registration_in_the_same_poli_is_refused_in_another_allowed(clerk: Desk) -> None:
    await register(clerk, await form_for(clerk, "sutrisno"))
    with pytest.raises(Conflict, match="A-001"):
        await register(clerk, await form_for(clerk, "sutrisno"))
    other = await register(clerk, await form_for(clerk, "sutrisno", poli_code="002"))
    assert other.ticket.label == "B-001"


async def test_a_patient_without_a_card_is_registered_as_umum_and_nothing_is_sent(clerk: Desk) -> None:
    with pytest.raises(InvalidField) as refused:
        await register(clerk, await form_for(clerk, "rina"))
    assert refused.value.field == "payer"
    made = await register(clerk, await form_for(clerk, "rina", payer=Payer.GENERAL))
    assert made.outbox is None
    assert await outbox(clerk) == ()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"poli_code": "999"}, "poli_code"),
        ({"vitals": Vitals(systolic=9000)}, "systolic"),
        ({"vitals": Vitals(height=1.7)}, "height"),
        ({"complaint": "x" * 301}, "complaint"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(clerk: Desk, changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidField) as refused:
        await register(clerk, await form_for(clerk, "sutrisno", **changes))
    assert refused.value.field == field


async def test_a_day_in_the_future_is_refused(clerk: Desk) -> None:
    with pytest.raises(InvalidField) as refused:
        await register(clerk, await form_for(clerk, "sutrisno", day=clerk.today() + timedelta(days=1)))
    assert refused.value.field == "day"


async def test_cancelling_what_was_never_sent_sends_nothing(clerk: Desk) -> None:
    made = await register(clerk, await form_for(clerk, "sutrisno"))
    await cancel_registration(clerk, made.registration.id)
    rows = await outbox(clerk)
    assert [row.item.state for row in rows] == [OutboxState.DROPPED]
    assert await queue(clerk) == ()
    again = await register(clerk, await form_for(clerk, "sutrisno"))
    assert again.ticket.label == "A-002"


async def test_numbers_are_called_in_order_and_may_be_skipped_and_called_again(clerk: Desk) -> None:
    for name in ("sutrisno", "siti aminah", "muhammad rizky"):
        await register(clerk, await form_for(clerk, name))
    first = await call_next(clerk, "001")
    assert first is not None
    assert (first.label, first.room) == ("A-001", "Loket 1")
    await skip(clerk, first.id)
    second = await call_next(clerk, "001")
    assert second is not None
    assert second.label == "A-002"
    again = await call(clerk, first.id, "Poli 2")
    assert (again.state, again.calls, again.room) == (TicketState.CALLED, 2, "Poli 2")
    await finish(clerk, again.id)
    with pytest.raises(Conflict):
        await skip(clerk, again.id)
    shown = (await board(clerk)).polis[0]
    assert (shown.current, shown.following) == ("A-002", ("A-003",))


async def test_the_service_is_opened_by_number_saved_corrected_and_deleted(admin: Desk) -> None:
    made = await register(admin, await form_for(admin, "sutrisno"))
    sheet = await open_service(admin, label="a1")
    assert sheet.registration.id == made.registration.id
    form = visit_form(made.registration.id, admin)
    visit = await save_visit(admin, form)
    assert visit.form.vitals.weight is None
    assert (await save_visit(admin, form)).version == 1
    changed = await save_visit(admin, replace(form, anamnesis="sudah membaik"))
    assert changed.version == 2
    kinds = [(row.item.kind, row.item.version) for row in await outbox(admin)]
    assert kinds == [(OutboxKind.REGISTRATION_ADD, 1), (OutboxKind.VISIT_ADD, 2)]
    with pytest.raises(Conflict):
        await cancel_registration(admin, made.registration.id)
    await delete_visit(admin, visit.id)
    assert [row.item.state for row in await outbox(admin)] == [OutboxState.PENDING, OutboxState.DROPPED]
    assert (await open_service(admin, label="A-001")).visit is None


async def test_an_incomplete_service_names_every_field(admin: Desk) -> None:
    made = await register(admin, await form_for(admin, "sutrisno"))
    with pytest.raises(InvalidForm) as refused:
        await save_visit(admin, VisitForm(registration_id=made.registration.id, discharge_code="4"))
    assert [p.field for p in refused.value.problems] == [
        "complaint",
        "consciousness_code",
        "diagnosis1",
        "doctor_code",
        "discharge_day",
        "referral",
    ]


async def test_a_clerk_may_not_enter_the_service(clerk: Desk) -> None:
    with pytest.raises(NotPermitted):
        await open_service(clerk, label="A-001")


async def test_giving_up_a_registration_takes_its_service_along(admin: Desk) -> None:
    made = await register(admin, await form_for(admin, "sutrisno"))
    await save_visit(admin, visit_form(made.registration.id, admin))
    first = (await outbox(admin))[0]
    with pytest.raises(InvalidField):
        await give_up(admin, first.item.id, " ")
    await give_up(admin, first.item.id, "pasien pindah")
    assert {row.item.state for row in await outbox(admin)} == {OutboxState.DROPPED}


async def test_a_new_patient_is_checked_and_found_at_once(clerk: Desk) -> None:
    for form, field in (
        (PatientForm(name=" "), "name"),
        (PatientForm(name="Baru Uji", card_number="123"), "card_number"),
        (PatientForm(name="Baru Uji", nik="12a"), "nik"),
        (PatientForm(name="Baru Uji", birth_date="31-02-2000"), "birth_date"),
        (PatientForm(name="Baru Uji", rm_number="000101"), "rm_number"),
        (PatientForm(name="Baru Uji", card_number="0000000000001"), "card_number"),
    ):
        with pytest.raises(InvalidField) as refused:
            await save_patient(clerk, form)
        assert refused.value.field == field
    saved = await save_patient(clerk, PatientForm(name="Baru Uji", birth_date="01-02-2000", phone="0812 3"))
    assert (await search(clerk, "baru uji")).rows[0].participant == saved


async def test_a_registration_can_be_looked_at_again_with_what_pcare_gave_it(clerk: Desk) -> None:
    made = await register(clerk, await form_for(clerk, "sutrisno"))
    now = await look_again(clerk, made.registration.id)
    assert (now.ticket.label, now.outbox) == ("A-001", OutboxState.PENDING)
    with pytest.raises(NotFound):
        await look_again(clerk, "tidak ada")
