"""What hangs together: the parts of a compound, and a service with its lines."""

from dataclasses import replace

import pytest

from kiosk.counter.errors import InvalidField
from kiosk.counter.lines import add_line, edit_line
from kiosk.counter.outbox import give_up, outbox
from kiosk.counter.serve import delete_visit, save_visit
from kiosk.domain.codes import OutboxKind, OutboxState
from kiosk.domain.visit import Visit
from tests.engines import both_engines
from tests.sync.conftest import ClinicDay
from tests.sync.visit_lines import (
    AMOXICILLIN,
    BLOOD,
    OF_EACH_KIND,
    PARACETAMOL,
    SUTURE,
    fault,
    held,
    kinds,
    open_visit,
    state_words,
    until,
)

S = OutboxState


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
