"""The commands: what may be typed after `kiosk`, and one clear line when it is wrong."""

import argparse
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from kiosk.config import THEME_NAMES, ConfigError, Home, Settings, home_at

if TYPE_CHECKING:
    from kiosk.domain.queue_rules import QueueRules

WRONG_USE = 2


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its module has `add_arguments(parser)` and `run(arguments) -> exit code`."""

    name: str
    module: str
    summary: str
    example: str


COMMANDS: tuple[Command, ...] = (
    Command("loket", "kiosk.cli.counter", "loket pendaftaran (juga tanpa nama perintah)", "kiosk"),
    Command("demo", "kiosk.cli.demo", "mencoba Loket: klinik sekali pakai dengan P-Care tiruan", "kiosk demo"),
    Command("board", "kiosk.cli.board", "papan antrean untuk ruang tunggu", "kiosk board --poli 001"),
    Command("sync", "kiosk.cli.sync", "pengirim ke P-Care", "kiosk sync --once"),
    Command("session", "kiosk.cli.session", "loket sebagai sesi SSH", "kiosk session --home /var/lib/loket"),
    Command("sessions", "kiosk.cli.sessions", "induk sesi: sesi SSH mulai seketika", "kiosk sessions"),
    Command("simulator", "kiosk.simulator.command", "P-Care tiruan di mesin ini", "kiosk simulator --port 0 --json"),
    Command("init", "kiosk.cli.init", "menyiapkan klinik", "kiosk init"),
    Command("password", "kiosk.cli.pcare_password", "mengganti kata sandi P-Care klinik", "kiosk password"),
    Command("doctor", "kiosk.cli.doctor", "memeriksa Loket dan memberi tahu apa yang perlu dilakukan", "kiosk doctor"),
    Command("backup", "kiosk.cli.backup", "cadangan penyimpanan klinik", "kiosk backup"),
    Command("restore", "kiosk.cli.restore", "memulihkan penyimpanan dari cadangan", "kiosk restore --newest"),
    Command("deploy", "kiosk.cli.deploy", "SSH dan systemd: menulis dan memeriksa berkasnya", "kiosk deploy check"),
    Command("encrypt", "kiosk.cli.encrypt", "mengenkripsi penyimpanan yang sudah ada", "kiosk encrypt"),
    Command("decrypt", "kiosk.cli.decrypt", "menghapus enkripsi penyimpanan", "kiosk decrypt"),
    Command("key", "kiosk.cli.show_key", "menampilkan kunci penyimpanan untuk disalin ke kertas", "kiosk key"),
    Command("sbom", "kiosk.cli.sbom", "daftar bahan: semua paket yang terpasang (CycloneDX)", "kiosk sbom"),
    Command("user", "kiosk.cli.user", "pengguna: tambah, daftar, nonaktif, kata sandi, peran", "kiosk user add siti"),
    Command("shift", "kiosk.cli.shift", "laporan giliran: angka hari ini dan kepala catatan audit", "kiosk shift"),
    Command("audit", "kiosk.cli.audit", "catatan audit: periksa, tampilkan, kepala", "kiosk audit verify"),
)


class _Parser(argparse.ArgumentParser):
    """argparse with one Indonesian line for wrong use."""

    def error(self, message: str) -> NoReturn:
        # What was typed may be an address with a password in it.
        shown = re.sub(r"postgresql://\S+", "postgresql://…", message)
        print(f"{self.prog}: {shown} (lihat {self.prog} --help)", file=sys.stderr)
        sys.exit(WRONG_USE)


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command; returns the exit code: 0 done, 1 it went wrong, 2 wrong use or nothing to work with."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help", "--version")):
        given.insert(0, "loket")
    wanted = next((command for command in COMMANDS if command.name == given[0]), None)
    chosen = _parser().parse_args(given) if wanted is None else _parser_of(wanted).parse_args(given[1:])
    run: Callable[[argparse.Namespace], int] = chosen.run
    try:
        return run(chosen)
    except ConfigError as error:
        return wrong_use(str(error))


def wrong_use(message: str) -> int:
    """One line on standard error, and the exit code for it."""
    print(f"kiosk: {message}", file=sys.stderr)
    return WRONG_USE


def add_home(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """The options that name the clinic's folder and store; `again`: behind the word of a command in a command too."""
    default = argparse.SUPPRESS if again else None
    parser.add_argument(
        "--home", type=Path, metavar="FOLDER", default=default, help="folder klinik (bawaan: folder data pengguna)"
    )
    parser.add_argument(
        "--store",
        metavar="ALAMAT",
        default=default,
        help="penyimpanan di server: postgresql://pengguna@server/basisdata (bawaan: berkas di folder klinik)",
    )


def add_theme(parser: argparse.ArgumentParser) -> None:
    """The option that names the theme."""
    parser.add_argument(
        "--theme", choices=THEME_NAMES, help="tampilan: biasa, kontras (kontras tinggi), atau mono (tanpa warna)"
    )


def chosen_home(arguments: argparse.Namespace) -> Home:
    """The clinic's folder and store that were named, else the default ones. Raises ConfigError."""
    return home_at(arguments.home, arguments.store)


def rules_in(settings: Settings) -> "QueueRules":
    """The clinic's queue rules. Raises ConfigError."""
    from kiosk.domain.queue_rules import queue_rules

    try:
        return queue_rules(settings.queue)
    except ValueError as error:
        raise ConfigError(f"loket.toml: {error}") from error


def _parser() -> argparse.ArgumentParser:
    """The parser of all commands: their names, for who asks for help or names none of them."""
    from kiosk import __version__

    parser = _Parser(
        prog="kiosk",
        description="Loket: pendaftaran FKTP yang tetap jalan saat P-Care putus.",
        epilog="contoh:\n  kiosk demo\n  kiosk init && kiosk",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"Loket {__version__}")
    commands = parser.add_subparsers(metavar="PERINTAH", required=True)
    for command in COMMANDS:
        commands.add_parser(command.name, help=command.summary)
    return parser


def _parser_of(command: Command) -> argparse.ArgumentParser:
    """The parser of one command; only its module is imported."""
    parser = _Parser(
        prog=f"kiosk {command.name}",
        description=command.summary[0].upper() + command.summary[1:] + ".",
        epilog=f"contoh:\n  {command.example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module = import_module(command.module)
    module.add_arguments(parser)
    parser.set_defaults(run=module.run)
    return parser
