"""The lists that forms choose from, as P-Care last gave them."""

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.views import Reference, References
from kiosk.domain.codes import ReferenceList
from kiosk.domain.people import Action
from kiosk.store import reference


async def references(desk: Desk, kind: ReferenceList) -> References:
    """The list with its age; empty when it was never fetched."""
    require(desk, Action.LOOK_UP)
    rows, fetched_at = await desk.read(lambda tx: reference.listed(tx, kind))
    return References(kind, tuple(Reference(*row) for row in rows), fetched_at)
