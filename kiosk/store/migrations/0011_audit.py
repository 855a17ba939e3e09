"""The audit log: a chain of marked rows for each station, and where each chain stands."""

from typing import Any

STATEMENTS = (
    "CREATE TABLE audit (clinic TEXT NOT NULL, station TEXT NOT NULL, number INTEGER NOT NULL, at BIGINT NOT NULL,"
    " operator TEXT NOT NULL, event TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, mac TEXT NOT NULL,"
    " PRIMARY KEY (clinic, station, number))",
    "CREATE TABLE audit_head (clinic TEXT NOT NULL, station TEXT NOT NULL, number INTEGER NOT NULL, mac TEXT NOT NULL,"
    " next_key TEXT NOT NULL, seal TEXT NOT NULL, PRIMARY KEY (clinic, station))",
)


def up(migrator: Any, db: Any) -> None:
    """Create them."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
