"""Priorities and turns in the queue, and the stops of a number on its way (laboratory, pharmacy, another poli)."""

from typing import Any

STATEMENTS = (
    "ALTER TABLE ticket ADD COLUMN priority TEXT NOT NULL DEFAULT 'ordinary'",
    "ALTER TABLE ticket ADD COLUMN turn INTEGER",
    "ALTER TABLE ticket ADD COLUMN queued_at BIGINT NOT NULL DEFAULT 0",
    "UPDATE ticket SET queued_at = created_at",
    "CREATE TABLE stop (clinic TEXT NOT NULL, id TEXT NOT NULL, ticket TEXT NOT NULL, day TEXT NOT NULL, place TEXT NOT NULL,"
    " state TEXT NOT NULL, room TEXT, calls INTEGER NOT NULL, turn INTEGER, queued_at BIGINT NOT NULL, called_at BIGINT,"
    " serving_at BIGINT, done_at BIGINT, returns_to TEXT, operator TEXT, created_at BIGINT NOT NULL,"
    " PRIMARY KEY (clinic, id), FOREIGN KEY (clinic, ticket) REFERENCES ticket (clinic, id))",
    "CREATE INDEX stop_day ON stop (clinic, day, place)",
    "CREATE INDEX stop_ticket ON stop (clinic, ticket)",
)


def up(migrator: Any, db: Any) -> None:
    """Add the columns and the table; who waits keeps the place in line."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
