"""pendaftaran: a registration is there once, has its number, and goes only while nobody was served."""

import re

import pytest

DUPLICATE = "Peserta sudah di-entri di poli yang sama pada hari yang sama."


async def test_a_member_is_registered_and_gets_a_number(caller) -> None:
    answer = await caller.ask("POST", "pendaftaran", caller.registration())
    assert (answer.status, answer.code, answer.message) == (201, 201, "CREATED")
    assert answer.response == {"field": "noUrut", "message": "A1"}


async def test_the_same_member_poli_and_day_is_refused_without_a_number(caller) -> None:
    await caller.register()
    answer = await caller.ask("POST", "pendaftaran", caller.registration(keluhan="lain"))
    assert (answer.status, answer.code, answer.message, answer.response) == (401, 401, DUPLICATE, None)


async def test_another_poli_on_the_same_day_is_allowed(caller) -> None:
    assert [await caller.register(kdPoli=poli) for poli in ("001", "002", "003", "021")] == ["A1", "B1", "C1", "D1"]


async def test_each_poli_counts_for_itself_and_each_day_begins_anew(caller) -> None:
    numbers = [await caller.register(member, kdPoli=poli) for member, poli in ((0, "001"), (1, "001"), (2, "003"))]
    assert numbers == ["A1", "A2", "C1"]
    assert await caller.register(3, tglDaftar="01-02-2025") == "A1"


async def test_a_number_is_not_given_again_after_a_deletion(caller) -> None:
    card = caller.members[0]["noKartu"]
    number = await caller.register()
    answer = await caller.ask(
        "DELETE", f"pendaftaran/peserta/{card}/tglDaftar/{caller.today}/noUrut/{number}/kdPoli/001"
    )
    assert (answer.code, answer.response) == (200, "")
    assert await caller.register() == "A2"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kdPoli": "umum"}, "kdPoli"),
        ({"kdPoli": ""}, "kdPoli"),
        ({"noKartu": "123"}, "noKartu"),
        ({"noKartu": "0009999999999"}, "noKartu"),
        ({"tglDaftar": "2026-11-22"}, "tglDaftar"),
        ({"tglDaftar": "31-02-2026"}, "tglDaftar"),
        ({"kdProviderPeserta": "9999X999"}, "kdProviderPeserta"),
        ({"kdTkp": "11"}, "kdTkp"),
        ({"kunjSakit": "ya"}, "kunjSakit"),
        ({"sistole": "tinggi"}, "sistole"),
        ({"beratBadan": -1}, "beratBadan"),
    ],
)
async def test_what_is_wrong_is_named_by_its_field(caller, changed: dict[str, object], field: str) -> None:
    answer = await caller.ask("POST", "pendaftaran", caller.registration(**changed))
    assert (answer.status, answer.code, answer.message) == (412, 412, "PRECONDITION_FAILED")
    assert [row["field"] for row in answer.response] == [field]
    assert isinstance(answer.reply.json()["response"], list)


async def test_a_member_of_another_facility_is_registered_with_either_provider(simulator, caller) -> None:
    one, two = simulator.world.members(2, "other_facility")
    home = simulator.world.home(one).code
    assert home != caller.credentials.facility
    await caller.register(noKartu=one.card, kdProviderPeserta=home)
    await caller.register(noKartu=two.card)


async def test_who_is_known_by_nik_only_can_still_be_registered(simulator, caller) -> None:
    (member,) = simulator.world.members(1, "card_unknown")
    assert (await caller.ask("GET", f"peserta/{member.card}")).status == 204
    assert (await caller.ask("GET", f"peserta/noka/{member.card}")).status == 204
    found = await caller.ask("GET", f"peserta/nik/{member.nik}")
    assert found.response["noKartu"] == member.card
    await caller.register(noKartu=member.card)


async def test_an_inactive_member_is_answered_with_the_reason(simulator, caller) -> None:
    (member,) = simulator.world.members(1, "inactive")
    answer = await caller.ask("GET", f"peserta/{member.card}")
    assert answer.code == 200
    assert answer.response["aktif"] is False
    assert answer.response["ketAktif"] != "AKTIF"


@pytest.mark.parametrize("path", ["peserta/123", "peserta/noka/12", "peserta/nik/123", "peserta/sim/1234567890123456"])
async def test_a_malformed_number_is_refused_with_its_field(caller, path: str) -> None:
    answer = await caller.ask("GET", path)
    assert answer.code == 412
    assert answer.response[0]["field"] in ("noKartu", "nik", "jenisKartu")


async def test_the_days_list_counts_all_and_pages(caller) -> None:
    for member in range(7):
        await caller.register(member)
    pages = [await caller.ask("GET", f"pendaftaran/tglDaftar/{caller.today}/{start}/3") for start in (0, 3, 6, 9)]
    assert [each.response["count"] for each in pages] == [7] * 4
    assert [row["noUrut"] for each in pages for row in each.response["list"]] == [f"A{n}" for n in range(1, 8)]


async def test_rows_of_the_days_list_know_little_of_the_member(caller) -> None:
    await caller.register()
    row = (await caller.ask("GET", f"pendaftaran/tglDaftar/{caller.today}/0/10")).response["list"][0]
    assert row["status"] == "Baru"
    assert row["tgldaftar"] == caller.today
    assert row["providerPelayanan"] is None
    assert row["poli"] == {"kdPoli": "001", "nmPoli": "POLI UMUM", "poliSakit": True}
    filled = {name for name, value in row["peserta"].items() if value}
    assert filled == {"noKartu", "nama", "sex", "tglLahir"}
    assert row["peserta"]["aktif"] is False


async def test_a_registration_is_read_by_its_number(caller) -> None:
    number = await caller.register()
    answer = await caller.ask("GET", f"pendaftaran/noUrut/{number}/tglDaftar/{caller.today}")
    assert answer.response["noUrut"] == number
    assert answer.response["peserta"]["aktif"] is True
    assert answer.response["tkp"] == {"kdTkp": "10", "nmTkp": "RJTP"}
    assert "tunggakan" not in answer.response["peserta"]
    assert (await caller.ask("GET", f"pendaftaran/noUrut/A9/tglDaftar/{caller.today}")).status == 204


async def test_a_served_registration_cannot_be_deleted_until_the_visit_is(caller) -> None:
    number = await caller.serve()
    path = f"pendaftaran/peserta/{caller.members[0]['noKartu']}/tglDaftar/{caller.today}/noUrut/A1/kdPoli/001"
    refused = await caller.ask("DELETE", path)
    assert refused.code == 412
    assert "sudah dilayani" in refused.response[0]["message"]
    assert (await caller.ask("DELETE", f"kunjungan/{number}")).code == 200
    assert (await caller.ask("DELETE", path)).code == 200


async def test_an_empty_day_is_nothing_found(caller) -> None:
    assert (await caller.ask("GET", "pendaftaran/tglDaftar/01-01-2020/0/10")).status == 204


async def test_a_member_shows_all_the_fields_of_the_catalogue(simulator, caller) -> None:
    member = simulator.world.members(1, "prolanis")[0]
    row = (await caller.ask("GET", f"peserta/{member.card}")).response
    assert row["pstProl"] in ("DM", "HT")
    assert re.fullmatch(r"\d\d-\d\d-\d{4}", row["tglLahir"])
    assert row["kdProviderPst"]["kdProvider"] == caller.credentials.facility
    assert {
        "hubunganKeluarga",
        "jnsKelas",
        "jnsPeserta",
        "golDarah",
        "noHP",
        "noKTP",
        "pstPrb",
        "asuransi",
        "tunggakan",
    } < set(row)
