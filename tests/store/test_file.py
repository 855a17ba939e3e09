"""The store as a file: how it is opened, what it refuses, how it is brought up to date, what its keys are made of."""

import os
import re
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import apsw
import pytest
from peewee import Model

from kiosk.domain.people import Clinic
from kiosk.store import schema, tables
from kiosk.store.database import Store
from kiosk.store.engine import BUSY_SECONDS, sqlite_path, sqlite_url
from kiosk.store.errors import Failed, NotSetUp, StoreError, TooNew, Unreadable
from kiosk.store.sqlite import check_sqlite
from kiosk.store.transaction import Transaction
from tests.people import CLINIC, make_store

MODELS = [model for model in vars(tables).values() if isinstance(model, type) and issubclass(model, Model)]
OURS = {model._meta.table_name: model for model in MODELS if model not in (Model, tables.Row)}


def pragma(store: Store, name: str) -> object:
    return store.read_now(lambda tx: tx.value(f"PRAGMA {name}"))


def raw(path: Path) -> apsw.Connection:
    """A connection beside the store's own."""
    return apsw.Connection(str(path))


def test_what_is_acknowledged_is_on_the_disk_and_keys_are_watched(store: Store) -> None:
    assert pragma(store, "journal_mode") == "wal"
    assert pragma(store, "synchronous") == 2, "FULL"
    assert pragma(store, "foreign_keys") == 1
    assert store._engine.database.timeout == BUSY_SECONDS
    with pytest.raises(Failed, match="FOREIGN KEY"):
        store.write_now(
            lambda tx: tx.execute(
                "INSERT INTO lines_read (clinic, visit, kind, read_at) VALUES (?, ?, ?, ?)", tx.clinic, "nobody", "x", 0
            )
        )


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ("3.40.1", False),
        ("3.44.5", False),
        ("3.44.6", True),
        ("3.44.7", True),
        ("3.45.9", False),
        ("3.50.6", False),
        ("3.50.7", True),
        ("3.51.2", False),
        ("3.51.3", True),
        ("3.52.0", True),
        ("3.54.1", True),
        ("4.0.0", True),
    ],
)
def test_an_sqlite_that_can_damage_the_file_is_refused(version: str, safe: bool) -> None:
    if safe:
        check_sqlite(version)
    else:
        with pytest.raises(Unreadable, match=re.escape(version)):
            check_sqlite(version)


def test_the_gate_stands_before_every_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.46.1")
    with pytest.raises(Unreadable, match=r"3\.46\.1"):
        Store.open(sqlite_url(tmp_path / "k.sqlite3"), create=True)
    assert not (tmp_path / "k.sqlite3").exists()


OPENER = textwrap.dedent("""
    import sys, time
    from kiosk.store.database import Store
    while time.time() < float(sys.argv[2]):
        time.sleep(0.0005)
    store = Store.open(sys.argv[1], create=True)
    found = store._thread.submit(store._engine.database.execute_sql, "SELECT COUNT(*) FROM schema_migration").result()
    print(found.fetchone()[0])
    store.close()
""")


def test_processes_that_start_at_once_bring_a_new_store_up_to_date_once(tmp_path: Path) -> None:
    """Four open the same missing file in the same instant; each migration is applied once and nobody fails."""
    url, at = sqlite_url(tmp_path / "baru.sqlite3"), str(time.time() + 1.5)
    started = [
        subprocess.Popen([sys.executable, "-c", OPENER, url, at], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    ended = [process.communicate(timeout=40) for process in started]
    assert [process.returncode for process in started] == [0] * 4, [error.decode()[-400:] for _, error in ended]
    assert {out.strip() for out, _ in ended} == {str(len(schema.known())).encode()}


def test_a_store_of_a_newer_program_is_refused_and_not_touched(tmp_path: Path) -> None:
    store = make_store(sqlite_url(tmp_path / "k.sqlite3"))
    store.write_now(
        lambda tx: tx.execute(
            "INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '2030-01-01 00:00:00')"
        )
    )
    store.close()
    before = (tmp_path / "k.sqlite3").read_bytes()
    with pytest.raises(TooNew, match="lebih baru"):
        Store.open(store.url)
    assert (tmp_path / "k.sqlite3").read_bytes() == before


def test_a_store_is_copied_before_it_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_store(sqlite_url(tmp_path / "k.sqlite3")).close()
    folder = tmp_path / "migrations"
    folder.mkdir()
    for path in schema.FOLDER.glob("[0-9]*.py"):
        (folder / path.name).write_text(path.read_text())
    (folder / "9001_note.py").write_text("def up(migrator, db):\n    db.execute_sql('CREATE TABLE note (x TEXT)')\n")
    monkeypatch.setattr(schema, "FOLDER", folder)
    upgraded = Store.open(sqlite_url(tmp_path / "k.sqlite3"))
    assert upgraded.read_now(lambda tx: tx.value("SELECT COUNT(*) FROM note")) == 0
    upgraded.close()
    (copy,) = (tmp_path / "cadangan").glob("*.sqlite3")
    with raw(copy) as db:
        assert db.execute("SELECT COUNT(*) FROM participant").fetchone()[0] == 7
        assert not list(db.execute("SELECT 1 FROM sqlite_master WHERE name = 'note'"))


def _directory(path: Path) -> None:
    path.mkdir()


def _text(path: Path) -> None:
    path.write_text("Ini bukan basis data. " * 400)


def _zeros(path: Path) -> None:
    path.write_bytes(bytes(20_000))


def _other_program(path: Path) -> None:
    with raw(path) as db:
        db.execute("CREATE TABLE moz_places (url TEXT); INSERT INTO moz_places VALUES ('x')")


def _cut_header(path: Path) -> None:
    make_store(sqlite_url(path)).close()
    data = path.read_bytes()
    path.write_bytes(b"SQLite format 9\0" + data[16:])


def _damaged_schema(path: Path) -> None:
    make_store(sqlite_url(path)).close()
    data = bytearray(path.read_bytes())
    data[100:4000] = bytes(range(256)) * 15 + bytes(60)
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("spoil", [_directory, _text, _zeros, _other_program, _cut_header, _damaged_schema])
@pytest.mark.parametrize("create", [False, True])
def test_what_is_not_a_store_of_ours_is_refused_in_a_sentence(tmp_path: Path, spoil: object, create: bool) -> None:
    path = tmp_path / "k.sqlite3"
    assert callable(spoil)
    spoil(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError) as refused:
        Store.open(sqlite_url(path), create=create)
    sentence = str(refused.value)
    assert not [fd for fd in Path("/proc/self/fd").iterdir() if os.path.realpath(fd).startswith(str(tmp_path))]
    assert sentence[0].isupper()
    assert "Traceback" not in sentence
    assert path.is_dir() or path.read_bytes()[:16] == (before or b"")[:16]
    if spoil is _other_program:
        with raw(path) as db:
            assert [name for (name,) in db.execute("SELECT name FROM sqlite_master")] == ["moz_places"]


def test_a_store_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="tidak ditemukan"):
        Store.open(sqlite_url(tmp_path / "sub" / "k.sqlite3"))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(Unreadable, match="tidak dikenal"):
        sqlite_path("mysql://x")


def test_a_new_store_belongs_to_the_group_of_the_counters_and_to_nobody_else(tmp_path: Path) -> None:
    store = make_store(sqlite_url(tmp_path / "k.sqlite3"))
    modes = {path.name: path.stat().st_mode & 0o007 for path in tmp_path.iterdir()}
    store.close()
    assert set(modes.values()) == {0}, modes


def test_a_store_without_a_clinic_says_so(tmp_path: Path) -> None:
    store = Store.open(sqlite_url(tmp_path / "k.sqlite3"), create=True)
    with pytest.raises(NotSetUp, match="kiosk init"):
        _ = store.clinic
    with pytest.raises(NotSetUp):
        store.read_now(lambda tx: tx.clinic)
    store.set_up(CLINIC)
    assert store.clinic == CLINIC
    store.close()


def test_damage_met_later_is_a_sentence_too(tmp_path: Path) -> None:
    """Pages spoilt behind an open store's back: every way in gives Failed, none the driver's own error."""
    path = tmp_path / "k.sqlite3"
    make_store(sqlite_url(path)).close()
    data = bytearray(path.read_bytes())
    for start in range(4096, len(data), 4096):
        data[start : start + 200] = b"\xff" * 200
    path.write_bytes(bytes(data))
    try:
        store = Store.open(sqlite_url(path))
    except StoreError:
        return
    with pytest.raises(StoreError):
        _ = store.clinic
    with pytest.raises(StoreError):
        store.read_now(lambda tx: tx.rows("SELECT * FROM participant"))
    with pytest.raises(StoreError):
        store.write_now(lambda tx: tx.next_number("x"))
    store.close()


def test_a_lock_file_that_cannot_be_made_is_a_sentence_too(tmp_path: Path) -> None:
    store = make_store(sqlite_url(tmp_path / "k.sqlite3"))
    store._engine._writing.release()
    (tmp_path / "k.sqlite3.lock").unlink()
    (tmp_path / "k.sqlite3.lock").mkdir()
    with pytest.raises(Failed, match="Tidak ada yang tersimpan"):
        store.write_now(lambda tx: tx.next_number("x"))
    assert store.read_now(lambda tx: tx.clinic) == CLINIC.code
    store.close()


def test_nothing_of_a_failed_transaction_is_kept(store: Store) -> None:
    def work(tx: Transaction) -> None:
        tx.next_number("x")
        raise KeyError

    with pytest.raises(KeyError):
        store.write_now(work)
    assert store.write_now(lambda tx: tx.next_number("x")) == 1


def test_migrations_and_tables_say_the_same(store: Store) -> None:
    """The schema that the migrations make has exactly the columns of kiosk/store/tables.py, and which may be empty."""

    def real(tx: Transaction) -> dict[str, dict[str, tuple[str, bool]]]:
        names = [r["name"] for r in tx.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: {r["name"]: (r["type"], bool(r["notnull"])) for r in tx.rows(f"PRAGMA table_info({name})")}
            for name in names
            if name != schema.HISTORY and not name.startswith("sqlite_")
        }

    kinds = {"TEXT": "TEXT", "INT": "INTEGER", "BIGINT": "BIGINT", "DOUBLE": "DOUBLE PRECISION"}
    written = {
        name: {f.column_name: (kinds[f.field_type], not f.null) for f in model._meta.sorted_fields}
        for name, model in OURS.items()
    }
    found = store.read_now(real)
    assert {name: set(columns) for name, columns in found.items()} == {n: set(c) for n, c in written.items()}
    assert found == written


def test_the_clinics_code_is_the_first_part_of_every_key(store: Store) -> None:
    """So that rows of many clinics can be merged without renumbering, and nothing joins across clinics."""

    def keys(tx: Transaction) -> list[tuple[str, str, str]]:
        found = []
        for name in OURS:
            if name == "clinic":
                continue
            columns = sorted((r["pk"], r["name"]) for r in tx.rows(f"PRAGMA table_info({name})") if r["pk"])
            found.append((name, "primary key", columns[0][1]))
            for index in tx.rows(f"PRAGMA index_list({name})"):
                parts = tx.rows(f"PRAGMA index_info('{index['name']}')")
                found.append((name, index["name"], parts[0]["name"]))
            groups: dict[int, list[tuple[int, str, str]]] = {}
            for row in tx.rows(f"PRAGMA foreign_key_list({name})"):
                groups.setdefault(row["id"], []).append((row["seq"], row["from"], row["to"]))
            for parts in groups.values():
                first = min(parts)
                found.append((name, "foreign key", first[1] if first[1] == first[2] else f"{first[1]}≠{first[2]}"))
        return found

    found = store.read_now(keys)
    assert len(found) > 40
    assert [key for key in found if key[2] != "clinic"] == []


def test_there_is_nothing_that_another_engine_would_not_read(store: Store) -> None:
    kinds = store.read_now(lambda tx: tx.rows("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    assert {row["type"] for row in kinds} == {"table", "index"}
    ours = [row["sql"].upper() for row in kinds if schema.HISTORY not in row["sql"]]
    assert not [sql for sql in ours if re.search(r"AUTOINCREMENT|WITHOUT ROWID|FTS5|STRICT|COLLATE|VIRTUAL", sql)]


def test_two_clinics_in_one_file_do_not_see_each_other(store: Store) -> None:
    other = Clinic("0999X999", "Klinik Lain", "Asia/Jayapura")
    store._thread.submit(store._write, lambda tx: tx.next_number("x"), other.code).result()
    assert store.write_now(lambda tx: tx.next_number("x")) == 1
