"""The code tables that P-Care hands out, as far as they are published; what was made up says so."""

from typing import Any

Rows = tuple[tuple[str, str], ...]

# kdPoli, nmPoli, poliSakit, letter of its queue numbers.  The whole table is not published; C belongs to 003
# in published samples, the other letters follow from it.
POLIS: tuple[tuple[str, str, bool, str], ...] = (
    ("001", "POLI UMUM", True, "A"),
    ("002", "POLI GIGI & MULUT", True, "B"),
    ("003", "K I A", True, "C"),
    ("021", "KUNJUNGAN SEHAT", False, "D"),
)
POLI = {code: {"kdPoli": code, "nmPoli": name, "poliSakit": sick} for code, name, sick, _ in POLIS}
LETTER = {code: letter for code, _, _, letter in POLIS}

CARE: dict[str, str] = {"10": "RJTP", "20": "RITP", "50": "PROMOTIF"}
CONSCIOUSNESS: Rows = (("01", "Compos mentis"), ("02", "Somnolence"), ("03", "Sopor"), ("04", "Coma"))
LEAVING: Rows = (("1", "Meninggal"), ("3", "Berobat Jalan"), ("4", "Rujuk Vertikal"), ("6", "Rujuk Horizontal"))
# The names of the inpatient list are known, its codes are not: these are made up.
LEAVING_INPATIENT: Rows = (("1", "Sembuh"), ("2", "Meninggal"), ("4", "Rujuk Vertikal"))
PROGNOSES: Rows = (
    ("01", "Sanam (Sembuh)"),
    ("02", "Bonam (Baik)"),
    ("03", "Malam (Buruk/Jelek)"),
    ("04", "Dubia Ad Sanam/Bolam (Tidak tentu/Ragu-ragu, Cenderung Sembuh/Baik)"),
    # The service itself repeats the words of 04 here.
    ("05", "Dubia Ad Malam (Tidak tentu/Ragu-ragu, Cenderung Sembuh/Baik)"),
)
ALLERGIES: dict[str, Rows] = {
    "01": (
        ("00", "Tidak Ada"), ("01", "Seafood"), ("02", "Gandum"), ("03", "Susu Sapi"),
        ("04", "Kacang-Kacangan"), ("05", "Makanan Lain"),
    ),
    "02": (("00", "Tidak Ada"), ("01", "Udara Panas"), ("02", "Udara Dingin"), ("03", "Udara Kotor")),
    "03": (
        ("00", "Tidak Ada"), ("01", "Antibiotik"), ("02", "Antiinflamasi"), ("03", "Non Steroid"),
        ("04", "Aspirin"), ("05", "Kortikosteroid"), ("06", "Insulin"), ("07", "Obat-Obatan Lain"),
    ),
}  # fmt: skip
PROGRAMS: Rows = (("01", "Diabetes Melitus"), ("02", "Hipertensi"), ("03", "Asthma"))
ACTIVITIES: Rows = (("01", "Senam"), ("10", "Penyuluhan"), ("11", "Penyuluhan dan Senam"))
TACC = (-1, 0, 1, 2, 3, 4)

# kdObat (9 characters, made up), nmObat, sedia
DRUGS: tuple[tuple[str, str, int], ...] = tuple(
    (f"13{1000 + at * 7:04d}{at % 9 + 101:03d}", name, 0 if at % 17 == 11 else 100 + at * 3)
    for at, name in enumerate(
        (
            "Alopurinol tab 100 mg", "Alopurinol tab 300 mg", "Ambroksol tab 30 mg", "Ambroksol sirup 15 mg/5 ml",
            "Amitriptilin tab 25 mg", "Amlodipin tab 5 mg", "Amlodipin tab 10 mg", "Amoksisilin kaps 250 mg",
            "Amoksisilin kaps 500 mg", "Amoksisilin sirup kering 125 mg/5 ml", "Antasida DOEN tab kunyah",
            "Antasida DOEN suspensi", "Asam askorbat tab 50 mg", "Asam folat tab 1 mg", "Asam mefenamat kaps 500 mg",
            "Asiklovir krim 5%", "Asiklovir tab 400 mg", "Atropin tetes mata 0,5%", "Azitromisin tab 500 mg",
            "Betahistin tab 6 mg", "Betametason krim 0,1%", "Bisakodil tab 5 mg", "Bisoprolol tab 5 mg",
            "Deksametason tab 0,5 mg", "Diazepam tab 2 mg", "Difenhidramin inj 10 mg/ml", "Digoksin tab 0,25 mg",
            "Diltiazem tab 30 mg", "Doksisiklin kaps 100 mg", "Domperidon tab 10 mg", "Domperidon sirup 5 mg/5 ml",
            "Efedrin tab 25 mg", "Eritromisin kaps 500 mg", "Etambutol tab 500 mg", "Fenitoin kaps 100 mg",
            "Fenobarbital tab 30 mg", "Fitomenadion tab 10 mg", "Furosemid tab 40 mg", "Garam oralit serbuk 200 ml",
            "Gentamisin salep kulit 0,1%", "Gentamisin tetes mata 0,3%", "Glibenklamid tab 5 mg",
            "Gliseril guaiakolat tab 100 mg", "Glimepirid tab 2 mg", "Griseofulvin tab 125 mg",
            "Haloperidol tab 1,5 mg", "Hidrokortison krim 2,5%", "Hidroklorotiazid tab 25 mg", "Ibuprofen tab 400 mg",
            "Ibuprofen sirup 100 mg/5 ml", "Insulin human inj 100 UI/ml", "Isoniazid tab 300 mg",
            "Isosorbid dinitrat tab 5 mg", "Kalsium laktat tab 500 mg", "Kaptopril tab 12,5 mg",
            "Kaptopril tab 25 mg", "Karbamazepin tab 200 mg", "Ketokonazol krim 2%", "Ketokonazol tab 200 mg",
            "Klindamisin kaps 300 mg", "Klobazam tab 10 mg", "Kloramfenikol salep mata 1%",
            "Kloramfenikol tetes telinga 3%", "Klorfeniramin tab 4 mg", "Klotrimazol krim 1%", "Kodein tab 10 mg",
            "Kotrimoksazol tab 480 mg", "Kotrimoksazol suspensi 240 mg/5 ml", "Lansoprazol kaps 30 mg",
            "Levofloksasin tab 500 mg", "Loratadin tab 10 mg", "Metformin tab 500 mg", "Metformin tab 850 mg",
            "Metilergometrin tab 0,125 mg", "Metilprednisolon tab 4 mg", "Metoklopramid tab 10 mg",
            "Metronidazol tab 500 mg", "Mikonazol krim 2%", "Natrium diklofenak tab 50 mg", "Nifedipin tab 10 mg",
            "Nistatin tab vaginal 100.000 UI", "Oksitetrasiklin salep mata 1%", "Omeprazol kaps 20 mg",
            "Ondansetron tab 4 mg", "Parasetamol tab 500 mg", "Parasetamol sirup 120 mg/5 ml", "Permetrin krim 5%",
            "Pirantel tab 125 mg", "Pirazinamid tab 500 mg", "Piridoksin tab 10 mg", "Prednison tab 5 mg",
            "Propranolol tab 10 mg", "Propiltiourasil tab 100 mg", "Ranitidin tab 150 mg", "Rifampisin kaps 450 mg",
            "Retinol kaps 200.000 UI", "Salbutamol tab 2 mg", "Salbutamol cairan inhalasi 2,5 mg",
            "Salep 2-4", "Sefadroksil kaps 500 mg", "Sefiksim kaps 100 mg", "Setirizin tab 10 mg",
            "Simvastatin tab 10 mg", "Simvastatin tab 20 mg", "Siprofloksasin tab 500 mg", "Spironolakton tab 25 mg",
            "Tablet tambah darah", "Tiamfenikol kaps 500 mg", "Tiamin tab 50 mg", "Vitamin B kompleks tab",
            "Zinc tab dispersibel 20 mg",
        )
    )
)  # fmt: skip
DRUG = {code: {"kdObat": code, "nmObat": name, "sedia": stock} for code, name, stock in DRUGS}

# kdTindakan (5), nmTindakan, maxTarif in rupiah, withValue; codes and tariffs made up.
PROCEDURES: dict[str, tuple[tuple[str, str, int, bool], ...]] = {
    "10": (
        ("01001", "Pemeriksaan gula darah", 20_000, True),
        ("01002", "Pemeriksaan gula darah puasa\r\n", 20_000, True),
        ("01003", "HbA1c", 180_000, True),
        ("01004", "Kimia darah: kolesterol total", 40_000, True),
        ("01005", "Pemeriksaan ANC", 60_000, False),
        ("01006", "Pemeriksaan PNC/neonatus", 40_000, False),
        ("01007", "Pemasangan IUD/implant", 105_000, False),
        ("01008", "Suntik KB", 20_000, False),
        ("01009", "Pelayanan tindakan pra rujukan", 180_000, False),
        ("01010", "IVA tes\r\n", 25_000, False),
        ("01011", "Pap smear", 125_000, False),
        ("01012", "Terapi krio", 150_000, False),
        ("01013", "Jahit luka", 50_000, False),
        ("01014", "Ekstraksi serumen", 30_000, False),
        ("01015", "Ambulans", 300_000, False),
    ),
    "20": (
        ("02001", "Rawat inap per hari", 200_000, False),
        ("02002", "Persalinan pervaginam normal", 800_000, False),
        ("02003", "Persalinan dengan tindakan emergensi dasar", 950_000, False),
        ("02004", "Pemasangan infus", 40_000, False),
        ("02005", "Pemeriksaan gula darah", 20_000, True),
    ),
    "50": (
        ("05001", "Konsultasi kesehatan", 15_000, False),
        ("05002", "Skrining riwayat kesehatan", 10_000, False),
        ("05003", "Senam Prolanis", 25_000, False),
    ),
}
PROCEDURE = {row[0]: row for rows in PROCEDURES.values() for row in rows}


def named(rows: Rows, code_field: str, name_field: str) -> list[dict[str, Any]]:
    """Return (code, name) rows with the service's own field names."""
    return [{code_field: code, name_field: name} for code, name in rows]


def one(rows: Rows, code: str | None, code_field: str, name_field: str) -> dict[str, Any]:
    """Return one (code, name) row with the service's field names, with nulls for an unknown code."""
    return {code_field: code, name_field: dict(rows).get(code or "")}
