"""Bringing the tables up to date: only forwards, one process at a time, after a copy of what was there."""

from collections.abc import Callable
from pathlib import Path

from peewee import Database

from kiosk.store.errors import TooNew, Unreadable

HISTORY = "schema_migration"
"""The table in which the migrations that were applied are kept."""
FOLDER = Path(__file__).parent / "migrations"


def known() -> set[str]:
    """The names of the migrations that this program carries."""
    return {path.stem for path in FOLDER.glob("[0-9]*.py")}


def applied(database: Database) -> set[str]:
    """The names of the migrations that the open store has seen."""
    if HISTORY not in database.get_tables():
        return set()
    return {name for (name,) in database.execute_sql("SELECT name FROM schema_migration").fetchall()}


def bring_up_to_date(database: Database, copy: Callable[[str], None]) -> None:
    """Apply what is missing, in order.

    Raises TooNew when the store has seen migrations that we do not know, Unreadable when it is another program's file.
    `copy` keeps the store as it is before the named migration (a new store has nothing to keep).
    """
    seen = applied(database)
    if seen - known():
        raise TooNew("Penyimpanan dibuat oleh versi Loket yang lebih baru; perbarui program ini")
    if not seen and set(database.get_tables()) - {HISTORY}:
        raise Unreadable("Berkas ini milik program lain, bukan penyimpanan Loket")
    missing = known() - seen
    if not missing:
        return
    if seen:
        copy(min(missing))
    # Imported here: it is needed once in the life of a store.
    from playhouse.migrations import Runner

    Runner(database, directory=str(FOLDER)).up()
