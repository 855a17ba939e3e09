"""Which process is asking a question at this moment."""

from typing import Any


def up(migrator: Any, db: Any) -> None:
    """A question is with its asker until then; null: with nobody."""
    db.execute_sql("ALTER TABLE inquiry ADD COLUMN claimed_until BIGINT")
