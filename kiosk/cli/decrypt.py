"""`kiosk decrypt`: an encrypted store becomes a plain one."""

import argparse
import sys
from dataclasses import replace

from kiosk.cli import add_home, chosen_home, wrong_use
from kiosk.cli.acting import note_done
from kiosk.cli.store_key import ON_SERVER, set_key
from kiosk.domain.audit import Event

WENT_WRONG = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    parser.add_argument("--yes", action="store_true", help="jangan bertanya")
    parser.epilog = (
        f"{parser.epilog}\n\n"
        "Semua Loket, papan dan pengirim harus ditutup dulu. Penyimpanan terenkripsi disisihkan dan kuncinya tidak\n"
        "dihapus: cadangan lama masih memerlukannya.\n"
        "kode keluar: 0 jadi, 1 tidak jadi (tidak ada yang berubah), 2 salah perintah"
    )


def run(arguments: argparse.Namespace) -> int:
    """Carry it out; 1 with one line when it could not be done (nothing is changed then)."""
    from kiosk.store.change_form import change_form
    from kiosk.store.errors import Failed, StoreError

    home = chosen_home(arguments)
    if home.on_server:
        return wrong_use(ON_SERVER)
    if home.key_file is None:
        return wrong_use("penyimpanan klinik ini tidak terenkripsi (store_key belum ada di loket.toml)")
    try:
        if not (arguments.yes or _agreed()):
            return wrong_use("tidak ada yang diubah; tambahkan --yes untuk melakukannya tanpa ditanya")
        aside = change_form(home.store_url, None)
        set_key(home, "")
        note_done(replace(home, key_file=None), Event.STORE_DECRYPT)
    except (Failed, OSError) as error:
        wrong_use(str(error))
        return WENT_WRONG
    except StoreError as error:
        return wrong_use(str(error))
    except (KeyboardInterrupt, EOFError):
        return wrong_use("dibatalkan; tidak ada yang diubah")
    print(f"Penyimpanan tidak terenkripsi lagi. Yang lama disisihkan: {aside}; kuncinya tetap di {home.key_file}.")
    return 0


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    print("Hapus enkripsi? Data pasien lalu terbaca oleh siapa pun yang memegang berkasnya.")
    return input("Ketik ya untuk melanjutkan: ").strip().lower() in ("ya", "y")
