"""What every session would load and work out at its start, done once before the first is forked."""

import pkgutil
import tempfile
from importlib import import_module
from pathlib import Path

import kiosk.counter
import kiosk.domain
import kiosk.screens
import kiosk.widgets
from kiosk.app import CounterApp

_ROOMS = (kiosk.domain, kiosk.counter, kiosk.widgets, kiosk.screens)
_BESIDE = ("argon2", "kiosk.crash", "kiosk.cli.station", "kiosk.session_socket", "kiosk.store.sqlite", "zoneinfo")
SIZE = 80, 24


class _OnlyTheLogin(CounterApp):
    """Draws the login and ends; no store is opened, and so no thread begins."""

    drawn = False
    """Whether it came that far."""

    def _start(self) -> None:
        self.drawn = True
        self.exit()


def warm() -> None:
    """Import what sessions use, and draw one login nowhere: style sheets are then parsed and caches filled."""
    for room in _ROOMS:
        for module in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            import_module(module.name)
    for name in _BESIDE:
        import_module(name)
    app = _OnlyTheLogin("sqlite:///", state_folder=Path(tempfile.gettempdir()))
    app.run(headless=True, size=SIZE)
    if not app.drawn:
        raise RuntimeError("the login was not drawn")
