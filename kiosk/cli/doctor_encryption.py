"""What `kiosk doctor` says about the encryption of the clinic's records."""

from collections.abc import Iterator
from pathlib import Path

from kiosk.cli.findings import Finding, Health
from kiosk.config import Home
from kiosk.store.change_form import left_in_clear
from kiosk.store.cipher import Form, check, form
from kiosk.store.errors import Locked
from kiosk.store.key import read_key

TOPIC = "enkripsi"


def encryption(home: Home) -> Iterator[Finding]:
    """Whether the records can be read by whoever holds their file."""
    if home.on_server:
        yield Finding(TOPIC, Health.GOOD, "penyimpanan di server PostgreSQL; enkripsinya diatur di sana")
        return
    found, key = form(home.store), home.key_file
    if key is None and found is Form.PLAIN:
        yield Finding(TOPIC, Health.GOOD, "penyimpanan tidak terenkripsi; lihat enkripsi disk, atau kiosk encrypt")
        return
    try:
        check(home.store, key)
        if key is not None:
            read_key(key)
    except Locked as error:
        yield Finding(TOPIC, Health.BROKEN, str(error))
        return
    if key is None or found is not Form.SEALED:
        return
    clear = left_in_clear(home.store, home.folder / "cadangan")
    if clear:
        said = f"{len(clear)} berkas lama masih terbaca tanpa kunci, terakhir {clear[-1].name}; hapus sesudah yakin"
        yield Finding(TOPIC, Health.ATTENTION, said)
    else:
        yield Finding(TOPIC, Health.GOOD, f"penyimpanan dan cadangan terenkripsi; kunci {key}, {_place(key, home)}")


def _place(key: Path, home: Home) -> str:
    if key.stat().st_dev == home.store.stat().st_dev:
        return "di disk yang sama: komputer yang dicuri utuh tetap terbaca"
    return "di luar disk ini"
