"""Wrong use ends with one clear line and exit code 2; right use does what --help says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.cli import COMMANDS
from kiosk.cli.init import QUESTIONS
from kiosk.config import Home
from kiosk.pcare.settings import ANTREAN_PRODUCTION_URL
from kiosk.store.database import Store
from kiosk.sync.secrets import SecretsProblem, read_secrets
from tests.cli.terminal import terminal

ANSWERS = {
    "facility": "0114U163",
    "name": "Klinik Uji",
    "zone": "wita",
    "admin_password": "rahasia-uji",
    "base_url": "http://127.0.0.1:9/pcare-rest",
    "cons_id": "12345",
    "secret_key": "kunci-uji",
    "user_key": "user-key-uji",
    "username": "pcare-uji",
    "password": "sandi-uji",
}


def kiosk(*words: str, home: Path, given: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "kiosk", *words],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "LOKET_HOME": str(home), "HOME": str(home), "TERM": "xterm-256color"},
    )


def prepared(home: Path, **changes: str) -> "subprocess.CompletedProcess[str]":
    return kiosk("init", "--answers", "-", "--offline", home=home, given=json.dumps({**ANSWERS, **changes}))


def assert_one_line(done: "subprocess.CompletedProcess[str]", *words: str) -> None:
    assert done.returncode == 2, done
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize("command", [c.name for c in COMMANDS])
def test_every_command_explains_itself_with_an_example(tmp_path: Path, command: str) -> None:
    done = kiosk(command, "--help", home=tmp_path)
    assert done.returncode == 0
    assert "contoh:" in done.stdout
    assert f"kiosk {command}" in done.stdout or command == "loket"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("apa",), "apa"),
        ((), "terminal"),
        (("demo",), "terminal"),
        (("board",), "terminal"),
        (("demo", "--pictures", "x"), "--tour"),
        (("simulator", "--port", "99999"), "port"),
        (("simulator", "--fault", "gempa"), "gempa"),
        (("sync",), "tidak ditemukan"),
        (("user", "list"), "tidak ditemukan"),
        (("user", "add", "siti", "--role", "raja"), "raja"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert_one_line(kiosk(*words, home=tmp_path / "tidak-ada"), said)


def test_a_clinic_is_set_up_once_and_its_secrets_are_its_owners_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "klinik")
    assert prepared(home.folder).returncode == 0
    assert home.secrets.stat().st_mode & 0o777 == 0o600
    assert read_secrets(home.secrets).facility == "0114U163"
    assert b"kunci-uji" not in home.settings.read_bytes()
    store = Store.open(home.store_url)
    assert store.clinic.zone == "Asia/Makassar"
    store.close()
    assert_one_line(prepared(home.folder), "sudah disiapkan")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"facility": "12"}, "8 huruf"),
        ({"zone": "utc"}, "wita"),
        ({"admin_password": "x"}, "8 huruf"),
        ({"base_url": "http://pcare.example/rest"}, "https"),
        ({"name": " "}, "name"),
        ({"secret_key": ""}, "secret_key"),
        ({"antrean_url": "ya"}, "antrean_user_key"),
        ({"antrean_url": "http://antrean.example", "antrean_user_key": "kunci-uji"}, "https"),
    ],
)
def test_a_wrong_answer_to_init_is_named_and_nothing_is_written(
    tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    done = prepared(tmp_path / "klinik", **changes)
    assert_one_line(done, said)
    assert not Home(tmp_path / "klinik").store.exists()
    assert "kunci-uji" not in done.stderr + done.stdout


@pytest.mark.parametrize(("typed", "url"), [("", None), ("ya", ANTREAN_PRODUCTION_URL)])
def test_init_asks_in_a_terminal_and_the_queue_of_mobile_jkn_can_be_skipped(
    tmp_path: Path, typed: str, url: str | None
) -> None:
    home = Home(tmp_path / "klinik")
    answers = {**ANSWERS, "station": "", "login": "", "antrean_url": typed, "antrean_user_key": "kunci-antrean"}
    with terminal("init", "--offline", home=tmp_path) as screen:
        for question in QUESTIONS:
            if question.needs and not typed:
                continue
            # An answer that comes before its question would be shown.
            asked = f"{question.text} [{question.default}]:" if question.default else f"{question.text}:"
            # As long as the last line of a question that takes two.
            asked = asked[-24:]
            # Refused where it is asked, not when all else was answered.
            slips = {"base_url": "pcare.example", "cons_id": "kön"}
            if question.name in slips:
                screen.until_asked(asked)
                screen.press(slips[question.name] + "\r")
            if question.twice:
                screen.until_asked(asked)
                screen.press(answers[question.name] + "\r")
                screen.until_asked("Sekali lagi:")
                screen.press("rahasia-selip\r")
                screen.until("kedua kata sandi tidak sama")
            screen.until_asked(asked)
            screen.press(answers[question.name] + "\r")
            if question.twice:
                screen.until_asked("Sekali lagi:")
                screen.press(answers[question.name] + "\r")
        screen.until("Klinik siap")
        assert screen.ended() == 0
        shown = screen.text
    assert not [secret for secret in ("rahasia-uji", "kunci-uji", "sandi-uji", "kunci-antrean") if secret in shown]
    settings = read_secrets(home.secrets)
    assert settings.antrean_url == url
    assert (settings.antrean_user_key is not None) == (url is not None)


def test_operators_are_added_listed_disabled_and_given_a_new_password(tmp_path: Path) -> None:
    prepared(tmp_path)
    words = ("user", "add", "siti", "--name", "Siti Uji", "--role", "loket", "--password-stdin")
    assert kiosk(*words, home=tmp_path, given="rahasia-baru\n").returncode == 0
    assert_one_line(kiosk(*words, home=tmp_path, given="rahasia-baru\n"), "sudah dipakai")
    assert_one_line(kiosk("user", "add", "budi", "--password-stdin", home=tmp_path, given="x\n"), "8 huruf")
    assert kiosk("user", "passwd", "siti", "--password-stdin", home=tmp_path, given="rahasia-lagi\n").returncode == 0
    assert kiosk("user", "disable", "siti", home=tmp_path).returncode == 0
    assert_one_line(kiosk("user", "disable", "admin", home=tmp_path), "satu-satunya admin")
    assert_one_line(kiosk("user", "disable", "siapa", home=tmp_path), "siapa")
    listed = json.loads(kiosk("user", "list", "--json", home=tmp_path).stdout)
    assert [(p["login"], p["disabled"]) for p in listed] == [("admin", False), ("siti", True)]


def test_an_unreadable_store_and_wrong_settings_are_said_not_thrown(tmp_path: Path) -> None:
    prepared(tmp_path)
    home = Home(tmp_path)
    home.settings.write_text("[sync]\nsettle = -1\n")
    assert_one_line(kiosk("sync", "--once", home=tmp_path), "settle")
    home.settings.write_text("stasiun = 1\n")
    assert_one_line(kiosk("sync", "--once", home=tmp_path), "stasiun")
    home.settings.unlink()
    home.secrets.chmod(0o644)
    assert_one_line(kiosk("sync", "--once", home=tmp_path), "chmod 600")
    with pytest.raises(SecretsProblem):
        read_secrets(home.secrets)
    home.store.write_bytes(b"ini bukan basis data" * 400)
    assert_one_line(kiosk("user", "list", home=tmp_path), "tidak dapat dibuka")


def test_sync_once_says_what_is_left(tmp_path: Path) -> None:
    prepared(tmp_path)
    done = kiosk("sync", "--once", "--json", home=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout) == {"outbox": {}}
