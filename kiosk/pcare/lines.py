"""What belongs to a visit line by line: drugs (`obat`), procedures (`tindakan`), laboratory results (`MCU`).

The service keeps no uniqueness among lines: a resend doubles one.  After `OutcomeUnknown` read the visit's lines
back before anything is sent again.
"""

from dataclasses import dataclass

from pydantic import Field

from kiosk.pcare.calls import Calls, number_of, optional_number_of
from kiosk.pcare.errors import OutcomeUnknown, Reason
from kiosk.pcare.fields import Int, Key, Number, Request, Row, Text, inside, wire_number
from kiosk.pcare.labs import LabRequest, LabRow


class DrugLine(Request):
    """A drug given in a visit: `signa1` times `signa2` a day, `amount` pieces in all.

    `code` is of the national list (DPHO) or, with `in_dpho` False, empty beside `other_name`.  A compound's parts
    share `compound_code`, None for the first part, which is then given one.  `requested` counts pieces asked for.
    """

    visit_number: str = Field(min_length=1)
    code: str | None = None
    signa1: int
    signa2: int
    amount: float
    requested: int | None = None
    compound: bool = False
    compound_code: str | None = None
    in_dpho: bool = True
    other_name: str | None = None

    def to_wire(self) -> dict[str, object]:
        """Return the body."""
        return {
            "kdObatSK": 0,
            "noKunjungan": self.visit_number,
            "racikan": self.compound,
            "kdRacikan": self.compound_code,
            "obatDPHO": self.in_dpho,
            "kdObat": self.code,
            "signa1": self.signa1,
            "signa2": self.signa2,
            "jmlObat": wire_number(self.amount),
            "jmlPermintaan": self.requested,
            "nmObatNonDPHO": self.other_name,
        }


class DrugLineRow(Row):
    """A drug line as the service holds it; `line` is its key for deleting."""

    line: Key = Field(validation_alias="kdObatSK")
    compound_code: Text = Field(default=None, validation_alias="kdRacikan")
    code: Text = Field(default=None, validation_alias=inside("obat", "kdObat"))
    name: Text = Field(default=None, validation_alias=inside("obat", "nmObat"))
    signa1: Number = None
    signa2: Number = None
    amount: Number = Field(default=None, validation_alias="jmlObat")
    days: Int = Field(default=None, validation_alias="jmlHari")
    strength: Number = Field(default=None, validation_alias="kekuatan")
    requested: Number = Field(default=None, validation_alias="jmlPermintaan")
    compound_amount: Number = Field(default=None, validation_alias="jmlObatRacikan")


@dataclass(frozen=True, slots=True)
class AddedDrug:
    """The keys a drug line was given; `compound_code` only where it is part of a compound."""

    line: str
    compound_code: str | None


class ProcedureLine(Request):
    """A procedure done in a visit; `cost` in rupiah, `result` where the procedure has one (0 otherwise)."""

    visit_number: str = Field(min_length=1)
    code: str = Field(min_length=1)
    cost: int = Field(ge=0)
    note: str | None = None
    result: float = 0

    def to_wire(self, line: int) -> dict[str, object]:
        """Return the body for the line with this key, 0 for a new one."""
        return {
            "kdTindakanSK": line,
            "noKunjungan": self.visit_number,
            "kdTindakan": self.code,
            "biaya": self.cost,
            "keterangan": self.note,
            "hasil": wire_number(self.result),
        }


class ProcedureLineRow(Row):
    """A procedure line as the service holds it; `line` is its key, `cost` in rupiah."""

    line: Key = Field(validation_alias="kdTindakanSK")
    visit_number: Text = Field(default=None, validation_alias="noKunjungan")
    code: Text = Field(default=None, validation_alias="kdTindakan")
    name: Text = Field(default=None, validation_alias="nmTindakan")
    cost: Int = Field(default=None, validation_alias="biaya")
    note: Text = Field(default=None, validation_alias="keterangan")
    result: Number = Field(default=None, validation_alias="hasil")


class LineCalls(Calls):
    """The calls on a visit's lines."""

    async def drug_lines(self, visit_number: str) -> list[DrugLineRow]:
        """Return all drugs of a visit; raises `IncompleteList` where there are fewer than the list counts."""
        return await self._whole(DrugLineRow, "obat", "kunjungan", visit_number)

    async def add_drug(self, drug: DrugLine) -> AddedDrug:
        """Add a drug to a visit; there is no edit, delete and add instead."""
        answer = await self._write("POST", ("obat", "kunjungan"), drug.to_wire())
        line = optional_number_of(answer, "kdObatSK", exactly=True)
        if line is None:
            raise OutcomeUnknown(Reason.UNREADABLE, code=answer.code, exchange=answer.exchange)
        return AddedDrug(line, optional_number_of(answer, "kdRacikan", exactly=True))

    async def delete_drug(self, visit_number: str, line: str) -> bool:
        """Delete a drug line; False where the service says there was none."""
        return await self._delete("obat", line, "kunjungan", visit_number)

    async def procedure_lines(self, visit_number: str) -> list[ProcedureLineRow]:
        """Return all procedures of a visit; raises `IncompleteList` where there are fewer than the list counts."""
        return await self._whole(ProcedureLineRow, "tindakan", "kunjungan", visit_number)

    async def add_procedure(self, procedure: ProcedureLine) -> str:
        """Add a procedure to a visit; return its line key."""
        answer = await self._write("POST", ("tindakan",), procedure.to_wire(0))
        return number_of(answer, "kdTindakanSK")

    async def update_procedure(self, procedure: ProcedureLine, line: str) -> str:
        """Replace a procedure line; return its key, which the service may have changed."""
        answer = await self._edit(("tindakan",), procedure.to_wire(_line_key(line)))
        return optional_number_of(answer, "kdTindakanSK", exactly=True) or line

    async def delete_procedure(self, visit_number: str, line: str) -> bool:
        """Delete a procedure line; False where the service says there was none."""
        return await self._delete("tindakan", line, "kunjungan", visit_number)

    async def lab_results(self, visit_number: str) -> list[LabRow]:
        """Return all laboratory results of a visit; raises `IncompleteList` as above."""
        return await self._whole(LabRow, "MCU", "kunjungan", visit_number)

    async def add_lab(self, lab: LabRequest) -> str:
        """Add laboratory results to a visit; return their key."""
        answer = await self._write("POST", ("MCU",), lab.to_wire(0))
        return number_of(answer, "kdMCU")

    async def update_lab(self, lab: LabRequest, line: str) -> None:
        """Replace laboratory results; may be repeated safely."""
        await self._edit(("MCU",), lab.to_wire(_line_key(line)))

    async def delete_lab(self, visit_number: str, line: str) -> bool:
        """Delete laboratory results; False where the service says there were none."""
        return await self._delete("MCU", line, "kunjungan", visit_number)


def _line_key(line: str) -> int:
    if not line.isdecimal():
        raise ValueError("a line's key is a number")
    return int(line)
