"""What stands in a visit line by line: drugs, procedures, examination results; and what must hold of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kiosk.domain.allergies import allergy_warning
from kiosk.domain.codes import LineKind
from kiosk.domain.field_problem import FieldProblem
from kiosk.domain.labs import LAB_NUMBERS, LabResult
from kiosk.domain.numbers import decimal_text
from kiosk.domain.vitals import implausible

COMPOUND_LIMIT = 20
"""Letters in the name by which a clinic tells its compounds apart."""

# P-Care publishes no upper bounds. These refuse what no prescription and no instrument can say (a barcode scanned into
# the field); they judge nothing.
MOST_TIMES = 99
MOST_PIECES = 99_999
MOST_RUPIAH = 999_999_999
MOST_MEASURED = 99_999_999


@dataclass(frozen=True, slots=True)
class Medication:
    """One drug: `signa1` times a day `signa2` pieces, `amount` pieces in all."""

    name: str
    """As P-Care lists it; for a drug outside of the national list (DPHO) as the clinic writes it."""
    signa1: int
    """times a day"""
    signa2: int
    """pieces each time"""
    amount: float
    """pieces handed out (jmlObat)"""
    code: str | None = None
    """kdObat of the national list; None: not on it."""
    requested: int | None = None
    """pieces asked for (jmlPermintaan); None when that was not said"""
    compound: str | None = None
    """The clinic's name of the compound (racikan) that this is a part of, such as "1"; parts of one visit with the same
    name are one compound. None: no compound. P-Care's own code of it is given with the first part."""

    @property
    def title(self) -> str:
        """What it is called in a list."""
        return self.name


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure done (tindakan)."""

    code: str
    """kdTindakan"""
    name: str
    cost: int
    """rupiah"""
    note: str | None = None
    result: float | None = None
    """For procedures that have one (withValue); None otherwise. P-Care states no unit."""

    @property
    def title(self) -> str:
        """What it is called in a list."""
        return self.name


LineValue = Medication | Procedure | LabResult
KIND_OF: dict[type[Medication] | type[Procedure] | type[LabResult], LineKind] = {
    Medication: LineKind.MEDICATION,
    Procedure: LineKind.PROCEDURE,
    LabResult: LineKind.LAB,
}


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A line of a visit as the store holds it."""

    id: str
    visit_id: str
    registration_id: str
    kind: LineKind
    value: LineValue
    deleted: bool
    remote_number: str | None
    """P-Care's key of the line (kdObatSK, kdTindakanSK, kdMCU); None while it is not there."""
    compound_code: str | None
    """kdRacikan, for the part of a compound that is at P-Care."""
    version: int
    confirmed_version: int
    """The version that P-Care is known to hold; 0 when it holds none."""
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ForeignLine:
    """A line that stands in the visit at P-Care and is none of ours: typed by somebody in its own page."""

    kind: LineKind
    remote_number: str
    title: str
    amount: float | None
    """pieces of a drug, rupiah of a procedure; None where P-Care does not say"""
    read_at: datetime
    """When P-Care was read."""


def line_problems(value: LineValue, visited_on: date, today: date) -> tuple[FieldProblem, ...]:
    """Everything that keeps the line from being saved, in the order of its form."""
    if isinstance(value, Medication):
        return tuple(_medication_problems(value))
    if isinstance(value, Procedure):
        return tuple(_procedure_problems(value))
    return tuple(_lab_problems(value, visited_on, today))


def line_warnings(
    value: LineValue, *, highest_cost: int | None = None, allergens: Sequence[str] = ()
) -> tuple[str, ...]:
    """What should be looked at again before the line is saved; it may be saved as it is.

    `allergens` are what the patient does not bear, with which a drug's name is compared.
    `highest_cost` is the procedure's highest tariff (maxTarif) in P-Care's list, in rupiah, where it is known. Blood
    pressure is asked as at the registration; for the rest no source gives ranges that hold for every laboratory.
    """
    found: list[str | None] = []
    if isinstance(value, Medication):
        found.append(allergy_warning(value.name, allergens))
    if isinstance(value, Procedure) and highest_cost is not None and value.cost > highest_cost:
        found.append(f"Biaya {_rupiah(value.cost)} melebihi tarif tertinggi P-Care {_rupiah(highest_cost)}")
    if isinstance(value, LabResult):
        for name, measured in (
            ("systolic", value.blood_pressure_systolic),
            ("diastolic", value.blood_pressure_diastolic),
        ):
            found.append(implausible(name, measured) if measured is not None else None)
    return tuple(sentence for sentence in found if sentence)


def _medication_problems(value: Medication) -> list[FieldProblem]:
    found = []
    if not value.name.strip():
        found.append(FieldProblem("name", "Pilih obat, atau tulis nama obat di luar DPHO"))
    for name, label in (("signa1", "Kali sehari"), ("signa2", "Banyaknya sekali minum")):
        if not 0 <= getattr(value, name) <= MOST_TIMES:
            found.append(FieldProblem(name, f"{label}: angka bulat 0 sampai {MOST_TIMES}"))
    if not 0 < value.amount <= MOST_PIECES:
        found.append(FieldProblem("amount", "Jumlah obat harus lebih dari nol" + _or_too_much(value.amount)))
    if value.requested is not None and not 0 <= value.requested <= MOST_PIECES:
        found.append(FieldProblem("requested", "Jumlah permintaan tidak mungkin"))
    if value.compound is not None and not 0 < len(value.compound.strip()) <= COMPOUND_LIMIT:
        found.append(FieldProblem("compound", f"Nama racikan: satu sampai {COMPOUND_LIMIT} huruf"))
    return found


def _procedure_problems(value: Procedure) -> list[FieldProblem]:
    found = []
    if not value.code.strip():
        found.append(FieldProblem("code", "Pilih tindakan dari daftar"))
    if not 0 <= value.cost <= MOST_RUPIAH:
        found.append(FieldProblem("cost", "Biaya: angka bulat dalam rupiah, tanpa minus"))
    if value.result is not None and not 0 <= value.result <= MOST_MEASURED:
        found.append(FieldProblem("result", f"Hasil {decimal_text(value.result)} tidak mungkin"))
    return found


def _lab_problems(value: LabResult, visited_on: date, today: date) -> list[FieldProblem]:
    found = []
    if value.day is not None and not visited_on <= value.day <= today:
        found.append(FieldProblem("day", "Tanggal pemeriksaan: dari tanggal kunjungan sampai hari ini"))
    if value.is_empty:
        found.append(FieldProblem("blood_pressure_systolic", "Isi paling sedikit satu hasil"))
    for name, measured in LAB_NUMBERS.items():
        number = getattr(value, name)
        if number == 0:
            # On the wire 0 means "not done": a typed zero would silently be lost there.
            found.append(FieldProblem(name, f"{measured.label}: kosongkan kalau tidak diperiksa"))
        elif number is not None and not 0 < number <= MOST_MEASURED:
            found.append(FieldProblem(name, f"{measured.label} {decimal_text(number)} tidak mungkin"))
    return found


def _or_too_much(amount: float) -> str:
    return f", paling banyak {MOST_PIECES}" if amount > MOST_PIECES else ""


def _rupiah(amount: int) -> str:
    return "Rp" + f"{amount:,}".replace(",", ".")
