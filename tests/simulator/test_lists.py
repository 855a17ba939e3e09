"""The reference lists and the questions for a hospital."""

import pytest

LISTS = [
    ("diagnosa/A01/0/10", {"kdDiag", "nmDiag", "nonSpesialis"}),
    ("diagnosa/fever/0/10", {"kdDiag", "nmDiag", "nonSpesialis"}),
    ("dokter/0/10", {"kdDokter", "nmDokter"}),
    ("kesadaran", {"kdSadar", "nmSadar"}),
    ("poli/fktp/0/10", {"kdPoli", "nmPoli", "poliSakit"}),
    ("provider/0/10", {"kdProvider", "nmProvider"}),
    ("statuspulang/rawatInap/true", {"kdStatusPulang", "nmStatusPulang"}),
    ("statuspulang/rawatInap/false", {"kdStatusPulang", "nmStatusPulang"}),
    ("alergi/jenis/01", {"kdAlergi", "nmAlergi"}),
    ("alergi/jenis/02", {"kdAlergi", "nmAlergi"}),
    ("alergi/jenis/03", {"kdAlergi", "nmAlergi"}),
    ("prognosa", {"kdPrognosa", "nmPrognosa"}),
    ("obat/dpho/para/0/10", {"kdObat", "nmObat", "sedia"}),
    ("tindakan/kdTkp/10/0/10", {"kdTindakan", "nmTindakan", "maxTarif", "withValue"}),
    ("tindakan/kdTkp/20/0/10", {"kdTindakan", "nmTindakan", "maxTarif", "withValue"}),
    ("tindakan/kdTkp/50/0/10", {"kdTindakan", "nmTindakan", "maxTarif", "withValue"}),
    ("spesialis", {"kdSpesialis", "nmSpesialis"}),
    ("spesialis/ANA/subspesialis", {"kdSubSpesialis", "nmSubSpesialis", "kdPoliRujuk"}),
    ("spesialis/sarana", {"kdSarana", "nmSarana"}),
    ("spesialis/khusus", {"kdKhusus", "nmKhusus"}),
]
HOSPITAL = {
    "kdppk", "nmppk", "alamatPpk", "telpPpk", "kelas", "nmkc", "distance", "jadwal", "jmlRujuk", "kapasitas",
    "persentase",
}  # fmt: skip


@pytest.mark.parametrize(("path", "fields"), LISTS, ids=[path for path, _ in LISTS])
async def test_a_list_has_rows_with_the_fields_of_the_catalogue(caller, path: str, fields: set[str]) -> None:
    answer = await caller.ask("GET", path)
    assert answer.code == 200
    assert answer.response["list"]
    assert all(set(row) == fields for row in answer.response["list"])
    has_count = not path.startswith(("alergi", "prognosa"))
    assert ("count" in answer.response) is has_count


@pytest.mark.parametrize(
    "path",
    [
        "spesialis/rujuk/subspesialis/26/sarana/1/tglEstRujuk/23-11-2026",
        "spesialis/rujuk/subspesialis/26/sarana/0/tglEstRujuk/22-11-2026",
        "spesialis/rujuk/khusus/HDL/noKartu/{card}/tglEstRujuk/23-11-2026",
        "spesialis/rujuk/khusus/THA/subspesialis/26/noKartu/{card}/tglEstRujuk/23-11-2026",
    ],
)
async def test_hospitals_are_offered_nearest_first_with_their_load(caller, path: str) -> None:
    answer = await caller.ask("GET", path.format(card=caller.members[0]["noKartu"]))
    rows = answer.response["list"]
    assert all(set(row) == HOSPITAL for row in rows)
    assert [row["distance"] for row in rows] == sorted(row["distance"] for row in rows)
    assert all(0 <= row["persentase"] == round(row["jmlRujuk"] / row["kapasitas"] * 100, 2) for row in rows)
    assert (await caller.ask("GET", path.format(card=caller.members[0]["noKartu"]))).response == answer.response


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("spesialis/XXX/subspesialis", 204),
        ("spesialis/rujuk/subspesialis/999/sarana/1/tglEstRujuk/23-11-2026", 204),
        ("spesialis/rujuk/subspesialis/26/sarana/1/tglEstRujuk/besok", 400),
        ("spesialis/rujuk/khusus/THA/noKartu/{card}/tglEstRujuk/23-11-2026", 412),
        ("spesialis/rujuk/khusus/HDL/noKartu/123/tglEstRujuk/23-11-2026", 412),
        ("spesialis/rujuk/khusus/HDL/subspesialis/26/noKartu/{card}/tglEstRujuk/23-11-2026", 204),
        ("alergi/jenis/09", 204),
        ("statuspulang/rawatInap/mungkin", 400),
        ("diagnosa/demam/0/10", 204),
        ("obat/dpho/zzz/0/10", 204),
        ("tindakan/kdTkp/99/0/10", 204),
    ],
)
async def test_a_question_without_an_answer_is_told_so(caller, path: str, status: int) -> None:
    assert (await caller.ask("GET", path.format(card=caller.members[0]["noKartu"]))).status == status


async def test_diagnoses_are_found_by_code_by_word_and_in_pages(caller) -> None:
    codes = [
        row["kdDiag"]
        for start in (0, 2)
        for row in (await caller.ask("GET", f"diagnosa/a01/{start}/2")).response["list"]
    ]
    assert codes == ["A01.0", "A01.1", "A01.2", "A01.3"]
    words = (await caller.ask("GET", "diagnosa/typhoid%20fever/0/10")).response
    assert words["list"][0]["nmDiag"] == "Typhoid fever"
    assert (await caller.ask("GET", "diagnosa/I10/0/1")).response["list"][0]["nonSpesialis"] is True
    assert (await caller.ask("GET", "diagnosa/G00.1/0/1")).response["list"][0]["nonSpesialis"] is False


async def test_some_names_end_in_a_line_break_as_on_the_real_wire(caller) -> None:
    rows = (await caller.ask("GET", "tindakan/kdTkp/10/0/50")).response["list"]
    assert any(row["nmTindakan"].endswith("\r\n") for row in rows)
    assert all(len(row["kdTindakan"]) == 5 for row in rows)


async def test_drug_codes_have_nine_characters_and_no_doubles(caller) -> None:
    rows = (await caller.ask("GET", "obat/dpho/a/0/500")).response["list"]
    assert len({row["kdObat"] for row in rows}) == len(rows) > 50
    assert all(len(row["kdObat"]) == 9 for row in rows)
