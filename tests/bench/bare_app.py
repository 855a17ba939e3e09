"""The least that Textual can be: one Static. What the start and the memory of ours are measured beside."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class BareApp(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static("Kata sandi")


if __name__ == "__main__":
    BareApp().run()
