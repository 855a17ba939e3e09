"""No statement joins or reads across clinics, so that many clinics can share one distributed database.

Each row is found by its clinic's code first: an engine that spreads its rows by that code never has to ask two places.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import kiosk.store
from tests.store.test_file import OURS

ROOM = Path(kiosk.store.__file__).parent
WHOLE_STORE = {"backup.py", "restore.py", "postgres_backup.py"}
"""These copy or look through a store as a whole, whoever is in it; clinics of a common database do not use them."""
TABLES = sorted(set(OURS) - {"clinic"}, key=len, reverse=True)
_TABLE = f"({'|'.join(TABLES)})"
JOINED = re.compile(rf"JOIN {_TABLE} (\w+) ON (\w+)\.clinic = (\w+)\.clinic\b")
NESTED = re.compile(rf"EXISTS \(SELECT 1 FROM {_TABLE} (\w+) WHERE (\w+)\.clinic = (\w+)\.clinic\b")
USED = re.compile(rf"\b(?:FROM|INTO|UPDATE|JOIN) {_TABLE}\b")


def texts(path: Path) -> Iterator[str]:
    """Every text of a module, its pieces put together; what is filled in stands as {}."""
    tree = ast.parse(path.read_text("utf-8"))
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)} - {
        id(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def statements(path: Path) -> list[str]:
    return [text for text in texts(path) if USED.search(text)]


MODULES = [path for path in sorted(ROOM.glob("*.py")) if statements(path)]


def crossing(sql: str) -> str | None:
    """What in the statement may reach another clinic's rows; None when nothing does."""
    if len(JOINED.findall(sql)) != len(re.findall(rf"JOIN {_TABLE}\b", sql)):
        return "a join without the clinic's code in front"
    if len(NESTED.findall(sql)) != len(re.findall(rf"EXISTS \(SELECT 1 FROM {_TABLE} \w+ WHERE", sql)):
        return "a subquery without the clinic's code in front"
    return None if re.search(r"\bclinic\b", sql) else "no clinic at all"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_every_statement_stays_with_its_clinic(path: Path) -> None:
    found = {sql: wrong for sql in statements(path) if (wrong := crossing(sql))}
    assert path.name in WHOLE_STORE or not found, found


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT o.* FROM outbox o JOIN visit v ON v.id = o.parent WHERE o.clinic = ?",
        "SELECT o.* FROM outbox o WHERE o.clinic = ? AND EXISTS (SELECT 1 FROM visit v WHERE v.id = o.parent)",
        "UPDATE outbox SET state = ? WHERE id = ?",
    ],
)
def test_a_statement_that_does_not_would_be_seen(sql: str) -> None:
    assert USED.search(sql)
    assert crossing(sql)


def test_most_of_the_stores_statements_are_looked_at() -> None:
    assert len(MODULES) > 12
    assert sum(len(statements(path)) for path in MODULES) > 80
