"""Indonesian names folded so that spelling variants meet: coarse on purpose, the true spelling decides in the ranking.

Rules: titles and bin/binti dropped; oe, oo → u; o → u; tj → c; dj → j; j, y → i; sj, sy, sh → s; kh, ch → h; ae → ai;
consonant + h → consonant; f, v → p; q, ck → k; x → ks; z → s; doubled letters single; final h dropped; the short forms
of Muhammad written out. Prefix-stable: an unfinished word folds to a prefix of the folded word, save its last letter.
The store keeps folded words: a changed rule needs a migration that indexes all names anew.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

TITLES = frozenset(
    "h hj haji hajjah ir drs dra dr drg prof kh kyai ustadz ustad raden rr r tn ny sdr sdri an by bin binti alm almh "
    "sh se spd sag mm mpd mkes skm skep ns amd sst st si ssi skom msi mkn amdkeb amdkep keb kep strkeb ssos sip sap "
    "sfarm sgz spsi shi spdi mh mt mpdi apt spog spa spb lc".split()
)
_MUHAMMAD = frozenset("m muh moh much moch mohd muhd mhd mohammad mohamad muhamad muhammad mochamad mochammad".split())
_DOTTED = re.compile(r"\b([a-z]{1,2})\.([a-z]{1,3})\b")
_STEPS: tuple[tuple[str | re.Pattern[str], str], ...] = (
    (re.compile("oe|oo"), "u"),
    ("o", "u"),
    ("tj", "c"),
    ("dj", "j"),
    (re.compile("s[jyh]"), "s"),
    (re.compile("[kc]h"), "h"),
    ("j", "i"),
    ("y", "i"),
    ("ae", "ai"),
    (re.compile("(?<=[bcdgklmnprtvwxzfqs])h"), ""),
    ("f", "p"),
    ("v", "p"),
    ("ck", "k"),
    ("q", "k"),
    ("x", "ks"),
    ("z", "s"),
    (re.compile(r"(.)\1+"), r"\1"),
)

PAIRED_WORDS = 8
"""Words of one name that are paired; nobody has more, but what comes from outside may."""


class Match(StrEnum):
    """Why a name was found."""

    EXACT = "exact"
    """It has every word as it was typed, the last one perhaps unfinished."""
    SPELLING = "spelling"
    """Another spelling of the same words."""
    UNFINISHED = "unfinished"
    """More words than the last were left unfinished."""
    SPACE = "space"
    """A space was forgotten, or one was too many."""
    TYPO = "typo"
    """One or two letters of a word differ."""


def words(name: str) -> list[str]:
    """The words of a name in lower-case ASCII letters, titles still among them."""
    if name.isascii() and name.replace(" ", "").isalpha():
        return name.lower().split()
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.findall("[a-z]+", _DOTTED.sub(_whole_degree, plain))


def _whole_degree(match: re.Match[str]) -> str:
    """ "s.pd" is the degree spd; "m.ali" stays two words."""
    joined = match[1] + match[2]
    return joined if joined in TITLES else match[0]


@lru_cache(4096)
def fold(word: str) -> str:
    """One lower-case word, folded."""
    if word in _MUHAMMAD and len(word) > 1:
        return "muhamad"
    for old, new in _STEPS:
        word = word.replace(old, new) if isinstance(old, str) else old.sub(new, word)
    return word.removesuffix("h") or word


def name_words(name: str) -> list[str]:
    """The words of a full name without titles; the words themselves when nothing but titles is left."""
    found = words(name)
    return [w for w in found if w not in TITLES] or found


def folded_words(name: str) -> tuple[str, ...]:
    """`name_words`, folded."""
    return fold_all(name_words(name))


def fold_all(kept: list[str]) -> tuple[str, ...]:
    """The words of one name, folded; an M. before other words is a Muhammad."""
    return tuple(fold("muhammad" if w == "m" and len(kept) > 1 and i == 0 else w) for i, w in enumerate(kept))


def pairs(folded: tuple[str, ...]) -> Iterator[str]:
    """Every ordered pair of a name's words, "siti amina" and "amina siti"; the word alone when it is the only one."""
    if len(folded) == 1:
        yield folded[0]
    for i, first in enumerate(folded[:PAIRED_WORDS]):
        for j, second in enumerate(folded[:PAIRED_WORDS]):
            if i != j:
                yield f"{first} {second}"


def deletions(word: str) -> set[str]:
    """The word, and what is left of it when any one letter is taken away.

    Two words that differ by one letter more, less, changed or swapped have at least one of these in common.
    """
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))} if len(word) > 1 else {word}
