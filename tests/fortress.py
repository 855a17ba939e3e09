"""What the suites of the fortress counted, collected over all workers and printed in one line a point."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest

POINTS: dict[int, tuple[str, tuple[str, ...]]] = {
    1: (
        "untrusted text",
        (
            "widgets/test_hostile_matrix",
            "widgets/test_safe_text",
            "widgets/test_data_reaches_widgets_only_cleaned",
            "widgets/test_crash",
            "screens/test_caps",
        ),
    ),
    2: (
        "operators",
        (
            "counter/test_permissions",
            "counter/test_passwords",
            "counter/test_sessions",
            "store/test_audit",
            "cli/test_audit_command",
            "cli/test_audit_rows",
            "screens/test_login",
            "screens/test_roles",
            "screens/test_masking",
            "screens/test_keys_by_role",
            "system/test_canary",
        ),
    ),
    3: ("secrets", ("system/test_secrets_stay", "pcare/test_secrets_and_settings")),
    4: (
        "SSH and systemd",
        ("system/test_ssh", "system/test_sessions", "system/test_two_users", "cli/test_deploy", "test_lockdown"),
    ),
    5: (
        "inside",
        ("screens/test_random_keys", "screens/test_closed_doors", "screens/test_storms", "store/test_narrow"),
    ),
    6: ("data at rest", ("store/test_encrypted", "cli/test_encryption")),
    7: ("light", ("test_start_imports", "widgets/test_frugal", "widgets/test_thrift")),
    8: ("supply", ("cli/test_sbom",)),
}
"""The points of the fortress: name, and the files that try it. What number 7 weighs is measured by tests/bench."""

Count = Callable[..., None]
_PROPERTY = "fortress"


@pytest.fixture
def counted(record_property: Callable[[str, object], None]) -> Iterator[Count]:
    """`counted(random_keys=10_000, screens={"search", …})`: for the line of the point that the test's file belongs to.

    Of all tests of a point, numbers of one name are added up, of sets the different members are counted.
    """

    def count(**found: int | set[str]) -> None:
        plain = {name: sorted(value) if isinstance(value, set) else value for name, value in found.items()}
        record_property(_PROPERTY, json.dumps(plain))

    yield count


def point_of(nodeid: str) -> int | None:
    """The point that the test is of."""
    file = nodeid.partition("::")[0].removeprefix("tests/").removesuffix(".py")
    return next((number for number, (_, files) in POINTS.items() if file in files), None)


def lines_of(reports: list[Any]) -> list[str]:
    """One line for each point of which tests passed."""
    passed: dict[int, int] = defaultdict(int)
    numbers: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    members: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for report in reports:
        number = point_of(report.nodeid)
        if number is None or report.when != "call":
            continue
        passed[number] += 1
        for name, value in report.user_properties:
            for what, found in json.loads(value).items() if name == _PROPERTY else ():
                if isinstance(found, list):
                    members[number][what] |= set(found)
                else:
                    numbers[number][what] += found
    lines = []
    for number in sorted(passed):
        found = {**numbers[number], **{what: len(names) for what, names in members[number].items()}}
        told = [f"{count:,} {what.replace('_', ' ')}" for what, count in found.items()]
        lines.append(f"Fortress {number}, {POINTS[number][0]}: " + ", ".join([f"{passed[number]} tests passed", *told]))
    return lines


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The lines, once, from what all workers reported."""
    for line in lines_of(terminalreporter.stats.get("passed", [])):
        terminalreporter.write_line(line)
