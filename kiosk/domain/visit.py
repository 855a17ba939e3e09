"""The service given at a visit: findings, diagnoses, therapy, discharge, referral; and what must hold between them."""

from dataclasses import dataclass, field
from datetime import date, datetime

from kiosk.domain.codes import DISCHARGE_VERTICAL_REFERRAL, SPECIAL_WITH_SUBSPECIALTY, TACC_NONE, Care
from kiosk.domain.field_problem import FieldProblem
from kiosk.domain.vitals import Vitals


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """An ICD-10 diagnosis as P-Care lists it."""

    code: str
    name: str
    non_specialist: bool | None = None
    """Whether a first-level facility is expected to treat it itself; None when P-Care was not asked."""


@dataclass(frozen=True, slots=True)
class Referral:
    """A vertical referral: to which hospital, for which specialty or special service, on which day."""

    day: date
    """Estimated day of the hospital visit (tglEstRujuk)."""
    hospital_code: str
    hospital_name: str
    subspecialty_code: str | None = None
    subspecialty_name: str | None = None
    sarana_code: str | None = None
    special_code: str | None = None
    """kdKhusus (HDL, JIW, …). Given: either this or a subspecialty; both for SPECIAL_WITH_SUBSPECIALTY."""
    special_name: str | None = None
    note: str | None = None
    """catatan, for special services only"""


@dataclass(frozen=True, slots=True)
class VisitForm:
    """What nurse and doctor entered for one registration."""

    registration_id: str
    complaint: str = ""
    anamnesis: str = ""
    vitals: Vitals = field(default_factory=Vitals)
    consciousness_code: str = ""
    diagnoses: tuple[Diagnosis, ...] = ()
    """One to three, the first is the main one."""
    therapy_drugs: str = ""
    therapy_other: str = ""
    supplies: str = ""
    """bmhp: consumables used"""
    allergy_food: str | None = None
    allergy_air: str | None = None
    allergy_drug: str | None = None
    prognosis_code: str | None = None
    doctor_code: str = ""
    discharge_code: str = ""
    discharge_day: date | None = None
    tacc_code: int = TACC_NONE
    tacc_reason: str | None = None
    internal_poli_code: str | None = None
    """The poli of this clinic where the patient goes next (kdPoliRujukInternal)."""
    referral: Referral | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A saved service entry."""

    id: str
    form: VisitForm
    day: date
    deleted: bool
    remote_number: str | None
    """noKunjungan (19 characters), once P-Care gave it."""
    version: int
    confirmed_version: int
    """The version that P-Care is known to hold; 0 when it holds none."""
    care: Care
    """Of its registration: what the discharge status means depends on it."""
    created_at: datetime


def visit_problems(form: VisitForm, registered_on: date, today: date) -> tuple[FieldProblem, ...]:
    """Everything that keeps the form from being saved, in the order of the form.

    What P-Care requires of a visit: complaint, consciousness, main diagnosis, doctor, discharge status and its day
    (not before the registration, not after today), a referral exactly when the discharge is a vertical referral.
    """
    found: list[FieldProblem] = []

    def need(value: object, name: str, message: str) -> None:
        if not value:
            found.append(FieldProblem(name, message))

    need(form.complaint.strip(), "complaint", "Keluhan harus diisi")
    need(form.consciousness_code, "consciousness_code", "Pilih kesadaran")
    need(form.diagnoses, "diagnosis1", "Diagnosis utama harus diisi")
    codes = [d.code for d in form.diagnoses]
    if len(set(codes)) < len(codes):
        found.append(FieldProblem(f"diagnosis{len(codes)}", "Diagnosis yang sama tertulis dua kali"))
    need(form.doctor_code, "doctor_code", "Pilih dokter")
    need(form.discharge_code, "discharge_code", "Pilih status pulang")
    if form.discharge_day is None:
        found.append(FieldProblem("discharge_day", "Tanggal pulang harus diisi"))
    elif not registered_on <= form.discharge_day <= today:
        found.append(FieldProblem("discharge_day", "Tanggal pulang: dari tanggal daftar sampai hari ini"))
    if form.discharge_code == DISCHARGE_VERTICAL_REFERRAL:
        found += _referral_problems(form, registered_on)
    return tuple(found)


def _referral_problems(form: VisitForm, registered_on: date) -> list[FieldProblem]:
    referral = form.referral
    if referral is None:
        return [FieldProblem("referral", "Rujukan belum lengkap: pilih spesialis, tanggal, dan rumah sakit")]
    found = []
    if referral.special_code in SPECIAL_WITH_SUBSPECIALTY:
        if not referral.subspecialty_code:
            found.append(FieldProblem("subspecialty", "Layanan khusus ini butuh subspesialis juga"))
    elif bool(referral.subspecialty_code) == bool(referral.special_code):
        found.append(FieldProblem("subspecialty", "Pilih salah satu: subspesialis atau layanan khusus"))
    if referral.day < registered_on:
        found.append(FieldProblem("referral_day", "Tanggal rujukan tidak boleh sebelum tanggal daftar"))
    if form.tacc_code == TACC_NONE and form.diagnoses and form.diagnoses[0].non_specialist:
        found.append(FieldProblem("tacc_code", "Diagnosis nonspesialistik: rujukan butuh alasan TACC (waktu, usia, …)"))
    if form.tacc_code != TACC_NONE and not form.tacc_reason:
        found.append(FieldProblem("tacc_reason", "Alasan TACC harus dipilih"))
    return found
