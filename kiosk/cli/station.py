"""The name of this place on the board: the host's own from its settings, a thin client's asked once and kept."""

import os
from collections.abc import Callable, Mapping

from kiosk.config import Home

LONGEST = 24
"""Letters that fit under a number on the board."""
_TRIES = 3


def station_here(
    home: Home,
    own: str,
    environment: Mapping[str, str] | None = None,
    ask: Callable[[str], str] = input,
) -> str:
    """The place's name; `own` is the host's. Over SSH each address is asked once, on the terminal, by `ask`.

    When nothing is answered it is the host's, and the question comes again next time.
    """
    known = os.environ if environment is None else environment
    client = known.get("SSH_CLIENT", "").split(" ")[0]
    if not client:
        return own
    names = _names(home)
    if client in names:
        return names[client]
    name = _asked(own, ask)
    if name is None:
        return own
    _keep(home, {**names, client: name})
    return name


def is_known(home: Home) -> bool:
    """Whether `station_here` would answer without asking anybody."""
    client = os.environ.get("SSH_CLIENT", "").split(" ")[0]
    return not client or client in _names(home)


def _asked(own: str, ask: Callable[[str], str]) -> str | None:
    for _ in range(_TRIES):
        try:
            name = " ".join(ask(f"Nama tempat ini di papan antrean, misalnya {own} atau Poli Umum ruang 2: ").split())
        except (EOFError, KeyboardInterrupt, UnicodeDecodeError):
            return None
        if name and len(name) <= LONGEST and name.isprintable():
            return name
        print(f"Tulis nama, paling panjang {LONGEST} huruf.")
    return None


def _names(home: Home) -> dict[str, str]:
    import json

    try:
        found = json.loads((home.folder / "tempat.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


def _keep(home: Home, names: dict[str, str]) -> None:
    import json

    path = home.folder / "tempat.json"
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        fresh.write_text(json.dumps(names, ensure_ascii=False, indent=1, sort_keys=True), "utf-8")
        fresh.replace(path)
    except OSError:
        # A folder that this user may not write: it is asked again next time.
        return
