"""Every way out of the counter, watched."""

from typing import Any

import pytest
from textual.app import App
from textual.command import CommandPalette
from textual.worker import get_current_worker

from kiosk.widgets.kiosk_app import KioskApp

CLOSED_ACTIONS = frozenset(
    "quit help_quit suspend_process command_palette screenshot copy_text maximize minimize toggle_dark change_theme"
    " open_url deliver_screenshot copy cut show_help_panel devtools".split()
)
"""Actions of the library that no key may lead to."""
_CALLS = ("suspend", "deliver_screenshot", "save_screenshot", "action_screenshot", "deliver_text", "deliver_binary")


class Doors:
    """Notes each way out that is taken, in place of taking it."""

    def __init__(self, app: App[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened: list[str] = []
        self.left = 0
        self.recent: list[str] = []
        """The keys that were pressed last; whoever presses them notes them."""
        self.app = app
        for name in _CALLS:
            monkeypatch.setattr(App, name, lambda *_, door=name, **__: self.opened.append(door))
        monkeypatch.setattr(app, "exit", self._leave)

    def _leave(self, *_: object, **__: object) -> None:
        self.left += 1
        # Only the answer to the question ends it: of Ctrl+C and Ctrl+Q anywhere, of Esc at the login.
        if "y" not in self.recent or get_current_worker().name != KioskApp._leave.__name__:
            self.opened.append(f"left by {self.recent}")

    def look(self) -> None:
        """What stands open now."""
        if isinstance(self.app.screen, CommandPalette):
            self.opened.append("palette")
        if self.app.clipboard:
            self.opened.append("clipboard")
