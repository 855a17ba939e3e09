"""Fields for what has a form of its own: numbers, dates, identity numbers."""

from collections.abc import Callable

from kiosk.domain.day import day_text, parse_day
from kiosk.domain.numbers import digits, parse_decimal, parse_whole
from kiosk.widgets.field import TextField


class NumberField(TextField):
    """A number, comma or point. `whole` numbers give int, others float.

    `most_digits` is how many may stand before the decimal sign.
    """

    def __init__(
        self,
        key: str,
        label: str,
        *,
        whole: bool = False,
        most_digits: int = 4,
        width: int = 7,
        max_length: int = 7,
        label_width: int = 18,
        unit: str = "",
        required: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(
            key,
            label,
            width=width,
            max_length=max_length,
            label_width=label_width,
            unit=unit,
            required=required,
            select_on_focus=True,
            id=id,
        )
        self.whole = whole
        """Whether only whole numbers are taken."""
        self.most_digits = most_digits
        """How many digits may stand before the decimal sign."""

    def value(self) -> object:
        """int or float, None when empty. Raises ValueError with a sentence."""
        text = self.typed.strip()
        if not text:
            return None
        return parse_whole(text, self.most_digits) if self.whole else parse_decimal(text, self.most_digits)


class DateField(TextField):
    """A day typed as dd-mm-yyyy or as eight digits; written out with dashes when the field is left."""

    def __init__(
        self, key: str, label: str, *, label_width: int = 18, required: bool = False, id: str | None = None
    ) -> None:
        super().__init__(
            key,
            label,
            width=11,
            max_length=10,
            label_width=label_width,
            required=required,
            placeholder="hh-bb-tttt",
            select_on_focus=True,
            id=id,
        )

    def value(self) -> object:
        """The day, None when empty. Raises ValueError with a sentence."""
        text = self.typed.strip()
        return parse_day(text) if text else None

    def check(self) -> bool:
        """As every field; a good date is then shown as dd-mm-yyyy."""
        good = super().check()
        if good and self.typed.strip():
            self.put(day_text(parse_day(self.typed)))
        return good


class DigitsField(TextField):
    """An identity number (card, NIK): blanks and dashes are taken out, nothing else is guessed."""

    def __init__(
        self,
        key: str,
        label: str,
        *,
        length: int,
        problem: Callable[[str], str | None] | None = None,
        label_width: int = 18,
        required: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(
            key,
            label,
            width=length + 4,
            max_length=length + 6,
            label_width=label_width,
            required=required,
            select_on_focus=True,
            id=id,
        )
        self._problem = problem

    def value(self) -> object:
        """The digits, None when empty. Raises ValueError with a sentence for letters or a wrong length."""
        text = self.typed.strip()
        if not text:
            return None
        if any(not (c in "0123456789" or c in " -.") for c in text):
            raise ValueError("Isi dengan angka saja")
        found = digits(text)
        if self._problem and (sentence := self._problem(found)):
            raise ValueError(sentence)
        return found
