"""Examination results of a visit (MCU): 25 numbers and six texts, how they are called and usually measured."""

from dataclasses import dataclass, fields
from datetime import date
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class LabResult:
    """Examination results (MCU). What was not done is None, everywhere, up to the wire.

    P-Care states no units. Those named here are the usual ones of Indonesian laboratories; values go as they are given.
    """

    day: date | None = None
    """When it was examined (tglPelayanan); None: on the day of the visit."""
    blood_pressure_systolic: float | None = None
    """mmHg"""
    blood_pressure_diastolic: float | None = None
    """mmHg"""
    haemoglobin: float | None = None
    """g/dL"""
    leucocytes: float | None = None
    erythrocytes: float | None = None
    sedimentation_rate: float | None = None
    """mm/hour"""
    haematocrit: float | None = None
    """%"""
    thrombocytes: float | None = None
    hdl: float | None = None
    """mg/dL"""
    ldl: float | None = None
    """mg/dL"""
    cholesterol: float | None = None
    """mg/dL, total"""
    triglycerides: float | None = None
    """mg/dL"""
    glucose_random: float | None = None
    """mg/dL"""
    glucose_fasting: float | None = None
    """mg/dL"""
    glucose_postprandial: float | None = None
    """mg/dL"""
    hba1c: float | None = None
    """%"""
    sgot: float | None = None
    """U/L"""
    sgpt: float | None = None
    """U/L"""
    gamma_gt: float | None = None
    """U/L"""
    protein_qualitative: float | None = None
    albumin: float | None = None
    """g/dL"""
    creatinine: float | None = None
    """mg/dL"""
    urea: float | None = None
    """mg/dL"""
    uric_acid: float | None = None
    """mg/dL"""
    abi: float | None = None
    """ankle-brachial index, a ratio"""
    radiology: str | None = None
    ecg: str | None = None
    echo: str | None = None
    funduscopy: str | None = None
    other_examination: str | None = None
    note: str | None = None

    @property
    def title(self) -> str:
        """What it is called in a list."""
        return "Laboratorium"

    @property
    def is_empty(self) -> bool:
        """Whether nothing was examined."""
        return all(getattr(self, f.name) in (None, "") for f in fields(self) if f.name != "day")


class Measured(NamedTuple):
    """How one number of the results is asked for and shown."""

    label: str
    unit: str
    """The usual one; "" where laboratories differ."""


LAB_NUMBERS: dict[str, Measured] = {
    "blood_pressure_systolic": Measured("Sistole", "mmHg"),
    "blood_pressure_diastolic": Measured("Diastole", "mmHg"),
    "haemoglobin": Measured("Hemoglobin", "g/dL"),
    "leucocytes": Measured("Leukosit", ""),
    "erythrocytes": Measured("Eritrosit", ""),
    "sedimentation_rate": Measured("Laju endap darah", "mm/jam"),
    "haematocrit": Measured("Hematokrit", "%"),
    "thrombocytes": Measured("Trombosit", ""),
    "hdl": Measured("HDL", "mg/dL"),
    "ldl": Measured("LDL", "mg/dL"),
    "cholesterol": Measured("Kolesterol total", "mg/dL"),
    "triglycerides": Measured("Trigliserida", "mg/dL"),
    "glucose_random": Measured("Gula darah sewaktu", "mg/dL"),
    "glucose_fasting": Measured("Gula darah puasa", "mg/dL"),
    "glucose_postprandial": Measured("Gula darah 2 jam PP", "mg/dL"),
    "hba1c": Measured("HbA1c", "%"),
    "sgot": Measured("SGOT", "U/L"),
    "sgpt": Measured("SGPT", "U/L"),
    "gamma_gt": Measured("Gamma GT", "U/L"),
    "protein_qualitative": Measured("Protein kualitatif", ""),
    "albumin": Measured("Albumin", "g/dL"),
    "creatinine": Measured("Kreatinin", "mg/dL"),
    "urea": Measured("Ureum", "mg/dL"),
    "uric_acid": Measured("Asam urat", "mg/dL"),
    "abi": Measured("ABI", ""),
}
LAB_TEXTS: dict[str, str] = {
    "radiology": "Foto radiologi",
    "ecg": "EKG",
    "echo": "Ekokardiografi",
    "funduscopy": "Funduskopi",
    "other_examination": "Pemeriksaan lain",
    "note": "Keterangan",
}
