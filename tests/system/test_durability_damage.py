"""Flipped bits and cut logs: each is harmless, or noticed and named; never a wrong name, never a silent loss."""

import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.store import participants
from kiosk.store.backup import back_up
from kiosk.store.database import Store
from kiosk.store.engine import sqlite_url
from kiosk.store.errors import Damaged, StoreError
from kiosk.store.health import look_at_file
from kiosk.store.mark import FOLDER, losses
from kiosk.store.transaction import Transaction
from tests.people import invented
from tests.system.counter_day import prepared_store

SEED = int(os.environ.get("LOKET_SEED") or random.SystemRandom().randrange(2**32))
RESTED_FLIPS, FLIPS, LOG_FLIPS, LOG_CUTS, SOAK = 80, 30, 50, 40, 20
IN_THE_LOG = 40
NAME = "klinik.sqlite3"
Rows = frozenset[str]


@dataclass(frozen=True)
class Template:
    """A store as a killed program leaves it: much in the file, the last rows in the log alone."""

    folder: Path
    rows: Rows


def rows_of(tx: Transaction) -> Rows:
    """Every row of every table, as text."""
    tables = [r["name"] for r in tx.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return frozenset(f"{table} {sorted(row.items())}" for table in tables for row in tx.rows(f"SELECT * FROM {table}"))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    living = tmp_path_factory.mktemp("hidup")
    prepared_store(living / NAME)
    store = Store.open(sqlite_url(living / NAME))
    for n in range(IN_THE_LOG):
        store.write_now(lambda tx, n=n: participants.save(tx, invented(5000 + n, f"Terakhir {n}")))  # type: ignore[misc]
    folder = tmp_path_factory.mktemp("mati")
    for name in (NAME, f"{NAME}-wal"):
        shutil.copy(living / name, folder / name)
    shutil.copytree(living / FOLDER, folder / FOLDER)
    rows = store.read_now(rows_of)
    store.close()
    assert len((folder / f"{NAME}-wal").read_bytes()) > 100_000
    return Template(folder, rows)


@pytest.fixture(scope="module")
def rested(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The same store closed tidily: everything is in the file, there is no log."""
    folder = tmp_path_factory.mktemp("tutup") / "klinik"
    shutil.copytree(template.folder, folder)
    Store.open(sqlite_url(folder / NAME)).close()
    assert not (folder / f"{NAME}-wal").exists()
    return Template(folder, template.rows)


def verdict(template: Template, scene: Path, damage: Callable[[Path], None], *, marked: bool = True) -> str:
    """What becomes of a store to which `damage` was done: harmless, noticed, or silent."""
    shutil.rmtree(scene, ignore_errors=True)
    shutil.copytree(template.folder, scene)
    if not marked:
        shutil.rmtree(scene / FOLDER)
    damage(scene)
    path = scene / NAME
    health = look_at_file(path)
    noticed = health is None or health.problem is not None or health.missing > 0
    try:
        store = Store.open(sqlite_url(path))
        try:
            there: Rows | None = store.read_now(rows_of)
        finally:
            store.close()
    except StoreError as error:
        assert not isinstance(error, Damaged) or "kiosk restore" in str(error)
        noticed, there = True, None
    try:
        back_up(sqlite_url(path), scene / "cadangan")
    except StoreError:
        noticed = True
    assert path.is_file(), "nothing is deleted"
    # It is still known when somebody has opened it since.
    if noticed or losses(path):
        return "noticed"
    return "harmless" if there is not None and template.rows <= there else "silent"


def flip(name: str, chance: random.Random) -> Callable[[Path], None]:
    def damage(scene: Path) -> None:
        content = bytearray((scene / name).read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        (scene / name).write_bytes(bytes(content))

    return damage


def cut(name: str, chance: random.Random) -> Callable[[Path], None]:
    def damage(scene: Path) -> None:
        size = (scene / name).stat().st_size
        os.truncate(scene / name, chance.randrange(size))

    return damage


def test_every_bit_that_flips_in_a_store_at_rest_is_noticed(
    rested: Template, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(f"{SEED} rested")
    times = RESTED_FLIPS * (SOAK if request.config.getoption("--soak") else 1)
    found = Counter(verdict(rested, tmp_path / "adegan", flip(NAME, chance)) for _ in range(times))
    print(f"LOKET_SEED={SEED} flips at rest: {dict(found)}")
    assert found["silent"] == 0, f"LOKET_SEED={SEED}"
    assert found["noticed"] > 0.9 * times


@pytest.mark.parametrize(
    ("what", "count"),
    [("flips in the file", FLIPS), ("flips in the log", LOG_FLIPS), ("cuts of the log", LOG_CUTS)],
)
def test_damage_is_harmless_or_noticed(
    template: Template, tmp_path: Path, what: str, count: int, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(f"{SEED} {what}")
    make = cut if what.startswith("cuts") else flip
    name = NAME if what.endswith("file") else f"{NAME}-wal"
    times = count * (SOAK if request.config.getoption("--soak") else 1)
    found = Counter(verdict(template, tmp_path / "adegan", make(name, chance)) for _ in range(times))
    print(f"LOKET_SEED={SEED} {what}: {dict(found)}")
    assert found["silent"] == 0, f"LOKET_SEED={SEED}"
    assert found["noticed"] > 0 or name == NAME, "most pages of the file have a newer one in the log"


def test_without_the_note_a_cut_log_would_be_a_silent_loss(template: Template, tmp_path: Path) -> None:
    """So the eyes of these tests are open, and the note is what notices."""
    chance = random.Random(SEED)
    found = Counter(verdict(template, tmp_path / "adegan", cut(f"{NAME}-wal", chance), marked=False) for _ in range(10))
    print(f"LOKET_SEED={SEED} without the note: {dict(found)}")
    assert found["silent"] > 0


def test_a_log_that_is_gone_is_noticed_once_and_said_until_somebody_has_looked(
    template: Template, tmp_path: Path
) -> None:
    scene = tmp_path / "adegan"
    shutil.copytree(template.folder, scene)
    (scene / f"{NAME}-wal").unlink()
    path = scene / NAME
    health = look_at_file(path)
    assert health is not None
    assert health.missing == IN_THE_LOG
    for _ in range(2):
        store = Store.open(sqlite_url(path))
        store.write_now(lambda tx: tx.next_number("x"))
        store.close()
    (loss,) = losses(path)
    assert f"hilang-{IN_THE_LOG}-" in loss.name
    after = look_at_file(path)
    assert after is not None
    assert after.missing == 0


def test_an_untouched_store_and_a_kill_are_no_loss(template: Template, tmp_path: Path) -> None:
    assert verdict(template, tmp_path / "adegan", lambda _: None) == "harmless"
    assert losses(tmp_path / "adegan" / NAME) == ()
