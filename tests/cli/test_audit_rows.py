"""Who did what on the host, and all that was done with one patient: rows of the audit log, and how they are found."""

import json
import os
import pwd
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.cli import main
from kiosk.cli.acting import account
from kiosk.config import Home, write_table
from kiosk.counter.access import log_in
from kiosk.counter.ask import ask_participant
from kiosk.counter.call import call_next
from kiosk.counter.desk import Desk
from kiosk.counter.find import open_participant, search
from kiosk.counter.register import register
from kiosk.store.database import Store
from tests.counter.scene import registration
from tests.people import PASSWORD, make_store

Rows = list[dict[str, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("LOKET_HOME", str(tmp_path))
    monkeypatch.delenv("LOKET_STORE", raising=False)
    home = Home(tmp_path)
    make_store(home.store_url).close()
    return home


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> Rows:
    capsys.readouterr()
    assert main(["audit", "show", "--json", "--limit", "1000", *words]) == 0
    rows: Rows = json.loads(capsys.readouterr().out)["rows"]
    return rows


def test_commands_that_change_or_show_leave_a_row_with_the_account(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = dict.fromkeys(("cons_id", "secret_key", "user_key", "username", "facility"), "x12345")
    write_table(
        home.secrets, {**secrets, "password": "lama", "app_code": "095", "base_url": "https://x.test"}, private=True
    )
    monkeypatch.setattr("sys.stdin", StringIO("kata-sandi-baru\n"))
    for words in (
        ("user", "disable", "siti"),
        ("backup",),
        ("shift",),
        ("password", "--password-stdin", "--offline"),
        ("encrypt",),
        ("decrypt", "--yes"),
        ("audit", "show"),
    ):
        capsys.readouterr()
        assert main(list(words)) == 0, (words, capsys.readouterr().err)
        assert "catatan audit:" not in capsys.readouterr().err
    rows = shown(capsys)
    assert [row["event"] for row in rows] == [
        "user.disable",
        "store.backup",
        "report.shift",
        "secrets.password",
        "store.encrypt",
        "store.decrypt",
        "report.audit",
    ]
    ours = pwd.getpwuid(os.getuid()).pw_name
    assert all(row["detail"]["account"].endswith(ours) for row in rows), "who gave the command"  # type: ignore[index]
    assert "kata-sandi-baru" not in json.dumps(rows)
    assert main(["audit", "verify"]) == 0


def test_who_became_another_user_is_named_with_both(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = pwd.getpwuid(os.getuid()).pw_name
    login_id = "123456789"
    monkeypatch.setattr(Path, "read_text", lambda path, **_: login_id)
    assert account() == f"uid 123456789 as {ours}"
    login_id = str(2**32 - 1)
    assert account() == ours, "nobody logged in: a service"


async def test_what_was_done_with_one_patient_is_found_by_number_operator_and_day(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = await Desk.open(home.store_url, "Loket 1")
    await log_in(desk, "siti", PASSWORD)
    one, other = [(await search(desk, word)).rows[0].participant for word in ("sutrisno", "siti aminah")]
    for person in (one, other):
        await open_participant(desk, person.id)
        made = await register(desk, registration(desk, person.id))
        if person is one:
            mine = made
    await call_next(desk, "001")
    assert one.card_number
    await ask_participant(desk, one.card_number)
    await desk.close()
    expected = ["patient.view", "registration.add", "ticket.move", "inquiry.patient"]
    for number in (one.rm_number, one.card_number, one.nik, one.id):
        assert number
        rows = shown(capsys, "--patient", number)
        assert sorted(row["event"] for row in rows if row["event"] != "report.audit") == sorted(expected)
        assert {row["operator"] for row in rows if row["event"] != "report.audit"} == {"siti"}
    assert mine.registration.id in {row["subject"] for row in rows}
    assert [row["subject"] for row in rows if row["event"] == "report.audit"] == [one.id] * 3, "also who looked"
    assert shown(capsys, "--patient", one.id, "--operator", "admin") == []
    store = Store.open(home.store_url)
    today = datetime.now(ZoneInfo(store.clinic.zone)).date()
    store.close()
    assert len(shown(capsys, "--patient", one.id, "--day", today.isoformat())) >= len(expected)
    assert shown(capsys, "--patient", one.id, "--day", (today - timedelta(days=9)).isoformat()) == []
    # What is printed names nobody, and neither does a refusal.
    assert main(["audit", "show", "--patient", one.card_number]) == 0
    told = capsys.readouterr().out
    assert all(secret not in told for secret in (one.name, one.card_number, one.nik or one.name))
    assert main(["audit", "show", "--patient", "0009999999999"]) == 2
    assert "0009999999999" not in capsys.readouterr().err
