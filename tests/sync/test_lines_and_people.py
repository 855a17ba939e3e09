"""What people do about lines: a colleague in P-Care's page, a correction, a decision, a restore."""

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.counter.errors import Conflict, InvalidForm, NotFound, NotPermitted
from kiosk.counter.lines import add_line, delete_line, edit_line, lines_of, match_line
from kiosk.counter.outbox import give_up, outbox, retry_now
from kiosk.counter.register import register
from kiosk.counter.serve import delete_visit
from kiosk.domain.codes import Care, OutboxKind, OutboxState, Payer, VisitKind
from kiosk.domain.registration import RegistrationForm
from tests.sync import colleague
from tests.sync.conftest import ClinicDay
from tests.sync.restoring import backed_up, lost_and_restored
from tests.sync.visit_lines import (
    AMOXICILLIN,
    OF_EACH_KIND,
    PARACETAMOL,
    SUTURE,
    edited,
    fault,
    figures,
    held,
    open_visit,
    state_words,
    until,
)

S = OutboxState


async def test_what_a_colleague_typed_before_is_not_taken_for_ours(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    theirs = [await colleague.types(clinic, value) for _, _, value in OF_EACH_KIND]
    for path, _, value in OF_EACH_KIND:
        fault(clinic, "reset", "POST", path)
        await add_line(clinic.desk, visit.id, value)
    await clinic.settled()
    assert [len(held(clinic, table)) for _, table, _ in OF_EACH_KIND] == [2, 2, 2]
    shown = await lines_of(clinic.desk, visit.id)
    assert sorted(f.remote_number for f in shown.foreign) == sorted(theirs)


async def test_a_row_that_is_only_alike_is_for_a_person_to_judge(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    fault(clinic, "reset", "POST", "obat/kunjungan")
    line = await add_line(clinic.desk, visit.id, PARACETAMOL)
    await until(clinic, (OutboxKind.MEDICATION_ADD,), S.UNKNOWN)
    theirs = await colleague.types(clinic, replace(PARACETAMOL, amount=12))
    await clinic.settled(S.DONE, S.NEEDS_ACTION)
    (row,) = (await lines_of(clinic.desk, visit.id)).medications
    assert row.item is not None
    assert (row.item.reason, row.item.detail) == ("similar_line", "Parasetamol tab 500 mg 12")
    assert row.item.line_title == "Parasetamol tab 500 mg"
    (foreign,) = (await lines_of(clinic.desk, visit.id)).foreign
    assert (foreign.title, foreign.amount) == ("Parasetamol tab 500 mg", 12)
    # It was ours: from now on it is edited and deleted there.
    matched = await match_line(clinic.desk, line.id, theirs)
    assert matched.remote_number == theirs
    assert (await lines_of(clinic.desk, visit.id)).foreign == ()
    await clinic.settled()
    await delete_line(clinic.desk, line.id)
    await clinic.settled()
    assert held(clinic, "medications") == []


async def test_a_line_that_is_another_one_is_sent_again_by_a_person(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    fault(clinic, "reset", "POST", "tindakan")
    await add_line(clinic.desk, visit.id, SUTURE)
    await until(clinic, (OutboxKind.PROCEDURE_ADD,), S.UNKNOWN)
    await colleague.types(clinic, replace(SUTURE, cost=10_000))
    await clinic.settled(S.DONE, S.NEEDS_ACTION)
    (waiting,) = [row for row in await outbox(clinic.desk) if row.item.state == S.NEEDS_ACTION]
    await retry_now(clinic.desk, waiting.item.id)
    await clinic.settled()
    assert figures(clinic, "procedures") == [10_000, 40_000]


async def test_an_edited_drug_whose_deletion_is_given_up_stays_as_it_was(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    line = await add_line(clinic.desk, visit.id, PARACETAMOL)
    await clinic.settled()
    await clinic.stop_sync()
    await edit_line(clinic.desk, line.id, replace(PARACETAMOL, amount=20))
    deletion = next(r for r in await outbox(clinic.desk) if r.item.kind == OutboxKind.MEDICATION_DELETE)
    await give_up(clinic.desk, deletion.item.id, "sudah benar")
    clinic.start_sync()
    await clinic.settled()
    assert figures(clinic, "medications") == [10]
    await edit_line(clinic.desk, line.id, replace(PARACETAMOL, amount=25))
    await clinic.settled()
    assert figures(clinic, "medications") == [25]


async def test_a_correction_of_a_refused_line_goes_by_itself(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    line = await add_line(clinic.desk, visit.id, replace(SUTURE, cost=900_000))
    await clinic.settled(S.DONE, S.NEEDS_ACTION)
    (row,) = (await lines_of(clinic.desk, visit.id)).procedures
    assert row.item is not None
    assert "tarif" in (row.item.detail or "")
    await edit_line(clinic.desk, line.id, SUTURE)
    await clinic.settled()
    assert figures(clinic, "procedures") == [40_000]


async def test_the_lines_of_a_paying_patient_stay_here(clinic: ClinicDay) -> None:
    form = RegistrationForm(
        await clinic.member(0), clinic.desk.today(), "001", Payer.GENERAL, VisitKind.SICK, Care.OUTPATIENT, "batuk"
    )
    visit = await clinic.serve(await register(clinic.desk, form))
    for _, _, value in OF_EACH_KIND:
        line = await add_line(clinic.desk, visit.id, value)
        await edit_line(clinic.desk, line.id, edited(value))
    await delete_line(clinic.desk, line.id)
    assert await state_words(clinic, visit) == ["", ""]
    await delete_visit(clinic.desk, visit.id)
    assert await clinic.states() == []
    with pytest.raises(NotFound):
        await add_line(clinic.desk, visit.id, PARACETAMOL)


async def test_who_may_not_serve_may_not_prescribe_and_nothing_is_written_over(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    await clinic.stop_sync()
    line = await add_line(clinic.desk, visit.id, PARACETAMOL, request_id="formulir-1")
    assert await add_line(clinic.desk, visit.id, PARACETAMOL, request_id="formulir-1") == line
    await edit_line(clinic.desk, line.id, AMOXICILLIN, based_on=1)
    with pytest.raises(Conflict):
        await edit_line(clinic.desk, line.id, PARACETAMOL, based_on=1)
    with pytest.raises(Conflict):
        await edit_line(clinic.desk, line.id, SUTURE)
    with pytest.raises(InvalidForm) as wrong:
        await edit_line(clinic.desk, line.id, replace(AMOXICILLIN, name=" ", amount=0))
    assert [p.field for p in wrong.value.problems] == ["name", "amount"]
    clinic.desk.operator = None
    for attempt in (add_line(clinic.desk, visit.id, SUTURE), delete_line(clinic.desk, line.id)):
        with pytest.raises(NotPermitted):
            await attempt


async def test_lines_sent_after_a_backup_are_found_when_it_is_restored(clinic: ClinicDay, tmp_path: Path) -> None:
    visit = await open_visit(clinic)
    kept = await add_line(clinic.desk, visit.id, PARACETAMOL)
    await clinic.settled()
    await clinic.stop_sync()
    await add_line(clinic.desk, visit.id, PARACETAMOL)
    await add_line(clinic.desk, visit.id, SUTURE)
    await edit_line(clinic.desk, kept.id, edited(PARACETAMOL))
    backup = await backed_up(clinic, tmp_path)
    clinic.start_sync()
    await clinic.settled()
    await add_line(clinic.desk, visit.id, AMOXICILLIN)
    await clinic.settled()
    await lost_and_restored(clinic, backup)
    await clinic.settled()
    assert figures(clinic, "medications") == [10, 15, 20]
    assert len(held(clinic, "procedures")) == 1
    shown = await lines_of(clinic.desk, visit.id)
    assert [row.line.confirmed_version for row in (*shown.medications, *shown.procedures)] == [2, 1, 1]
    assert [foreign.title for foreign in shown.foreign] == [AMOXICILLIN.name]
