"""What an upgrade makes of a queue that is already waiting."""

from importlib import import_module

import apsw


def test_who_waits_during_an_upgrade_keeps_the_place_in_line() -> None:
    db = apsw.Connection(":memory:")
    for statement in import_module("kiosk.store.migrations.0001_first").TABLES:
        db.execute(statement)
    db.execute("PRAGMA foreign_keys = OFF")
    for number in (1, 2):
        db.execute(
            "INSERT INTO ticket (clinic, id, registration, day, poli_code, number, label, state, calls, version,"
            f" created_at) VALUES ('K', 't{number}', 'r{number}', '2026-11-23', '001', {number}, 'A-00{number}',"
            f" 'waiting', 0, 1, {number * 1000})"
        )
    for statement in import_module("kiosk.store.migrations.0005_stops").STATEMENTS:
        db.execute(statement)
    rows = list(db.execute("SELECT id, queued_at, priority, turn FROM ticket ORDER BY queued_at"))
    assert rows == [("t1", 1000, "ordinary", None), ("t2", 2000, "ordinary", None)]
