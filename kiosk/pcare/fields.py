"""Scalars of the wire: what the service writes loosely, read into one Python type each, and back.

Rows are read tolerantly: missing, null, blank and extra members are no error, and a blank is None.  A member
of the wrong kind altogether (an object where a text belongs) is one, so that garbage is never taken for data.
"""

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import AliasPath, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from kiosk.pcare.errors import Exchange, OutcomeUnknown, Reason

_TEXT_LIMIT = 4000
_DATE = re.compile(r"(?:(\d{2})-(\d{2})-(\d{4})|(\d{4})-(\d{2})-(\d{2}))(?:[T ].*)?")
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,9})?")

Model = TypeVar("Model", bound=BaseModel)


def _scalar(value: object) -> object:
    if isinstance(value, dict | list):
        raise ValueError("not a plain value")
    return value


def _read_text(value: object) -> str | None:
    value = _scalar(value)
    if value is None:
        return None
    return str(value)[:_TEXT_LIMIT].strip() or None


def _read_number(value: object) -> float | None:
    value = _scalar(value)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e15 and math.isfinite(value) else None
    text = str(value)[:40].strip()
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def _read_int(value: object) -> int | None:
    number = _read_number(value)
    return None if number is None or number != int(number) else int(number)


def _read_flag(value: object) -> bool | None:
    value = _scalar(value)
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).strip().lower())


def _read_date(value: object) -> dt.date | None:
    text = _read_text(value)
    match = _DATE.fullmatch(text) if text else None
    if match is None:
        return None
    day, month, year = (match[1], match[2], match[3]) if match[3] else (match[6], match[5], match[4])
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


Text = Annotated[str | None, BeforeValidator(_read_text)]
"""A text, stripped; blank is None; a number is taken as its digits."""

Number = Annotated[float | None, BeforeValidator(_read_number)]
"""A number; decimal comma and point are read; what is not a number is None."""

Int = Annotated[int | None, BeforeValidator(_read_int)]
"""A whole number, also from text."""

Measured = Annotated[float | None, BeforeValidator(lambda value: _read_number(value) or None)]
"""A measured value: the service writes 0 for "not measured", which is None here."""

MeasuredInt = Annotated[int | None, BeforeValidator(lambda value: _read_int(value) or None)]
"""The same as a whole number."""

Flag = Annotated[bool | None, BeforeValidator(_read_flag)]
"""true or false, also from text or 0 and 1."""

Date = Annotated[dt.date | None, BeforeValidator(_read_date)]
"""A day from dd-mm-yyyy (P-Care) or yyyy-mm-dd (queue service); an impossible one is None."""

Key = Annotated[str, BeforeValidator(_read_text), Field(min_length=1)]
"""A text without which the row means nothing."""


class Row(BaseModel):
    """A row that the service sent; built from the wire's names or from the attribute names."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True)


class Request(BaseModel):
    """What the service is told; refuses unknown members and never shows its values in an error."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False, str_max_length=_TEXT_LIMIT
    )


def inside(*names: str) -> AliasPath:
    """Return the path to a member of a nested object, which may be null or missing."""
    return AliasPath(*names)


def wire_date(day: dt.date) -> str:
    """Return dd-mm-yyyy, as P-Care wants dates in paths and bodies."""
    return f"{day.day:02d}-{day.month:02d}-{day.year:04d}"


def wire_number(value: float | None) -> float | None:
    """Return a number as the wire wants it: whole ones without a fraction, None as null."""
    return int(value) if value is not None and value == int(value) else value


def read_row(model: type[Model], data: object, exchange: Exchange | None) -> Model:
    """Read one object; raises `OutcomeUnknown` (unreadable) where it is none or lacks what it must have."""
    return _checked(lambda: model.model_validate(data), exchange)


def read_rows(model: type[Model], data: object, exchange: Exchange | None) -> list[Model]:
    """Read a list given as `{"list": […]}`, as a bare list or as nothing; raises `OutcomeUnknown` otherwise."""
    rows = data.get("list") if isinstance(data, dict) else data
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise OutcomeUnknown(Reason.UNREADABLE, exchange=exchange)
    return _checked(lambda: [model.model_validate(row) for row in rows], exchange)


Result = TypeVar("Result")


def _checked(read: Callable[[], Result], exchange: Exchange | None) -> Result:
    try:
        return read()
    except (ValidationError, RecursionError):
        pass
    raise OutcomeUnknown(Reason.UNREADABLE, exchange=exchange)
