"""What libraries load at their start and nobody at a counter ever uses: left out before they are imported.

It is a seventh of the time until the login stands, and 2.5 MiB.
"""

import importlib
import sys
from types import ModuleType

_PALETTE = "textual.command"
_OF_THE_PALETTE = ("CommandListItem", "CommandPalette", "DiscoveryHit", "Hit", "Hits", "Provider", "SimpleProvider")
"""What Textual 8.2 imports from it at its start."""


class _LeftOut:
    """Stands where something was left out: there may be kinds of it, but none is ever made."""

    def __init__(self, *given: object, **named: object) -> None:
        raise RuntimeError("a kiosk has no command palette")


def leave_out() -> None:
    """Import asyncio without TLS, and Textual without its command palette. What is loaded already stays as it is.

    Screens speak to nobody: P-Care is the sync process's matter, and a database server's TLS is libpq's own. The
    palette is closed (`KioskApp`), but its module brings six kinds of widgets with it.
    """
    if "asyncio" not in sys.modules and "ssl" not in sys.modules:
        # None says that it cannot be imported.
        sys.modules["ssl"] = None  # type: ignore[assignment]
        try:
            importlib.import_module("asyncio")
        finally:
            del sys.modules["ssl"]
    if "textual" not in sys.modules:
        palette = ModuleType(_PALETTE, "Left out: see kiosk.lean.")
        for name in _OF_THE_PALETTE:
            setattr(palette, name, type(name, (_LeftOut,), {}))
        sys.modules[_PALETTE] = palette
