"""Nothing that is typed or pasted is longer than its field: every entry of every screen and box has its limit."""

import ast
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, TextArea

import kiosk
from kiosk.safe_text import INPUT_LIMIT
from tests.fortress import Count
from tests.people import make_store
from tests.screens.driver import Counter
from tests.screens.walk import every_screen, walk
from tests.snapshots.scenes import moment

MEGABYTE = "Ani 7 " * 175_000


@pytest.mark.slow
async def test_a_megabyte_pasted_into_any_entry_leaves_no_more_than_its_limit(tmp_path: Path, counted: Count) -> None:
    store = make_store(f"sqlite:///{tmp_path / 'klinik.sqlite3'}", moment)
    tried: set[int] = set()
    longest = 0

    async def stop(counter: Counter, place: str) -> None:
        nonlocal longest
        screen = counter.app.screen
        assert not screen.query(TextArea), place
        for entry in screen.query(Input):
            assert entry.max_length is not None and 0 < entry.max_length <= INPUT_LIMIT, (place, entry)
            if id(entry) in tried:
                continue
            tried.add(id(entry))
            held = entry.value
            with entry.prevent(Input.Changed):
                # The two ways in which text comes: from the terminal, and from the program.
                entry.value = ""
                entry._on_paste(events.Paste(MEGABYTE))
                assert 0 <= len(entry.value) <= entry.max_length, (place, entry)
                longest = max(longest, len(entry.value))
                entry.value = MEGABYTE
                assert len(entry.value) <= entry.max_length, (place, entry)
                entry.value = held

    seen = await walk(store, tmp_path, stop)
    store.close()
    assert seen == every_screen(), "the walk comes everywhere"
    assert len(tried) > 40 and longest > 10, "they took what had room"
    counted(entries_with_a_limit=len(tried), letters_of_the_longest=longest)


def test_every_entry_is_one_of_ours() -> None:
    """Only kiosk/widgets/entry.py goes back to the library's own, which has no limit by itself."""
    strangers: list[str] = []
    for path in sorted(Path(kiosk.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [base for base in node.bases if isinstance(base, ast.Name)] if isinstance(node, ast.ClassDef) else []
            )
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                names.append(node.func)
            strangers += [
                f"{path.name}:{name.lineno}" for name in names if name.id in ("Input", "TextArea", "MaskedInput")
            ]
    assert [where.partition(":")[0] for where in strangers] == ["entry.py"]
