"""`kiosk audit`, `kiosk shift` and what commands on the host leave in the log."""

import json
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.config import Home
from kiosk.domain.audit import Event
from kiosk.store.actor import Actor, Seal
from kiosk.store.audit import heads, note
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction
from tests.people import PASSWORD, make_store


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A clinic's folder with three rows in Loket 1's chain."""
    monkeypatch.setenv("LOKET_HOME", str(tmp_path))
    monkeypatch.delenv("LOKET_STORE", raising=False)
    home = Home(tmp_path)
    store = make_store(home.store_url)
    for number in range(3):
        store.write_now(
            lambda tx, n=number: note(tx, Event.TICKET_MOVE, f"id-{n}"), Actor("Loket 1", "op", Seal(home.seal))
        )
    store.close()
    return home


def spoil(home: Home, sql: str) -> None:
    def work(tx: Transaction) -> None:
        assert tx.execute(sql) == 1

    store = Store.open(home.store_url)
    store.write_now(work)
    store.close()


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(list(words)) == code
    captured = capsys.readouterr()
    if code == 2:
        assert captured.err.count("\n") == 1
    return captured.out + captured.err


def test_a_whole_log_is_verified_and_a_changed_row_is_named(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert "utuh, kepala" in said(capsys, "audit", "verify")
    spoil(home, "UPDATE audit SET subject = 'x' WHERE number = 2")
    assert "Loket 1" in (told := said(capsys, "audit", "verify", code=1)) and "catatan 2 diubah" in told
    report = json.loads(said(capsys, "audit", "verify", "--json", code=1))
    assert report["whole"] is False and report["chains"][0]["fault"] == "changed"


def test_a_head_that_was_written_down_finds_a_cut_tail(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    shown = said(capsys, "audit", "head").strip()
    anchor = f"Loket 1:3:{shown.split('  ')[-1]}"
    assert "utuh" in said(capsys, "audit", "verify", "--head", anchor)
    spoil(home, "DELETE FROM audit WHERE number = 3")
    assert "catatan 3 dan sesudahnya hilang" in said(capsys, "audit", "verify", "--head", anchor, code=1)
    assert "tulis --head" in said(capsys, "audit", "verify", "--head", "Loket 1", code=2)


def test_without_the_seal_nothing_is_verified_and_no_new_one_is_made(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = home.seal.rename(tmp_path / "usb.segel")
    assert "segel tidak ada atau tidak dapat dibaca" in said(capsys, "audit", "verify", code=2)
    assert not home.seal.exists()
    assert "utuh" in said(capsys, "audit", "verify", "--seal", str(copy))


def test_commands_leave_their_rows_and_the_log_can_be_read(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said(capsys, "user", "disable", "siti")
    said(capsys, "user", "enable", "siti")
    assert "siti sekarang perawat" in said(capsys, "user", "role", "siti", "perawat")
    said(capsys, "backup")
    said(capsys, "restore", "--newest", "--yes")
    events = [row["event"] for row in json.loads(said(capsys, "audit", "show", "--json"))["rows"]]
    assert events == [
        *["ticket.move"] * 3,
        "user.disable",
        "user.enable",
        "user.role",
        "store.restore",
    ], "the row of the backup was written after it, and went with what was set aside"
    assert "menampilkan catatan audit" in said(capsys, "audit", "show", "--limit", "1"), "the look before"
    assert "Tidak ada catatan yang cocok" in said(capsys, "audit", "show", "--until", "2020-01-01")
    assert "tidakada tidak ada" in said(capsys, "audit", "show", "--operator", "tidakada", code=2)
    assert "utuh" in said(capsys, "audit", "verify")


def test_a_backup_counts_also_when_it_cannot_be_noted(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.seal.write_text("bukan segel\n")
    told = said(capsys, "backup")
    assert "Cadangan jadi" in told and "tidak masuk catatan audit" in told
    assert "Segel catatan audit rusak" in said(capsys, "audit", "verify", code=2)


def test_the_last_admin_stays_one(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert "satu-satunya admin" in said(capsys, "user", "disable", "admin", code=2)
    assert "satu-satunya admin" in said(capsys, "user", "role", "admin", "loket", code=2)
    assert "Pengguna tidakada tidak ada" in said(capsys, "user", "role", "tidakada", "loket", code=2)
    assert PASSWORD not in said(capsys, "user", "list")


def test_the_shift_report_can_be_printed(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, "shift")
    store = Store.open(home.store_url)
    head = store.read_now(heads)[0]
    store.close()
    assert "Laporan giliran" in told and f"{head.mac[:4]} {head.mac[4:8]}" in told
    assert json.loads(said(capsys, "shift", "--json"))["audit"][0] == {
        "station": "Loket 1",
        "number": 3,
        "head": head.mac,
    }
