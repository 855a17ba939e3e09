"""kelompok: Prolanis clubs, their activities and who came."""

from datetime import date
from typing import Any

from kiosk.simulator.calls import participants
from kiosk.simulator.calls.fields import Fields, day, wire_day
from kiosk.simulator.calls.participants import SCHEME_START
from kiosk.simulator.calls.registrations import missing
from kiosk.simulator.reference import ACTIVITIES, PROGRAMS, one
from kiosk.simulator.replies import NOT_IN_REFERENCE, Reply, created, invalid, nothing, ok, page, request_error
from kiosk.simulator.service import Call, Route, route

CLUBS_EACH = 2
UNKNOWN = ("eduId", "eduId tidak ditemukan")
ALREADY = ("noKartu", "Peserta sudah terdaftar pada kegiatan tersebut.")


def clubs(call: Call) -> Reply:
    """GET kelompok/club/{01|02|03}."""
    rows = [_club(call, call.part["program"], at) for at in range(CLUBS_EACH)]
    return page(rows, 0, CLUBS_EACH) if call.part["program"] in dict(PROGRAMS) else nothing()


def activities(call: Call) -> Reply:
    """GET kelompok/kegiatan/{dd-mm-yyyy}: those of that month."""
    when = day(call.part["when"])
    if when is None:
        return request_error()
    month = f"-{when:%m-%Y}"
    held = [row for row in call.ledger.activities.values() if row["facility"] == call.facility.code]
    rows = [_activity_row(call, row) for row in held if row["tglPelayanan"].endswith(month)]
    return page(rows, 0, len(rows)) if rows else nothing()


def add(call: Call) -> Reply:
    """POST kelompok/kegiatan."""
    problems, when = _check(call)
    if problems or when is None:
        return invalid(*problems)
    series = f"eduId/{when:%y%m}"
    sequence = call.ledger.next_number(series)
    number = f"{when:%y%m}{sequence:07d}"
    call.ledger.commit("activity.add", number=number, numbers={series: sequence}, row=_row(call, number, when))
    return created("eduId", number)


def edit(call: Call) -> Reply:
    """PUT kelompok/kegiatan: known from one client only."""
    problems, when = _check(call)
    number = call.body.get("eduId")
    if _own(call, number) is None:
        problems.append(UNKNOWN)
    if problems or when is None:
        return invalid(*problems)
    call.ledger.commit("activity.update", number=number, row=_row(call, str(number), when))
    return ok(None)


def delete(call: Call) -> Reply:
    """DELETE kelompok/kegiatan/{eduId}."""
    if _own(call, call.part["eduId"]) is None:
        return missing(call, UNKNOWN)
    call.ledger.commit("activity.delete", number=call.part["eduId"])
    return ok(None)


def attendees(call: Call) -> Reply:
    """GET kelompok/peserta/{eduId}."""
    number = call.part["eduId"]
    cards = call.ledger.attendees.get(number, []) if _own(call, number) else []
    people = [member for card in cards if (member := call.world.people.by_card(card))]
    rows = [{"eduId": number, "peserta": participants.full_row(each, call.world)} for each in people]
    return page(rows, 0, len(rows)) if rows else nothing()


def join(call: Call) -> Reply:
    """POST kelompok/peserta."""
    fields = Fields(call.body)
    number, card = fields.text("eduId"), fields.card()
    if number and _own(call, number) is None:
        fields.wrong(*UNKNOWN)
    if card and call.world.people.by_card(card) is None:
        fields.wrong("noKartu", participants.NOT_FOUND)
    if card in call.ledger.attendees.get(number, []):
        fields.wrong(*ALREADY)
    if fields.problems:
        return invalid(*fields.problems)
    call.ledger.commit("activity.join", number=number, card=card)
    return Reply(201, "CREATED")


def leave(call: Call) -> Reply:
    """DELETE kelompok/peserta/{eduId}/{noKartu}."""
    number, card = call.part["eduId"], call.part["noKartu"]
    if _own(call, number) is None or card not in call.ledger.attendees.get(number, []):
        return missing(call, ("noKartu", participants.NOT_FOUND))
    call.ledger.commit("activity.leave", number=number, card=card)
    return ok(None)


def _own(call: Call, number: object) -> dict[str, Any] | None:
    found = call.ledger.activities.get(number) if isinstance(number, str) else None
    return found if found and found["facility"] == call.facility.code else None


def _check(call: Call) -> tuple[list[tuple[str, str]], date | None]:
    fields = Fields(call.body)
    club = fields.number("clubId", null=False, whole=True)
    if club is not None and _club_of(call, int(club)) is None:
        fields.wrong("clubId", NOT_IN_REFERENCE)
    when = fields.day("tglPelayanan")
    fields.choice("kdKegiatan", dict(ACTIVITIES))
    fields.choice("kdKelompok", dict(PROGRAMS))
    for name in ("materi", "pembicara", "lokasi", "keterangan"):
        fields.text(name, required=False)
    fields.number("biaya")
    return fields.problems, when


def _row(call: Call, number: str, when: date) -> dict[str, Any]:
    return {
        **{name: call.body.get(name) for name in _KEPT},
        "eduId": number,
        "tglPelayanan": wire_day(when),
        "facility": call.facility.code,
    }


def _activity_row(call: Call, row: dict[str, Any]) -> dict[str, Any]:
    kind, group = dict(ACTIVITIES), dict(PROGRAMS)
    return {
        "eduId": row["eduId"],
        "clubProl": _club_of(call, int(row["clubId"])),
        "tglPelayanan": row["tglPelayanan"],
        "kegiatan": {"nama": kind[row["kdKegiatan"]], "kode": row["kdKegiatan"]},
        "kelompok": {"nama": group[row["kdKelompok"]], "kode": row["kdKelompok"]},
        **{name: row[name] for name in ("materi", "pembicara", "lokasi", "keterangan", "biaya")},
    }


def _club_of(call: Call, club: int) -> dict[str, Any] | None:
    place = club - _first_club(call)
    program, at = divmod(place, CLUBS_EACH)
    return _club(call, PROGRAMS[program][0], at) if 0 <= place < CLUBS_EACH * len(PROGRAMS) else None


def _first_club(call: Call) -> int:
    return 1 + call.facility.number * CLUBS_EACH * len(PROGRAMS)


def _club(call: Call, program: str, at: int) -> dict[str, Any]:
    place = next((order for order, (code, _) in enumerate(PROGRAMS) if code == program), 0)
    number = _first_club(call) + place * CLUBS_EACH + at
    leader = call.world.people.member(call.facility.number, number % call.world.people.members)
    return {
        "clubId": number,
        "jnsKelompok": one(PROGRAMS, program, "kdProgram", "nmProgram"),
        "tglMulai": wire_day(SCHEME_START),
        "tglAkhir": None,
        "alamat": f"BALAI WARGA {call.facility.regency.districts[at]}",
        "nama": f"PROLANIS {dict(PROGRAMS).get(program, '').upper()} {at + 1}",
        "ketua_noHP": leader.phone,
        "ketua_nama": leader.name,
    }


_KEPT = ("clubId", "kdKegiatan", "kdKelompok", "materi", "pembicara", "lokasi", "keterangan", "biaya")

ROUTES: list[Route] = [
    route("GET", "kelompok/club/{program}", clubs),
    route("GET", "kelompok/kegiatan/{when}", activities),
    route("POST", "kelompok/kegiatan", add),
    route("PUT", "kelompok/kegiatan", edit),
    route("DELETE", "kelompok/kegiatan/{eduId}", delete),
    route("GET", "kelompok/peserta/{eduId}", attendees),
    route("POST", "kelompok/peserta", join),
    route("DELETE", "kelompok/peserta/{eduId}/{noKartu}", leave),
]
