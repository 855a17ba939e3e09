"""What can go wrong at the counter, as sentences for the person in front of it.

CounterError
├── InvalidField       one field of the form must change
│   └── InvalidForm    several must; `problems` lists them
├── NotPermitted       the operator's role does not allow it
├── LoginRefused       operator or password wrong, or to wait
├── Conflict           somebody else changed it meanwhile, or its state does not allow it
├── NotFound           the number or record is not there
└── StoreTrouble       the store could not be read or written
"""

from collections.abc import Sequence

from kiosk.domain.field_problem import FieldProblem


class CounterError(Exception):
    """An expected refusal; `message` is an Indonesian sentence that says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        """Shown to the person as it stands."""


class InvalidField(CounterError):
    """One field of the form must change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        """The name of the form's attribute."""


class InvalidForm(InvalidField):
    """Several fields must change."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__(problems[0].field, problems[0].message)
        self.problems = tuple(problems)
        """Every field that must change, in the order of the form."""


class NotPermitted(CounterError):
    """The operator's role does not allow it."""


class LoginRefused(CounterError):
    """Operator or password wrong, or tried too often: then `wait` says how long."""

    def __init__(self, message: str, wait: float = 0) -> None:
        super().__init__(message)
        self.wait = wait
        """Seconds until the next try is looked at."""


class Conflict(CounterError):
    """Somebody else changed it meanwhile, or its state does not allow it."""


class NotFound(CounterError):
    """The number or record is not there."""


class StoreTrouble(CounterError):
    """The store could not be read or written; nothing was saved."""


class StoreUnusable(StoreTrouble):
    """The store is damaged or locked: somebody must see to it before anything can be done at the counter."""
