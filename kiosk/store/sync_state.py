"""What the sync process says of itself, of the line and of the services it may use, and which days it has merged."""

from dataclasses import dataclass
from datetime import date, datetime

from kiosk.store.transaction import Transaction, from_ms, moment


@dataclass(frozen=True, slots=True)
class LinkState:
    """The line as the sync process last saw it."""

    link: str
    since: datetime
    reason: str | None
    skew_s: float | None
    """P-Care's clock minus ours, seconds."""


def read(tx: Transaction) -> LinkState | None:
    """The line's state; None before the first sync process ever ran."""
    row = tx.row("SELECT link, since, reason, skew_s FROM sync_status WHERE clinic = ?", tx.clinic)
    if row is None:
        return None
    return LinkState(row["link"], moment(row["since"]), row["reason"], row["skew_s"])


def write(tx: Transaction, link: str, reason: str | None, skew_s: float | None) -> None:
    """Note the state; `since` moves only when the state changes."""
    tx.execute(
        "INSERT INTO sync_status (clinic, link, since, reason, heartbeat_at, skew_s, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (clinic) DO UPDATE SET"
        " since = CASE WHEN sync_status.link = excluded.link THEN sync_status.since ELSE excluded.since END,"
        " link = excluded.link, reason = excluded.reason, heartbeat_at = excluded.heartbeat_at,"
        " skew_s = excluded.skew_s, changed_at = excluded.changed_at",
        tx.clinic,
        link,
        tx.now_ms,
        reason,
        tx.now_ms,
        skew_s,
        tx.now_ms,
    )


_QUEUE_SERVICE = "queue_service"


def queue_service(tx: Transaction) -> bool:
    """Whether the clinic tells the queue service Antrean FKTP of its queue numbers."""
    return bool(tx.value("SELECT last FROM counter WHERE clinic = ? AND name = ?", tx.clinic, _QUEUE_SERVICE))


def set_queue_service(tx: Transaction, on: bool) -> None:
    """Note it for the counters, which never see the credentials that decide it."""
    tx.execute(
        "INSERT INTO counter (clinic, name, last) VALUES (?, ?, ?)"
        " ON CONFLICT (clinic, name) DO UPDATE SET last = excluded.last",
        tx.clinic,
        _QUEUE_SERVICE,
        int(on),
    )


def merged_at(tx: Transaction, day: date) -> datetime | None:
    """When P-Care's list of the day was last merged."""
    return from_ms(
        tx.value("SELECT merged_at FROM merged_day WHERE clinic = ? AND day = ?", tx.clinic, day.isoformat())
    )


def note_merged(tx: Transaction, day: date) -> None:
    """P-Care's list of the day was read to its end and merged."""
    tx.execute(
        "INSERT INTO merged_day (clinic, day, merged_at) VALUES (?, ?, ?)"
        " ON CONFLICT (clinic, day) DO UPDATE SET merged_at = excluded.merged_at",
        tx.clinic,
        day.isoformat(),
        tx.now_ms,
    )


def days_to_merge(tx: Transaction) -> tuple[date, ...]:
    """Days of which P-Care may know more than we do, because the store came back from a backup; newest first."""
    rows = tx.rows("SELECT day FROM merged_day WHERE clinic = ? AND merged_at = 0 ORDER BY day DESC", tx.clinic)
    return tuple(date.fromisoformat(row["day"]) for row in rows)
