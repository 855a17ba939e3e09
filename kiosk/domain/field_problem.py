"""What keeps a form from being saved, of any form; light to import, for the login is a form too."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing that must change before the form can be saved: the form's field and a sentence for the person."""

    field: str
    message: str
