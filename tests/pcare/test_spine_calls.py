"""Members, registrations, visits and reference lists: what is put on the wire and what is read back."""

import base64
import datetime as dt
import itertools
import time

import pytest

from kiosk.pcare import signing
from kiosk.pcare.client import (
    ReferralRequest,
    RegistrationRequest,
    SpecialTarget,
    SubspecialtyTarget,
    VisitRequest,
)
from kiosk.pcare.errors import AlreadyThere, IncompleteList, OutcomeUnknown, Reason, Refused

DAY = dt.date(2026, 11, 22)
CARD = "0001234567890"
MEMBER = {
    "noKartu": CARD,
    "nama": "BUDI CONTOH",
    "hubunganKeluarga": "Peserta",
    "sex": "L",
    "tglLahir": "02-03-1970",
    "tglMulaiAktif": "01-01-2014",
    "tglAkhirBerlaku": "",
    "kdProviderPst": {"kdProvider": "0114U163", "nmProvider": "KLINIK CONTOH"},
    "kdProviderGigi": {"kdProvider": None, "nmProvider": None},
    "jnsKelas": {"nama": "KELAS III", "kode": "3"},
    "jnsPeserta": {"nama": "PBI (APBN)", "kode": 21},
    "golDarah": "0",
    "noHP": "",
    "noKTP": " ",
    "pstProl": "HT",
    "aktif": False,
    "ketAktif": "PENANGGUHAN PEMBAYARAN",
    "asuransi": None,
    "tunggakan": "3",
    "apaIni": {"baru": 1},
}


def registration(**changes) -> RegistrationRequest:
    values = {"participant_facility": "0114U163", "day": DAY, "card_number": CARD, "poli": "001"}
    return RegistrationRequest(**(values | changes))


def visit(**changes) -> VisitRequest:
    values = {
        "card_number": CARD,
        "day": DAY,
        "poli": "001",
        "complaint": "batuk",
        "consciousness": "01",
        "discharge_status": "3",
        "discharge_day": DAY,
        "doctor": "73229",
        "diagnosis1": "J06.9",
    }
    return VisitRequest(**(values | changes))


def row(number: int, **changes) -> dict:
    values = {
        "noUrut": f"A{number}",
        "tgldaftar": "22-11-2026",
        "providerPelayanan": None,
        "peserta": {"noKartu": f"{number:013d}", "nama": "SITI CONTOH", "aktif": False, "kdProviderPst": None},
        "poli": {"kdPoli": "001", "nmPoli": "POLI UMUM", "poliSakit": True},
        "status": "Baru",
        "sistole": 0,
    }
    return values | changes


async def test_a_call_is_signed_and_carries_the_login(peer, client) -> None:
    peer.answers(MEMBER)
    await client.participant_by_card(CARD)
    asked = peer.asked[0]
    assert (asked.method, asked.target) == ("GET", f"/pcare-rest/peserta/{CARD}")
    stamp = asked.headers["x-timestamp"]
    assert abs(int(stamp) - time.time()) < 5
    assert asked.headers["x-signature"] == signing.signature("12345", "s3kr3t-kunci", stamp)
    login = asked.headers["x-authorization"].removeprefix("Basic ")
    assert base64.b64decode(login) == b"loket.contoh:Rahas1a#12:095"
    assert asked.headers["user_key"] == "kunci-pengguna-77"
    assert asked.headers["x-cons-id"] == "12345"
    assert asked.headers["accept-encoding"] == "identity"
    assert asked.body == b""


async def test_a_member_is_read_with_blanks_as_unknown(peer, client) -> None:
    peer.answers(MEMBER)
    member = await client.participant_by_nik("3201010203700001")
    assert peer.asked[0].target == "/pcare-rest/peserta/nik/3201010203700001"
    assert (member.card_number, member.name, member.sex) == (CARD, "BUDI CONTOH", "L")
    assert member.birth_date == dt.date(1970, 3, 2)
    assert (member.active, member.status_text) == (False, "PENANGGUHAN PEMBAYARAN")
    assert (member.facility_code, member.class_code, member.kind_code) == ("0114U163", "3", "21")
    assert (member.prolanis, member.prb, member.arrears) == ("HT", None, 3)
    assert member.nik is member.phone is member.active_until is member.dental_facility_code is None


async def test_an_unknown_member_is_nobody(peer, client, reply) -> None:
    peer.says(reply(None, status=204))
    assert await client.participant_by_card(CARD) is None
    peer.says(reply({"response": None, "metaData": {"code": "204", "message": "NO_CONTENT"}}))
    assert await client.participant_by_card(CARD) is None
    problem = [{"field": "noKartu", "message": "noKartu tidak ditemukan"}]
    peer.says(reply({"response": problem, "metaData": {"code": 412, "message": "PRECONDITION_FAILED"}}, status=412))
    assert await client.participant_by_card(CARD) is None


async def test_a_registration_is_sent_with_zero_for_what_was_not_measured(peer, client) -> None:
    peer.answers({"field": "noUrut", "message": "A12"}, 201, message="CREATED", status=201)
    request = registration(weight_kg=62.5, height_cm=170.0, systolic=120, complaint="demam – 3 hari")
    assert await client.add_registration(request) == "A12"
    asked = peer.asked[0]
    assert (asked.method, asked.target) == ("POST", "/pcare-rest/pendaftaran")
    assert asked.headers["content-type"] == "text/plain"
    assert asked.json == {
        "kdProviderPeserta": "0114U163",
        "tglDaftar": "22-11-2026",
        "noKartu": CARD,
        "kdPoli": "001",
        "keluhan": "demam – 3 hari",
        "kunjSakit": True,
        "sistole": 120,
        "diastole": 0,
        "beratBadan": 62.5,
        "tinggiBadan": 170,
        "respRate": 0,
        "lingkarPerut": 0,
        "heartRate": 0,
        "rujukBalik": 0,
        "kdTkp": "10",
    }


async def test_a_repeat_of_a_registration_is_already_there(peer, client, reply) -> None:
    text = "Peserta sudah di-entri di poli yang sama pada hari yang sama."
    peer.says(reply({"response": None, "metaData": {"code": 401, "message": text}}, status=401))
    with pytest.raises(AlreadyThere) as caught:
        await client.add_registration(registration())
    assert caught.value.server_text == text


async def test_a_registration_whose_number_did_not_come_is_unknown(peer, client) -> None:
    peer.answers(None, 201, message="CREATED", status=201)
    with pytest.raises(OutcomeUnknown):
        await client.add_registration(registration())


async def test_a_day_list_row_says_nothing_about_membership(peer, client) -> None:
    peer.answers({"count": 1, "list": [row(1)]})
    page = await client.registrations_on(DAY)
    assert peer.asked[0].target == "/pcare-rest/pendaftaran/tglDaftar/22-11-2026/0/100"
    assert page.count == 1
    first = page.rows[0]
    assert (first.queue_number, first.card_number, first.poli_code) == ("A1", "0000000000001", "001")
    assert not hasattr(first, "active")
    assert first.systolic is None and not first.served


async def test_the_whole_day_is_read_page_by_page(peer, client) -> None:
    everyone = [row(number) for number in range(1, 8)]
    peer.answers_in_turn(*({"count": 7, "list": everyone[at : at + 3]} for at in (0, 3, 6)))
    rows = await client.all_registrations_on(DAY, limit=3)
    assert [r.queue_number for r in rows] == [f"A{n}" for n in range(1, 8)]
    assert [asked.target.rsplit("/", 2)[1:] for asked in peer.asked] == [["0", "3"], ["3", "3"], ["6", "3"]]


async def test_a_full_last_page_is_asked_beyond(peer, client) -> None:
    peer.answers_in_turn({"count": 3, "list": [row(1), row(2), row(3)]}, None)
    assert len(await client.all_registrations_on(DAY, limit=3)) == 3
    assert len(peer.asked) == 2


async def test_a_server_that_gives_shorter_pages_than_asked_is_followed(peer, client) -> None:
    peer.answers_in_turn({"count": 3, "list": [row(1), row(2)]}, {"count": 3, "list": [row(3)]})
    assert len(await client.all_registrations_on(DAY, limit=500)) == 3


async def test_an_empty_day_is_complete(peer, client, reply) -> None:
    peer.says(reply(None, status=204))
    assert await client.all_registrations_on(DAY) == []


UNTRUSTED_LISTS = {
    "ends before its count": ([{"count": 3, "list": [row(1)]}, {"count": 3, "list": []}], Reason.LIST_SHORT),
    "count grows meanwhile": (
        [{"count": 3, "list": [row(1), row(2)]}, {"count": 4, "list": [row(3)]}],
        Reason.LIST_CHANGED,
    ),
    "a row shifted into the next page": (
        [{"count": 4, "list": [row(1), row(2)]}, {"count": 4, "list": [row(2), row(3)]}, None],
        Reason.LIST_CHANGED,
    ),
    "nothing in the middle": ([{"count": 3, "list": [row(1), row(2)]}, None], Reason.LIST_CHANGED),
    "no count": ([{"list": [row(1)]}], Reason.LIST_SHORT),
    "more rows than its count": ([{"count": 1, "list": [row(1), row(2)]}], Reason.LIST_CHANGED),
    "page counted instead of list": (
        [{"count": 2, "list": [row(1), row(2)]}, {"count": 1, "list": [row(3)]}],
        Reason.LIST_CHANGED,
    ),
    "another day's rows": ([{"count": 1, "list": [row(1, tgldaftar="21-11-2026")]}], Reason.LIST_CHANGED),
}


@pytest.mark.parametrize(("pages", "reason"), UNTRUSTED_LISTS.values(), ids=UNTRUSTED_LISTS)
async def test_a_list_that_does_not_add_up_counts_for_nothing(peer, client, pages, reason) -> None:
    peer.answers_in_turn(*pages)
    with pytest.raises(IncompleteList) as caught:
        await client.all_registrations_on(DAY, limit=2)
    assert caught.value.reason is reason


async def test_a_registration_is_deleted_by_member_day_number_and_poli(peer, client, reply) -> None:
    peer.answers("")
    assert await client.delete_registration(CARD, DAY, "A12", "001") is True
    assert (peer.asked[0].method, peer.asked[0].target) == (
        "DELETE",
        f"/pcare-rest/pendaftaran/peserta/{CARD}/tglDaftar/22-11-2026/noUrut/A12/kdPoli/001",
    )
    peer.says(reply(None, status=204))
    assert await client.delete_registration(CARD, DAY, "A12", "001") is False


@pytest.mark.parametrize(
    "answer",
    [
        {"field": "noKunjungan", "message": "0114U1631126Y000003"},
        [{"field": "noKunjungan", "message": "0114U1631126Y000003"}],
        [{"field": "lain", "message": "7"}, {"field": "noKunjungan", "message": "0114U1631126Y000003"}],
    ],
    ids=["object", "list", "longer list"],
)
async def test_a_visit_gets_its_number_from_object_or_list(peer, client, answer) -> None:
    peer.answers(answer, 201, message="CREATED", status=201)
    assert await client.add_visit(visit()) == "0114U1631126Y000003"
    assert peer.asked[0].target == "/pcare-rest/kunjungan/V1"
    assert peer.asked[0].headers["content-type"] == "application/json"


async def test_a_visit_is_sent_with_null_for_what_was_not_measured(peer, client) -> None:
    peer.answers([{"field": "noKunjungan", "message": "0114U1631126Y000003"}], 201, status=201)
    await client.add_visit(visit(temperature_c=36.4, weight_kg=62.5, tacc_reason=" < 3 Hari", tacc=1))
    body = peer.asked[0].json
    assert body["suhu"] == "36,4" and body["beratBadan"] == 62.5
    assert (body["kdTacc"], body["alasanTacc"]) == (1, "< 3 Hari")
    for name in ("noKunjungan", "sistole", "tinggiBadan", "rujukLanjut", "kdDiag2", "anamnesa", "kdPrognosa"):
        assert name in body and body[name] is None, name
    assert "terapi" not in body


async def test_a_referral_names_one_target(peer, client) -> None:
    peer.answers([{"field": "noKunjungan", "message": "0114U1631126Y000003"}], 201, status=201)
    to = ReferralRequest(day=DAY, hospital="0112R016", specialist=SubspecialtyTarget(subspecialty="26"))
    await client.add_visit(visit(discharge_status="4", referral=to))
    assert peer.asked[0].json["rujukLanjut"] == {
        "tglEstRujuk": "22-11-2026",
        "kdppk": "0112R016",
        "subSpesialis": {"kdSubSpesialis1": "26", "kdSarana": None},
        "khusus": None,
    }
    with pytest.raises(ValueError):
        ReferralRequest(day=DAY, hospital="0112R016")
    special = ReferralRequest(day=DAY, hospital="0112R016", special=SpecialTarget(kind="HDL", note="rutin"))
    assert special.to_wire()["khusus"] == {"kdKhusus": "HDL", "kdSubSpesialis": None, "catatan": "rutin"}


async def test_the_plain_visit_path_and_v3_are_settings(peer, open_client, reply) -> None:
    peer.answers({"field": "noKunjungan", "message": "0114U1631126Y000003"}, 201, status=201)
    plain = await open_client(peer, visit_path="plain")
    await plain.add_visit(visit())
    assert peer.asked[-1].target == "/pcare-rest/kunjungan"
    created = {"field": "noKunjungan", "message": "0114U1631126Y000004"}
    peer.says(reply({"response": created, "metaData": {"code": 201, "message": "CREATED"}}, status=201))
    old = await open_client(peer, version="v3", user_key=None)
    assert await old.add_visit(visit(therapy="obat batuk")) == "0114U1631126Y000004"
    assert peer.asked[-1].target == "/pcare-rest/kunjungan"
    assert "user_key" not in peer.asked[-1].headers
    body = peer.asked[-1].json
    assert body["terapi"] == "obat batuk" and "terapiObat" not in body and "suhu" not in body


async def test_a_visit_is_replaced_and_deleted_by_its_number(peer, client, reply) -> None:
    peer.answers(None)
    await client.update_visit(visit(visit_number="0114U1631126Y000003"))
    assert (peer.asked[0].method, peer.asked[0].json["noKunjungan"]) == ("PUT", "0114U1631126Y000003")
    assert await client.delete_visit("0114U1631126Y000003") is True
    assert peer.asked[1].target == "/pcare-rest/kunjungan/0114U1631126Y000003"
    peer.says(reply(None, status=204))
    with pytest.raises(Refused) as caught:
        await client.update_visit(visit(visit_number="0114U1631126Y000003"))
    assert caught.value.reason is Reason.NOT_FOUND
    with pytest.raises(ValueError):
        await client.update_visit(visit())


async def test_a_history_row_names_facility_poli_and_day(peer, client) -> None:
    history = {
        "count": 1,
        "list": [
            {
                "noKunjungan": "0114U1631126Y000003",
                "tglKunjungan": "22-11-2026",
                "providerPelayanan": {"kdProvider": "0114U163", "nmProvider": "KLINIK CONTOH"},
                "peserta": {"noKartu": None},
                "poli": {"kdPoli": "001", "nmPoli": "POLI UMUM", "poliSakit": True},
                "diagnosa1": {"kdDiag": "J06.9", "nmDiag": "ISPA", "nonSpesialis": True},
                "diagnosa2": None,
                "sistole": 120,
                "beratBadan": 0.0,
                "statusPulang": {"kdStatusPulang": "3", "nmStatusPulang": "Berobat Jalan"},
            }
        ],
    }
    peer.answers(history)
    (seen,) = await client.visit_history(CARD)
    assert (seen.visit_number, seen.day, seen.facility_code) == ("0114U1631126Y000003", DAY, "0114U163")
    assert (seen.poli_code, seen.diagnosis1, seen.diagnosis2) == ("001", "J06.9", None)
    assert (seen.systolic, seen.weight_kg, seen.discharge_status) == (120, None, "3")


async def test_a_referral_letter_is_read(peer, client, reply) -> None:
    peer.answers(
        {
            "noRujukan": "0114U1631126Y000003",
            "ppk": {"kdPPK": "0114U163", "nmPPK": "KLINIK CONTOH", "kc": {"kdKC": "1", "dati": {"nmDati": "KOTA X"}}},
            "tglKunjungan": "22-11-2026",
            "poli": {"kdPoli": "INT"},
            "nokaPst": CARD,
            "diag1": {"kdDiag": "I10", "nmDiag": "Hipertensi"},
            "tacc": None,
        }
    )
    letter = await client.referral("0114U1631126Y000003")
    assert (letter.facility_code, letter.regency_name, letter.diagnosis1) == ("0114U163", "KOTA X", "I10")
    assert letter.tacc_name is None
    peer.says(reply(None, status=204))
    assert await client.referral("0114U1631126Y000003") is None


REFERENCE = {
    "diagnoses": (lambda c: c.diagnoses("A01/2 x"), "diagnosa/A01%2F2%20x/0/100", {"kdDiag": "A01.0", "nmDiag": "T"}),
    "doctors": (lambda c: c.doctors(), "dokter/0/500", {"kdDokter": "001", "nmDokter": "dr. X"}),
    "consciousness": (lambda c: c.consciousness(), "kesadaran", {"kdSadar": "01", "nmSadar": "Compos mentis"}),
    "polis": (lambda c: c.polis(), "poli/fktp/0/500", {"kdPoli": "001", "nmPoli": "UMUM", "poliSakit": True}),
    "providers": (lambda c: c.providers(), "provider/0/500", {"kdProvider": "0114U163", "nmProvider": "K"}),
    "discharge": (lambda c: c.discharge_statuses(), "statuspulang/rawatInap/false", {"kdStatusPulang": "3"}),
    "inpatient discharge": (
        lambda c: c.discharge_statuses(inpatient=True),
        "statuspulang/rawatInap/true",
        {"kdStatusPulang": "1", "nmStatusPulang": "Sembuh"},
    ),
    "allergies": (lambda c: c.allergies("02"), "alergi/jenis/02", {"kdAlergi": "00", "nmAlergi": "Tidak Ada"}),
    "prognoses": (lambda c: c.prognoses(), "prognosa", {"kdPrognosa": "01", "nmPrognosa": "Sanam"}),
    "drugs": (lambda c: c.drugs("para"), "obat/dpho/para/0/100", {"kdObat": "130100131", "sedia": 3}),
    "procedures": (lambda c: c.procedures("10"), "tindakan/kdTkp/10/0/500", {"kdTindakan": "01001"}),
    "specialties": (lambda c: c.specialties(), "spesialis", {"kdSpesialis": "ANA", "nmSpesialis": "Anak"}),
    "subspecialties": (lambda c: c.subspecialties("ANA"), "spesialis/ANA/subspesialis", {"kdSubSpesialis": "26"}),
    "sarana": (lambda c: c.facilities_sarana(), "spesialis/sarana", {"kdSarana": "1", "nmSarana": "Rekam Medik"}),
    "khusus": (lambda c: c.khusus(), "spesialis/khusus", {"kdKhusus": "HDL", "nmKhusus": "HEMODIALISA"}),
    "hospitals": (
        lambda c: c.referral_hospitals("26", DAY, "1"),
        "spesialis/rujuk/subspesialis/26/sarana/1/tglEstRujuk/22-11-2026",
        {"kdppk": "0112R016", "distance": 1200.5, "kapasitas": "40"},
    ),
    "special hospitals": (
        lambda c: c.special_referral_hospitals("HDL", CARD, DAY),
        f"spesialis/rujuk/khusus/HDL/noKartu/{CARD}/tglEstRujuk/22-11-2026",
        {"kdppk": "0112R016"},
    ),
    "special hospitals by subspecialty": (
        lambda c: c.special_referral_hospitals("THA", CARD, DAY, "3"),
        f"spesialis/rujuk/khusus/THA/subspesialis/3/noKartu/{CARD}/tglEstRujuk/22-11-2026",
        {"kdppk": "0112R016"},
    ),
}


@pytest.mark.parametrize("with_count", [True, False], ids=["counted", "uncounted"])
@pytest.mark.parametrize(("ask", "target", "sent"), REFERENCE.values(), ids=REFERENCE)
async def test_every_reference_list_is_asked_and_read(peer, client, ask, target, sent, with_count) -> None:
    peer.answers({"count": 1, "list": [sent]} if with_count else {"list": [sent]})
    listed = await ask(client)
    rows = getattr(listed, "rows", listed)
    assert len(rows) == 1
    assert rows[0].code == next(iter(sent.values()))
    assert peer.asked[0].target == f"/pcare-rest/{target}"


async def test_the_reply_is_opened_with_the_timestamp_that_was_sent(peer, open_client) -> None:
    ticking = itertools.count(int(time.time()))
    client = await open_client(peer, clock=lambda: next(ticking))
    peer.answers(MEMBER)
    for _ in range(3):
        assert (await client.participant_by_card(CARD)).card_number == CARD
    assert len({asked.headers["x-timestamp"] for asked in peer.asked}) == 3


async def test_what_may_be_logged_of_a_call_is_recorded_without_identifiers(peer, client, reply) -> None:
    peer.answers({"field": "noUrut", "message": "A12"}, 201, message="CREATED", status=201)
    with client.recording() as exchanges:
        await client.add_registration(registration())
        peer.says(reply({"response": None, "metaData": {"code": 401, "message": "sudah di-entri"}}, status=401))
        with pytest.raises(AlreadyThere) as caught:
            await client.add_registration(registration())
        peer.says(reply(None, status=204))
        await client.registration("A12", DAY)
    assert [(e.method, e.route, e.status, e.code) for e in exchanges] == [
        ("POST", "pendaftaran", 201, 201),
        ("POST", "pendaftaran", 401, 401),
        ("GET", "pendaftaran/noUrut/*/tglDaftar/*", 204, None),
    ]
    assert exchanges[0].message == "CREATED" and exchanges[0].sent and exchanges[0].seconds >= 0
    assert caught.value.exchange == exchanges[1]
