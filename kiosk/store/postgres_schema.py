"""Bringing the tables on a PostgreSQL server up to date: whole or not at all, one process at a time."""

from typing import Any

from peewee import Database
from psycopg import sql

from kiosk.store import schema

_TURN = 0x4C4F4B4554
"""The advisory lock of those who change the tables: "LOKET"."""
# As Peewee reads it, without the sequence that it would make itself.
_HISTORY = (
    f"CREATE TABLE IF NOT EXISTS {schema.HISTORY}"
    " (id INTEGER, name VARCHAR(255) PRIMARY KEY, applied TIMESTAMP NOT NULL)"
)
_TEXTS = (
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
    " AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C' ORDER BY table_name, ordinal_position"
)


def bring_up_to_date(database: Database, *, lease_only: bool) -> None:
    """Apply what is missing in one transaction: a program that dies in the middle leaves the tables as they were.

    Raises TooNew, Unreadable.
    """
    if not lease_only:
        database.execute_sql("SELECT pg_advisory_lock(%s)", (_TURN,))
    try:
        with database.atomic():
            if not set(database.get_tables()):
                database.execute_sql(_HISTORY)
            schema.bring_up_to_date(database, lambda migration: _keep(database, migration))
            if not lease_only:
                _order_by_bytes(database)
    finally:
        if not lease_only and not database.is_closed():
            database.execute_sql("SELECT pg_advisory_unlock(%s)", (_TURN,))


def _keep(database: Database, migration: str) -> None:
    """The rows as they are before `migration`, in a schema of their own beside it: `sebelum_MIGRATION`."""
    beside = f"sebelum_{migration}"
    connection: Any = database.connection()
    if connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [beside]).fetchone():
        return
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(beside)))
    for table in database.get_tables():
        connection.execute(
            sql.SQL("CREATE TABLE {} AS TABLE {}").format(sql.Identifier(beside, table), sql.Identifier(table))
        )


def _order_by_bytes(database: Database) -> None:
    """Text is compared by its bytes, as on SQLite: the search reads ranges of an index, and a database may be made
    with any language's order."""
    found: dict[str, list[str]] = {}
    for table, column in database.execute_sql(_TEXTS).fetchall():
        found.setdefault(table, []).append(column)
    connection: Any = database.connection()
    for table, columns in found.items():
        changed = sql.SQL(", ").join(
            sql.SQL('ALTER COLUMN {} TYPE TEXT COLLATE "C"').format(sql.Identifier(column)) for column in columns
        )
        connection.execute(sql.SQL("ALTER TABLE {} {}").format(sql.Identifier(table), changed))
