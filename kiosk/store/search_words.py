"""What was typed in the search by name, and what the clinic's vocabulary makes of each of its words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from kiosk.domain.names import deletions, fold, fold_all
from kiosk.store.participants import LAST
from kiosk.store.transaction import Transaction

COMPLETIONS = 24
"""Words that an unfinished one is taken for, the commonest first."""
CORRECTIONS = 12
"""Words that a mistyped one is taken for, the nearest first, then the commonest."""
VOWELS = "aeiou"
SHORTEST_MISTYPED = 3
"""Letters of a word that is corrected: of a shorter one anything could be made."""
WRITTEN = 12
"""Ways to write one word that are tried, the likeliest first."""

_J_FOR_Z = str.maketrans("jz", "zj")


@dataclass(slots=True)
class Asked:
    """What was typed, without titles: as it is, folded, and what the vocabulary makes of it."""

    tx: Transaction
    words: tuple[str, ...]
    folded: tuple[str, ...] = ()
    _counts: dict[str, int] | None = None
    _completions: dict[int, list[str]] = field(default_factory=dict)
    _corrections: dict[int, list[str]] = field(default_factory=dict)
    _rewritten: dict[int, list[tuple[str, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folded = fold_all(list(self.words))

    @property
    def counts(self) -> dict[str, int]:
        """How many people have each of the words; those that nobody has are left out."""
        if self._counts is None:
            self._counts = self.counted(self.folded)
        return self._counts

    def strange(self) -> list[int]:
        """The places of the words that nobody has, and with which, at the end, nobody's begins: the likely mistakes."""
        last = len(self.folded) - 1
        places = [place for place, word in enumerate(self.folded) if word not in self.counts]
        return [place for place in places if place != last or not self.completions(last)]

    def endings(self, place: int) -> tuple[tuple[str, bool], ...]:
        """The word at `place` as the beginning of a longer one, or (True) as it is.

        A last h is dropped from a finished word; in the middle of an unfinished one it may still count.
        """
        word, folded = self.words[place], self.folded[place]
        if word[-1] == "h" and word[-2:-1] in VOWELS and folded[-1] in VOWELS:
            return (folded, True), (folded + "h", False)
        return ((folded, False),)

    def others(self, place: int) -> tuple[str, ...]:
        """The folded words without the one at `place`."""
        return self.folded[:place] + self.folded[place + 1 :]

    def counted(self, terms: Sequence[str]) -> dict[str, int]:
        """How many people have each of the terms; those that nobody has are left out."""
        size = next((size for size in (2, 4, 8, 16, 32) if size >= len(terms)), len(terms))
        return dict(self.tx.tuples(_counting(size), self.tx.clinic, *terms, *[terms[-1]] * (size - len(terms))))

    def rarest_first(self, terms: Sequence[str]) -> list[str]:
        """Some of the words, those that fewest people have first."""
        return sorted(terms, key=lambda term: (self.counts.get(term, 0), term)) if len(terms) > 1 else list(terms)

    def completions(self, place: int) -> list[str]:
        """The commonest terms that begin with the word at `place`."""
        known = self._completions.get(place)
        if known is None:
            known = self._completions[place] = self.tx.column(
                "SELECT term FROM vocabulary WHERE clinic = ? AND term >= ? AND term < ?"
                " ORDER BY count DESC, term LIMIT ?",
                self.tx.clinic,
                self.folded[place],
                self.folded[place] + LAST,
                COMPLETIONS,
            )
        return known

    def written(self, terms: Sequence[str]) -> list[tuple[str, int]]:
        """The ways in which words that fold to these terms are written, with how many people write them so."""
        if not terms:
            return []
        size = next((size for size in (2, 4, 8, 16) if size >= len(terms)), len(terms))
        return self.tx.tuples(_writing(size), self.tx.clinic, *terms, *[terms[-1]] * (size - len(terms)))

    def rewritten(self, place: int) -> list[tuple[str, int]]:
        """The ways in which the corrections of the word at `place` are written."""
        known = self._rewritten.get(place)
        if known is None:
            known = self._rewritten[place] = self.written(self.corrections(place))
        return known

    def begun(self, place: int) -> list[tuple[str, int]]:
        """The commonest words that begin with the very letters of the word at `place`."""
        return self.tx.tuples(
            "SELECT word, count FROM spelling WHERE clinic = ? AND word >= ? AND word < ? ORDER BY count DESC, word"
            " LIMIT ?",
            *(self.tx.clinic, self.words[place], self.words[place] + LAST, WRITTEN),
        )

    def corrections(self, place: int) -> list[str]:
        """Other terms that the word at `place` may have been meant for: at most two letters away, the nearest first,
        then the commonest."""
        known = self._corrections.get(place)
        if known is None:
            known = self._corrections[place] = self._corrected(self.words[place], self.folded[place])
        return known

    def _corrected(self, word: str, folded: str) -> list[str]:
        if len(word) < SHORTEST_MISTYPED:
            return []
        from rapidfuzz.distance import OSA

        # One letter too many may have changed more than one when it was folded (ummi is umi, umkmi is itself). And Z is
        # said, and then written, as J: Ajis is Aziz, Jaenal is Zaenal.
        one_away = {fold(less) for less in deletions(word) if less} | {fold(word.translate(_J_FOR_Z))}
        ways = sorted(deletions(folded) | one_away)
        size = next((size for size in (12, 24) if size >= len(ways)), len(ways))
        rows = self.tx.tuples(_leading_to(size), self.tx.clinic, *ways, *[ways[-1]] * (size - len(ways)))
        near = {term: (1 if term in one_away else OSA.distance(folded, term), -count) for term, count in rows}
        near.pop(folded, None)
        return sorted(near, key=lambda term: (near[term], term))[:CORRECTIONS]


@cache
def _counting(terms: int) -> str:
    return f"SELECT term, count FROM vocabulary WHERE clinic = ? AND term IN ({', '.join('?' * terms)})"


@cache
def _leading_to(ways: int) -> str:
    return (
        "SELECT v.term, v.count FROM vocabulary_deletion d JOIN vocabulary v ON v.clinic = d.clinic AND v.term = d.term"
        f" WHERE d.clinic = ? AND d.deletion IN ({', '.join('?' * ways)})"
    )


@cache
def _writing(terms: int) -> str:
    return (
        f"SELECT word, count FROM spelling WHERE clinic = ? AND term IN ({', '.join('?' * terms)})"
        f" ORDER BY count DESC, word LIMIT {WRITTEN * 4}"
    )
