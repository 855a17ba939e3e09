"""What people do in a simulated clinic and in P-Care's own page, and what befalls it."""

import asyncio
import random
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.counter.call import call_next, queue
from kiosk.counter.correct import correct_registration, open_correction
from kiosk.counter.desk import Desk
from kiosk.counter.errors import CounterError
from kiosk.counter.lines import add_line, delete_line, edit_line
from kiosk.counter.outbox import give_up, outbox, retry_now, take_back
from kiosk.counter.register import cancel_registration, register
from kiosk.counter.serve import delete_visit, save_visit
from kiosk.domain.codes import Care, OutboxState, Payer, VisitKind
from kiosk.domain.lines import LineValue, Medication, VisitLine
from kiosk.domain.participant import Participant
from kiosk.domain.registration import Registration, RegistrationForm
from kiosk.domain.visit import Diagnosis, Visit, VisitForm
from kiosk.pcare.client import PCareClient, RegistrationRequest
from kiosk.simulator.service import Service
from kiosk.simulator.world import World
from kiosk.store import lines, participants, registrations, visits
from kiosk.store.transaction import Transaction
from tests.sync.visit_lines import AMOXICILLIN, BLOOD, PARACETAMOL, SUTURE
from tests.system.simulated.loop import VirtualLoop
from tests.system.simulated.remote import Trouble

MEMBERS = 40
POLIS = ("001", "002", "003")
WORLD = World(7, 3, 200)
"""Made once: its people are drawn from a seed when they are asked for."""
PEOPLE = WORLD.members(MEMBERS)
JAKARTA = ZoneInfo("Asia/Jakarta")


@dataclass(slots=True)
class Known:
    """What the people of the clinic were told: nothing of it may get lost."""

    registered: list[str] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)
    deleted_elsewhere: set[tuple[str, str, str]] = field(default_factory=set)
    visits_deleted_elsewhere: set[str] = field(default_factory=set)
    typed_elsewhere: set[tuple[str, str, str]] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    operations: int = 0
    crashes: int = 0


class Doings(ABC):
    """Each `do_…` is one thing, by chance with whom; `Episode` says in which world."""

    chance: random.Random
    known: Known
    trouble: Trouble
    service: Service
    page: PCareClient
    loop: VirtualLoop
    set_by: timedelta

    @abstractmethod
    def true_seconds(self) -> float:
        """What time it really is, in epoch seconds."""

    @abstractmethod
    def plan_crash(self) -> None:
        """The sync process is to die soon."""

    # What people do

    async def do_register(self, desk: Desk) -> None:
        person = await self._somebody(desk)
        today = desk.today()
        made = await register(
            desk,
            RegistrationForm(
                participant_id=person.id,
                day=today - timedelta(days=self.chance.choice((0, 0, 0, 0, 0, 0, 1))),
                poli_code=self.chance.choice(POLIS),
                payer=Payer.GENERAL if self.chance.random() < 0.07 else Payer.BPJS,
                visit_kind=VisitKind.SICK,
                care=Care.OUTPATIENT,
                complaint=f"keluhan {self.known.operations}",
            ),
        )
        self.known.registered.append(made.registration.id)

    async def do_cancel(self, desk: Desk) -> None:
        registration = await self._registration(desk)
        await cancel_registration(desk, registration.id)
        self.known.cancelled.add(registration.id)

    async def do_correct_registration(self, desk: Desk) -> None:
        """One that P-Care does not have: another complaint, poli or payer."""
        known = (await open_correction(desk, (await self._registration(desk)).id)).registration
        form = RegistrationForm(
            participant_id=known.participant_id,
            day=known.day,
            poli_code=self.chance.choice(POLIS) if self.chance.random() < 0.3 else known.poli_code,
            payer=self.chance.choice((Payer.BPJS, Payer.BPJS, Payer.GENERAL)),
            visit_kind=known.visit_kind,
            care=known.care,
            complaint=f"perbaikan {self.known.operations}",
        )
        made = await correct_registration(desk, known.id, form, based_on=known.version)
        if made.registration.id != known.id:
            self.known.cancelled.add(known.id)
            self.known.registered.append(made.registration.id)

    async def do_serve(self, desk: Desk) -> None:
        await save_visit(desk, self._visit_form(desk, await self._registration(desk)))

    async def do_correct(self, desk: Desk) -> None:
        visit = await self._visit(desk)
        await save_visit(desk, replace(visit.form, complaint=f"koreksi {self.known.operations}"))

    async def do_serve_wrongly(self, desk: Desk) -> None:
        """With a doctor whom P-Care does not know: it refuses."""
        form = self._visit_form(desk, await self._registration(desk))
        await save_visit(desk, replace(form, doctor_code="99999"))

    async def do_put_right(self, desk: Desk) -> None:
        visit = await self._visit(desk)
        await save_visit(desk, replace(visit.form, doctor_code=WORLD.clinic.doctors[0].code))

    async def do_add_line(self, desk: Desk) -> None:
        await add_line(desk, (await self._visit(desk)).id, self._line_value())

    async def do_edit_line(self, desk: Desk) -> None:
        line = await self._line(desk)
        value = self._line_value()
        if type(value) is not type(line.value):
            value = replace(line.value)
        if isinstance(value, Medication) and isinstance(line.value, Medication):
            value = replace(value, compound=line.value.compound, amount=float(self.chance.randint(1, 30)))
        await edit_line(desk, line.id, value)

    async def do_delete_line(self, desk: Desk) -> None:
        await delete_line(desk, (await self._line(desk)).id)

    async def do_delete_visit(self, desk: Desk) -> None:
        await delete_visit(desk, (await self._visit(desk)).id)

    async def do_call(self, desk: Desk) -> None:
        tickets = await queue(desk)
        if tickets:
            await call_next(desk, self.chance.choice(tickets).poli_code)

    async def do_act(self, desk: Desk) -> None:
        """A person looks at what needs action."""
        rows = [row for row in await outbox(desk) if row.can_retry and row.item.state == OutboxState.NEEDS_ACTION]
        if rows:
            row = self.chance.choice(rows)
            if self.chance.random() < 0.8:
                await retry_now(desk, row.item.id)
            else:
                await give_up(desk, row.item.id, "sudah diurus")

    async def do_take_back(self, desk: Desk) -> None:
        """What was given up is wanted after all."""
        rows = [row for row in await outbox(desk) if row.can_take_back]
        if rows:
            await take_back(desk, self.chance.choice(rows).item.id)

    # What a colleague does in P-Care's own page

    async def do_colleague_registers(self, desk: Desk) -> None:
        person, poli = await self._somebody(desk), self.chance.choice(POLIS)
        day = datetime.fromtimestamp(self.true_seconds(), UTC).astimezone(JAKARTA).date()
        request = RegistrationRequest(
            participant_facility=WORLD.clinic.code,
            day=day,
            card_number=person.card_number or "",
            poli=poli,
            complaint="diketik di P-Care",
            sick=True,
            care="10",
            refer_back=False,
        )
        await self.page.add_registration(request)
        self.known.typed_elsewhere.add((person.card_number or "", day.isoformat(), poli))

    async def do_colleague_deletes(self, desk: Desk) -> None:
        """One that was not served yet."""
        rows = [row for row in self.service.ledger.snapshot()["registrations"] if row["status"] == "Baru"]
        if rows:
            row = self.chance.choice(rows)
            day = date.fromisoformat("-".join(reversed(row["tglDaftar"].split("-"))))
            await self.page.delete_registration(row["noKartu"], day, row["noUrut"], row["kdPoli"])
            self.known.deleted_elsewhere.add((row["noKartu"], day.isoformat(), row["kdPoli"]))

    async def do_colleague_deletes_visit(self, desk: Desk) -> None:
        visits_there = self.service.ledger.snapshot()["visits"]
        if visits_there:
            number = self.chance.choice(visits_there)["noKunjungan"]
            await self.page.delete_visit(number)
            self.known.visits_deleted_elsewhere.add(number)

    # What happens

    async def do_outage(self, desk: Desk) -> None:
        self.trouble.outage = not self.trouble.outage
        if self.trouble.outage:
            self.loop.call_later(self.chance.uniform(5, 120), self._line_back)

    def _line_back(self) -> None:
        self.trouble.outage = False

    async def do_crash(self, desk: Desk) -> None:
        self.plan_crash()

    async def do_set_clock(self, desk: Desk) -> None:
        seconds = self.chance.choice((-90, 45, 200, -3_600, 3_600))
        self.set_by = timedelta() if self.set_by else timedelta(seconds=seconds)

    async def do_wait(self, desk: Desk) -> None:
        await asyncio.sleep(self.chance.uniform(10, 120))

    # Choosing

    async def _somebody(self, desk: Desk) -> Participant:
        card = self.chance.choice(PEOPLE).card
        person = await desk.read(lambda tx: participants.by_card(tx, card))
        assert person is not None
        return person

    async def _registration(self, desk: Desk) -> Registration:
        back = self.chance.randrange(25)
        found = await desk.read(lambda tx: registrations.get(tx, _nth(tx, "registration", "cancelled", back)))
        if found is None:
            raise CounterError("nobody there")
        return found

    async def _visit(self, desk: Desk) -> Visit:
        back = self.chance.randrange(15)
        found = await desk.read(lambda tx: visits.get(tx, _nth(tx, "visit", "deleted", back)))
        if found is None:
            raise CounterError("nobody there")
        return found

    async def _line(self, desk: Desk) -> VisitLine:
        back = self.chance.randrange(10)
        found = await desk.read(lambda tx: lines.get(tx, _nth(tx, "visit_line", "deleted", back)))
        if found is None:
            raise CounterError("nobody there")
        return found

    def _line_value(self) -> LineValue:
        """Often the same as another one: only counting tells them apart."""
        number = self.chance.randint(1, 2)
        return self.chance.choice(
            (
                replace(PARACETAMOL, amount=float(number)),
                replace(AMOXICILLIN, amount=float(number), compound=self.chance.choice((None, None, "1"))),
                replace(SUTURE, cost=number * 10_000),
                replace(BLOOD, haemoglobin=float(10 + number)),
            )
        )

    def _visit_form(self, desk: Desk, registration: Registration) -> VisitForm:
        return VisitForm(
            registration_id=registration.id,
            complaint=f"pelayanan {self.known.operations}",
            consciousness_code="01",
            diagnoses=(Diagnosis("J06.9", "ISPA akut", True),),
            doctor_code=WORLD.clinic.doctors[0].code,
            discharge_code="3",
            discharge_day=max(registration.day, desk.today()),
        )


def _nth(tx: Transaction, table: str, gone: str, back: int) -> str:
    """The id of one of the last that are still there; "" when there are not so many."""
    sql = f"SELECT id FROM {table} WHERE clinic = ? AND {gone} = 0 ORDER BY created_at DESC, id LIMIT 1 OFFSET ?"
    return str(tx.value(sql, tx.clinic, back) or "")


WEIGHTS = {
    "register": 34,
    "serve": 22,
    "correct": 11,
    "correct_registration": 5,
    "cancel": 8,
    "delete_visit": 4,
    "serve_wrongly": 3,
    "put_right": 2,
    "add_line": 12,
    "edit_line": 6,
    "delete_line": 4,
    "colleague_deletes": 1.5,
    "colleague_deletes_visit": 1,
    "call": 3,
    "act": 5,
    "take_back": 2,
    "colleague_registers": 4,
    "outage": 1.5,
    "crash": 2.5,
    "set_clock": 1,
    "wait": 2,
}
