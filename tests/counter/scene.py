"""A counter with something of everything on it, for the tests of roles and of the audit log."""

from dataclasses import dataclass

from kiosk.counter.ask import ask_participant
from kiosk.counter.call import call
from kiosk.counter.desk import Desk
from kiosk.counter.find import search
from kiosk.counter.lines import add_line
from kiosk.counter.merge import merge, merged_into
from kiosk.counter.outbox import give_up, outbox
from kiosk.counter.patients import PatientForm, save_patient
from kiosk.counter.register import register
from kiosk.counter.serve import save_visit
from kiosk.counter.transfer import send_on
from kiosk.counter.views import Answer, Registered
from kiosk.domain.codes import Care, LineKind, OutboxKind, Payer, VisitKind
from kiosk.domain.lines import ForeignLine, Medication
from kiosk.domain.people import Operator, Role
from kiosk.domain.registration import RegistrationForm
from kiosk.domain.visit import Diagnosis, Visit, VisitForm
from kiosk.domain.vitals import Vitals
from kiosk.store import lines

ADMIN = Operator("op-admin", "admin", "Admin Uji", Role.ADMIN)
DRUG = Medication("Puyer batuk", 3, 1, 9, requested=9)
FOREIGN = "4711"


@dataclass(frozen=True)
class Scene:
    """The ids of what is there."""

    people: dict[str, str]
    """Participants by the first word of their name."""
    waiting: Registered
    called: Registered
    stopped: str
    """A number on its way to another poli: the id of that stop."""
    served: Registered
    visit: Visit
    line: str
    unsent: str
    """An item of the outbox that waits."""
    given_up: str
    kept: str
    merge: str
    asked: Answer


def registration(desk: Desk, person: str, poli: str = "001") -> RegistrationForm:
    """An ordinary one of today."""
    return RegistrationForm(person, desk.today(), poli, Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT, "batuk")


def service(desk: Desk, registration_id: str, complaint: str = "batuk 3 hari") -> VisitForm:
    """A service that may be saved."""
    return VisitForm(
        registration_id=registration_id,
        complaint=complaint,
        vitals=Vitals(systolic=120, diastolic=80),
        consciousness_code="01",
        diagnoses=(Diagnosis("J06.9", "ISPA akut", True),),
        doctor_code="101",
        discharge_code="3",
        discharge_day=desk.today(),
    )


async def set_the_scene(desk: Desk) -> Scene:
    """Make it all, as the admin."""
    desk.operator = ADMIN
    rows = [row for word in ("sutrisno", "siti", "muhammad", "sukarno") for row in (await search(desk, word)).rows[:1]]
    people = {row.participant.name.split()[0]: row.participant.id for row in rows}
    waiting = await register(desk, registration(desk, people["Sutrisno"]))
    called = await register(desk, registration(desk, people["Siti"]))
    await call(desk, called.ticket.id)
    stop = await send_on(desk, called.ticket.id, "002", returns=True)
    await call(desk, called.ticket.id)
    served = await register(desk, registration(desk, people["Muhammad"]))
    visit = await save_visit(desk, service(desk, served.registration.id))
    line = await add_line(desk, visit.id, DRUG)
    foreign = ForeignLine(LineKind.MEDICATION, FOREIGN, "Puyer batuk", 9, desk.now())
    await desk.write(lambda tx: lines.note_read(tx, visit.id, LineKind.MEDICATION, [foreign]))
    given = await register(desk, registration(desk, people["Sukarno"], "002"))
    items = [row.item for row in await outbox(desk) if row.item.kind == OutboxKind.REGISTRATION_ADD]
    lost = next(item.id for item in items if item.registration_id == given.registration.id)
    await give_up(desk, lost, "salah ketik")
    one, other = [
        await save_patient(desk, PatientForm(name="Bayi Kembar Uji", phone=f"08130000000{n}")) for n in (1, 2)
    ]
    await merge(desk, one.id, other.id)
    merges = await merged_into(desk, one.id)
    asked = await ask_participant(desk, "0000000000099")
    unsent = next(item.id for item in items if item.registration_id == waiting.registration.id)
    return Scene(
        people, waiting, called, stop.id, served, visit, line.id, unsent, lost, one.id, merges[0].merge_id, asked
    )
