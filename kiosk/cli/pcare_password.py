"""`kiosk password`: the clinic's new P-Care password, when BPJS has let the old one expire."""

import argparse
import asyncio
import getpass
import sys

from kiosk.cli import add_home, chosen_home, wrong_use
from kiosk.cli.acting import note_done
from kiosk.config import Home, change_text
from kiosk.domain.audit import Event

WENT_WRONG = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    parser.add_argument("--password-stdin", action="store_true", help="baca kata sandi dari masukan standar")
    parser.add_argument("--offline", action="store_true", help="jangan mencobanya di P-Care sekarang")
    parser.epilog = (
        f"{parser.epilog}\n\n"
        "Ganti dulu kata sandinya di laman P-Care, lalu ketik yang baru di sini. P-Care ditanya satu kali; yang\n"
        "ditolak tidak disimpan. Pengirim memakainya dalam beberapa detik, tanpa dimulai ulang. Kata sandi pengguna\n"
        "Loket sendiri: kiosk user passwd.\n"
        "kode keluar: 0 tersimpan, 1 ditolak P-Care (tidak ada yang diubah), 2 salah perintah"
    )


def run(arguments: argparse.Namespace) -> int:
    """Ask, try, write; one line when it cannot be done."""
    from kiosk.sync.secrets import SecretsProblem

    home = chosen_home(arguments)
    try:
        return _carry_out(home, _asked(from_input=arguments.password_stdin), ask=not arguments.offline)
    except (SecretsProblem, ValueError, OSError) as error:
        return wrong_use(str(error))
    except (KeyboardInterrupt, EOFError):
        return wrong_use("dibatalkan; tidak ada yang diubah")


def _carry_out(home: Home, password: str, *, ask: bool) -> int:
    from pydantic import SecretStr

    from kiosk.pcare.check import check, sentence
    from kiosk.pcare.errors import LoginRejected
    from kiosk.sync.secrets import read_secrets

    settings = read_secrets(home.secrets)
    said = "belum dicoba di P-Care"
    if ask:
        found = asyncio.run(check(settings.model_copy(update={"password": SecretStr(password)})))
        if isinstance(found.error, LoginRejected):
            wrong_use(
                f"P-Care menolak kata sandi ini untuk pengguna {settings.username}; tidak ada yang diubah."
                " Jangan diulang-ulang: akun bisa terkunci"
            )
            return WENT_WRONG
        said = "P-Care menerimanya" if found.error is None else f"belum pasti: {sentence(found.error)}"
    change_text(home.secrets, "password", password, private=True)
    note_done(home, Event.SECRETS_PASSWORD, tried=int(ask))
    print(f"Kata sandi P-Care disimpan; {said}.")
    return 0


def _asked(*, from_input: bool) -> str:
    if from_input:
        given = sys.stdin.readline().rstrip("\n")
    elif not sys.stdin.isatty():
        raise ValueError("butuh terminal untuk kata sandi, atau pakai --password-stdin")
    else:
        given = getpass.getpass("Kata sandi P-Care yang baru: ")
        if getpass.getpass("Sekali lagi: ") != given:
            raise ValueError("kedua kata sandi tidak sama; tidak ada yang diubah")
    if not given.strip() or not given.isprintable():
        raise ValueError("kata sandi kosong atau berisi huruf yang tidak dapat dicetak; tidak ada yang diubah")
    return given
