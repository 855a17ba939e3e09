"""After a restore: what P-Care has of the days since the backup comes back into the store."""

from datetime import timedelta

from kiosk.pcare.errors import PCareError
from kiosk.store import sync_state
from kiosk.sync.courier import Courier
from kiosk.sync.reconcile import merge_day


async def bring_back(courier: Courier) -> bool:
    """Merge P-Care's lists of the days in doubt, each as soon as it can be had; False when the line broke.

    A day that cannot be read holds nothing up: its list is read in any case before a registration of it is sent.
    """
    for day in await courier.store.read(sync_state.days_to_merge):
        now = courier.time.steady()
        if courier.day_retry.get(day, now) > now:
            continue
        courier.day_retry[day] = now + timedelta(seconds=courier.policy.probe_quiet)
        try:
            async with courier.merging:
                await merge_day(courier, day)
        except PCareError as error:
            courier.line.failed(error)
            if not courier.line.may_send():
                # The line's own trouble, not the list's: asked for again as soon as the line is back.
                del courier.day_retry[day]
                return False
    return True
