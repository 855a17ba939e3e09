"""The search by name that forgives: ranges of folded word pairs first, then what else may have been meant.

A cascade (kiosk/store/search_steps.py) that ends as soon as it has found enough; the few who are found are ranked by
their true spelling. Constant SQL on one index, the same on every engine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from kiosk.domain.names import TITLES, Match, fold_all, name_words, words
from kiosk.domain.participant import Participant
from kiosk.store.participants import LAST, MERGED, from_values, get, names_of, with_ids
from kiosk.store.search_steps import (
    CASCADE,
    MOST,
    Keys,
    Range,
    Step,
    alike,
    as_typed,
    mistyped_one,
    mistyped_two,
)
from kiosk.store.search_words import Asked
from kiosk.store.transaction import Transaction

ENOUGH_ROWS = 48
"""People that are taken of several whole keys together."""
ROWS_PROBED = 200
"""Rows of several whole keys that are looked through for those who have the other words too."""
FEW = 5
"""Fewer than these, and what else may have been meant is looked for too."""
ALIKE = 6
"""Places among those who are shown that names which only sound alike have, however many others there are."""
MOST_WORDS = 6
"""Words of what was typed that are looked at."""
OTHERWISE = 3
"""The likeness of a name that has not all the words letter by letter."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody who was found, and why."""

    participant: Participant
    match: Match
    other_name: str | None = None
    """The name by which they were found, when it stands in a row that was merged into theirs."""


@dataclass(slots=True, eq=False)
class _Candidate:
    id: str
    name: str
    seen_at: int
    match: Match
    words: list[str]
    likeness: int


def by_name(tx: Transaction, text: str, limit: int, *, typing: bool = False) -> tuple[Hit, ...]:
    """At most `limit` people whom `text` may mean, the likeliest first; of equals those who were here last.

    Words may stand in any order and have titles among them. While somebody is `typing`, names that only sound alike
    are not looked for where others were found: that is soon enough when the keys rest.
    """
    readings = [Asked(tx, tuple(reading)) for reading in _readings(text)]
    found: dict[str, _Candidate] = {}
    for asked in readings:
        _look(asked, as_typed(asked), readings, found)
    for step in CASCADE if readings else ():
        if len(found) >= FEW or (step is mistyped_two and found):
            break
        if step in _still_possible(readings[0], found):
            _look(readings[0], step(readings[0]), readings, found)
    if found and not typing:
        # Names that sound alike, for one was heard or read through a window.
        _look(readings[0], alike(readings[0]), readings, found)
    return _ranked(list(found.values()), readings[0], limit) if found else ()


def likeness(one: str, other: str) -> float:
    """How like two names are, 0 to 100, whatever the order of their words."""
    from rapidfuzz.fuzz import token_sort_ratio

    return token_sort_ratio(one, other)


def _readings(text: str) -> list[list[str]]:
    """The words that are meant: without titles, and with one that may be the beginning of the last word."""
    typed, kept = words(text), name_words(text)[:MOST_WORDS]
    if not kept:
        return []
    unsaid = typed[-1] in TITLES and kept != typed[-1:] and not text.endswith((" ", "."))
    return [kept, *([[*kept, typed[-1]]] if unsaid else [])]


def _still_possible(asked: Asked, found: dict[str, _Candidate]) -> Sequence[object]:
    """What else may be meant when these are found: nothing but one slip (Rudi for Budi) when two words fit somebody
    letter by letter, nothing at all when three do."""
    if len(asked.words) == 1 or all(each.likeness == OTHERWISE for each in found.values()):
        return CASCADE
    return (mistyped_one,) if len(asked.words) == 2 else ()


def _look(asked: Asked, step: Step, readings: list[Asked], found: dict[str, _Candidate]) -> None:
    """Carry out one step: who is found by it and was not before is added to `found`."""
    new: dict[str, None] = {}
    for identifier in _identifiers(asked.tx, step):
        if identifier not in found:
            new[identifier] = None
            if len(new) == MOST:
                break
    needs, match, (first, *others) = step.needs, step.match, readings
    for identifier, name, seen_at in names_of(asked.tx, list(new)):
        own = name_words(name)
        if not needs or _holds(own, asked, needs):
            likeness = _likeness(own, first.words)
            for other in others:
                likeness = min(likeness, _likeness(own, other.words))
            found[identifier] = _Candidate(identifier, name, seen_at, match, own, likeness)


def _identifiers(tx: Transaction, step: Step) -> Iterator[str]:
    """The people of a step, the likeliest first, perhaps more than once."""
    nobody = True
    if step.whole and not step.crowded:
        yield from _of_names(tx, step.whole())
    for keys in step.keys:
        for participant in _of_keys(tx, keys):
            nobody = False
            yield participant
    if nobody:
        people = [(among, _of_range(tx, among)) for among in step.ranges] if step.crowded else ()
        if any(len(some) == among.most for among, some in people):
            if step.whole:
                yield from _of_names(tx, step.whole())
            for among in step.crowded:
                yield from _of_range(tx, among)
        for _, some in people:
            yield from some
        for among in () if step.crowded else step.ranges:
            yield from _of_range(tx, among)


def _of_keys(tx: Transaction, asked: Keys) -> Iterator[str]:
    """The people of whole keys, in the order of the keys."""
    if not asked.keys or not all(asked.probes):
        return
    keys = _padded(asked.keys)
    groups = [_padded(group) for group in asked.probes]
    sql = _having(len(keys), tuple(map(len, groups)))
    rows = tx.tuples(sql, tx.clinic, *keys, ROWS_PROBED, *(key for group in groups for key in group), ENOUGH_ROWS)
    if len(rows) == ENOUGH_ROWS and not groups:
        # Common names: some of each key, so that none hides the others.
        for key in asked.keys:
            yield from _of_range(tx, Range(key, whole=True))
    else:
        places = {key: place for place, key in enumerate(asked.keys)}
        yield from (participant for _, participant in sorted(rows, key=lambda row: places[row[0]]))


def _of_names(tx: Transaction, keys: Sequence[str]) -> list[str]:
    """One person of each of the whole names, in the order of the names; not of those that nobody has."""
    if not keys:
        return []
    padded = _padded(keys)
    first: dict[str, str | None] = dict(tx.tuples(_naming(len(padded)), *padded, tx.clinic))
    return [somebody for key in keys if (somebody := first.get(key))]


def _of_range(tx: Transaction, among: Range) -> list[str]:
    # A blank comes before every letter: no other key lies between a whole one and the same with a blank.
    end = among.start + (" " if among.whole else LAST)
    return tx.column(_beginning(len(among.probes)), tx.clinic, among.start, end, *among.probes, among.most)


def _padded(keys: Sequence[str]) -> list[str]:
    """The keys, the last one repeated: in a few sizes only, so that the engine knows the statement already."""
    size = next((size for size in (1, 8, 16, 32, 40) if size >= len(keys)), len(keys))
    return [*keys, *[keys[-1]] * (size - len(keys))]


@cache
def _having(keys: int, probes: tuple[int, ...]) -> str:
    probed = " AND ".join(
        "EXISTS (SELECT 1 FROM name_pair m WHERE m.clinic = n.clinic AND m.words = n.words"
        f" AND m.participant = n.participant AND m.key IN ({_marks(size)}))"
        for size in probes
    )
    return (
        "SELECT n.key, n.participant FROM (SELECT clinic, key, words, participant FROM name_pair"
        f" WHERE clinic = ? AND key IN ({_marks(keys)}) ORDER BY key, words, participant LIMIT ?) n"
        f"{' WHERE ' + probed if probed else ''} LIMIT ?"
    )


@cache
def _naming(names: int) -> str:
    return (
        f"WITH k(key) AS (VALUES {', '.join(['(?)'] * names)}) SELECT k.key, (SELECT n.participant FROM name_pair n"
        " WHERE n.clinic = ? AND n.key = k.key ORDER BY n.words, n.participant LIMIT 1) AS participant FROM k"
    )


@cache
def _beginning(probes: int) -> str:
    probe = (
        " AND EXISTS (SELECT 1 FROM name_pair m WHERE m.clinic = n.clinic AND m.key = ? AND m.words = n.words"
        " AND m.participant = n.participant)"
    )
    return (
        f"SELECT n.participant FROM name_pair n WHERE n.clinic = ? AND n.key >= ? AND n.key < ?{probe * probes}"
        " ORDER BY n.key, n.words, n.participant LIMIT ?"
    )


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _holds(own: list[str], asked: Asked, needs: tuple[str, ...]) -> bool:
    """Whether a name has something for each of the words that were typed."""
    folded = fold_all(own)
    return all(
        any(word.startswith(start) for word in own) or any(word.startswith(need) for word in folded)
        for start, need in zip(asked.words, needs, strict=True)
    )


def _ranked(found: list[_Candidate], asked: Asked, limit: int) -> tuple[Hit, ...]:
    """Those who have what was typed letter by letter come first, and among them those who were here last; the others
    follow by how much their true spelling is like what was typed."""
    from rapidfuzz.fuzz import token_sort_ratio

    typed = " ".join(asked.words)

    def order(each: _Candidate) -> tuple[float, float, float, str, str]:
        unlike, unseen = -round(token_sort_ratio(typed, " ".join(each.words))), -each.seen_at
        second, third = (unlike, unseen) if each.likeness == OTHERWISE else (unseen, unlike)
        return each.likeness, second, third, each.name, each.id

    hits: dict[str, Hit] = {}
    likeliest = _with_alike(sorted(found, key=order), limit)
    rows = with_ids(asked.tx, [each.id for each in likeliest])
    for each in likeliest:
        values = rows[each.id]
        person = from_values(values)
        if values[MERGED] is not None:
            person = get(asked.tx, each.id) or person
        other = each.name if person.id != each.id and each.name != person.name else None
        hits.setdefault(person.id, Hit(person, Match.EXACT if each.likeness < OTHERWISE else each.match, other))
    return tuple(hits.values())


def _with_alike(ranked: list[_Candidate], limit: int) -> list[_Candidate]:
    """The first `limit`; the last few places are for names that are only like what was typed, each of them once."""
    like: dict[str, _Candidate] = {}
    for each in ranked[limit - ALIKE :]:
        if each.likeness == OTHERWISE:
            like.setdefault(each.name, each)
    some = list(like.values())[:ALIKE]
    return [*[each for each in ranked if each not in some][: limit - len(some)], *some] if some else ranked[:limit]


def _likeness(own: list[str], typed: tuple[str, ...]) -> int:
    """0: the whole name as typed, in any order; 1: all that was typed; 2: the last word unfinished; 3: otherwise."""
    last = typed[-1]
    for word in typed[:-1]:
        if word not in own:
            return OTHERWISE
    if last in own:
        return 0 if len(own) == len(typed) else 1
    for word in own:
        if word.startswith(last):
            return 2
    return OTHERWISE
