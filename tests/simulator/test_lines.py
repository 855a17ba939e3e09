"""obat, tindakan and MCU of a visit, the groups of Prolanis, and the queue service."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from kiosk.simulator.calls.lines import LAB_NUMBERS, LAB_TEXTS

WIB = timezone(timedelta(hours=7))


def drug(number: str, **changed: Any) -> dict[str, Any]:
    return {
        "kdObatSK": 0,
        "noKunjungan": number,
        "racikan": False,
        "kdRacikan": None,
        "obatDPHO": True,
        "kdObat": "131000101",
        "signa1": 3,
        "signa2": 1,
        "jmlObat": 10,
        "jmlPermintaan": 10,
        "nmObatNonDPHO": "",
        **changed,
    }


def procedure(number: str, **changed: Any) -> dict[str, Any]:
    sent = {"kdTindakanSK": 0, "noKunjungan": number, "kdTindakan": "01001", "biaya": 20_000, "keterangan": None}
    return {**sent, "hasil": 0, **changed}


def lab(number: str, caller: Any, **changed: Any) -> dict[str, Any]:
    numbers: dict[str, Any] = dict.fromkeys(LAB_NUMBERS, 0)
    texts = dict.fromkeys(LAB_TEXTS)
    head = {"kdMCU": 0, "noKunjungan": number, "kdProvider": caller.credentials.facility, "tglPelayanan": caller.today}
    return {**head, **numbers, **texts, **changed}


async def test_drugs_are_added_listed_and_deleted(caller) -> None:
    number = await caller.serve()
    assert (await caller.ask("GET", f"obat/kunjungan/{number}")).status == 204
    added = await caller.ask("POST", "obat/kunjungan", drug(number))
    assert added.code == 201
    assert [row["field"] for row in added.response] == ["kdObatSK", "kdRacikan"]
    (row,) = (await caller.ask("GET", f"obat/kunjungan/{number}")).response["list"]
    assert str(row["kdObatSK"]) == added.response[0]["message"]
    assert row["obat"]["nmObat"].startswith("Alopurinol")
    path = f"obat/{row['kdObatSK']}/kunjungan/{number}"
    assert (await caller.ask("DELETE", path)).code == 200
    assert (await caller.ask("DELETE", path)).code == 412


async def test_a_drug_sent_twice_is_there_twice(simulator, caller) -> None:
    number = await caller.serve()
    for _ in range(2):
        await caller.ask("POST", "obat/kunjungan", drug(number))
    assert len(simulator.ledger()["medications"]) == 2


async def test_parts_of_a_compound_share_its_number(caller) -> None:
    number = await caller.serve()
    first = await caller.ask("POST", "obat/kunjungan", drug(number, racikan=True))
    group = first.response[1]["message"]
    assert group == "R.1"
    await caller.ask("POST", "obat/kunjungan", drug(number, racikan=True, kdRacikan=group, kdObat="131007102"))
    rows = (await caller.ask("GET", f"obat/kunjungan/{number}")).response["list"]
    assert [row["kdRacikan"] for row in rows] == [group, group]


async def test_a_drug_outside_the_list_keeps_its_own_name(caller) -> None:
    number = await caller.serve()
    await caller.ask("POST", "obat/kunjungan", drug(number, obatDPHO=False, kdObat=None, nmObatNonDPHO="Madu"))
    (row,) = (await caller.ask("GET", f"obat/kunjungan/{number}")).response["list"]
    assert row["obat"] == {"kdObat": None, "nmObat": "Madu", "sedia": 0}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kdObat": "x"}, "kdObat"),
        ({"obatDPHO": False}, "nmObatNonDPHO"),
        ({"signa1": "tiga"}, "signa1"),
        ({"signa1": 1e-300}, "signa1"),
        ({"noKunjungan": "x"}, "noKunjungan"),
    ],
)
async def test_a_wrong_drug_is_named_by_its_field(caller, changed: dict[str, object], field: str) -> None:
    answer = await caller.ask("POST", "obat/kunjungan", {**drug(await caller.serve()), **changed})
    assert [row["field"] for row in answer.response] == [field]


async def test_a_procedure_gets_a_new_number_when_it_is_edited(caller) -> None:
    number = await caller.serve()
    added = await caller.ask("POST", "tindakan", procedure(number))
    old = added.response["message"]
    edited = await caller.ask("PUT", "tindakan", procedure(number, kdTindakanSK=int(old), biaya=15_000))
    assert edited.code == 200
    assert edited.response["message"] != old
    (row,) = (await caller.ask("GET", f"tindakan/kunjungan/{number}")).response["list"]
    assert (row["biaya"], row["nmTindakan"], str(row["kdTindakanSK"])) == (
        15_000,
        "Pemeriksaan gula darah",
        edited.response["message"],
    )
    assert (await caller.ask("DELETE", f"tindakan/{row['kdTindakanSK']}/kunjungan/{number}")).code == 200
    assert (await caller.ask("PUT", "tindakan", procedure(number, kdTindakanSK=int(old)))).code == 412


async def test_a_procedure_above_its_tariff_is_refused(caller) -> None:
    answer = await caller.ask("POST", "tindakan", procedure(await caller.serve(), biaya=20_001))
    assert [row["field"] for row in answer.response] == ["biaya"]


async def test_a_laboratory_result_has_thirty_five_fields_and_comes_back(caller) -> None:
    number = await caller.serve()
    sent = lab(number, caller, gulaDarahSewaktu=126, keterangan="puasa 8 jam")
    assert len(sent) == 35
    added = await caller.ask("POST", "MCU", sent)
    assert added.response["field"] == "kdMCU"
    sent["kdMCU"] = int(added.response["message"])
    (row,) = (await caller.ask("GET", f"mcu/kunjungan/{number}")).response["list"]
    assert row == sent
    sent["gulaDarahSewaktu"] = 130
    assert (await caller.ask("PUT", "MCU", sent)).response is None
    (row,) = (await caller.ask("GET", f"MCU/kunjungan/{number}")).response["list"]
    assert row == sent
    assert (await caller.ask("DELETE", f"MCU/{row['kdMCU']}/kunjungan/{number}")).code == 200


async def test_a_laboratory_result_of_another_facility_is_refused(caller) -> None:
    answer = await caller.ask("POST", "MCU", lab(await caller.serve(), caller, kdProvider="9999X999"))
    assert [row["field"] for row in answer.response] == ["kdProvider"]


async def test_a_prolanis_activity_is_planned_attended_and_deleted(simulator, caller) -> None:
    club = (await caller.ask("GET", "kelompok/club/01")).response["list"][0]
    assert club["jnsKelompok"]["kdProgram"] == "01"
    plan = {
        "eduId": None,
        "clubId": club["clubId"],
        "tglPelayanan": caller.today,
        "kdKegiatan": "01",
        "kdKelompok": "01",
        "materi": "senam",
        "pembicara": "bidan",
        "lokasi": "balai",
        "keterangan": "",
        "biaya": 0,
    }
    added = await caller.ask("POST", "kelompok/kegiatan", plan)
    number = added.response["message"]
    assert len(number) == 11
    (row,) = (await caller.ask("GET", f"kelompok/kegiatan/{caller.today}")).response["list"]
    assert (row["eduId"], row["clubProl"]["clubId"], row["kegiatan"]["nama"]) == (number, club["clubId"], "Senam")
    card = simulator.world.members(1, "prolanis")[0].card
    joined = await caller.ask("POST", "kelompok/peserta", {"eduId": number, "noKartu": card})
    assert (joined.code, joined.response) == (201, None)
    again = await caller.ask("POST", "kelompok/peserta", {"eduId": number, "noKartu": card})
    assert again.code == 412
    (attendee,) = (await caller.ask("GET", f"kelompok/peserta/{number}")).response["list"]
    assert attendee["peserta"]["noKartu"] == card
    assert (await caller.ask("DELETE", f"kelompok/peserta/{number}/{card}")).code == 200
    assert (await caller.ask("PUT", "kelompok/kegiatan", {**plan, "eduId": number, "materi": "jalan"})).code == 200
    assert (await caller.ask("DELETE", f"kelompok/kegiatan/{number}")).code == 200
    assert (await caller.ask("GET", f"kelompok/kegiatan/{caller.today}")).status == 204


async def test_a_club_that_does_not_exist_is_refused(caller) -> None:
    answer = await caller.ask("POST", "kelompok/kegiatan", {"clubId": 999_999, "kdKegiatan": "01", "kdKelompok": "01"})
    assert {"field": "clubId", "message": "Tidak sesuai dengan referensi sistem."} in answer.response
    assert (await caller.ask("GET", "kelompok/club/09")).status == 204


async def ticket(caller: Any, card: str | None = None) -> dict[str, Any]:
    day = datetime.now(WIB).date().isoformat()
    doctor = (await caller.queue("GET", f"ref/dokter/kodepoli/001/tanggal/{day}")).response["list"][0]
    poli = (await caller.queue("GET", f"ref/poli/tanggal/{day}")).response["list"][0]
    return {
        "nomorkartu": caller.members[0]["noKartu"] if card is None else card,
        "nik": caller.members[0]["nik"],
        "nohp": "",
        "kodepoli": "001",
        "namapoli": poli["namapoli"],
        "norm": "000001",
        "tanggalperiksa": day,
        "kodedokter": doctor["kodedokter"],
        "namadokter": doctor["namadokter"],
        "jampraktek": doctor["jampraktek"],
        "nomorantrean": "A-1",
        "angkaantrean": 1,
        "keterangan": "",
    }


def noon() -> int:
    return int(datetime.now(WIB).replace(hour=12, minute=0).timestamp() * 1000)


async def test_a_ticket_is_added_called_and_cancelled(simulator, caller) -> None:
    sent = await ticket(caller)
    added = await caller.queue("POST", "antrean/add", sent, x_authorization=None)
    assert (added.status, added.code, added.message) == (200, 200, "Ok")
    assert "metadata" in added.reply.json()
    who = {name: sent[name] for name in ("tanggalperiksa", "kodepoli", "nomorkartu")}
    called = await caller.queue("POST", "antrean/panggil", {**who, "status": 1, "waktu": noon()})
    assert called.code == 200
    assert simulator.ledger()["tickets"][0]["status"] == "hadir"
    assert (await caller.queue("POST", "antrean/batal", {**who, "alasan": "pulang"})).code == 200
    again = await caller.queue("POST", "antrean/batal", {**who, "alasan": "pulang"})
    assert (again.code, again.message) == (201, "Antrean sudah dibatalkan")
    assert (await caller.queue("POST", "antrean/add", sent)).code == 200


async def test_a_second_ticket_for_the_same_poli_and_day_is_refused(caller) -> None:
    sent = await ticket(caller)
    await caller.queue("POST", "antrean/add", sent)
    answer = await caller.queue("POST", "antrean/add", sent)
    assert (answer.code, answer.message) == (201, "Peserta sudah terdaftar di poli tersebut pada hari ini")


async def test_the_screening_is_looked_at_before_the_doctor(simulator, caller) -> None:
    card = simulator.world.members(1, "unscreened")[0].card
    answer = await caller.queue("POST", "antrean/add", {**await ticket(caller, card), "kodedokter": 1})
    assert answer.code == 201
    assert answer.message.startswith("Anda belum melakukan skrining kesehatan.")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"kodedokter": 1}, "Jadwal Dokter tidak ditemukan"),
        ({"namadokter": "dr. Siapa"}, "Jadwal Dokter tidak ditemukan"),
        ({"jampraktek": "01:00-02:00"}, "Jadwal Dokter tidak ditemukan"),
        ({"kodepoli": "999"}, "Poli tidak ditemukan"),
        ({"tanggalperiksa": "22-11-2026"}, "Format Tanggal Tidak Sesuai"),
        ({"nomorkartu": "0009999999999"}, "nomor kartu tidak valid"),
        ({"nomorkartu": "", "nik": "1"}, "NIK tidak valid"),
    ],
)
async def test_a_wrong_ticket_is_refused_with_a_reason(caller, changed: dict[str, object], text: str) -> None:
    answer = await caller.queue("POST", "antrean/add", {**await ticket(caller), **changed})
    assert answer.code == 201
    assert answer.message.startswith(text)


async def test_a_patient_without_card_queues_by_nik(caller) -> None:
    assert (await caller.queue("POST", "antrean/add", await ticket(caller, ""))).code == 200


@pytest.mark.parametrize("when", [0, 10**30, "12:00", None, True, 1_500_000_000_000])
async def test_a_call_outside_the_hours_has_no_valid_time(caller, when: object) -> None:
    sent = await ticket(caller)
    await caller.queue("POST", "antrean/add", sent)
    who = {name: sent[name] for name in ("tanggalperiksa", "kodepoli", "nomorkartu")}
    answer = await caller.queue("POST", "antrean/panggil", {**who, "status": 1, "waktu": when})
    assert answer.code == 201
    assert "waktu tidak valid" in answer.message


async def test_nobody_can_be_called_who_has_no_ticket(caller) -> None:
    sent = await ticket(caller)
    who = {name: sent[name] for name in ("tanggalperiksa", "kodepoli", "nomorkartu")}
    answer = await caller.queue("POST", "antrean/panggil", {**who, "status": 1, "waktu": noon()})
    assert answer.message == "Antrean Tidak Ditemukan"


async def test_the_queue_service_knows_its_methods(caller) -> None:
    answer = await caller.queue("GET", "antrean/add")
    assert answer.message == "Method Not Allowed"
