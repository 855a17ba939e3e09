"""Laboratory and examination results of a visit (`MCU`): the 35 fields of the service under English names.

The service states no units.  Those named here are the usual ones in Indonesian laboratories; values pass as given.
"""

import datetime as dt

from pydantic import AliasGenerator, ConfigDict, Field

from kiosk.pcare.fields import Date, Key, Measured, Request, Row, Text, wire_date, wire_number

NUMBERS = {
    "blood_pressure_systolic": "tekananDarahSistole",  # mmHg
    "blood_pressure_diastolic": "tekananDarahDiastole",  # mmHg
    "haemoglobin": "darahRutinHemo",  # g/dL
    "leucocytes": "darahRutinLeu",
    "erythrocytes": "darahRutinErit",
    "sedimentation_rate": "darahRutinLaju",  # mm/h
    "haematocrit": "darahRutinHema",  # %
    "thrombocytes": "darahRutinTrom",
    "hdl": "lemakDarahHDL",  # mg/dL
    "ldl": "lemakDarahLDL",  # mg/dL
    "cholesterol": "lemakDarahChol",  # mg/dL
    "triglycerides": "lemakDarahTrigli",  # mg/dL
    "glucose_random": "gulaDarahSewaktu",  # mg/dL
    "glucose_fasting": "gulaDarahPuasa",  # mg/dL
    "glucose_postprandial": "gulaDarahPostPrandial",  # mg/dL
    "hba1c": "gulaDarahHbA1c",  # %
    "sgot": "fungsiHatiSGOT",  # U/L
    "sgpt": "fungsiHatiSGPT",  # U/L
    "gamma_gt": "fungsiHatiGamma",  # U/L
    "protein_qualitative": "fungsiHatiProtKual",
    "albumin": "fungsiHatiAlbumin",  # g/dL
    "creatinine": "fungsiGinjalCrea",  # mg/dL
    "urea": "fungsiGinjalUreum",  # mg/dL
    "uric_acid": "fungsiGinjalAsam",  # mg/dL
    "abi": "fungsiJantungABI",
}
"""Measured values by attribute: the wire writes 0 for "not done", which is None here."""

TEXTS = {
    "radiology": "radiologiFoto",
    "ecg": "fungsiJantungEKG",
    "echo": "fungsiJantungEcho",
    "funduscopy": "funduskopi",
    "other_examination": "pemeriksaanLain",
    "note": "keterangan",
}
"""Findings in words by attribute."""

_WIRE_NAMES = NUMBERS | TEXTS | {"line": "kdMCU", "visit_number": "noKunjungan", "facility": "kdProvider"}


def _wire_name(attribute: str) -> str:
    return _WIRE_NAMES.get(attribute, "tglPelayanan")


class LabRequest(Request):
    """Results to be added or replaced; None is "not done"."""

    visit_number: str = Field(min_length=1)
    facility: str = Field(min_length=1, max_length=8)
    day: dt.date
    blood_pressure_systolic: float | None = None
    blood_pressure_diastolic: float | None = None
    haemoglobin: float | None = None
    leucocytes: float | None = None
    erythrocytes: float | None = None
    sedimentation_rate: float | None = None
    haematocrit: float | None = None
    thrombocytes: float | None = None
    hdl: float | None = None
    ldl: float | None = None
    cholesterol: float | None = None
    triglycerides: float | None = None
    glucose_random: float | None = None
    glucose_fasting: float | None = None
    glucose_postprandial: float | None = None
    hba1c: float | None = None
    sgot: float | None = None
    sgpt: float | None = None
    gamma_gt: float | None = None
    protein_qualitative: float | None = None
    albumin: float | None = None
    creatinine: float | None = None
    urea: float | None = None
    uric_acid: float | None = None
    abi: float | None = None
    radiology: str | None = None
    ecg: str | None = None
    echo: str | None = None
    funduscopy: str | None = None
    other_examination: str | None = None
    note: str | None = None

    def to_wire(self, line: int) -> dict[str, object]:
        """Return the body for the results with this key, 0 for new ones; "not done" goes out as 0."""
        values = self.model_dump()
        return {
            "kdMCU": line,
            "noKunjungan": self.visit_number,
            "kdProvider": self.facility,
            "tglPelayanan": wire_date(self.day),
            **{wire: wire_number(values[name]) or 0 for name, wire in NUMBERS.items()},
            **{wire: values[name] for name, wire in TEXTS.items()},
        }


class LabRow(Row):
    """Results as the service holds them; `line` is their key."""

    model_config = ConfigDict(alias_generator=AliasGenerator(validation_alias=_wire_name))

    line: Key
    visit_number: Text = None
    facility: Text = None
    day: Date = None
    blood_pressure_systolic: Measured = None
    blood_pressure_diastolic: Measured = None
    haemoglobin: Measured = None
    leucocytes: Measured = None
    erythrocytes: Measured = None
    sedimentation_rate: Measured = None
    haematocrit: Measured = None
    thrombocytes: Measured = None
    hdl: Measured = None
    ldl: Measured = None
    cholesterol: Measured = None
    triglycerides: Measured = None
    glucose_random: Measured = None
    glucose_fasting: Measured = None
    glucose_postprandial: Measured = None
    hba1c: Measured = None
    sgot: Measured = None
    sgpt: Measured = None
    gamma_gt: Measured = None
    protein_qualitative: Measured = None
    albumin: Measured = None
    creatinine: Measured = None
    urea: Measured = None
    uric_acid: Measured = None
    abi: Measured = None
    radiology: Text = None
    ecg: Text = None
    echo: Text = None
    funduscopy: Text = None
    other_examination: Text = None
    note: Text = None
