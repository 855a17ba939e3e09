"""`kiosk restore`: a backup in the place of the clinic's records; what was there is set aside."""

import argparse
import json
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli import add_home, chosen_home, wrong_use
from kiosk.cli.backup import described as for_scripts
from kiosk.cli.backup import folder_of, size_text
from kiosk.cli.store_key import add_key_file, make_key, set_key
from kiosk.config import Home, read_settings

if TYPE_CHECKING:
    from kiosk.store.backup import Backup
    from kiosk.store.restored import Doubt

WENT_WRONG = 1
EXPLAINED = """

Penyimpanan yang sekarang tidak dihapus: namanya diganti (…-disisihkan-TANGGAL). Semua Loket, papan dan pengirim
harus ditutup dulu. Sesudahnya:
- kiriman yang masih menunggu di cadangan mungkin sudah terkirim: P-Care dibaca dulu, baru dikirim bila belum ada;
- ubahan pelayanan dan pembatalan yang masih menunggu diperiksa petugas (perlu tindakan);
- pendaftaran yang dibuat sesudah cadangan diambil dari daftar P-Care dan mendapat nomor antrean BARU;
- nomor antrean hari ini dilanjutkan dari ratusan berikutnya (101, 201, …), karena pasien mungkin masih memegang
  nomor yang diberikan sesudah cadangan;
- yang dibuat sesudah cadangan dan belum sampai di P-Care harus dimasukkan lagi.
Penyimpanan di server PostgreSQL: perintah ini menyebutkan apa yang harus dijalankan; sesudah itu pakai --loaded.
kode keluar: 0 pulih, 1 tidak jadi (tidak ada yang berubah), 2 salah perintah atau tidak ada cadangan"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    parser.add_argument("file", nargs="?", type=Path, metavar="BERKAS", help="berkas cadangan, atau namanya saja")
    parser.add_argument("--newest", action="store_true", help="pakai cadangan utuh yang paling baru")
    parser.add_argument("--list", action="store_true", help="tampilkan cadangan yang ada, lalu selesai")
    parser.add_argument("--from", dest="folder", type=Path, metavar="FOLDER", help="folder cadangan")
    add_key_file(parser, "berkas kunci cadangan ini, bila bukan kunci yang sudah diatur")
    parser.add_argument("--yes", action="store_true", help="jangan bertanya")
    parser.add_argument("--loaded", action="store_true", help="basis data di server sudah diisi dari cadangan ini")
    parser.add_argument("--json", action="store_true", help="hasil sebagai satu objek JSON")
    parser.epilog = f"{parser.epilog}\n  kiosk restore --list{EXPLAINED}"


def run(arguments: argparse.Namespace) -> int:
    """Carry it out; 1 with one line when it could not be done (nothing is changed then), 2 for wrong use."""
    from kiosk.store.backup import backups
    from kiosk.store.errors import Failed, StoreError

    home = chosen_home(arguments)
    folder = folder_of(home.folder, arguments.folder)
    try:
        there = backups(folder)
        if arguments.list:
            return _list(there, folder, as_json=arguments.json)
        source, skipped = _chosen(arguments, there, folder, arguments.key_file or home.key_file)
        if source is None:
            return wrong_use(
                f"tidak ada cadangan utuh di {folder}"
                if arguments.newest
                else "sebut berkas cadangannya, atau --newest"
            )
        for damaged in skipped:
            print(f"kiosk: {damaged} dilewati", file=sys.stderr)
        if not source.is_file():
            return wrong_use(f"cadangan tidak ditemukan: {source}")
        if home.on_server and not arguments.loaded:
            from kiosk.store.postgres_backup import how_to_restore

            return wrong_use(how_to_restore(source))
        if not (arguments.yes or _agreed(source)):
            return wrong_use("tidak ada yang diubah; tambahkan --yes untuk memulihkan tanpa ditanya")
        return _carry_out(home, source, arguments)
    except (Failed, OSError) as error:
        wrong_use(str(error))
        return WENT_WRONG
    except (StoreError, ValueError) as error:
        return wrong_use(str(error))
    except (KeyboardInterrupt, EOFError):
        return wrong_use("dibatalkan; tidak ada yang diubah")


def _chosen(
    arguments: argparse.Namespace, there: "tuple[Backup, ...]", folder: Path, key_file: Path | None
) -> tuple[Path | None, tuple[str, ...]]:
    """The file that is meant, and which newer ones are damaged."""
    from kiosk.store.backup import verify
    from kiosk.store.errors import Locked, Unreadable

    if arguments.file is not None:
        named: Path = arguments.file
        return (named if named.exists() or named.name != str(named) else folder / named), ()
    skipped: list[str] = []
    for each in there if arguments.newest else ():
        if each.path.suffix != ".sqlite3":
            return each.path, tuple(skipped)
        try:
            verify(each.path, key_file)
        except Locked:
            # Not its fault: without the key none of them can be told to be whole.
            raise
        except Unreadable as error:
            skipped.append(str(error))
            continue
        return each.path, tuple(skipped)
    return None, tuple(skipped)


def _carry_out(home: Home, source: Path, arguments: argparse.Namespace) -> int:
    from kiosk.cli.acting import note_done
    from kiosk.domain.audit import Event
    from kiosk.store.restore import believe_nothing, restore
    from kiosk.sync.policy import Policy

    settle = timedelta(seconds=Policy.from_table(read_settings(home).sync).settle)
    if arguments.loaded:
        made_at, doubt = believe_nothing(home.store_url, source, settle)
        aside = None
    else:
        key_name = _brought_key(home, source, arguments.key_file)
        if key_name:
            home = replace(home, key_file=home.new_key.absolute())
        done = restore(home.store_url, source, settle, source_key=arguments.key_file)
        if key_name:
            set_key(home, key_name)
        made_at, doubt, aside = done.made_at, done.doubt, done.set_aside
    note_done(home, Event.STORE_RESTORE, file=source.name)
    if arguments.json:
        report = {
            "backup": str(source),
            "made_at": made_at.isoformat(),
            "set_aside": str(aside) if aside else None,
            "unknown": doubt.unknown,
            "needs_action": doubt.needs_action,
            "days": doubt.days,
            "numbers_from": doubt.numbers_from,
        }
        print(json.dumps(report))
        return 0
    print(f"Dipulihkan dari {source.name}, dibuat {made_at.astimezone():%d-%m-%Y %H.%M}.")
    if aside:
        print(f"Penyimpanan lama disisihkan: {aside}")
    for line in _told(doubt):
        print(line)
    return 0


def _brought_key(home: Home, source: Path, given: Path | None) -> str:
    """Where no key is set yet, the one of an encrypted backup becomes the store's; its name in the settings."""
    from kiosk.store.cipher import Form, form
    from kiosk.store.key import read_key, write_key

    if home.key_file is not None or given is None or form(source) is not Form.SEALED:
        return ""
    if not home.new_key.exists():
        home.folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        write_key(home.new_key.absolute(), read_key(given))
    return make_key(home, home.new_key.absolute())


def _told(doubt: "Doubt") -> list[str]:
    told = []
    if doubt.unknown:
        told.append(f"{doubt.unknown} kiriman dipastikan dulu di P-Care sebelum dikirim.")
    if doubt.needs_action:
        told.append(f"{doubt.needs_action} kiriman perlu dilihat petugas (layar Kiriman, perlu tindakan).")
    told.append(f"Pendaftaran {doubt.days} hari terakhir diambil dari daftar P-Care begitu tersambung.")
    if doubt.numbers_from > 1:
        told.append(f"Nomor antrean hari ini dilanjutkan dari {doubt.numbers_from}.")
    told.append("Yang dibuat sesudah cadangan dan belum sampai di P-Care: masukkan lagi dari kertas.")
    return told


def _list(there: "tuple[Backup, ...]", folder: Path, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps([for_scripts(each) for each in there]))
        return 0
    if not there:
        print(f"Belum ada cadangan di {folder}.")
    for each in there:
        note = f"  (sebelum pembaruan {each.before})" if each.before else ""
        print(f"{each.path.name}  {each.made_at.astimezone():%d-%m-%Y %H.%M}  {size_text(each.size)}{note}")
    return 0


def _agreed(source: Path) -> bool:
    if not sys.stdin.isatty():
        return False
    print(f"Pulihkan dari {source.name}? Penyimpanan yang sekarang disisihkan, tidak dihapus.")
    return input("Ketik ya untuk melanjutkan: ").strip().lower() in ("ya", "y")
