"""What `kiosk doctor` and `kiosk deploy check` find: a topic, how it is, and a sentence; and how it is told."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum


class Health(IntEnum):
    """How something is; the worst of all is the exit code."""

    GOOD = 0
    ATTENTION = 1
    BROKEN = 2


WORDS = {Health.GOOD: "baik", Health.ATTENTION: "perhatian", Health.BROKEN: "rusak"}
SIGNS = {Health.GOOD: "✓", Health.ATTENTION: "!", Health.BROKEN: "✗"}
PLAIN_SIGNS = {Health.GOOD: "+", Health.ATTENTION: "!", Health.BROKEN: "x"}
"""For terminals that cannot show the others."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    topic: str
    health: Health
    text: str


Check = Callable[[], Iterator[Finding]]


def carried_out(topic: str, check: Check) -> list[Finding]:
    """What a check finds; a check that fails itself is a finding, never the end of the report."""
    found: list[Finding] = []
    try:
        found.extend(check())
    except Exception as error:
        found.append(Finding(topic, Health.ATTENTION, f"tidak dapat diperiksa ({type(error).__name__})"))
    return found


def why(error: OSError) -> str:
    """What the system said of a file, in words of ours where it is one of the usual things."""
    if isinstance(error, FileNotFoundError):
        return "belum ada"
    return "tidak boleh dibaca; jalankan sebagai root" if isinstance(error, PermissionError) else error.strerror or "?"


def size_text(size: int) -> str:
    """Bytes for people: "12,3 MB"."""
    unit, amount = ("GB", size / 1e9) if size >= 1e9 else ("MB", size / 1e6)
    return f"{amount:.1f} {unit}".replace(".", ",")


def age_text(age: timedelta) -> str:
    """How long ago, in the largest unit that fits: "3 hari"."""
    seconds = max(age.total_seconds(), 0)
    for size, word in ((86_400, "hari"), (3_600, "jam"), (60, "menit")):
        if seconds >= size:
            return f"{int(seconds // size)} {word}"
    return "kurang dari semenit"


def told(found: list[Finding], *, as_json: bool) -> int:
    """Print it; returns how the worst of it is, as the exit code."""
    worst = max(finding.health for finding in found)
    if as_json:
        rows = [{"topic": f.topic, "state": WORDS[f.health], "text": f.text} for f in found]
        print(json.dumps({"worst": WORDS[worst], "checks": rows}, ensure_ascii=False))
    else:
        _print(found)
    return int(worst)


def _print(found: list[Finding]) -> None:
    try:
        "".join(SIGNS.values()).encode(sys.stdout.encoding or "ascii")
        signs = SIGNS
    except (UnicodeEncodeError, LookupError):
        signs = PLAIN_SIGNS
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # standard output is a text stream
    wide = max(len(finding.topic) for finding in found)
    for finding in found:
        print(f"{signs[finding.health]} {finding.topic:<{wide}}  {WORDS[finding.health]:<9}  {finding.text}")
