"""Looking at P-Care's lists again though nothing is to be sent: what was typed or deleted there comes to light."""

from datetime import date, timedelta

from kiosk.domain.day import local_day
from kiosk.pcare.errors import PCareError
from kiosk.store import sync_state
from kiosk.store.transaction import Transaction
from kiosk.sync.courier import Courier
from kiosk.sync.reconcile import is_old, merge_day


async def compare_lists(courier: Courier) -> None:
    """Merge the day that is due, if any: today often, the days before once in a while. For quiet moments.

    Exactly-once rests on a bound that P-Care keeps; should it ever break it, this is where it shows.
    """
    if courier.compare_at is not None and courier.time.steady() < courier.compare_at:
        return
    day = await courier.store.read(lambda tx: _due(tx, courier))
    if day is None:
        courier.compare_at = courier.time.steady() + timedelta(seconds=courier.policy.probe_quiet)
        return
    try:
        async with courier.merging:
            await merge_day(courier, day)
    except PCareError as error:
        courier.line.failed(error)
        courier.compare_at = courier.time.steady() + timedelta(seconds=courier.policy.probe_quiet)


def _due(tx: Transaction, courier: Courier) -> date | None:
    policy = courier.policy
    today = local_day(courier.clock(), courier.store.clinic.zone)
    for back in range(round(policy.compare_days) + 1):
        day = today - timedelta(days=back)
        merged = sync_state.merged_at(tx, day)
        if merged is None and back:
            # Nothing of ours was ever sent of it.
            continue
        every = policy.merge_every if not back else policy.compare_every
        if is_old(courier, merged, every):
            return day
    return None
