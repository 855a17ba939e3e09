"""What a patient does not bear: what is known of it, and whether the name of a drug resembles it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kiosk.domain.codes import ReferenceList

NONE_CODE = "00"
"""P-Care's code "Tidak Ada" in each of its three lists: said to be none, which is more than not asked."""
NAME_LIMIT = 40
"""Letters in one name that was typed."""
_SEPARATOR = re.compile("[,;\n]+")
_WORD = re.compile("[a-z]+")
_SHORTEST = 4
"""Letters from which a word may stand inside a longer one: "sulfa" in "sulfametoksazol"."""
_ALIKE = 6
"""Letters with which two words must begin alike to be taken for one drug: "amoxilin" and "amoksisilin"."""
_STEPS = (
    (re.compile("ph"), "f"),
    (re.compile("th"), "t"),
    (re.compile("ch"), "k"),
    (re.compile("x"), "ks"),
    (re.compile("y"), "i"),
    (re.compile("c(?=[ei])"), "s"),
    (re.compile("[cq]"), "k"),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile("e$"), ""),
)


@dataclass(frozen=True, slots=True)
class CodedAllergy:
    """What was chosen from one of P-Care's lists at a visit."""

    kind: ReferenceList
    """ALLERGY_FOOD, ALLERGY_AIR or ALLERGY_DRUG."""
    code: str
    name: str
    day: date
    """Of the newest visit that says so."""


@dataclass(frozen=True, slots=True)
class Allergies:
    """What is known of a patient; empty means that nobody asked, not that there is none."""

    names: tuple[str, ...] = ()
    """As they were typed: "amoksisilin", "udang"."""
    coded: tuple[CodedAllergy, ...] = ()
    """The newest first, "Tidak Ada" left out."""
    denied: tuple[CodedAllergy, ...] = ()
    """Kinds of which none was said at the newest visit that asked."""

    @property
    def drugs(self) -> tuple[str, ...]:
        """The words with which the name of a drug is compared."""
        return (*self.names, *(one.name for one in self.coded if one.kind == ReferenceList.ALLERGY_DRUG))

    def told(self, names: Sequence[str], chosen: Sequence[CodedAllergy]) -> "Allergies":
        """With what is being said now: `names` instead of those before, `chosen` from P-Care's lists as well."""
        known = {(one.kind, one.code) for one in self.coded}
        fresh = [one for one in chosen if one.code != NONE_CODE and (one.kind, one.code) not in known]
        coded = (*fresh, *self.coded)
        said = {one.kind for one in coded}
        denied = {one.kind: one for one in (*self.denied, *chosen) if one.kind not in said}
        return Allergies(tuple(names), coded, tuple(one for one in denied.values() if one.code == NONE_CODE))


def names_in(text: str) -> tuple[str, ...]:
    """The names that were typed with commas between; each once, however it is written."""
    found: dict[str, str] = {}
    for part in _SEPARATOR.split(text):
        if name := " ".join(part.split())[:NAME_LIMIT].strip():
            found.setdefault(name.lower(), name)
    return tuple(found.values())


def names_text(names: Iterable[str]) -> str:
    """Back again."""
    return ", ".join(names)


def resembling(text: str, allergens: Iterable[str]) -> str | None:
    """The first of `allergens` that a drug named in `text` resembles by its letters, or None.

    Only names are compared, in Indonesian or Latin spelling: which drugs are kin is not known here.
    """
    drugs = _words(text)
    for allergen in allergens:
        for word in _words(allergen):
            if any(_alike(word, drug) for drug in drugs):
                return allergen
    return None


def allergy_warning(text: str, allergens: Iterable[str]) -> str:
    """The sentence on a drug that resembles what the patient does not bear, or ""."""
    found = resembling(text, allergens)
    return f"Pasien alergi {found}!" if found else ""


def _words(text: str) -> list[str]:
    return [_folded(word) for word in _WORD.findall(text.lower())]


def _folded(word: str) -> str:
    for pattern, replacement in _STEPS:
        word = pattern.sub(replacement, word)
    return word


def _alike(allergen: str, drug: str) -> bool:
    if len(allergen) < _SHORTEST:
        return allergen == drug
    return allergen in drug or (len(drug) >= _ALIKE and allergen[:_ALIKE] == drug[:_ALIKE])
