"""Lines of a visit (drugs, procedures, laboratory), what P-Care listed of them, and what an outbox item hangs on."""

from typing import Any

STATEMENTS = (
    "CREATE TABLE visit_line (clinic TEXT NOT NULL, id TEXT NOT NULL, registration TEXT NOT NULL, visit TEXT NOT NULL, kind TEXT NOT NULL,"
    " request TEXT, title TEXT NOT NULL, compound TEXT, content TEXT NOT NULL, deleted INTEGER NOT NULL, remote_number TEXT, compound_code TEXT,"
    " version INTEGER NOT NULL, confirmed_version INTEGER NOT NULL, operator TEXT, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,"
    " PRIMARY KEY (clinic, id), UNIQUE (clinic, request), FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id),"
    " FOREIGN KEY (clinic, registration) REFERENCES registration (clinic, id))",
    "CREATE INDEX visit_line_visit ON visit_line (clinic, visit)",
    "CREATE INDEX visit_line_remote ON visit_line (clinic, kind, remote_number)",
    "CREATE TABLE remote_line (clinic TEXT NOT NULL, kind TEXT NOT NULL, remote_number TEXT NOT NULL, visit TEXT NOT NULL, own INTEGER NOT NULL,"
    " title TEXT NOT NULL, amount DOUBLE PRECISION, read_at BIGINT NOT NULL, PRIMARY KEY (clinic, kind, remote_number),"
    " FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id))",
    "CREATE INDEX remote_line_visit ON remote_line (clinic, visit)",
    "CREATE TABLE lines_read (clinic TEXT NOT NULL, visit TEXT NOT NULL, kind TEXT NOT NULL, read_at BIGINT NOT NULL,"
    " PRIMARY KEY (clinic, visit, kind), FOREIGN KEY (clinic, visit) REFERENCES visit (clinic, id))",
    "ALTER TABLE outbox ADD COLUMN parent TEXT",
    "CREATE INDEX outbox_parent ON outbox (clinic, parent)",
)


def up(migrator: Any, db: Any) -> None:
    """Create the tables and the column."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
