"""What P-Care refused is put right and goes again; what was given up by mistake is taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.counter.call import queue
from kiosk.counter.correct import correct_registration, open_correction
from kiosk.counter.desk import Desk
from kiosk.counter.errors import Conflict, CounterError, InvalidField, NotFound
from kiosk.counter.lines import add_line, lines_of
from kiosk.counter.outbox import give_up, outbox, take_back
from kiosk.counter.patients import PatientForm, change_patient, save_patient
from kiosk.counter.register import cancel_registration, register
from kiosk.counter.serve import delete_visit, save_visit
from kiosk.counter.views import Registered
from kiosk.domain.codes import OutboxKind, OutboxState, Payer, VisitKind
from kiosk.domain.lines import Medication
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.registration import RegistrationForm
from kiosk.domain.vitals import Vitals
from kiosk.store import outbox as items
from kiosk.store import outbox_moves, registrations
from kiosk.store.restored import put_in_doubt
from kiosk.store.transaction import Transaction
from tests.counter.test_day_at_the_counter import form_for, visit_form
from tests.engines import both_engines

DRUG = Medication("Puyer batuk", 3, 1, 9, requested=9)


async def registered(desk: Desk, name: str = "sutrisno", **changes: object) -> tuple[Registered, RegistrationForm]:
    form = await form_for(desk, name, **changes)
    return await register(desk, form), form


async def became(desk: Desk, kind: OutboxKind, what: Callable[[Transaction, OutboxItem], None]) -> None:
    """`what` became of the sending of the first open item of the kind."""

    def work(tx: Transaction) -> None:
        item = next(row for row in items.listed(tx, OutboxState.PENDING, desk.now()) if row.kind == kind)
        outbox_moves.begin(tx, item, item.version, "{}")
        what(tx, item)

    await desk.write(work)


async def refused(desk: Desk, kind: OutboxKind = OutboxKind.REGISTRATION_ADD, reason: str = "validation") -> None:
    await became(desk, kind, lambda tx, item: outbox_moves.to_needs_action(tx, item.id, reason, "salah"))


async def stand(desk: Desk) -> list[tuple[str, str, str | None]]:
    """(kind, state, reason) of everything, in order."""
    return [(row.item.kind, row.item.state, row.item.reason) for row in await outbox(desk)]


async def item_of(desk: Desk, kind: OutboxKind) -> str:
    return next(row.item.id for row in await outbox(desk) if row.item.kind == kind)


@both_engines
async def test_a_refused_registration_is_corrected_and_goes_again_as_the_same(admin: Desk) -> None:
    made, form = await registered(admin)
    await refused(admin)
    opened = await open_correction(admin, made.registration.id)
    assert opened.item is not None and opened.item.reason == "validation" and not opened.served
    better = replace(form, complaint="demam", visit_kind=VisitKind.HEALTHY, vitals=Vitals(weight=62.5))
    done = await correct_registration(admin, made.registration.id, better, based_on=opened.registration.version)
    assert (done.registration.id, done.ticket.id) == (made.registration.id, made.ticket.id)
    assert (done.registration.complaint, done.registration.vitals.weight) == ("demam", 62.5)
    assert done.registration.visit_kind == VisitKind.HEALTHY
    assert await stand(admin) == [("registration.add", "pending", None)]
    with pytest.raises(Conflict, match="baru saja diubah"):
        await correct_registration(admin, made.registration.id, form, based_on=opened.registration.version)


async def test_another_poli_is_another_registration_with_its_own_number(admin: Desk) -> None:
    made, form = await registered(admin)
    await refused(admin)
    moved = replace(form, poli_code="002", request_id="satu")
    done = await correct_registration(admin, made.registration.id, moved, based_on=made.registration.version)
    assert done.registration.id != made.registration.id and done.ticket.label == "B-001"
    assert await stand(admin) == [
        ("registration.add", "dropped", "cancelled_here"),
        ("registration.add", "pending", None),
    ]
    assert [t.label for t in await queue(admin)] == ["B-001"]
    again = await correct_registration(admin, made.registration.id, moved, based_on=made.registration.version)
    assert again.repeated and again.registration.id == done.registration.id


async def test_after_the_service_poli_and_day_stay(admin: Desk) -> None:
    made, form = await registered(admin)
    await refused(admin)
    await save_visit(admin, visit_form(made.registration.id, admin))
    for change in ({"poli_code": "002"}, {"day": admin.today() - timedelta(days=1)}):
        with pytest.raises(InvalidField, match="Sudah dilayani"):
            await correct_registration(admin, made.registration.id, replace(form, **change), based_on=1)


async def test_who_turns_out_to_pay_is_not_sent_nor_is_the_service_until_the_payer_is_bpjs_again(admin: Desk) -> None:
    made, form = await registered(admin)
    visit = await save_visit(admin, visit_form(made.registration.id, admin))
    await add_line(admin, visit.id, DRUG)
    await refused(admin)
    general = replace(form, payer=Payer.GENERAL)
    done = await correct_registration(admin, made.registration.id, general, based_on=1)
    assert done.registration.card_number is None
    assert {(state, reason) for _, state, reason in await stand(admin)} == {("dropped", "not_bpjs")}
    await correct_registration(admin, made.registration.id, form, based_on=2)
    waiting = [kind for kind, state, _ in await stand(admin) if state == "pending"]
    assert waiting == ["registration.add", "visit.add", "medication.add"]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (lambda tx, i: None, "Sedang dipastikan"),
        (lambda tx, i: outbox_moves.to_unknown(tx, i.id, "timeout", datetime.now(UTC)), "Sedang dipastikan"),
        (
            lambda tx, i: (outbox_moves.done(tx, i.id), registrations.set_remote_number(tx, i.subject_id, "A1")),
            "Sudah ada di P-Care",
        ),
    ],
    ids=["on its way", "nobody knows", "there"],
)
async def test_what_pcare_may_have_is_not_corrected(
    admin: Desk, what: Callable[[Transaction, OutboxItem], None], said: str
) -> None:
    made, form = await registered(admin)
    await became(admin, OutboxKind.REGISTRATION_ADD, what)
    with pytest.raises(Conflict, match=said):
        await correct_registration(admin, made.registration.id, replace(form, complaint="lain"), based_on=1)
    now = await admin.read(lambda tx: registrations.get(tx, made.registration.id))
    assert now is not None and (now.complaint, now.version) == (form.complaint, made.registration.version)


async def test_what_pcare_calls_a_duplicate_keeps_its_poli_and_payer(admin: Desk) -> None:
    made, form = await registered(admin)
    await refused(admin, reason="duplicate_not_listed")
    for change in ({"poli_code": "002"}, {"payer": Payer.GENERAL}):
        with pytest.raises(CounterError, match="P-Care bilang sudah ada"):
            await correct_registration(admin, made.registration.id, replace(form, **change), based_on=1)
    await cancel_registration(admin, made.registration.id)
    with pytest.raises(NotFound):
        await open_correction(admin, made.registration.id)


@both_engines
async def test_giving_up_is_taken_back_with_all_that_went_with_it(admin: Desk) -> None:
    made, _ = await registered(admin)
    visit = await save_visit(admin, visit_form(made.registration.id, admin))
    await add_line(admin, visit.id, DRUG)
    await refused(admin)
    before = await outbox(admin)
    await give_up(admin, before[0].item.id, "salah pasien")
    rows = await outbox(admin)
    assert [row.item.state for row in rows] == [OutboxState.DROPPED] * 3
    assert [row.can_take_back for row in rows] == [True, False, False]
    assert rows[0].item.given_up_by == "admin: salah pasien"
    with pytest.raises(Conflict):
        await take_back(admin, rows[1].item.id)
    await add_line(admin, visit.id, replace(DRUG, name="Salep"))
    await take_back(admin, rows[0].item.id)
    after = [
        replace(row.item, updated_at=b.item.updated_at) for row, b in zip(await outbox(admin), before, strict=False)
    ]
    assert after == [replace(row.item, given_up_by=a.given_up_by) for row, a in zip(before, after, strict=True)]
    lines = await lines_of(admin, visit.id)
    assert [row.state_text for row in lines.medications] == ["menunggu"] * 2, "and what was entered meanwhile goes too"


async def _corrected(desk: Desk, made: Registered, form: RegistrationForm) -> None:
    await correct_registration(desk, made.registration.id, replace(form, complaint="lain"), based_on=1)


async def _cancelled(desk: Desk, made: Registered, form: RegistrationForm) -> None:
    await cancel_registration(desk, made.registration.id)


@pytest.mark.parametrize("then", [_corrected, _cancelled])
async def test_a_registration_given_up_stays_so_when_it_was_replaced_or_cancelled(
    admin: Desk, then: Callable[[Desk, Registered, RegistrationForm], object]
) -> None:
    made, form = await registered(admin)
    await refused(admin)
    identifier = await item_of(admin, OutboxKind.REGISTRATION_ADD)
    await give_up(admin, identifier, "salah pasien")
    await then(admin, made, form)  # type: ignore[misc]  # all of them are coroutines
    before = await stand(admin)
    with pytest.raises(Conflict, match="serahannya tetap"):
        await take_back(admin, identifier)
    assert await stand(admin) == before


async def test_a_cancellation_given_up_is_not_taken_back_over_a_new_registration(admin: Desk) -> None:
    made, form = await registered(admin)

    def there(tx: Transaction, item: OutboxItem) -> None:
        outbox_moves.done(tx, item.id)
        registrations.set_remote_number(tx, item.subject_id, "A1")

    await became(admin, OutboxKind.REGISTRATION_ADD, there)
    await cancel_registration(admin, made.registration.id)
    identifier = await item_of(admin, OutboxKind.REGISTRATION_CANCEL)
    await give_up(admin, identifier, "jadi berobat")
    await take_back(admin, identifier)
    await give_up(admin, identifier, "jadi berobat")
    await register(admin, form)
    with pytest.raises(Conflict, match="serahannya tetap"):
        await take_back(admin, identifier)


async def test_a_service_given_up_then_deleted_stays_given_up(admin: Desk) -> None:
    made, _ = await registered(admin)
    visit = await save_visit(admin, visit_form(made.registration.id, admin))
    identifier = await item_of(admin, OutboxKind.VISIT_ADD)
    await give_up(admin, identifier, "salah pasien")
    await delete_visit(admin, visit.id)
    with pytest.raises(Conflict):
        await take_back(admin, identifier)


async def test_after_a_restore_nothing_is_taken_back_for_it_may_have_been_sent(admin: Desk) -> None:
    await registered(admin)
    identifier = await item_of(admin, OutboxKind.REGISTRATION_ADD)
    await give_up(admin, identifier, "salah pasien")
    await admin.write(lambda tx: put_in_doubt(tx, admin.today(), admin.today(), admin.now()))
    with pytest.raises(Conflict, match="pemulihan"):
        await take_back(admin, identifier)
    assert await stand(admin) == [("registration.add", "dropped", "given_up")]


async def test_a_card_that_was_mistyped_is_put_right_and_the_registration_goes_with_the_right_one(admin: Desk) -> None:
    own = await save_patient(admin, PatientForm("Wayan Uji", card_number="0000000000778"))
    made = await register(admin, replace(await form_for(admin, "wayan"), participant_id=own.id))
    await refused(admin, reason="unknown_member")
    (row,) = await outbox(admin)
    assert "Ctrl+D lalu U" in row.advice
    await change_patient(admin, own, PatientForm("Wayan Uji", card_number="0000000000777"))
    opened = await open_correction(admin, made.registration.id)
    again = replace(await form_for(admin, "wayan"), participant_id=own.id)
    done = await correct_registration(admin, made.registration.id, again, based_on=opened.registration.version)
    assert (done.registration.card_number, done.outbox) == ("0000000000777", OutboxState.PENDING)
