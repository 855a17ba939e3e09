"""The search by name: short names first, those who have been here first, and a vocabulary for what is mistyped."""

from typing import Any

STATEMENTS = (
    "DROP TABLE name_pair",
    # No foreign key: an index that is read only together with the people, and built for all of them at once.
    "CREATE TABLE name_pair (clinic TEXT NOT NULL, key TEXT NOT NULL, words INTEGER NOT NULL, participant TEXT NOT NULL,"
    " PRIMARY KEY (clinic, key, words, participant))",
    "CREATE TABLE vocabulary (clinic TEXT NOT NULL, term TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (clinic, term))",
    "CREATE TABLE vocabulary_deletion (clinic TEXT NOT NULL, deletion TEXT NOT NULL, term TEXT NOT NULL,"
    " PRIMARY KEY (clinic, deletion, term))",
)


def up(migrator: Any, db: Any) -> None:
    """Create the tables; 0010 fills them from the people who are there."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
