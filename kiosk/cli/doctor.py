"""`kiosk doctor`: how the clinic's Loket is, in plain words, one line for each thing that was looked at."""

import argparse
from dataclasses import dataclass

from kiosk.cli import add_home, chosen_home
from kiosk.cli.findings import Check, Finding, Health, carried_out, told
from kiosk.config import ConfigError, Home, default_home, read_settings


@dataclass(frozen=True, slots=True)
class _Place:
    """What is looked at, as far as the settings can be read."""

    home: Home
    starts_itself: bool
    problem: str | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    parser.add_argument("--offline", action="store_true", help="jangan bertanya kepada P-Care dan Mobile JKN")
    parser.add_argument("--json", action="store_true", help="hasil sebagai satu objek JSON")
    parser.epilog = (
        f"{parser.epilog}\n  kiosk doctor --offline --json\n\n"
        "Tidak ada yang diubah, dan tidak ada kata sandi yang ditampilkan. Penyimpanan yang rusak atau hilang pun\n"
        "dapat diperiksa.\n"
        "kode keluar: yang terburuk dari semua: 0 baik, 1 perhatian, 2 rusak"
    )


def run(arguments: argparse.Namespace) -> int:
    """Look at everything; returns how the worst of it is."""
    place = _place(arguments)
    found: list[Finding] = []
    for topic, check in _checks(place, ask=not arguments.offline):
        found += carried_out(topic, check)
    return told(found, as_json=arguments.json)


def _place(arguments: argparse.Namespace) -> _Place:
    try:
        home = chosen_home(arguments)
        return _Place(home, read_settings(home).start_sync, None)
    except ConfigError as error:
        return _Place(Home(arguments.home) if arguments.home else default_home(), True, str(error))


def _checks(place: _Place, *, ask: bool) -> list[tuple[str, Check]]:
    """The report's order: first what holds the clinic's records, then the way out, then this place."""
    from kiosk.cli import doctor_host as host
    from kiosk.cli.doctor_clinic import Clinic
    from kiosk.cli.doctor_encryption import encryption

    clinic = Clinic(place.home)
    return [
        ("pengaturan", lambda: iter([_settings(place)])),
        ("penyimpanan", clinic.store),
        ("enkripsi", lambda: encryption(place.home)),
        ("cadangan", clinic.newest_backup),
        ("ruang disk", lambda: host.disk(place.home.folder)),
        ("P-Care", lambda: clinic.way(ask=ask)),
        ("Mobile JKN", lambda: clinic.queue_way(ask=ask)),
        ("pengirim", lambda: clinic.sender(starts_itself=place.starts_itself)),
        ("kiriman", clinic.outbox),
        ("peserta", clinic.members),
        ("printer", host.printer),
        ("huruf", host.letters),
        ("terminal", host.terminal),
    ]


def _settings(place: _Place) -> Finding:
    if place.problem:
        return Finding("pengaturan", Health.BROKEN, place.problem)
    there = place.home.settings.is_file()
    return Finding("pengaturan", Health.GOOD, str(place.home.settings) if there else "bawaan")
