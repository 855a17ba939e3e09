"""What drugs and procedures of a visit are chosen from: P-Care's lists, as far as they were brought here."""

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.views import ProcedureOffer, Reference
from kiosk.domain.codes import PROCEDURE_LISTS, Care, ReferenceList
from kiosk.domain.people import Action
from kiosk.domain.text import clean
from kiosk.store import reference
from kiosk.store.transaction import Transaction

_LOOKED_AT = 400
"""Rows with the first word that are looked at for the other words."""


async def find_drugs(desk: Desk, text: str, limit: int = 40) -> tuple[Reference, ...]:
    """Drugs that were asked for before, by code or by words of the name. No network is needed."""
    require(desk, Action.LOOK_UP)
    words = clean(text, 60).lower().split()
    if not words:
        return ()
    longest = max(words, key=len)
    rows = await desk.read(lambda tx: reference.matching(tx, ReferenceList.DRUG, longest, _LOOKED_AT))
    found = [Reference(*row) for row in rows if all(word in f"{row[0]} {row[1]}".lower() for word in words)]
    return tuple(found[:limit])


async def procedures(desk: Desk, care: Care) -> tuple[ProcedureOffer, ...]:
    """The procedures of a kind of care in P-Care's order; empty when the list was never fetched."""
    require(desk, Action.LOOK_UP)
    names, tariffs = PROCEDURE_LISTS[care]

    def work(tx: Transaction) -> tuple[ProcedureOffer, ...]:
        highest = {code: int(rupiah) for code, rupiah, _ in reference.listed(tx, tariffs)[0]}
        rows, _ = reference.listed(tx, names)
        return tuple(ProcedureOffer(code, name, highest.get(code), flag) for code, name, flag in rows)

    return await desk.read(work)
