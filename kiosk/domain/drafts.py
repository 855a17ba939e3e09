"""What becomes of a form that two people type in: what each changed is kept, and where both did, neither is lost."""

from collections.abc import Mapping
from dataclasses import dataclass

Texts = Mapping[str, str]
"""The texts of a form by field; an empty field is left out."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Two versions of a form that began alike, as one."""

    content: dict[str, str]
    """In a field that both changed differently stands what the other one typed: it was there first."""
    news: dict[str, str]
    """Fields that only the other one changed, as they are now ("" when emptied)."""
    clashes: dict[str, str]
    """Fields that both changed differently: what the other one typed. A person decides."""


def merge(base: Texts, mine: Texts, theirs: Texts) -> Merged:
    """What `mine` and `theirs` make together, both having begun as `base`."""
    content, news, clashes = dict[str, str](), dict[str, str](), dict[str, str]()
    for key in dict.fromkeys((*base, *theirs, *mine)):
        before, here, there = (texts.get(key, "") for texts in (base, mine, theirs))
        kept = here if there == before else there
        if there not in (before, here):
            (news if here == before else clashes)[key] = there
        if kept:
            content[key] = kept
    return Merged(content, news, clashes)
