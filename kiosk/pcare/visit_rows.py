"""What comes back of service entries: the rows of a member's history and the referral letter."""

from pydantic import AliasChoices, Field

from kiosk.pcare.fields import Date, Flag, Int, Key, Measured, MeasuredInt, Row, Text, inside


class VisitRow(Row):
    """One visit of a member's history.

    `facility_code` is where the member was seen; the history holds other facilities' visits too.  Pressures in
    mmHg, weight in kg, height in cm, rates per minute; the service's 0 is "not measured" and None here.
    """

    visit_number: Key = Field(validation_alias="noKunjungan")
    day: Date = Field(default=None, validation_alias="tglKunjungan")
    facility_code: Text = Field(default=None, validation_alias=inside("providerPelayanan", "kdProvider"))
    facility_name: Text = Field(default=None, validation_alias=inside("providerPelayanan", "nmProvider"))
    card_number: Text = Field(default=None, validation_alias=inside("peserta", "noKartu"))
    poli_code: Text = Field(default=None, validation_alias=inside("poli", "kdPoli"))
    poli_name: Text = Field(default=None, validation_alias=inside("poli", "nmPoli"))
    programme_code: Text = Field(default=None, validation_alias=inside("progProlanis", "kdProgram"))
    programme_name: Text = Field(default=None, validation_alias=inside("progProlanis", "nmProgram"))
    complaint: Text = Field(default=None, validation_alias="keluhan")
    diagnosis1: Text = Field(default=None, validation_alias=inside("diagnosa1", "kdDiag"))
    diagnosis1_name: Text = Field(default=None, validation_alias=inside("diagnosa1", "nmDiag"))
    diagnosis2: Text = Field(default=None, validation_alias=inside("diagnosa2", "kdDiag"))
    diagnosis2_name: Text = Field(default=None, validation_alias=inside("diagnosa2", "nmDiag"))
    diagnosis3: Text = Field(default=None, validation_alias=inside("diagnosa3", "kdDiag"))
    diagnosis3_name: Text = Field(default=None, validation_alias=inside("diagnosa3", "nmDiag"))
    consciousness: Text = Field(default=None, validation_alias=inside("kesadaran", "kdSadar"))
    systolic: MeasuredInt = Field(default=None, validation_alias="sistole")
    diastolic: MeasuredInt = Field(default=None, validation_alias="diastole")
    weight_kg: Measured = Field(default=None, validation_alias="beratBadan")
    height_cm: Measured = Field(default=None, validation_alias="tinggiBadan")
    respiratory_rate: MeasuredInt = Field(default=None, validation_alias="respRate")
    heart_rate: MeasuredInt = Field(default=None, validation_alias="heartRate")
    note: Text = Field(default=None, validation_alias="catatan")
    physical_findings: Text = Field(default=None, validation_alias="pemFisikLain")
    refer_back: Int = Field(default=None, validation_alias="rujukBalik")
    referring_facility: Text = Field(default=None, validation_alias=inside("providerAsalRujuk", "kdProvider"))
    referred_to: Text = Field(default=None, validation_alias=inside("providerRujukLanjut", "kdProvider"))
    referred_to_name: Text = Field(default=None, validation_alias=inside("providerRujukLanjut", "nmProvider"))
    doctor_code: Text = Field(default=None, validation_alias=inside("dokter", "kdDokter"))
    doctor_name: Text = Field(default=None, validation_alias=inside("dokter", "nmDokter"))
    discharge_status: Text = Field(default=None, validation_alias=inside("statusPulang", "kdStatusPulang"))
    discharge_status_name: Text = Field(default=None, validation_alias=inside("statusPulang", "nmStatusPulang"))
    care: Text = Field(default=None, validation_alias=inside("tkp", "kdTkp"))
    internal_referral_poli: Text = Field(default=None, validation_alias=inside("poliRujukInternal", "kdPoli"))
    referral_poli: Text = Field(default=None, validation_alias=inside("poliRujukLanjut", "kdPoli"))
    discharge_day: Date = Field(default=None, validation_alias="tglPulang")


class ReferralRow(Row):
    """The referral letter of a visit.

    `facility_*` is the referring facility with its branch office and region; `hospital_name` and the two dates
    come only from services that send them.  `relation_code` with `relation` tell the member's place in the family.
    """

    referral_number: Key = Field(validation_alias="noRujukan")
    facility_code: Text = Field(default=None, validation_alias=inside("ppk", "kdPPK"))
    facility_name: Text = Field(default=None, validation_alias=inside("ppk", "nmPPK"))
    facility_address: Text = Field(default=None, validation_alias=inside("ppk", "alamat"))
    branch_code: Text = Field(default=None, validation_alias=inside("ppk", "kc", "kdKC"))
    branch_name: Text = Field(default=None, validation_alias=inside("ppk", "kc", "nmKC"))
    branch_address: Text = Field(default=None, validation_alias=inside("ppk", "kc", "alamat"))
    branch_phone: Text = Field(default=None, validation_alias=inside("ppk", "kc", "telp"))
    regency_name: Text = Field(default=None, validation_alias=inside("ppk", "kc", "dati", "nmDati"))
    region_name: Text = Field(default=None, validation_alias=inside("ppk", "kc", "kdKR", "nmKR"))
    visit_day: Date = Field(default=None, validation_alias="tglKunjungan")
    poli_code: Text = Field(default=None, validation_alias=inside("poli", "kdPoli"))
    poli_name: Text = Field(default=None, validation_alias=inside("poli", "nmPoli"))
    card_number: Text = Field(default=None, validation_alias="nokaPst")
    name: Text = Field(default=None, validation_alias="nmPst")
    birth_date: Date = Field(default=None, validation_alias="tglLahir")
    relation_code: Text = Field(default=None, validation_alias="pisa")
    relation: Text = Field(default=None, validation_alias="ketPisa")
    sex: Text = None
    diagnosis1: Text = Field(default=None, validation_alias=inside("diag1", "kdDiag"))
    diagnosis1_name: Text = Field(default=None, validation_alias=inside("diag1", "nmDiag"))
    diagnosis2: Text = Field(default=None, validation_alias=inside("diag2", "kdDiag"))
    diagnosis2_name: Text = Field(default=None, validation_alias=inside("diag2", "nmDiag"))
    diagnosis3: Text = Field(default=None, validation_alias=inside("diag3", "kdDiag"))
    diagnosis3_name: Text = Field(default=None, validation_alias=inside("diag3", "nmDiag"))
    non_specialist: Flag = Field(default=None, validation_alias=inside("diag1", "nonSpesialis"))
    note: Text = Field(default=None, validation_alias=AliasChoices("catatan", "catatanRujuk"))
    doctor_code: Text = Field(default=None, validation_alias=inside("dokter", "kdDokter"))
    doctor_name: Text = Field(default=None, validation_alias=inside("dokter", "nmDokter"))
    tacc_name: Text = Field(default=None, validation_alias=inside("tacc", "nmTacc"))
    tacc_reason: Text = Field(default=None, validation_alias=inside("tacc", "alasanTacc"))
    fine_info: Text = Field(default=None, validation_alias="infoDenda")
    planned_day: Date = Field(default=None, validation_alias="tglEstRujuk")
    last_day: Date = Field(default=None, validation_alias="tglAkhirRujuk")
    hospital_code: Text = Field(default=None, validation_alias=inside("ppkRujuk", "kdPPK"))
    hospital_name: Text = Field(default=None, validation_alias=inside("ppkRujuk", "nmPPK"))
    hospital_schedule: Text = Field(default=None, validation_alias="jadwal")
