"""pendaftaran: add, read by number, read the day's list, delete."""

from typing import Any

from kiosk.simulator.calls import participants
from kiosk.simulator.calls.fields import Fields, day, wire_day
from kiosk.simulator.ledger import Registration, status_of
from kiosk.simulator.people import Member
from kiosk.simulator.reference import CARE, LETTER, POLI
from kiosk.simulator.replies import MESSAGES, NOT_IN_REFERENCE, Reply, invalid, nothing, ok, page, request_error
from kiosk.simulator.service import Call, Route, Service, route
from kiosk.simulator.world import Facility

DUPLICATE = {
    "new": "Peserta sudah di-entri di poli yang sama pada hari yang sama.",
    "old": "Peserta sudah di-entri pada hari yang sama",
}
# What the service says here is not published.
SERVED = "Pendaftaran tidak dapat dihapus, peserta sudah dilayani."
VITALS = ("sistole", "diastole", "beratBadan", "tinggiBadan", "respRate", "lingkarPerut", "heartRate")


def duplicate(call: Call) -> Reply:
    """Refuse what is already there, in the chosen form."""
    text = DUPLICATE[call.variant("duplicate_text")]
    code = call.variant("duplicate")
    if code == "412":
        return invalid(("noKartu", text))
    return Reply(int(code), text)


def add(call: Call) -> Reply:
    """POST pendaftaran."""
    fields = Fields(call.body)
    provider = fields.text("kdProviderPeserta")
    when = fields.day("tglDaftar")
    card = fields.card()
    poli = fields.choice("kdPoli", POLI)
    fields.text("keluhan", required=False)
    fields.flag("kunjSakit")
    for name in VITALS:
        # lingkarPerut came later, so older clients do not send it.
        late = name == "lingkarPerut" and name not in call.body
        fields.number(name, null=late or call.variant("null_vitals") == "accept")
    fields.number("rujukBalik")
    if "rawatInap" in call.body and call.v3 and "kdTkp" not in call.body:
        call.body["kdTkp"] = "20" if fields.flag("rawatInap") else "10"
    fields.choice("kdTkp", CARE)
    member = call.world.people.by_card(card) if card else None
    if card and member is None:
        fields.wrong("noKartu", participants.NOT_FOUND)
    if member and provider and provider not in _providers(call, member):
        fields.wrong("kdProviderPeserta", NOT_IN_REFERENCE)
    if member and not member.active and call.variant("inactive") == "refuse":
        fields.wrong("noKartu", f"Peserta tidak aktif: {member.status_text}")
    if ("kdPoli", NOT_IN_REFERENCE) in fields.problems and call.variant("unknown_poli") == "500":
        return Reply(500, f"kdPoli {NOT_IN_REFERENCE}", [])
    if fields.problems or when is None:
        return invalid(*fields.problems)
    if (card, poli) in call.ledger.day(call.facility.code, wire_day(when)):
        return duplicate(call)
    number = enter(call.service, call.facility, {**call.body, "tglDaftar": wire_day(when)})
    return Reply(201, MESSAGES[201], {"field": "noUrut", "message": _shown(call, number)})


def enter(service: Service, facility: Facility, body: dict[str, Any]) -> str:
    """Commit a checked registration and return its noUrut."""
    when, poli = body["tglDaftar"], body["kdPoli"]
    running = service.ledger.next_queue_number(facility.code, when, poli)
    number = f"{LETTER[poli]}{running}" if service.variants["queue_number"] == "letter" else str(running)
    service.ledger.commit(
        "registration.add",
        facility=facility.code,
        day=when,
        card=body["noKartu"],
        poli=poli,
        numbers={f"queue/{facility.code}/{when}/{LETTER[poli]}": running},
        row={**{name: body.get(name) for name in _KEPT}, "noUrut": number},
    )
    return number


def by_number(call: Call) -> Reply:
    """GET pendaftaran/noUrut/{noUrut}/tglDaftar/{tgl}."""
    when = day(call.part["tgl"])
    if when is None:
        return request_error()
    wanted = call.part["noUrut"].upper()
    for each in call.ledger.day(call.facility.code, wire_day(when)).values():
        if each.row["noUrut"] == wanted and call.service.visible(each.at):
            member = _member(call, each)
            person = participants.full_row(member, call.world)
            for absent in ("tunggakan", "pstProl", "pstPrb"):
                del person[absent]
            return ok(
                {
                    **_common(call, each),
                    "providerPelayanan": {"kdProvider": call.facility.code, "nmProvider": call.facility.name},
                    "peserta": person,
                    "poli": {name: POLI[each.row["kdPoli"]][name] for name in ("kdPoli", "nmPoli")},
                }
            )
    return nothing()


def of_day(call: Call) -> Reply:
    """GET pendaftaran/tglDaftar/{tgl}/{start}/{limit}: this facility's registrations only."""
    when = day(call.part["tgl"])
    if when is None:
        return request_error()
    held = [
        each for each in call.ledger.day(call.facility.code, wire_day(when)).values() if call.service.visible(each.at)
    ]
    if call.variant("day_list") == "newest":
        held.reverse()
    start, limit = call.start, call.limit
    if call.service.short_lists and limit > 1:
        limit -= 1
    rows = [
        {
            **_common(call, each),
            "providerPelayanan": None,
            "peserta": participants.list_row(_member(call, each)),
            "poli": POLI[each.row["kdPoli"]],
            "kunjSakit": each.row["kunjSakit"],
        }
        for each in held[start : start + limit]
    ]
    return page(rows, start, limit, len(held))


def delete(call: Call) -> Reply:
    """DELETE pendaftaran/peserta/{noKartu}/tglDaftar/{tgl}/noUrut/{noUrut}/kdPoli/{kdPoli}."""
    when = day(call.part["tgl"])
    if when is None:
        return request_error()
    wanted = call.part["noUrut"].upper()
    for (card, poli), each in call.ledger.day(call.facility.code, wire_day(when)).items():
        if (card, each.row["noUrut"]) == (call.part["noKartu"], wanted) and call.part.get("kdPoli", poli) == poli:
            if each.served and call.variant("delete_served") == "refuse":
                return invalid(("noKartu", SERVED))
            call.ledger.commit(
                "registration.delete", facility=call.facility.code, day=wire_day(when), card=card, poli=poli
            )
            return ok("")
    return missing(call, ("noUrut", "Pendaftaran tidak ditemukan."))


def delete_v3(call: Call) -> Reply:
    """The older DELETE without kdPoli, which only v3 knows."""
    return delete(call) if call.v3 else request_error()


def missing(call: Call, problem: tuple[str, str]) -> Reply:
    """Answer a DELETE of what is not there, in the chosen form."""
    return {"412": invalid(problem), "204": nothing(), "200": ok(None)}[call.variant("delete_missing")]


def _providers(call: Call, member: Member) -> set[str]:
    both = {"participant": call.world.home(member).code, "clinic": call.facility.code}
    meaning = call.variant("provider")
    return {both[meaning]} if meaning in both else set(both.values())


def _member(call: Call, registration: Registration) -> Member:
    member = call.world.people.by_card(registration.row["noKartu"])
    if member is None:
        raise LookupError("a registration of nobody")
    return member


def _shown(call: Call, number: str) -> str | int:
    """Return a noUrut as it is written on the wire: the older services wrote a number."""
    return number if call.variant("queue_number") == "letter" or not number.isdigit() else int(number)


def _common(call: Call, each: Registration) -> dict[str, Any]:
    row = each.row
    return {
        "noUrut": _shown(call, row["noUrut"]),
        "tgldaftar": row["tglDaftar"],
        "keluhan": row["keluhan"],
        "status": status_of(each),
        **{name: row[name] for name in VITALS if name != "lingkarPerut"},
        "tkp": {"kdTkp": row["kdTkp"], "nmTkp": CARE[row["kdTkp"]]},
    }


_KEPT = (
    "kdProviderPeserta", "tglDaftar", "noKartu", "kdPoli", "keluhan", "kunjSakit", "sistole", "diastole",
    "beratBadan", "tinggiBadan", "respRate", "lingkarPerut", "heartRate", "rujukBalik", "kdTkp",
)  # fmt: skip

_ONE = "pendaftaran/peserta/{noKartu}/tglDaftar/{tgl}/noUrut/{noUrut}"
ROUTES: list[Route] = [
    route("POST", "pendaftaran", add),
    route("GET", "pendaftaran/noUrut/{noUrut}/tglDaftar/{tgl}", by_number),
    route("GET", "pendaftaran/tglDaftar/{tgl}/{start}/{limit}", of_day),
    route("DELETE", f"{_ONE}/kdPoli/{{kdPoli}}", delete),
    route("DELETE", _ONE, delete_v3),
]
