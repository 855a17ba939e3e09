"""The search by name in the store: whom it finds, in which order, and that its index keeps up, on both engines."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.domain.ids import new_id
from kiosk.domain.names import Match
from kiosk.domain.participant import Participant
from kiosk.store import participants, schema, search_index
from kiosk.store.database import Store
from kiosk.store.search import by_name
from kiosk.store.transaction import Transaction
from tests.bench import bench_search as bench
from tests.engines import both_engines
from tests.people import CLINIC

pytestmark = both_engines

PEOPLE = (
    "SUTRISNO WIBOWO",
    "SITI AMINAH",
    "MUHAMMAD RIZKY PRATAMA",
    "NUR AINI",
    "NURHAYATI",
    "BUDI SANTOSO",
    "RUDI SANTOSO",
    "DEWI LESTARI",
    "KHOIRUL ANAM",
    "FATIMAH AZ ZAHRA",
    "H. ABDUL RAHMAN, S.Pd",
    "SRI WAHYUNINGSIH",
    "TJAHJONO",
    "ENDANG SETYOWATI RAHAYU",
    "ANI",
)


@pytest.fixture
def clinic(store_url: str) -> Iterator[Store]:
    """A clinic with these people and no others."""
    store = bench.made(store_url)
    store.write_now(lambda tx: [participants.save(tx, Participant(new_id(), name)) for name in PEOPLE])
    yield store
    store.close()


def found(store: Store, typed: str) -> list[tuple[str, Match]]:
    hits = store.read_now(lambda tx: by_name(tx, typed, 20))
    return [(hit.participant.name, hit.match) for hit in hits]


@pytest.mark.parametrize(
    ("typed", "name", "match"),
    [
        ("sutrisno wibowo", "SUTRISNO WIBOWO", Match.EXACT),
        ("wibowo sut", "SUTRISNO WIBOWO", Match.EXACT),
        ("Ny. Siti Aminah, S.Kom", "SITI AMINAH", Match.EXACT),
        ("abdul rahman se", "H. ABDUL RAHMAN, S.Pd", Match.EXACT),
        ("siti an", "SITI AMINAH", Match.EXACT),
        ("rahayu endang set", "ENDANG SETYOWATI RAHAYU", Match.EXACT),
        ("soetrisno", "SUTRISNO WIBOWO", Match.SPELLING),
        ("moh riski", "MUHAMMAD RIZKY PRATAMA", Match.SPELLING),
        ("cahyono", "TJAHJONO", Match.SPELLING),
        ("fathimah zahro", "FATIMAH AZ ZAHRA", Match.TYPO),
        ("sut wibowo", "SUTRISNO WIBOWO", Match.UNFINISHED),
        ("sut wib", "SUTRISNO WIBOWO", Match.UNFINISHED),
        ("end setyo rah", "ENDANG SETYOWATI RAHAYU", Match.UNFINISHED),
        ("anam k", "KHOIRUL ANAM", Match.EXACT),
        ("sitiaminah", "SITI AMINAH", Match.SPACE),
        ("nuraini", "NUR AINI", Match.SPACE),
        ("nur hayati", "NURHAYATI", Match.SPACE),
        ("endangsetyowati rahayu", "ENDANG SETYOWATI RAHAYU", Match.SPACE),
        ("endang setyowatirahayu", "ENDANG SETYOWATI RAHAYU", Match.SPACE),
        ("sutirsno", "SUTRISNO WIBOWO", Match.TYPO),
        ("sutrisno wbowo", "SUTRISNO WIBOWO", Match.TYPO),
        ("sitrisno wib", "SUTRISNO WIBOWO", Match.TYPO),
        ("deqi lestati", "DEWI LESTARI", Match.TYPO),
        ("endang setyowari rahayu", "ENDANG SETYOWATI RAHAYU", Match.TYPO),
        ("endamg setyowari rahayu", "ENDANG SETYOWATI RAHAYU", Match.TYPO),
    ],
)
def test_a_person_is_found_first_and_it_is_said_why(clinic: Store, typed: str, name: str, match: Match) -> None:
    assert found(clinic, typed)[:1] == [(name, match)]


def test_who_fits_as_typed_comes_before_who_may_be_meant(clinic: Store) -> None:
    assert found(clinic, "rudi santoso") == [("RUDI SANTOSO", Match.EXACT), ("BUDI SANTOSO", Match.TYPO)]


@pytest.mark.parametrize("typed", ["", " ", "123", "!", "=", "%", "zzzz qqqq", "' OR 1=1 --", "x" * 80, "a b " * 20])
def test_what_nobody_is_called_finds_nobody(clinic: Store, typed: str) -> None:
    assert found(clinic, typed) == []


def test_the_very_name_is_found_among_thousands_spelled_alike(clinic: Store) -> None:
    names = ["SITI AMINAH"] * 60 + ["SITTI AMINAH"] * 60 + ["SITI NUR AMINAH"] * 60 + ["SITI AMINA"]
    clinic.write_now(lambda tx: [participants.save(tx, Participant(new_id(), name)) for name in names])
    assert found(clinic, "siti amina")[0] == ("SITI AMINA", Match.EXACT)
    assert found(clinic, "amina siti")[0] == ("SITI AMINA", Match.EXACT)
    assert ("SITI AMINA", Match.SPACE) in found(clinic, "sitiamina")


def test_however_many_have_the_name_as_typed_one_that_sounds_alike_is_shown_after_them(clinic: Store) -> None:
    namesakes = ["HUSAIN USMAN"] * 40
    clinic.write_now(lambda tx: [participants.save(tx, Participant(new_id(), n)) for n in (*namesakes, "HUSEIN USMAN")])
    hits = found(clinic, "husain usman")
    assert hits[:19] == [("HUSAIN USMAN", Match.EXACT)] * 19
    assert hits[19:] == [("HUSEIN USMAN", Match.TYPO)]
    typing = clinic.read_now(lambda tx: by_name(tx, "husain usman", 20, typing=True))
    assert [hit.match for hit in typing] == [Match.EXACT] * 20


@pytest.mark.parametrize(("typed", "name"), [("ajis wibowo", "AZIZ WIBOWO"), ("zaenal arif", "JAENAL ARIF")])
def test_z_is_written_as_it_is_said(clinic: Store, typed: str, name: str) -> None:
    clinic.write_now(lambda tx: participants.save(tx, Participant(new_id(), name)))
    assert name in [who for who, _ in found(clinic, typed)]


def test_of_equals_those_who_were_here_last_come_first(clinic: Store) -> None:
    ids = [new_id() for _ in range(90)]

    def come(place: int, at: datetime) -> None:
        def work(tx: Transaction) -> None:
            participants.seen(replace(tx, now=at), ids[place])

        clinic.write_now(work)

    clinic.write_now(lambda tx: [participants.save(tx, Participant(each, "WAYAN SUDARMA")) for each in ids])
    now = datetime(2026, 11, 22, tzinfo=UTC)
    come(80, now - timedelta(days=2))
    come(89, now - timedelta(days=1))
    come(89, now)
    for typed in ("wayan sud", "sudarma wayan", "way"):
        hits = clinic.read_now(lambda tx, typed=typed: by_name(tx, typed, 20))  # type: ignore[misc]
        assert [hit.participant.id for hit in hits][:2] == [ids[89], ids[80]], typed
        assert len({hit.participant.id for hit in hits}) == len(hits)


def index(tx: Transaction) -> list[list[dict[str, object]]]:
    return [
        tx.rows("SELECT * FROM name_pair ORDER BY clinic, key, words, participant"),
        tx.rows("SELECT * FROM vocabulary ORDER BY clinic, term"),
        tx.rows("SELECT * FROM vocabulary_deletion ORDER BY clinic, deletion, term"),
        tx.rows("SELECT * FROM spelling ORDER BY clinic, term, word"),
    ]


def test_after_any_saves_the_index_is_what_it_would_be_if_built_anew(clinic: Store) -> None:
    chance = random.Random(5)
    names = [*PEOPLE, *bench.names(60), "...", "M", "Hj.", "X " * 30, "SITI SITI"]
    known: dict[str, Participant] = {}

    def work(tx: Transaction) -> None:
        for _ in range(250):
            old = chance.choice(list(known)) if known and chance.random() < 0.6 else new_id()
            if old in known and chance.random() < 0.3:
                participants.seen(tx, old)
            else:
                known[old] = participants.save(tx, Participant(old, chance.choice(names)))
        before = index(tx)
        search_index.index_all(tx)
        assert index(tx) == before
        assert all(row["count"] > 0 for row in before[1])

    clinic.write_now(work)


def test_two_clinics_of_one_database_do_not_find_each_others_people(clinic: Store) -> None:
    def elsewhere(tx: Transaction) -> int:
        other = replace(tx, clinic="0999X999")
        participants.save(other, Participant(new_id(), "SUTRISNO TETANGGA"))
        search_index.index_all(other)
        return len(by_name(other, "sutirsno", 20)) * 10 + len(by_name(other, "dewi", 20))

    assert clinic.write_now(elsewhere) == 10
    assert found(clinic, "tetangga") == []
    assert [name for name, _ in found(clinic, "sutirsno")] == ["SUTRISNO WIBOWO"]


@pytest.fixture
def empty_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where no tables are yet."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'lama.sqlite3'}"
        return
    server = request.getfixturevalue("postgres")
    url = server.empty()
    yield url
    server.drop(url)


def test_people_of_an_older_store_are_found_after_it_was_brought_up_to_date(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = tmp_path / "older"
    shutil.copytree(schema.FOLDER, older, ignore=shutil.ignore_patterns("0003_*", "0010_*", "__pycache__"))
    with monkeypatch.context() as then:
        then.setattr(schema, "FOLDER", older)
        store = Store.open(empty_url, create=True)
        store.set_up(CLINIC)

        def work(tx: Transaction) -> None:
            for name, seen in (("SITI AMINAH", 1), ("BUDI SANTOSO", None)):
                tx.execute(
                    "INSERT INTO participant (clinic, id, name, seen_at, created_at, updated_at)"
                    " VALUES (?, ?, ?, ?, 0, 0)",
                    *(tx.clinic, new_id(), name, seen),
                )
            # As it was kept then.
            tx.execute(
                "INSERT INTO name_pair (clinic, key, participant) SELECT clinic, 'budi santusu', id FROM participant"
            )

        store.write_now(work)
        store.close()
    store = Store.open(empty_url)
    assert found(store, "aminah sit") == [("SITI AMINAH", Match.EXACT)]
    assert found(store, "budi santsoo") == [("BUDI SANTOSO", Match.TYPO)]
    assert found(store, "budi santoso") == [("BUDI SANTOSO", Match.EXACT)]
    store.close()


def test_thousands_of_names_that_the_rules_were_not_written_from_are_found(store_url: str) -> None:
    store = bench.made(store_url)
    people, _ = bench.fill(store, 3000)
    for kind, goal in bench.GOALS.items():
        recall = bench.found_in(store, bench.queries(kind, people, 80))
        assert recall.very >= goal - 0.04 * (goal < 1), (kind, recall.missed)
    store.close()
