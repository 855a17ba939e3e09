"""kunjungan: needs its registration, is there once, is in the history, and refers onward."""

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest


def tomorrow() -> str:
    return (datetime.now(timezone(timedelta(hours=7))) + timedelta(days=1)).strftime("%d-%m-%Y")


async def hospital(caller: Any) -> str:
    path = f"spesialis/rujuk/subspesialis/26/sarana/1/tglEstRujuk/{tomorrow()}"
    rows = (await caller.ask("GET", path)).response["list"]
    return str(rows[0]["kdppk"])


async def referral(caller: Any, **changed: Any) -> dict[str, Any]:
    onward = {
        "tglEstRujuk": tomorrow(),
        "kdppk": await hospital(caller),
        "subSpesialis": {"kdSubSpesialis1": "26", "kdSarana": "1"},
        "khusus": None,
        **changed,
    }
    return {"kdStatusPulang": "4", "kdDiag1": "G00.1", "rujukLanjut": onward}


async def test_a_visit_gets_a_number_of_nineteen_characters(caller) -> None:
    number = await caller.serve()
    assert len(number) == 19
    assert re.fullmatch(rf"{caller.credentials.facility}\d{{4}}[YP]\d{{6}}", number)


async def test_a_visit_without_registration_is_refused_with_two_rows(caller) -> None:
    answer = await caller.ask("POST", "kunjungan/V1", caller.visit())
    assert answer.code == 412
    assert [row["message"] for row in answer.response] == [
        "Belum melakukan pendaftaran pada poli tersebut.",
        "noKartu, belum melakukan pendaftaran pada poli tersebut.",
    ]


async def test_a_registration_at_another_poli_does_not_count(caller) -> None:
    await caller.register(kdPoli="002")
    assert (await caller.ask("POST", "kunjungan/V1", caller.visit())).code == 412


async def test_the_same_visit_again_is_refused(caller) -> None:
    await caller.serve()
    answer = await caller.ask("POST", "kunjungan/V1", caller.visit())
    assert answer.code == 401
    assert "sudah di-entri" in answer.message


async def test_a_served_registration_says_so_and_is_new_again_without_its_visit(caller) -> None:
    async def status() -> str:
        day = await caller.ask("GET", f"pendaftaran/tglDaftar/{caller.today}/0/10")
        return str(day.response["list"][0]["status"])

    await caller.register()
    assert await status() == "Baru"
    number = (await caller.ask("POST", "kunjungan/V1", caller.visit())).response[0]["message"]
    assert await status() == "Sudah dilayani"
    await caller.ask("DELETE", f"kunjungan/{number}")
    assert await status() == "Baru"


async def test_the_newer_path_answers_with_an_array_and_the_older_with_an_object(caller) -> None:
    await caller.register(0)
    await caller.register(1)
    newer = await caller.ask("POST", "kunjungan/v1", caller.visit(0))
    older = await caller.ask("POST", "kunjungan", caller.visit(1))
    assert isinstance(newer.response, list)
    assert isinstance(older.response, dict)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"keluhan": ""}, "keluhan"),
        ({"kdSadar": "09"}, "kdSadar"),
        ({"kdDokter": "x"}, "kdDokter"),
        ({"kdDiag1": None}, "kdDiag1"),
        ({"kdDiag1": "ZZZ"}, "kdDiag1"),
        ({"kdDiag3": "A"}, "kdDiag3"),
        ({"kdStatusPulang": "9"}, "kdStatusPulang"),
        ({"tglPulang": "01-01-2020"}, "tglPulang"),
        ({"tglPulang": "01-01-2099"}, "tglPulang"),
        ({"suhu": "panas"}, "suhu"),
        ({"alergiMakan": "77"}, "alergiMakan"),
        ({"kdPrognosa": "9"}, "kdPrognosa"),
        ({"kdTacc": 8}, "kdTacc"),
        ({"kdTacc": 1}, "alasanTacc"),
        ({"kdStatusPulang": "4"}, "rujukLanjut"),
        ({"kdPoliRujukInternal": "777"}, "kdPoliRujukInternal"),
    ],
)
async def test_what_is_wrong_in_a_visit_is_named_by_its_field(caller, changed: dict[str, object], field: str) -> None:
    await caller.register()
    answer = await caller.ask("POST", "kunjungan/V1", caller.visit(**changed))
    assert answer.code == 412
    assert [row["field"] for row in answer.response] == [field]


@pytest.mark.parametrize("suhu", ["36,4", "36.5", 37, 36.6, None, ""])
async def test_a_temperature_is_read_in_every_known_form(caller, suhu: object) -> None:
    await caller.serve(suhu=suhu)


async def test_what_was_not_measured_stays_empty(simulator, caller) -> None:
    await caller.serve(sistole=None, diastole=None)
    (row,) = simulator.ledger()["visits"]
    assert row["sistole"] is row["diastole"] is None
    history = await caller.ask("GET", f"kunjungan/peserta/{caller.members[0]['noKartu']}")
    assert history.response["list"][0]["sistole"] is None


async def test_an_edited_visit_is_replaced_whole(simulator, caller) -> None:
    number = await caller.serve()
    form = caller.visit(noKunjungan=number, keluhan="demam", kdDiag2="R50.9")
    for left_out in ((), ("tglDaftar", "kdPoli")):
        sent = {name: value for name, value in form.items() if name not in left_out}
        answer = await caller.ask("PUT", "kunjungan/V1", sent)
        assert (answer.code, answer.response) == (200, None)
    (row,) = simulator.ledger()["visits"]
    assert (row["keluhan"], row["kdDiag2"], row["noKunjungan"]) == ("demam", "R50.9", number)
    assert (row["tglDaftar"], row["kdPoli"]) == (caller.today, "001")


async def test_only_a_visit_that_exists_can_be_edited_or_deleted(caller) -> None:
    await caller.serve()
    wrong = await caller.ask("PUT", "kunjungan/V1", caller.visit(noKunjungan="0" * 19))
    assert wrong.response[0]["field"] == "noKunjungan"
    assert (await caller.ask("DELETE", "kunjungan/0000000000000000000")).code == 412


async def test_the_history_is_newest_first_with_older_visits_elsewhere(simulator, caller) -> None:
    number = await caller.serve()
    rows = (await caller.ask("GET", f"kunjungan/peserta/{caller.members[0]['noKartu']}")).response["list"]
    assert rows[0]["noKunjungan"] == number
    assert rows[0]["providerPelayanan"]["kdProvider"] == caller.credentials.facility
    assert rows[0]["diagnosa1"]["kdDiag"] == "J06.9"
    days = [datetime.strptime(row["tglKunjungan"], "%d-%m-%Y") for row in rows]  # noqa: DTZ007 - days only
    assert days == sorted(days, reverse=True)
    providers = set()
    for member in simulator.world.members(60, "prolanis"):
        answer = await caller.ask("GET", f"kunjungan/peserta/{member.card}")
        providers |= {row["providerPelayanan"]["kdProvider"] for row in (answer.response or {"list": []})["list"]}
    assert len(providers) > 1


async def test_a_referral_is_sent_and_its_letter_read(caller) -> None:
    await caller.register()
    form = caller.visit(**await referral(caller))
    answer = await caller.ask("POST", "kunjungan/V1", form)
    assert answer.code == 201, answer
    number = answer.response[0]["message"]
    letter = (await caller.ask("GET", f"kunjungan/rujukan/{number}")).response
    assert letter["noRujukan"] == number
    assert letter["nokaPst"] == caller.members[0]["noKartu"]
    assert letter["ppkRujuk"]["kdPPK"] == form["rujukLanjut"]["kdppk"]
    assert letter["tglEstRujuk"] == tomorrow()


async def test_a_visit_without_referral_has_no_letter(caller) -> None:
    assert (await caller.ask("GET", f"kunjungan/rujukan/{await caller.serve()}")).status == 204


async def test_each_referral_takes_a_place_at_the_hospital(caller) -> None:
    path = f"spesialis/rujuk/subspesialis/26/sarana/1/tglEstRujuk/{tomorrow()}"
    before = (await caller.ask("GET", path)).response["list"][0]
    await caller.serve(**await referral(caller))
    after = (await caller.ask("GET", path)).response["list"][0]
    assert after["jmlRujuk"] == before["jmlRujuk"] + 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kdppk": "9999R999"}, "kdppk"),
        ({"tglEstRujuk": "besok"}, "tglEstRujuk"),
        ({"subSpesialis": None}, "rujukLanjut"),
        ({"khusus": {"kdKhusus": "HDL", "kdSubSpesialis": None, "catatan": ""}}, "rujukLanjut"),
        ({"subSpesialis": {"kdSubSpesialis1": "999"}}, "kdSubSpesialis1"),
        ({"subSpesialis": None, "khusus": {"kdKhusus": "X"}}, "kdKhusus"),
        ({"subSpesialis": None, "khusus": {"kdKhusus": "THA"}}, "kdSubSpesialis"),
        ({"subSpesialis": "26"}, "kdSubSpesialis1"),
    ],
)
async def test_a_referral_to_nowhere_is_refused(caller, changed: dict[str, object], field: str) -> None:
    await caller.register()
    answer = await caller.ask("POST", "kunjungan/V1", caller.visit(**await referral(caller, **changed)))
    assert answer.code == 412
    assert field in [row["field"] for row in answer.response]


async def test_a_diagnosis_that_the_facility_should_settle_needs_a_reason_to_refer(caller) -> None:
    await caller.register()
    form = {**caller.visit(**await referral(caller)), "kdDiag1": "J06.9"}
    refused = await caller.ask("POST", "kunjungan/V1", form)
    assert [row["field"] for row in refused.response] == ["kdTacc"]
    allowed = await caller.ask("POST", "kunjungan/V1", {**form, "kdTacc": 1, "alasanTacc": ">= 7 Hari"})
    assert allowed.code == 201


async def test_an_object_full_of_nulls_is_no_referral(simulator, caller) -> None:
    nulls = {"tglEstRujuk": None, "kdppk": None, "subSpesialis": None, "khusus": None}
    await caller.serve(rujukLanjut=nulls)
    assert simulator.ledger()["visits"][0]["rujukLanjut"] is None


async def test_haemodialysis_names_no_poli(caller) -> None:
    await caller.register()
    assert (await caller.ask("POST", "kunjungan/V1", caller.visit(kdPoli=None))).code == 201
