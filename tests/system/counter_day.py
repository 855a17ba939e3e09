"""A short piece of counter work to which faults are done, and what must be true of a store whatever was done to it."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.counter.call import call_next
from kiosk.counter.desk import Desk
from kiosk.counter.drafts import load_draft, save_draft
from kiosk.counter.errors import CounterError, StoreTrouble
from kiosk.counter.register import cancel_registration, register
from kiosk.counter.serve import save_visit
from kiosk.domain.codes import Care, Payer, VisitKind
from kiosk.domain.ids import new_id
from kiosk.domain.registration import RegistrationForm
from kiosk.domain.visit import Diagnosis, VisitForm
from kiosk.store import operators, participants
from kiosk.store.database import Store
from kiosk.store.engine import sqlite_url
from kiosk.store.transaction import Transaction
from tests.people import invented, make_store

PEOPLE = 40


def prepared_store(path: Path) -> list[str]:
    """A store with operators, lists and people, closed; the people's ids."""
    store = make_store(sqlite_url(path))
    try:
        return store.write_now(
            lambda tx: [participants.save(tx, invented(1000 + n, f"Peserta Uji {n}")).id for n in range(PEOPLE)]
        )
    finally:
        store.close()


async def desk_at(url: str) -> Desk:
    """A desk with the admin at it; the password costs a third of a second and is not what is tested here."""
    desk = await Desk.open(url, "Loket uji")
    try:
        desk.operator = next(o for o in await desk.read(operators.everyone) if o.login == "admin")
    except BaseException:
        await desk.close()
        raise
    return desk


@dataclass
class Work:
    """What was tried and what was told."""

    people: list[str]
    told: dict[str, str] = field(default_factory=dict)
    """Registrations that were acknowledged, with their labels."""
    cancelled: set[str] = field(default_factory=set)
    visits: set[str] = field(default_factory=set)
    draft: str | None = None
    sentences: list[str] = field(default_factory=list)
    """What the person was told instead."""
    next: int = 0

    async def round(self, desk: Desk) -> None:
        """Register, call, serve, cancel, keep a draft: one after the other, whatever happened to the one before."""
        first, second = await self.registered(desk), await self.registered(desk)
        await self.tried(call_next(desk, "001"))
        if first is not None:
            form = VisitForm(
                registration_id=first,
                complaint="batuk",
                consciousness_code="01",
                diagnoses=(Diagnosis("J06.9", "ISPA akut", True),),
                doctor_code="101",
                discharge_code="3",
                discharge_day=desk.today(),
            )
            visit = await self.tried(save_visit(desk, form))
            if visit is not None:
                self.visits.add(visit.id)
        if second is not None and await self.tried(cancel_registration(desk, second), done=True):
            self.cancelled.add(second)
        text = f"keluhan {self.next}"
        if await self.tried(save_draft(desk, "registration", "uji", {"complaint": text}), done=True):
            self.draft = text

    async def registered(self, desk: Desk, day: date | None = None) -> str | None:
        """The next person; the id when it was acknowledged."""
        form = RegistrationForm(
            self.people[self.next % len(self.people)],
            day or desk.today(),
            "001",
            Payer.BPJS,
            VisitKind.SICK,
            Care.OUTPATIENT,
            "batuk",
            request_id=new_id(),
        )
        self.next += 1
        made = await self.tried(register(desk, form))
        if made is None:
            return None
        self.told[made.registration.id] = made.ticket.label
        return str(made.registration.id)

    async def tried(self, doing: Any, *, done: bool = False) -> Any:
        """The result (or True with `done`); None when the store could not do it, and the sentence is kept."""
        try:
            result = await doing
        except StoreTrouble as trouble:
            assert trouble.message.startswith("Penyimpanan"), trouble.message
            assert "\n" not in trouble.message
            self.sentences.append(trouble.message)
            return None
        except CounterError as refused:
            # What failed before may have been kept after all, when the failure came behind the commit.
            self.sentences.append(refused.message)
            return None
        return True if done else result


async def check_nothing_lost(url: str, work: Work) -> None:
    """Every acknowledged thing is there; nothing is there by half; no number twice."""
    store = Store.open(url)
    try:
        found = store.read_now(_look)
    finally:
        store.close()
    assert (found["integrity"], found["foreign"]) == ("ok", 0)
    labels = {row["registration"]: row["label"] for row in found["tickets"]}
    assert work.told.items() <= labels.items()
    assert len(set(labels.values())) == len(labels)
    assert set(labels) == set(found["registrations"])
    adds = [row["subject"] for row in found["outbox"] if row["kind"] == "registration.add"]
    assert sorted(adds) == sorted(labels)
    assert work.cancelled <= {i for i, cancelled in found["registrations"].items() if cancelled}
    assert work.visits <= set(found["visits"])
    sent = [row["subject"] for row in found["outbox"] if row["kind"] == "visit.add"]
    assert sorted(sent) == sorted(found["visits"])
    if work.draft is not None:
        desk = await desk_at(url)
        draft = await load_draft(desk, "registration", "uji")
        await desk.close()
        assert draft is not None


def _look(tx: Transaction) -> dict[str, Any]:
    return {
        "tickets": tx.rows("SELECT registration, label FROM ticket"),
        "registrations": {r["id"]: r["cancelled"] for r in tx.rows("SELECT id, cancelled FROM registration")},
        "visits": [r["id"] for r in tx.rows("SELECT id FROM visit")],
        "outbox": tx.rows("SELECT kind, subject FROM outbox ORDER BY position"),
        "integrity": tx.value("PRAGMA integrity_check"),
        "foreign": len(tx.rows("PRAGMA foreign_key_check")),
    }
