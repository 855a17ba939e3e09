"""What is imported before the login is drawn: a list, so that nothing heavy slips in unseen."""

import subprocess
import sys

from tests.fortress import Count

LIBRARIES = {"textual", "rich", "typing_extensions", "platformdirs"}
"""Other people's packages."""
ROOMS = {
    *("app", "cli", "collector", "config", "crash", "domain", "lean", "lifeline", "resources", "safe_text", "screens"),
    "widgets",
}
"""Our own; of some only these modules."""
MODULES = {
    "screens": {"login", "top_line"},
    "cli": {"counter", "terminal"},
    "domain": {"day", "field_problem", "numbers", "people", "queue_rules", "text"},
    "widgets": {
        *("bars", "compositor", "entry", "field", "form", "key_feed", "kiosk_app", "lines", "screen", "style_sheet"),
        *("terminal_input", "themes", "thrift", "work"),
    },
}
LATER = {"json", "hashlib", "hmac", "secrets", "sqlite3", "ssl", "sysconfig", "unittest", "zoneinfo"}
"""Of Python's own: what takes milliseconds and the login does without."""
OF_THE_PLACE = ("_distutils_hack", "_sysconfigdata", "__editable__")
"""What an installation itself puts there."""
WIDGETS = {f"textual.widgets.{name}" for name in ("_input", "input", "_static", "_toast", "_tooltip")}
"""Of Textual's own kinds."""
START = (
    "import sys; before = set(sys.modules);"
    "import kiosk.cli, kiosk.cli.counter; from kiosk.lean import leave_out; leave_out();"
    "import kiosk.app, kiosk.screens.login, kiosk.widgets.terminal_input;"
    "print(*sorted(set(sys.modules) - before))"
)


def test_only_what_is_listed_is_imported_before_the_login(counted: Count) -> None:
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    names = done.stdout.split()
    first = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)
    libraries = {name for name in first if not name.startswith(OF_THE_PLACE)} - {"kiosk"}
    parts = [name.split(".") for name in names if name.startswith("kiosk.")]
    counted(modules_before_the_login=len(names), of_them_ours=len(parts))
    assert libraries <= LIBRARIES
    assert {part[1] for part in parts} <= ROOMS
    for room, modules in MODULES.items():
        assert {part[2] for part in parts if part[1] == room and len(part) > 2} <= modules
    assert not LATER & set(names)
    assert {name for name in names if name.startswith("textual.widgets.")} <= WIDGETS


def test_a_store_in_a_file_needs_no_driver_of_a_server() -> None:
    code = "import sys, kiosk.store.sqlite, kiosk.counter.desk; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"psycopg", "pydantic", "httpx", "cryptography", "rapidfuzz"} & set(done.stdout.split())
