"""One transaction: what a store's functions are handed, and the only door to SQL."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from peewee import Database, Model

from kiosk.domain.ids import new_id
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

    @property
    def now_ms(self) -> int:
        """`now` as the store keeps moments."""
        return to_ms(self.now)

    def rows(self, sql: str, *values: object) -> list[Row]:
        """The rows of a constant SELECT with ? for each value."""
        cursor = self.db.execute_sql(self.dialect.native(sql), values)
        names = self.dialect.columns(cursor)
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def row(self, sql: str, *values: object) -> Row | None:
        """The first row, or None."""
        found = self.rows(sql, *values)
        return found[0] if found else None

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
        table.insert(clinic=self.clinic, **values).execute(self.db)
        return identifier

    def update(self, table: type[Model], identifier: str, **values: object) -> None:
        """Change the row `identifier` of this clinic."""
        fields: Any = table
        table.update(**values).where((fields.clinic == self.clinic) & (fields.id == identifier)).execute(self.db)

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
