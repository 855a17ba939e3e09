"""What the public board's connection may read, checked by SQLite itself: numbers and places; nobody's name, no writing.

The board stands in the waiting room: whoever gets at its process should find nothing that is not on the wall already.
"""

from typing import Any

import apsw

READABLE: dict[str, frozenset[str]] = {
    "clinic": frozenset("code name zone".split()),
    "reference": frozenset("clinic kind code name position".split()),
    "ticket": frozenset(
        "clinic id day poli_code number label state priority registration room calls turn queued_at called_at"
        " serving_at done_at created_at".split()
    ),
    "stop": frozenset(
        "clinic id ticket day place state room calls turn returns_to queued_at called_at serving_at done_at"
        " created_at".split()
    ),
    # That there is one, and whose: the participant only as an id that leads nowhere from here.
    "registration": frozenset("clinic id participant payer remote_number".split()),
    "visit": frozenset("clinic registration deleted".split()),
}
"""Table → columns; everything else is refused."""
_PRAGMAS = frozenset(("data_version",))
_HARMLESS = frozenset(
    (apsw.SQLITE_SELECT, apsw.SQLITE_FUNCTION, apsw.SQLITE_TRANSACTION, apsw.SQLITE_SAVEPOINT, apsw.SQLITE_RECURSIVE)
)


def narrow(connection: Any) -> None:
    """From here on the connection reads what is READABLE; any other statement fails before it has begun."""
    connection.authorizer = _judge


def _judge(operation: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
    if operation == apsw.SQLITE_READ:
        # Without a column: only the rows are counted.
        return _said(first in READABLE and (not second or second in READABLE[first]))
    if operation == apsw.SQLITE_PRAGMA:
        return _said(first in _PRAGMAS and second is None)
    return _said(operation in _HARMLESS)


def _said(allowed: bool) -> int:
    return int(apsw.SQLITE_OK if allowed else apsw.SQLITE_DENY)
