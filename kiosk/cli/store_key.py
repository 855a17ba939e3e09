"""The key of an encrypted store as the commands handle it: where it goes, and what the person must do with it."""

import argparse
from pathlib import Path

from kiosk.config import Home, change_text

ON_SERVER = "penyimpanan ini di server PostgreSQL; enkripsinya diatur di server itu"
LOST = "Tanpa kunci ini penyimpanan dan semua cadangannya tidak dapat dibaca siapa pun, juga tidak oleh pembuat Loket."


def add_key_file(parser: argparse.ArgumentParser, text: str = "") -> None:
    """The option that names the key's file."""
    parser.add_argument(
        "--key-file",
        type=Path,
        metavar="BERKAS",
        help=text or "berkas kunci; dibuat bila belum ada (bawaan: loket.kunci di folder klinik)",
    )


def named_key(home: Home, named: Path | None) -> Path:
    """The whole path of the key's file: as named, as it is set, else in the clinic's folder."""
    return (named or home.key_file or home.new_key).absolute()


def make_key(home: Home, path: Path) -> str:
    """See that a key is at `path`; what the settings call it. Raises Locked, OSError: a key is never overwritten."""
    from kiosk.store.key import new_key, read_key, write_key

    if path.exists():
        read_key(path)
    else:
        write_key(path, new_key())
    return path.name if path.parent == home.folder.absolute() else str(path)


def set_key(home: Home, name: str) -> None:
    """The settings name the key from now on; "" none."""
    change_text(home.settings, "store_key", name)


def keep_it_safe(path: Path) -> str:
    """What is said once, with the key as it is written on paper."""
    from kiosk.store.key import read_key

    shown = "\n".join(f"  {line}" for line in read_key(path).paper.splitlines())
    return (
        f"Kunci penyimpanan ada di {path}.\n"
        f"Simpan salinan kunci di tempat aman, di luar komputer ini. Di kertas:\n\n{shown}\n\n"
        f"{LOST}\n"
        "Memulihkan di komputer lain: ketik kunci itu ke sebuah berkas (chmod 600), lalu\n"
        "kiosk restore --key-file BERKAS CADANGAN"
    )
