"""Antrean FKTP, the side that the clinic calls: schedules, add, call and cancel a queue number."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from kiosk.simulator.people import Member
from kiosk.simulator.reference import POLI
from kiosk.simulator.replies import Reply
from kiosk.simulator.service import Call, Route, route
from kiosk.simulator.world import Doctor

FAILED = 201
REPEATED = "Peserta sudah terdaftar di poli tersebut pada hari ini"
UNSCREENED = (
    "Anda belum melakukan skrining kesehatan. Mohon untuk melakukan skrining kesehatan terlebih dahulu pada menu"
    " Skrining Kesehatan."
)
BAD_CARD = "nomor kartu tidak valid, silahkan periksa kembali nomor kartu"
BAD_NIK = "NIK tidak valid, silahkan periksa kembali NIK"
BAD_DAY = "Format Tanggal Tidak Sesuai, format yang benar adalah yyyy-mm-dd"
BAD_TIME = "Antrean tidak dapat dipanggil, waktu tidak valid"
NO_SCHEDULE = "Jadwal Dokter tidak ditemukan"
DAY_OFF = "Jadwal Dokter libur"
NO_POLI = "Poli tidak ditemukan"
NO_TICKET = "Antrean Tidak Ditemukan"
CANCELLED = "Antrean sudah dibatalkan"
SUNDAY = 6


def polis(call: Call) -> Reply:
    """GET ref/poli/tanggal/{yyyy-mm-dd}: those with a schedule on that day."""
    when = _day(call.part["when"])
    if when is None:
        return Reply(FAILED, BAD_DAY)
    open_polis = {each.poli for each in _doctors(call) if not (each.off_on_sunday and when.weekday() == SUNDAY)}
    rows = [
        {"namapoli": row["nmPoli"], "nmsubspesialis": row["nmPoli"], "kdsubspesialis": code, "kodepoli": code}
        for code, row in POLI.items()
        if code in open_polis
    ]
    return Reply(1, "OK", {"list": rows})


def doctors(call: Call) -> Reply:
    """GET ref/dokter/kodepoli/{kodepoli}/tanggal/{yyyy-mm-dd}."""
    when = _day(call.part["when"])
    if when is None:
        return Reply(FAILED, BAD_DAY)
    rows = [
        {
            "namadokter": each.name,
            "kodedokter": each.hfis_code,
            "jampraktek": each.hours,
            "kapasitas": each.capacity,
        }
        for each in _doctors(call)
        if each.poli == call.part["poli"] and not (each.off_on_sunday and when.weekday() == SUNDAY)
    ]
    return Reply(1, "OK", {"list": rows}) if rows else Reply(FAILED, NO_SCHEDULE)


def add(call: Call) -> Reply:
    """POST antrean/add; the screening is looked at before doctor and schedule."""
    body = call.body
    when = _day(body.get("tanggalperiksa"))
    poli = body.get("kodepoli")
    if when is None:
        return Reply(FAILED, BAD_DAY)
    card, nik = str(body.get("nomorkartu") or ""), str(body.get("nik") or "")
    member: Member | None = None
    if card:
        member = call.world.people.by_card(card)
        if member is None:
            return Reply(FAILED, BAD_CARD)
    elif not (len(nik) == 16 and nik.isascii() and nik.isdigit()):
        return Reply(FAILED, BAD_NIK)
    if member and not member.screened:
        return Reply(FAILED, UNSCREENED)
    if not isinstance(poli, str) or poli not in POLI:
        return Reply(FAILED, NO_POLI)
    doctor = _doctor(call, poli)
    if doctor is None:
        return Reply(FAILED, NO_SCHEDULE)
    if doctor.off_on_sunday and when.weekday() == SUNDAY:
        return Reply(FAILED, DAY_OFF)
    key = _key(call, when, poli, card or nik)
    held = call.ledger.tickets.get(key)
    if held and held["status"] != "batal":
        return Reply(FAILED, REPEATED)
    row = {**{name: body.get(name) for name in _KEPT}, "status": "terdaftar", "kdProviderPelayanan": call.facility.code}
    return _commit(call, key, row)


def summon(call: Call) -> Reply:
    """POST antrean/panggil: status 1 present, 2 absent; `waktu` in epoch milliseconds within the hours."""
    found = _find(call)
    if isinstance(found, Reply):
        return found
    key, held = found
    if held["status"] == "batal":
        return Reply(FAILED, CANCELLED)
    if call.body.get("status") not in (1, 2, "1", "2"):
        return Reply(FAILED, "Status tidak valid")
    stamp = call.body.get("waktu")
    if isinstance(stamp, bool) or not isinstance(stamp, int) or not _within_hours(call, held, stamp):
        return Reply(FAILED, BAD_TIME)
    present = str(call.body["status"]) == "1"
    return _commit(call, key, {**held, "status": "hadir" if present else "tidak hadir", "waktu": stamp})


def cancel(call: Call) -> Reply:
    """POST antrean/batal."""
    found = _find(call)
    if isinstance(found, Reply):
        return found
    key, held = found
    if held["status"] == "batal":
        return Reply(FAILED, CANCELLED)
    return _commit(call, key, {**held, "status": "batal", "alasan": call.body.get("alasan")})


def _commit(call: Call, key: tuple[str, str, str, str], row: dict[str, Any]) -> Reply:
    call.ledger.commit("ticket.put", key=list(key), row=row)
    return Reply(int(call.variant("antrean_code")), "Ok")


def _find(call: Call) -> tuple[tuple[str, str, str, str], dict[str, Any]] | Reply:
    when = _day(call.body.get("tanggalperiksa"))
    if when is None:
        return Reply(FAILED, BAD_DAY)
    card = str(call.body.get("nomorkartu") or "")
    if not card:
        return Reply(FAILED, BAD_CARD)
    key = _key(call, when, str(call.body.get("kodepoli")), card)
    held = call.ledger.tickets.get(key)
    return (key, held) if held else Reply(FAILED, NO_TICKET)


def _key(call: Call, when: date, poli: str, person: str) -> tuple[str, str, str, str]:
    return call.facility.code, when.isoformat(), poli, person


def _doctor(call: Call, poli: str) -> Doctor | None:
    """Return the scheduled doctor that the body names; names must be spelled as the schedule spells them."""
    body = call.body
    for each in _doctors(call):
        named = (each.poli, str(each.hfis_code), each.name, each.hours)
        given = (poli, str(body.get("kodedokter")), body.get("namadokter"), body.get("jampraktek"))
        if named == given and body.get("namapoli") == POLI[poli]["nmPoli"]:
            return each
    return None


def _doctors(call: Call) -> tuple[Doctor, ...]:
    """Those who have a schedule; with the variant "always" one in every poli, day and night."""
    known: tuple[Doctor, ...] = call.facility.doctors
    if call.variant("antrean_schedule") != "always":
        return known
    of_poli = {each.poli: each for each in reversed(known)}
    return tuple(
        replace(of_poli.get(poli, known[0]), poli=poli, hours="00:00-23:59", off_on_sunday=False) for poli in POLI
    )


def _within_hours(call: Call, held: dict[str, Any], stamp: int) -> bool:
    zone = timezone(timedelta(hours=call.facility.regency.utc_offset))
    try:
        moment = datetime.fromtimestamp(stamp / 1000, zone)
    except (ValueError, OverflowError, OSError):
        return False
    opening, closing = (time.fromisoformat(each) for each in held["jampraktek"].split("-"))
    same_day = moment.date().isoformat() == held["tanggalperiksa"]
    return same_day and opening <= moment.time().replace(second=0, microsecond=0) <= closing


def _day(text: object) -> date | None:
    if not isinstance(text, str) or len(text) != 10:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


_KEPT = (
    "nomorkartu", "nik", "nohp", "kodepoli", "namapoli", "norm", "tanggalperiksa", "kodedokter", "namadokter",
    "jampraktek", "nomorantrean", "angkaantrean", "keterangan",
)  # fmt: skip

ROUTES: list[Route] = [
    route("GET", "ref/poli/tanggal/{when}", polis, antrean=True),
    route("GET", "ref/dokter/kodepoli/{poli}/tanggal/{when}", doctors, antrean=True),
    route("POST", "antrean/add", add, antrean=True),
    route("POST", "antrean/panggil", summon, antrean=True),
    route("POST", "antrean/batal", cancel, antrean=True),
]
