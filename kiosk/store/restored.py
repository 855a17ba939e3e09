"""What a store that came back from a backup must not believe: it has forgotten what was sent after it was made.

Nothing that it still holds as waiting may be sent as it stands: it may be at P-Care already. So every open call becomes
unknown, and only what P-Care is then read back to have decides. Two kinds cannot be decided so. A replacement (an
edited visit, an edited line) may be older than what was sent after the backup, and P-Care's lists do not show every
field; the cancellation of a registration may hit a later registration that was given the same number. Both wait for a
person. A call of Mobile JKN's queue is of its moment and is not repeated: a person calls again who wants it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kiosk.domain.codes import QUEUE_KINDS, OutboxKind, OutboxState, ReferenceList
from kiosk.domain.outbox import OutboxItem
from kiosk.store.given_up import forget_places
from kiosk.store.queue import counter_name
from kiosk.store.transaction import Transaction, to_ms

REASON = "restored"
"""Why an item is unknown."""
CALL_OVER = "restored_call"
"""Why a call of Mobile JKN's queue is not sent any more."""
ASK = {
    OutboxKind.REGISTRATION_CANCEL: "restored_cancel",
    **{kind: "restored_edit" for kind in OutboxKind if kind.endswith(".update")},
}
"""The kinds that a person decides, with the reason under which they stand."""
HAVE_A_KEY = (OutboxKind.REGISTRATION_ADD, OutboxKind.VISIT_ADD, *sorted(QUEUE_KINDS))
"""Of these P-Care refuses a second one (and Mobile JKN's queue holds one place at most); all others are there twice
when they are sent twice."""
STEP = 100
"""Today's numbers go on at the next hundred: patients may hold the ones that were given after the backup."""
DAYS = 62
"""At most so many days, the last ones, are merged by themselves; older ones when they are used."""


_FIRST, _LAST = "restored.first_day", "restored.last_day"


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a restored store is to ask P-Care, and people."""

    unknown: int
    """Calls that are read back before anything is sent."""
    needs_action: int
    """Calls that a person must look at."""
    days: int
    """Days of which P-Care's list is merged as soon as it answers."""
    numbers_from: int
    """The first queue number that is given today, in the poli that had gone farthest."""


def put_in_doubt(tx: Transaction, first_day: date, today: date, settle_at: datetime) -> Doubt:
    """Turn every belief about P-Care into a question; `first_day` is the clinic's day on which the backup was made.

    `settle_at`: from when on P-Care may be read back, a settle time after the last call that may have been made.
    """
    _remember(tx, first_day, today)
    forget_places(tx)
    _end_calls(tx)
    return Doubt(
        unknown=_ask_pcare(tx, settle_at),
        needs_action=_ask_people(tx),
        days=_forget_lists(tx, first_day, today),
        numbers_from=_skip_numbers(tx, today),
    )


def is_in_doubt(tx: Transaction, item: OutboxItem) -> bool:
    """Whether an item that was never sent may be there all the same: entered again, because it was forgotten.

    P-Care refuses a second registration or visit; a line it takes twice, so a line of those days is looked for first.
    """
    if item.attempts or item.reason is not None or item.state != OutboxState.PENDING:
        return False
    first, last = (
        tx.value("SELECT last FROM counter WHERE clinic = ? AND name = ?", tx.clinic, name) for name in (_FIRST, _LAST)
    )
    return first is not None and last is not None and first <= item.day.toordinal() <= last


def look_first(tx: Transaction, identifier: str) -> None:
    """The item is read back before it is sent for the first time; nothing was sent, so nothing has to settle."""
    tx.execute(
        "UPDATE outbox SET state = ?, reason = ?, settle_at = ?, not_before = 0, updated_at = ?"
        " WHERE clinic = ? AND id = ? AND state = ?",
        OutboxState.UNKNOWN,
        REASON,
        tx.now_ms,
        tx.now_ms,
        tx.clinic,
        identifier,
        OutboxState.PENDING,
    )


def _remember(tx: Transaction, first_day: date, today: date) -> None:
    """Keep which days are in doubt, as day numbers; an earlier restore's days stay in it."""
    for name, day, outer in ((_FIRST, first_day, min), (_LAST, today, max)):
        known = tx.value("SELECT last FROM counter WHERE clinic = ? AND name = ?", tx.clinic, name)
        number = day.toordinal() if known is None else outer(int(known), day.toordinal())
        tx.execute(
            "INSERT INTO counter (clinic, name, last) VALUES (?, ?, ?)"
            " ON CONFLICT (clinic, name) DO UPDATE SET last = excluded.last",
            tx.clinic,
            name,
            number,
        )


def _end_calls(tx: Transaction) -> None:
    tx.execute(
        "UPDATE outbox SET state = ?, reason = ?, settle_at = NULL, updated_at = ?"
        " WHERE clinic = ? AND kind = ? AND state IN (?, ?, ?)",
        OutboxState.DROPPED,
        CALL_OVER,
        tx.now_ms,
        tx.clinic,
        OutboxKind.QUEUE_CALL,
        OutboxState.PENDING,
        OutboxState.SENDING,
        OutboxState.UNKNOWN,
    )


def _ask_pcare(tx: Transaction, settle_at: datetime) -> int:
    ask, known = ", ".join("?" * len(ASK)), ", ".join("?" * len(HAVE_A_KEY))
    # What P-Care called a duplicate keeps its reason: it is known to be there.
    return tx.execute(
        "UPDATE outbox SET state = ?, reason = CASE WHEN state = ? THEN COALESCE(reason, ?) ELSE ? END, settle_at = ?,"
        f" not_before = 0, updated_at = ? WHERE clinic = ? AND kind NOT IN ({ask})"
        f" AND (state IN (?, ?, ?) OR (state = ? AND kind NOT IN ({known})))",
        OutboxState.UNKNOWN,
        OutboxState.UNKNOWN,
        REASON,
        REASON,
        to_ms(settle_at),
        tx.now_ms,
        tx.clinic,
        *ASK,
        OutboxState.PENDING,
        OutboxState.SENDING,
        OutboxState.UNKNOWN,
        OutboxState.NEEDS_ACTION,
        *HAVE_A_KEY,
    )


def _ask_people(tx: Transaction) -> int:
    return sum(
        tx.execute(
            "UPDATE outbox SET state = ?, reason = ?, settle_at = NULL, updated_at = ?"
            " WHERE clinic = ? AND kind = ? AND state IN (?, ?, ?)",
            OutboxState.NEEDS_ACTION,
            reason,
            tx.now_ms,
            tx.clinic,
            kind,
            OutboxState.PENDING,
            OutboxState.SENDING,
            OutboxState.UNKNOWN,
        )
        for kind, reason in ASK.items()
    )


def _forget_lists(tx: Transaction, first_day: date, today: date) -> int:
    """No list counts as merged; those of the days since the backup are to be merged without being asked for."""
    tx.execute("DELETE FROM merged_day WHERE clinic = ?", tx.clinic)
    first = max(first_day, today - timedelta(days=DAYS - 1))
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    for day in days:
        tx.execute("INSERT INTO merged_day (clinic, day, merged_at) VALUES (?, ?, 0)", tx.clinic, day.isoformat())
    return len(days)


def _skip_numbers(tx: Transaction, today: date) -> int:
    rows = tx.rows("SELECT code FROM reference WHERE clinic = ? AND kind = ?", tx.clinic, ReferenceList.POLI)
    used = tx.rows(
        "SELECT DISTINCT poli_code AS code FROM ticket WHERE clinic = ? AND day = ?", tx.clinic, today.isoformat()
    )
    farthest = 0
    for code in {row["code"] for row in (*rows, *used)}:
        name = counter_name(today, code)
        last = tx.value("SELECT last FROM counter WHERE clinic = ? AND name = ?", tx.clinic, name) or 0
        farthest = max(farthest, fresh := (last // STEP + 1) * STEP)
        tx.execute(
            "INSERT INTO counter (clinic, name, last) VALUES (?, ?, ?)"
            " ON CONFLICT (clinic, name) DO UPDATE SET last = excluded.last",
            tx.clinic,
            name,
            fresh,
        )
    return farthest + 1
