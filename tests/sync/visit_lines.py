"""Drugs, procedures and results for tests, and what the simulator holds of them."""

import asyncio
from dataclasses import replace
from typing import Any

from kiosk.counter.lines import lines_of
from kiosk.domain.codes import OutboxKind, OutboxState
from kiosk.domain.labs import LabResult
from kiosk.domain.lines import LineValue, Medication, Procedure
from kiosk.domain.visit import Visit
from kiosk.simulator.reference import DRUGS
from kiosk.store import outbox
from tests.sync.conftest import ClinicDay

CODE = {name: code for code, name, _ in DRUGS}
PARACETAMOL = Medication("Parasetamol tab 500 mg", 3, 1, 10, code=CODE["Parasetamol tab 500 mg"])
AMOXICILLIN = Medication("Amoksisilin kaps 500 mg", 3, 1, 15, code=CODE["Amoksisilin kaps 500 mg"])
SUTURE = Procedure("01013", "Jahit luka", 40_000, "3 jahitan")
SUGAR = Procedure("01001", "Pemeriksaan gula darah", 15_000, None, 110)
BLOOD = LabResult(haemoglobin=13.2, glucose_random=110, note="puasa 8 jam")
OF_EACH_KIND: list[tuple[str, str, LineValue]] = [
    ("obat/kunjungan", "medications", PARACETAMOL),
    ("tindakan", "procedures", SUTURE),
    ("MCU", "labs", BLOOD),
]
"""Path of its calls, table of the ledger, a value."""

FIGURE = {"medications": "jmlObat", "procedures": "biaya", "labs": "darahRutinHemo"}
"""The figure that `edited` changes."""
EDITED = {"medications": 20, "procedures": 35_000, "labs": 14.1}


async def open_visit(clinic: ClinicDay, member: int = 0) -> Visit:
    """A service that P-Care has."""
    visit = await clinic.serve(await clinic.register(await clinic.member(member)))
    await clinic.settled()
    return visit


def held(clinic: ClinicDay, table: str) -> list[dict[str, Any]]:
    """What the simulator holds: medications, procedures or labs."""
    rows: list[dict[str, Any]] = clinic.simulator.ledger()[table]
    return rows


def fault(clinic: ClinicDay, kind: str, method: str, path: str, count: int = 1, **more: object) -> None:
    """The next such calls meet a fault."""
    clinic.simulator.set_faults({"kind": kind, "method": method, "path": path, "count": count, **more})


def calls(clinic: ClinicDay, method: str, path: str) -> int:
    """How many such calls the simulator has seen."""
    return sum(c["method"] == method and c["path"].lower().startswith(path.lower()) for c in clinic.simulator.calls())


async def kinds(clinic: ClinicDay, *names: str) -> list[tuple[OutboxKind, OutboxState, str | None]]:
    """Items about lines: kind, state and reason, oldest first."""
    rows = await clinic.desk.read(lambda tx: outbox.listed(tx, None, tx.now.replace(year=2000)))
    return [(row.kind, row.state, row.reason) for row in rows if row.visit_id and (not names or row.kind in names)]


async def until(clinic: ClinicDay, which: tuple[OutboxKind, ...], *states: OutboxState) -> None:
    """Wait until the items of these kinds, oldest first, stand exactly so."""
    async with asyncio.timeout(30):
        while [state for _, state, _ in await kinds(clinic, *which)] != list(states):
            await asyncio.sleep(0.005)


async def past(clinic: ClinicDay, which: tuple[OutboxKind, ...], count: int, *states: OutboxState) -> None:
    """Wait until so many items of these kinds have left the `states`."""
    async with asyncio.timeout(30):
        while sum(state not in states for _, state, _ in await kinds(clinic, *which)) < count:
            await asyncio.sleep(0.005)


async def patient(clinic: ClinicDay) -> None:
    """Reads back so late that a test can do something while nobody knows, also on a busy machine."""
    await clinic.stop_sync()
    clinic.policy = replace(clinic.policy, settle=2)
    clinic.start_sync()


async def state_words(clinic: ClinicDay, visit: Visit) -> list[str]:
    """How far each line is, as the screen says it."""
    shown = await lines_of(clinic.desk, visit.id)
    return [row.state_text for row in (*shown.medications, *shown.procedures, *shown.labs)]


def edited(value: LineValue) -> LineValue:
    """The same line with another figure."""
    if isinstance(value, Medication):
        return replace(value, amount=20)
    if isinstance(value, LabResult):
        return replace(value, haemoglobin=14.1)
    return replace(value, cost=35_000)


def figures(clinic: ClinicDay, table: str) -> list[object]:
    """The figure that `edited` changes, of every line that P-Care holds."""
    return sorted(row[FIGURE[table]] for row in held(clinic, table))
