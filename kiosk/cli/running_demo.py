"""Where a running demo can be found by another terminal of the same user."""

import json
import os
from pathlib import Path

from kiosk.config import Home


def _note() -> Path:
    from platformdirs import user_runtime_path

    folder = user_runtime_path("loket")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / "demo.json"


def announce(home: Home) -> None:
    """Leave word of our demo."""
    note = _note()
    fresh = note.with_name(f"{note.name}.{os.getpid()}")
    fresh.write_text(json.dumps({"pid": os.getpid(), "home": str(home.folder)}), "utf-8")
    fresh.replace(note)


def withdraw(home: Home) -> None:
    """Take the word back, when it is still ours."""
    note = _note()
    try:
        if json.loads(note.read_text("utf-8")).get("home") == str(home.folder):
            note.unlink()
    except (OSError, ValueError):
        return


def running_demo() -> Home | None:
    """The home of the demo that runs, if one does."""
    try:
        said = json.loads(_note().read_text("utf-8"))
        os.kill(int(said["pid"]), 0)
        home = Home(Path(said["home"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return home if home.store.is_file() else None
