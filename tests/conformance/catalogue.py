"""The calls of the P-Care catalogue (its sections 2.1 to 2.6 and 4.1), written down apart from client and simulator."""

PCARE = """
GET peserta/{noKartu}
GET peserta/{jenisKartu}/{nomor}
POST pendaftaran
GET pendaftaran/noUrut/{noUrut}/tglDaftar/{tgl}
GET pendaftaran/tglDaftar/{tgl}/{start}/{limit}
DELETE pendaftaran/peserta/{noKartu}/tglDaftar/{tgl}/noUrut/{noUrut}/kdPoli/{kdPoli}
GET diagnosa/{kata}/{start}/{limit}
GET dokter/{start}/{limit}
GET kesadaran
GET poli/fktp/{start}/{limit}
GET provider/{start}/{limit}
GET statuspulang/rawatInap/{ya}
GET alergi/jenis/{jenis}
GET prognosa
GET obat/dpho/{kata}/{start}/{limit}
GET tindakan/kdTkp/{kdTkp}/{start}/{limit}
GET spesialis
GET spesialis/{kdSpesialis}/subspesialis
GET spesialis/sarana
GET spesialis/khusus
GET spesialis/rujuk/subspesialis/{kdSub}/sarana/{kdSarana}/tglEstRujuk/{tgl}
GET spesialis/rujuk/khusus/{kdKhusus}/noKartu/{noKartu}/tglEstRujuk/{tgl}
GET spesialis/rujuk/khusus/{kdKhusus}/subspesialis/{kdSub}/noKartu/{noKartu}/tglEstRujuk/{tgl}
POST kunjungan/V1
PUT kunjungan/V1
POST kunjungan
PUT kunjungan
DELETE kunjungan/{noKunjungan}
GET kunjungan/peserta/{noKartu}
GET kunjungan/rujukan/{noKunjungan}
GET obat/kunjungan/{noKunjungan}
POST obat/kunjungan
DELETE obat/{kdObatSK}/kunjungan/{noKunjungan}
GET tindakan/kunjungan/{noKunjungan}
POST tindakan
PUT tindakan
DELETE tindakan/{kdTindakanSK}/kunjungan/{noKunjungan}
GET MCU/kunjungan/{noKunjungan}
POST MCU
PUT MCU
DELETE MCU/{kdMCU}/kunjungan/{noKunjungan}
GET kelompok/club/{kdProgram}
GET kelompok/kegiatan/{tgl}
GET kelompok/peserta/{eduId}
POST kelompok/kegiatan
PUT kelompok/kegiatan
POST kelompok/peserta
DELETE kelompok/kegiatan/{eduId}
DELETE kelompok/peserta/{eduId}/{noKartu}
"""

ANTREAN = """
GET ref/poli/tanggal/{tgl}
GET ref/dokter/kodepoli/{kodepoli}/tanggal/{tgl}
POST antrean/add
POST antrean/panggil
POST antrean/batal
"""

CALLS: frozenset[str] = frozenset((PCARE + ANTREAN).split("\n")) - {""}


def call_of(method: str, path: str) -> str | None:
    """Return the catalogue's call that a request is, the most literal one where several fit; None for none."""
    given = path.split("/")
    found: list[tuple[int, str]] = []
    for call in CALLS:
        wanted_method, _, pattern = call.partition(" ")
        parts = pattern.split("/")
        if wanted_method != method or len(parts) != len(given):
            continue
        same = [part.lower() == text.lower() for part, text in zip(parts, given, strict=True)]
        if all(part.startswith("{") or equal for part, equal in zip(parts, same, strict=True)):
            found.append((sum(same), call))
    return max(found)[1] if found else None
