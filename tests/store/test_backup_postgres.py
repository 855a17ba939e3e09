"""Backups of a store on a server: pg_dump's own, private, and full of doubt once they are loaded again."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.domain.codes import Care, OutboxKind, OutboxState, Payer, VisitKind
from kiosk.domain.day import now
from kiosk.domain.registration import RegistrationForm
from kiosk.store import outbox, participants, postgres_backup, registrations, sync_state
from kiosk.store.backup import backups
from kiosk.store.database import Store
from kiosk.store.errors import Damaged, Failed, StoreError
from kiosk.store.postgres_backup import can_back_up, dump, dump_if_due, how_to_restore, verify_dump
from kiosk.store.restore import believe_nothing
from kiosk.store.transaction import Transaction
from tests.people import CLINIC, make_store
from tests.postgres import Server


@pytest.fixture
def filled(postgres: Server) -> str:
    """A store on the server with one registration that waits."""
    url = postgres.fresh()
    store = make_store(url)

    def work(tx: Transaction) -> None:
        person = participants.with_digits(tx, "0000000000001", 1)[0]
        form = RegistrationForm(person.id, now().date(), "001", Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT)
        made = registrations.get(
            tx, registrations.add(tx, form, card_number=person.card_number, provider_code=CLINIC.code, operator=None)
        )
        assert made is not None
        outbox.add(tx, OutboxKind.REGISTRATION_ADD, made, made.id, 1)

    store.write_now(work)
    store.close()
    return url


def test_a_dump_is_whole_private_and_nothing_is_believed_after_it_was_loaded(
    filled: str, postgres: Server, tmp_path: Path
) -> None:
    made = dump(filled, tmp_path / "cadangan")
    assert backups(tmp_path / "cadangan") == (made,)
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert str(made.path) in how_to_restore(made.path)
    fresh = postgres.empty()
    subprocess.run(["pg_restore", "--no-owner", f"--dbname={fresh}", str(made.path)], check=True)
    made_at, doubt = believe_nothing(fresh, made.path, timedelta(seconds=60))
    assert abs(now() - made_at) < timedelta(minutes=5)
    assert (doubt.unknown, doubt.needs_action, doubt.numbers_from) == (1, 0, 101)
    store = Store.open(fresh)
    assert store.read_now(outbox.counts) == {OutboxState.UNKNOWN: 1}
    assert store.read_now(sync_state.days_to_merge)
    sender = store.sender_lock(60)
    assert sender.acquire(wait=False)
    with pytest.raises(Failed, match="kiosk sync"):
        believe_nothing(fresh, made.path, timedelta(seconds=60))
    sender.release()
    store.close()


def test_a_dump_counts_only_when_it_was_read_back_whole(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = dump(filled, tmp_path / "cadangan")
    rows = verify_dump(made.path)
    assert (rows["public.registration"], rows["public.outbox"], rows["public.operator"]) == (1, 1, 3)
    content = made.path.read_bytes()
    for spoilt in (content[: len(content) // 2], content[:-40]):
        made.path.write_bytes(spoilt)
        with pytest.raises(Damaged):
            verify_dump(made.path)
    made.path.unlink()
    # A dump that lacks rows is none: here one that was read back with a row too few.
    rows["public.operator"] -= 1
    monkeypatch.setattr(postgres_backup, "verify_dump", lambda _: rows)
    with pytest.raises(Failed, match="jumlah"):
        dump(filled, tmp_path / "cadangan")
    assert list((tmp_path / "cadangan").glob("loket-*")) == []


def test_the_daily_dump_waits_for_a_quiet_moment_but_not_for_ever(filled: str, tmp_path: Path) -> None:
    """`filled` has just registered somebody."""
    folder, begun = tmp_path / "cadangan", now()
    assert dump_if_due(filled, folder, lambda: begun - timedelta(hours=25)) is not None
    assert dump_if_due(filled, folder, lambda: begun - timedelta(hours=2)) is None, "young enough"
    assert dump_if_due(filled, folder, lambda: begun) is None, "a day old, but somebody is working"
    assert dump_if_due(filled, folder, lambda: begun + timedelta(minutes=30)) is not None, "quiet"
    assert len(backups(folder)) == 2
    later = begun + timedelta(hours=31)
    store = Store.open(filled, lambda: later)
    store.write_now(lambda tx: tx.execute("UPDATE registration SET created_at = ?", tx.now_ms))
    store.close()
    assert dump_if_due(filled, folder, lambda: later) is not None, "overdue"


def test_the_database_of_many_clinics_is_not_dumped_by_one_of_them(
    filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert can_back_up(filled)
    assert not can_back_up(f"{filled}&clinic={CLINIC.code}")
    monkeypatch.setenv("PATH", "/tidak/ada")
    assert not can_back_up(filled)


def test_without_pg_dump_it_is_said_what_to_run_and_no_password_is_shown(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Failed, match="pg_dump --format=custom") as caught:
        dump(filled, tmp_path / "cadangan")
    assert "\n" not in str(caught.value)


def test_a_server_that_does_not_let_us_in_is_a_sentence(filled: str, tmp_path: Path) -> None:
    gone = filled.rsplit("/", 1)[0] + "/tidak_ada"
    with pytest.raises(StoreError, match=r"Penyimpanan|PostgreSQL|basis data"):
        dump(gone, tmp_path / "cadangan")
    assert backups(tmp_path / "cadangan") == ()
