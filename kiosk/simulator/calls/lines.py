"""obat, tindakan and MCU of a visit: no uniqueness, so a call that comes twice makes two lines."""

from typing import Any

from kiosk.simulator.calls.fields import Fields, wire_day
from kiosk.simulator.calls.registrations import missing
from kiosk.simulator.calls.visits import UNKNOWN_VISIT, own_visit
from kiosk.simulator.ledger import LINES
from kiosk.simulator.reference import DRUG, PROCEDURE
from kiosk.simulator.replies import NOT_IN_REFERENCE, Reply, created, invalid, nothing, ok, page
from kiosk.simulator.service import Call, Route, route

LAB_NUMBERS = (
    "tekananDarahSistole", "tekananDarahDiastole", "darahRutinHemo", "darahRutinLeu", "darahRutinErit",
    "darahRutinLaju", "darahRutinHema", "darahRutinTrom", "lemakDarahHDL", "lemakDarahLDL", "lemakDarahChol",
    "lemakDarahTrigli", "gulaDarahSewaktu", "gulaDarahPuasa", "gulaDarahPostPrandial", "gulaDarahHbA1c",
    "fungsiHatiSGOT", "fungsiHatiSGPT", "fungsiHatiGamma", "fungsiHatiProtKual", "fungsiHatiAlbumin",
    "fungsiGinjalCrea", "fungsiGinjalUreum", "fungsiGinjalAsam", "fungsiJantungABI",
)  # fmt: skip
LAB_TEXTS = (
    "radiologiFoto", "fungsiJantungEKG", "fungsiJantungEcho", "funduskopi", "pemeriksaanLain", "keterangan",
)  # fmt: skip
# Bodies that come from compounds are numbered across the service, as kdObatSK is.
COMPOUND = "kdRacikan"


def list_drugs(call: Call) -> Reply:
    """GET obat/kunjungan/{noKunjungan}."""
    return _list(call, "medications", _drug_row)


def add_drug(call: Call) -> Reply:
    """POST obat/kunjungan: one line, alone or as part of a compound."""
    fields = Fields(call.body)
    compound, listed = fields.flag("racikan"), fields.flag("obatDPHO")
    for name in ("signa1", "signa2"):
        fields.number(name, null=False, whole=True)
    fields.number("jmlObat", null=False)
    fields.number("jmlPermintaan")
    fields.text("kdRacikan", required=False)
    if listed:
        fields.choice("kdObat", DRUG)
    else:
        fields.text("nmObatNonDPHO")
    visit = own_visit(call, call.body.get("noKunjungan"))
    if visit is None:
        fields.wrong(*UNKNOWN_VISIT)
    if fields.problems or visit is None:
        return invalid(*fields.problems)
    numbers: dict[str, int] = {}
    group = call.body.get(COMPOUND) or None
    if compound and not group:
        numbers[COMPOUND] = call.ledger.next_number(COMPOUND)
        group = f"R.{numbers[COMPOUND]}"
    number = _keep(call, "medications", {**_kept(call, _DRUG_FIELDS), COMPOUND: group}, numbers=numbers)
    rows = [{"field": "kdObatSK", "message": str(number)}, {"field": COMPOUND, "message": group}]
    return Reply(201, "CREATED", rows if call.variant("drug_add") == "array" else rows[0])


def list_procedures(call: Call) -> Reply:
    """GET tindakan/kunjungan/{noKunjungan}."""
    return _list(call, "procedures", lambda row: {**row, "nmTindakan": PROCEDURE[row["kdTindakan"]][1]})


def add_procedure(call: Call) -> Reply:
    """POST tindakan."""
    problems = _procedure_problems(call)
    if problems:
        return invalid(*problems)
    return created("kdTindakanSK", _keep(call, "procedures", _kept(call, _PROCEDURE_FIELDS)))


def edit_procedure(call: Call) -> Reply:
    """PUT tindakan: the published sample gives the line a new number."""
    problems = _procedure_problems(call)
    old = _held(call, "procedures", call.body.get("kdTindakanSK"))
    if old is None:
        problems.append(("kdTindakanSK", "kdTindakanSK tidak ditemukan"))
    if problems or old is None:
        return invalid(*problems)
    same = call.variant("procedure_edit") == "same"
    number = _keep(call, "procedures", _kept(call, _PROCEDURE_FIELDS), gone=old, number=old if same else None)
    return ok({"field": "kdTindakanSK", "message": str(number)})


def list_labs(call: Call) -> Reply:
    """GET MCU/kunjungan/{noKunjungan}."""
    return _list(call, "labs", lambda row: row)


def add_lab(call: Call) -> Reply:
    """POST MCU."""
    problems, row = _lab(call)
    return invalid(*problems) if problems else created("kdMCU", _keep(call, "labs", row))


def edit_lab(call: Call) -> Reply:
    """PUT MCU: the whole form again under the same number."""
    problems, row = _lab(call)
    old = _held(call, "labs", call.body.get("kdMCU"))
    if old is None:
        problems.append(("kdMCU", "kdMCU tidak ditemukan"))
    if problems or old is None:
        return invalid(*problems)
    _keep(call, "labs", row, gone=old, number=old)
    return ok(None)


def delete(call: Call) -> Reply:
    """DELETE {obat|tindakan|MCU}/{number}/kunjungan/{noKunjungan}."""
    table = {"obat": "medications", "tindakan": "procedures", "mcu": "labs"}[call.path.split("/", 1)[0].lower()]
    visit = own_visit(call, call.part["noKunjungan"])
    if visit is None:
        return missing(call, UNKNOWN_VISIT)
    number = call.part["number"]
    if not (number.isascii() and number.isdigit()) or int(number) not in visit.lines[table]:
        return missing(call, (LINES[table], f"{LINES[table]} tidak ditemukan"))
    call.ledger.commit("line.delete", table=table, visit=call.part["noKunjungan"], gone=int(number))
    return ok(None)


def _list(call: Call, table: str, shown: Any) -> Reply:
    visit = own_visit(call, call.part["noKunjungan"])
    rows = [shown(row) for row in visit.lines[table].values()] if visit else []
    count = len(rows)
    if call.service.short_lists:
        rows = rows[:-1]
    return page(rows, 0, count, total=count) if count else nothing()


def _keep(
    call: Call,
    table: str,
    row: dict[str, Any],
    *,
    gone: int | None = None,
    number: int | None = None,
    numbers: dict[str, int] | None = None,
) -> int:
    """Commit a line and return its number; `gone` is the line that it takes the place of."""
    name = LINES[table]
    taken = dict(numbers or {})
    if number is None:
        number = taken[name] = call.ledger.next_number(name)
    change: dict[str, Any] = {} if gone is None else {"gone": gone}
    call.ledger.commit(
        "line.put",
        table=table,
        visit=call.body["noKunjungan"],
        number=number,
        numbers=taken,
        row={**row, name: number},
        **change,
    )
    return number


def _held(call: Call, table: str, number: object) -> int | None:
    visit = own_visit(call, call.body.get("noKunjungan"))
    if isinstance(number, str) and number.isascii() and number.isdigit():
        number = int(number)
    return number if visit and isinstance(number, int) and number in visit.lines[table] else None


def _kept(call: Call, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: call.body.get(name) for name in names}


def _drug_row(row: dict[str, Any]) -> dict[str, Any]:
    unlisted = {"kdObat": None, "nmObat": row["nmObatNonDPHO"], "sedia": 0}
    daily = (row["signa1"] or 0) * (row["signa2"] or 0)
    return {
        "kdObatSK": row["kdObatSK"],
        "kdRacikan": row["kdRacikan"],
        "obat": DRUG.get(row["kdObat"] or "", unlisted),
        "signa1": row["signa1"],
        "signa2": row["signa2"],
        "jmlObat": row["jmlObat"],
        "jmlHari": int(row["jmlObat"] // daily) if daily else 0,
        "kekuatan": 0,
        "jmlPermintaan": row["jmlPermintaan"],
        "jmlObatRacikan": row["jmlObat"] if row["kdRacikan"] else 0,
    }


def _procedure_problems(call: Call) -> list[tuple[str, str]]:
    fields = Fields(call.body)
    code = fields.choice("kdTindakan", PROCEDURE)
    cost = fields.number("biaya", null=False)
    fields.text("keterangan", required=False)
    fields.number("hasil", text=True)
    visit = own_visit(call, call.body.get("noKunjungan"))
    if visit is None:
        fields.wrong(*UNKNOWN_VISIT)
    if code and cost is not None and cost > PROCEDURE[code][2]:
        fields.wrong("biaya", "biaya melebihi tarif maksimal")
    return fields.problems


def _lab(call: Call) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    fields = Fields(call.body)
    provider = fields.text("kdProvider")
    if provider and provider != call.facility.code:
        fields.wrong("kdProvider", NOT_IN_REFERENCE)
    when = fields.day("tglPelayanan")
    for name in LAB_NUMBERS:
        fields.number(name)
    for name in LAB_TEXTS:
        fields.text(name, required=False)
    if own_visit(call, call.body.get("noKunjungan")) is None:
        fields.wrong(*UNKNOWN_VISIT)
    row = _kept(call, ("noKunjungan", "kdProvider", "tglPelayanan", *LAB_NUMBERS, *LAB_TEXTS))
    return fields.problems, {**row, "tglPelayanan": wire_day(when) if when else None}


_DRUG_FIELDS = (
    "noKunjungan", "racikan", "obatDPHO", "kdObat", "signa1", "signa2", "jmlObat", "jmlPermintaan", "nmObatNonDPHO",
)  # fmt: skip
_PROCEDURE_FIELDS = ("noKunjungan", "kdTindakan", "biaya", "keterangan", "hasil")

ROUTES: list[Route] = [
    route("GET", "obat/kunjungan/{noKunjungan}", list_drugs),
    route("POST", "obat/kunjungan", add_drug),
    route("DELETE", "obat/{number}/kunjungan/{noKunjungan}", delete),
    route("GET", "tindakan/kunjungan/{noKunjungan}", list_procedures),
    route("POST", "tindakan", add_procedure),
    route("PUT", "tindakan", edit_procedure),
    route("DELETE", "tindakan/{number}/kunjungan/{noKunjungan}", delete),
    route("GET", "MCU/kunjungan/{noKunjungan}", list_labs),
    route("POST", "MCU", add_lab),
    route("PUT", "MCU", edit_lab),
    route("DELETE", "MCU/{number}/kunjungan/{noKunjungan}", delete),
]
