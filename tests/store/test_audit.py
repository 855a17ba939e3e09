"""The audit log: every row is chained to the one before, and whatever is done to it afterwards is noticed."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.audit import Entry, Event, details, mark, next_key, spoken_head
from kiosk.store import audit
from kiosk.store.actor import Actor, Seal, seals_at
from kiosk.store.audit import Fault, Verified, note
from kiosk.store.backup import back_up
from kiosk.store.database import Store
from kiosk.store.engine import sqlite_path
from kiosk.store.restore import restore
from kiosk.store.transaction import Transaction
from tests.engines import both_engines


@pytest.fixture
def seal(tmp_path: Path) -> Seal:
    return Seal(tmp_path / "uji.segel")


def written(store: Store, seal: Seal, rows: int = 5, station: str = "Loket 1") -> None:
    for number in range(rows):
        store.write_now(
            lambda tx, n=number: note(tx, Event.TICKET_MOVE, f"id-{n}", to="called"), Actor(station, "op", seal)
        )


def verified(store: Store, seal: Seal, **anchors: str) -> Verified:
    """Loket 1's chain; anchors as n3="abcd…"."""
    told = {("Loket 1", int(name[1:])): mac for name, mac in anchors.items()}
    return next(one for one in store.read_now(lambda tx: audit.verify(tx, [seal], told)) if one.station == "Loket 1")


def change(sql: str) -> Callable[[Transaction], None]:
    def work(tx: Transaction) -> None:
        assert tx.execute(sql) > 0

    return work


@both_engines
def test_rows_have_numbers_without_gaps_a_station_and_hold(store: Store, seal: Seal) -> None:
    written(store, seal)
    written(store, seal, 2, "Loket 2")
    chains = store.read_now(lambda tx: audit.verify(tx, [seal]))
    assert [(c.station, c.rows, c.fault) for c in chains] == [("Loket 1", 5, None), ("Loket 2", 2, None)]
    heads = store.read_now(audit.heads)
    assert [(h.station, h.number, h.mac) for h in heads] == [(c.station, c.rows, c.head) for c in chains]
    rows = store.read_now(lambda tx: audit.shown(tx, station="Loket 1"))
    assert [row.entry.number for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0].entry.subject == "id-0" and rows[0].entry.detail == '{"to":"called"}'


DAMAGES = [
    ("UPDATE audit SET subject = 'id-9' WHERE station = 'Loket 1' AND number = 3", Fault.CHANGED, 3),
    ("UPDATE audit SET operator = 'other' WHERE station = 'Loket 1' AND number = 1", Fault.CHANGED, 1),
    ("UPDATE audit SET at = at + 1 WHERE station = 'Loket 1' AND number = 5", Fault.CHANGED, 5),
    ("UPDATE audit SET detail = '' WHERE station = 'Loket 1' AND number = 2", Fault.CHANGED, 2),
    ("UPDATE audit SET number = number + 100 WHERE station = 'Loket 1' AND number = 5", Fault.GAP, 5),
    ("DELETE FROM audit WHERE station = 'Loket 1' AND number = 2", Fault.GAP, 2),
    ("DELETE FROM audit WHERE station = 'Loket 1' AND number = 1", Fault.GAP, 1),
    ("DELETE FROM audit WHERE station = 'Loket 1' AND number = 5", Fault.CUT, 5),
    ("DELETE FROM audit WHERE station = 'Loket 1'", Fault.CUT, 1),
    ("DELETE FROM audit_head WHERE station = 'Loket 1'", Fault.CUT, 6),
    ("UPDATE audit_head SET next_key = mac || mac WHERE station = 'Loket 1'", Fault.HEAD, 5),
]


@both_engines
@pytest.mark.parametrize(("sql", "fault", "number"), DAMAGES)
def test_what_was_changed_afterwards_is_named(store: Store, seal: Seal, sql: str, fault: Fault, number: int) -> None:
    written(store, seal)
    assert verified(store, seal).fault is None
    store.write_now(change(sql))
    found = verified(store, seal)
    assert (found.fault, found.number) == (fault, number)


def test_a_tail_cut_with_its_head_put_back_is_noticed_by_the_key_and_by_what_was_written_down(
    store: Store, seal: Seal
) -> None:
    written(store, seal)
    last = store.read_now(audit.heads)[0]
    store.write_now(change("DELETE FROM audit WHERE number > 3"))
    store.write_now(change("UPDATE audit_head SET number = 3, mac = (SELECT mac FROM audit WHERE number = 3)"))
    assert verified(store, seal).fault == Fault.HEAD
    assert verified(store, seal, n5=last.mac).fault == Fault.CUT


def test_an_old_copy_in_the_place_of_the_store_holds_by_itself_but_not_against_what_was_written_down(
    store: Store, seal: Seal, tmp_path: Path
) -> None:
    written(store, seal, 3)
    copy = back_up(store.url, tmp_path / "cadangan")
    written(store, seal, 3)
    last = store.read_now(audit.heads)[0]
    assert verified(store, seal, n6=last.mac[:16]).fault is None
    store.close()
    restore(store.url, copy.path, timedelta(seconds=1))
    again = Store.open(store.url)
    assert verified(again, seal).fault is None and verified(again, seal).rows == 3
    assert (verified(again, seal, n6=last.mac).fault, verified(again, seal, n6=last.mac).number) == (Fault.CUT, 4)
    written(again, seal, 4)
    assert verified(again, seal, n6=last.mac[:16]).fault == Fault.ANCHOR
    assert verified(again, seal).fault is None
    again.close()


def test_rows_made_anew_with_the_key_of_now_do_not_pass_for_earlier_ones(store: Store, seal: Seal) -> None:
    """Who gets the store gets the key of the next row, and no way back from it."""
    written(store, seal)
    row = store.read_now(lambda tx: tx.row("SELECT * FROM audit WHERE number = 4")) or {}
    head = store.read_now(lambda tx: tx.row("SELECT * FROM audit_head")) or {}
    before = store.read_now(lambda tx: tx.value("SELECT mac FROM audit WHERE number = 3"))
    forged = Entry(row["clinic"], row["station"], 4, row["at"], row["operator"], row["event"], "id-forged", "")
    mac = mark(bytes.fromhex(head["next_key"]), forged, before)
    store.write_now(change(f"UPDATE audit SET subject = 'id-forged', detail = '', mac = '{mac}' WHERE number = 4"))
    assert (verified(store, seal).fault, verified(store, seal).number) == (Fault.CHANGED, 4)


def test_the_key_of_a_row_is_nowhere_once_the_row_is_written(store: Store, seal: Seal) -> None:
    written(store, seal, 3)
    head = store.read_now(lambda tx: tx.row("SELECT * FROM audit_head")) or {}
    key = seal.first_key(head["clinic"], "Loket 1")
    for _ in range(3):
        assert key.hex() != head["next_key"]
        key = next_key(key)
    assert key.hex() == head["next_key"]


def test_another_seal_says_so_and_still_looks_for_gaps(store: Store, seal: Seal, tmp_path: Path) -> None:
    written(store, seal)
    other = Seal(tmp_path / "lain.segel")
    assert verified(store, other).fault == Fault.SEAL
    store.write_now(change("DELETE FROM audit WHERE number = 2"))
    assert verified(store, other).fault == Fault.GAP


def test_the_seal_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first, second = Seal(tmp_path / "audit.segel"), Seal(tmp_path / "audit.segel")
    assert first.first_key("0114U163", "Loket 1") == second.first_key("0114U163", "Loket 1")
    assert first.first_key("0114U163", "Loket 1") != first.first_key("0114U163", "Loket 2")
    assert (tmp_path / "audit.segel").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["audit.segel"]


def test_another_user_of_the_host_has_a_seal_of_its_own_beside_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "audit.segel"
    written(store, Seal(path))
    may_read = os.access
    monkeypatch.setattr(os, "access", lambda each, how: each != path and may_read(each, how))
    written(store, Seal(path), 2, "perintah host")
    assert [each.path for each in seals_at(path)] == [tmp_path / f"audit-{os.geteuid()}.segel"]
    monkeypatch.undo()
    chains = store.read_now(lambda tx: audit.verify(tx, seals_at(path)))
    assert [(chain.station, chain.fault) for chain in chains] == [("Loket 1", None), ("perintah host", None)]


def test_a_transaction_that_fails_leaves_no_row_and_the_chain_goes_on(store: Store, seal: Seal) -> None:
    written(store, seal, 2)

    def fails(tx: Transaction) -> None:
        note(tx, Event.TICKET_MOVE, "id-lost")
        raise LookupError("after the note")

    with pytest.raises(LookupError):
        store.write_now(fails, Actor("Loket 1", "op", seal))
    written(store, seal, 2)
    assert verified(store, seal).fault is None and verified(store, seal).rows == 4


def test_the_program_of_no_station_has_no_log(store: Store, seal: Seal) -> None:
    store.write_now(lambda tx: note(tx, Event.TICKET_MOVE, "id"))
    assert store.read_now(audit.heads) == ()


@given(st.text(max_size=90))
@settings(max_examples=60, deadline=None)
def test_details_are_codes_however_they_came(text: str) -> None:
    kept = details({"place": text})
    assert kept.isascii() and "\n" not in kept and len(kept) <= 75


def test_a_head_is_read_out_in_groups_of_four() -> None:
    assert spoken_head("a1b2c3d4e5f60718" + "0" * 16) == "a1b2 c3d4 e5f6 0718"
    assert spoken_head("") == "–"


def test_the_seal_lies_beside_the_store(store: Store) -> None:
    from kiosk.store.actor import seal_beside

    assert seal_beside(store.url).path == sqlite_path(store.url).with_name("audit.segel")
