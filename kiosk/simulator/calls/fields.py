"""Reading the fields of a body as the service does: what is wrong becomes rows of a validation list."""

import re
from datetime import date
from typing import Any

from kiosk.simulator.replies import NOT_IN_REFERENCE

Problems = list[tuple[str, str]]

_DAY = re.compile(r"(\d\d)-(\d\d)-(\d{4})", re.ASCII)
_NUMBER = re.compile(r"\d+([.,]\d+)?", re.ASCII)


def day(text: object) -> date | None:
    """Read dd-mm-yyyy, None for anything else."""
    found = _DAY.fullmatch(text) if isinstance(text, str) else None
    if not found:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None


def wire_day(value: date) -> str:
    """Write a day as dd-mm-yyyy."""
    return value.strftime("%d-%m-%Y")


class Fields:
    """Reads a body and collects what is wrong with it in `problems`, in the order of the questions."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        self.problems: Problems = []

    def wrong(self, name: str, message: str) -> None:
        """Note a problem."""
        self.problems.append((name, message))

    def text(self, name: str, *, required: bool = True) -> str:
        """Read a text; "" when it is missing."""
        value = self.body.get(name)
        if value is None or value == "":
            if required:
                self.wrong(name, f"{name} harus diisi")
            return ""
        if not isinstance(value, str):
            self.wrong(name, f"{name} harus berupa teks")
            return ""
        return value

    def day(self, name: str) -> date | None:
        """Read a required dd-mm-yyyy."""
        value = self.text(name)
        found = day(value)
        if value and found is None:
            self.wrong(name, f"{name} tidak sesuai format dd-mm-yyyy")
        return found

    def card(self, name: str = "noKartu") -> str:
        """Read a required 13-digit card number."""
        value = self.text(name)
        if value and not (len(value) == 13 and value.isascii() and value.isdigit()):
            self.wrong(name, f"{name} harus 13 digit")
            return ""
        return value

    def choice(self, name: str, allowed: object, *, required: bool = True) -> str:
        """Read a code that must be one of `allowed` (anything that answers `in`)."""
        value = self.text(name, required=required)
        if value and value not in allowed:  # type: ignore[operator]  # any container of codes
            self.wrong(name, NOT_IN_REFERENCE)
            return ""
        return value

    def number(self, name: str, *, null: bool = True, text: bool = False, whole: bool = False) -> float | None:
        """Read a number, 0 or more; `null` allows it missing, `text` a written one ("36,4")."""
        value = self.body.get(name)
        if value is None or (text and value == ""):
            if not null:
                self.wrong(name, f"{name} harus diisi")
            return None
        if text and isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
            value = float(value.strip().replace(",", "."))
        kinds = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not 0 <= value < 10**9:
            self.wrong(name, f"{name} harus berupa angka")
            return None
        return value

    def flag(self, name: str) -> bool:
        """Read a required true or false."""
        value = self.body.get(name)
        if not isinstance(value, bool):
            self.wrong(name, f"{name} harus true atau false")
            return False
        return value
