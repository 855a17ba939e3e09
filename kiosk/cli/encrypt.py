"""`kiosk encrypt`: a store that is there becomes an encrypted one."""

import argparse
from dataclasses import replace

from kiosk.cli import add_home, chosen_home, wrong_use
from kiosk.cli.acting import note_done
from kiosk.cli.store_key import ON_SERVER, add_key_file, keep_it_safe, make_key, named_key, set_key
from kiosk.domain.audit import Event

WENT_WRONG = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    add_key_file(parser)
    parser.epilog = (
        f"{parser.epilog}\n  kiosk encrypt --key-file /media/kunci/loket.kunci\n\n"
        "Semua Loket, papan dan pengirim harus ditutup dulu. Salinan terenkripsi dibaca ulang sebelum dipakai;\n"
        "penyimpanan lama disisihkan, tidak dihapus: hapus sendiri bersama cadangan lama sesudah yakin.\n"
        "Cadangan berikutnya ikut terenkripsi. Kunci di komputer yang sama melindungi cadangan, bukan komputer\n"
        "yang dicuri utuh: simpan kunci di media lain, atau enkripsi juga disknya.\n"
        "kode keluar: 0 jadi, 1 tidak jadi (tidak ada yang berubah), 2 salah perintah"
    )


def run(arguments: argparse.Namespace) -> int:
    """Carry it out; 1 with one line when it could not be done (nothing is changed then)."""
    from kiosk.store.change_form import change_form, left_in_clear
    from kiosk.store.cipher import Form, form
    from kiosk.store.database import Store
    from kiosk.store.errors import Failed, StoreError

    home = chosen_home(arguments)
    if home.on_server:
        return wrong_use(ON_SERVER)
    path = named_key(home, arguments.key_file)
    try:
        if form(home.store) is Form.SEALED:
            # Cut off before it was noted in the settings, or already done.
            Store.open(replace(home, key_file=path).store_url).close()
            set_key(home, make_key(home, path))
            print(f"Penyimpanan sudah terenkripsi; kuncinya {path}.")
            return 0
        # Whoever set the key by hand is to be helped: the file itself says that it is plain.
        plain = replace(home, key_file=None)
        if not home.store.is_file():
            return wrong_use(f"penyimpanan tidak ditemukan: {home.store}")
        name = make_key(home, path)
        aside = change_form(plain.store_url, path)
        set_key(home, name)
        note_done(replace(home, key_file=path), Event.STORE_ENCRYPT)
        print(f"Penyimpanan terenkripsi.\n{keep_it_safe(path)}")
        for each in left_in_clear(home.store, home.folder / "cadangan"):
            note = "penyimpanan lama" if each == aside else "lama"
            print(f"Masih terbaca tanpa kunci ({note}): {each}; hapus sesudah yakin.")
    except (Failed, OSError) as error:
        wrong_use(str(error))
        return WENT_WRONG
    except StoreError as error:
        return wrong_use(str(error))
    return 0
