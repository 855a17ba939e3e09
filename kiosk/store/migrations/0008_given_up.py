"""What an outbox item was before a person gave it up, so that this can be taken back."""

from typing import Any


def up(migrator: Any, db: Any) -> None:
    """State and reason before it was given up, and who took that back."""
    for column in ("state_before", "reason_before", "taken_back_by"):
        db.execute_sql(f"ALTER TABLE outbox ADD COLUMN {column} TEXT")
