"""Between the service's fields and its values: what a form starts with, and the VisitForm that it makes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, cast

from kiosk.counter.desk import Desk
from kiosk.counter.reference import references
from kiosk.counter.views import Reference, ServiceSheet
from kiosk.domain.allergies import names_text
from kiosk.domain.codes import DISCHARGE_VERTICAL_REFERRAL, TACC_NONE, TACC_TEXT, Care, ReferenceList
from kiosk.domain.day import day_text
from kiosk.domain.numbers import decimal_text
from kiosk.domain.visit import Referral, VisitForm
from kiosk.domain.vitals import Vitals
from kiosk.screens.service_sources import diagnosis_of, diagnosis_option
from kiosk.widgets.choice import Choice, choices
from kiosk.widgets.field import TextField
from kiosk.widgets.picker import Option

LABEL = 18
"""Cells of the labels."""
TEXT_WIDTH = 58
TEXT_LENGTH = 500
DIAGNOSES = ("diagnosis1", "diagnosis2", "diagnosis3")
TEXTS = ("complaint", "anamnesis", "therapy_drugs", "therapy_other", "supplies")
ALLERGIES = (
    ("allergy_food", "Alergi makanan", ReferenceList.ALLERGY_FOOD),
    ("allergy_air", "Alergi udara", ReferenceList.ALLERGY_AIR),
    ("allergy_drug", "Alergi obat", ReferenceList.ALLERGY_DRUG),
)
SPECIALIST, SPECIAL = "spesialis", "khusus"
YES, NO = "ya", "tidak"
NUMBER_THERE = (Choice(YES, "Beri nomor sekarang", "b"), Choice(NO, "Tanpa nomor", "t"))
"""Whether an internal referral is also a registration of today."""
_TACC_OF_DIAGNOSIS = 3
"""kdTacc "complication": its reason is the main diagnosis itself, "code - name"."""
_LISTS = (
    ReferenceList.DOCTOR,
    ReferenceList.CONSCIOUSNESS,
    ReferenceList.DISCHARGE,
    ReferenceList.DISCHARGE_INPATIENT,
    ReferenceList.ALLERGY_FOOD,
    ReferenceList.ALLERGY_AIR,
    ReferenceList.ALLERGY_DRUG,
    ReferenceList.PROGNOSIS,
    ReferenceList.SPECIALTY,
    ReferenceList.SARANA,
    ReferenceList.KHUSUS,
    ReferenceList.POLI,
)
_TACC_SHORT = {3: "Complication", 4: "Comorbidity (penyerta)"}
_TITLE = re.compile(r"^((dr|drg|prof|h|hj)\b\.?\s*)+", re.IGNORECASE)
_VITALS = tuple(field.name for field in fields(Vitals))


@dataclass(frozen=True, slots=True)
class ServiceLists:
    """The clinic's lists that the service chooses from."""

    rows: Mapping[ReferenceList, tuple[Reference, ...]]

    @classmethod
    async def read(cls, desk: Desk) -> "ServiceLists":
        """As the store has them now."""
        return cls({kind: (await references(desk, kind)).rows for kind in _LISTS})

    def options(self, kind: ReferenceList) -> list[Option]:
        """Rows for a box."""
        return [Option(row.code, row.name) for row in self.rows[kind]]

    def choices(self, kind: ReferenceList) -> tuple[Choice, ...]:
        """Rows for single keys."""
        return choices([(row.code, row.name) for row in self.rows[kind]])

    def doctors(self) -> tuple[Choice, ...]:
        """The doctors, each with a letter of the name and not of the title that they all have."""
        rows = self.rows[ReferenceList.DOCTOR]
        keys = choices([(row.code, _TITLE.sub("", row.name) or row.name) for row in rows])
        return tuple(Choice(row.code, row.name, choice.key) for row, choice in zip(rows, keys, strict=True))


def tacc_label(code: int) -> str:
    """A reason of TACC, short enough for two columns."""
    return _TACC_SHORT.get(code, TACC_TEXT[code])


def reason_label(reason: str) -> str:
    """One of the alasanTacc, short enough for two columns: ">= 1 Tahun s/d < 5 Tahun" is "1 Tahun s/d <5 Tahun"."""
    return reason.removeprefix(">= ").replace("s/d < ", "s/d <") if "s/d" in reason else reason


def free_text(key: str, label: str, *, required: bool = False, placeholder: str = "") -> TextField:
    """A field for sentences."""
    return TextField(
        key,
        label,
        width=TEXT_WIDTH,
        max_length=TEXT_LENGTH,
        label_width=LABEL,
        required=required,
        placeholder=placeholder,
    )


def known_of(sheet: ServiceSheet, lists: ServiceLists, today: date) -> dict[str, str]:
    """What the form starts with: the saved service, else what the registration measured and was told."""
    named = {"allergy_names": names_text(sheet.allergies.names)}
    if sheet.visit is not None:
        there = (
            {} if sheet.visit.form.internal_poli_code is None else {"internal_number": YES if sheet.internal else NO}
        )
        return _of_visit(sheet.visit.form, lists) | there | named
    registration = sheet.registration
    known = {
        "complaint": registration.complaint or "",
        "referral_day": day_text(today),
        **_of_vitals(registration.vitals),
        **named,
    }
    if registration.care != Care.INPATIENT:
        known["discharge_day"] = day_text(registration.day)
    return known


def visit_form(registration_id: str, values: Mapping[str, object], picked: Mapping[str, Option]) -> VisitForm:
    """The form that `values` and the `picked` rows make; nothing is in it that nobody typed or chose."""
    code = str(values.get("discharge_code") or "")
    diagnoses = tuple(diagnosis_of(picked[name]) for name in DIAGNOSES if name in picked)
    tacc = int(cast(str, values.get("tacc_code") or TACC_NONE))
    reason = cast("str | None", values.get("tacc_reason"))
    if tacc == _TACC_OF_DIAGNOSIS and diagnoses:
        reason = f"{diagnoses[0].code} - {diagnoses[0].name}"
    return VisitForm(
        registration_id=registration_id,
        vitals=Vitals(**{name: cast(Any, values.get(name)) for name in _VITALS}),
        diagnoses=diagnoses,
        consciousness_code=str(values.get("consciousness_code") or ""),
        prognosis_code=cast("str | None", values.get("prognosis_code")),
        doctor_code=str(values.get("doctor_code") or ""),
        discharge_code=code,
        discharge_day=cast("date | None", values.get("discharge_day")),
        tacc_code=tacc,
        tacc_reason=reason if tacc != TACC_NONE else None,
        referral=_referral(values, picked) if code == DISCHARGE_VERTICAL_REFERRAL else None,
        internal_poli_code=cast("str | None", values.get("internal_poli_code")),
        **{name: str(values.get(name) or "") for name in TEXTS},
        **cast(Any, {name: values.get(name) for name, _, _ in ALLERGIES}),
    )


def _referral(values: Mapping[str, object], picked: Mapping[str, Option]) -> Referral | None:
    day, hospital = values.get("referral_day"), picked.get("hospital")
    special = values.get("referral_kind") == SPECIAL
    what = picked.get("special" if special else "subspecialty")
    if not isinstance(day, date) or hospital is None or what is None:
        return None
    if special:
        narrow = picked.get("subspecialty")
        return Referral(
            day,
            hospital.code,
            hospital.name,
            subspecialty_code=narrow.code if narrow else None,
            subspecialty_name=narrow.name if narrow else None,
            special_code=what.code,
            special_name=what.name,
            note=cast("str | None", values.get("note")),
        )
    return Referral(
        day,
        hospital.code,
        hospital.name,
        subspecialty_code=what.code,
        subspecialty_name=what.name,
        sarana_code=cast("str | None", values.get("sarana")),
    )


def _of_visit(form: VisitForm, lists: ServiceLists) -> dict[str, str]:
    known: dict[str, str] = {name: getattr(form, name) for name in TEXTS}
    known |= _of_vitals(form.vitals)
    for name, diagnosis in zip(DIAGNOSES, form.diagnoses, strict=False):
        known[name] = _kept(diagnosis_option(diagnosis))
    for name, _, kind in ALLERGIES:
        known[name] = _kept(_named(lists, kind, getattr(form, name)))
    known |= {
        "internal_poli_code": _kept(_named(lists, ReferenceList.POLI, form.internal_poli_code)),
        "consciousness_code": form.consciousness_code,
        "prognosis_code": form.prognosis_code or "",
        "doctor_code": form.doctor_code,
        "discharge_code": form.discharge_code,
        "discharge_day": day_text(form.discharge_day) if form.discharge_day else "",
        "tacc_code": str(form.tacc_code),
        "tacc_reason": form.tacc_reason or "",
    }
    return known | (_of_referral(form.referral, lists) if form.referral else {})


def _of_referral(referral: Referral, lists: ServiceLists) -> dict[str, str]:
    known = {
        "referral_kind": SPECIAL if referral.special_code else SPECIALIST,
        "referral_day": day_text(referral.day),
        "hospital": _kept(Option(referral.hospital_code, referral.hospital_name)),
        "note": referral.note or "",
    }
    if code := referral.subspecialty_code:
        known["subspecialty"] = _kept(Option(code, referral.subspecialty_name or code))
    if referral.special_code:
        known["special"] = _kept(Option(referral.special_code, referral.special_name or referral.special_code))
    else:
        known["sarana"] = _kept(_named(lists, ReferenceList.SARANA, referral.sarana_code))
    return known


def _of_vitals(vitals: Vitals) -> dict[str, str]:
    return {name: decimal_text(getattr(vitals, name)) for name in _VITALS}


def _named(lists: ServiceLists, kind: ReferenceList, code: str | None) -> Option | None:
    if not code:
        return None
    return next((option for option in lists.options(kind) if option.code == code), Option(code, code))


def _kept(option: Option | None) -> str:
    """As PickerField keeps what was picked."""
    return f"{option.code}\t{option.name}\t{option.hint}" if option else ""
