"""The integrator's command line against a peer on a real socket, and as a process."""

import asyncio
import json
import subprocess
import sys
import time
from email.utils import formatdate

import pytest

from kiosk.pcare.__main__ import main

SECRETS = {"secret_key": "s3kr3t-kunci", "user_key": "kunci-pengguna-77", "password": "Rahas1a#12"}


@pytest.fixture
def config(tmp_path, peer):
    path = tmp_path / "pcare.json"
    values = SECRETS | {
        "base_url": f"http://127.0.0.1:{peer.port}/pcare-rest",
        "cons_id": "12345",
        "username": "loket.contoh",
        "facility": "0114U163",
    }
    path.write_text(json.dumps(values), encoding="utf-8")
    path.chmod(0o600)
    return path


async def run(*arguments) -> int:
    return await asyncio.to_thread(main, [str(argument) for argument in arguments])


# name: (code, text, seconds the server's clock is ahead or None, states in order, exit code)
ANSWERS = {
    "all is well": (200, "OK", 0, ["baik", "baik", "baik", "baik"], 0),
    "no date in the answer": (200, "OK", None, ["baik", "belum diketahui", "baik", "baik"], 0),
    "a clock one hour off, and refused with the right time too": (
        401,
        "Signature Service Tidak Sesuai",
        3600,
        ["baik", "gagal", "gagal", "belum diketahui"],
        1,
    ),
    "a wrong secret": (
        401,
        "Signature Service Tidak Sesuai",
        0,
        ["baik", "baik", "gagal", "belum diketahui"],
        1,
    ),
    "a wrong password": (401, "UNAUTHORIZED", 0, ["baik", "baik", "baik", "gagal"], 1),
    "a broken service": (500, "gagal", 0, ["gagal", "baik", "belum diketahui", "belum diketahui"], 1),
}


@pytest.mark.parametrize(("code", "text", "ahead", "parts", "exit_code"), ANSWERS.values(), ids=ANSWERS)
async def test_check_tells_address_clock_consumer_and_login_apart(
    peer, config, reply, capsys, code, text, ahead, parts, exit_code
) -> None:
    headers = {} if ahead is None else {"Date": formatdate(time.time() + ahead, usegmt=True)}
    envelope = {"response": None, "metaData": {"code": code, "message": text}}
    peer.says(reply(envelope, status=code, headers=headers))
    assert await run("check", "--config", config, "--json") == exit_code
    report = json.loads(capsys.readouterr().out)
    assert list(report["parts"].values()) == parts
    assert report["ok"] is (exit_code == 0)
    assert await run("check", "--config", config) == exit_code
    printed = capsys.readouterr().out
    assert [line.partition(": ")[2].partition("  (")[0] for line in printed.splitlines()[:4]] == parts
    assert not any(secret in printed for secret in SECRETS.values())


async def test_check_says_that_nobody_is_there(config, peer, capsys) -> None:
    values = json.loads(config.read_text(encoding="utf-8")) | {"base_url": "http://127.0.0.1:9/pcare-rest"}
    config.write_text(json.dumps(values), encoding="utf-8")
    assert await run("check", "--config", config) == 1
    assert "sambungan ditolak" in capsys.readouterr().out


async def test_get_prints_what_came(peer, config, capsys) -> None:
    peer.answers({"count": 1, "list": [{"kdPoli": "001", "nmPoli": "UMUM\x9b"}]})
    assert await run("get", "poli/fktp/0/10", "--config", config) == 0
    out = capsys.readouterr().out
    assert json.loads(out)["list"][0]["kdPoli"] == "001"
    assert "\x9b" not in out
    assert peer.asked[0].target == "/pcare-rest/poli/fktp/0/10"


async def test_get_says_what_p_care_refused(peer, config, reply, capsys) -> None:
    problem = [{"field": "noKartu", "message": "noKartu harus diisi"}]
    peer.says(reply({"response": problem, "metaData": {"code": 412, "message": "PRECONDITION_FAILED"}}, status=412))
    assert await run("get", "peserta/1", "--config", config) == 1
    assert "noKartu harus diisi (kode 412)" in capsys.readouterr().err


WRONG = {
    "no such file": (None, "tidak dapat dibaca"),
    "no JSON": ("{", "bukan JSON"),
    "a list": ("[]", "satu objek JSON"),
    "nothing in it": ("{}", "base_url, cons_id, facility"),
    "plain http": ('{"base_url": "http://contoh.invalid/x"}', "base_url"),
}


@pytest.mark.parametrize(("content", "told"), WRONG.values(), ids=WRONG)
async def test_a_wrong_file_is_told_in_one_line(tmp_path, capsys, content, told) -> None:
    path = tmp_path / "salah.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
        path.chmod(0o600)
    assert await run("check", "--config", path) == 2
    err = capsys.readouterr().err
    assert told in err and err.count("\n") == 1


async def test_a_file_that_others_can_read_is_pointed_out(peer, config, capsys) -> None:
    config.chmod(0o644)
    peer.answers({"list": []})
    assert await run("check", "--config", config) == 0
    assert "0600" in capsys.readouterr().err


async def test_credentials_can_be_typed(peer, capsys, monkeypatch) -> None:
    typed = iter([f"http://127.0.0.1:{peer.port}/pcare-rest", "12345", "loket.contoh", "0114U163", ""])
    hidden = iter(SECRETS.values())
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(hidden))
    peer.answers({"list": []})
    assert await run("check") == 0
    assert peer.asked[0].headers["user_key"] == "kunci-pengguna-77"


def test_help_shows_examples_and_wrong_use_exits_2() -> None:
    command = [sys.executable, "-m", "kiosk.pcare"]
    told = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True)
    assert "python -m kiosk.pcare get poli/fktp/0/10" in told.stdout
    for name in ("check", "get"):
        told = subprocess.run([*command, name, "--help"], capture_output=True, text=True, check=True)
        assert f"contoh: python -m kiosk.pcare {name} " in told.stdout
    wrong = subprocess.run([*command, "hapus"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
