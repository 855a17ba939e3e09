"""Imports run only downwards, each outside door has one room, and so it stays."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kiosk

HOUSE = Path(kiosk.__file__).parent

LEAVES = {
    "resources",
    "lifeline",
    "crash",
    "config",
    "voice",
    "lockdown",
    "session_client",
    "session_socket",
    "collector",
    "lean",
}
"""Small modules beside the rooms that import nothing of ours: tools for everybody above the store."""

MAY_IMPORT: dict[str, set[str]] = {
    "__main__": {"cli"},
    "cli": {
        "app",
        "board",
        "screens",
        "widgets",
        "counter",
        "sync",
        "simulator",
        "store",
        "pcare",
        "domain",
        "safe_text",
    }
    | LEAVES,
    "app": {"screens", "widgets", "counter", "domain", "safe_text"} | LEAVES,
    "board": {"screens", "widgets", "counter", "domain", "safe_text"} | LEAVES,
    "screens": {"widgets", "counter", "domain", "safe_text", "resources"},
    "widgets": {"domain", "safe_text", "resources", "crash"},
    "counter": {"store", "domain", "resources"},
    "sync": {"store", "pcare", "domain"},
    "simulator": {"pcare", "domain", "lifeline"},
    "store": {"domain"},
    "pcare": set(),
    "domain": set(),
    "safe_text": {"domain"},
    **{leaf: set() for leaf in LEAVES},
    "session_socket": {"session_client"},
}
"""What each room may import of ours besides itself; the drawing of the house as a table."""

SHARED_WITH_SIMULATOR = {"kiosk.pcare.codec", "kiosk.pcare.signing"}
"""The simulator speaks from the other side: it may use how bytes are packed, not what our client believes."""

DOORS: dict[str, set[str]] = {
    "httpx": {"pcare"},
    "socket": {"pcare", "simulator", "session_socket"},
    "_socket": {"session_client"},
    "urllib.request": {"simulator"},
    "http.client": set(),
    "http.server": set(),
    "requests": set(),
    "starlette": {"simulator"},
    "uvicorn": {"simulator"},
    "apsw": {"store"},
    "peewee": {"store"},
    "playhouse": {"store"},
    "psycopg": {"store"},
    "sqlite3": set(),
    "textual": {"app", "screens", "widgets", "safe_text", "cli"},
    "rich": {"app", "screens", "widgets", "safe_text"},
    "cryptography": {"pcare", "simulator"},
    "rapidfuzz": {"store"},
}
"""Which rooms may import a library that leads outside; no room may import Python's own sqlite3 (its WAL race)."""

FILES = sorted(HOUSE.rglob("*.py"))
NAMES = [str(path.relative_to(HOUSE)) for path in FILES]


def room_of(path: Path) -> str:
    first = path.relative_to(HOUSE).parts[0]
    return first.removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it; `from kiosk import x` is kiosk.x."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            module = node.module or ""
            yield module
            # The names may be modules too: "from kiosk import lifeline", "from urllib import request".
            yield from (f"{module}.{alias.name}" for alias in node.names)


def ours(path: Path) -> Iterator[tuple[str, str]]:
    """The rooms of ours that a file imports, with the module."""
    for module in imported(path):
        first, *rest = module.split(".")
        if first == "kiosk" and rest and rest[0] in MAY_IMPORT:
            yield rest[0], module


def test_every_room_of_the_house_is_in_the_table() -> None:
    rooms = {room_of(path) for path in FILES} - {"__init__"}
    assert rooms == set(MAY_IMPORT)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_imports_run_only_downwards(path: Path) -> None:
    room = room_of(path)
    allowed = MAY_IMPORT.get(room, set()) | {room}
    wrong = {module for target, module in ours(path) if target not in allowed}
    assert not wrong, f"{room} must not import {sorted(wrong)}"


def test_the_table_itself_has_no_way_round() -> None:
    """No room reaches itself through others, and the screens' side never reaches the wire."""

    def below(room: str, on_the_way: tuple[str, ...] = ()) -> set[str]:
        assert room not in on_the_way, (*on_the_way, room)
        found = set(MAY_IMPORT[room])
        for next_room in MAY_IMPORT[room]:
            found |= below(next_room, (*on_the_way, room))
        return found

    for room in MAY_IMPORT:
        below(room)
    for room in ("app", "screens", "widgets"):
        assert not {"store", "pcare", "sync"} & MAY_IMPORT[room]
    assert not {"pcare", "sync"} & below("app")


def test_the_simulator_shares_only_the_codec_and_the_signature_with_the_client() -> None:
    used = {
        module
        for path in FILES
        if room_of(path) == "simulator"
        for target, module in ours(path)
        if target == "pcare" and not any(module.startswith(shared) for shared in SHARED_WITH_SIMULATOR)
    }
    assert used <= {"kiosk.pcare"}


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_each_way_outside_has_its_own_room(path: Path) -> None:
    room = room_of(path)
    wrong = {
        module
        for module in imported(path)
        for door, rooms in DOORS.items()
        if (module == door or module.startswith(f"{door}.")) and room not in rooms
    }
    assert not wrong, f"{room} must not import {sorted(wrong)}"


@pytest.mark.parametrize("path", [p for p in FILES if room_of(p) != "store"], ids=lambda p: str(p.relative_to(HOUSE)))
def test_sql_is_written_only_in_the_store(path: Path) -> None:
    """No call of the database outside of the store, and no text that reads as a statement."""
    tree = ast.parse(path.read_text("utf-8"))
    calls = [n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)]
    assert "execute_sql" not in calls
    if room_of(path) not in ("domain", "pcare", "simulator"):
        used_on_transaction = {
            n.func.attr
            for n in ast.walk(tree)
            if isinstance(n, ast.Call)
            and isinstance(n.func, ast.Attribute)
            and isinstance(n.func.value, ast.Name)
            and n.func.value.id == "tx"
        }
        assert not used_on_transaction & {"rows", "row", "value", "execute", "insert", "update"}
    heads = ("SELECT ", "INSERT ", "UPDATE ", "DELETE FROM", "CREATE ", "PRAGMA ")
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    assert not [text for text in texts if text.startswith(heads)]


def test_the_check_sees_what_it_is_meant_to_see(tmp_path: Path) -> None:
    """A planted import is found in each form that Python has for it."""
    planted = tmp_path / "planted.py"
    planted.write_text(
        "import sqlite3\nfrom kiosk import store\nfrom kiosk.store import outbox\n"
        "def late():\n    from urllib import request\n    import kiosk.pcare.client as c\n"
    )
    assert {"sqlite3", "urllib.request", "kiosk.pcare.client"} <= set(imported(planted))
    assert {target for target, _ in ours(planted)} == {"store", "pcare"}
