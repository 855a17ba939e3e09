"""`kiosk simulator`: the simulator as a process, for the demonstration, for training and for tests."""

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import lifeline
from kiosk.simulator import faults, variants
from kiosk.simulator.journal import JournalError

if TYPE_CHECKING:
    from kiosk.simulator.running import Credentials
    from kiosk.simulator.server import Simulator

EPILOG = f"""contoh:
  kiosk simulator --port 8080
  kiosk simulator --json --state buku.jsonl --fault latency:seconds=0.2-1.5 --fault lost_reply:path=pendaftaran,count=2
  kiosk simulator --variant duplicate=412 --variant errors=encrypted
  kiosk simulator --json --tls             (https; sertifikat CA-nya di berkas "ca_file")
  kiosk simulator --tls expired            (sama dengan --tls --fault tls:mode=expired)

gangguan (--fault JENIS[:KUNCI=NILAI,…]; kunci: method, path, probability, count, seconds, status, mode, text, effect,
at):
{faults.listing()}

varian (--variant NAMA=NILAI; yang pertama berlaku bila tidak dipilih):
{variants.listing()}
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `kiosk simulator`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = "P-Care tiruan di mesin ini (127.0.0.1): data rekaan, protokol yang sama."
    parser.epilog = EPILOG.replace("%", "%%")
    parser.add_argument("--port", type=int, default=0, metavar="N", help="nomor port; 0 memilih sendiri (bawaan)")
    parser.add_argument("--json", action="store_true", help="cetak satu baris JSON bila siap")
    parser.add_argument("--state", type=Path, metavar="BERKAS", help="simpan buku besarnya di berkas ini")
    parser.add_argument("--members", type=int, default=25_000, metavar="N", help="peserta tiap fasilitas (25000)")
    parser.add_argument("--facilities", type=int, default=12, metavar="N", help="jumlah fasilitas (12)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="benih: benih sama, penduduk sama (1)")
    parser.add_argument("--fault", action="append", default=[], metavar="JENIS", help="gangguan sejak awal")
    parser.add_argument("--variant", action="append", default=[], metavar="NAMA=NILAI", help="perilaku lain")
    parser.add_argument(
        "--tls",
        nargs="?",
        const=faults.GOOD_TLS,
        choices=(faults.GOOD_TLS, *faults.TLS_MODES),
        metavar="MODE",
        help=f"https dengan sertifikat sekali pakai; MODE yang salah: {', '.join(faults.TLS_MODES)}",
    )
    parser.add_argument("--parent-pid", type=int, metavar="PID", help="berhenti bila proses ini mati")


def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT; 0 then, 2 with one line on standard error for wrong use."""
    try:
        chosen = variants.parse(args.variant)
        wanted = [faults.parse(spec) for spec in args.fault]
        if args.tls and args.tls != faults.GOOD_TLS:
            wanted.append(faults.make({"kind": "tls", "mode": args.tls}))
        if not 0 <= args.port <= 65_535:
            return _wrong(f"port {args.port} tidak ada; pilih 0 sampai 65535")
        from kiosk.simulator.running import build

        simulator = build(
            seed=args.seed,
            facilities=args.facilities,
            members=args.members,
            variants=chosen,
            state=args.state,
            tls=args.tls is not None,
        )
        simulator.faults.add([each.as_dict() for each in wanted])
    except (variants.VariantError, faults.FaultError, JournalError) as error:
        return _wrong(str(error))
    except ValueError:
        return _wrong(f"--members {args.members} dengan --facilities {args.facilities} di luar batas")
    try:
        return asyncio.run(_serve(simulator, args))
    except OSError as error:
        # What has no number is a sentence already.
        return _wrong(f"port {args.port} tidak dapat dipakai: {error.strerror}" if error.errno else str(error))
    except KeyboardInterrupt:
        return 0


async def _serve(simulator: "Simulator", args: argparse.Namespace) -> int:
    from kiosk.simulator.running import credentials_of

    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, over.set)
    await simulator.start(args.port)
    try:
        _say(credentials_of(simulator), as_json=args.json)
        if args.parent_pid:
            watch = asyncio.create_task(lifeline.parent_gone(args.parent_pid))
            watch.add_done_callback(lambda _: over.set())
        await over.wait()
    finally:
        await simulator.stop()
    return 0


def _say(ready: "Credentials", *, as_json: bool) -> None:
    try:
        if as_json:
            print(json.dumps(ready.as_dict(), ensure_ascii=False), flush=True)
            return
        print(
            f"Simulator P-Care siap di {ready.base_url}\n"
            f"  Antrean FKTP   {ready.antrean_url}\n"
            f"  fasilitas      {ready.facility} {ready.facility_name}\n"
            f"  cons_id        {ready.cons_id}\n"
            f"  secret_key     {ready.secret_key}\n"
            f"  user_key       {ready.user_key} (Antrean: {ready.antrean_user_key})\n"
            + (f"  sertifikat CA  {ready.ca_file}\n" if ready.ca_file else "")
            + f"  pengguna       {ready.username}\n"
            f"  kata sandi     {ready.password}\n"
            f"  kode aplikasi  {ready.app_code}\n"
            "Peserta latihan (no. kartu, NIK, nama):\n"
            + "\n".join(f"  {each['noKartu']}  {each['nik']}  {each['nama']}" for each in ready.members)
            + "\nTekan Ctrl+C untuk berhenti.",
            flush=True,
        )
    except BrokenPipeError:
        # Whoever started us does not listen any more; serving goes on until told to stop.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _wrong(sentence: str) -> int:
    print(f"kiosk simulator: {sentence}", file=sys.stderr)
    return 2


def main() -> int:
    """Run the simulator by itself: `python -m kiosk.simulator.command`."""
    parser = argparse.ArgumentParser(prog="kiosk simulator")
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
