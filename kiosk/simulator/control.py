"""The door for tests and training, `/_simulator/…`: no part of P-Care, no authorization, loopback only.

    GET  ledger                          what took effect, with the service's own field names
    GET  calls                           the last calls: method, path, status, fault, seconds
    GET | POST | DELETE  faults          see `faults.Faults.add` for what may be posted
    GET | POST  variants                 the switches and their values
    POST registrations                   {"noKartu", "kdPoli", "tglDaftar", …}: typed by a colleague elsewhere
    GET  members?kind=&count=&skip=&facility=     people of a kind, see `world.KINDS_OF_MEMBER`
    GET  facilities?start=&count=        facilities with their invented credentials

It answers on the service's own port and on a second one, which stays open while the first refuses connections.
"""

import json
from typing import TYPE_CHECKING, Any

from kiosk.simulator.calls import participants, registrations
from kiosk.simulator.calls.fields import day, wire_day
from kiosk.simulator.faults import FaultError
from kiosk.simulator.people import Member
from kiosk.simulator.reference import CARE, POLI
from kiosk.simulator.variants import VariantError
from kiosk.simulator.world import APP_CODE, Facility

if TYPE_CHECKING:
    from kiosk.simulator.server import Simulator

Answer = tuple[int, Any]
MOST = 1_000


def answer(simulator: "Simulator", method: str, segments: list[str], query: dict[str, str], body: bytes) -> Answer:
    """Answer one control call: HTTP status and JSON value."""
    what = (method, segments[0].lower() if segments else "")
    try:
        given = json.loads(body) if body.strip() else {}
        if what == ("GET", "ledger"):
            return 200, simulator.service.ledger.snapshot()
        if what == ("GET", "calls"):
            return 200, list(simulator.log)
        if what[1] == "faults":
            return _faults(simulator, method, given)
        if what[1] == "variants":
            return _variants(simulator, method, given)
        if what == ("POST", "registrations"):
            return _register(simulator, given)
        if what == ("GET", "members"):
            return _members(simulator, query)
        if what == ("GET", "facilities"):
            return _facilities(simulator, query)
    except (ValueError, RecursionError, FaultError, VariantError) as error:
        return 400, {"error": str(error)}
    return 404, {"error": "tidak ada"}


def example(member: Member) -> dict[str, str]:
    """Return what a test or a trainee needs to ask for a member."""
    return {"noKartu": member.card, "nik": member.nik, "nama": member.name}


def credentials(simulator: "Simulator", facility: Facility) -> dict[str, Any]:
    """Return what a client of this facility needs, the secrets among it: they are invented."""
    certificates = simulator.certificates
    base = f"{'https' if certificates else 'http'}://127.0.0.1:{simulator.port}"
    service = "pcare-rest" if simulator.service.variants["version"] == "v4" else "pcare-rest-v3.0"
    return {
        "base_url": f"{base}/{service}",
        "antrean_url": f"{base}/antreanfktp",
        "cons_id": facility.cons_id,
        "secret_key": facility.seal.secret_key,
        "user_key": facility.seal.user_key,
        "antrean_user_key": facility.seal.antrean_user_key,
        "username": facility.username,
        "password": facility.seal.password,
        "app_code": APP_CODE,
        "facility": facility.code,
        "facility_name": facility.name,
        "ca_file": str(certificates.ca_file) if certificates else None,
    }


def _faults(simulator: "Simulator", method: str, given: Any) -> Answer:
    if method == "POST":
        simulator.faults.add(given)
    elif method == "DELETE":
        simulator.faults.clear()
    elif method != "GET":
        return 405, {"error": "GET, POST atau DELETE"}
    simulator.apply_faults()
    return 200, {"faults": [each.as_dict() for each in simulator.faults.active]}


def _variants(simulator: "Simulator", method: str, given: Any) -> Answer:
    if method == "POST":
        if not isinstance(given, dict):
            raise ValueError("varian harus berupa objek JSON")
        for name, value in given.items():
            simulator.service.variants.set(name, str(value))
    return 200, simulator.service.variants.as_dict()


def _register(simulator: "Simulator", given: Any) -> Answer:
    """Enter a registration as a colleague does in the service's own page."""
    service = simulator.service
    if not isinstance(given, dict):
        raise ValueError("pendaftaran harus berupa objek JSON")
    facility = service.world.by_code(str(given.get("facility") or service.world.clinic.code))
    member = service.world.people.by_card(str(given.get("noKartu")))
    poli, care = str(given.get("kdPoli") or "001"), str(given.get("kdTkp") or "10")
    when = day(given["tglDaftar"]) if given.get("tglDaftar") else service.today(facility or service.world.clinic)
    if facility is None or member is None or when is None or poli not in POLI or care not in CARE:
        raise ValueError("pendaftaran tidak lengkap: noKartu, kdPoli, tglDaftar, kdTkp, facility")
    if (member.card, poli) in service.ledger.day(facility.code, wire_day(when)):
        return 409, {"error": registrations.DUPLICATE["new"]}
    body = {
        "kdProviderPeserta": service.world.home(member).code,
        "tglDaftar": wire_day(when),
        "noKartu": member.card,
        "kdPoli": poli,
        "keluhan": given.get("keluhan"),
        "kunjSakit": bool(given.get("kunjSakit", POLI[poli]["poliSakit"])),
        "rujukBalik": 0,
        "kdTkp": care,
    }
    return 201, {"noUrut": registrations.enter(service, facility, body), "tglDaftar": wire_day(when), "kdPoli": poli}


def _members(simulator: "Simulator", query: dict[str, str]) -> Answer:
    world = simulator.service.world
    facility = world.by_code(query["facility"]) if "facility" in query else world.clinic
    if facility is None:
        raise ValueError("fasilitas tidak dikenal")
    count, skip = _count(query, "count", 20), _count(query, "skip", 0)
    found = world.members(min(count, MOST), query.get("kind", "ordinary"), facility.number, skip)
    return 200, [{**example(each), **participants.full_row(each, world)} for each in found]


def _facilities(simulator: "Simulator", query: dict[str, str]) -> Answer:
    world = simulator.service.world
    start, count = _count(query, "start", 0), min(_count(query, "count", 20), MOST)
    rows = [credentials(simulator, world.facility(at)) for at in range(start, min(start + count, world.facilities))]
    return 200, {"count": world.facilities, "list": rows}


def _count(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{name} harus berupa angka")
    return int(text)
