"""The clients of P-Care and of the queue service Antrean FKTP: one method a call, and all public names.

    async with PCareClient(settings) as pcare:
        member = await pcare.participant_by_card("0000000000000")
        with pcare.recording() as exchanges:
            queue_number = await pcare.add_registration(RegistrationRequest(...))

Every method returns what the service said or raises one of `kiosk.pcare.errors`.
"""

import time

import httpx

from kiosk.pcare.antrean import AntreanClient, QueueDoctorRow, QueuePoliRow, QueueRequest
from kiosk.pcare.calls import Page
from kiosk.pcare.clock import Clock
from kiosk.pcare.errors import OutcomeUnknown, Reason
from kiosk.pcare.groups import ActivityRequest, ActivityRow, AttendanceRow, ClubRow, GroupCalls
from kiosk.pcare.labs import LabRequest, LabRow
from kiosk.pcare.lines import AddedDrug, DrugLine, DrugLineRow, LineCalls, ProcedureLine, ProcedureLineRow
from kiosk.pcare.participants import ParticipantCalls, ParticipantRow
from kiosk.pcare.reference import (
    CodeRow,
    DiagnosisRow,
    DrugRow,
    HospitalRow,
    PoliRow,
    ProcedureRow,
    ReferenceCalls,
    SubspecialtyRow,
)
from kiosk.pcare.registrations import RegistrationCalls, RegistrationRequest, RegistrationRow
from kiosk.pcare.settings import PCareSettings
from kiosk.pcare.visit_requests import ReferralRequest, SpecialTarget, SubspecialtyTarget, VisitRequest
from kiosk.pcare.visit_rows import ReferralRow, VisitRow
from kiosk.pcare.visits import VisitCalls
from kiosk.pcare.wire import PCARE_YES, Service, Wire

__all__ = [
    "ActivityRequest",
    "ActivityRow",
    "AddedDrug",
    "AntreanClient",
    "AttendanceRow",
    "ClubRow",
    "CodeRow",
    "DiagnosisRow",
    "DrugLine",
    "DrugLineRow",
    "DrugRow",
    "HospitalRow",
    "LabRequest",
    "LabRow",
    "PCareClient",
    "PCareSettings",
    "Page",
    "ParticipantRow",
    "PoliRow",
    "ProcedureLine",
    "ProcedureLineRow",
    "ProcedureRow",
    "QueueDoctorRow",
    "QueuePoliRow",
    "QueueRequest",
    "ReferralRequest",
    "ReferralRow",
    "RegistrationRequest",
    "RegistrationRow",
    "SpecialTarget",
    "SubspecialtyRow",
    "SubspecialtyTarget",
    "VisitRequest",
    "VisitRow",
]


class PCareClient(ParticipantCalls, RegistrationCalls, VisitCalls, LineCalls, GroupCalls, ReferenceCalls):
    """P-Care for one facility; an async context manager.

    `transport` replaces the network (tests); `clock` gives this computer's Unix seconds.
    """

    def __init__(
        self,
        settings: PCareSettings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock = time.time,
    ) -> None:
        key = settings.user_key if settings.version == "v4" else None
        service = Service(settings.base_url, key.get_secret_value() if key else None, login=True, yes=PCARE_YES)
        self._wire = Wire(settings, service, transport=transport, clock=clock)

    async def get(self, path: str) -> object:
        """Return the decoded `response` of any question, such as "poli/fktp/0/10"; None where there is nothing.

        `path` is plain text below the base address; its parts are percent-encoded here.  Raises `ValueError` for
        an empty part, and `OutcomeUnknown` (unreadable) where the answer could not be decoded.
        """
        answer = await self._ask(*path.strip("/").split("/"))
        if answer.garbled:
            raise OutcomeUnknown(Reason.UNREADABLE, code=answer.code, exchange=answer.exchange)
        return answer.data
