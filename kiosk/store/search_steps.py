"""The steps of the search by name: which keys of the index are looked up for what was typed, one step a function."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations

from kiosk.domain.names import Match, deletions, fold, fold_all
from kiosk.store.participants import LAST
from kiosk.store.search_index import HERE
from kiosk.store.transaction import Transaction

MOST = 40
"""People of one step who are read and ranked."""
EACH = 12
"""People of one key or range, where there are several."""
COMPLETIONS = 24
"""Words that an unfinished one is taken for, the commonest first."""
CORRECTIONS = 12
"""Words that a mistyped one is taken for, the nearest first, then the commonest."""
CORRECTIONS_OF_TWO = 8
"""The same where two words are mistyped: each is tried with each."""
MOST_KEYS = 64
"""Whole keys that are looked up in one statement."""
SHORTEST_PART = 2
"""Letters on either side of a forgotten space."""

Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The keys that begin with `start`."""

    start: str
    probes: tuple[str, ...] = ()
    """Whole keys that the same person must have as well."""
    most: int = EACH
    """Rows that are read at most, in the order of their keys."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is looked up: whole keys, and if they are nobody's the ranges, the likeliest first."""

    match: Match
    keys: Sequence[str] = ()
    ranges: Sequence[Range] = ()
    needs: Groups = ()
    """For each word that was typed: one of these begins a folded word of the name, or it begins a word itself."""


@dataclass(slots=True)
class Asked:
    """What was typed, without titles: as it is, folded, and what the vocabulary makes of it."""

    tx: Transaction
    words: tuple[str, ...]
    folded: tuple[str, ...] = ()
    _corrections: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folded = fold_all(list(self.words))

    def others(self, place: int) -> tuple[str, ...]:
        """The folded words without the one at `place`."""
        return self.folded[:place] + self.folded[place + 1 :]

    def counts(self, terms: Sequence[str]) -> dict[str, int]:
        """How many people have each of the terms; those that nobody has are left out."""
        size = next((size for size in (2, 4, 8, 32) if size >= len(terms)), len(terms))
        rows = self.tx.rows(_counting(size), self.tx.clinic, *terms, *[terms[-1]] * (size - len(terms)))
        return {row["term"]: row["count"] for row in rows}

    def rarest_first(self, terms: Sequence[str]) -> list[str]:
        """The terms, those that fewest people have first."""
        if len(terms) < 2:
            return list(terms)
        counts = self.counts(terms)
        return sorted(terms, key=lambda term: (counts.get(term, 0), term))

    def completions(self, start: str) -> list[str]:
        """The commonest terms that begin so."""
        rows = self.tx.rows(
            "SELECT term FROM vocabulary WHERE clinic = ? AND term >= ? AND term < ? ORDER BY count DESC, term LIMIT ?",
            self.tx.clinic,
            start,
            start + LAST,
            COMPLETIONS,
        )
        return [row["term"] for row in rows]

    def corrections(self, word: str) -> list[str]:
        """Other terms that may have been meant: at most two letters away, the nearest first, then the commonest."""
        known = self._corrections.get(word)
        if known is None:
            known = self._corrections[word] = self._corrected(word)
        return known

    def _corrected(self, word: str) -> list[str]:
        from rapidfuzz.distance import OSA

        ways = sorted(deletions(word))
        size = next((size for size in (8, 12, 24) if size >= len(ways)), len(ways))
        rows = self.tx.rows(_leading_to(size), self.tx.clinic, *ways, *[ways[-1]] * (size - len(ways)))
        near = {row["term"]: (OSA.distance(word, row["term"]), -row["count"], row["term"]) for row in rows}
        return sorted((term for term in near if term != word), key=near.__getitem__)[:CORRECTIONS]


def as_typed(asked: Asked) -> Step:
    """All words as they are folded, the last one perhaps unfinished; those who have been here first."""
    *finished, last = asked.folded
    key, probes = last, tuple[str, ...]()
    if finished:
        first, *others = asked.rarest_first(finished)
        key, probes = f"{first} {last}", tuple(f"{first} {other}" for other in others)
    return Step(Match.SPELLING, ranges=(Range(HERE + key, probes, MOST // 2), Range(key, probes, MOST)))


def unfinished(asked: Asked) -> Step:
    """Other words are unfinished too: the last taken as finished, or the longest word's commonest completions.

    An unfinished word may fold to something else than the beginning of the finished one, by its last letter (the k of
    kh): without it, those are found too.
    """
    *others, last = asked.folded
    shorter = last[:-1] or last
    needs = tuple((word,) for word in asked.folded)
    if not others:
        ranges = (Range(HERE + shorter, most=MOST), Range(shorter, most=MOST))
        return Step(Match.UNFINISHED, ranges=ranges, needs=needs)
    starts = [f"{last} {other}" for other in others] + [f"{other} {shorter}" for other in others]
    one, longest = sorted(asked.folded, key=len)[-2:]
    starts += [f"{whole} {one}" for whole in asked.completions(longest)]
    return Step(Match.UNFINISHED, ranges=[Range(start) for start in starts], needs=needs)


def split(asked: Asked) -> Step:
    """A space was forgotten in one of the words: it is cut where its beginning is a name."""
    cuts = [
        (place, fold(word[:cut]), fold(word[cut:]))
        for place, word in enumerate(asked.words)
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
    ]
    names = asked.counts([left for _, left, _ in cuts]) if cuts else {}
    ranges = [
        Range(f"{left} {right}", tuple(f"{left} {other}" for other in asked.others(place)))
        for place, left, right in cuts
        if left in names
    ]
    return Step(Match.SPACE, ranges=ranges)


def joined(asked: Asked) -> Step:
    """A space was one too many between two of the words."""
    ranges = []
    for place in range(len(asked.words) - 1):
        whole = fold(asked.words[place] + asked.words[place + 1])
        others = [*asked.folded[:place], *asked.folded[place + 2 :]]
        ranges.append(
            Range(f"{whole} {others[-1]}", tuple(f"{whole} {other}" for other in others[:-1]))
            if others
            else Range(whole)
        )
    return Step(Match.SPACE, ranges=ranges)


def mistyped_one(asked: Asked) -> Step:
    """One word is mistyped, the others are right: its corrections with the rarest of them."""
    if len(asked.folded) == 1:
        return Step(Match.TYPO, ranges=[Range(term) for term in asked.corrections(asked.folded[0])])
    keys: list[str] = []
    unfinished: list[Range] = []
    for place, word in enumerate(asked.folded):
        others = asked.others(place)
        partner = asked.rarest_first(others)[0]
        keys += [f"{partner} {term}" for term in asked.corrections(word)]
        if place != len(asked.folded) - 1 and partner == others[-1]:
            unfinished += [Range(f"{term} {partner}") for term in asked.corrections(word)]
    return Step(Match.TYPO, keys, unfinished, _meant(asked))


def mistyped_two(asked: Asked) -> Step:
    """Two words are mistyped: the corrections of one with those of the other, the likeliest first."""
    return Step(Match.TYPO, [key for _, key in sorted(_of_two(asked))], needs=_meant(asked))


CASCADE: tuple[Callable[[Asked], Step], ...] = (unfinished, split, joined, mistyped_one, mistyped_two)
"""What else may have been meant, the cheapest first."""


def _of_two(asked: Asked) -> Iterator[tuple[int, str]]:
    for first, second in combinations(asked.folded, 2):
        for one, left in enumerate(asked.corrections(first)[:CORRECTIONS_OF_TWO]):
            for two, right in enumerate(asked.corrections(second)[:CORRECTIONS_OF_TWO]):
                yield one + two, f"{left} {right}"


def _meant(asked: Asked) -> Groups:
    """Of two words both are in the key already; of more, each must be there as it is or corrected."""
    if len(asked.folded) < 3:
        return ()
    return tuple((word, *asked.corrections(word)) for word in asked.folded)


@cache
def _counting(terms: int) -> str:
    return f"SELECT term, count FROM vocabulary WHERE clinic = ? AND term IN ({', '.join('?' * terms)})"


@cache
def _leading_to(ways: int) -> str:
    return (
        "SELECT v.term, v.count FROM vocabulary_deletion d JOIN vocabulary v ON v.clinic = d.clinic AND v.term = d.term"
        f" WHERE d.clinic = ? AND d.deletion IN ({', '.join('?' * ways)})"
    )
