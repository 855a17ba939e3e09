"""What a clinic decides about its queue: the ratio of priorities, and the places behind the polis."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

PLACES = ("Laboratorium", "Farmasi")
_RATIO = re.compile(r"\s*([1-9])\s*:\s*([1-9])\s*", re.ASCII)
_PLACE_LETTERS = range(3, 25)


@dataclass(frozen=True, slots=True)
class Ratio:
    """How the two classes take turns while both wait: so many priorities, then so many ordinary numbers."""

    priority: int = 1
    ordinary: int = 2

    def __str__(self) -> str:
        return f"{self.priority}:{self.ordinary}"


@dataclass(frozen=True, slots=True)
class QueueRules:
    """The table [queue] of a host's settings; all hosts of a clinic should say the same."""

    ratio: Ratio = field(default_factory=Ratio)
    places: tuple[str, ...] = PLACES
    """Queues of the clinic's own to which a number may be sent on; the name is the code as well."""


def queue_rules(table: Mapping[str, object]) -> QueueRules:
    """The rules that a table says, `ratio = "1:2"` and `places = ["Farmasi"]`. Raises ValueError with a sentence."""
    unknown = sorted(set(table) - {"ratio", "places"})
    if unknown:
        raise ValueError(f"[queue] {unknown[0]} tidak dikenal; yang ada: ratio, places")
    rules = QueueRules()
    ratio, places = table.get("ratio", str(rules.ratio)), table.get("places", list(rules.places))
    found = _RATIO.fullmatch(ratio) if isinstance(ratio, str) else None
    if found is None:
        raise ValueError('[queue] ratio ditulis prioritas:biasa dengan angka 1 sampai 9, misalnya "1:2"')
    if not isinstance(places, list) or not all(isinstance(p, str) and _is_place(p) for p in places):
        raise ValueError('[queue] places adalah daftar nama tempat, 3 sampai 24 huruf, misalnya ["Farmasi"]')
    return QueueRules(Ratio(int(found[1]), int(found[2])), tuple(dict.fromkeys(" ".join(p.split()) for p in places)))


def _is_place(name: str) -> bool:
    """A poli's code is digits; a name with a letter in it can never be taken for one."""
    words = " ".join(name.split())
    return len(words) in _PLACE_LETTERS and words.isprintable() and any(letter.isalpha() for letter in words)
