"""Closed code tables of P-Care (catalogue, section of code tables) and our own closed vocabularies.

Lists that belong to a facility (poli, doctors, hospitals, discharge statuses) are loaded from P-Care at run time and
are not here.
"""

from enum import StrEnum


class Payer(StrEnum):
    """Who pays for the visit."""

    BPJS = "bpjs"
    GENERAL = "umum"


class VisitKind(StrEnum):
    """Sick visit or healthy visit (kunjSakit)."""

    SICK = "sakit"
    HEALTHY = "sehat"


class Care(StrEnum):
    """Place of care; the value is P-Care's kdTkp."""

    OUTPATIENT = "10"
    INPATIENT = "20"
    PROMOTIVE = "50"


class Sex(StrEnum):
    """Sex as P-Care writes it."""

    MALE = "L"
    FEMALE = "P"


class TicketState(StrEnum):
    """Where a queue number stands."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    SKIPPED = "skipped"
    DONE = "done"
    CANCELLED = "cancelled"


class Priority(StrEnum):
    """Who is called before the ordinary numbers, by the clinic's ratio; an emergency goes before everybody."""

    ORDINARY = "ordinary"
    ELDERLY = "elderly"
    PREGNANT = "pregnant"
    DISABLED = "disabled"
    TODDLER = "toddler"
    EMERGENCY = "emergency"


class OutboxKind(StrEnum):
    """One call that P-Care must see, or for `queue.*` the queue service Antrean FKTP (Mobile JKN)."""

    REGISTRATION_ADD = "registration.add"
    REGISTRATION_CANCEL = "registration.cancel"
    VISIT_ADD = "visit.add"
    VISIT_UPDATE = "visit.update"
    VISIT_DELETE = "visit.delete"
    MEDICATION_ADD = "medication.add"
    MEDICATION_DELETE = "medication.delete"
    PROCEDURE_ADD = "procedure.add"
    PROCEDURE_UPDATE = "procedure.update"
    PROCEDURE_DELETE = "procedure.delete"
    LAB_ADD = "lab.add"
    LAB_UPDATE = "lab.update"
    LAB_DELETE = "lab.delete"
    QUEUE_ADD = "queue.add"
    QUEUE_CALL = "queue.call"
    QUEUE_CANCEL = "queue.cancel"


QUEUE_KINDS = frozenset({OutboxKind.QUEUE_ADD, OutboxKind.QUEUE_CALL, OutboxKind.QUEUE_CANCEL})
"""Calls of the queue service: they go their own way, whatever becomes of P-Care's."""


class LineKind(StrEnum):
    """What stands in a visit line by line."""

    MEDICATION = "medication"
    PROCEDURE = "procedure"
    LAB = "lab"


class OutboxState(StrEnum):
    """How far a call is (see kiosk.domain.outbox for what may follow what)."""

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    NEEDS_ACTION = "needs_action"
    DONE = "done"
    DROPPED = "dropped"


class InquiryKind(StrEnum):
    """What may be asked of P-Care on behalf of a screen."""

    PARTICIPANT = "participant"
    HISTORY = "history"
    HOSPITALS = "hospitals"
    DIAGNOSES = "diagnoses"
    SUBSPECIALTIES = "subspecialties"
    DRUGS = "drugs"
    PROCEDURES = "procedures"


class InquiryState(StrEnum):
    """How far a question is."""

    ASKED = "asked"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"


class ReferenceList(StrEnum):
    """Lists kept from P-Care."""

    POLI = "poli"
    DOCTOR = "doctor"
    CONSCIOUSNESS = "consciousness"
    DISCHARGE = "discharge"
    DISCHARGE_INPATIENT = "discharge_inpatient"
    """Discharge statuses of inpatients: the same code may mean another thing than for outpatients."""
    ALLERGY_FOOD = "allergy_food"
    ALLERGY_AIR = "allergy_air"
    ALLERGY_DRUG = "allergy_drug"
    PROGNOSIS = "prognosis"
    SPECIALTY = "specialty"
    SARANA = "sarana"
    KHUSUS = "khusus"
    DIAGNOSIS = "diagnosis"
    DRUG = "drug"
    """Of the national list (DPHO) what the clinic has looked for; P-Care does not hand it out whole."""
    PROCEDURE_OUTPATIENT = "procedure_10"
    PROCEDURE_INPATIENT = "procedure_20"
    PROCEDURE_PROMOTIVE = "procedure_50"
    """Procedures of a kind of care; the flag says whether a result value belongs to them (withValue)."""
    TARIFF_OUTPATIENT = "tariff_10"
    TARIFF_INPATIENT = "tariff_20"
    TARIFF_PROMOTIVE = "tariff_50"
    """Highest tariff (maxTarif) of these procedures: the rupiah stand as digits in the place of the name."""


DISCHARGE_OUTPATIENT_VISIT = "3"
"""kdStatusPulang "Berobat Jalan"."""

DISCHARGE_VERTICAL_REFERRAL = "4"
"""kdStatusPulang "Rujuk Vertikal": the visit must carry a referral."""

SPECIAL_WITH_SUBSPECIALTY = ("THA", "HEM")
"""kdKhusus (thalassaemia, haemophilia) that need a subspecialty besides; the others must have none."""

PROCEDURE_LISTS = {
    Care.OUTPATIENT: (ReferenceList.PROCEDURE_OUTPATIENT, ReferenceList.TARIFF_OUTPATIENT),
    Care.INPATIENT: (ReferenceList.PROCEDURE_INPATIENT, ReferenceList.TARIFF_INPATIENT),
    Care.PROMOTIVE: (ReferenceList.PROCEDURE_PROMOTIVE, ReferenceList.TARIFF_PROMOTIVE),
}
"""Procedures and their tariffs, by the kind of care."""

DISCHARGE_LISTS = {
    Care.OUTPATIENT: ReferenceList.DISCHARGE,
    Care.INPATIENT: ReferenceList.DISCHARGE_INPATIENT,
    Care.PROMOTIVE: ReferenceList.DISCHARGE,
}
"""Discharge statuses (statuspulang/rawatInap), by the kind of care."""

PRIORITY_TEXT = {
    Priority.ORDINARY: "biasa",
    Priority.ELDERLY: "lansia",
    Priority.PREGNANT: "hamil",
    Priority.DISABLED: "difabel",
    Priority.TODDLER: "balita",
    Priority.EMERGENCY: "gawat",
}

SEX_TEXT = {Sex.MALE: "laki-laki", Sex.FEMALE: "perempuan"}

CARE_TEXT = {Care.OUTPATIENT: "rawat jalan", Care.INPATIENT: "rawat inap", Care.PROMOTIVE: "promotif"}

TACC_NONE = -1
"""kdTacc when no reason of time, age, complication or comorbidity is given."""

TACC_TEXT = {
    TACC_NONE: "Tanpa TACC",
    1: "Time (waktu)",
    2: "Age (usia)",
    3: "Complication (komplikasi)",
    4: "Comorbidity (penyakit penyerta)",
}
_TACC_TIME = ("< 3 Hari", ">= 3 - 7 Hari", ">= 7 Hari")
TACC_REASONS: dict[int, tuple[str, ...]] = {
    1: _TACC_TIME,
    2: (
        "< 1 Bulan",
        ">= 1 Bulan s/d < 12 Bulan",
        ">= 1 Tahun s/d < 5 Tahun",
        ">= 5 Tahun s/d < 12 Tahun",
        ">= 12 Tahun s/d < 55 Tahun",
        ">= 55 Tahun",
    ),
    4: _TACC_TIME,
}
"""alasanTacc by kdTacc; for 3 the reason is the diagnosis itself, "kdDiag - nmDiag"."""
