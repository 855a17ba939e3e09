"""Lines of a visit, groups and the queue service: what is put on the wire and what is read back."""

import datetime as dt

import pytest

from kiosk.pcare.client import (
    ActivityRequest,
    AddedDrug,
    AntreanClient,
    DrugLine,
    LabRequest,
    ProcedureLine,
    QueueRequest,
)
from kiosk.pcare.errors import AlreadyThere, OutcomeUnknown, Reason, Refused

DAY = dt.date(2026, 11, 22)
VISIT = "0114U1631126Y000003"
CARD = "0001234567890"
MCU_FIELDS = (
    "kdMCU noKunjungan kdProvider tglPelayanan tekananDarahSistole tekananDarahDiastole radiologiFoto"
    " darahRutinHemo darahRutinLeu darahRutinErit darahRutinLaju darahRutinHema darahRutinTrom lemakDarahHDL"
    " lemakDarahLDL lemakDarahChol lemakDarahTrigli gulaDarahSewaktu gulaDarahPuasa gulaDarahPostPrandial"
    " gulaDarahHbA1c fungsiHatiSGOT fungsiHatiSGPT fungsiHatiGamma fungsiHatiProtKual fungsiHatiAlbumin"
    " fungsiGinjalCrea fungsiGinjalUreum fungsiGinjalAsam fungsiJantungABI fungsiJantungEKG fungsiJantungEcho"
    " funduskopi pemeriksaanLain keterangan"
).split()


async def test_a_drug_gets_its_line_and_compound_key(peer, client) -> None:
    peer.answers([{"field": "kdObatSK", "message": "37"}, {"field": "kdRacikan", "message": "R.12"}], 201, status=201)
    drug = DrugLine(visit_number=VISIT, code="130100131", signa1=3, signa2=1, amount=10, compound=True)
    assert await client.add_drug(drug) == AddedDrug("37", "R.12")
    asked = peer.asked[0]
    assert asked.target == "/pcare-rest/obat/kunjungan"
    assert asked.headers["content-type"] == "text/plain"
    assert asked.json == {
        "kdObatSK": 0,
        "noKunjungan": VISIT,
        "racikan": True,
        "kdRacikan": None,
        "obatDPHO": True,
        "kdObat": "130100131",
        "signa1": 3,
        "signa2": 1,
        "jmlObat": 10,
        "jmlPermintaan": None,
        "nmObatNonDPHO": None,
    }


async def test_a_drug_without_its_key_is_unknown_and_not_guessed(peer, client) -> None:
    peer.answers([{"field": "kdRacikan", "message": "R.12"}], 201, status=201)
    with pytest.raises(OutcomeUnknown):
        await client.add_drug(DrugLine(visit_number=VISIT, code="1", signa1=3, signa2=1, amount=10))


async def test_drugs_are_listed_and_deleted(peer, client) -> None:
    line = {"kdObatSK": 37, "kdRacikan": None, "obat": {"kdObat": "130100131", "nmObat": "Obat"}, "jmlObat": 10.0}
    peer.answers({"count": 1, "list": [line | {"signa1": 3}]})
    (row,) = await client.drug_lines(VISIT)
    assert (row.line, row.code, row.amount, row.signa1) == ("37", "130100131", 10.0, 3.0)
    peer.answers(None)
    assert await client.delete_drug(VISIT, row.line)
    assert peer.asked[-1].target == f"/pcare-rest/obat/37/kunjungan/{VISIT}"


async def test_a_procedure_is_added_changed_and_deleted(peer, client) -> None:
    procedure = ProcedureLine(visit_number=VISIT, code="01001", cost=50000)
    peer.answers({"field": "kdTindakanSK", "message": "218"}, 201, status=201)
    assert await client.add_procedure(procedure) == "218"
    assert peer.asked[-1].json == {
        "kdTindakanSK": 0,
        "noKunjungan": VISIT,
        "kdTindakan": "01001",
        "biaya": 50000,
        "keterangan": None,
        "hasil": 0,
    }
    peer.answers({"field": "kdTindakanSK", "message": "219"})
    assert await client.update_procedure(procedure, "218") == "219"
    assert (peer.asked[-1].method, peer.asked[-1].json["kdTindakanSK"]) == ("PUT", 218)
    peer.answers(None)
    assert await client.update_procedure(procedure, "219") == "219"
    assert await client.delete_procedure(VISIT, "219")
    assert peer.asked[-1].target == f"/pcare-rest/tindakan/219/kunjungan/{VISIT}"
    peer.answers([{"kdTindakanSK": 218, "kdTindakan": "01001", "nmTindakan": "Nebulisasi\r\n", "biaya": 50000}])
    (row,) = await client.procedure_lines(VISIT)
    assert (row.line, row.name, row.cost) == ("218", "Nebulisasi", 50000)


async def test_laboratory_results_carry_all_35_fields(peer, client) -> None:
    lab = LabRequest(visit_number=VISIT, facility="0114U163", day=DAY, haemoglobin=12.5, glucose_random=140, ecg="N")
    peer.answers({"field": "kdMCU", "message": "33"}, 201, status=201)
    assert await client.add_lab(lab) == "33"
    body = peer.asked[-1].json
    assert sorted(body) == sorted(MCU_FIELDS) and len(body) == 35
    assert (body["darahRutinHemo"], body["gulaDarahSewaktu"], body["fungsiJantungEKG"]) == (12.5, 140, "N")
    assert (body["lemakDarahHDL"], body["radiologiFoto"], body["tglPelayanan"]) == (0, None, "22-11-2026")
    peer.answers({"count": 1, "list": [body | {"kdMCU": 33}]})
    (row,) = await client.lab_results(VISIT)
    assert (row.line, row.visit_number, row.facility, row.day) == ("33", VISIT, "0114U163", DAY)
    assert (row.haemoglobin, row.glucose_random, row.hdl, row.ecg) == (12.5, 140.0, None, "N")
    peer.answers(None)
    await client.update_lab(lab, row.line)
    assert (peer.asked[-1].method, peer.asked[-1].json["kdMCU"]) == ("PUT", 33)
    assert await client.delete_lab(VISIT, "33")
    assert peer.asked[-1].target == f"/pcare-rest/MCU/33/kunjungan/{VISIT}"


async def test_clubs_activities_and_who_took_part(peer, client) -> None:
    peer.answers({"list": [{"clubId": 5, "jnsKelompok": {"kdProgram": "02"}, "nama": "Klub", "ketua_noHP": "08"}]})
    (club,) = await client.clubs("02")
    assert (peer.asked[-1].target, club.club, club.programme_code) == ("/pcare-rest/kelompok/club/02", "5", "02")
    peer.answers([{"eduId": "15120000001", "clubProl": {"clubId": 5}, "tglPelayanan": "22-11-2026"}])
    (activity,) = await client.activities(DAY)
    assert (activity.activity, activity.club, activity.day) == ("15120000001", "5", DAY)
    assert peer.asked[-1].target == "/pcare-rest/kelompok/kegiatan/22-11-2026"
    peer.answers([{"eduId": "15120000001", "peserta": {"noKartu": CARD, "nama": "SITI CONTOH"}}])
    (seen,) = await client.attendances("15120000001")
    assert (seen.participant.card_number, seen.participant.name) == (CARD, "SITI CONTOH")
    peer.answers({"field": "eduId", "message": "15120000002"}, 201, status=201)
    request = ActivityRequest(
        club=5, day=DAY, kind="01", group="03", subject="Senam", speaker="dr. Contoh", place="Aula"
    )
    assert await client.add_activity(request) == "15120000002"
    assert peer.asked[-1].json["kdKegiatan"] == "01" and peer.asked[-1].json["eduId"] is None
    peer.answers(None, 201, status=201)
    await client.add_attendance("15120000002", CARD)
    assert peer.asked[-1].json == {"eduId": "15120000002", "noKartu": CARD}
    peer.answers(None)
    assert await client.delete_attendance("15120000002", CARD)
    assert peer.asked[-1].target == f"/pcare-rest/kelompok/peserta/15120000002/{CARD}"
    assert await client.delete_activity("15120000002")
    assert peer.asked[-1].target == "/pcare-rest/kelompok/kegiatan/15120000002"
    await client.update_activity(request.model_copy(update={"activity": "15120000002"}))
    assert peer.asked[-1].method == "PUT"


@pytest.fixture
async def antrean(peer, make_settings):
    async with AntreanClient(make_settings(peer.port)) as client:
        yield client


def place(**changes) -> QueueRequest:
    values = {
        "card_number": CARD,
        "nik": "3201010203700001",
        "phone": "",
        "poli": "001",
        "poli_name": "UMUM",
        "record_number": "000123",
        "day": DAY,
        "doctor": 1234,
        "doctor_name": "dr. Contoh",
        "hours": "07:00-12:00",
        "label": "A-12",
        "number": 12,
    }
    return QueueRequest(**(values | changes))


async def test_the_queue_service_is_asked_with_its_own_key_and_no_login(peer, antrean, reply) -> None:
    rows = [{"namapoli": "UMUM", "kodepoli": "001", "nmsubspesialis": None}]
    peer.says(reply({"response": {"list": rows}, "metadata": {"code": 1, "message": "OK"}}))
    (poli,) = await antrean.polis(DAY)
    assert (poli.code, poli.name) == ("001", "UMUM")
    asked = peer.asked[0]
    assert asked.target == "/antreanfktp/ref/poli/tanggal/2026-11-22"
    assert asked.headers["user_key"] == "kunci-antrean-88" and "x-authorization" not in asked.headers


async def test_a_doctors_hours_come_sealed_or_plain(peer, antrean) -> None:
    peer.answers([{"namadokter": "dr. Contoh", "kodedokter": "1234", "jampraktek": "07:00-12:00"}], 1)
    (doctor,) = await antrean.doctors("001", DAY)
    assert (doctor.code, doctor.hours, doctor.capacity) == (1234, "07:00-12:00", None)
    assert peer.asked[0].target == "/antreanfktp/ref/dokter/kodepoli/001/tanggal/2026-11-22"


async def test_a_queue_place_is_announced_called_and_taken_back(peer, antrean, reply) -> None:
    peer.says(reply({"metadata": {"message": "Ok", "code": 200}}))
    await antrean.add(place())
    assert peer.asked[-1].headers["content-type"] == "application/json"
    assert peer.asked[-1].json["tanggalperiksa"] == "2026-11-22" and peer.asked[-1].json["angkaantrean"] == 12
    await antrean.call(CARD, "001", DAY, 1, at=1_700_000_000.5)
    assert peer.asked[-1].target == "/antreanfktp/antrean/panggil"
    assert peer.asked[-1].json["waktu"] == 1_700_000_000_500
    await antrean.cancel(CARD, "001", DAY, "pulang")
    assert peer.asked[-1].json["alasan"] == "pulang"


SAID_NO = {
    "Peserta sudah terdaftar di poli tersebut pada hari ini": (AlreadyThere, Reason.DUPLICATE),
    "Anda belum melakukan skrining kesehatan. Mohon untuk …": (Refused, Reason.SCREENING_NEEDED),
    "Jadwal Dokter tidak ditemukan": (Refused, Reason.DOCTOR_SCHEDULE),
    "panggil gagal, waktu tidak valid": (Refused, Reason.CALL_TIME),
    "nomor kartu tidak valid, silahkan periksa kembali nomor kartu": (Refused, Reason.VALIDATION),
    "kuota penuh": (Refused, Reason.OTHER),
}


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize(("text", "error"), SAID_NO.items(), ids=SAID_NO)
async def test_201_is_no_in_the_queue_service(peer, antrean, reply, text, error, status) -> None:
    peer.says(reply({"metadata": {"code": 201, "message": text}}, status=status))
    with pytest.raises(error[0]) as caught:
        await antrean.add(place())
    assert caught.value.reason is error[1]


async def test_any_path_can_be_asked(peer, client) -> None:
    peer.answers({"count": 0, "list": []})
    assert await client.get("/poli/fktp/0/10") == {"count": 0, "list": []}
    assert peer.asked[0].target == "/pcare-rest/poli/fktp/0/10"
    for path in ("", "poli/../x", "a//b"):
        with pytest.raises(ValueError):
            await client.get(path)
    assert len(peer.asked) == 1
