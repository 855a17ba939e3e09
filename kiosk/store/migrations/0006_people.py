"""One person entered twice: which row stands for which; what P-Care corrected; whose child a newborn is."""

from typing import Any

STATEMENTS = (
    "ALTER TABLE participant ADD COLUMN merged_into TEXT",
    "ALTER TABLE participant ADD COLUMN corrected TEXT",
    "ALTER TABLE participant ADD COLUMN mother TEXT",
    "CREATE INDEX participant_mother ON participant (clinic, mother) WHERE mother IS NOT NULL",
    "CREATE INDEX participant_merged ON participant (clinic, merged_into) WHERE merged_into IS NOT NULL",
    "CREATE INDEX participant_birth ON participant (clinic, birth_date)",
    # Few rows: those whom P-Care was not asked about yet, the newest of them.
    "CREATE INDEX participant_unverified ON participant (clinic, created_at) WHERE confirmed_at IS NULL",
    "CREATE TABLE participant_merge (clinic TEXT NOT NULL, id TEXT NOT NULL, kept TEXT NOT NULL, gone TEXT NOT NULL,"
    " position INTEGER NOT NULL, content TEXT NOT NULL, operator TEXT NOT NULL, merged_at BIGINT NOT NULL, undone_at BIGINT, undone_by TEXT,"
    " PRIMARY KEY (clinic, id), UNIQUE (clinic, position), FOREIGN KEY (clinic, kept) REFERENCES participant (clinic, id),"
    " FOREIGN KEY (clinic, gone) REFERENCES participant (clinic, id))",
    "CREATE INDEX participant_merge_kept ON participant_merge (clinic, kept)",
    "CREATE UNIQUE INDEX participant_merge_gone ON participant_merge (clinic, gone) WHERE undone_at IS NULL",
)


def up(migrator: Any, db: Any) -> None:
    """Add the columns, the table and the indexes."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
