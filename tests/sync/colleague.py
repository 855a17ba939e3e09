"""What a colleague types in P-Care's own page: registrations, services and lines, entered and deleted there."""

from datetime import date

import httpx

from kiosk.domain.labs import LabResult
from kiosk.domain.lines import LineValue, Medication, Procedure
from kiosk.domain.visit import Visit
from kiosk.pcare.client import DrugLine, LabRequest, PCareClient, ProcedureLine
from kiosk.store import registrations
from kiosk.sync.payload import visit_request
from kiosk.sync.secrets import read_secrets
from tests.sync.conftest import ClinicDay


def page(clinic: ClinicDay) -> PCareClient:
    """P-Care as the colleague has it before him."""
    return PCareClient(read_secrets(clinic.secrets))


async def registers(clinic: ClinicDay, card: str, poli: str = "001", **more: str) -> None:
    """A member is registered there."""
    async with httpx.AsyncClient() as client:
        url = f"{clinic.simulator.credentials.control_url}/registrations"
        answer = await client.post(url, json={"noKartu": card, "kdPoli": poli, **more})
        assert answer.status_code == 201, answer.text


async def deletes_registration(clinic: ClinicDay, day: date) -> None:
    """The only registration that P-Care holds is deleted there."""
    (row,) = clinic.simulator.ledger()["registrations"]
    async with page(clinic) as open_page:
        assert await open_page.delete_registration(row["noKartu"], day, row["noUrut"], row["kdPoli"])


async def serves(clinic: ClinicDay, visit: Visit) -> None:
    """The service is entered there, by the registration that is there."""
    known = await clinic.desk.read(lambda tx: registrations.get(tx, visit.form.registration_id))
    assert known is not None
    async with page(clinic) as open_page:
        await open_page.add_visit(visit_request(visit, known, None))


async def deletes_visit(clinic: ClinicDay) -> None:
    """The first service that P-Care holds is deleted there."""
    async with page(clinic) as open_page:
        await open_page.delete_visit(clinic.simulator.ledger()["visits"][0]["noKunjungan"])


async def types(clinic: ClinicDay, value: LineValue) -> str:
    """A line of the first service is entered there; its key there."""
    number, day = clinic.simulator.ledger()["visits"][0]["noKunjungan"], clinic.desk.today()
    async with page(clinic) as open_page:
        if isinstance(value, Medication):
            return (await open_page.add_drug(_drug(number, value))).line
        if isinstance(value, Procedure):
            done = ProcedureLine(visit_number=number, code=value.code, cost=value.cost, note=value.note)
            return await open_page.add_procedure(done)
        return await open_page.add_lab(_lab(number, clinic.simulator.credentials.facility, day, value))


def _drug(number: str, value: Medication) -> DrugLine:
    return DrugLine(
        visit_number=number,
        code=value.code,
        signa1=value.signa1,
        signa2=value.signa2,
        amount=value.amount,
        in_dpho=value.code is not None,
        other_name=None if value.code else value.name,
    )


def _lab(number: str, facility: str, day: date, value: LabResult) -> LabRequest:
    return LabRequest(
        visit_number=number,
        facility=facility,
        day=day,
        haemoglobin=value.haemoglobin,
        glucose_random=value.glucose_random,
        note=value.note,
    )
