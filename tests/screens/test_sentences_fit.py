"""What a screen says in one line, and what the counter refuses with, is not cut off at 80 columns."""

import ast
from collections.abc import Iterator
from pathlib import Path

import kiosk

SAYING = {"say", "problem", "Conflict", "NotFound", "InvalidField", "NotPermitted", "FieldProblem"}
"""Calls that put a sentence on a line of its own."""
ROOM = 79
"""Cells of the line at 80 columns, behind its margin."""
FILLED = "X" * 10
"""Stands for what is filled in: a day, a number; names are cut to their own room."""


def sentences() -> Iterator[tuple[str, str]]:
    """Where, and what is said."""
    house = Path(kiosk.__file__).parent
    for path in (*house.glob("counter/*.py"), *house.glob("screens/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for text in node.args if name in SAYING else ():
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield f"{path.name}:{node.lineno}", text.value
                elif isinstance(text, ast.JoinedStr):
                    parts = [part.value if isinstance(part, ast.Constant) else FILLED for part in text.values]
                    yield f"{path.name}:{node.lineno}", "".join(map(str, parts))


def test_a_sentence_fits_on_its_line() -> None:
    said = list(sentences())
    assert len(said) > 100, "they were found"
    assert [(where, text) for where, text in said if len(text) > ROOM] == []
