"""One transaction: what a store's functions are handed, and the only door to SQL."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from peewee import Database, Model

from kiosk.domain.ids import new_id
from kiosk.store.actor import Actor
from kiosk.store.engine import Dialect

Row = dict[str, Any]


@dataclass(slots=True)
class Transaction:
    """An open transaction on the store, for one clinic at one moment."""

    db: Database
    clinic: str
    now: datetime
    """Aware, UTC; the same for the whole transaction."""
    dialect: Dialect
    actor: Actor | None = None
    """Whose work it is, for the audit log; None for a program's own: the sync process, a set-up."""

    @property
    def now_ms(self) -> int:
        """`now` as the store keeps moments."""
        return to_ms(self.now)

    def rows(self, sql: str, *values: object) -> list[Row]:
        """The rows of a constant SELECT with ? for each value."""
        cursor = self.db.execute_sql(self.dialect.native(sql), values)
        names = self.dialect.columns(cursor)
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def tuples(self, sql: str, *values: object) -> list[Any]:
        """The rows as the engine gives them, each a tuple: where many are read for few columns."""
        return list(self.db.execute_sql(self.dialect.native(sql), values).fetchall())

    def row(self, sql: str, *values: object) -> Row | None:
        """The first row, or None."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def column(self, sql: str, *values: object) -> list[Any]:
        """The first column of every row: the cheapest way where it is all that is wanted."""
        return [row[0] for row in self.db.execute_sql(self.dialect.native(sql), values).fetchall()]

    def value(self, sql: str, *values: object) -> Any:
        """The first column of the first row, or None."""
        found = self.db.execute_sql(self.dialect.native(sql), values).fetchone()
        return found[0] if found else None

    def execute(self, sql: str, *values: object) -> int:
        """Carry out a constant INSERT, UPDATE or DELETE; the number of rows it touched."""
        cursor = self.db.execute_sql(self.dialect.native(sql), values)
        return int(self.db.rows_affected(cursor))

    def insert(self, table: type[Model], **values: object) -> str:
        """A new row under a new id; the clinic is filled in. Returns the id."""
        identifier = str(values.setdefault("id", new_id()))
        row = {**_defaults(table), "clinic": self.clinic, **values}
        self.execute(_insert(table, tuple(row)), *map(_plain, row.values()))
        return identifier

    def update(self, table: type[Model], identifier: str, **values: object) -> None:
        """Change the row `identifier` of this clinic."""
        self.execute(_update(table, tuple(values)), *map(_plain, values.values()), self.clinic, identifier)

    def next_number(self, name: str) -> int:
        """The next number of the counter `name`, from 1; valid once the transaction is committed."""
        return int(
            self.value(
                "INSERT INTO counter (clinic, name, last) VALUES (?, ?, 1)"
                " ON CONFLICT (clinic, name) DO UPDATE SET last = counter.last + 1 RETURNING last",
                self.clinic,
                name,
            )
        )


# Peewee takes half a millisecond to put such a statement together; its text is the same every time.


@cache
def _defaults(table: type[Model]) -> dict[str, object]:
    """What a new row holds where nothing is said; all of them are constants."""
    return {field.name: value for field, value in table._meta.defaults.items()}


@cache
def _insert(table: type[Model], names: tuple[str, ...]) -> str:
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {_table(table, names)} ({', '.join(names)}) VALUES ({marks})"


@cache
def _update(table: type[Model], names: tuple[str, ...]) -> str:
    changes = ", ".join(f"{name} = ?" for name in names)
    return f"UPDATE {_table(table, names)} SET {changes} WHERE clinic = ? AND id = ?"


def _table(table: type[Model], names: tuple[str, ...]) -> str:
    unknown = set(names) - set(table._meta.fields)
    if unknown:
        raise LookupError(f"{table.__name__}: {', '.join(sorted(unknown))}")
    return str(table._meta.table_name)


def _plain(value: object) -> object:
    """Flags are numbers in every engine."""
    return int(value) if isinstance(value, bool) else value


def to_ms(moment: datetime) -> int:
    """A moment as milliseconds since 1970, UTC."""
    return round(moment.timestamp() * 1000)


def from_ms(value: int | None) -> datetime | None:
    """Back again; None stays None."""
    return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


def moment(value: int) -> datetime:
    """Back again, for columns that are never empty."""
    return datetime.fromtimestamp(value / 1000, UTC)


def to_day(value: str | None) -> date | None:
    """A stored day; None stays None."""
    return None if value is None else date.fromisoformat(value)


def to_flag(value: int | None) -> bool | None:
    """A stored flag; None stays None."""
    return None if value is None else bool(value)


def from_flag(value: bool | None) -> int | None:
    """A flag as it is stored; None stays None."""
    return None if value is None else int(value)


def to_json(value: Mapping[str, Any] | list[Any]) -> str:
    """JSON text, the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
