"""Reading back every unknown item that has settled: none leaves its state otherwise, none is sent again before."""

from collections.abc import Hashable

from kiosk.domain.outbox import OutboxItem
from kiosk.pcare.errors import PCareError
from kiosk.store import outbox_due
from kiosk.store.transaction import Transaction
from kiosk.sync.after_restore import bring_back
from kiosk.sync.courier import Courier
from kiosk.sync.families import FAMILIES
from kiosk.sync.family import Family


async def reconcile(courier: Courier) -> bool:
    """Read back every unknown item that has settled; False when a reading failed or there was none."""
    if not await bring_back(courier):
        return False
    await courier.mind_the_clock()
    items = await courier.store.read(lambda tx: outbox_due.settled(tx, courier.clock(), queue=False))
    for family, together in _groups(items):
        try:
            await family.read_back(courier, together)
        except PCareError as error:
            await _reading_failed(courier, together, error)
            return False
    return bool(items)


def _groups(items: tuple[OutboxItem, ...]) -> list[tuple[Family, list[OutboxItem]]]:
    """What is read with one question, registrations first: a visit's reading wants theirs to be known."""
    groups: dict[tuple[int, Hashable], list[OutboxItem]] = {}
    order = list(dict.fromkeys(FAMILIES.values()))
    for item in items:
        family = FAMILIES[item.kind]
        groups.setdefault((order.index(family), family.read_with(item)), []).append(item)
    return [(order[place], together) for (place, _), together in sorted(groups.items(), key=lambda group: group[0][0])]


async def _reading_failed(courier: Courier, items: list[OutboxItem], error: PCareError) -> None:
    courier.line.failed(error)

    def work(tx: Transaction) -> None:
        for item in items:
            outbox_due.look_later(tx, item.id, courier.backoff(item.attempts))

    await courier.store.write(work)
