"""From our records to P-Care's requests; what was not measured stays empty up to the wire."""

import json

from pydantic import ValidationError

from kiosk.domain.registration import Registration
from kiosk.domain.visit import Referral, Visit
from kiosk.pcare.client import (
    ReferralRequest,
    RegistrationRequest,
    SpecialTarget,
    SubspecialtyTarget,
    VisitRequest,
)


class Unsendable(Exception):
    """The record cannot be put into P-Care's form; `args[0]` names the fields."""


def registration_request(registration: Registration, facility: str) -> RegistrationRequest:
    """The body of POST pendaftaran; `facility` is where the member is registered. Raises Unsendable."""
    v = registration.vitals
    try:
        return RegistrationRequest(
            participant_facility=facility,
            day=registration.day,
            card_number=registration.card_number or "",
            poli=registration.poli_code,
            complaint=registration.complaint,
            sick=registration.visit_kind == "sakit",
            care=registration.care.value,
            systolic=v.systolic,
            diastolic=v.diastolic,
            weight_kg=v.weight,
            height_cm=v.height,
            respiratory_rate=v.respiration,
            waist_cm=v.waist,
            heart_rate=v.heart_rate,
            refer_back=registration.referred_back,
        )
    except ValidationError as error:
        raise Unsendable(field_names(error)) from None


def visit_request(visit: Visit, registration: Registration, number: str | None) -> VisitRequest:
    """The body of POST (number None) or PUT kunjungan. Raises Unsendable."""
    form, v = visit.form, visit.form.vitals
    codes: list[str | None] = [*(d.code for d in form.diagnoses), None, None, None]
    try:
        return VisitRequest.model_validate(
            {
                "visit_number": number,
                "card_number": registration.card_number or "",
                "day": registration.day,
                "poli": registration.poli_code,
                "complaint": form.complaint,
                "consciousness": form.consciousness_code,
                "systolic": v.systolic,
                "diastolic": v.diastolic,
                "weight_kg": v.weight,
                "height_cm": v.height,
                "respiratory_rate": v.respiration,
                "heart_rate": v.heart_rate,
                "waist_cm": v.waist,
                "temperature_c": v.temperature,
                "discharge_status": form.discharge_code,
                "discharge_day": form.discharge_day,
                "doctor": form.doctor_code,
                "diagnosis1": codes[0],
                "diagnosis2": codes[1],
                "diagnosis3": codes[2],
                "internal_referral_poli": form.internal_poli_code,
                "referral": _referral(form.referral) if form.referral else None,
                "tacc": form.tacc_code,
                "tacc_reason": form.tacc_reason,
                "anamnesis": form.anamnesis or None,
                "allergy_food": form.allergy_food,
                "allergy_air": form.allergy_air,
                "allergy_drug": form.allergy_drug,
                "prognosis": form.prognosis_code,
                "drug_therapy": form.therapy_drugs or None,
                "other_therapy": form.therapy_other or None,
                "supplies": form.supplies or None,
                "therapy": form.therapy_drugs or None,
            }
        )
    except ValidationError as error:
        raise Unsendable(field_names(error)) from None


def as_text(body: dict[str, object]) -> str:
    """What was sent, for the attempt's row."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _referral(referral: Referral) -> ReferralRequest:
    specialist = special = None
    if referral.special_code:
        special = SpecialTarget(
            kind=referral.special_code, subspecialty=referral.subspecialty_code, note=referral.note or ""
        )
    else:
        specialist = SubspecialtyTarget(
            subspecialty=referral.subspecialty_code or "", sarana=referral.sarana_code or None
        )
    return ReferralRequest(day=referral.day, hospital=referral.hospital_code, specialist=specialist, special=special)


def field_names(error: ValidationError) -> str:
    """The fields that P-Care's form would not take."""
    return ", ".join(sorted({".".join(str(part) for part in e["loc"]) or "rujukan" for e in error.errors()}))
