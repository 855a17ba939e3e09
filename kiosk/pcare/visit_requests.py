"""What is sent for a service entry, with its referral."""

import datetime as dt
from typing import Literal, Self

from pydantic import Field, model_validator

from kiosk.pcare.fields import Request, wire_date, wire_number


class SubspecialtyTarget(Request):
    """A referral to a subspecialty; `sarana` is a hospital facility's code where one was chosen."""

    subspecialty: str = Field(min_length=1, max_length=10)
    sarana: str | None = None

    def to_wire(self) -> dict[str, object]:
        """Return the wire's `subSpesialis`."""
        return {"kdSubSpesialis1": self.subspecialty, "kdSarana": self.sarana}


class SpecialTarget(Request):
    """A referral of a special kind (HDL, JIW, THA …); THA and HEM need a subspecialty."""

    kind: str = Field(min_length=1, max_length=10)
    subspecialty: str | None = None
    note: str = ""

    def to_wire(self) -> dict[str, object]:
        """Return the wire's `khusus`."""
        return {"kdKhusus": self.kind, "kdSubSpesialis": self.subspecialty, "catatan": self.note}


class ReferralRequest(Request):
    """A vertical referral: `day` is the estimated day at the hospital, `hospital` its 8-character code.

    Exactly one of `specialist` and `special` says for what.
    """

    day: dt.date
    hospital: str = Field(min_length=1, max_length=8)
    specialist: SubspecialtyTarget | None = None
    special: SpecialTarget | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.specialist is None) == (self.special is None):
            raise ValueError("a referral is either to a subspecialty or of a special kind")
        return self

    def to_wire(self) -> dict[str, object]:
        """Return the wire's `rujukLanjut`."""
        return {
            "tglEstRujuk": wire_date(self.day),
            "kdppk": self.hospital,
            "subSpesialis": self.specialist.to_wire() if self.specialist else None,
            "khusus": self.special.to_wire() if self.special else None,
        }


class VisitRequest(Request):
    """A service entry to be added (`visit_number` None) or replaced.

    Pressures in mmHg, weight in kg, height and waist in cm, rates per minute, temperature in °C; None is "not
    measured" and goes out as null.  `tacc` is -1 for none, 1 time, 2 age, 3 complication, 4 comorbidity, with the
    service's own text in `tacc_reason`.  Allergy codes are those of the lists, "00" being a known absence; None is
    not known.  `therapy` is sent to v3 only, the two texts of drugs and other therapy to v4.
    """

    visit_number: str | None = None
    card_number: str = Field(min_length=1, max_length=16)
    day: dt.date
    poli: str | None = None
    complaint: str
    consciousness: str = Field(min_length=1, max_length=4)
    systolic: int | None = None
    diastolic: int | None = None
    weight_kg: float | None = None
    height_cm: float | None = None
    respiratory_rate: int | None = None
    heart_rate: int | None = None
    waist_cm: float | None = None
    temperature_c: float | None = None
    discharge_status: str = Field(min_length=1, max_length=4)
    discharge_day: dt.date
    doctor: str = Field(min_length=1, max_length=20)
    diagnosis1: str = Field(min_length=1, max_length=10)
    diagnosis2: str | None = None
    diagnosis3: str | None = None
    internal_referral_poli: str | None = None
    referral: ReferralRequest | None = None
    tacc: Literal[-1, 0, 1, 2, 3, 4] = -1
    tacc_reason: str | None = None
    anamnesis: str | None = None
    allergy_food: str | None = None
    allergy_air: str | None = None
    allergy_drug: str | None = None
    prognosis: str | None = None
    drug_therapy: str | None = None
    other_therapy: str | None = None
    supplies: str | None = None
    therapy: str | None = None

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        if self.discharge_day < self.day:
            raise ValueError("the discharge is not before the registration")
        return self

    def to_wire(self, version: Literal["v4", "v3"]) -> dict[str, object]:
        """Return the body for a version of the service."""
        body: dict[str, object] = {
            "noKunjungan": self.visit_number,
            "noKartu": self.card_number,
            "tglDaftar": wire_date(self.day),
            "kdPoli": self.poli,
            "keluhan": self.complaint,
            "kdSadar": self.consciousness,
            "sistole": self.systolic,
            "diastole": self.diastolic,
            "beratBadan": wire_number(self.weight_kg),
            "tinggiBadan": wire_number(self.height_cm),
            "respRate": self.respiratory_rate,
            "heartRate": self.heart_rate,
            "lingkarPerut": wire_number(self.waist_cm),
            "kdStatusPulang": self.discharge_status,
            "tglPulang": wire_date(self.discharge_day),
            "kdDokter": self.doctor,
            "kdDiag1": self.diagnosis1,
            "kdDiag2": self.diagnosis2,
            "kdDiag3": self.diagnosis3,
            "kdPoliRujukInternal": self.internal_referral_poli,
            "rujukLanjut": self.referral.to_wire() if self.referral else None,
            "kdTacc": self.tacc,
            "alasanTacc": self.tacc_reason.strip() if self.tacc_reason else None,
        }
        if version == "v3":
            return body | {"terapi": self.therapy}
        return body | {
            "anamnesa": self.anamnesis,
            "alergiMakan": self.allergy_food,
            "alergiUdara": self.allergy_air,
            "alergiObat": self.allergy_drug,
            "kdPrognosa": self.prognosis,
            "terapiObat": self.drug_therapy,
            "terapiNonObat": self.other_therapy,
            "bmhp": self.supplies,
            "suhu": _decimal_comma(self.temperature_c),
        }


def _decimal_comma(value: float | None) -> str | None:
    """Return a temperature as the catalogue writes it: text with a decimal comma ("36,4")."""
    return None if value is None else f"{value:g}".replace(".", ",")
