"""peserta: a participant by card or by NIK."""

from datetime import date
from typing import Any

from kiosk.simulator.calls.fields import wire_day
from kiosk.simulator.people import CLASSES, Member
from kiosk.simulator.replies import Reply, invalid, nothing, ok
from kiosk.simulator.service import Call, Route, route
from kiosk.simulator.world import World

# Memberships began with the national scheme, which opened on this day; the end is the usual open one.
SCHEME_START = date(2014, 1, 1)
OPEN_END = "31-12-9999"
NOT_FOUND = "noKartu tidak ditemukan"


def full_row(member: Member, world: World) -> dict[str, Any]:
    """Return a participant with all the fields of the catalogue."""
    home = world.home(member)
    return {
        "noKartu": member.card,
        "nama": member.name,
        "hubunganKeluarga": member.relation,
        "sex": member.sex,
        "tglLahir": wire_day(member.birth_date),
        "tglMulaiAktif": wire_day(max(SCHEME_START, member.birth_date)),
        "tglAkhirBerlaku": OPEN_END,
        "kdProviderPst": {"kdProvider": home.code, "nmProvider": home.name},
        "kdProviderGigi": {"kdProvider": None, "nmProvider": None},
        "jnsKelas": {"nama": CLASSES[member.klass], "kode": member.klass},
        "jnsPeserta": {"nama": member.kind[1], "kode": member.kind[0]},
        "golDarah": member.blood,
        "noHP": member.phone or ("" if member.number % 2 else None),
        "noKTP": member.nik,
        "pstProl": member.prolanis,
        "pstPrb": member.prb,
        "aktif": member.active,
        "ketAktif": member.status_text,
        "asuransi": {"kdAsuransi": None, "nmAsuransi": None, "noAsuransi": None, "cob": False},
        "tunggakan": member.arrears,
    }


def list_row(member: Member) -> dict[str, Any]:
    """Return the participant inside a list: four fields filled, the others null and aktif false."""
    row: dict[str, Any] = dict.fromkeys(_MEMBERS)
    row.update(
        noKartu=member.card,
        nama=member.name,
        sex=member.sex,
        tglLahir=wire_day(member.birth_date),
        aktif=False,
        tunggakan=0,
    )
    return row


def by_card(call: Call) -> Reply:
    """GET peserta/{noKartu}."""
    return _by_card(call, call.part["noKartu"])


def by_kind(call: Call) -> Reply:
    """GET peserta/{nik|noka}/{nomor}."""
    number = call.part["nomor"]
    kind = call.part["jenisKartu"].lower()
    if kind == "noka":
        return _by_card(call, number)
    if kind != "nik":
        return invalid(("jenisKartu", "jenisKartu harus nik atau noka"))
    if not (len(number) == 16 and number.isascii() and number.isdigit()):
        return invalid(("nik", "nik harus 16 digit"))
    member = call.world.people.by_nik(number)
    if member is None:
        return nothing()
    row = full_row(member, call.world)
    if call.variant("by_nik") == "short":
        del row["pstProl"], row["pstPrb"]
    return ok(row)


def _by_card(call: Call, number: str) -> Reply:
    if not (len(number) == 13 and number.isascii() and number.isdigit()):
        return invalid(("noKartu", "noKartu harus 13 digit"))
    member = call.world.people.by_card(number)
    if member is None or not member.card_known:
        return nothing()
    return ok(full_row(member, call.world))


_MEMBERS = (
    "noKartu", "nama", "hubunganKeluarga", "sex", "tglLahir", "tglMulaiAktif", "tglAkhirBerlaku", "kdProviderPst",
    "kdProviderGigi", "jnsKelas", "jnsPeserta", "golDarah", "noHP", "noKTP", "pstProl", "pstPrb", "aktif",
    "ketAktif", "asuransi", "tunggakan",
)  # fmt: skip

ROUTES: list[Route] = [
    route("GET", "peserta/{noKartu}", by_card),
    route("GET", "peserta/{jenisKartu}/{nomor}", by_kind),
]
