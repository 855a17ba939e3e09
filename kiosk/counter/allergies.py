"""A patient's allergies: collected from the visits where P-Care's lists were answered, and from what was typed."""

from collections.abc import Sequence

from kiosk.domain.allergies import NONE_CODE, Allergies, CodedAllergy
from kiosk.domain.codes import ReferenceList
from kiosk.store import allergies, reference, visits
from kiosk.store.transaction import Transaction

FIELDS = {
    ReferenceList.ALLERGY_FOOD: "allergy_food",
    ReferenceList.ALLERGY_AIR: "allergy_air",
    ReferenceList.ALLERGY_DRUG: "allergy_drug",
}
"""Where a visit's form says which of each list."""
LOOKED_AT = 50
"""Earlier visits that are looked through."""


def known_allergies(tx: Transaction, participant_id: str) -> Allergies:
    """All that was ever said, the newest visit first; that there is none counts only where nothing was said before."""
    coded: dict[tuple[ReferenceList, str], CodedAllergy] = {}
    for visit in visits.of_participant(tx, participant_id, LOOKED_AT):
        for kind, field in FIELDS.items():
            code = getattr(visit.form, field)
            if code:
                known = reference.entry(tx, kind, code)
                coded.setdefault((kind, code), CodedAllergy(kind, code, known[1] if known else code, visit.day))
    said = {kind for kind, code in coded if code != NONE_CODE}
    return Allergies(
        names=allergies.of_participant(tx, participant_id),
        coded=tuple(one for (_, code), one in coded.items() if code != NONE_CODE),
        denied=tuple(one for (kind, code), one in coded.items() if code == NONE_CODE and kind not in said),
    )


def note_allergies(
    tx: Transaction, participant_id: str, before: Sequence[str], now: Sequence[str], operator: str
) -> None:
    """What a person changed in the list that they had `before` them; what others added meanwhile stays."""
    old, new = ({name.lower() for name in names} for names in (before, now))
    add = [name for name in now if name.lower() not in old]
    take = [name for name in before if name.lower() not in new]
    allergies.change(tx, participant_id, add, take, operator)
