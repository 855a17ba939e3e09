"""The reference lists: diagnoses, doctors, polis, discharge statuses, drugs, procedures and the small tables."""

from kiosk.simulator import diagnoses
from kiosk.simulator.reference import (
    ALLERGIES,
    CONSCIOUSNESS,
    DRUG,
    DRUGS,
    LEAVING,
    LEAVING_INPATIENT,
    POLI,
    PROCEDURES,
    PROGNOSES,
    named,
)
from kiosk.simulator.replies import Reply, nothing, ok, page, request_error
from kiosk.simulator.service import Call, Route, route


def diagnosis(call: Call) -> Reply:
    """GET diagnosa/{code or name}/{start}/{limit}."""
    found = diagnoses.search(call.part["text"])
    dotted = call.variant("diagnosis_code") == "dot"
    rows = [diagnoses.row_of(each.code, dotted) for each in found[call.start : call.start + call.limit]]
    return page(rows, call.start, call.limit, len(found))


def doctors(call: Call) -> Reply:
    """GET dokter/{start}/{limit}."""
    return page(
        [{"kdDokter": each.code, "nmDokter": each.name} for each in call.facility.doctors], call.start, call.limit
    )


def consciousness(call: Call) -> Reply:
    """GET kesadaran."""
    return page(named(CONSCIOUSNESS, "kdSadar", "nmSadar"), 0, len(CONSCIOUSNESS))


def polis(call: Call) -> Reply:
    """GET poli/fktp/{start}/{limit}."""
    return page(list(POLI.values()), call.start, call.limit)


def providers(call: Call) -> Reply:
    """GET provider/{start}/{limit}."""
    near = call.world.neighbours(call.facility)
    return page([{"kdProvider": each.code, "nmProvider": each.name} for each in near], call.start, call.limit)


def leaving(call: Call) -> Reply:
    """GET statuspulang/rawatInap/{true|false}."""
    tables = {"true": LEAVING_INPATIENT, "false": LEAVING}
    rows = tables.get(call.part["inpatient"].lower())
    return request_error() if rows is None else page(named(rows, "kdStatusPulang", "nmStatusPulang"), 0, len(rows))


def allergies(call: Call) -> Reply:
    """GET alergi/jenis/{01|02|03}: v4 only, without count."""
    if call.v3:
        return request_error()
    rows = ALLERGIES.get(call.part["kind"])
    return ok({"list": named(rows, "kdAlergi", "nmAlergi")}) if rows else nothing()


def prognoses(call: Call) -> Reply:
    """GET prognosa: v4 only, without count."""
    return request_error() if call.v3 else ok({"list": named(PROGNOSES, "kdPrognosa", "nmPrognosa")})


def drugs(call: Call) -> Reply:
    """GET obat/dpho/{code or name}/{start}/{limit}."""
    wanted = call.part["text"].strip().lower()
    rows = [DRUG[code] for code, name, _ in DRUGS if code.startswith(wanted) or wanted in name.lower()]
    return page(rows, call.start, call.limit)


def procedures(call: Call) -> Reply:
    """GET tindakan/kdTkp/{10|20|50}/{start}/{limit}."""
    rows = [
        {"kdTindakan": code, "nmTindakan": name, "maxTarif": tariff, "withValue": valued}
        for code, name, tariff, valued in PROCEDURES.get(call.part["care"], ())
    ]
    return page(rows, call.start, call.limit)


ROUTES: list[Route] = [
    route("GET", "diagnosa/{text}/{start}/{limit}", diagnosis),
    route("GET", "dokter/{start}/{limit}", doctors),
    route("GET", "kesadaran", consciousness),
    route("GET", "poli/fktp/{start}/{limit}", polis),
    route("GET", "provider/{start}/{limit}", providers),
    route("GET", "statuspulang/rawatInap/{inpatient}", leaving),
    route("GET", "alergi/jenis/{kind}", allergies),
    route("GET", "prognosa", prognoses),
    route("GET", "obat/dpho/{text}/{start}/{limit}", drugs),
    route("GET", "tindakan/kdTkp/{care}/{start}/{limit}", procedures),
]
