"""A small command line for integrators: check credentials, clock and line apart, or ask one question."""

import argparse
import asyncio
import getpass
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from kiosk.pcare.check import BAD, UNTOLD, Checked, check, check_queue, sentence
from kiosk.pcare.client import PCareClient
from kiosk.pcare.errors import PCareError
from kiosk.pcare.settings import PRODUCTION_URL, PCareSettings

EPILOG = """\
contoh:
  python -m kiosk.pcare check --config pcare.json
  python -m kiosk.pcare get poli/fktp/0/10 --config pcare.json
  python -m kiosk.pcare check                 (data akses ditanyakan satu per satu)

isi pcare.json (simpan dengan hak 0600):
  {"base_url": "https://apijkn-dev.bpjs-kesehatan.go.id/pcare-rest-dev", "cons_id": "…", "secret_key": "…",
   "user_key": "…", "username": "…", "password": "…", "facility": "0114U163"}
  bila sertifikatnya dari CA lain: "ca_file": "/etc/loket/ca.pem"
  bila antrean Mobile JKN dipakai: "antrean_url": "https://apijkn-dev.bpjs-kesehatan.go.id/antreanfktp_dev",
  "antrean_user_key": "…"; check lalu memeriksa Antrean FKTP juga

kode keluar: 0 baik, 1 ada masalah pada layanan, 2 perintah atau berkas salah
"""


class WrongUseError(Exception):
    """The command or its file is wrong; the text is for the user."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings = _from_file(options.config) if options.config else _from_prompt()
        if options.command == "check":
            return asyncio.run(_check(settings, options.json))
        return asyncio.run(_get(settings, options.path))
    except WrongUseError as error:
        print(f"kiosk.pcare: {error}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, EOFError):
        print("kiosk.pcare: dihentikan", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m kiosk.pcare",
        description="Memeriksa akses P-Care dan bertanya ke P-Care.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="check | get")
    check = commands.add_parser(
        "check",
        help="periksa alamat, jam, konsumen dan login satu per satu",
        epilog="contoh: python -m kiosk.pcare check --config pcare.json --json",
    )
    check.add_argument("--json", action="store_true", help="cetak hasil sebagai satu objek JSON")
    get = commands.add_parser(
        "get",
        help="ajukan satu pertanyaan (GET) dan cetak jawabannya sebagai JSON",
        epilog="contoh: python -m kiosk.pcare get poli/fktp/0/10 --config pcare.json",
    )
    get.add_argument("path", metavar="PATH", help="misalnya peserta/0001234567890 atau kesadaran")
    for command in (check, get):
        command.add_argument("--config", type=Path, metavar="BERKAS", help="berkas JSON berisi data akses")
    return parser


def _from_file(path: Path) -> PCareSettings:
    try:
        text = path.read_bytes()
        if path.stat().st_mode & 0o077:
            print(f"kiosk.pcare: {path} dapat dibaca orang lain; ubah haknya ke 0600", file=sys.stderr)
    except OSError as error:
        raise WrongUseError(f"{path} tidak dapat dibaca: {error.strerror}") from None
    try:
        values = json.loads(text)
    except ValueError:
        raise WrongUseError(f"{path} bukan JSON yang benar") from None
    if not isinstance(values, dict):
        raise WrongUseError(f"{path} harus berisi satu objek JSON")
    return _settings(values)


def _from_prompt() -> PCareSettings:
    values: dict[str, object] = {"base_url": input(f"base_url [{PRODUCTION_URL}]: ").strip() or PRODUCTION_URL}
    for name in ("cons_id", "username", "facility"):
        values[name] = input(f"{name}: ").strip()
    for name in ("secret_key", "user_key", "password"):
        values[name] = getpass.getpass(f"{name}: ")
    antrean = input("antrean_url [tidak dipakai]: ").strip()
    if antrean:
        values |= {"antrean_url": antrean, "antrean_user_key": getpass.getpass("antrean_user_key: ")}
    return _settings(values)


def _settings(values: dict[str, object]) -> PCareSettings:
    try:
        return PCareSettings.model_validate(values)
    except ValidationError as error:
        problems = {".".join(str(part) for part in problem["loc"]) or "versi" for problem in error.errors()}
    raise WrongUseError(f"data akses kurang atau salah: {', '.join(sorted(problems))}")


async def _check(settings: PCareSettings, as_json: bool) -> int:
    found, queue = await asyncio.gather(check(settings), check_queue(settings, datetime.now().astimezone().date()))
    if as_json:
        print(json.dumps({**_report(found), "queue": None if queue is None else _report(queue)}))
    else:
        _tell(found, settings.base_url, "P-Care")
        if queue is not None:
            print(f"\nAntrean FKTP (Mobile JKN) di {settings.antrean_url}")
            _tell(queue, None, "Antrean FKTP")
    return 0 if _well(found) and (queue is None or _well(queue)) else 1


def _well(found: Checked) -> bool:
    return found.error is None and BAD not in found.parts.values()


def _report(found: Checked) -> dict[str, object]:
    reason = None if found.error is None else str(found.error.reason)
    return {"ok": reason is None, "reason": reason, "parts": found.parts, "skew_seconds": round(found.skew, 1)}


def _tell(found: Checked, address: str | None, service: str) -> None:
    notes = {"alamat": address, "jam": f"selisih {found.skew:+.0f} detik"}
    for part, state in found.parts.items():
        note = f"  ({notes[part]})" if notes.get(part) and state != UNTOLD else ""
        print(f"{part:<9}: {state}{note}")
    if found.error is not None:
        print(f"sebab    : {sentence(found.error, service)}")


async def _get(settings: PCareSettings, path: str) -> int:
    async with PCareClient(settings) as client:
        try:
            data = await client.get(path)
        except ValueError:
            raise WrongUseError("PATH tidak boleh kosong atau mengandung bagian kosong, '.' atau '..'") from None
        except PCareError as error:
            code = "" if error.code is None else f" (kode {error.code})"
            print(f"kiosk.pcare: {sentence(error)}{code}", file=sys.stderr)
            return 1
    print(json.dumps(data, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
