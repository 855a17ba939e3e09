"""Two processes that both believe they are the one ask P-Care no question twice."""

import asyncio

from kiosk.counter.ask import ask_participant, wait_for
from kiosk.domain.codes import InquiryState
from kiosk.pcare.client import PCareClient
from kiosk.store.database import Store
from kiosk.sync.process import SyncProcess
from kiosk.sync.secrets import read_secrets
from tests.engines import both_engines
from tests.sync.conftest import ClinicDay


@both_engines
async def test_two_processes_share_the_questions(clinic: ClinicDay) -> None:
    second = Store.open(clinic.store.url)
    process = SyncProcess(second, clinic.secrets, clinic.policy)
    clinic.simulator.set_faults({"kind": "latency", "path": "peserta", "seconds": 0.1})
    cards = [member["noKartu"] for member in clinic.simulator.credentials.members]
    async with PCareClient(read_secrets(clinic.secrets)) as client:
        courier = process._courier(client)
        asking = asyncio.create_task(process._answer_questions(courier))
        asked = [await ask_participant(clinic.desk, card) for card in cards]
        answers = [await wait_for(clinic.desk, each) for each in asked]
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    second.close()
    assert {answer.state for answer in answers} == {InquiryState.ANSWERED}
    paths = [call["path"] for call in clinic.simulator.calls() if call["path"].startswith("peserta/")]
    assert sorted(paths) == sorted(f"peserta/{card}" for card in cards)
