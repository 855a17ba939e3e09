"""A choice with a proposal: it is shown as a question, and counts only once the person has passed the field."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from kiosk.widgets.choice import Choice, ChoiceField
from kiosk.widgets.lines import Span, column


class ProposedChoice(ChoiceField, inherit_bindings=False):
    """Enter, Down or Tab take what is proposed; a key chooses something else; saving before that asks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right,space", "step(1)", show=False),
        Binding("enter,down,tab", "done", show=False),
    ]

    GAP = 4

    _proposal: Choice | None = None
    _why = ""

    def propose(self, value: str | None, why: str = "") -> None:
        """Show `value` as what is proposed because of `why` ("usia 67 th"); None proposes nothing."""
        self._proposal = next((option for option in self.options if option.value == value), None)
        self._why = why
        if self.is_mounted:
            self.redraw()

    @property
    def proposed(self) -> str | None:
        """The value that waits for a word of the person."""
        return self._proposal.value if self._proposal is not None and not self.typed else None

    def check(self) -> bool:
        """A proposal is not an answer."""
        if self._proposal is not None and not self.typed:
            self.say(self._question(), "error")
            return False
        return super().check()

    def action_done(self) -> None:
        """Passing the field takes the proposal."""
        if self._proposal is not None and not self.typed:
            self._choose(self._proposal.value)
        super().action_done()

    def redraw(self) -> None:
        """While the field is used the question stands with it."""
        if self.proposed is not None and self.is_in_use and not self.note:
            self.say(self._question(), "muted")
            return
        super().redraw()

    def _question(self) -> str:
        if self._proposal is None:
            return ""
        return f"{self._why}: Enter untuk {self._proposal.label.lower()}, atau tekan huruf lain"

    def _option(self, option: Choice, word: str, cells: int) -> list[Span]:
        if option.value != self.proposed:
            return super()._option(option, word, cells)
        return [Span("?"), Span(option.key.upper(), "key"), column(f" {word}", cells - 2, "strong")]
