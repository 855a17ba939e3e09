"""`kiosk deploy`: the files for SSH and systemd written for this host, and what is in force there checked."""

import argparse
import sys
from pathlib import Path

from kiosk.cli import wrong_use
from kiosk.cli.deploy_files import TARGETS, Place, filled
from kiosk.cli.findings import Finding, carried_out, told


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(metavar="TINDAKAN", required=True, dest="action")
    check = actions.add_parser("check", help="memeriksa sshd, loket-session, unit, hak akses; jalankan sebagai root")
    check.add_argument("--json", action="store_true", help="hasil sebagai satu objek JSON")
    check.add_argument("--sshd-config", type=Path, metavar="BERKAS", help="pengaturan sshd lain dari yang biasa")
    write = actions.add_parser("write", help="menulis berkas untuk komputer ini ke sebuah folder")
    write.add_argument("folder", type=Path, metavar="FOLDER")
    for action in (check, write):
        usual = Place()
        action.add_argument("--home", type=Path, default=usual.home, metavar="FOLDER", help="folder klinik")
        action.add_argument("--user", default=usual.user, metavar="NAMA", help="pengguna sistem untuk semua loket")
        action.add_argument("--sender", default=usual.sender, metavar="NAMA", help="pengguna sistem untuk pengirim")
        action.add_argument(
            "--wrapper", type=Path, default=usual.wrapper, metavar="BERKAS", help="tempat loket-session"
        )
        action.add_argument("--keys", type=Path, default=usual.keys, metavar="BERKAS", help="kunci SSH semua loket")
    parser.epilog = (
        f"{parser.epilog}\n  kiosk deploy write /root/loket\n  kiosk deploy check --json\n\n"
        "write tidak memasang apa pun; README.md di folder itu memberi tahu ke mana setiap berkas.\n"
        "kode keluar check: yang terburuk: 0 baik, 1 perhatian, 2 rusak"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write or check."""
    place = Place(
        home=arguments.home.absolute(),
        user=arguments.user,
        sender=arguments.sender,
        wrapper=arguments.wrapper,
        keys=arguments.keys,
    )
    try:
        place.values()
    except ValueError as error:
        return wrong_use(str(error))
    return _write(place, arguments.folder) if arguments.action == "write" else _check(place, arguments)


def _write(place: Place, folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in (*TARGETS, "README.md"):
            path = folder / name
            path.write_text(filled(name, place), "utf-8")
            path.chmod(0o755 if name == "loket-session" else 0o644)
    except OSError as error:
        return wrong_use(f"{folder} tidak dapat ditulis: {error.strerror or error}")
    print(f"Ditulis ke {folder}. Baca {folder / 'README.md'} untuk memasangnya.", file=sys.stdout)
    return 0


def _check(place: Place, arguments: argparse.Namespace) -> int:
    from kiosk.cli import deploy_host as host
    from kiosk.cli import deploy_ssh as ssh

    checks = (
        ("sshd", lambda: ssh.server(place, arguments.sshd_config)),
        ("loket-session", lambda: ssh.wrapper(place)),
        ("kunci SSH", lambda: ssh.keys(place)),
        ("pengguna", lambda: host.users(place)),
        ("folder klinik", lambda: host.folder(place)),
        ("rahasia", lambda: host.secrets(place)),
        ("unit", lambda: host.units(place)),
        ("induk sesi", lambda: host.parent(place)),
        ("penguncian", host.lockdown),
    )
    found: list[Finding] = []
    for topic, check in checks:
        found += carried_out(topic, check)
    return told(found, as_json=arguments.json)
