"""The referral side: specialties, where a referral can go, and the letter of one that was made."""

from datetime import date
from typing import Any

from kiosk.simulator import diagnoses, hospitals
from kiosk.simulator.areas import REGENCIES
from kiosk.simulator.calls.fields import day, wire_day
from kiosk.simulator.calls.past import hospital_name
from kiosk.simulator.calls.visits import own_visit
from kiosk.simulator.reference import POLI, named
from kiosk.simulator.replies import Reply, invalid, nothing, ok, page, request_error
from kiosk.simulator.service import Call, Route, route

TACC_NAMES = {-1: "Tanpa TACC", 1: "Time", 2: "Age", 3: "Complication", 4: "Comorbidity"}


def specialties(call: Call) -> Reply:
    """GET spesialis."""
    rows = [{"kdSpesialis": code, "nmSpesialis": name} for code, name, _ in hospitals.SPECIALTIES]
    return page(rows, 0, len(rows))


def subspecialties(call: Call) -> Reply:
    """GET spesialis/{kdSpesialis}/subspesialis."""
    wanted = call.part["specialty"].upper()
    rows = [
        {"kdSubSpesialis": code, "nmSubSpesialis": name, "kdPoliRujuk": poli}
        for each, _, subs in hospitals.SPECIALTIES
        if each == wanted
        for code, name, poli in subs
    ]
    return page(rows, 0, len(rows))


def sarana(call: Call) -> Reply:
    """GET spesialis/sarana."""
    return page(named(hospitals.SARANA, "kdSarana", "nmSarana"), 0, len(hospitals.SARANA))


def khusus(call: Call) -> Reply:
    """GET spesialis/khusus."""
    return page(named(hospitals.KHUSUS, "kdKhusus", "nmKhusus"), 0, len(hospitals.KHUSUS))


def by_specialty(call: Call) -> Reply:
    """GET spesialis/rujuk/subspesialis/{kdSub}/sarana/{kdSarana}/tglEstRujuk/{tgl}; v3 without the day."""
    when = _planned(call)
    return request_error() if when is None else _hospitals(call, call.part["sub"], when)


def by_service(call: Call) -> Reply:
    """GET spesialis/rujuk/khusus/{kdKhusus}/noKartu/{noKartu}/tglEstRujuk/{tgl}."""
    when = _planned(call)
    code = call.part["special"].upper()
    if when is None:
        return request_error()
    if code in hospitals.WITH_SUBSPECIALTY:
        return invalid(("kdSubSpesialis", "kdSubSpesialis harus diisi"))
    return _for_member(call, code, when)


def by_service_and_specialty(call: Call) -> Reply:
    """GET spesialis/rujuk/khusus/{THA|HEM}/subspesialis/{kdSub}/noKartu/{noKartu}/tglEstRujuk/{tgl}."""
    when = _planned(call)
    code = call.part["special"].upper()
    if when is None:
        return request_error()
    if code not in hospitals.WITH_SUBSPECIALTY or call.part["sub"] not in hospitals.SUBSPECIALTIES:
        return nothing()
    return _for_member(call, code, when)


def letter(call: Call) -> Reply:
    """GET kunjungan/rujukan/{noKunjungan}."""
    visit = own_visit(call, call.part["noKunjungan"])
    if visit is None or not visit.row["rujukLanjut"]:
        return nothing()
    row, onward, facility = visit.row, visit.row["rujukLanjut"], call.facility
    member = call.world.people.by_card(row["noKartu"])
    if member is None:
        return nothing()
    doctors = {each.code: each.name for each in facility.doctors}
    office = facility.regency
    tacc = int(row["kdTacc"]) if row["kdTacc"] is not None else -1
    kc = {
        "kdKC": office.office,
        "nmKC": office.office_name,
        "alamat": None,
        "telp": None,
        "fax": None,
        "dati": {"kdProp": office.code[:2], "kdDati": office.office, "nmDati": office.name},
        "kdKR": {"kdKR": office.code[:2], "nmKR": None, "alamat": None, "telp": None, "fax": None},
    }
    return ok(
        {
            "noRujukan": row["noKunjungan"],
            "ppk": {"kdPPK": facility.code, "nmPPK": facility.name, "alamat": None, "kc": kc},
            "tglKunjungan": row["tglDaftar"],
            "poli": POLI[row["kdPoli"]],
            "nokaPst": member.card,
            "nmPst": member.name,
            "tglLahir": wire_day(member.birth_date),
            "pisa": "1" if member.relation == "Peserta" else "2",
            "ketPisa": member.relation.upper(),
            "sex": member.sex,
            **{f"diag{at}": diagnoses.row_of(row[f"kdDiag{at}"]) for at in (1, 2, 3)},
            "catatan": row["terapiObat"],
            "catatanRujuk": (onward.get("khusus") or {}).get("catatan"),
            "tglEstRujuk": onward.get("tglEstRujuk"),
            "ppkRujuk": {"kdPPK": onward["kdppk"], "nmPPK": hospital_name(call.world, onward)},
            "dokter": {"kdDokter": row["kdDokter"], "nmDokter": doctors.get(row["kdDokter"])},
            "tacc": None if tacc < 1 else {"nmTacc": TACC_NAMES[tacc], "alasanTacc": row["alasanTacc"]},
            "infoDenda": None,
        }
    )


def _planned(call: Call) -> date | None:
    if "when" not in call.part:
        return call.service.today(call.facility) if call.v3 else None
    return day(call.part["when"])


def _for_member(call: Call, code: str, when: date) -> Reply:
    if call.world.people.by_card(call.part["noKartu"]) is None:
        return invalid(("noKartu", "noKartu tidak ditemukan"))
    return _hospitals(call, code, when)


def _hospitals(call: Call, service: str, when: date) -> Reply:
    town = call.facility.number % len(REGENCIES)
    rows: list[dict[str, Any]] = []
    for each in hospitals.of_town(town, call.world.seed):
        if service not in each.offers or when.weekday() not in each.days:
            continue
        sent = each.load(service, when) + call.ledger.referrals.get((each.code, wire_day(when)), 0)
        rows.append(
            {
                "kdppk": each.code,
                "nmppk": each.name,
                "alamatPpk": each.address,
                "telpPpk": each.phone,
                "kelas": each.klass,
                "nmkc": call.facility.regency.office_name,
                "distance": each.distance,
                "jadwal": each.schedule,
                "jmlRujuk": sent,
                "kapasitas": each.capacity,
                "persentase": round(sent / each.capacity * 100, 2),
            }
        )
    return page(rows, 0, len(rows))


_SUB = "spesialis/rujuk/subspesialis/{sub}/sarana/{sarana}"
_SPECIAL = "spesialis/rujuk/khusus/{special}"
ROUTES: list[Route] = [
    route("GET", "spesialis", specialties),
    route("GET", "spesialis/sarana", sarana),
    route("GET", "spesialis/khusus", khusus),
    route("GET", "spesialis/{specialty}/subspesialis", subspecialties),
    route("GET", f"{_SUB}/tglEstRujuk/{{when}}", by_specialty),
    route("GET", _SUB, by_specialty),
    route("GET", f"{_SPECIAL}/noKartu/{{noKartu}}/tglEstRujuk/{{when}}", by_service),
    route("GET", f"{_SPECIAL}/subspesialis/{{sub}}/noKartu/{{noKartu}}/tglEstRujuk/{{when}}", by_service_and_specialty),
    route("GET", "kunjungan/rujukan/{noKunjungan}", letter),
]
