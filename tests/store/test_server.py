"""The store on a PostgreSQL server: how it is opened, what it refuses, what it does when the line to it breaks."""

import asyncio
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kiosk.counter.access import log_in
from kiosk.counter.desk import Desk
from kiosk.counter.errors import StoreTrouble
from kiosk.counter.register import register
from kiosk.domain.codes import Care, Payer, ReferenceList, VisitKind
from kiosk.domain.registration import RegistrationForm
from kiosk.store import participants, postgres, postgres_notice, queue, reference, registrations, schema
from kiosk.store.database import Store
from kiosk.store.errors import Failed, NotSetUp, TooNew, Unconfirmed, Unreadable
from kiosk.store.search import by_name
from kiosk.store.transaction import Transaction
from tests.people import CLINIC, PASSWORD, invented, make_store
from tests.store.cutting import Cutter
from tests.store.test_file import OPENER, OURS

if TYPE_CHECKING:
    from tests.postgres import Server


@pytest.fixture
def engine() -> str:
    return "postgresql"


@pytest.fixture
def empty(postgres: "Server") -> Iterator[str]:
    """A database in which nothing is."""
    url = postgres.empty()
    yield url
    postgres.drop(url)


def one(store: Store, sql: str, *values: object) -> object:
    return store.read_now(lambda tx: tx.value(sql, *values))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://siti:rahasia1@127.0.0.1:1/loket",
        "postgresql://siti:rahasia1@127.0.0.1:1/loket?connect_timeout=2",
        "postgresql://siti@127.0.0.1:1/loket?password=rahasia1",
        "postgresql://siti:rahasia1@rahasia1@127.0.0.1:1/loket",
        "postgresql://siti:rahasia1/rahasia1@127.0.0.1:1/loket",
        "postgresql://siti:rahasia1#rahasia1@127.0.0.1:1/loket",
        "postgresql://siti:rahasia1:rahasia1@127.0.0.1:rahasia1/loket",
        "postgresql://siti:rahasia1@127.0.0.1:1/loket?rahasia1",
        "postgresql://siti:rahasia1@127.0.0.1:1/loket?rahasia1=rahasia1",
        "postgresql://siti:rahasia1@127.0.0.1:1/loket?sender=rahasia1",
        "postgresql://siti:rahasia1@[rahasia1/loket",
    ],
)
def test_the_password_of_an_address_is_never_shown(url: str) -> None:
    with pytest.raises(Unreadable) as refused:
        Store.open(url)
    said = "".join(traceback.format_exception(refused.value)) + repr(refused.value)
    shown = "".join(line for line in said.splitlines(True) if not line.startswith("    ") and "File " not in line)
    assert "rahasia1" not in shown
    assert str(refused.value)[0].isupper()


def test_without_the_driver_the_sentence_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from kiosk.store.engine import engine_for\n"
        "from kiosk.store.errors import Unreadable\n"
        "try:\n    engine_for('postgresql://x/y')\nexcept Unreadable as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "psycopg[binary]" in done.stdout


def test_an_empty_database_is_not_filled_by_looking(empty: str, postgres: "Server") -> None:
    with pytest.raises(Unreadable, match="kiosk init"):
        Store.open(empty)
    store = Store.open(empty, create=True)
    with pytest.raises(NotSetUp, match="kiosk init"):
        _ = store.clinic
    store.close()


def test_a_database_that_is_not_there_is_said_so(postgres: "Server") -> None:
    with pytest.raises(Unreadable, match="belum dibuat"):
        Store.open(postgres.url("tidak_ada"), create=True)


def test_another_programs_database_is_refused_and_left_alone(empty: str) -> None:
    import psycopg

    with psycopg.connect(empty, autocommit=True) as raw:
        raw.execute("CREATE TABLE pasien (x TEXT)")
        for create in (False, True):
            with pytest.raises(Unreadable):
                Store.open(empty, create=create)
        tables = raw.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert tables == [("pasien",)]


def test_a_store_of_a_newer_program_is_refused(store: Store) -> None:
    store.write_now(
        lambda tx: tx.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '2030-01-01')")
    )
    with pytest.raises(TooNew, match="lebih baru"):
        Store.open(store.url)


def test_only_utf8_is_taken(postgres: "Server") -> None:
    with postgres.admin() as admin:
        admin.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(Unreadable, match="UTF8"):
        Store.open(postgres.url("latin"), create=True)
    postgres.drop(postgres.url("latin"))


def test_a_server_that_does_not_keep_what_it_acknowledges_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "SETTINGS", "SELECT 'UTF8', 'off', 'on', version()")
    with pytest.raises(Unreadable, match="fsync"):
        Store.open(store.url)


def test_processes_that_start_at_once_bring_an_empty_database_up_to_date_once(empty: str) -> None:
    at = str(time.time() + 1.5)
    started = [
        subprocess.Popen([sys.executable, "-c", OPENER, empty, at], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    ended = [process.communicate(timeout=40) for process in started]
    assert [process.returncode for process in started] == [0] * 3, [error.decode()[-400:] for _, error in ended]
    assert {out.strip() for out, _ in ended} == {str(len(schema.known())).encode()}


def newer(folder: Path, monkeypatch: pytest.MonkeyPatch, statements: str) -> None:
    """A program with one migration more."""
    folder.mkdir()
    for path in schema.FOLDER.glob("[0-9]*.py"):
        (folder / path.name).write_text(path.read_text())
    (folder / "9001_note.py").write_text(f"def up(migrator, db):\n{statements}\n")
    monkeypatch.setattr(schema, "FOLDER", folder)


def test_the_rows_are_kept_beside_before_the_tables_change(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer(tmp_path / "m", monkeypatch, "    db.execute_sql('ALTER TABLE participant DROP COLUMN phone')")
    upgraded = Store.open(store.url)
    assert one(upgraded, 'SELECT COUNT(phone) FROM "sebelum_9001_note".participant') == 1
    assert one(upgraded, "SELECT COUNT(*) FROM participant") == 7
    upgraded.close()


def test_an_upgrade_that_fails_leaves_everything_as_it_was(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements = "    db.execute_sql('CREATE TABLE note (x TEXT)')\n    db.execute_sql('SELECT 1 / 0')"
    newer(tmp_path / "m", monkeypatch, statements)
    with pytest.raises(Unreadable):
        Store.open(store.url)
    assert one(store, "SELECT to_regclass('note')") is None
    assert one(store, "SELECT COUNT(*) FROM pg_namespace WHERE nspname LIKE 'sebelum%'") == 0


def test_tables_are_the_same_as_on_sqlite_and_nothing_stands_against_a_distributed_engine(store: Store) -> None:
    """No sequence, no trigger, no key without the clinic in front; columns as in kiosk/store/tables.py."""

    def read(tx: Transaction) -> None:
        columns = tx.rows(
            "SELECT table_name, column_name, data_type, is_nullable, collation_name FROM information_schema.columns"
            " WHERE table_schema = 'public'"
        )
        kinds = {"TEXT": "text", "INT": "integer", "BIGINT": "bigint", "DOUBLE": "double precision"}
        written = {
            (name, f.column_name): (kinds[f.field_type], "YES" if f.null else "NO")
            for name, model in OURS.items()
            for f in model._meta.sorted_fields
        }
        ours = [row for row in columns if row["table_name"] != schema.HISTORY]
        found = {(r["table_name"], r["column_name"]): (r["data_type"], r["is_nullable"]) for r in ours}
        assert found == written
        assert {row["collation_name"] for row in ours if row["data_type"] == "text"} == {"C"}
        assert tx.value("SELECT COUNT(*) FROM pg_class WHERE relkind = 'S'") == 0
        assert tx.value("SELECT COUNT(*) FROM pg_trigger WHERE NOT tgisinternal") == 0
        keys = tx.rows(
            "SELECT c.relname, i.relname AS index, a.attname FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid"
            " JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[0] WHERE n.nspname = 'public'"
        )
        wrong = [row for row in keys if row["relname"] not in ("clinic", schema.HISTORY) and row["attname"] != "clinic"]
        assert len(keys) > 40
        assert wrong == []

    store.read_now(read)


def test_search_reads_a_range_of_the_index_whatever_language_the_server_sorts_by(store: Store) -> None:
    """The database sorts as Indonesian does, where "a-b" is near "ab" and capitals are mixed in."""
    assert one(store, "SELECT daticulocale FROM pg_database WHERE datname = current_database()") == "id-ID"

    def fill(tx: Transaction) -> None:
        for number, name in enumerate(["Ani Wati", "Ani Zulaikha", "Äni Wati", "anisa", "ANI-WATI", "Z'ani"]):
            participants.save(tx, invented(100 + number, name))
        for number in range(400):
            participants.save(tx, invented(1000 + number, f"Peserta Nomor{number}"))

    store.write_now(fill)
    found = store.read_now(lambda tx: by_name(tx, "ani w", 9))
    assert {hit.participant.name for hit in found} >= {"Ani Wati", "ANI-WATI"}
    assert len(store.read_now(lambda tx: participants.with_digits(tx, "000000000100", 50))) == 10
    plan = store.read_now(
        lambda tx: tx.rows(
            "EXPLAIN SELECT participant FROM name_pair WHERE clinic = ? AND key >= ? AND key < ?",
            tx.clinic,
            "ani w",
            "ani w" + participants.LAST,
        )
    )
    assert any("key >= " in str(row) and "Index" in str(plan) for row in plan), plan
    assert store.read_now(lambda tx: reference.matching(tx, ReferenceList.DIAGNOSIS, "i1\\", 5))


def test_a_poli_that_is_not_in_the_list_stands_where_it_stands_on_sqlite(store: Store) -> None:
    day = date(2026, 11, 16)

    def work(tx: Transaction) -> list[str]:
        person = participants.with_digits(tx, "0000000000001", 1)[0].id
        for poli in ("001", "999", "002"):
            form = RegistrationForm(person, day, poli, Payer.GENERAL, VisitKind.SICK, Care.OUTPATIENT)
            made = registrations.add(tx, form, card_number=None, provider_code=None, operator=None)
            queue.give(tx, made, day, poli)
        return [ticket.poli_code for ticket in queue.of_day(tx, day)]

    assert store.write_now(work) == ["999", "001", "002"]


def test_clinics_in_one_database_do_not_see_each_other_and_one_must_be_named(store: Store) -> None:
    second = replace(CLINIC, code="0999X999", name="Klinik Lain")
    other = make_store(f"{store.url}&clinic=0999X999", clinic=second)
    assert other.clinic == second
    assert store.write_now(lambda tx: tx.next_number("x")) == 1
    assert other.write_now(lambda tx: tx.next_number("x")) == 1
    only = invented(50, "Wahyu Uji")
    store.write_now(lambda tx: participants.save(tx, only))
    assert other.read_now(lambda tx: by_name(tx, "wahyu", 5)) == ()
    unnamed = Store.open(store.url)
    with pytest.raises(NotSetUp, match="clinic="):
        _ = unnamed.clinic
    for each in (other, unnamed):
        each.close()


def test_after_a_restart_of_the_server_the_next_piece_of_work_connects_anew(store: Store, postgres: "Server") -> None:
    assert store.write_now(lambda tx: tx.next_number("x")) == 1
    postgres.stop(signal.SIGQUIT)
    with pytest.raises(Failed, match="server tidak berjalan"):
        store.write_now(lambda tx: tx.next_number("x"))
    postgres.start()
    assert store.write_now(lambda tx: tx.next_number("x")) == 2
    postgres.stop()
    postgres.start()
    assert store.read_now(lambda tx: tx.value("SELECT last FROM counter WHERE clinic = ?", tx.clinic)) == 2


def test_a_line_that_breaks_in_the_middle_keeps_nothing(store: Store) -> None:
    def work(tx: Transaction) -> None:
        tx.next_number("x")
        tx.value("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(Failed, match="Tidak ada yang tersimpan") as failed:
        store.write_now(work)
    assert not isinstance(failed.value, Unconfirmed)
    assert store.write_now(lambda tx: tx.next_number("x")) == 1


async def test_an_answer_lost_at_the_commit_is_unconfirmed_and_the_same_form_again_does_not_register_twice(
    store: Store, tmp_path: Path
) -> None:
    with Cutter(store.url, tmp_path) as cutter:
        desk = await Desk.open(cutter.url, "Loket 1")
        await log_in(desk, "siti", PASSWORD)
        person = (await desk.read(lambda tx: participants.with_digits(tx, "0000000000001", 1)))[0].id
        form = RegistrationForm(
            person, desk.today(), "001", Payer.GENERAL, VisitKind.SICK, Care.OUTPATIENT, "batuk", request_id="satu"
        )
        cutter.cut_at(b"COMMIT\0")
        with pytest.raises(StoreTrouble, match="belum pasti tersimpan"):
            await register(desk, form)
        again = await register(desk, form)
        assert (again.repeated, again.ticket.number) == (True, 1)
        await desk.close()
    assert one(store, "SELECT COUNT(*) FROM registration") == 1


def test_what_the_engine_wants_begun_again_is_begun_again(store: Store) -> None:
    calls = []

    def work(tx: Transaction) -> int:
        calls.append(tx.next_number("x"))
        if len(calls) < 3:
            tx.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$")
        return calls[-1]

    assert store.write_now(work) == 1
    assert calls == [1, 1, 1]


def test_it_is_not_begun_again_for_ever(store: Store) -> None:
    def work(tx: Transaction) -> None:
        tx.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$")

    with pytest.raises(Failed, match="bentrok"):
        store.write_now(work)


def test_work_that_goes_on_after_a_refused_step_keeps_nothing(store: Store) -> None:
    def work(tx: Transaction) -> None:
        tx.next_number("x")
        try:
            tx.execute("INSERT INTO clinic (code, name, zone, created_at) VALUES (?, 'a', 'b', 1)", tx.clinic)
        except Exception:
            return

    with pytest.raises(Failed):
        store.write_now(work)
    assert store.write_now(lambda tx: tx.next_number("x")) == 1


def test_a_refused_row_is_told_without_what_was_in_it(store: Store) -> None:
    def orphan(tx: Transaction) -> None:
        tx.execute(
            "INSERT INTO lines_read (clinic, visit, kind, read_at) VALUES (?, ?, ?, ?)", tx.clinic, "nobody", "x", 0
        )

    with pytest.raises(Failed, match="participant_clinic_card_number_key") as twice:
        store.write_now(lambda tx: participants.save(tx, replace(invented(1, "Nama Rahasia"), id="lain")))
    assert "0000000000001" not in str(twice.value)
    with pytest.raises(Failed, match="FOREIGN KEY"):
        store.write_now(orphan)


def test_a_counter_that_freezes_in_the_middle_does_not_stop_the_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "FROZEN_SECONDS", 1)
    frozen = Store.open(store.url)

    def freeze(tx: Transaction) -> None:
        tx.next_number("x")
        time.sleep(2.5)

    with ThreadPoolExecutor(1) as pool:
        cold = pool.submit(frozen.write_now, freeze)
        time.sleep(0.3)
        started = time.monotonic()
        assert store.write_now(lambda tx: tx.next_number("x")) == 1
        assert 0.3 < time.monotonic() - started < 2
        with pytest.raises(Failed, match="terlalu lama diam"):
            cold.result()
    frozen.close()


async def test_a_listener_that_lost_its_line_is_told_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_notice, "AGAIN_SECONDS", 0.05)
    other = Store.open(store.url)
    changes = store.changes()
    for _ in range(2):
        waiting = asyncio.ensure_future(anext(changes))
        await asyncio.sleep(0.1)
        await other.write(lambda tx: tx.next_number("x"))
        await asyncio.wait_for(waiting, 5)
        await other.read(
            lambda tx: tx.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'loket kabar'"
                " AND datname = current_database()"
            )
        )
    await changes.aclose()
    other.close()


async def test_a_pooler_that_swallows_notices_is_made_up_for_by_looking(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_notice, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(postgres_notice, "channel", lambda clinic: f"lain:{time.monotonic()}")
    other = Store.open(store.url)
    changes = store.changes()
    waiting = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0.1)
    await other.write(lambda tx: tx.next_number("x"))
    await asyncio.wait_for(waiting, 5)
    await changes.aclose()
    other.close()
