"""The state of the line and of the outbox, in one sentence for the top of every screen."""

from datetime import datetime

from kiosk.counter.clock import off_by
from kiosk.counter.desk import Desk
from kiosk.counter.month_end import month_end_in, warning
from kiosk.counter.reasons import words
from kiosk.counter.views import Link, Status
from kiosk.domain.codes import OutboxState
from kiosk.domain.day import clock_text, local_day
from kiosk.store import outbox, registrations, sync_state


async def status(desk: Desk) -> Status:
    """How the line to P-Care is and how much is on its way there; what a person must look at wherever it goes."""
    today, day = desk.today(), desk.entry_deadline
    counts, others, state, end, newest = await desk.read(
        lambda tx: (
            outbox.counts(tx, queue=False),
            outbox.counts(tx, queue=True),
            sync_state.read(tx),
            month_end_in(tx, today, day),
            registrations.newest_at(tx),
        )
    )
    link = Link(state.link) if state else Link.STARTING
    if not await desk.sync_running():
        link = Link.NO_SYNC
    since, reason = (state.since, state.reason) if state else (None, None)
    waiting = counts.get(OutboxState.PENDING, 0) + counts.get(OutboxState.SENDING, 0)
    unknown = counts.get(OutboxState.UNKNOWN, 0)
    needs_action = sum(each.get(OutboxState.NEEDS_ACTION, 0) for each in (counts, others))
    near = warning(end)
    odd = _clock_words(desk, link, state.skew_s if state else None, newest)
    names = _link_words(link, since, reason, desk)
    full, short = (
        (f"{waiting} menunggu" if waiting else "", f"{unknown} belum pasti" if unknown else "", action, near)
        for action in ((f"{needs_action} {word}" if needs_action else "") for word in ("perlu tindakan", "tindakan"))
    )
    # On the narrowest lines: what a person must do, else how much is on its way.
    least = (short[2] or f"{waiting + unknown} menunggu") if waiting + unknown + needs_action else ""
    # Where the sender stands, what a person must do is said too, before the reason where there is room for one alone.
    step = words(reason).what_to_do if link == Link.STOPPED else ""
    told = [(odd[0], f"{names[0]}. {step}", *full), (odd[1], f"P-Care berhenti. {step}", *short)] if step else []
    sentences = tuple(
        " · ".join(part for part in parts if part)
        for parts in (
            *told,
            (odd[0], names[0], *full),
            (odd[1], names[1], *short),
            (odd[1], names[2], least, near),
        )
    )
    return Status(link, since, reason, waiting, unknown, needs_action, sentences, bool(near), bool(odd[0]))


def _clock_words(desk: Desk, link: Link, skew: float | None, newest: datetime | None) -> tuple[str, str]:
    """A clock that is far wrong writes wrong dates: said first, in a sentence and in few words; "" when it is right."""
    odd = ""
    if link == Link.ONLINE:
        odd = off_by(skew)
        if not odd:
            desk.clock_watch.believe()
    elif link != Link.STOPPED:
        odd = desk.clock_watch.doubt(newest)
    return (f"Periksa jam komputer: {odd}", f"Jam {odd}") if odd else ("", "")


def _link_words(link: Link, since: datetime | None, reason: str | None, desk: Desk) -> tuple[str, str, str]:
    """The sentence about the line, then the same in fewer and in fewest words."""
    if link == Link.ONLINE:
        return "P-Care tersambung", "Tersambung", "Tersambung"
    if link == Link.OFFLINE and since is not None:
        day = local_day(since, desk.zone)
        when = clock_text(since, desk.zone) if day == desk.today() else f"{day:%d-%m}"
        return f"P-Care putus sejak {when}", f"Putus {when}", f"Putus {when}"
    if link == Link.STOPPED:
        why = words(reason).why
        return f"P-Care berhenti: {why}", why, "P-Care berhenti"
    if link == Link.NO_SYNC:
        return "Pengirim ke P-Care tidak berjalan", "Pengirim mati", "Pengirim mati"
    return "Menghubungi P-Care", "Menghubungi", "Menghubungi"
