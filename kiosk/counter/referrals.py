"""What a referral does to the clinic's ratio of referrals, told before it is made."""

from datetime import date

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.domain.people import Action
from kiosk.domain.referral_ratio import ReferralRatio
from kiosk.store import visits


async def referral_ratio(desk: Desk, day: date, *, without: str | None = None) -> ReferralRatio:
    """The vertical referrals of members in the month of `day`, as the store has them; the visit `without` left out."""
    require(desk, Action.LOOK_UP)
    first = day.replace(day=1)
    end = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return await desk.read(lambda tx: visits.referrals(tx, first, end, without))
