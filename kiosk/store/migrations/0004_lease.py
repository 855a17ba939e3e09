"""Who may send for a clinic, where the processes are on several hosts."""

from typing import Any


def up(migrator: Any, db: Any) -> None:
    """The lease of the sender: its holder is a name made anew by each process."""
    db.execute_sql(
        "CREATE TABLE sender_lease (clinic TEXT PRIMARY KEY NOT NULL, holder TEXT NOT NULL, until_at BIGINT NOT NULL)"
    )
