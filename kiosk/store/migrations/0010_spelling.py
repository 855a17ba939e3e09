"""How each word of the names is written: among a thousand people who sound alike, the way to the one who is meant."""

from typing import Any

from peewee import PostgresqlDatabase

from kiosk.domain.day import now
from kiosk.store.engine import Dialect
from kiosk.store.search_index import index_all
from kiosk.store.transaction import Transaction

STATEMENTS = (
    "CREATE TABLE spelling (clinic TEXT NOT NULL, term TEXT NOT NULL, word TEXT NOT NULL, count INTEGER NOT NULL,"
    " PRIMARY KEY (clinic, term, word))",
    "CREATE INDEX spelling_word ON spelling (clinic, word)",
)


def up(migrator: Any, db: Any) -> None:
    """Create the table, and build the whole index of the search anew."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
    clinics = [code for (code,) in db.execute_sql("SELECT code FROM clinic").fetchall()]
    for clinic in clinics:
        index_all(Transaction(db, clinic, now(), _dialect(db)))


def _dialect(db: Any) -> Dialect:
    if isinstance(db, PostgresqlDatabase):
        from kiosk.store.postgres import PostgresDialect

        return PostgresDialect()
    from kiosk.store.sqlite import SqliteDialect

    return SqliteDialect()
