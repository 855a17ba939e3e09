"""What `kiosk doctor` asks of the computer: room and encryption of the disk, printer, letters, terminal."""

import codecs
import curses
import locale
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from kiosk.cli.findings import Finding, Health, size_text

LOW, TOO_LOW = 500_000_000, 50_000_000
"""Bytes free: below the first there is time to act, below the second the next days' records are in danger."""
ROWS, COLUMNS = 24, 80
DEVICES = Path("/sys/dev/block")
PRINTERS = Path("/dev/usb")


def disk(folder: Path) -> Iterator[Finding]:
    """Free space where the clinic's files are, and whether the disk is encrypted."""
    there = _existing(folder)
    free = shutil.disk_usage(there).free
    health = Health.BROKEN if free < TOO_LOW else Health.ATTENTION if free < LOW else Health.GOOD
    advice = "" if health == Health.GOOD else "; kosongkan, sebelum pendaftaran tidak dapat disimpan"
    yield Finding("ruang disk", health, f"tersisa {size_text(free)}{advice}")
    device = there.stat().st_dev
    known = encrypted(DEVICES / f"{os.major(device)}:{os.minor(device)}")
    if known is None:
        yield Finding("enkripsi disk", Health.GOOD, "tidak diketahui dari sini")
    elif known:
        yield Finding("enkripsi disk", Health.GOOD, "disk terenkripsi (dm-crypt)")
    else:
        yield Finding(
            "enkripsi disk", Health.ATTENTION, "disk tidak terenkripsi; data pasien terbaca bila komputer dicuri"
        )


def encrypted(device: Path) -> bool | None:
    """Whether a block device, or what it lies on, is dm-crypt; None for a file system without a device of its own."""
    if not device.exists():
        return None
    try:
        if (device / "dm" / "uuid").read_text().startswith("CRYPT-"):
            return True
    except OSError:
        pass
    below = device / "slaves"
    parts = sorted(below.iterdir()) if below.is_dir() else []
    return bool(parts) and all(encrypted(part) for part in parts)


def printer() -> Iterator[Finding]:
    """Printers that the system knows; a counter works without one."""
    found = sorted(str(path) for path in PRINTERS.glob("lp*")) if PRINTERS.is_dir() else []
    program = shutil.which("lpstat")
    if program:
        try:
            done = subprocess.run(  # noqa: S603  (the system's own program, constant words)
                [program, "-e"], capture_output=True, text=True, timeout=5, check=False, stdin=subprocess.DEVNULL
            )
            found += done.stdout.split()
        except (OSError, subprocess.TimeoutExpired):
            yield Finding("printer", Health.ATTENTION, "layanan cetak (CUPS) tidak menjawab")
            return
    yield Finding("printer", Health.GOOD, f"ada: {', '.join(found)}" if found else "tidak diatur")


def letters() -> Iterator[Finding]:
    """Whether names arrive on the screen as they are written."""
    try:
        locale.setlocale(locale.LC_CTYPE, "")
        name = locale.nl_langinfo(locale.CODESET)
        unicode = codecs.lookup(name).name == "utf-8"
    except (locale.Error, LookupError):
        name, unicode = "tidak dikenal", False
    if unicode:
        yield Finding("huruf", Health.GOOD, "UTF-8")
    else:
        yield Finding("huruf", Health.ATTENTION, f"{name}, bukan UTF-8; pakai LANG=C.UTF-8 atau id_ID.UTF-8")


def terminal() -> Iterator[Finding]:
    """Whether the screens can be drawn here."""
    if not sys.stdout.isatty():
        yield Finding("terminal", Health.GOOD, "tidak diperiksa: keluaran ini bukan terminal")
        return
    name = os.environ.get("TERM", "")
    try:
        if name in ("", "dumb"):
            raise curses.error
        curses.setupterm(name, sys.stdout.fileno())
        colours = curses.tigetnum("colors")
    except curses.error:
        yield Finding("terminal", Health.BROKEN, f"TERM={name or 'kosong'} tidak dikenal; pakai TERM=xterm-256color")
        return
    columns, rows = os.get_terminal_size(sys.stdout.fileno())
    said = f"{name}, {columns}×{rows}, " + (f"{colours} warna" if colours > 1 else "tanpa warna")
    if columns < COLUMNS or rows < ROWS:
        yield Finding("terminal", Health.ATTENTION, f"{said}; perbesar sampai {COLUMNS}×{ROWS}")
    else:
        yield Finding("terminal", Health.GOOD, said)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return folder
