"""One person who was entered twice: how the row that stays looks after a merge, and how both look when it is undone."""

from dataclasses import replace
from typing import Any

from kiosk.domain.participant import Participant

MEMBERSHIP = (
    "relation",
    "facility_code",
    "facility_name",
    "active",
    "status_text",
    "class_name",
    "kind_name",
    "arrears",
    "prolanis",
    "prb",
    "confirmed_at",
)
"""What P-Care says of a card: it goes where the card goes."""
CONFIRMED = (*MEMBERSHIP, "name", "sex", "birth_date", "nik", "phone", "corrected")
"""All that a later answer of P-Care may have changed on the row with the card."""
COMPLETED = ("nik", "rm_number", "phone", "sex", "birth_date", "mother_id")
"""What the row that stays takes from the other one where it has nothing itself."""
SINGLE = ("card_number", "rm_number")
"""What only one row may have: the one that gives it away is left without."""


def merged(kept: Participant, gone: Participant) -> tuple[Participant, Participant]:
    """Both rows after the merge. What `kept` knows stays; what it lacks comes from `gone`."""
    values: dict[str, Any] = {name: getattr(gone, name) for name in COMPLETED if getattr(kept, name) is None}
    if takes_card(kept, gone):
        values["card_number"] = gone.card_number
        values |= {name: getattr(gone, name) for name in MEMBERSHIP}
    given = {name: None for name in SINGLE if values.get(name) is not None}
    return replace(kept, **values), replace(gone, **given)  # type: ignore[arg-type]  # names of the class


def takes_card(kept: Participant, gone: Participant) -> bool:
    """Whether the row that stays has no card of its own and gets the other one's."""
    return kept.card_number is None and gone.card_number is not None


def parted(
    before: tuple[Participant, Participant], now: tuple[Participant, Participant]
) -> tuple[Participant, Participant]:
    """Both rows (kept, gone) when the merge is undone, from how they were `before` it and how they are `now`.

    What was changed since stays where it belongs: with the card, or with the row that stays.
    """
    (kept_before, gone_before), (kept, gone) = before, now
    after, _ = merged(kept_before, gone_before)
    back: dict[str, Any] = {}
    given: dict[str, Any] = {}
    for name in (*COMPLETED, *SINGLE, *MEMBERSHIP):
        if getattr(after, name) != getattr(kept_before, name) and getattr(kept, name) == getattr(after, name):
            back[name] = getattr(kept_before, name)
    for name in SINGLE:
        if name in back:
            given[name] = getattr(gone_before, name)
    if takes_card(kept_before, gone_before) and "card_number" in back and kept.confirmed_at != after.confirmed_at:
        # P-Care spoke of the card since: that is news of the other row, none of the one that stays.
        given |= {name: getattr(kept, name) for name in CONFIRMED}
        back |= {name: getattr(kept_before, name) for name in CONFIRMED}
    return replace(kept, **back), replace(gone, **given)
