"""`kiosk audit`: looking the audit log through, showing it, and where each station's chain stands."""

import argparse
import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kiosk.cli import add_home, chosen_home, wrong_use

if TYPE_CHECKING:
    from kiosk.config import Home
    from kiosk.store.audit import Shown, Verified
    from kiosk.store.database import Store

NOT_WHOLE = 1
LEAST_DIGITS = 8
"""Digits of a mark that must be given: eight are one in four thousand million."""
EXPLAINED = """
  kiosk audit show --operator siti --since 2026-11-01
  kiosk audit show --patient 00-01-23 --day 2026-11-20
  kiosk audit verify --head "Loket 1:1520:a1b2 c3d4 e5f6 0718"

Setiap catatan dirantai dengan yang sebelumnya: yang diubah, dihapus atau disisipkan kemudian ketahuan. Penyimpanan yang
diganti dengan salinan lamanya hanya ketahuan lewat angka yang ditulis di luar komputer ini: tulis kepala rantai dari
laporan giliran (kiosk shift; di loket F6, lalu L), dan periksa dengan --head. Kunci pertama berasal dari segel
(audit.segel, hanya pemiliknya yang bisa membaca); simpan salinannya di tempat lain. Yang memegang segel dan
penyimpanan sekaligus bisa membuat rantai palsu.
kode keluar: 0 utuh, 1 tidak utuh, 2 tidak dapat diperiksa"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    what = parser.add_subparsers(dest="what", metavar="verify|show|head", required=True)
    verify = what.add_parser("verify", help="memeriksa semua rantai")
    verify.add_argument("--seal", type=Path, metavar="BERKAS", help="segel (bawaan: audit.segel di folder klinik)")
    verify.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="TEMPAT:NOMOR:KEPALA",
        help="yang ditulis dari laporan giliran; boleh berkali-kali",
    )
    show = what.add_parser("show", help="menampilkan catatan, yang terbaru di bawah")
    show.add_argument("--station", metavar="TEMPAT")
    show.add_argument("--operator", metavar="PENGGUNA")
    show.add_argument(
        "--patient", metavar="NOMOR", help="tentang pasien ini: nomor RM, kartu BPJS, NIK, atau nomor baris (id)"
    )
    show.add_argument("--day", type=_day, metavar="TANGGAL", help="pada tanggal ini saja (2026-11-01)")
    show.add_argument("--since", type=_day, metavar="TANGGAL", help="sejak tanggal ini (2026-11-01)")
    show.add_argument("--until", type=_day, metavar="TANGGAL", help="sampai dengan tanggal ini")
    show.add_argument("--limit", type=_count, default=50, metavar="N", help="paling banyak (bawaan 50)")
    head = what.add_parser("head", help="di mana setiap rantai berada")
    for one in (verify, show, head):
        add_home(one, again=True)
        one.add_argument("--json", action="store_true", help="hasil sebagai satu objek JSON")
    parser.epilog = f"{parser.epilog}{EXPLAINED}"


def run(arguments: argparse.Namespace) -> int:
    """Carry it out; 1 when a chain is not whole, 2 with one line when it cannot be looked at."""
    from kiosk.store.database import Store
    from kiosk.store.errors import StoreError

    home = chosen_home(arguments)
    try:
        store = Store.open(home.store_url)
        try:
            carry_out = {"verify": _verify, "show": _show, "head": _head}[arguments.what]
            return carry_out(store, home, arguments)
        finally:
            store.close()
    except (StoreError, ValueError) as error:
        return wrong_use(str(error))


def _verify(store: "Store", home: "Home", arguments: argparse.Namespace) -> int:
    from kiosk.store.actor import seals_at
    from kiosk.store.audit import verify

    path = arguments.seal or home.seal
    seals = seals_at(path)
    if not seals:
        raise ValueError(f"segel tidak ada atau tidak dapat dibaca: {path}; sebut salinannya dengan --seal")
    anchors = dict(_anchor(text) for text in arguments.head)
    found = store.read_now(lambda tx: verify(tx, seals, anchors))
    whole = all(one.fault is None for one in found)
    if arguments.json:
        chains = [
            {"station": v.station, "rows": v.rows, "head": v.head, "fault": v.fault, "number": v.number} for v in found
        ]
        print(json.dumps({"whole": whole, "chains": chains}, ensure_ascii=False))
    else:
        for one in found:
            print(f"{one.station:<24} {one.rows:>7} catatan  {_said(one)}")
        if not found:
            print("Belum ada catatan audit.")
    return 0 if whole else NOT_WHOLE


def _said(one: "Verified") -> str:
    from kiosk.domain.audit import spoken_head
    from kiosk.store.audit import Fault

    return {
        None: f"utuh, kepala {spoken_head(one.head)}",
        Fault.CHANGED: f"TIDAK UTUH: catatan {one.number} diubah",
        Fault.GAP: f"TIDAK UTUH: catatan {one.number} hilang",
        Fault.CUT: f"TIDAK UTUH: terpotong, catatan {one.number} dan sesudahnya hilang",
        Fault.HEAD: f"TIDAK UTUH: kepala rantai sesudah catatan {one.number} diubah",
        Fault.ANCHOR: f"TIDAK UTUH: catatan {one.number} bukan yang dulu ditulis",
        Fault.SEAL: "dimulai dengan segel lain; periksa di komputer tempat itu, atau dengan --seal",
    }[one.fault]


def _show(store: "Store", home: "Home", arguments: argparse.Namespace) -> int:
    from kiosk.cli.acting import note_done
    from kiosk.domain.audit import Event
    from kiosk.store import operators
    from kiosk.store.audit import shown

    zone = ZoneInfo(store.clinic.zone)
    operator = None
    if arguments.operator:
        found = store.read_now(lambda tx: operators.find(tx, arguments.operator.lower()))
        if found is None:
            raise ValueError(f"Pengguna {arguments.operator} tidak ada")
        operator = found[0].id
    person, subjects = _about(store, arguments.patient)
    first, last = arguments.day or arguments.since, arguments.day or arguments.until
    since = datetime.combine(first, time(), zone) if first else None
    until = datetime.combine(last + timedelta(days=1), time(), zone) if last else None
    rows = store.read_now(
        lambda tx: shown(
            tx,
            station=arguments.station,
            operator=operator,
            since=since,
            until=until,
            subjects=subjects,
            limit=arguments.limit,
        )
    )
    _print_rows(rows, zone, as_json=arguments.json)
    note_done(home, Event.REPORT_AUDIT, person, rows=len(rows))
    return 0


def _about(store: "Store", number: str | None) -> "tuple[str, frozenset[str] | None]":
    """The patient's id and every id that a row may have in their matter; "" and None for no patient in particular."""
    from kiosk.store.audit_patient import person_of, subjects_of

    if number is None:
        return "", None
    person = store.read_now(lambda tx: person_of(tx, number))
    if person is None:
        # What was typed may be a card number: it is not said back.
        raise ValueError("pasien dengan nomor itu tidak ada")
    return person, store.read_now(lambda tx: subjects_of(tx, person))


def _print_rows(rows: "Sequence[Shown]", zone: ZoneInfo, *, as_json: bool) -> None:
    from kiosk.domain.audit import EVENT_TEXT

    if as_json:
        told = [
            {
                "station": row.entry.station,
                "number": row.entry.number,
                "at": datetime.fromtimestamp(row.entry.at / 1000, zone).isoformat(timespec="milliseconds"),
                "operator": row.operator_name,
                "event": row.entry.event,
                "subject": row.entry.subject,
                "detail": json.loads(row.entry.detail or "{}"),
            }
            for row in rows
        ]
        print(json.dumps({"rows": told}, ensure_ascii=False))
        return
    words = {str(event): text for event, text in EVENT_TEXT.items()}
    for row in rows:
        entry = row.entry
        when = datetime.fromtimestamp(entry.at / 1000, zone)
        detail = " ".join(f"{name}={value}" for name, value in json.loads(entry.detail or "{}").items())
        print(
            f"{when:%d-%m-%Y %H.%M.%S}  {entry.station}:{entry.number}  {row.operator_name or '–'}  "
            f"{words.get(entry.event, entry.event)}  {entry.subject}{'  ' + detail if detail else ''}"
        )
    if not rows:
        print("Tidak ada catatan yang cocok.")


def _head(store: "Store", home: "Home", arguments: argparse.Namespace) -> int:
    from kiosk.domain.audit import spoken_head
    from kiosk.store.audit import heads

    found = store.read_now(heads)
    if arguments.json:
        print(json.dumps({"heads": [{"station": h.station, "number": h.number, "head": h.mac} for h in found]}))
        return 0
    for head in found:
        print(f"{head.station:<24} {head.number:>7}  {spoken_head(head.mac)}")
    if not found:
        print("Belum ada catatan audit.")
    return 0


def _anchor(text: str) -> tuple[tuple[str, int], str]:
    """STATION:NUMBER:HASH as it was written down. Raises ValueError."""
    station, _, rest = text.rpartition(":")
    station, _, number = station.rpartition(":")
    digits = "".join(rest.split()).replace("-", "").lower()
    well_formed = station and number.isascii() and number.isdigit() and int(number) > 0
    if not well_formed or len(digits) < LEAST_DIGITS or set(digits) - set("0123456789abcdef"):
        raise ValueError(f'tulis --head "TEMPAT:NOMOR:KEPALA", kepala paling sedikit {LEAST_DIGITS} huruf: {text}')
    return (station, int(number)), digits


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"tanggal ditulis 2026-11-01, bukan {text}") from None


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("angka mulai 1")
    return int(text)
