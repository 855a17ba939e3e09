"""`python -m kiosk.pcare check` and `get` against a running simulator: every trouble is told from the others."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from kiosk.pcare.__main__ import main
from kiosk.pcare.check import SENTENCES
from kiosk.pcare.errors import Reason
from kiosk.pcare.settings import PCareSettings
from kiosk.simulator.faults import TLS_MODES
from kiosk.simulator.running import Running, running


@pytest.fixture
async def simulator() -> AsyncIterator[Running]:
    async with running(members=200) as up:
        yield up


class Told(NamedTuple):
    """What a trouble must be told as: the reason and the states of address, clock, consumer and login."""

    reason: str | None
    address: str
    clock: str
    consumer: str
    login: str


WRONG = "k3l1ru-uji"
OK, BAD, OPEN = "baik", "gagal", "belum diketahui"

# name: (settings changed, faults asked for, what is told)
TROUBLES: dict[str, tuple[dict[str, Any], dict[str, Any], Told]] = {
    "nothing": ({}, {}, Told(None, OK, OK, OK, OK)),
    "a wrong password": ({"password": WRONG}, {}, Told("login", OK, OK, OK, BAD)),
    "a wrong user name": ({"username": WRONG}, {}, Told("login", OK, OK, OK, BAD)),
    "a login refused by the service": ({}, {"login": True}, Told("login", OK, OK, OK, BAD)),
    "a wrong secret": ({"secret_key": WRONG}, {}, Told("signature", OK, OK, BAD, OPEN)),
    "a wrong user_key": ({"user_key": WRONG}, {}, Told("user_key", OK, OK, BAD, OPEN)),
    "an unknown consumer": ({"cons_id": "1"}, {}, Told("not_enabled", OK, OK, BAD, OPEN)),
    "an expired consumer": ({}, {"expired": True}, Told("consumer_expired", OK, OK, BAD, OPEN)),
    "a clock an hour behind": ({}, {"clock": 3600}, Told("clock", OK, BAD, OK, OK)),
    "a clock a day ahead": ({}, {"clock": -86400}, Told("clock", OK, BAD, OK, OK)),
    "a clock off but within the window": ({}, {"clock": 120}, Told("clock", OK, BAD, OK, OK)),
    "a wrong clock and a wrong password": ({"password": WRONG}, {"clock": 3600}, Told("login", OK, BAD, OK, BAD)),
    "a wrong clock and a wrong secret": ({"secret_key": WRONG}, {"clock": 3600}, Told("signature", OK, BAD, BAD, OPEN)),
    "nobody at the address": ({}, {"outage": "refused"}, Told("unreachable", BAD, OPEN, OPEN, OPEN)),
    "an address that is not white-listed": (
        {"deadline": 0.5},
        {"outage": "deaf"},
        Told("connect_timeout", BAD, OPEN, OPEN, OPEN),
    ),
    "a clock in 1970": ({}, {"clock": 60 - int(time.time())}, Told("clock", OK, BAD, OK, OK)),
    "a service that is not there": (
        {},
        {"error": {"status": 404, "mode": "html"}},
        Told("no_service", BAD, OPEN, OPEN, OPEN),
    ),
    "a wrong path": ({"base_url": "/salah"}, {}, Told("unknown_path", OK, OK, BAD, OPEN)),
    "no answer": ({"deadline": 0.5}, {"hang": True}, Told("timeout", BAD, OPEN, OPEN, OPEN)),
    "a line that breaks": ({}, {"reset": True}, Told("cut", BAD, OPEN, OPEN, OPEN)),
    "a broken service": ({}, {"error": 503}, Told("server_error", BAD, OK, OPEN, OPEN)),
    "the quota": ({}, {"error": 429}, Told("quota", OK, OK, OPEN, OPEN)),
    "a page in place of an answer": ({}, {"html200": True}, Told("unreadable", BAD, OK, OPEN, OPEN)),
}


def write_config(simulator: Running, folder: Path, **changed: Any) -> Path:
    given = simulator.credentials.as_dict()
    values = {name: given[name] for name in PCareSettings.model_fields if name in given} | changed
    if values["base_url"].startswith("/"):
        values["base_url"] = given["base_url"].rsplit("/", 1)[0] + values["base_url"]
    path = folder / "pcare.json"
    path.write_text(json.dumps(values), encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.mark.parametrize(("changed", "faults", "told"), TROUBLES.values(), ids=TROUBLES)
async def test_check_tells_every_trouble_from_the_others(
    simulator: Running,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, Any],
    faults: dict[str, Any],
    told: Told,
) -> None:
    config = write_config(simulator, tmp_path, **changed)
    if faults:
        simulator.set_faults(faults)
    code = await asyncio.to_thread(main, ["check", "--config", str(config), "--json"])
    out = capsys.readouterr().out
    await asyncio.to_thread(main, ["check", "--config", str(config)])
    spoken, err = capsys.readouterr()
    report = json.loads(out)
    assert (report["reason"], *report["parts"].values()) == told
    assert code == (0 if told == Told(None, OK, OK, OK, OK) else 1)
    assert err == ""
    assert ("sebab" in spoken) is (told.reason is not None)
    credentials = simulator.credentials
    for secret in (credentials.secret_key, credentials.user_key, credentials.password, WRONG):
        assert secret not in out + spoken


# name: (settings changed, fault asked for, what is told of Antrean FKTP: reason, address, clock, consumer)
QUEUE_TROUBLES: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str | None, ...]]] = {
    "nothing": ({}, {}, (None, OK, OK, OK)),
    "another user_key": ({"antrean_user_key": WRONG}, {}, ("user_key", OK, OK, BAD)),
    "a broken service": ({}, {"kind": "error", "path": "ref", "status": 503}, ("server_error", BAD, OK, OPEN)),
    "a day without any schedule": ({}, {"schedule": "none"}, (None, OK, OK, OK)),
}


@pytest.mark.parametrize(("changed", "fault", "told"), QUEUE_TROUBLES.values(), ids=QUEUE_TROUBLES)
async def test_the_queue_service_is_told_apart_from_pcare(
    simulator: Running,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, Any],
    fault: dict[str, Any],
    told: tuple[str | None, ...],
) -> None:
    if fault.pop("schedule", None):
        object.__setattr__(simulator.world.clinic, "doctors", ())
    elif fault:
        simulator.set_faults(fault)
    config = write_config(simulator, tmp_path, **changed)
    code = await asyncio.to_thread(main, ["check", "--config", str(config), "--json"])
    out = capsys.readouterr().out
    await asyncio.to_thread(main, ["check", "--config", str(config)])
    spoken = capsys.readouterr().out
    report = json.loads(out)
    assert (report["reason"], report["ok"]) == (None, True)
    assert (report["queue"]["reason"], *report["queue"]["parts"].values()) == told
    assert code == (0 if told[0] is None else 1)
    assert ("sebab" in spoken) is (told[0] is not None)
    for secret in (simulator.credentials.antrean_user_key, WRONG):
        assert secret not in out + spoken


async def test_who_does_not_use_the_queue_service_is_not_asked_about_it(
    simulator: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_config(simulator, tmp_path, antrean_url=None, antrean_user_key=None)
    assert await asyncio.to_thread(main, ["check", "--config", str(config), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["queue"] is None
    assert [call["path"] for call in simulator.calls()] == ["kesadaran"]


# how the simulator greets over https: the reason that is told
BAD_HTTPS = {
    "self-signed": "tls",
    "wrong-host": "tls",
    "expired": "tls_date",
    "not-yet-valid": "tls_date",
    "refused": "tls",
    "cut": "tls",
    "plain": "tls",
    "silent": "connect_timeout",
}


@pytest.mark.parametrize("mode", TLS_MODES)
async def test_check_tells_bad_https_and_never_gives_the_login_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: str
) -> None:
    async with running(members=200, tls=True) as up:
        config = write_config(up, tmp_path, deadline=1.5, question_deadline=1.5)
        assert await asyncio.to_thread(main, ["check", "--config", str(config), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["reason"] is None
        before = up.ledger()["calls"]
        up.set_faults(tls=mode)
        assert await asyncio.to_thread(main, ["check", "--config", str(config), "--json"]) == 1
        report = json.loads(capsys.readouterr().out)
        assert (report["reason"], *report["parts"].values()) == Told(BAD_HTTPS[mode], BAD, OPEN, OPEN, OPEN)
        assert await asyncio.to_thread(main, ["check", "--config", str(config)]) == 1
        assert SENTENCES[Reason(BAD_HTTPS[mode])] in capsys.readouterr().out
        assert up.ledger()["calls"] == before


async def test_an_unknown_authority_and_a_missing_file_are_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(members=200, tls=True) as up:
        config = write_config(up, tmp_path, ca_file=None)
        assert await asyncio.to_thread(main, ["check", "--config", str(config), "--json"]) == 1
        assert json.loads(capsys.readouterr().out)["reason"] == "tls"
        config = write_config(up, tmp_path, ca_file=str(tmp_path / "tidak-ada.pem"))
        assert await asyncio.to_thread(main, ["check", "--config", str(config), "--json"]) == 2
        out, err = capsys.readouterr()
        assert (out, err) == ("", "kiosk.pcare: data akses kurang atau salah: ca_file\n")
        assert up.ledger()["calls"] == 0


async def test_a_simulator_and_a_check_as_two_processes_meet_over_https(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kiosk.simulator.command", "--json", "--members", "200", "--tls", "expired"]
    simulator = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert simulator.stdout
        ready = json.loads(await asyncio.wait_for(simulator.stdout.readline(), 20))
        config = tmp_path / "pcare.json"
        config.touch(0o600)
        config.write_text(json.dumps({name: ready[name] for name in PCareSettings.model_fields if name in ready}))
        assert (await checked(config))["reason"] == "tls_date"
        async with httpx.AsyncClient(trust_env=False) as http:
            await http.delete(f"{ready['control_url']}/faults")
        well = {"ok": True, "reason": None, "skew_seconds": 0.0}
        parts = {"alamat": OK, "jam": OK, "konsumen": OK}
        assert await checked(config) == {**well, "parts": {**parts, "login": OK}, "queue": {**well, "parts": parts}}
    finally:
        simulator.terminate()
        assert await simulator.wait() == 0
    assert not Path(ready["ca_file"]).parent.exists()


async def checked(config: Path) -> dict[str, Any]:
    """What `python -m kiosk.pcare check --json` says as a process of its own."""
    command = [sys.executable, "-m", "kiosk.pcare", "check", "--json", "--config", str(config)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await asyncio.wait_for(process.communicate(), 30)
    told: dict[str, Any] = json.loads(out)
    return told


def test_no_two_troubles_are_told_in_the_same_words() -> None:
    reasons = {told.reason for *_, told in TROUBLES.values() if told.reason}
    assert len({SENTENCES[reason] for reason in reasons}) == len(reasons)  # type: ignore[index]  # keys are texts too


async def test_get_prints_the_answer_in_clear(simulator: Running, tmp_path: Path) -> None:
    member = simulator.credentials.members[0]
    config = write_config(simulator, tmp_path)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "kiosk.pcare", "get", f"peserta/{member['noKartu']}", "--config", str(config)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, err) == (0, b"")
    assert json.loads(out)["nama"] == member["nama"]
