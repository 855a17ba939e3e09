"""The one-line text entry inside fields: Textual's Input, cleaned, bounded, still, and with its keys chosen."""

import re
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import Input

from kiosk.domain.text import clean
from kiosk.safe_text import INPUT_LIMIT

_BREAKS = re.compile(r"[\r\n\t]+")


class Entry(Input, inherit_bindings=False):
    """An Input without copy, cut, blinking, borders or unbounded text; what is pasted is cleaned like what is typed."""

    DEFAULT_CSS = """
    Entry, Entry:focus { border: none; padding: 0; height: 1; background-tint: transparent; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "cursor_left", show=False),
        Binding("right", "cursor_right", show=False),
        Binding("shift+left", "cursor_left(True)", show=False),
        Binding("shift+right", "cursor_right(True)", show=False),
        Binding("ctrl+left", "cursor_left_word", show=False),
        Binding("ctrl+right", "cursor_right_word", show=False),
        Binding("home", "home", show=False),
        Binding("end", "end", show=False),
        Binding("backspace", "delete_left", show=False),
        Binding("delete", "delete_right", show=False),
        Binding("ctrl+w", "delete_left_word", show=False),
        Binding("ctrl+u", "delete_left_all", show=False),
        Binding("ctrl+k", "delete_right_all", show=False),
        Binding("enter", "submit", show=False),
    ]

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)
    """How much room the text would take. Textual lays the whole screen out again at each letter; an entry's own size
    is given and never follows its text."""

    class Emptied(Message):
        """Backspace was pressed in an entry that is empty already."""

    def __init__(
        self,
        *,
        max_length: int,
        password: bool = False,
        placeholder: str = "",
        select_on_focus: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(
            placeholder=placeholder,
            password=password,
            max_length=min(max_length, INPUT_LIMIT),
            select_on_focus=select_on_focus,
            validate_on=(),
            compact=True,
            id=id,
        )
        self.cursor_blink = False

    def watch_virtual_size(self, size: Size) -> None:
        """What the layout would do about it: a text that became shorter does not stay scrolled away."""
        self._scroll_update(size)

    def validate_value(self, value: str) -> str:
        """Whatever way a value comes, it is one clean, bounded line."""
        return clean(value, self.max_length or INPUT_LIMIT)

    def _on_paste(self, event: events.Paste) -> None:
        """Pasted or scanned lines become one line; a scanner's last line end stays an Enter of its own."""
        event.prevent_default()
        event.stop()
        text = clean(_BREAKS.sub(" ", event.text[: INPUT_LIMIT * 2]).strip(), self.max_length or INPUT_LIMIT)
        start, end = sorted(self.selection)
        room = (self.max_length or INPUT_LIMIT) - len(self.value) + (end - start)
        if text and room > 0:
            self.replace(text[:room], start, end)
