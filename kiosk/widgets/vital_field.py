"""The field of one measurement: label, unit, bounds and doubts as kiosk.domain.vitals has them."""

from kiosk.domain.vitals import RANGES, implausible, impossible
from kiosk.widgets.value_fields import NumberField


class VitalField(NumberField):
    """A measurement of kiosk.domain.vitals: its label, unit, bounds and doubts come from there."""

    def __init__(self, key: str, *, label: str = "", label_width: int = 18, id: str | None = None) -> None:
        known = RANGES[key]
        super().__init__(key, label or known.label, whole=known.whole, unit=known.unit, label_width=label_width, id=id)

    def value(self) -> object:
        """The measurement, None when it was not taken. Raises ValueError when no body or instrument gives it."""
        found = super().value()
        if isinstance(found, int | float) and (sentence := impossible(self.key, found)):
            raise ValueError(sentence)
        return found

    def doubt(self, value: object) -> str:
        """The question whether the number is right."""
        return (implausible(self.key, value) if isinstance(value, int | float) else None) or ""
