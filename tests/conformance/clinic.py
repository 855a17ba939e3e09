"""One invented clinic of a running simulator, with the two clients that speak for it."""

import datetime as dt
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

import pytest

from kiosk.pcare.client import (
    AntreanClient,
    DrugLine,
    PCareClient,
    PCareSettings,
    QueueRequest,
    RegistrationRequest,
    VisitRequest,
)
from kiosk.pcare.errors import Reason, Refused
from kiosk.simulator.calls.fields import wire_day
from kiosk.simulator.people import Member
from kiosk.simulator.running import Running
from kiosk.simulator.variants import VARIANTS as ALL_VARIANTS
from kiosk.simulator.world import APP_CODE, Doctor, Facility

# The demo's way out of the doctors' hours is no way in which services differ.
VARIANTS = tuple(each for each in ALL_VARIANTS if each.name != "antrean_schedule")


class Party(NamedTuple):
    """One variant of the other side: the simulator's switches, and the client's settings where they must follow."""

    name: str
    variants: dict[str, str]
    client: dict[str, Any]


def parties() -> list[Party]:
    """Return the default, every other value of every switch alone, and two mixtures of them all."""
    found = [Party("default", {}, {}), Party("client visit_path=plain", {}, {"visit_path": "plain"})]
    for each in VARIANTS:
        for value in each.values[1:]:
            chosen = "5" if value == "int" else value
            found.append(_party(f"{each.name}={chosen}", {each.name: chosen}))
    second = {each.name: each.values[1] for each in VARIANTS if each.values[1] != "int"}
    last = {each.name: each.values[-1] for each in VARIANTS if each.values[-1] != "int"}
    # v3 clients know the plain path only
    found.append(_party("every second value", second | {"visit_path": "plain"}))
    found.append(_party("every last value, encrypted", last | {"version": "v4"}))
    return found


def _party(name: str, variants: dict[str, str]) -> Party:
    return Party(name, variants, {"visit_path": "plain"} if variants.get("visit_path") == "plain" else {})


class _Noting:
    """Passes everything on to a client and notes the names of its calls."""

    def __init__(self, client: object, calls: set[str]) -> None:
        self._client, self._calls = client, calls

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._client, name)
        if inspect.iscoroutinefunction(value):
            self._calls.add(name)
        return value


@dataclass
class Clinic:
    """A facility of its own for every row of the table, so that rows cannot meet.

    `calls` are the names of the clients' methods that were used; `today` is the facility's day.
    """

    running: Running
    party: Party
    facility: Facility
    pcare: PCareClient
    antrean: AntreanClient
    calls: set[str] = field(default_factory=set)

    @property
    def today(self) -> dt.date:
        return self.running.simulator.service.today(self.facility)

    @property
    def v3(self) -> bool:
        return self.variant("version") == "v3"

    @property
    def doctor(self) -> Doctor:
        """The doctor of the general poli who is there on every day."""
        return self.facility.doctors[0]

    def variant(self, name: str) -> str:
        return self.running.simulator.service.variants[name]

    def members(self, count: int, kind: str = "ordinary") -> list[Member]:
        found = self.running.world.members(count, kind, self.facility.number)
        assert len(found) == count
        return found

    def member(self, kind: str = "ordinary") -> Member:
        return self.members(1, kind)[0]

    def home(self, member: Member) -> Facility:
        return self.running.world.home(member)

    def ledger(self, table: str) -> list[dict[str, Any]]:
        """What took effect at this facility."""
        rows = self.running.ledger()[table]
        code = self.facility.code
        return [
            row
            for row in rows
            if row.get("kdProviderPelayanan", row.get("facility")) == code
            or str(row.get("noKunjungan")).startswith(code)
        ]

    def settings(self, **changed: Any) -> PCareSettings:
        return settings_of(self.running, self.facility, self.party, **changed)

    async def also(self, **changed: Any) -> PCareClient:
        """A further client with other settings, not closed: it holds no connection between calls."""
        return PCareClient(self.settings(**changed))

    def registration(self, member: Member, poli: str = "001", **changed: Any) -> RegistrationRequest:
        own = self.variant("provider") == "clinic"
        values = {
            "participant_facility": self.facility.code if own else self.home(member).code,
            "day": self.today,
            "card_number": member.card,
            "poli": poli,
            "complaint": "batuk pilek",
            "systolic": 120,
            "weight_kg": 62.5,
            "height_cm": 160,
        }
        return RegistrationRequest(**(values | changed))

    def visit(self, member: Member, **changed: Any) -> VisitRequest:
        values = {
            "card_number": member.card,
            "day": self.today,
            "poli": "001",
            "complaint": "batuk pilek tiga hari",
            "consciousness": "01",
            "systolic": 118,
            "diastolic": 76,
            "weight_kg": 62.5,
            "respiratory_rate": 18,
            "temperature_c": 36.4,
            "discharge_status": "3",
            "discharge_day": self.today,
            "doctor": self.doctor.code,
            "diagnosis1": "J06.9",
            "anamnesis": "batuk, tidak sesak",
            "drug_therapy": "parasetamol",
            "other_therapy": "istirahat",
            "therapy": "parasetamol, istirahat",
            "allergy_food": "00",
            "prognosis": "01",
        }
        return VisitRequest(**(values | changed))

    async def served(self, member: Member, **changed: Any) -> str:
        """Register and serve a member; return the visit's number."""
        await self.pcare.add_registration(self.registration(member))
        return await self.pcare.add_visit(self.visit(member, **changed))

    def drug(self, visit_number: str, **changed: Any) -> DrugLine:
        values = {"visit_number": visit_number, "code": None, "signa1": 3, "signa2": 1, "amount": 10, "requested": 10}
        return DrugLine(**(values | changed))

    def ticket(self, member: Member | None, **changed: Any) -> QueueRequest:
        values = {
            "card_number": member.card if member else "",
            "nik": member.nik if member else "3201010101900001",
            "phone": "081200000001",
            "poli": "001",
            "poli_name": "POLI UMUM",
            "record_number": "000123",
            "day": self.today,
            "doctor": self.doctor.hfis_code,
            "doctor_name": self.doctor.name,
            "hours": self.doctor.hours,
            "label": "A-12",
            "number": 12,
            "note": "datang 30 menit sebelumnya",
        }
        return QueueRequest(**(values | changed))

    def number(self, poli_letter: str, running: int) -> str:
        """The noUrut that the service gives."""
        return f"{poli_letter}{running}" if self.variant("queue_number") == "letter" else str(running)

    async def deletes_nothing(self, deletion: Callable[[], Awaitable[bool]]) -> None:
        """Ask for a deletion of what is not there; every form of the answer must be understood."""
        form = self.variant("delete_missing")
        if form == "412":
            with pytest.raises(Refused) as refusal:
                await deletion()
            assert refusal.value.reason is Reason.NOT_FOUND
        else:
            assert await deletion() is (form == "200")

    def named(self, refusal: Refused) -> list[str]:
        """The fields that a refusal names: in its list, or in the one sentence that may stand in its place."""
        if self.variant("errors") != "text":
            return [problem.field for problem in refusal.fields]
        assert refusal.fields == ()
        sentence = refusal.server_text.partition(" | ")[2]
        return [part.split()[0].rstrip(",") for part in sentence.split("; ")]

    def wire(self, day: dt.date) -> str:
        return wire_day(day)


def settings_of(running: Running, facility: Facility, party: Party, **changed: Any) -> PCareSettings:
    """The settings that fit a facility of the simulator."""
    seal = facility.seal
    v3 = party.variants.get("version") == "v3"
    values: dict[str, Any] = {
        "base_url": running.credentials.base_url,
        "antrean_url": running.credentials.antrean_url,
        "ca_file": running.credentials.ca_file,
        "cons_id": facility.cons_id,
        "secret_key": seal.secret_key,
        "user_key": None if v3 else seal.user_key,
        "antrean_user_key": seal.antrean_user_key,
        "username": facility.username,
        "password": seal.password,
        "app_code": APP_CODE,
        "facility": facility.code,
        "version": "v3" if v3 else "v4",
        **party.client,
    }
    return PCareSettings(**(values | changed))


@asynccontextmanager
async def clinic_of(running: Running, party: Party, number: int) -> AsyncIterator[Clinic]:
    """Open the clients of facility `number`."""
    facility = running.world.facility(number)
    settings = settings_of(running, facility, party)
    calls: set[str] = set()
    async with PCareClient(settings, clock=time.time) as pcare, AntreanClient(settings) as antrean:
        yield Clinic(
            running,
            party,
            facility,
            cast(PCareClient, _Noting(pcare, calls)),
            cast(AntreanClient, _Noting(antrean, calls)),
            calls,
        )
