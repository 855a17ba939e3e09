"""Which of our fields is meant when P-Care, or the way there, names one of its own in a refusal."""

import re

LABELS: dict[str, str] = {
    # P-Care's names (pendaftaran, kunjungan, obat, tindakan, MCU), then those of the client that fills its forms
    "noKartu": "Nomor kartu",
    "card_number": "Nomor kartu",
    "tglDaftar": "Tanggal",
    "day": "Tanggal",
    "kdPoli": "Poli tujuan",
    "poli": "Poli tujuan",
    "keluhan": "Keluhan",
    "complaint": "Keluhan",
    "kunjSakit": "Jenis kunjungan",
    "kdTkp": "Perawatan",
    "care": "Perawatan",
    "rujukBalik": "Rujuk balik",
    "kdProviderPeserta": "Fasilitas peserta",
    "participant_facility": "Fasilitas peserta",
    "fasilitas peserta": "Fasilitas peserta",
    "sistole": "Sistole",
    "systolic": "Sistole",
    "diastole": "Diastole",
    "diastolic": "Diastole",
    "beratBadan": "Berat",
    "weight_kg": "Berat",
    "tinggiBadan": "Tinggi",
    "height_cm": "Tinggi",
    "respRate": "Napas",
    "respiratory_rate": "Napas",
    "lingkarPerut": "Perut",
    "waist_cm": "Perut",
    "heartRate": "Nadi",
    "heart_rate": "Nadi",
    "suhu": "Suhu",
    "temperature_c": "Suhu",
    "kdSadar": "Kesadaran",
    "consciousness": "Kesadaran",
    "anamnesa": "Anamnesis",
    "anamnesis": "Anamnesis",
    "alergiMakan": "Alergi makanan",
    "allergy_food": "Alergi makanan",
    "alergiUdara": "Alergi udara",
    "allergy_air": "Alergi udara",
    "alergiObat": "Alergi obat",
    "allergy_drug": "Alergi obat",
    "kdDiag1": "Diagnosis utama",
    "diagnosis1": "Diagnosis utama",
    "kdDiag2": "Diagnosis 2",
    "diagnosis2": "Diagnosis 2",
    "kdDiag3": "Diagnosis 3",
    "diagnosis3": "Diagnosis 3",
    "kdPrognosa": "Prognosis",
    "prognosis": "Prognosis",
    "terapiObat": "Terapi obat",
    "drug_therapy": "Terapi obat",
    "terapi": "Terapi obat",
    "therapy": "Terapi obat",
    "terapiNonObat": "Terapi lain",
    "other_therapy": "Terapi lain",
    "bmhp": "BMHP",
    "supplies": "BMHP",
    "kdDokter": "Dokter",
    "doctor": "Dokter",
    "kdStatusPulang": "Status pulang",
    "discharge_status": "Status pulang",
    "tglPulang": "Tanggal pulang",
    "discharge_day": "Tanggal pulang",
    "kdPoliRujukInternal": "Poli rujukan",
    "internal_referral_poli": "Poli rujukan",
    "rujukLanjut": "Rujukan",
    "rujukan": "Rujukan",
    "referral": "Rujukan",
    "tglEstRujuk": "Tanggal rujukan",
    "kdppk": "Rumah sakit",
    "hospital": "Rumah sakit",
    "kdSubSpesialis1": "Subspesialis",
    "kdSubSpesialis": "Subspesialis",
    "kdSarana": "Sarana",
    "kdKhusus": "Layanan khusus",
    "kdTacc": "Alasan TACC",
    "tacc": "Alasan TACC",
    "alasanTacc": "Keterangan TACC",
    "tacc_reason": "Keterangan TACC",
    "kdObat": "Obat",
    "nmObatNonDPHO": "Obat di luar DPHO",
    "signa1": "Signa",
    "signa2": "Signa",
    "jmlObat": "Jumlah",
    "jmlPermintaan": "Jumlah diminta",
    "kdTindakan": "Tindakan",
    "biaya": "Biaya",
    "hasil": "Hasil",
    "keterangan": "Keterangan",
}
"""A field's name on the wire or in the client → its label in our forms."""

NOT_TYPED: dict[str, str] = {
    "Nomor kartu": "Periksa kartunya; kalau P-Care tidak menerimanya, Enter, ganti jaminan, lalu simpan",
    "Fasilitas peserta": "Tanyakan pesertanya lagi (F3, Ctrl+R), lalu Enter di sini dan simpan",
}
"""What to do about a field that no form of the record asks for."""


def labels_in(detail: str) -> tuple[str, ...]:
    """The labels of the fields that a refusal names ("kdPoli: Tidak sesuai …; …", or "doctor, diagnosis1")."""
    found = []
    for part in re.split(r";|, (?=[A-Za-z0-9_.]+(?:,|$))", detail):
        name = part.split(":")[0].split("(")[0].strip()
        label = LABELS.get(name) or LABELS.get(name.rsplit(".", 1)[-1])
        if label is not None and label not in found:
            found.append(label)
    return tuple(found)


def advice_for(detail: str) -> str:
    """What to do about a refusal that names fields; "" when it names none that we know."""
    labels = labels_in(detail)
    typed = [label for label in labels if label not in NOT_TYPED]
    if typed:
        return f"Enter, perbaiki {', '.join(typed)}, lalu simpan: dikirim lagi"
    return NOT_TYPED[labels[0]] if labels else ""
