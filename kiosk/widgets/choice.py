"""A field in which one key chooses: sakit or sehat, rawat jalan or inap, a poli."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size

from kiosk.safe_text import plain
from kiosk.widgets.field import Field
from kiosk.widgets.lines import Line, Span, column

_SPARE_KEYS = "123456789bcdfghjklmnpqrstvwxyzaeiou"
_LABEL_CELLS = 22


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be chosen."""

    value: str
    """What the field's value becomes."""
    label: str
    """The words shown."""
    key: str
    """The key that chooses it, one lower-case letter or digit."""


def choices(pairs: Sequence[tuple[str, str]]) -> tuple[Choice, ...]:
    """(value, label) pairs with a key each: the label's first free letter, then any free digit or letter.

    The same list gives the same keys, so that fingers can learn them.
    """
    taken: set[str] = set()
    found = []
    for value, label in pairs:
        letters = [c for c in label.lower() if c in "abcdefghijklmnopqrstuvwxyz0123456789"]
        initials = [word[0].lower() for word in label.split() if word[0].lower() in letters]
        key = next((c for c in (*initials, *letters, *_SPARE_KEYS) if c not in taken), "")
        taken.add(key)
        found.append(Choice(value, label, key))
    return tuple(found)


class ChoiceField(Field, can_focus=True, inherit_bindings=False):
    """Options side by side, wrapped when they are many. A key chooses and moves on; arrows choose and stay."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right,space", "step(1)", show=False),
        Binding("enter", "done", show=False),
    ]

    GAP: ClassVar[int] = 5
    """Cells that an option takes besides its words: key, brackets, blanks."""

    DEFAULT_CSS = """
    ChoiceField { height: auto; }
    """

    def __init__(
        self,
        key: str,
        label: str,
        options: Sequence[Choice] = (),
        *,
        label_width: int = 18,
        required: bool = True,
        empty: str = "",
        id: str | None = None,
    ) -> None:
        super().__init__(key, label, label_width=label_width, required=required, id=id)
        self._options = tuple(options)
        self._chosen: str | None = None
        self.empty = empty
        """The sentence shown when there is nothing to choose from."""

    @property
    def options(self) -> tuple[Choice, ...]:
        """What may be chosen."""
        return self._options

    def set_options(self, options: Sequence[Choice]) -> None:
        """Offer these; what was chosen stays when it is among them."""
        self._options = tuple(options)
        if self._chosen not in {option.value for option in options}:
            self._chosen = None
        if self.is_mounted:
            self.redraw()

    @property
    def typed(self) -> str:
        """The chosen value, "" when nothing is chosen."""
        return self._chosen or ""

    def put(self, text: str) -> None:
        """Choose the option with this value; any other text chooses nothing."""
        self._chosen = next((option.value for option in self._options if option.value == text), None)
        if self.is_mounted:
            self.redraw()

    def _choose(self, value: str) -> None:
        self.say("")
        if value != self._chosen:
            self.put(value)
            self.post_message(self.Edited(self))

    def value(self) -> object:
        """The chosen value or None."""
        return self._chosen

    def check(self) -> bool:
        """Something must be chosen when the field is required."""
        if self.required and self._chosen is None:
            self.say("Pilih salah satu" if self._options else self.empty or "Daftar masih kosong")
            return False
        self.say("")
        return True

    def on_key(self, event: events.Key) -> None:
        """A key of an option chooses it and moves on."""
        if event.character is None:
            return
        for option in self._options:
            if option.key == event.character.lower():
                event.stop()
                event.prevent_default()
                self._choose(option.value)
                self.post_message(self.Done(self, to_empty=True))
                return
        if event.is_printable and event.character != " ":
            event.stop()
            keys = ", ".join(option.key.upper() for option in self._options)
            self.say(f"Tekan {keys}" if len(keys) <= 30 else "Tekan huruf atau angka di depan pilihan", "muted")

    def action_step(self, by: int) -> None:
        """The next option, around the ends."""
        if not self._options:
            return
        values = [option.value for option in self._options]
        at = values.index(self._chosen) + by if self._chosen in values else (0 if by > 0 else -1)
        self._choose(values[at % len(values)])

    def action_done(self) -> None:
        """Enter moves on once something is chosen."""
        if self.check():
            self.post_message(self.Done(self))

    def on_focus(self, event: events.Focus) -> None:
        """The label stands out while its field is used."""
        self.redraw()

    def on_blur(self, event: events.Blur) -> None:
        """The label steps back."""
        if self._note_role == "muted":
            self.say("")
        self.redraw()

    @property
    def note_fits(self) -> bool:
        """Beside the options when they take one line and leave room."""
        flow = self._flow(self.size.width)
        used = self.label_width + sum(cell_len(span.text) for span in flow[0]) + 2 if flow else self.label_width
        return len(flow) <= 1 and self.size.width - used >= len(self._note)

    def redraw(self) -> None:
        """Label, mark and options; only what changed is sent."""
        mark = {"error": Span("×", "error")}.get(self._note_role, Span(" "))
        label = column(self.label, self.label_width - 2, "strong" if self.is_in_use else "muted")
        rows: list[Line] = []
        for number, options in enumerate(self._flow(self.size.width) or [(Span(self.empty, "muted"),)]):
            left = (label, mark, Span(" ")) if number == 0 else (Span(" " * self.label_width),)
            rows.append((*left, *options))
        if self._note and self.note_fits:
            rows[0] = (*rows[0], Span("  "), Span(self._note, self._note_role))
        self.show(*rows)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the options need at this width."""
        return max(len(self._flow(width)), 1)

    def _flow(self, width: int) -> list[Line]:
        """The options broken into lines; with more than one line they stand in columns."""
        room = max(width - self.label_width, 20)
        words = [plain(option.label, _LABEL_CELLS) for option in self._options]
        sizes = [cell_len(word) + self.GAP for word in words]
        grid = max(sizes, default=0) if sum(sizes) > room else 0
        rows: list[list[Span]] = [[]] if self._options else []
        used = 0
        for option, word, size in zip(self._options, words, sizes, strict=True):
            cells = min(grid or size, room)
            if rows[-1] and used + cells > room:
                rows.append([])
                used = 0
            rows[-1] += self._option(option, word, cells)
            used += cells
        return [tuple(row) for row in rows]

    def _option(self, option: Choice, word: str, cells: int) -> list[Span]:
        key = option.key.upper()
        if option.value == self._chosen:
            shown = f"[{key} {word}]"
            shown = shown if cell_len(shown) <= cells else column(shown, cells).text
            return [Span(shown, "chosen"), Span(" " * (cells - cell_len(shown)))]
        return [Span(" "), Span(key, "key"), column(f" {word}", cells - 2)]
