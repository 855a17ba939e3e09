"""The steps of the search by name: which keys of the index are looked up for what was typed, one step a function."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log10

from kiosk.domain.names import Match, fold
from kiosk.store.search_index import HERE, literal_key
from kiosk.store.search_words import WRITTEN, Asked

MOST = 24
"""People of one step who are read and ranked."""
EACH = 12
"""People of one key or range, where there are several."""
FEWER_COMPLETIONS = 8
"""Words that each of three and more unfinished ones is taken for: they are tried with each other."""
CORRECTIONS_OF_TWO = 6
"""Words that each of two mistyped ones is taken for: they are tried with each other."""
SHORTEST_PART = 2
"""Letters on either side of a forgotten space."""
MOST_CROSSED = 4
"""Words of a name whose ways to be written are tried with each other."""
WHOLE_NAMES = 32
"""Whole names, as they may be written, that are tried."""

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
    if not all(word in asked.counts for word in finished):
        return Step(Match.SPELLING)
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
    strange = asked.strange()
    if len(strange) > 1:
        return Step(Match.SPACE)
    cuts = [
        (place, (word[:cut], word[cut:]), fold(word[:cut]))
        for place in strange or range(len(asked.words))
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
    ranges, strange = [], set(asked.strange())
    for place in range(len(asked.words) - 1):
        if not strange <= {place, place + 1}:
            continue
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
