"""`kiosk user`: the operators of a clinic."""

import argparse
import getpass
import json
import sys
from typing import TYPE_CHECKING

from kiosk.cli import add_home, chosen_home, wrong_use
from kiosk.cli.acting import host_actor
from kiosk.domain.people import ROLE_TEXT, Role
from kiosk.store.database import Store

if TYPE_CHECKING:
    from kiosk.store.actor import Actor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    what = parser.add_subparsers(dest="what", metavar="add|list|disable|enable|passwd|role", required=True)
    add = what.add_parser("add", help="pengguna baru")
    add.add_argument("login")
    add.add_argument("--name", default="", help="nama lengkap")
    add.add_argument("--role", choices=[role.value for role in Role], default=Role.CLERK.value)
    listing = what.add_parser("list", help="semua pengguna")
    listing.add_argument("--json", action="store_true")
    for name, help_text in (("disable", "tidak boleh masuk lagi"), ("enable", "boleh masuk lagi")):
        what.add_parser(name, help=help_text).add_argument("login")
    passwd = what.add_parser("passwd", help="kata sandi baru")
    passwd.add_argument("login")
    role = what.add_parser("role", help="peran lain, berlaku sejak masuk berikutnya")
    role.add_argument("login")
    role.add_argument("role", choices=[role.value for role in Role])
    for one in what.choices.values():
        add_home(one, again=True)
    for one in (add, passwd):
        one.add_argument("--password-stdin", action="store_true", help="baca kata sandi dari masukan standar")


def run(arguments: argparse.Namespace) -> int:
    """Carry it out; 2 with one line when it cannot be."""
    from kiosk.counter.errors import CounterError
    from kiosk.store.errors import StoreError

    home = chosen_home(arguments)
    try:
        store = Store.open(home.store_url)
        try:
            return _carry_out(store, host_actor(home), arguments)
        finally:
            store.close()
    except CounterError as error:
        return wrong_use(error.message)
    except (StoreError, ValueError) as error:
        return wrong_use(str(error))
    except (KeyboardInterrupt, EOFError):
        return wrong_use("dibatalkan; tidak ada yang diubah")


def _carry_out(store: Store, actor: "Actor", arguments: argparse.Namespace) -> int:
    from kiosk.counter import access
    from kiosk.store import operators

    if arguments.what == "list":
        people = store.read_now(operators.everyone)
        if arguments.json:
            rows = [{"login": p.login, "name": p.name, "role": p.role, "disabled": p.disabled} for p in people]
            print(json.dumps(rows, ensure_ascii=False))
        else:
            for p in people:
                print(f"{p.login:<16} {p.name:<30} {ROLE_TEXT[p.role]}{' (nonaktif)' if p.disabled else ''}")
    elif arguments.what == "add":
        password, role = _password(arguments), Role(arguments.role)
        store.write_now(lambda tx: access.add_operator(tx, arguments.login, arguments.name, role, password), actor)
        print(f"{arguments.login} ditambahkan sebagai {ROLE_TEXT[role]}")
    elif arguments.what == "passwd":
        password = _password(arguments)
        store.write_now(lambda tx: access.set_password(tx, arguments.login, password), actor)
        print(f"Kata sandi {arguments.login} diganti")
    elif arguments.what == "role":
        wanted = Role(arguments.role)
        store.write_now(lambda tx: access.set_role(tx, arguments.login, wanted), actor)
        print(f"{arguments.login} sekarang {ROLE_TEXT[wanted]}")
    else:
        disabled = arguments.what == "disable"
        store.write_now(lambda tx: access.set_disabled(tx, arguments.login, disabled), actor)
        print(f"{arguments.login} {'dinonaktifkan' if arguments.what == 'disable' else 'diaktifkan'}")
    return 0


def _password(arguments: argparse.Namespace) -> str:
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise ValueError("butuh terminal untuk kata sandi, atau pakai --password-stdin")
    first = getpass.getpass("Kata sandi: ")
    if getpass.getpass("Sekali lagi: ") != first:
        raise ValueError("kedua kata sandi tidak sama")
    return first
