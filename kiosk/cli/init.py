"""`kiosk init`: prepares a clinic: its store, its first operator, its way to P-Care."""

import argparse
import asyncio
import getpass
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.cli import add_home, chosen_home, wrong_use
from kiosk.cli.acting import host_actor
from kiosk.cli.store_key import ON_SERVER, add_key_file, keep_it_safe, make_key, named_key
from kiosk.config import Home, write_table
from kiosk.pcare.settings import ANTREAN_PRODUCTION_URL, PRODUCTION_URL

if TYPE_CHECKING:
    from kiosk.store.actor import Actor

ZONES = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that must be known; `check` returns the value to keep or raises ValueError with a sentence."""

    name: str
    text: str
    check: Callable[[str], str]
    default: str = ""
    secret: bool = False
    twice: bool = False
    """Asked once more: nothing else tells of a slip in what is not shown."""
    needs: str = ""
    """Asked only where the answer of this name is not empty; it may be left out otherwise."""


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("harus diisi")
    return text.strip()


def _facility(text: str) -> str:
    code = text.strip().upper()
    if len(code) != 8 or not code.isalnum() or not code.isascii():
        raise ValueError("kode fasilitas P-Care terdiri dari 8 huruf/angka, misalnya 0114U163")
    return code


def _zone(text: str) -> str:
    zone = ZONES.get(text.strip().lower())
    if zone is None:
        raise ValueError("pilih wib, wita, atau wit")
    return zone


def _address(text: str) -> str:
    """Refused where it is asked: at the end, all that was answered would have to be typed again."""
    from pydantic import TypeAdapter, ValidationError

    from kiosk.pcare.settings import ServiceUrl

    try:
        return str(TypeAdapter(ServiceUrl).validate_python(_filled(text)))
    except ValidationError:
        raise ValueError("alamat lengkap dengan https, seperti di surat BPJS") from None


def _queue_address(text: str) -> str:
    typed = text.strip()
    if typed.lower() in ("y", "ya"):
        return ANTREAN_PRODUCTION_URL
    return _address(typed) if typed else ""


def _credential(text: str) -> str:
    typed = _filled(text)
    if not typed.isascii() or not typed.isprintable():
        raise ValueError("hanya huruf, angka, dan tanda biasa")
    return typed


def _password(text: str) -> str:
    if len(text) < 8:
        raise ValueError("paling sedikit 8 huruf")
    return text


QUESTIONS: tuple[Question, ...] = (
    Question("facility", "Kode fasilitas P-Care", _facility),
    Question("name", "Nama klinik", _filled),
    Question("zone", "Zona waktu (wib/wita/wit)", _zone, default="wib"),
    Question("station", "Nama tempat ini", _filled, default="Loket 1"),
    Question("login", "Nama pengguna admin pertama", _filled, default="admin"),
    Question("admin_password", "Kata sandi admin", _password, secret=True, twice=True),
    Question("base_url", "Alamat P-Care", _address, default=PRODUCTION_URL),
    Question("cons_id", "cons-id", _credential),
    Question("secret_key", "Kunci rahasia (secret key)", _credential, secret=True),
    Question("user_key", "user_key", _credential, secret=True),
    Question("username", "Pengguna P-Care", _filled),
    Question("password", "Kata sandi P-Care", _filled, secret=True),
    Question("antrean_url", "Alamat antrean Mobile JKN (ya: yang resmi, Enter: tidak dipakai)", _queue_address),
    Question("antrean_user_key", "user_key antrean Mobile JKN", _credential, secret=True, needs="antrean_url"),
)
PCARE = ("base_url", "cons_id", "secret_key", "user_key", "username", "password", "facility")
QUEUE = ("antrean_url", "antrean_user_key")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    parser.add_argument(
        "--answers",
        type=argparse.FileType("r", encoding="utf-8"),
        metavar="BERKAS",
        help="jawaban sebagai JSON, - untuk masukan standar; nama: " + ", ".join(q.name for q in QUESTIONS),
    )
    parser.add_argument("--offline", action="store_true", help="jangan mencoba P-Care sekarang")
    parser.add_argument("--encrypt", action="store_true", help="penyimpanan dan cadangannya terenkripsi")
    add_key_file(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask, write, and try the way to P-Care."""
    from kiosk.counter.errors import CounterError
    from kiosk.store.errors import StoreError

    home = chosen_home(arguments)
    encrypted = arguments.encrypt or arguments.key_file
    if encrypted and home.on_server:
        return wrong_use(ON_SERVER)
    key_file = named_key(home, arguments.key_file) if encrypted else None
    if not home.on_server and home.store.exists():
        return wrong_use(f"klinik sudah disiapkan di {home.folder}; tidak ada yang diubah")
    try:
        if home.on_server:
            _check_server(home.store_url)
        answers = _from_file(json.load(arguments.answers)) if arguments.answers else _ask()
        _write(home, answers, key_file)
    except (ValueError, CounterError, StoreError, OSError) as error:
        return wrong_use(str(error))
    except (KeyboardInterrupt, EOFError):
        return wrong_use("dibatalkan; belum ada yang ditulis")
    print(f"Klinik siap di {home.folder}. Jalankan: kiosk")
    if key_file is not None:
        print(keep_it_safe(key_file))
    if not arguments.offline:
        print(asyncio.run(_try(home, answers["zone"])))
    return 0


def _from_file(given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        raise ValueError("jawaban harus berupa objek JSON")
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        if question.needs and not answers[question.needs]:
            continue
        try:
            answers[question.name] = question.check(str(given.get(question.name, question.default)))
        except ValueError as error:
            raise ValueError(f"{question.name}: {error}") from None
    return answers


def _ask() -> dict[str, str]:
    if not sys.stdin.isatty():
        raise ValueError("butuh terminal untuk bertanya, atau pakai --answers")
    answers: dict[str, str] = {}
    for question in QUESTIONS:
        if question.needs and not answers[question.needs]:
            continue
        hint = f" [{question.default}]" if question.default else ""
        while question.name not in answers:
            prompt = f"{question.text}{hint}: "
            typed = getpass.getpass(prompt) if question.secret else input(prompt)
            try:
                checked = question.check(typed or question.default)
                if question.twice and getpass.getpass("Sekali lagi: ") != typed:
                    raise ValueError("kedua kata sandi tidak sama")
                answers[question.name] = checked
            except ValueError as error:
                print(f"  {error}")
    return answers


def _write(home: Home, answers: dict[str, str], key_file: Path | None) -> None:
    from kiosk.pcare.settings import PCareSettings

    secrets = {name: answers[name] for name in (*PCARE, *QUEUE) if answers.get(name)}
    try:
        PCareSettings.model_validate(secrets)
    except ValueError:
        raise ValueError("alamat layanan harus https, dan kredensial hanya huruf, angka, dan tanda biasa") from None
    home.folder.mkdir(mode=0o770, parents=True, exist_ok=True)
    settings = {"station": answers["station"]} | ({"store": home.url} if home.url else {})
    if key_file is not None:
        settings["store_key"] = make_key(home, key_file)
    if home.on_server:
        _fill(home.store_url, answers, host_actor(home))
        write_table(home.secrets, secrets, private=True)
        write_table(home.settings, settings)
        return
    # Under another name until it is whole: a set-up that was cut off can simply be run again.
    fresh = home.store.with_name("loket.baru.sqlite3")
    for leftover in home.folder.glob("loket.baru.sqlite3*"):
        leftover.unlink()
    _fill(replace(home, url=f"sqlite:///{fresh}", key_file=key_file).store_url, answers, host_actor(home))
    write_table(home.secrets, secrets, private=True)
    write_table(home.settings, settings)
    fresh.replace(home.store)
    for leftover in home.folder.glob("loket.baru.sqlite3*"):
        leftover.unlink()


def _check_server(url: str) -> None:
    """Raises ValueError when the clinic is set up there already, StoreError when the server cannot be used."""
    from kiosk.store.database import Store
    from kiosk.store.errors import NotSetUp

    store = Store.open(url, create=True)
    try:
        there = store.clinic
    except NotSetUp:
        return
    finally:
        store.close()
    raise ValueError(
        f"klinik {there.code} sudah disiapkan di penyimpanan ini; tidak ada yang diubah"
        " (klinik lain di basis data yang sama: tambahkan ?clinic=KODE pada alamatnya)"
    )


def _fill(url: str, answers: dict[str, str], actor: "Actor") -> None:
    """The clinic and its first operator, in a new store; `actor` sets it up."""
    from kiosk.counter.access import add_operator
    from kiosk.domain.people import Clinic, Role
    from kiosk.store.database import Store

    store = Store.open(url, create=True)
    try:
        store.set_up(Clinic(answers["facility"], answers["name"], answers["zone"]))
        store.write_now(
            lambda tx: add_operator(tx, answers["login"], answers["login"], Role.ADMIN, answers["admin_password"]),
            actor,
        )
    finally:
        store.close()


async def _try(home: Home, zone: str) -> str:
    """What the services say to the credentials, a line for each that is used."""
    from kiosk.counter.reasons import queue_words, words
    from kiosk.domain.day import local_day, now
    from kiosk.pcare.check import check, check_queue
    from kiosk.sync.secrets import read_secrets

    settings = read_secrets(home.secrets)
    found, queue = await asyncio.gather(check(settings), check_queue(settings, local_day(now(), zone)))
    lines = ["P-Care menjawab: kredensial diterima."]
    if found.error is not None:
        said = words(str(found.error.reason))
        lines = [f"P-Care belum bisa dipakai: {said.why}. {said.what_to_do}. Loket tetap bisa bekerja."]
    if queue is not None and queue.error is not None:
        said = queue_words(str(queue.error.reason))
        lines.append(f"Antrean Mobile JKN belum bisa dipakai: {said.why}. {said.what_to_do}.")
    elif queue is not None:
        lines.append("Antrean Mobile JKN menjawab: user_key diterima.")
    return "\n".join(lines)
