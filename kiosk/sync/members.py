"""Members as P-Care describes them, kept as participants of ours."""

from datetime import datetime

from kiosk.domain.codes import Sex
from kiosk.domain.ids import new_id
from kiosk.domain.numbers import digits, phone_digits
from kiosk.domain.participant import NIK_LENGTH, Participant
from kiosk.domain.text import clean
from kiosk.pcare.client import ParticipantRow

TEXT_LIMIT = 120


def participant(row: ParticipantRow, confirmed_at: datetime) -> Participant:
    """The row as a value; blanks of the wire are None here, and texts are cleaned before anything shows them."""
    nik = digits(row.nik or "")
    return Participant(
        id=new_id(),
        name=text(row.name) or row.card_number,
        card_number=row.card_number,
        nik=nik if len(nik) == NIK_LENGTH else None,
        sex=sex(row.sex),
        birth_date=row.birth_date,
        phone=phone_digits(row.phone or "") or None,
        relation=text(row.relation),
        facility_code=text(row.facility_code),
        facility_name=text(row.facility_name),
        active=row.active if row.status_text is None else bool(row.active) and row.status_text.upper() == "AKTIF",
        status_text=text(row.status_text),
        class_name=text(row.class_name),
        kind_name=text(row.kind_name),
        arrears=row.arrears,
        prolanis=text(row.prolanis),
        prb=text(row.prb),
        confirmed_at=confirmed_at,
    )


def sex(letter: str | None) -> Sex | None:
    """L or P; anything else is not known."""
    return Sex(letter) if letter in ("L", "P") else None


def text(value: str | None) -> str | None:
    """A text of P-Care's, cleaned and cut; blank is None."""
    return (clean(value, TEXT_LIMIT).strip() or None) if value else None
