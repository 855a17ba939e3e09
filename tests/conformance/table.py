"""The rows of the table: each is one thing a clinic does with the service, told by its name."""

from collections.abc import Awaitable, Callable

from tests.conformance.clinic import Clinic

Row = Callable[[Clinic], Awaitable[None]]

ROWS: dict[str, Row] = {}


def row(function: Row) -> Row:
    """Put a function into the table under its name in words."""
    name = function.__name__.replace("_", " ")
    assert name not in ROWS
    ROWS[name] = function
    return function
