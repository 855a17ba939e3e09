"""Days that are over: a sheet of paper is entered later, an inpatient leaves later, and nobody is forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.counter.access import log_in
from kiosk.counter.correct import correct_registration, open_correction
from kiosk.counter.days import missing_this_month, past_days
from kiosk.counter.desk import Desk
from kiosk.counter.lines import add_line
from kiosk.counter.outbox import outbox
from kiosk.counter.register import cancel_registration, register
from kiosk.counter.serve import open_service, save_visit
from kiosk.counter.service_draft import ServiceDraft, unfinished
from kiosk.counter.waiting import queue_now
from kiosk.domain.codes import Care, OutboxKind, Payer, TicketState
from kiosk.domain.lines import Medication
from kiosk.store.database import Store
from tests.counter.test_day_at_the_counter import form_for, visit_form
from tests.engines import both_engines
from tests.people import PASSWORD, READER


@both_engines
async def test_each_day_tells_how_many_services_are_missing_until_they_are_entered(admin: Desk) -> None:
    three_ago = admin.today() - timedelta(days=3)
    sheets = [await register(admin, await form_for(admin, name, day=three_ago)) for name in ("sutrisno", "siti")]
    await register(admin, await form_for(admin, "muhammad"))
    gone = await register(admin, await form_for(admin, "sukarno", day=three_ago - timedelta(days=1)))
    await cancel_registration(admin, gone.registration.id)
    (day,) = await past_days(admin)
    assert (day.day, day.numbers, day.unserved) == (three_ago, 2, 2)
    assert await past_days(admin, 2) == (), "the last two days only"

    then = await queue_now(admin, three_ago)
    assert {ticket.id for ticket in then.tickets} == {sheet.ticket.id for sheet in sheets}
    assert not then.order and not then.following, "nobody is called on a day that is over"
    sheet = await open_service(admin, ticket_id=sheets[0].ticket.id)
    await save_visit(admin, visit_form(sheet.registration.id, admin, discharge_day=three_ago))
    (day,) = await past_days(admin)
    assert (day.numbers, day.unserved) == (2, 1)
    (item,) = [row.item for row in await outbox(admin) if row.item.kind == OutboxKind.VISIT_ADD]
    assert item.day == three_ago


async def test_an_inpatient_is_served_on_the_day_of_leaving(admin: Desk) -> None:
    came = admin.today() - timedelta(days=2)
    made = await register(admin, await form_for(admin, "sutrisno", day=came, care=Care.INPATIENT))
    visit = await save_visit(admin, visit_form(made.registration.id, admin))
    assert (visit.day, visit.form.discharge_day) == (came, admin.today())
    (ticket,) = (await queue_now(admin, came)).tickets
    assert ticket.state == TicketState.DONE


async def test_a_service_that_was_begun_before_midnight_is_among_the_unfinished(admin: Desk) -> None:
    made = await register(admin, await form_for(admin, "sutrisno", day=admin.today() - timedelta(days=1)))
    draft = ServiceDraft(admin, made.registration.id, 0, {})
    await draft.open()
    await draft.keep(lambda: {"anamnesis": "batuk 3 hari"}, "anamnesis")
    (begun,) = await unfinished(admin)
    assert (begun.ticket.id, begun.ticket.day) == (made.ticket.id, made.registration.day)


@pytest.mark.parametrize("served", [False, True])
async def test_who_paid_and_turns_out_to_be_a_member_is_told_to_pcare_with_all_that_was_done(
    admin: Desk, served: bool
) -> None:
    form = await form_for(admin, "sutrisno", payer=Payer.GENERAL)
    made = await register(admin, form)
    if served:
        visit = await save_visit(admin, visit_form(made.registration.id, admin))
        await add_line(admin, visit.id, Medication("Puyer batuk", 3, 1, 9, requested=9))
    assert await outbox(admin) == ()
    opened = await open_correction(admin, made.registration.id)
    changed = await form_for(admin, "sutrisno")
    done = await correct_registration(admin, made.registration.id, changed, based_on=opened.registration.version)
    assert (done.ticket.label, done.registration.card_number) == (made.ticket.label, "0000000000001")
    kinds = [row.item.kind for row in await outbox(admin)]
    lines = [OutboxKind.VISIT_ADD, OutboxKind.MEDICATION_ADD] if served else []
    assert kinds == [OutboxKind.REGISTRATION_ADD, *lines]


@pytest.mark.parametrize(("today", "missing"), [("2026-11-20", 1), ("2026-12-03", 2), ("2026-12-04", 0)])
@both_engines
async def test_the_month_that_closes_next_tells_which_members_have_no_service(
    store: Store, today: str, missing: int
) -> None:
    """One is registered on the 10th, one on the 20th, who pays himself and who was served do not count."""
    for day in (10, 20):
        desk = await Desk.open(store.url, "Loket 1", lambda day=day: datetime(2026, 11, day, 3, tzinfo=UTC))
        await log_in(desk, "admin", PASSWORD)
        await register(desk, await form_for(desk, "sutrisno"))
        if day == 10:
            await register(desk, await form_for(desk, "sukarno", payer=Payer.GENERAL))
            served = await register(desk, await form_for(desk, "siti"))
            await save_visit(desk, visit_form(served.registration.id, desk))
        await desk.close()
    at = datetime.fromisoformat(f"{today}T03:00:00+00:00")
    desk = await Desk.open(store.url, "Loket 1", lambda: at)
    desk.operator = READER
    assert await missing_this_month(desk) == missing
    await desk.close()
