"""What the search by name looks up: pairs of folded words, and the vocabulary with its one-letter deletions.

`name_pair` has a row for every ordered pair of a person's folded words, and a second one, its key behind `HERE`, for
those who have been here: a range of those keys gives them before the many who are only members. One more, behind
`LITERAL`, has all the words as they are written: among a thousand spelled alike, it leads to the very one.
`vocabulary` counts the people whose name has a word; `vocabulary_deletion` leads from a mistyped word to those of the
vocabulary; `spelling` leads from a folded word to the ways in which it is written, with how many write it so.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice

from kiosk.domain.names import deletions, fold_all, name_words, pairs
from kiosk.store.transaction import Transaction

HERE = "!"
"""Before the key of somebody who has been here; comes before every letter."""
LITERAL = "="
"""Before the words of a whole name as they are written, in alphabetical order; comes before every letter too."""
TABLES = ("name_pair", "vocabulary", "vocabulary_deletion", "spelling")
BATCH = 500
"""Rows written, and people read, in one statement."""


def replace_name(tx: Transaction, participant: str, before: str | None, after: str, *, here: bool) -> None:
    """Keep up with a name that is new (`before` None) or changed; `here`: the person has been here."""
    old, had, wrote = _indexed(before, here=here) if before is not None else (set(), set(), set())
    new, has, writes = _indexed(after, here=here)
    for key, count in sorted(old - new):
        tx.execute(
            "DELETE FROM name_pair WHERE clinic = ? AND key = ? AND words = ? AND participant = ?",
            tx.clinic,
            key,
            count,
            participant,
        )
    _insert(tx, participant, sorted(new - old))
    for term in sorted(has - had):
        _count_up(tx, term)
    for term in sorted(had - has):
        _count_down(tx, term)
    for term, word in sorted(writes - wrote):
        tx.execute(
            "INSERT INTO spelling (clinic, term, word, count) VALUES (?, ?, ?, 1)"
            " ON CONFLICT (clinic, term, word) DO UPDATE SET count = spelling.count + 1",
            *(tx.clinic, term, word),
        )
    for term, word in sorted(wrote - writes):
        one = (tx.clinic, term, word)
        tx.execute("UPDATE spelling SET count = count - 1 WHERE clinic = ? AND term = ? AND word = ?", *one)
        tx.execute("DELETE FROM spelling WHERE clinic = ? AND term = ? AND word = ? AND count < 1", *one)


def first_seen(tx: Transaction, participant: str, name: str) -> None:
    """The person is here for the first time: they come before those who never were."""
    rows, _, _ = _indexed(name, here=True)
    _insert(tx, participant, sorted(row for row in rows if row[0].startswith(HERE)))


def index_all(tx: Transaction) -> None:
    """Build the index of all the clinic's people anew, after an import that wrote them without it.

    A million people take less than a minute. A migration calls it too: of `participant` only id, name and seen_at are
    read.
    """
    for table in TABLES:
        tx.execute(f"DELETE FROM {table} WHERE clinic = ?", tx.clinic)
    vocabulary: Counter[str] = Counter()
    spelling: Counter[tuple[str, str]] = Counter()
    _fill(tx, "name_pair", ("key TEXT", "words INTEGER", "participant TEXT"), _of_everybody(tx, vocabulary, spelling))
    _fill(tx, "vocabulary", ("term TEXT", "count INTEGER"), iter(vocabulary.items()))
    _fill(
        tx,
        "vocabulary_deletion",
        ("deletion TEXT", "term TEXT"),
        ((deletion, term) for term in vocabulary for deletion in deletions(term)),
    )
    spelled = ((term, word, count) for (term, word), count in spelling.items())
    _fill(tx, "spelling", ("term TEXT", "word TEXT", "count INTEGER"), spelled)
    for table in ("participant", *TABLES):
        if statement := tx.dialect.counted(table):
            tx.execute(statement)


def literal_key(words: Sequence[str]) -> str:
    """The key of a whole name as it is written, whatever the order of its words."""
    return LITERAL + " ".join(sorted(words))


def _indexed(name: str, *, here: bool) -> tuple[set[tuple[str, int]], set[str], set[tuple[str, str]]]:
    """The keys of a name, each with the number of its words (short names come first among equal keys); its terms; the
    terms with the words as they are written."""
    words = name_words(name)
    if not words:
        return set(), set(), set()
    count, folded = len(words), fold_all(words)
    rows = {(key, count) for key in pairs(folded)}
    if here:
        rows |= {(HERE + key, count) for key, _ in rows}
    rows.add((literal_key(words), count))
    return rows, set(folded), set(zip(folded, words, strict=True))


def _insert(tx: Transaction, participant: str, rows: Iterable[tuple[str, int]]) -> None:
    for key, count in rows:
        tx.execute(
            "INSERT INTO name_pair (clinic, key, words, participant) VALUES (?, ?, ?, ?)",
            tx.clinic,
            key,
            count,
            participant,
        )


def _count_up(tx: Transaction, term: str) -> None:
    count = tx.value(
        "INSERT INTO vocabulary (clinic, term, count) VALUES (?, ?, 1)"
        " ON CONFLICT (clinic, term) DO UPDATE SET count = vocabulary.count + 1 RETURNING count",
        tx.clinic,
        term,
    )
    if count == 1:
        for deletion in sorted(deletions(term)):
            tx.execute(
                "INSERT INTO vocabulary_deletion (clinic, deletion, term) VALUES (?, ?, ?)", tx.clinic, deletion, term
            )


def _count_down(tx: Transaction, term: str) -> None:
    tx.execute("UPDATE vocabulary SET count = count - 1 WHERE clinic = ? AND term = ?", tx.clinic, term)
    if tx.execute("DELETE FROM vocabulary WHERE clinic = ? AND term = ? AND count < 1", tx.clinic, term):
        for deletion in sorted(deletions(term)):
            tx.execute(
                "DELETE FROM vocabulary_deletion WHERE clinic = ? AND deletion = ? AND term = ?",
                tx.clinic,
                deletion,
                term,
            )


def _of_everybody(
    tx: Transaction, vocabulary: Counter[str], spelling: Counter[tuple[str, str]]
) -> Iterator[tuple[str, int, str]]:
    """The rows of all names, person by person; their words are counted on the way."""
    last = ""
    while True:
        people = tx.rows(
            "SELECT id, name, seen_at FROM participant WHERE clinic = ? AND id > ? ORDER BY id LIMIT ?",
            tx.clinic,
            last,
            BATCH,
        )
        if not people:
            return
        for person in people:
            rows, terms, spelled = _indexed(person["name"], here=person["seen_at"] is not None)
            vocabulary.update(terms)
            spelling.update(spelled)
            for key, count in rows:
                yield key, count, person["id"]
        last = people[-1]["id"]


def _fill(tx: Transaction, table: str, columns: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> None:
    """Write rows into a table in the order of its key: in any other order each row would touch another page."""
    names = ", ".join(column.split()[0] for column in columns)
    tx.execute(f"CREATE TEMPORARY TABLE {table}_unsorted ({', '.join(columns)})")
    while batch := list(islice(rows, BATCH)):
        tx.execute(
            f"INSERT INTO {table}_unsorted ({names}) VALUES {_marks(len(columns), len(batch))}",
            *(value for row in batch for value in row),
        )
    tx.execute(
        f"INSERT INTO {table} (clinic, {names}) SELECT CAST(? AS TEXT), {names} FROM {table}_unsorted ORDER BY {names}",
        tx.clinic,
    )
    tx.execute(f"DROP TABLE {table}_unsorted")


@cache
def _marks(columns: int, rows: int) -> str:
    return ", ".join([f"({', '.join('?' * columns)})"] * rows)
