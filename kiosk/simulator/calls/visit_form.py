"""The form of a visit: what must be in it, what its codes may be, and the row that is kept of it."""

from collections.abc import Container
from datetime import date
from typing import Any

from kiosk.simulator import diagnoses, hospitals
from kiosk.simulator.calls.fields import Fields, day, wire_day
from kiosk.simulator.reference import ALLERGIES, CONSCIOUSNESS, LEAVING, LEAVING_INPATIENT, POLI, PROGNOSES, TACC
from kiosk.simulator.replies import NOT_IN_REFERENCE
from kiosk.simulator.service import Call

VITALS = ("sistole", "diastole", "beratBadan", "tinggiBadan", "respRate", "heartRate", "lingkarPerut")
TEXTS = ("anamnesa", "terapiObat", "terapiNonObat", "bmhp", "terapi", "alasanTacc")
ALLERGY_FIELDS = (("alergiMakan", "01"), ("alergiUdara", "02"), ("alergiObat", "03"))
REFER_ONWARD = "4"


class VisitForm(Fields):
    """Reads the body of a visit."""

    def __init__(self, call: Call) -> None:
        super().__init__(call.body)
        self._call = call
        self._care = ""

    def check(self, registered: date, care: str) -> None:
        """Check everything but card, day and poli; `care` is the kdTkp of the registration."""
        self._care = care
        self.text("keluhan")
        self.choice("kdSadar", dict(CONSCIOUSNESS))
        for name in VITALS:
            self.number(name)
        leaving = self.choice("kdStatusPulang", dict(LEAVING_INPATIENT if care == "20" else LEAVING))
        left = self.day("tglPulang")
        if left and left < registered:
            self.wrong("tglPulang", "tglPulang tidak boleh sebelum tglDaftar")
        if left and left > self._call.service.today(self._call.facility):
            self.wrong("tglPulang", "tglPulang tidak boleh setelah hari ini")
        self.choice("kdDokter", {each.code for each in self._call.facility.doctors})
        found = [self._diagnosis(name, required=name == "kdDiag1") for name in ("kdDiag1", "kdDiag2", "kdDiag3")]
        self.choice("kdPoliRujukInternal", POLI, required=False)
        self._check_onward(leaving, any(each and each.first_level for each in found[:1]))
        for name in TEXTS:
            self.text(name, required=False)
        self.number("suhu", text=True)
        for name, kind in ALLERGY_FIELDS:
            self.choice(name, dict(ALLERGIES[kind]), required=False)
        self.choice("kdPrognosa", dict(PROGNOSES), required=False)

    def row(self, **values: Any) -> dict[str, Any]:
        """Return the row to keep: every field of the catalogue, missing ones null."""
        kept = {name: self.body.get(name) for name in _KEPT}
        kept["kdTkp"] = self._care
        onward = kept["rujukLanjut"]
        if not (isinstance(onward, dict) and onward.get("kdppk")):
            kept["rujukLanjut"] = None  # an object full of nulls is sent by some clients
        return {**kept, **values}

    def _diagnosis(self, name: str, *, required: bool) -> diagnoses.Diagnosis | None:
        code = self.text(name, required=required)
        found = diagnoses.find(code) if code else None
        if code and found is None:
            self.wrong(name, NOT_IN_REFERENCE)
        return found

    def _check_onward(self, leaving: str, first_level: bool) -> None:
        onward = self.body.get("rujukLanjut")
        tacc = self.body.get("kdTacc", -1)
        if tacc in _TACC_TEXTS:  # v3 clients send it as text
            tacc = self.body["kdTacc"] = int(tacc)
        if isinstance(tacc, (bool, float)) or (tacc is not None and tacc not in TACC):
            self.wrong("kdTacc", NOT_IN_REFERENCE)
            tacc = None
        reason = self.body.get("alasanTacc")
        if tacc and tacc > 0 and not (isinstance(reason, str) and reason.strip()):
            self.wrong("alasanTacc", "alasanTacc harus diisi")
        if leaving != REFER_ONWARD:
            return
        if not isinstance(onward, dict) or not onward.get("kdppk"):
            self.wrong("rujukLanjut", "rujukLanjut harus diisi")
            return
        self._check_target(onward)
        if first_level and tacc in (-1, 0, None) and not onward.get("khusus"):
            self.wrong("kdTacc", "Diagnosa non spesialistik, kdTacc harus diisi")

    def _check_target(self, onward: dict[str, Any]) -> None:
        planned = day(onward.get("tglEstRujuk"))
        if planned is None and not self._call.v3:  # v3 knows no planned day
            self.wrong("tglEstRujuk", "tglEstRujuk tidak sesuai format dd-mm-yyyy")
        # Kept in the one form in which referrals are counted.
        onward["tglEstRujuk"] = wire_day(planned) if planned else None
        code = onward.get("kdppk")
        if not isinstance(code, str) or hospitals.find(code, self._call.world.seed) is None:
            self.wrong("kdppk", NOT_IN_REFERENCE)
        specialty, special = onward.get("subSpesialis"), onward.get("khusus")
        if bool(specialty) == bool(special):
            self.wrong("rujukLanjut", "Isi salah satu: subSpesialis atau khusus")
        elif specialty:
            self._check_code("kdSubSpesialis1", specialty, hospitals.SUBSPECIALTIES)
        else:
            self._check_code("kdKhusus", special, dict(hospitals.KHUSUS))
            if isinstance(special, dict) and special.get("kdKhusus") in hospitals.WITH_SUBSPECIALTY:
                self._check_code("kdSubSpesialis", special, hospitals.SUBSPECIALTIES)

    def _check_code(self, name: str, holder: object, allowed: Container[str]) -> None:
        code = holder.get(name) if isinstance(holder, dict) else None
        if not isinstance(code, str) or code not in allowed:
            self.wrong(name, NOT_IN_REFERENCE)


_TACC_TEXTS = tuple(str(each) for each in TACC)
_KEPT = (
    "noKartu", "keluhan", "kdSadar", *VITALS, "kdStatusPulang", "tglPulang", "kdDokter", "kdDiag1", "kdDiag2",
    "kdDiag3", "kdPoliRujukInternal", "rujukLanjut", "kdTacc", *TEXTS, "alergiMakan", "alergiUdara", "alergiObat",
    "kdPrognosa", "suhu",
)  # fmt: skip
