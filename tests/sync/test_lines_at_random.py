"""Any order of entering, correcting and taking back under a bad line ends with every line at P-Care exactly once."""

import asyncio
import random
from collections import Counter
from dataclasses import replace

import pytest

from kiosk.counter.errors import NotFound
from kiosk.counter.lines import add_line, delete_line, edit_line, lines_of
from kiosk.counter.serve import delete_visit
from kiosk.domain.codes import OutboxState
from kiosk.domain.lines import LineValue, Medication, Procedure, VisitLine
from kiosk.domain.visit import Visit
from kiosk.store import visits
from tests.engines import both_engines
from tests.sync.conftest import ClinicDay
from tests.sync.visit_lines import AMOXICILLIN, BLOOD, PARACETAMOL, SUTURE, kinds

FAULTS = ("lost_reply", "reset", "late", "truncated", "error")
CHANCE = 0.05
"""Of each of the faults, at every call about lines; a fifth of them meets one."""
STEPS = 45


class Ward:
    """Three services of which the lines are changed by chance."""

    def __init__(self, clinic: ClinicDay, seed: int) -> None:
        self.clinic = clinic
        self.chance = random.Random(seed)
        self.visits: list[Visit] = []

    async def open(self) -> None:
        for member in range(3):
            self.visits.append(await self.clinic.serve(await self.clinic.register(await self.clinic.member(member))))
        await self.clinic.settled()

    def bad_line(self) -> None:
        for path in ("obat", "tindakan", "MCU"):
            for kind in FAULTS:
                fault = {"kind": kind, "path": path, "probability": CHANCE, "seconds": 0.2, "status": 500}
                self.clinic.simulator.set_faults(fault)

    def value(self) -> LineValue:
        """Few different ones, so that equal lines are common."""
        drug = replace(self.chance.choice((PARACETAMOL, AMOXICILLIN)), amount=self.chance.choice((10, 15)))
        return self.chance.choice((drug, replace(drug, compound="1"), replace(SUTURE, cost=30_000), BLOOD))

    def other(self, line: VisitLine) -> LineValue:
        if isinstance(line.value, Medication):
            return replace(line.value, amount=self.chance.choice((10, 15, 20)))
        if isinstance(line.value, Procedure):
            return replace(line.value, cost=self.chance.choice((30_000, 35_000)))
        return replace(line.value, haemoglobin=self.chance.choice((13.2, 14.1)))

    async def step(self) -> None:
        desk, visit = self.clinic.desk, self.chance.choice(self.visits)
        shown = await lines_of(desk, visit.id)
        known = [row.line for row in (*shown.medications, *shown.procedures, *shown.labs)]
        what = self.chance.random()
        if what < 0.5 or not known:
            await add_line(desk, visit.id, self.value())
        elif what < 0.75:
            line = self.chance.choice(known)
            await edit_line(desk, line.id, self.other(line))
        elif what < 0.93:
            await delete_line(desk, self.chance.choice(known).id)
        elif what < 0.97:
            await self.clinic.kill_sync()
            self.clinic.start_sync()
        else:
            await asyncio.sleep(0.6)
        await asyncio.sleep(self.chance.choice((0, 0, 0.02, 0.1)))

    async def wanted(self) -> Counter[tuple[object, ...]]:
        found: Counter[tuple[object, ...]] = Counter()
        for visit in self.visits:
            held = await self.clinic.desk.read(lambda tx, v=visit.id: visits.get(tx, v))  # type: ignore[misc]
            assert held is not None
            shown = await lines_of(self.clinic.desk, visit.id)
            for row in (*shown.medications, *shown.procedures, *shown.labs):
                found[(held.remote_number, *self._said(row.line.value))] += 1
        return found

    def _said(self, value: LineValue) -> tuple[object, ...]:
        if isinstance(value, Medication):
            return (value.code, value.amount, value.compound is not None)
        return ("tindakan", value.cost) if isinstance(value, Procedure) else ("MCU", value.haemoglobin)

    def there(self) -> Counter[tuple[object, ...]]:
        ledger = self.clinic.simulator.ledger()
        return Counter(
            [
                *((r["noKunjungan"], r["kdObat"], r["jmlObat"], r["racikan"]) for r in ledger["medications"]),
                *((r["noKunjungan"], "tindakan", r["biaya"]) for r in ledger["procedures"]),
                *((r["noKunjungan"], "MCU", r["darahRutinHemo"]) for r in ledger["labs"]),
            ]
        )


@both_engines
@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_is_done_on_a_bad_line_every_line_is_there_once(clinic: ClinicDay, seed: int) -> None:
    ward = Ward(clinic, seed)
    await ward.open()
    ward.bad_line()
    for _ in range(STEPS):
        await ward.step()
    clinic.simulator.clear_faults()
    await clinic.settled(seconds=40)
    assert ward.there() == await ward.wanted()
    compounds = {(r["noKunjungan"], r["kdRacikan"]) for r in clinic.simulator.ledger()["medications"] if r["racikan"]}
    assert len(compounds) == len({number for number, _ in compounds})
    outcomes = Counter(reason for _, _, reason in await kinds(clinic))
    print(f"seed {seed}: {STEPS} steps, {sum(ward.there().values())} lines at P-Care, {dict(outcomes)}")
    await end(clinic, ward)


async def end(clinic: ClinicDay, ward: Ward) -> None:
    """The services are deleted, on the bad line too: nothing of them is left."""
    ward.bad_line()
    for visit in ward.visits:
        await delete_visit(clinic.desk, visit.id)
        with pytest.raises(NotFound):
            await add_line(clinic.desk, visit.id, PARACETAMOL)
    clinic.simulator.clear_faults()
    await clinic.settled(seconds=40)
    assert ward.there() == Counter()
    assert clinic.simulator.ledger()["visits"] == []
    assert OutboxState.NEEDS_ACTION not in await clinic.states()
