"""kunjungan: add, edit, delete a visit, read a member's history."""

from collections.abc import Callable
from typing import Any

from kiosk.simulator import diagnoses
from kiosk.simulator.calls import past
from kiosk.simulator.calls.fields import day, wire_day
from kiosk.simulator.calls.registrations import duplicate, missing
from kiosk.simulator.calls.visit_form import VisitForm
from kiosk.simulator.ledger import Visit
from kiosk.simulator.reference import CARE, CONSCIOUSNESS, LEAVING, LEAVING_INPATIENT, POLI, PROGRAMS, one
from kiosk.simulator.replies import Reply, created, invalid, nothing, ok
from kiosk.simulator.service import NOT_REGISTERED, Call, Gateway, Handler, Route, route

NO_REGISTRATION = (
    ("noKartu", "Belum melakukan pendaftaran pada poli tersebut."),
    ("noKartu", "noKartu, belum melakukan pendaftaran pada poli tersebut."),
)
UNKNOWN_VISIT = ("noKunjungan", "noKunjungan tidak ditemukan")
HAS_LINES = ("noKunjungan", "Kunjungan masih memiliki obat, tindakan atau MCU.")


def own_visit(call: Call, number: object) -> Visit | None:
    """Return this facility's visit with a number."""
    found = call.ledger.visits.get(number) if isinstance(number, str) else None
    return found if found and found.facility == call.facility.code else None


def add(call: Call) -> Reply:
    """POST kunjungan and kunjungan/V1."""
    form = VisitForm(call)
    card, when, poli = form.card(), form.day("tglDaftar"), call.body.get("kdPoli")
    if not form.problems and when is not None:
        held = call.ledger.day(call.facility.code, wire_day(when))
        if poli is None:  # haemodialysis sends no poli
            poli = next((code for owner, code in held if owner == card), None)
        if not isinstance(poli, str) or (card, poli) not in held:
            return invalid(*NO_REGISTRATION)
        if (call.facility.code, card, wire_day(when), poli) in call.ledger.visit_keys:
            return duplicate(call)
        form.check(when, held[(card, poli)].row["kdTkp"])
    if form.problems or when is None:
        return invalid(*form.problems)
    row = form.row(tglDaftar=wire_day(when), kdPoli=poli)
    # Numbers are facility, month, year, a letter and a sequence; what the letter means is not published.
    letter = "Y" if row["rujukLanjut"] else "P"
    series = f"{call.facility.code}{when:%m%y}"
    sequence = call.ledger.next_number(series)
    number = f"{series}{letter}{sequence:06d}"
    call.ledger.commit(
        "visit.add",
        facility=call.facility.code,
        number=number,
        numbers={series: sequence},
        row={**row, "noKunjungan": number},
    )
    form_of_answer = call.variant("visit_add")
    if form_of_answer == "by_path":
        form_of_answer = "array" if call.path.lower().endswith("/v1") else "object"
    reply = created("noKunjungan", number)
    return Reply(reply.code, reply.message, [reply.response]) if form_of_answer == "array" else reply


def edit(call: Call) -> Reply:
    """PUT kunjungan and kunjungan/V1: the whole form again."""
    visit = own_visit(call, call.body.get("noKunjungan"))
    if visit is None:
        return invalid(UNKNOWN_VISIT)
    held = visit.row
    form = VisitForm(call)
    strict = call.variant("visit_edit_fields") == "strict"
    for name, value in (("noKartu", held["noKartu"]), ("tglDaftar", held["tglDaftar"]), ("kdPoli", held["kdPoli"])):
        given = call.body.get(name)
        if given != value and (given is not None or (strict and name != "noKartu") or name == "noKartu"):
            form.wrong(name, f"{name} tidak sesuai dengan kunjungan")
    when = day(held["tglDaftar"])
    registration = call.ledger.day(visit.facility, held["tglDaftar"]).get((held["noKartu"], held["kdPoli"]))
    if when is not None:
        form.check(when, registration.row["kdTkp"] if registration else held["kdTkp"])
    if form.problems:
        return invalid(*form.problems)
    row = form.row(tglDaftar=held["tglDaftar"], kdPoli=held["kdPoli"])
    call.ledger.commit("visit.update", number=held["noKunjungan"], row={**row, "noKunjungan": held["noKunjungan"]})
    if call.variant("visit_edit") == "object":
        return ok({"field": "noKunjungan", "message": held["noKunjungan"]})
    return ok(None)


def delete(call: Call) -> Reply:
    """DELETE kunjungan/{noKunjungan}."""
    visit = own_visit(call, call.part["noKunjungan"])
    if visit is None:
        return missing(call, UNKNOWN_VISIT)
    if call.variant("visit_delete") == "refuse" and any(visit.lines.values()):
        return invalid(HAS_LINES)
    call.ledger.commit("visit.delete", number=visit.row["noKunjungan"])
    return ok(None)


def history(call: Call) -> Reply:
    """GET kunjungan/peserta/{noKartu}: newest first, visits at other facilities among them."""
    card = call.part["noKartu"]
    member = call.world.people.by_card(card)
    if member is None:
        return nothing()
    held = [each for each in call.ledger.by_card.get(card, []) if call.service.visible(each.at)]
    held.sort(key=lambda each: (day(each.row["tglDaftar"]), each.sequence), reverse=True)
    rows = [_history_row(call, each, member.prolanis) for each in held] + past.visits(call.world, member)
    return ok({"count": len(rows), "list": rows}) if rows else nothing()


def _history_row(call: Call, visit: Visit, prolanis: str) -> dict[str, Any]:
    row = visit.row
    facility = call.world.by_code(visit.facility)
    doctors = {each.code: each.name for each in facility.doctors} if facility else {}
    leaving = LEAVING_INPATIENT if row["kdTkp"] == "20" else LEAVING
    onward = row["rujukLanjut"] or {}
    return {
        "noKunjungan": row["noKunjungan"],
        "tglKunjungan": row["tglDaftar"],
        "providerPelayanan": {"kdProvider": visit.facility, "nmProvider": facility.name if facility else None},
        "peserta": past.patient(row["noKartu"]),
        "poli": POLI[row["kdPoli"]],
        "progProlanis": one(PROGRAMS, {"DM": "01", "HT": "02"}.get(prolanis), "kdProgram", "nmProgram"),
        "keluhan": row["keluhan"],
        **{f"diagnosa{at}": diagnoses.row_of(row[f"kdDiag{at}"]) for at in (1, 2, 3)},
        "kesadaran": one(CONSCIOUSNESS, row["kdSadar"], "kdSadar", "nmSadar"),
        **{name: row[name] for name in past.VITALS},
        "catatan": row["terapiObat"] or row["terapi"],
        "rujukBalik": 0,
        "providerAsalRujuk": {"kdProvider": None, "nmProvider": None},
        "providerRujukLanjut": {
            "kdProvider": onward.get("kdppk"),
            "nmProvider": past.hospital_name(call.world, onward),
        },
        "pemFisikLain": None,
        "dokter": {"kdDokter": row["kdDokter"], "nmDokter": doctors.get(row["kdDokter"])},
        "statusPulang": one(leaving, row["kdStatusPulang"], "kdStatusPulang", "nmStatusPulang"),
        "tkp": {"kdTkp": row["kdTkp"], "nmTkp": CARE[row["kdTkp"]]},
        "poliRujukInternal": {"kdPoli": row["kdPoliRujukInternal"], "nmPoli": None},
        "poliRujukLanjut": {"kdPoli": None, "nmPoli": None},
        "tglPulang": row["tglPulang"],
    }


def _at(path: str, handler: Callable[[Call], Reply]) -> Handler:
    def served(call: Call) -> Reply | Gateway:
        if call.variant("visit_path") not in ("both", path):
            return call.service.gateway(404, NOT_REGISTERED)
        return handler(call)

    return served


ROUTES: list[Route] = [
    route("POST", "kunjungan/V1", _at("V1", add)),
    route("PUT", "kunjungan/V1", _at("V1", edit)),
    route("POST", "kunjungan", _at("plain", add)),
    route("PUT", "kunjungan", _at("plain", edit)),
    route("DELETE", "kunjungan/{noKunjungan}", delete),
    route("GET", "kunjungan/peserta/{noKartu}", history),
]
