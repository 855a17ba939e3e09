"""A walk through every screen and every box of the counter, in one running application; a test stops at each."""

from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import kiosk.screens
import kiosk.widgets
from kiosk.screens import ROOMS
from kiosk.store.database import Store
from kiosk.widgets.screen import Dialog
from tests.screens.driver import Counter, counter_on
from tests.snapshots.scenes import full, moment, twice, visited

Stop = Callable[[Counter, str], Awaitable[None]]
"""What is done at a stop; it leaves the screen as it was. The text names it."""

WALK: tuple[tuple[str, str, str], ...] = (
    ("+ctrl+q", "Tutup Loket?", "question over the login"),
    ("+escape", "Pengguna", "login"),
    ("in", "Cari ", "search"),
    ("+f1", "Bantuan: Cari", "help"),
    ("+escape sutrisno ?terdaftar +ctrl+t", "Di klinik ini", "history"),
    ("+escape +ctrl+u 000900 ?Zulkifli +ctrl+d", "NIK sama", "person"),
    ("+g", "TETAP", "merging"),
    ("+escape +escape +f4", "Sukarno", "queue"),
    ("+h", "Antrean hari lain", "other days"),
    ("+escape +r", "Lansia", "priority"),
    ("+escape +end +o ?Obat", "belum ada; O", "lines"),
    ("+o", "Tambah obat", "drug"),
    ("+escape +f6", "» !", "outbox"),
    ("+s", "Pasien tidak jadi", "reason"),
    ("+escape +l", "Laporan giliran", "report"),
    ("+escape +f5 a2 +enter", "Anamnesis", "service"),
    ("+pagedown i10", "» I10", "diagnosis"),
    ("+escape ?[2 +pagedown ?[3 +tab +tab +tab +tab +space", "Rujuk internal", "internal referral"),
    ("+escape ?[3 +f3", "Cari ", "search again"),
    ("+f7", "Nomor RM", "patient"),
    ("+escape siti ?terdaftar +enter", "Jenis kunjungan", "registration"),
    ("s j g +ctrl+s", "Nomor antrean", "number"),
    ("+enter 000900 ?Zulkifli +ctrl+d ?NIK +u", "Ubah", "patient's data"),
    ("+f8", "Terkunci oleh", "lock"),
    ("+ctrl+c", "Tutup Loket?", "question over the lock"),
)
"""Keys (a word is typed, +key is pressed, ?word is waited for), what is then seen, and what the place is called."""


def every_screen() -> set[str]:
    """The names of all screens and boxes that the counter can show."""
    for package in (kiosk.screens, kiosk.widgets):
        for module in iter_modules(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    found = {room.screen for room in ROOMS}
    kinds: list[type] = [Dialog]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind is not Dialog and kind.__module__.startswith("kiosk.") and "[" not in kind.__name__:
            found.add(kind.__name__)
    return found


async def walk(store: Store, folder: Path, stop: Stop) -> set[str]:
    """Go everywhere and call `stop` at each place; the names of the screens that were in front."""
    for setting in (full, twice, visited):
        await setting(store)
    seen: set[str] = set()
    async with counter_on(store, folder, clock=moment, idle_lock=0) as counter:
        await stop(counter, "login")
        for keys, wanted, name in WALK:
            for part in keys.split():
                if part == "in":
                    await counter.log_in("admin")
                elif part.startswith("+"):
                    await counter.press(part[1:])
                elif part.startswith("?"):
                    await counter.until(part[1:])
                else:
                    await counter.type(part)
            await counter.until(wanted)
            seen.add(type(counter.app.screen).__name__)
            await stop(counter, name)
    return seen
