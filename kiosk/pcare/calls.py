"""What all groups of calls share: asking, listing, writing, and reading the number a write was given."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from kiosk.pcare.errors import Exchange, IncompleteList, OutcomeUnknown, Reason, Refused
from kiosk.pcare.fields import Row, read_row, read_rows, wire_date
from kiosk.pcare.settings import PCareSettings
from kiosk.pcare.wire import TEXT, Answer, Call, Method, Wire

_NUMBER = re.compile(r"[\w./-]{1,40}", re.ASCII)
"""What a number can look like: a sentence in its place is never taken for one."""

RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """Rows of a list from an offset on; `count` is how many rows the whole list has, None where not said."""

    rows: tuple[RowT, ...]
    count: int | None


class Calls:
    """Base of the groups of calls: holds the wire and is its async context manager."""

    _wire: Wire

    async def __aenter__(self) -> Self:
        await self._wire.open()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._wire.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._wire.aclose()

    @property
    def settings(self) -> PCareSettings:
        """The settings this client was made with."""
        return self._wire.settings

    @property
    def skew_seconds(self) -> float:
        """Seconds that the server's clock is ahead of this computer's, as last seen."""
        return self._wire.clock.skew_seconds

    @property
    def clock_checked(self) -> bool:
        """Whether any answer told the server's time yet."""
        return self._wire.clock.checked

    @property
    def clock_wrong(self) -> bool:
        """Whether this computer's clock is more than a minute off the server's."""
        return self._wire.clock.wrong

    def recording(self) -> AbstractContextManager[list[Exchange]]:
        """Collect what may be logged about each call this task makes inside the block, failed ones too."""
        return self._wire.recording()

    async def _ask(self, *segments: str | int | dt.date, deadline: float | None = None) -> Answer:
        parts = tuple(wire_date(part) if isinstance(part, dt.date) else str(part) for part in segments)
        return await self._wire.call(Call("GET", parts, deadline=deadline))

    async def _row(
        self, model: type[RowT], *segments: str | int | dt.date, deadline: float | None = None
    ) -> RowT | None:
        """Ask for one object: None where there is nothing."""
        answer = await self._ask(*segments, deadline=deadline)
        if answer.nothing or answer.data in (None, [], {}):
            return None
        return read_row(model, answer.data, answer.exchange)

    async def _rows(self, model: type[RowT], *segments: str | int | dt.date) -> list[RowT]:
        """Ask for a list that is not paged: empty where there is nothing."""
        answer = await self._ask(*segments)
        return [] if answer.nothing else read_rows(model, answer.data, answer.exchange)

    async def _whole(self, model: type[RowT], *segments: str | int | dt.date) -> list[RowT]:
        """Ask for a list that is not paged and from which is concluded what is missing; raises `IncompleteList`."""
        answer = await self._ask(*segments)
        rows = [] if answer.nothing else read_rows(model, answer.data, answer.exchange)
        if len(rows) < (_count(answer.data) or 0):
            raise IncompleteList(Reason.LIST_SHORT, exchange=answer.exchange)
        return rows

    async def _page(self, model: type[RowT], *segments: str | int | dt.date, start: int, limit: int) -> Page[RowT]:
        """Ask for `limit` rows from offset `start` on."""
        if start < 0 or limit < 1:
            raise ValueError("a page starts at 0 or later and has at least one row")
        answer = await self._ask(*segments, start, limit)
        if answer.nothing:
            return Page((), 0)
        return Page(tuple(read_rows(model, answer.data, answer.exchange)), _count(answer.data))

    async def _write(
        self, method: Method, segments: tuple[str, ...], body: Mapping[str, object], content_type: str = TEXT
    ) -> Answer:
        # ASCII only: text/plain names no character set, and escapes mean the same in all of them
        text = json.dumps(body, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
        answer = await self._wire.call(Call(method, segments, body=text, content_type=content_type))
        if method == "POST" and answer.nothing:
            raise OutcomeUnknown(Reason.UNREADABLE, code=answer.code, exchange=answer.exchange)
        return answer

    async def _edit(self, segments: tuple[str, ...], body: Mapping[str, object], content_type: str = TEXT) -> Answer:
        """Replace a record; raises `Refused` (not found) where the service says there is none."""
        answer = await self._write("PUT", segments, body, content_type)
        if answer.nothing:
            raise Refused(Reason.NOT_FOUND, code=answer.code, exchange=answer.exchange)
        return answer

    async def _delete(self, *segments: str | int | dt.date) -> bool:
        """Delete a record; False where the service says there was none."""
        parts = tuple(wire_date(part) if isinstance(part, dt.date) else str(part) for part in segments)
        answer = await self._wire.call(Call("DELETE", parts))
        return not answer.nothing


def _count(data: object) -> int | None:
    """Return how many rows a list says that it has, None where it does not."""
    count = data.get("count") if isinstance(data, dict) else None
    if isinstance(count, str) and count.isdecimal():
        count = int(count[:9])
    return count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None


def number_of(answer: Answer, name: str) -> str:
    """Return the number a write was given, from `{"field": name, "message": number}` or a list of such.

    Sources disagree on object or list, so both are read; in a list the row of that name counts, else the first.
    Raises `OutcomeUnknown` (unreadable) where there is none: the write took effect, its number must be read back.
    """
    number = optional_number_of(answer, name)
    if number is None:
        raise OutcomeUnknown(Reason.UNREADABLE, code=answer.code, exchange=answer.exchange)
    return number


def optional_number_of(answer: Answer, name: str, *, exactly: bool = False) -> str | None:
    """Return the number as `number_of`, or None; `exactly` takes only the row of that name."""
    rows = answer.data if isinstance(answer.data, list) else [answer.data]
    found: dict[str, str] = {}
    for row in rows:
        if isinstance(row, dict):
            number = row.get("message")
            if isinstance(number, str | int) and not isinstance(number, bool):
                text = str(number).strip()
                if _NUMBER.fullmatch(text):
                    found.setdefault(str(row.get("field")).lower(), text)
    if exactly:
        return found.get(name.lower())
    return found.get(name.lower()) or next(iter(found.values()), None)
