"""Drugs, procedures and results reach P-Care once each, though it would take every one of them twice."""

import asyncio

import pytest

from kiosk.counter.errors import NotFound
from kiosk.counter.lines import add_line, delete_line, edit_line, lines_of
from kiosk.domain.codes import OutboxKind, OutboxState
from kiosk.domain.lines import Medication
from tests.engines import both_engines
from tests.sync.conftest import ClinicDay
from tests.sync.visit_lines import (
    BLOOD,
    EDITED,
    OF_EACH_KIND,
    PARACETAMOL,
    SUGAR,
    SUTURE,
    calls,
    edited,
    fault,
    figures,
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
KEY = {"medications": "kdObatSK", "procedures": "kdTindakanSK", "labs": "kdMCU"}


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


@pytest.mark.parametrize("variant", ["412", "204", "200"])
async def test_a_corrected_drug_whose_older_form_is_gone_already_is_there_once(clinic: ClinicDay, variant: str) -> None:
    clinic.simulator.simulator.service.variants.set("delete_missing", variant)
    visit = await open_visit(clinic)
    line = await add_line(clinic.desk, visit.id, PARACETAMOL)
    await clinic.settled()
    clinic.simulator.simulator.service.ledger.visits[_number(clinic)].lines["medications"].clear()
    await edit_line(clinic.desk, line.id, edited(PARACETAMOL))
    await clinic.settled()
    assert figures(clinic, "medications") == [20]


def _number(clinic: ClinicDay) -> str:
    return str(clinic.simulator.ledger()["visits"][0]["noKunjungan"])


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
