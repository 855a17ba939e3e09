"""The forms of a visit's lines: a drug, a procedure, examination results; what they start with and what they make."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Protocol, cast

from textual import on
from textual.app import ComposeResult

from kiosk.counter.desk import Desk
from kiosk.counter.views import ProcedureOffer
from kiosk.domain.allergies import allergy_warning
from kiosk.domain.day import day_text
from kiosk.domain.labs import LAB_NUMBERS, LAB_TEXTS, LabResult
from kiosk.domain.lines import COMPOUND_LIMIT, LineValue, Medication, Procedure, line_warnings
from kiosk.domain.numbers import decimal_text
from kiosk.screens.line_sources import DrugSource, ProcedureSource
from kiosk.widgets.field import Field, TextField
from kiosk.widgets.form import Form, FormRow
from kiosk.widgets.live_picker import LivePickerField
from kiosk.widgets.pages import Page, PagedForm
from kiosk.widgets.picker import Option
from kiosk.widgets.value_fields import DateField, NumberField

LABEL = 18
LAB_LABEL = 21
TEXT_LENGTH = 500
TEXT_WIDTH = 56
_DIGITS = 8
"""What the bounds of kiosk.domain.lines take before the decimal sign; beyond them it says which bound."""
_BLOOD = tuple(LAB_NUMBERS)[: tuple(LAB_NUMBERS).index("hdl")]
_CHEMISTRY = tuple(LAB_NUMBERS)[len(_BLOOD) :]


class LineForm(Protocol):
    """What the screen asks of each of the three forms."""

    def fill(self, value: LineValue | None) -> None:
        """Start empty, or with what is saved."""

    def made(self, values: Mapping[str, object]) -> LineValue:
        """The line that the checked `values` make."""

    def warnings(self, value: LineValue) -> Sequence[str]:
        """What should be looked at again."""


class DrugForm(Form):
    """One drug: of the national list, or by name."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.allergens: Sequence[str] = ()
        """What the patient does not bear."""

    def compose(self) -> ComposeResult:
        """The fields."""
        yield _ListedDrug(self)
        yield _NamedDrug(self)
        yield _whole("signa1", "Kali sehari", unit="×", required=True)
        yield _whole("signa2", "Sekali minum", required=True)
        yield NumberField(
            "amount", "Jumlah", most_digits=_DIGITS, width=10, max_length=10, label_width=LABEL, required=True
        )
        yield _whole("requested", "Permintaan")
        yield TextField("compound", "Racikan", width=COMPOUND_LIMIT + 1, max_length=COMPOUND_LIMIT, label_width=LABEL)
        yield from super().compose()

    def use(self, desk: Desk) -> None:
        """Offer DPHO."""
        self._drug.live = DrugSource(desk)

    @property
    def _drug(self) -> LivePickerField:
        return cast(LivePickerField, self.field("drug"))

    @on(Field.Edited)
    def _picked(self, event: Field.Edited) -> None:
        if event.field is self._drug:
            self._follow()
            self._drug.check()

    def _follow(self) -> None:
        """A drug of the list has its name there."""
        name = self.field("name")
        name.display = self._drug.option is None
        if not name.display:
            name.put("")
            name.say("")

    def fill(self, value: LineValue | None) -> None:
        """Start empty, or with what is saved."""
        known: dict[str, str] = {}
        if isinstance(value, Medication):
            known = {
                "drug": f"{value.code}\t{value.name}\t" if value.code else "",
                "name": "" if value.code else value.name,
                "signa1": str(value.signa1),
                "signa2": str(value.signa2),
                "amount": decimal_text(value.amount),
                "requested": "" if value.requested is None else str(value.requested),
                "compound": value.compound or "",
            }
        self.start(known, "drug" if not known else "signa1")
        self._follow()

    def made(self, values: Mapping[str, object]) -> LineValue:
        """The drug."""
        option = self._drug.option
        return Medication(
            name=option.name if option else str(values.get("name") or ""),
            signa1=cast(int, values["signa1"]),
            signa2=cast(int, values["signa2"]),
            amount=cast(float, values["amount"]),
            code=option.code if option else None,
            requested=cast("int | None", values["requested"]),
            compound=cast("str | None", values["compound"]),
        )

    def warnings(self, value: LineValue) -> Sequence[str]:
        """Those of the domain."""
        return line_warnings(value, allergens=self.allergens)


class _ListedDrug(LivePickerField):
    """A drug of the national list; one that the patient does not bear is doubted."""

    def __init__(self, form: DrugForm) -> None:
        super().__init__("drug", "Obat DPHO", label_width=LABEL, placeholder="ketik nama atau kode")
        self._of = form

    def doubt(self, value: object) -> str:
        """The sentence of the domain."""
        return allergy_warning(self.option.name if self.option else "", self._of.allergens)


class _NamedDrug(TextField):
    """A drug outside of it, doubted alike."""

    def __init__(self, form: DrugForm) -> None:
        super().__init__("name", "Di luar DPHO", width=TEXT_WIDTH, max_length=100, label_width=LABEL)
        self._of = form

    def doubt(self, value: object) -> str:
        """The sentence of the domain."""
        return allergy_warning(str(value), self._of.allergens)


class ProcedureForm(Form):
    """One procedure of P-Care's list; its tariff is proposed as the cost."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._source: ProcedureSource | None = None
        self._proposed = ""

    def compose(self) -> ComposeResult:
        """The fields."""
        yield LivePickerField("code", "Tindakan", label_width=LABEL, required=True, placeholder="ketik untuk mencari")
        yield _CostField(self)
        yield TextField("note", "Keterangan", width=TEXT_WIDTH, max_length=TEXT_LENGTH, label_width=LABEL)
        yield NumberField("result", "Hasil", most_digits=_DIGITS, width=12, max_length=11, label_width=LABEL)
        yield from super().compose()

    def use(self, source: ProcedureSource) -> None:
        """Offer the list of the registration's care."""
        self._source = source
        self._code.live = source

    @property
    def _code(self) -> LivePickerField:
        return cast(LivePickerField, self.field("code"))

    @property
    def offer(self) -> ProcedureOffer | None:
        """What P-Care's list says of the procedure that is picked."""
        option = self._code.option
        return self._source.known.get(option.code) if option and self._source else None

    @on(Field.Edited)
    def _picked(self, event: Field.Edited) -> None:
        if event.field is not self._code:
            return
        cost = self.field("cost")
        if cost.typed in ("", self._proposed):
            highest = self.offer.highest_cost if self.offer else None
            self._proposed = "" if highest is None else str(highest)
            cost.put(self._proposed)
        self._follow()
        if self._proposed and cost.typed == self._proposed:
            cost.say("tarif tertinggi P-Care; ganti bila lain", "muted")

    def _follow(self) -> None:
        """A result is asked for only where P-Care's list has one."""
        result, offer = self.field("result"), self.offer
        wanted = bool(offer and offer.with_result) or (offer is None and bool(result.typed))
        result.display = wanted
        if not wanted:
            result.put("")
            result.say("")

    def fill(self, value: LineValue | None) -> None:
        """Start empty, or with what is saved."""
        known: dict[str, str] = {}
        self._proposed = ""
        if isinstance(value, Procedure):
            known = {
                "code": f"{value.code}\t{value.name}\t",
                "cost": str(value.cost),
                "note": value.note or "",
                "result": decimal_text(value.result),
            }
        self.start(known, "cost" if known else "code")
        self._follow()
        self._start = self.typed

    def made(self, values: Mapping[str, object]) -> LineValue:
        """The procedure."""
        option = cast(Option, self._code.option)
        return Procedure(
            code=option.code,
            name=option.name,
            cost=cast(int, values["cost"]),
            note=cast("str | None", values["note"]),
            result=cast("float | None", values.get("result")),
        )

    def warnings(self, value: LineValue) -> Sequence[str]:
        """A cost above P-Care's highest tariff."""
        return line_warnings(value, highest_cost=self.offer.highest_cost if self.offer else None)


class _CostField(NumberField):
    """Rupiah; above the highest tariff it asks."""

    def __init__(self, form: ProcedureForm) -> None:
        super().__init__(
            "cost",
            "Biaya",
            whole=True,
            most_digits=9,
            width=12,
            max_length=11,
            label_width=LABEL,
            unit="Rp",
            required=True,
        )
        self._of = form

    def doubt(self, value: object) -> str:
        """The sentence of the domain."""
        found = self._of.warnings(Procedure("", "", value)) if isinstance(value, int) else ()
        return next(iter(found), "")


class LabForm(PagedForm):
    """What was examined, on three pages; what was not stays empty."""

    def compose(self) -> ComposeResult:
        """The pages."""
        with Page("Darah"):
            yield DateField("day", "Tanggal periksa", label_width=LAB_LABEL)
            yield from _pairs(_BLOOD)
        with Page("Kimia darah"):
            yield from _pairs(_CHEMISTRY)
        with Page("Lain-lain"):
            for name, label in LAB_TEXTS.items():
                yield TextField(name, label, width=TEXT_WIDTH, max_length=TEXT_LENGTH, label_width=LAB_LABEL)
        yield from super().compose()

    def fill(self, value: LineValue | None) -> None:
        """Start empty, or with what is saved."""
        known: dict[str, str] = {}
        if isinstance(value, LabResult):
            known = {f.name: _typed(getattr(value, f.name)) for f in fields(value)}
        self.start(known, "blood_pressure_systolic")

    def made(self, values: Mapping[str, object]) -> LineValue:
        """The results."""
        return LabResult(**values)  # type: ignore[arg-type]  # the fields are called as its attributes are

    def warnings(self, value: LineValue) -> Sequence[str]:
        """Blood pressure that is hardly right."""
        return line_warnings(value)


class _LabField(NumberField):
    """One number of the results."""

    def __init__(self, key: str) -> None:
        known = LAB_NUMBERS[key]
        super().__init__(
            key,
            known.label,
            most_digits=_DIGITS,
            width=8,
            max_length=9,
            label_width=LAB_LABEL,
            unit=known.unit,
        )

    def doubt(self, value: object) -> str:
        """The sentence of the domain, which has one for blood pressure."""
        found = line_warnings(LabResult(**{self.key: value})) if isinstance(value, float) else ()  # type: ignore[arg-type]  # a number of the results
        return next(iter(found), "")


def _pairs(names: Sequence[str]) -> ComposeResult:
    for at in range(0, len(names), 2):
        with FormRow():
            for name in names[at : at + 2]:
                yield _LabField(name)


def _whole(key: str, label: str, *, unit: str = "", required: bool = False) -> NumberField:
    return NumberField(key, label, whole=True, most_digits=6, label_width=LABEL, unit=unit, required=required)


def _typed(value: object) -> str:
    if isinstance(value, date):
        return day_text(value)
    return decimal_text(value) if isinstance(value, float | int) else str(value or "")
