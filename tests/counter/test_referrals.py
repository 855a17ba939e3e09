"""Referrals: what they do to the month's ratio, and the way to another poli of the same clinic."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.counter.call import queue, set_priority
from kiosk.counter.desk import Desk
from kiosk.counter.errors import InvalidForm
from kiosk.counter.outbox import outbox
from kiosk.counter.referrals import referral_ratio
from kiosk.counter.register import register
from kiosk.counter.serve import delete_visit, open_service, save_visit
from kiosk.domain.codes import OutboxKind, Payer, Priority, TicketState, VisitKind
from kiosk.domain.referral_ratio import ReferralRatio
from kiosk.domain.visit import Diagnosis, Referral
from kiosk.domain.vitals import Vitals
from kiosk.screens.service_referral import ratio_words
from kiosk.store.database import Store
from tests.counter.test_day_at_the_counter import form_for, visit_form
from tests.engines import both_engines
from tests.people import READER

SPECIALIST, NON_SPECIALIST, NOT_TOLD = (
    Diagnosis("I21.9", "Infark", False),
    Diagnosis("J06.9", "ISPA akut", True),
    Diagnosis("R05", "Batuk"),
)


@both_engines
async def test_the_ratio_counts_the_months_referrals_of_members_as_the_rule_does(admin: Desk) -> None:
    """TACC excuses a non-specialist diagnosis; who pays, who was not referred and what was deleted do not count."""
    today = admin.today()
    to = Referral(today, "0115R001", "RS Uji", subspecialty_code="26")
    with_tacc = {"tacc_code": 2, "tacc_reason": ">= 55 Tahun"}
    special = replace(to, subspecialty_code=None, special_code="HDL")
    made = {}
    for name, poli, changes in (
        ("sutrisno", "001", {"diagnoses": (SPECIALIST,), "referral": to}),
        ("aminah", "001", {"diagnoses": (NON_SPECIALIST,), "referral": to, **with_tacc}),
        ("sukarno", "001", {"diagnoses": (NOT_TOLD,), "referral": special}),
        ("ketut", "001", {"diagnoses": (NON_SPECIALIST,)}),
        ("rina", "001", {"diagnoses": (SPECIALIST,), "referral": to}),
        ("sutrisno", "002", {"diagnoses": (SPECIALIST,), "referral": to}),
    ):
        payer = Payer.GENERAL if name == "rina" else Payer.BPJS
        entered = (await register(admin, await form_for(admin, name, poli_code=poli, payer=payer))).registration
        code = "4" if "referral" in changes else "3"
        form = visit_form(entered.id, admin, discharge_code=code, **changes)
        made[name, poli] = await save_visit(admin, form)
    await delete_visit(admin, made["sutrisno", "002"].id)
    assert await referral_ratio(admin, today) == ReferralRatio(3, 0, 1)
    assert await referral_ratio(admin, today, without=made["sukarno", "001"].id) == ReferralRatio(2, 0, 0)
    assert await referral_ratio(admin, today.replace(day=1) - timedelta(days=1)) == ReferralRatio(0, 0, 0)


@pytest.mark.parametrize(
    ("flag", "tacc", "after", "said"),
    [
        (True, -1, ReferralRatio(41, 2, 0), "! RRNS naik: 2 dari 41 rujukan bulan ini, 4,9 % (baik sampai 2 %)"),
        (True, 2, ReferralRatio(41, 1, 0), "RRNS 1 dari 41 rujukan bulan ini: dengan TACC tidak dihitung"),
        (False, -1, ReferralRatio(41, 1, 0), "RRNS 1 dari 41 rujukan bulan ini (2,4 %)"),
        (None, -1, ReferralRatio(41, 1, 1), "RRNS 1 dari 41 rujukan bulan ini; naik bila nonspesialistik"),
        (None, 2, ReferralRatio(41, 1, 0), "RRNS 1 dari 41 rujukan bulan ini (2,4 %)"),
    ],
)
def test_what_one_more_does_is_said(flag: bool | None, tacc: int, after: ReferralRatio, said: str) -> None:
    before = ReferralRatio(40, 1, 0)
    assert before.with_one(flag, tacc) == after
    words, role = ratio_words(before, flag, tacc)
    assert words.startswith(said)
    assert (role == "warn") == (after.non_specialist > 1)
    assert len("Rujukan  " + words) <= 78


def test_a_month_without_referrals_has_no_share() -> None:
    assert ReferralRatio(0, 0, 0).percent == 0.0


async def test_the_last_month_of_a_year_ends_with_it(store: Store) -> None:
    desk = await Desk.open(store.url, "Loket 1", lambda: datetime(2026, 12, 31, 5, tzinfo=UTC))
    desk.operator = READER
    try:
        assert (await referral_ratio(desk, desk.today())).referred == 0
    finally:
        await desk.close()


@both_engines
async def test_an_internal_referral_gives_a_number_in_the_same_step_and_once(admin: Desk) -> None:
    made = await register(admin, await form_for(admin, "sutrisno"))
    vitals = Vitals(systolic=120, diastolic=80, temperature=37.2)
    form = visit_form(made.registration.id, admin, internal_poli_code="002", vitals=vitals)
    await set_priority(admin, made.ticket.id, Priority.DISABLED)
    await save_visit(admin, form, number_at_internal=True)
    first, second = await queue(admin)
    assert (first.label, first.state) == ("A-001", TicketState.DONE)
    assert (second.label, second.state, second.participant_name) == ("B-001", TicketState.WAITING, "Sutrisno Wibowo")
    sheet = await open_service(admin, label="B-001")
    assert sheet.registration.complaint == "batuk 3 hari"
    assert sheet.registration.vitals.systolic == 120
    kinds = [row.item.kind for row in await outbox(admin)]
    assert kinds.count(OutboxKind.REGISTRATION_ADD) == 2
    seen = await open_service(admin, label="A-001")
    assert seen.internal is not None and seen.internal.label == "B-001"
    assert seen.internal.priority == Priority.DISABLED, "the class goes along"
    await save_visit(admin, replace(form, therapy_other="kontrol"), number_at_internal=True)
    assert len(await queue(admin)) == 2, "corrected, but the number is there already"


async def test_an_internal_referral_without_a_number_only_says_so_and_needs_another_poli(admin: Desk) -> None:
    made = await register(admin, await form_for(admin, "sutrisno"))
    for wrong in ("001", "999"):
        with pytest.raises(InvalidForm) as refused:
            await save_visit(admin, visit_form(made.registration.id, admin, internal_poli_code=wrong))
        assert refused.value.field == "internal_poli_code"
    await save_visit(admin, visit_form(made.registration.id, admin, internal_poli_code="021"))
    assert len(await queue(admin)) == 1
    await save_visit(admin, visit_form(made.registration.id, admin, internal_poli_code="021"), number_at_internal=True)
    second = (await queue(admin))[1]
    sheet = await open_service(admin, ticket_id=second.id)
    assert sheet.registration.visit_kind == VisitKind.HEALTHY, "that poli does not treat the sick"
