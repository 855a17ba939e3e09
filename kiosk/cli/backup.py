"""`kiosk backup`: a verified copy of the clinic's records, and the list of those there are."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli import add_home, chosen_home, wrong_use

if TYPE_CHECKING:
    from kiosk.store.backup import Backup

WENT_WRONG = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="folder cadangan (bawaan: cadangan di folder klinik)")
    parser.add_argument("--json", action="store_true", help="hasil sebagai satu objek JSON")
    parser.epilog = (
        f"{parser.epilog}\n  kiosk backup --to /media/usb/loket\n\n"
        "Loket boleh tetap dipakai selama cadangan dibuat. Setiap cadangan dibaca ulang sebelum dihitung jadi.\n"
        "Yang disimpan: 7 hari, 4 minggu dan 12 bulan terakhir; hanya buatan Loket yang dihapus.\n"
        "kode keluar: 0 jadi, 1 tidak jadi (sebabnya satu baris), 2 tidak ada yang dicadangkan"
    )


def run(arguments: argparse.Namespace) -> int:
    """Make it; 1 with one line when it could not be made, 2 when there is nothing to copy."""
    from kiosk.cli.acting import note_done
    from kiosk.domain.audit import Event
    from kiosk.store.backup import back_up
    from kiosk.store.errors import Failed, NotSetUp, StoreError, Unreadable

    home = chosen_home(arguments)
    folder = folder_of(home.folder, arguments.to)
    try:
        if home.on_server:
            from kiosk.store.postgres_backup import dump

            made = dump(home.store_url, folder)
        else:
            made = back_up(home.store_url, folder)
        note_done(home, Event.STORE_BACKUP, file=made.path.name)
    except (Failed, OSError) as error:
        wrong_use(str(error))
        return WENT_WRONG
    except (Unreadable, NotSetUp, StoreError) as error:
        return wrong_use(str(error))
    if arguments.json:
        print(json.dumps(described(made)))
    else:
        print(f"Cadangan jadi dan sudah dibaca ulang: {made.path} ({size_text(made.size)})")
    return 0


def folder_of(home: Path, named: Path | None) -> Path:
    """Where backups are."""
    return named or home / "cadangan"


def described(backup: "Backup") -> dict[str, object]:
    """A backup for a script."""
    return {
        "path": str(backup.path),
        "clinic": backup.clinic,
        "made_at": backup.made_at.isoformat(),
        "bytes": backup.size,
        "before_migration": backup.before,
    }


def size_text(size: int) -> str:
    """Bytes for people."""
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")
