"""The state of the line and of the outbox, in one sentence for the top of every screen."""

from datetime import datetime

from kiosk.counter.desk import Desk
from kiosk.counter.reasons import words
from kiosk.counter.views import Link, Status
from kiosk.domain.codes import OutboxState
from kiosk.domain.day import clock_text, local_day
from kiosk.store import outbox, sync_state


async def status(desk: Desk) -> Status:
    """How the line to P-Care is and how much is on its way there; what a person must look at wherever it goes."""
    counts, others, state = await desk.read(
        lambda tx: (outbox.counts(tx, queue=False), outbox.counts(tx, queue=True), sync_state.read(tx))
    )
    link = Link(state.link) if state else Link.STARTING
    if not await desk.sync_running():
        link = Link.NO_SYNC
    since, reason = (state.since, state.reason) if state else (None, None)
    waiting = counts.get(OutboxState.PENDING, 0) + counts.get(OutboxState.SENDING, 0)
    unknown = counts.get(OutboxState.UNKNOWN, 0)
    needs_action = sum(each.get(OutboxState.NEEDS_ACTION, 0) for each in (counts, others))
    parts = [_link_words(link, since, reason, desk)]
    for count, word in ((waiting, "menunggu"), (unknown, "belum pasti"), (needs_action, "perlu tindakan")):
        if count:
            parts.append(f"{count} {word}")
    return Status(link, since, reason, waiting, unknown, needs_action, " · ".join(parts))


def _link_words(link: Link, since: datetime | None, reason: str | None, desk: Desk) -> str:
    if link == Link.ONLINE:
        return "P-Care tersambung"
    if link == Link.OFFLINE and since is not None:
        day = local_day(since, desk.zone)
        when = clock_text(since, desk.zone) if day == desk.today() else f"{day:%d-%m}"
        return f"P-Care putus sejak {when}"
    if link == Link.STOPPED:
        return f"P-Care berhenti: {words(reason).why}"
    if link == Link.NO_SYNC:
        return "Pengirim ke P-Care tidak berjalan"
    return "Menghubungi P-Care"
