"""The steps of the search by name: which keys of the index are looked up for what was typed, one step a function."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from math import log10

from kiosk.domain.names import Match, deletions, fold, fold_all
from kiosk.store.participants import LAST
from kiosk.store.search_index import HERE, literal_key
from kiosk.store.transaction import Transaction

MOST = 30
"""People of one step who are read and ranked."""
EACH = 12
"""People of one key or range, where there are several."""
COMPLETIONS = 24
"""Words that an unfinished one is taken for, the commonest first."""
FEWER_COMPLETIONS = 8
"""The same where three and more words are unfinished: each is tried with each."""
CORRECTIONS = 12
"""Words that a mistyped one is taken for, the nearest first, then the commonest."""
CORRECTIONS_OF_TWO = 8
"""The same where two words are mistyped: each is tried with each."""
VOWELS = "aeiou"
SHORTEST_MISTYPED = 3
"""Letters of a word that is corrected: of a shorter one anything could be made."""
SHORTEST_PART = 2
"""Letters on either side of a forgotten space."""
WRITTEN = 12
"""Ways to write one word that are tried, the likeliest first."""
MOST_CROSSED = 4
"""Words of a name whose ways to be written are tried with each other."""
WHOLE_NAMES = 48
"""Whole names, as they may be written, that are tried."""

_J_FOR_Z = str.maketrans("jz", "zj")

Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The keys that begin with `start`."""

    start: str
    probes: tuple[str, ...] = ()
    """Whole keys that the same person must have as well."""
    most: int = EACH
    """Rows that are read at most, in the order of their keys."""
    whole: bool = False
    """Only the key itself."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Whole keys, the likeliest first."""

    keys: Sequence[str]
    probes: Groups = ()
    """For each group, the same person must have one of its keys as well."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is looked up: whole keys, and if they are nobody's the ranges, the likeliest first."""

    match: Match
    keys: Sequence[Keys] = ()
    ranges: Sequence[Range] = ()
    whole: Callable[[], Sequence[str]] | None = None
    """The whole names (`literal_key`) that are likeliest meant: one person of each comes first."""
    crowded: Sequence[Range] = ()
    """What is put before those of the ranges, and `whole` with it, when more people are there than are read."""
    needs: tuple[str, ...] = ()
    """For each word that was typed: this begins a folded word of the name, or it begins a word itself."""


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


def _names(asked: Asked, *ways: dict[int, list[tuple[str, int]]]) -> list[str]:
    """Whole names as they may be written, the likeliest first: each of `ways` to write some words, the others as typed.

    What differs less from what was typed is likelier, and what more people are called.
    """
    from rapidfuzz.distance import OSA

    found: dict[str, float] = {}
    for changed in ways if len(asked.words) <= MOST_CROSSED else ():
        costs: list[list[tuple[float, str]]] = []
        for place, typed in enumerate(asked.words):
            words = {w: 1 + OSA.distance(typed, w) / 2 - log10(n) / 4 for w, n in changed.get(place, ())}
            words[typed] = 0.0
            costs.append(sorted((cost, word) for word, cost in words.items())[:WRITTEN])
        for cost, chosen in _cheapest(costs):
            key = literal_key(chosen)
            found[key] = min(cost, found.get(key, cost))
    return sorted(found, key=lambda key: (found[key], key))[:WHOLE_NAMES]


def _cheapest(costs: Sequence[Sequence[tuple[float, str]]]) -> list[tuple[float, tuple[str, ...]]]:
    """The cheapest `WHOLE_NAMES` ways to take one word of each place; what is not among them after some places cannot
    be among them after all."""
    found: list[tuple[float, tuple[str, ...]]] = [(0.0, ())]
    for place in costs:
        found = sorted((cost + more, (*chosen, word)) for cost, chosen in found for more, word in place)[:WHOLE_NAMES]
    return found


def as_typed(asked: Asked) -> Step:
    """All words as they are folded, the last one perhaps unfinished.

    Where many fit, those of the very name come first, and those who have been here.
    """
    *finished, _ = asked.folded
    before, probes = "", tuple[str, ...]()
    if finished:
        first, *others = asked.rarest_first(finished)
        before, probes = f"{first} ", tuple(f"{first} {other}" for other in others)
    ranges, here = (
        [Range(kind + before + last, probes, most, whole) for last, whole in asked.endings(-1)]
        for kind, most in (("", MOST), (HERE, MOST // 3))
    )
    very = Range(literal_key(asked.words), most=MOST // 3, whole=True)
    return Step(Match.SPELLING, whole=lambda: _spelled(asked), ranges=ranges, crowded=[very, *here])


def _spelled(asked: Asked) -> Sequence[str]:
    """The ways to write what was typed, when each word is a finished one."""
    if len(asked.counts) < len(set(asked.folded)):
        return ()
    return _names(asked, {place: asked.written([term]) for place, term in enumerate(asked.folded)})


def unfinished(asked: Asked) -> Step:
    """Other words are unfinished too: the last taken as finished, or the longest word's commonest completions.

    An unfinished word may fold to something else than the beginning of the finished one, by its last letter (the k of
    kh): without it, those are found too.
    """
    *others, last = asked.folded
    shorter = last[:-1]
    if not shorter and not others:
        return Step(Match.UNFINISHED)
    if not others:
        ranges = [Range(HERE + shorter, most=MOST), Range(shorter, most=MOST)]
        return Step(Match.UNFINISHED, ranges=ranges, needs=asked.folded)
    if any(not asked.completions(place) for place in range(len(others))):
        # No name begins so: it is mistyped, not unfinished.
        return Step(Match.UNFINISHED)

    def names() -> Sequence[str]:
        return _names(asked, {place: asked.begun(place) for place in range(len(asked.words))})

    ranges = [Range(f"{last} {other}") for other in others] + [Range(f"{other} {shorter}") for other in others]
    *shorter_ones, longest = sorted(range(len(asked.words)), key=lambda place: len(asked.folded[place]))
    for whole in asked.completions(longest):
        ranges += [Range(f"{whole} {start}", whole=ended) for start, ended in asked.endings(shorter_ones[-1])]
    if len(others) == 1:
        return Step(Match.UNFINISHED, whole=names, ranges=ranges, needs=asked.folded)
    second, *rest = [asked.completions(place)[:FEWER_COMPLETIONS] for place in reversed(shorter_ones)]
    keys = [
        Keys([f"{whole} {one}" for one in second], tuple(tuple(f"{whole} {one}" for one in ones) for ones in rest))
        for whole in asked.completions(longest)[:FEWER_COMPLETIONS]
    ]
    return Step(Match.UNFINISHED, keys, ranges, whole=names, needs=asked.folded)


def split(asked: Asked) -> Step:
    """A space was forgotten in a word that nobody has (in any, if there is none): it is cut behind what is a name."""
    cuts = [
        (place, (word[:cut], word[cut:]), fold(word[:cut]))
        for place in asked.strange() or range(len(asked.words))
        for word in (asked.words[place],)
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
    ]
    names = asked.counted([left for _, _, left in cuts]) if cuts else {}
    cuts = [cut for cut in cuts if cut[2] in names]
    ranges = [
        Range(literal_key((*asked.words[:place], *halves, *asked.words[place + 1 :])), whole=True)
        for place, halves, _ in cuts
    ]
    ranges += [
        Range(f"{left} {fold(halves[1])}", tuple(f"{left} {other}" for other in asked.others(place)))
        for place, halves, left in cuts
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
        return Step(Match.TYPO, ranges=[Range(term) for term in asked.corrections(0)])
    keys: list[Keys] = []
    ranges: list[Range] = []
    strange = asked.strange()
    if len(strange) > 1:
        return Step(Match.TYPO)
    for place in strange or range(len(asked.folded)):
        terms = asked.corrections(place)
        partner, *rest = asked.rarest_first(asked.others(place))
        keys.append(Keys([f"{partner} {term}" for term in terms], tuple((f"{partner} {other}",) for other in rest)))
        if place != len(asked.folded) - 1:
            *finished, last = asked.others(place)
            ranges += [Range(f"{term} {last}", tuple(f"{term} {other}" for other in finished)) for term in terms]

    def names() -> Sequence[str]:
        return _names(asked, *({place: asked.rewritten(place)} for place in strange or range(len(asked.words))))

    return Step(Match.TYPO, keys, ranges, whole=names)


def mistyped_two(asked: Asked) -> Step:
    """Two words are mistyped: the corrections of one with those of the other, the likeliest first."""
    keys: list[Keys] = []
    ways: list[dict[int, list[tuple[str, int]]]] = []
    strange = asked.strange()
    for one, two in combinations(range(len(asked.folded)), 2):
        if not {one, two} >= set(strange) and not {one, two} <= set(strange):
            continue
        left, right = (asked.corrections(place)[:CORRECTIONS_OF_TWO] for place in (one, two))
        ways.append({one: asked.rewritten(one), two: asked.rewritten(two)})
        if len(asked.folded) == 2:
            crossed = sorted((i + j, f"{a} {b}") for i, a in enumerate(left) for j, b in enumerate(right))
            keys.append(Keys([key for _, key in crossed]))
        else:
            right_ones = [word for place, word in enumerate(asked.folded) if place not in (one, two)]
            partner, *rest = asked.rarest_first(right_ones)
            probes = [[f"{partner} {term}" for term in right], *([f"{partner} {other}"] for other in rest)]
            keys.append(Keys([f"{partner} {term}" for term in left], tuple(tuple(group) for group in probes)))
    return Step(Match.TYPO, keys, whole=lambda: _names(asked, *ways))


def alike(asked: Asked) -> Step:
    """Whole names of which one word is another name, much like the one that was typed: Husein for Husain."""
    if len(asked.words) == 1 or len(asked.counts) < len(set(asked.folded)):
        return Step(Match.TYPO)
    return Step(
        Match.TYPO,
        whole=lambda: _names(asked, *({place: asked.rewritten(place)} for place in range(len(asked.words)))),
    )


CASCADE: tuple[Callable[[Asked], Step], ...] = (unfinished, split, joined, mistyped_one, mistyped_two)
"""What else may have been meant, the cheapest first."""


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
