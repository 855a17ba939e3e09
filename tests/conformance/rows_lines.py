"""What a clinic enters line by line: drugs, procedures, laboratory results."""

import pytest

from kiosk.pcare.client import LabRequest, ProcedureLine
from kiosk.pcare.errors import Reason, Refused
from kiosk.pcare.labs import NUMBERS, TEXTS
from tests.conformance.clinic import Clinic
from tests.conformance.table import row


@row
async def a_drug_is_added_read_back_and_deleted(clinic: Clinic) -> None:
    number = await clinic.served(clinic.member())
    (drug, *_) = (await clinic.pcare.drugs("parasetamol")).rows
    assert await clinic.pcare.drug_lines(number) == []
    added = await clinic.pcare.add_drug(clinic.drug(number, code=drug.code, amount=12))
    assert added.compound_code is None
    (line,) = await clinic.pcare.drug_lines(number)
    assert (line.line, line.code, line.name, line.compound_code) == (added.line, drug.code, drug.name, None)
    assert (line.signa1, line.signa2, line.amount, line.requested, line.days) == (3, 1, 12, 10, 4)
    assert await clinic.pcare.delete_drug(number, added.line) is True
    await clinic.deletes_nothing(lambda: clinic.pcare.delete_drug(number, added.line))
    assert clinic.ledger("medications") == []


@row
async def parts_of_a_compound_share_its_code(clinic: Clinic) -> None:
    number = await clinic.served(clinic.member())
    first, second = (await clinic.pcare.drugs("amoksisilin")).rows[:2]
    added = await clinic.pcare.add_drug(clinic.drug(number, code=first.code, compound=True))
    # A service that answers with one object names the line only: the code is read back.
    told = clinic.variant("drug_add") == "array"
    assert (added.compound_code is not None) is told
    (line,) = await clinic.pcare.drug_lines(number)
    assert line.compound_code is not None and added.compound_code in (line.compound_code, None)
    joined = clinic.drug(number, code=second.code, compound=True, compound_code=line.compound_code)
    await clinic.pcare.add_drug(joined)
    assert {each.compound_code for each in await clinic.pcare.drug_lines(number)} == {line.compound_code}


@row
async def a_drug_outside_the_national_list_is_named(clinic: Clinic) -> None:
    number = await clinic.served(clinic.member())
    await clinic.pcare.add_drug(clinic.drug(number, in_dpho=False, other_name="Obat racikan sendiri"))
    (line,) = await clinic.pcare.drug_lines(number)
    assert (line.code, line.name) == (None, "Obat racikan sendiri")
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.add_drug(clinic.drug(number, code="000000000"))
    assert clinic.named(refusal.value) == ["kdObat"]


@row
async def a_line_sent_twice_is_there_twice(clinic: Clinic) -> None:
    number = await clinic.served(clinic.member())
    (drug, *_) = (await clinic.pcare.drugs("parasetamol")).rows
    procedure = ProcedureLine(visit_number=number, code="01013", cost=50_000)
    lab = LabRequest(visit_number=number, facility=clinic.facility.code, day=clinic.today, hdl=45)
    drugs = {(await clinic.pcare.add_drug(clinic.drug(number, code=drug.code))).line for _ in range(2)}
    procedures = {await clinic.pcare.add_procedure(procedure) for _ in range(2)}
    labs = {await clinic.pcare.add_lab(lab) for _ in range(2)}
    assert drugs == {each.line for each in await clinic.pcare.drug_lines(number)}
    assert procedures == {each.line for each in await clinic.pcare.procedure_lines(number)}
    assert labs == {each.line for each in await clinic.pcare.lab_results(number)}
    assert [len(each) for each in (drugs, procedures, labs)] == [2, 2, 2]


@row
async def a_procedure_is_added_edited_and_deleted(clinic: Clinic) -> None:
    number = await clinic.served(clinic.member())
    known = {each.code: each for each in (await clinic.pcare.procedures("10")).rows}["01001"]
    procedure = ProcedureLine(visit_number=number, code="01001", cost=15_000, note="sebelum makan", result=126.5)
    line = await clinic.pcare.add_procedure(procedure)
    (kept,) = await clinic.pcare.procedure_lines(number)
    assert (kept.line, kept.visit_number, kept.code, kept.name) == (line, number, "01001", known.name)
    assert (kept.cost, kept.note, kept.result) == (15_000, "sebelum makan", 126.5)
    edited = await clinic.pcare.update_procedure(procedure.model_copy(update={"cost": 20_000, "result": 110}), line)
    assert (edited == line) is (clinic.variant("procedure_edit") == "same")
    (kept,) = await clinic.pcare.procedure_lines(number)
    assert (kept.line, kept.cost, kept.result) == (edited, 20_000, 110)
    assert await clinic.pcare.delete_procedure(number, edited) is True
    await clinic.deletes_nothing(lambda: clinic.pcare.delete_procedure(number, edited))
    assert await clinic.pcare.procedure_lines(number) == []


@row
async def a_procedure_above_its_tariff_is_refused(clinic: Clinic) -> None:
    number = await clinic.served(clinic.member())
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.add_procedure(ProcedureLine(visit_number=number, code="01001", cost=20_001))
    assert refusal.value.reason is Reason.VALIDATION
    assert clinic.named(refusal.value) == ["biaya"]


@row
async def every_laboratory_field_comes_back_as_it_went(clinic: Clinic) -> None:
    number = await clinic.served(clinic.member())
    values = {name: at + 0.5 for at, name in enumerate(NUMBERS, start=1)}
    texts = {name: f"temuan {name}" for name in TEXTS}
    own = {"visit_number": number, "facility": clinic.facility.code, "day": clinic.today}
    line = await clinic.pcare.add_lab(LabRequest.model_validate({**own, **values, **texts}))
    (kept,) = await clinic.pcare.lab_results(number)
    assert kept.model_dump() == {"line": line, **own, **values, **texts}
    await clinic.pcare.update_lab(LabRequest.model_validate({**own, "hba1c": 6.9}), line)
    (kept,) = await clinic.pcare.lab_results(number)
    assert (kept.line, kept.hba1c) == (line, 6.9)
    done = kept.model_dump(exclude={"line", "hba1c", *own})
    assert set(done) == {*NUMBERS, *TEXTS} - {"hba1c"} and set(done.values()) == {None}
    assert await clinic.pcare.delete_lab(number, line) is True
    await clinic.deletes_nothing(lambda: clinic.pcare.delete_lab(number, line))
    assert clinic.ledger("labs") == []


@row
async def lines_of_an_unknown_visit_are_refused(clinic: Clinic) -> None:
    assert await clinic.pcare.drug_lines("tidak-ada") == []
    assert await clinic.pcare.procedure_lines("tidak-ada") == []
    assert await clinic.pcare.lab_results("tidak-ada") == []
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.add_procedure(ProcedureLine(visit_number="tidak-ada", code="01013", cost=0))
    assert refusal.value.reason is Reason.NOT_FOUND
