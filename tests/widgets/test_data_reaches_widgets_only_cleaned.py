"""A reading of our own code: data reaches widgets only through safe_text, and colours only through the style sheet."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "kiosk"
FILES = sorted(
    [*(ROOT / "widgets").glob("*.py"), *(ROOT / "screens").glob("*.py"), ROOT / "app.py", *ROOT.glob("board.py")]
)

TEXT_WIDGETS = frozenset(
    "Static Label Button Checkbox RadioButton Tab TabPane Tree DataTable Select OptionList Collapsible Markdown "
    "Tooltip Link SelectionList ListItem Toast Log RichLog".split()
)
"""Textual's widgets that take a bare str for markup, or show text that nobody cleaned."""
TEXT_CALLS = frozenset("notify add_row add_column add_columns add_option add_options set_options_markup".split())
TEXT_ATTRIBUTES = frozenset("border_title border_subtitle tooltip sub_title".split())
SAFE_CALLS = frozenset(("safe", "plain", "Content"))
ALLOWED_TEXTUAL_WIDGETS = {"widgets/entry.py": {"Input"}, "widgets/key_feed.py": {"Input"}}
"""Who may import what from textual.widgets: the one wrapped Input, and the feed that recognises it."""
COLOUR = re.compile(
    r"#[0-9a-fA-F]{6}\b|\b(?:on )?(?:black|red|green|yellow|blue|magenta|cyan|white|orange|grey|gray|purple)\b"
)


def is_safe(node: ast.expr) -> bool:
    """A constant without brackets, or something that safe_text made."""
    if isinstance(node, ast.Constant):
        return not (isinstance(node.value, str) and "[" in node.value)
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        return name in SAFE_CALLS
    return False


def findings(source: str, where: str) -> Iterator[str]:
    """Every place where data may reach a widget uncleaned."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("textual.widgets"):
            names = {alias.name for alias in node.names} if node.module == "textual.widgets" else set()
            if names - ALLOWED_TEXTUAL_WIDGETS.get(where, set()):
                yield f"{where}:{node.lineno} imports {sorted(names)} from textual.widgets"
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in TEXT_WIDGETS | TEXT_CALLS and not all(is_safe(argument) for argument in node.args):
                yield f"{where}:{node.lineno} gives {name} text that safe_text did not make"
            if name == "from_markup":
                yield f"{where}:{node.lineno} reads markup"
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr in TEXT_ATTRIBUTES and not is_safe(node.value):
                    yield f"{where}:{node.lineno} sets {target.attr} to text that safe_text did not make"


def colours(source: str, where: str) -> Iterator[str]:
    """Every colour named in code."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and COLOUR.search(node.value):
            found = COLOUR.search(node.value)
            yield f"{where}:{node.lineno} names the colour {found[0] if found else ''}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_data_reaches_widgets_only_through_safe_text(path: Path) -> None:
    assert list(findings(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_colour_stands_in_code(path: Path) -> None:
    assert list(colours(path.read_text(encoding="utf-8"), path.name)) == []


@pytest.mark.parametrize(
    "source",
    [
        "from textual.widgets import Static",
        "Static(name)",
        "Static(f'{name}')",
        "Label('[b]x')",
        "self.notify(error.message)",
        "table.add_row(person.name)",
        "self.border_title = name",
        "Content.from_markup(name)",
    ],
)
def test_the_reading_finds_what_it_is_for(source: str) -> None:
    assert list(findings(source, "screens/x.py"))


def test_the_reading_lets_cleaned_text_through() -> None:
    assert not list(findings("Static(safe(name)); self.border_title = safe(x); Static('Cari')", "screens/x.py"))
    assert list(colours("style = 'bold red'", "x.py"))
