"""`kiosk key`: the store's key once more, to be copied on paper."""

import argparse
import sys

from kiosk.cli import add_home, chosen_home, wrong_use
from kiosk.cli.acting import note_done
from kiosk.cli.store_key import keep_it_safe
from kiosk.domain.audit import Event


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    parser.epilog = f"{parser.epilog}\n\nHanya di terminal: pastikan tidak ada yang ikut melihat."


def run(arguments: argparse.Namespace) -> int:
    """Show it; 2 with one line where there is none, or nobody to look at it."""
    from kiosk.store.errors import StoreError

    home = chosen_home(arguments)
    if home.key_file is None:
        return wrong_use("penyimpanan klinik ini tidak terenkripsi (store_key belum ada di loket.toml)")
    if not sys.stdout.isatty():
        return wrong_use("kunci hanya ditampilkan di terminal")
    try:
        print(keep_it_safe(home.key_file))
        note_done(home, Event.STORE_KEY)
    except StoreError as error:
        return wrong_use(str(error))
    return 0
