"""Drugs, procedures and results reach P-Care once each, though it would take every one of them twice."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.counter.errors import Conflict, InvalidField, InvalidForm, NotFound, NotPermitted
from kiosk.counter.lines import add_line, delete_line, edit_line, lines_of, match_line
from kiosk.counter.outbox import give_up, outbox, retry_now
from kiosk.counter.register import register
from kiosk.counter.serve import delete_visit, save_visit
from kiosk.domain.codes import Care, OutboxKind, OutboxState, Payer, VisitKind
from kiosk.domain.labs import LabResult
from kiosk.domain.lines import LineValue, Medication
from kiosk.domain.registration import RegistrationForm
from kiosk.domain.visit import Visit
from tests.engines import both_engines
from tests.sync.conftest import ClinicDay
from tests.sync.test_restore_drill import backed_up, lost_and_restored
from tests.sync.visit_lines import (
    AMOXICILLIN,
    BLOOD,
    OF_EACH_KIND,
    PARACETAMOL,
    SUGAR,
    SUTURE,
    calls,
    colleague_types,
    fault,
    held,
    kinds,
    open_visit,
    past,
    patient,
    state_words,
    until,
)

S = OutboxState
ADDITIONS = (OutboxKind.MEDICATION_ADD, OutboxKind.PROCEDURE_ADD, OutboxKind.LAB_ADD)
FIGURE = {"medications": "jmlObat", "procedures": "biaya", "labs": "darahRutinHemo"}
"""The figure that `edited` changes."""
EDITED = {"medications": 20, "procedures": 35_000, "labs": 14.1}
KEY = {"medications": "kdObatSK", "procedures": "kdTindakanSK", "labs": "kdMCU"}


def edited(value: LineValue) -> LineValue:
    """The same line with another figure."""
    if isinstance(value, Medication):
        return replace(value, amount=20)
    if isinstance(value, LabResult):
        return replace(value, haemoglobin=14.1)
    return replace(value, cost=35_000)


def figures(clinic: ClinicDay, table: str) -> list[object]:
    """The figure that `edited` changes, of every line that P-Care holds."""
    return sorted(row[FIGURE[table]] for row in held(clinic, table))


@both_engines
async def test_what_was_entered_stands_in_pcare_and_nothing_was_invented(clinic: ClinicDay) -> None:
    visit = await clinic.serve(await clinic.register(await clinic.member(0)))
    unlisted = Medication("Puyer batuk", 3, 1, 9, requested=9)
    for value in (PARACETAMOL, unlisted, SUTURE, SUGAR, BLOOD):
        await add_line(clinic.desk, visit.id, value)
    await clinic.settled()
    drug, other = held(clinic, "medications")
    assert (drug["kdObat"], drug["signa1"], drug["jmlObat"], drug["jmlPermintaan"]) == (PARACETAMOL.code, 3, 10, None)
    assert (other["kdObat"], other["nmObatNonDPHO"], other["obatDPHO"], other["racikan"]) == (
        None,
        "Puyer batuk",
        False,
        False,
    )
    assert [(p["biaya"], p["keterangan"], p["hasil"]) for p in held(clinic, "procedures")] == [
        (40_000, "3 jahitan", 0),
        (15_000, None, 110),
    ]
    (lab,) = held(clinic, "labs")
    assert (lab["darahRutinHemo"], lab["lemakDarahHDL"], lab["keterangan"]) == (13.2, 0, "puasa 8 jam")
    assert await state_words(clinic, visit) == ["sampai"] * 5


async def test_a_lost_reply_at_two_equal_lines_makes_two_and_not_three(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    for path, _, value in OF_EACH_KIND:
        fault(clinic, "lost_reply", "POST", path, count=2)
        for _ in range(2):
            await add_line(clinic.desk, visit.id, value)
    await clinic.settled()
    for path, table, _ in OF_EACH_KIND:
        assert (len(held(clinic, table)), calls(clinic, "POST", path)) == (2, 2)
    assert [reason for _, _, reason in await kinds(clinic)] == ["read_back"] * 6


@both_engines
async def test_of_two_equal_lines_in_doubt_only_the_one_that_is_missing_goes_again(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    for path, _, value in OF_EACH_KIND:
        fault(clinic, "lost_reply", "POST", path)
        fault(clinic, "reset", "POST", path)
        for _ in range(2):
            await add_line(clinic.desk, visit.id, value)
    await clinic.settled()
    for path, table, _ in OF_EACH_KIND:
        assert (len(held(clinic, table)), calls(clinic, "POST", path)) == (2, 3)


async def test_a_call_that_takes_effect_late_is_not_sent_again(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    for path, _, value in OF_EACH_KIND:
        fault(clinic, "late", "POST", path, seconds=0.3)
        await add_line(clinic.desk, visit.id, value)
    await clinic.settled()
    assert [len(held(clinic, table)) for _, table, _ in OF_EACH_KIND] == [1, 1, 1]


async def test_killed_in_the_middle_of_a_send_it_is_there_once(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    for path, _, value in OF_EACH_KIND:
        fault(clinic, "latency", "POST", path, seconds=0.3)
        await add_line(clinic.desk, visit.id, value)
    await past(clinic, ADDITIONS, 3, S.PENDING)
    await clinic.kill_sync()
    clinic.start_sync()
    await clinic.settled()
    assert [len(held(clinic, table)) for _, table, _ in OF_EACH_KIND] == [1, 1, 1]


async def test_an_edit_before_sending_sends_only_the_last_form(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    await clinic.stop_sync()
    for _, _, value in OF_EACH_KIND:
        line = await add_line(clinic.desk, visit.id, value)
        await edit_line(clinic.desk, line.id, edited(value))
    clinic.start_sync()
    await clinic.settled()
    for path, table, _ in OF_EACH_KIND:
        assert figures(clinic, table) == [EDITED[table]]
        stem = path.split("/")[0]
        assert [calls(clinic, method, stem) for method in ("POST", "PUT", "DELETE")] == [1, 0, 0]


@pytest.mark.parametrize("kind", ["lost_reply", "reset", "latency", "error"])
async def test_an_edit_while_the_line_is_on_its_way_ends_as_one_line_with_the_edit(
    clinic: ClinicDay, kind: str
) -> None:
    visit = await open_visit(clinic)
    await patient(clinic)
    made = []
    for path, _, value in OF_EACH_KIND:
        fault(clinic, kind, "POST", path, seconds=0.3)
        made.append(await add_line(clinic.desk, visit.id, value))
    await past(clinic, ADDITIONS, 3, *((S.PENDING,) if kind == "latency" else (S.PENDING, S.SENDING)))
    for line in made:
        await edit_line(clinic.desk, line.id, edited(line.value))
    await clinic.settled()
    shown = await lines_of(clinic.desk, visit.id)
    for (_, table, _), (known,) in zip(OF_EACH_KIND, (shown.medications, shown.procedures, shown.labs), strict=True):
        assert figures(clinic, table) == [EDITED[table]]
        (row,) = held(clinic, table)
        assert known.line.remote_number == str(row[KEY[table]])
        assert known.line.confirmed_version == known.line.version == 2


@pytest.mark.parametrize("kind", ["lost_reply", "reset", "late"])
async def test_an_edit_and_a_deletion_whose_replies_are_lost_take_effect_once(clinic: ClinicDay, kind: str) -> None:
    visit = await open_visit(clinic)
    pairs = [[await add_line(clinic.desk, visit.id, value) for _ in range(2)] for _, _, value in OF_EACH_KIND]
    await clinic.settled()
    for path, _, _ in OF_EACH_KIND:
        # Deletions of drugs have another path than their additions.
        for method in ("PUT", "DELETE", "POST"):
            fault(clinic, kind, method, path.split("/")[0], seconds=0.2)
    for line, _ in pairs:
        await edit_line(clinic.desk, line.id, edited(line.value))
    await clinic.settled()
    for _, table, _ in OF_EACH_KIND:
        assert (len(held(clinic, table)), len(set(figures(clinic, table)))) == (2, 2)
    clinic.simulator.clear_faults()
    for path, _, _ in OF_EACH_KIND:
        fault(clinic, kind, "DELETE", path.split("/")[0], seconds=0.2)
    for line, _ in pairs:
        await delete_line(clinic.desk, line.id)
    await clinic.settled()
    assert [figures(clinic, table) for _, table, _ in OF_EACH_KIND] == [[10], [40_000], [13.2]]
    assert await state_words(clinic, visit) == ["sampai"] * 3
    for _, other in pairs:
        await delete_line(clinic.desk, other.id)
    await clinic.settled()
    assert [held(clinic, table) for _, table, _ in OF_EACH_KIND] == [[], [], []]


async def test_a_line_that_was_never_sent_is_simply_forgotten(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    await clinic.stop_sync()
    for _, _, value in OF_EACH_KIND:
        line = await add_line(clinic.desk, visit.id, value)
        await delete_line(clinic.desk, line.id)
        await delete_line(clinic.desk, line.id)
        with pytest.raises(NotFound):
            await edit_line(clinic.desk, line.id, edited(value))
    clinic.start_sync()
    await clinic.settled()
    for path, table, _ in OF_EACH_KIND:
        assert (held(clinic, table), calls(clinic, "POST", path)) == ([], 0)


@pytest.mark.parametrize("kind", ["lost_reply", "reset", "latency"])
async def test_a_line_taken_back_while_it_is_on_its_way_leaves_nothing(clinic: ClinicDay, kind: str) -> None:
    visit = await open_visit(clinic)
    await patient(clinic)
    made = []
    for path, _, value in OF_EACH_KIND:
        fault(clinic, kind, "POST", path, seconds=0.3)
        made.append(await add_line(clinic.desk, visit.id, value))
    await past(clinic, ADDITIONS, 3, *((S.PENDING,) if kind == "latency" else (S.PENDING, S.SENDING)))
    for line in made:
        await delete_line(clinic.desk, line.id)
    await clinic.settled()
    for path, table, _ in OF_EACH_KIND:
        assert held(clinic, table) == []
        assert calls(clinic, "DELETE", path.split("/")[0]) == (0 if kind == "reset" else 1)


async def test_an_edited_procedure_is_known_by_its_new_key(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    line = await add_line(clinic.desk, visit.id, SUTURE)
    await clinic.settled()
    first = (await lines_of(clinic.desk, visit.id)).procedures[0].line.remote_number
    await edit_line(clinic.desk, line.id, edited(SUTURE))
    await clinic.settled()
    second = (await lines_of(clinic.desk, visit.id)).procedures[0].line.remote_number
    assert second != first
    fault(clinic, "lost_reply", "PUT", "tindakan")
    await edit_line(clinic.desk, line.id, SUTURE)
    await clinic.settled()
    third = (await lines_of(clinic.desk, visit.id)).procedures[0].line.remote_number
    assert third not in (first, second)
    assert calls(clinic, "PUT", "tindakan") == 2
    await delete_line(clinic.desk, line.id)
    await clinic.settled()
    assert held(clinic, "procedures") == []


@pytest.mark.parametrize("variant", ["412", "204", "200"])
async def test_what_is_gone_already_counts_as_deleted(clinic: ClinicDay, variant: str) -> None:
    clinic.simulator.simulator.service.variants.set("delete_missing", variant)
    visit = await open_visit(clinic)
    line = await add_line(clinic.desk, visit.id, PARACETAMOL)
    await clinic.settled()
    clinic.simulator.simulator.service.ledger.visits[_number(clinic)].lines["medications"].clear()
    await delete_line(clinic.desk, line.id)
    await clinic.settled()
    assert (await kinds(clinic))[-1][:2] == (OutboxKind.MEDICATION_DELETE, S.DONE)


def _number(clinic: ClinicDay) -> str:
    return str(clinic.simulator.ledger()["visits"][0]["noKunjungan"])


@pytest.mark.parametrize("answer", ["array", "object"])
async def test_parts_of_one_compound_share_pcares_code(clinic: ClinicDay, answer: str) -> None:
    clinic.simulator.simulator.service.variants.set("drug_add", answer)
    visit = await open_visit(clinic)
    fault(clinic, "lost_reply", "POST", "obat/kunjungan")
    first = [await add_line(clinic.desk, visit.id, replace(v, compound="1")) for v in (PARACETAMOL, AMOXICILLIN)]
    await add_line(clinic.desk, visit.id, replace(PARACETAMOL, compound="2"))
    await add_line(clinic.desk, visit.id, PARACETAMOL)
    await clinic.settled()
    codes = [(row["kdObat"], row["kdRacikan"]) for row in held(clinic, "medications")]
    one = {code for drug, code in codes if code and drug == AMOXICILLIN.code}
    assert len(codes) == 4
    assert len({code for _, code in codes}) == 3
    assert (PARACETAMOL.code, *one) in codes
    # An edited part stays in its compound, as long as another part of it is there.
    await edit_line(clinic.desk, first[0].id, replace(PARACETAMOL, compound="1", amount=20))
    await clinic.settled()
    (row,) = [row for row in held(clinic, "medications") if row["jmlObat"] == 20]
    assert {row["kdRacikan"]} == one
    with pytest.raises(InvalidField):
        await edit_line(clinic.desk, first[0].id, PARACETAMOL)


async def test_a_refused_part_of_a_compound_joins_the_others_once_it_is_corrected(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    wrong = await add_line(clinic.desk, visit.id, replace(PARACETAMOL, code="999999999", compound="1"))
    for value in (PARACETAMOL, AMOXICILLIN):
        await add_line(clinic.desk, visit.id, replace(value, compound="1"))
    await clinic.settled(S.DONE, S.NEEDS_ACTION)
    assert len({row["kdRacikan"] for row in held(clinic, "medications")}) == 1
    await edit_line(clinic.desk, wrong.id, replace(PARACETAMOL, compound="1", amount=5))
    await clinic.settled()
    assert len({row["kdRacikan"] for row in held(clinic, "medications")}) == 1
    assert len(held(clinic, "medications")) == 3


async def test_a_refused_line_holds_up_nobody(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    await add_line(clinic.desk, visit.id, replace(PARACETAMOL, code="999999999"))
    for value in (PARACETAMOL, SUTURE, BLOOD):
        await add_line(clinic.desk, visit.id, value)
    await save_visit(clinic.desk, replace(visit.form, complaint="demam"))
    await open_visit_of_another(clinic)
    states = await clinic.settled(S.DONE, S.NEEDS_ACTION)
    assert states.count(S.NEEDS_ACTION) == 1
    assert [len(held(clinic, t)) for t in ("medications", "procedures", "labs", "visits")] == [1, 1, 1, 2]
    assert "demam" in [v["keluhan"] for v in held(clinic, "visits")]
    assert (await state_words(clinic, visit))[0] == "perlu tindakan"
    # The service can be taken back all the same: what was refused is not there.
    await delete_visit(clinic.desk, visit.id)
    await clinic.settled()
    assert [len(held(clinic, t)) for t in ("medications", "procedures", "labs", "visits")] == [0, 0, 0, 1]


async def open_visit_of_another(clinic: ClinicDay) -> Visit:
    return await clinic.serve(await clinic.register(await clinic.member(1)))


@both_engines
async def test_a_service_is_deleted_after_its_lines(clinic: ClinicDay) -> None:
    clinic.simulator.simulator.service.variants.set("visit_delete", "refuse")
    visit = await open_visit(clinic)
    for _, _, value in OF_EACH_KIND:
        await add_line(clinic.desk, visit.id, value)
    await clinic.settled()
    fault(clinic, "reset", "DELETE", "MCU")
    await add_line(clinic.desk, visit.id, AMOXICILLIN)
    await delete_visit(clinic.desk, visit.id)
    await clinic.settled()
    ledger = clinic.simulator.ledger()
    assert [ledger[t] for t in ("visits", "medications", "procedures", "labs")] == [[], [], [], []]
    deletions = [c["path"].split("/")[0] for c in clinic.simulator.calls() if c["method"] == "DELETE"]
    assert deletions[-1] == "kunjungan"
    assert deletions.count("kunjungan") == 1


@pytest.mark.parametrize("kind", ["lost_reply", "reset"])
async def test_a_service_deleted_while_its_line_is_in_doubt_waits_for_it(clinic: ClinicDay, kind: str) -> None:
    clinic.simulator.simulator.service.variants.set("visit_delete", "refuse")
    visit = await open_visit(clinic)
    fault(clinic, kind, "POST", "obat/kunjungan")
    await add_line(clinic.desk, visit.id, PARACETAMOL)
    await until(clinic, (OutboxKind.MEDICATION_ADD,), S.UNKNOWN)
    await delete_visit(clinic.desk, visit.id)
    await clinic.settled()
    assert (held(clinic, "visits"), held(clinic, "medications")) == ([], [])


async def test_a_service_never_sent_takes_its_lines_along(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    await clinic.settled()
    await clinic.stop_sync()
    visit = await clinic.serve(made)
    for _, _, value in OF_EACH_KIND:
        await add_line(clinic.desk, visit.id, value)
    await delete_visit(clinic.desk, visit.id)
    clinic.start_sync()
    await clinic.settled()
    assert [c for c in clinic.simulator.calls() if c["method"] == "POST"][1:] == []


async def test_a_service_given_up_takes_its_lines_along_and_brings_them_again(clinic: ClinicDay) -> None:
    made = await clinic.register(await clinic.member(0))
    visit = await clinic.serve(made, doctor_code="99999")
    for _, _, value in OF_EACH_KIND:
        await add_line(clinic.desk, visit.id, value)
    await clinic.settled(S.DONE, S.NEEDS_ACTION, S.PENDING)
    while S.NEEDS_ACTION not in await clinic.states():
        await clinic.settled(S.DONE, S.NEEDS_ACTION, S.PENDING)
    refused = next(row for row in await outbox(clinic.desk) if row.item.state == S.NEEDS_ACTION)
    await give_up(clinic.desk, refused.item.id, "salah dokter")
    assert {reason for _, _, reason in await kinds(clinic)} == {"visit_given_up"}
    await save_visit(clinic.desk, replace(visit.form, doctor_code=(await clinic.doctors())[0]))
    await clinic.settled()
    assert [len(held(clinic, t)) for t in ("visits", "medications", "procedures", "labs")] == [1, 1, 1, 1]


async def test_what_a_colleague_typed_before_is_not_taken_for_ours(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    theirs = [await colleague_types(clinic, value) for _, _, value in OF_EACH_KIND]
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
    theirs = await colleague_types(clinic, replace(PARACETAMOL, amount=12))
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
    await colleague_types(clinic, replace(SUTURE, cost=10_000))
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


async def test_a_list_that_is_shorter_than_its_count_decides_nothing(clinic: ClinicDay) -> None:
    visit = await open_visit(clinic)
    fault(clinic, "lost_reply", "POST", "obat/kunjungan")
    await add_line(clinic.desk, visit.id, PARACETAMOL)
    await until(clinic, (OutboxKind.MEDICATION_ADD,), S.UNKNOWN)
    clinic.simulator.set_faults(short_list=True)
    await asyncio.sleep(1.2)
    assert [state for _, state, _ in await kinds(clinic)] == [S.UNKNOWN]
    clinic.simulator.clear_faults()
    await clinic.settled()
    assert len(held(clinic, "medications")) == 1
