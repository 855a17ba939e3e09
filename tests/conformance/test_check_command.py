"""`python -m kiosk.pcare check` and `get` against a running simulator: every trouble is told from the others."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kiosk.pcare.__main__ import SENTENCES, main
from kiosk.pcare.settings import PCareSettings
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
