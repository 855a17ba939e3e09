"""How the outbox looks: the states, one line an item, and everything on the selected one."""

import textwrap
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from kiosk.counter.month_end import days_words, month_name
from kiosk.counter.reasons import KIND_TEXT, STATE_TEXT
from kiosk.counter.views import MonthEnd, OutboxRow
from kiosk.domain.codes import QUEUE_KINDS, OutboxKind, OutboxState
from kiosk.domain.day import clock_text, day_text, local_day
from kiosk.domain.deadline import SOON
from kiosk.domain.outbox import OutboxItem
from kiosk.safe_text import NAME_LIMIT, plain
from kiosk.widgets.lines import Line, Span, column, joined, line, width_of
from kiosk.widgets.rows import Row
from kiosk.widgets.words import poli_words

SIGNS: dict[OutboxState, tuple[str, str]] = {
    OutboxState.NEEDS_ACTION: ("!", "error"),
    OutboxState.UNKNOWN: ("?", "warn"),
    OutboxState.SENDING: (">", "strong"),
    OutboxState.PENDING: ("·", ""),
    OutboxState.DONE: ("+", "ok"),
    OutboxState.DROPPED: ("-", "muted"),
}
"""Sign and role of each state, in the order of the list and of the filter; the word stands beside the sign."""

GIVE_UP_REASONS = (
    "Pasien tidak jadi berobat",
    "Sudah diketik di laman P-Care",
    "Salah pasien",
    "Peserta tidak aktif",
)
"""What is chosen most often; anything else is typed."""

HANGING_TEXT = {
    OutboxKind.REGISTRATION_ADD: "Pelayanan, obat, tindakan, dan lab yang menunggu di belakangnya ikut diserahkan.",
    OutboxKind.VISIT_ADD: "Obat, tindakan, dan lab dari pelayanan ini ikut diserahkan.",
    OutboxKind.QUEUE_ADD: "Panggilannya di Mobile JKN ikut diserahkan; P-Care tidak terpengaruh.",
}
"""What goes with the item."""

ADVICE_LINES = 2
SERVER_LINES = 2
"""Lines of the server's own text that are shown."""
_STATE, _KIND, _LABEL, _AGE = 16, 15, 6, 8
_NAME = 28
"""Cells for the name where the reason stands beside it."""


def service_name(item: OutboxItem) -> str:
    """Where the item goes, as people call it."""
    return "Mobile JKN" if item.kind in QUEUE_KINDS else "P-Care"


def empty_words(state: OutboxState | None) -> str:
    """What an empty list says."""
    if state is not None:
        return f"Tidak ada yang {STATE_TEXT[state]}."
    return "Tidak ada yang menunggu: semua sudah sampai di P-Care."


def tab_lines(rows: Sequence[OutboxRow], chosen: OutboxState | None, width: int) -> list[Line]:
    """All states that have items, on two lines when one is too short."""
    counts = Counter(row.item.state for row in rows)
    lines: list[list[Span]] = [[]]
    for number, state in enumerate((None, *SIGNS)):
        count = counts[state] if state else len(rows)
        text = f"{STATE_TEXT[state].capitalize() if state else 'Semua'} {count}"
        if state == chosen:
            spans = [Span(f"[{number} {text}]", "chosen"), Span(" ")]
        elif count or state is None:
            spans = [Span(" "), Span(str(number), "key"), Span(f" {text} ")]
        else:
            continue
        if width_of((*lines[-1], *spans)) > width:
            lines.append([])
        lines[-1] += spans
    return [tuple(spans) for spans in lines]


def month_line(end: MonthEnd, missing: int, width: int) -> Line:
    """The month that closes next: until when, how many days, what is not there yet, and `missing` services.

    Where it is too long, the words at its beginning go.
    """
    deadline = end.deadline
    last = f"{deadline.last_day.day} {month_name(deadline.last_day)}"
    near = deadline.days_left <= SOON
    unsent = f"{end.unsent} belum sampai" if end.unsent else "" if missing else "tidak ada yang tertunda"
    until = f"{month_name(deadline.month)}: {last}, {days_words(deadline.days_left)}"
    parts: list[Span | str] = [
        Span(f" Batas entri {until}", "muted"),
        Span(f"{'! ' if near and end.unsent else ''}{unsent}", "warn" if near and end.unsent else "muted"),
    ]
    if missing:
        parts.append(Span(f"{missing} belum diisi", "warn"))
    if end.overdue:
        parts.append(Span(f"! {end.overdue} dari bulan lalu lewat batas", "error"))
    if width_of(joined(parts)) > width:
        parts[0] = Span(f" Batas {until}", "muted")
    return joined(parts)


def item_title(item: OutboxItem) -> str:
    """What it is and whose number: "Antrean JKN A-001"."""
    kind = KIND_TEXT[item.kind]
    return f"{kind[:1].upper()}{kind[1:]} {item.label}"


def outbox_line(row: OutboxRow, now: datetime, zone: str, width: int) -> Row:
    """One item in a list `width` cells wide."""
    item = row.item
    sign, role = SIGNS[item.state]
    room = width - 2 - (_STATE + _KIND + _LABEL + _AGE) - 4
    name = max(room, 10)
    why: list[Span | str] = []
    if room > 2 * _NAME:
        # On a wide terminal there is room to see at a glance why each stands where it stands.
        name, why = _NAME, [" ", column(row.reason_text, room - _NAME - 1, "muted")]
    return Row(
        item.id,
        line(
            column(f"{sign} {row.state_text}", _STATE, role),
            " ",
            column(KIND_TEXT[item.kind], _KIND),
            " ",
            column(item.label, _LABEL, "strong"),
            " ",
            column(item.participant_name, name),
            *why,
            " ",
            column(age_words(row.item, now, zone), _AGE, "muted", right=True),
        ),
    )


def age_words(item: OutboxItem, now: datetime, zone: str) -> str:
    """How long it has been on its way; of what is over, when that was."""
    if item.state in (OutboxState.DONE, OutboxState.DROPPED):
        return clock_text(item.updated_at, zone)
    minutes = max(int((now - item.created_at).total_seconds()) // 60, 0)
    if minutes < 60:
        return f"{minutes} mnt"
    return f"{minutes // 60} jam" if minutes < 2 * 24 * 60 else f"{minutes // 1440} hari"


def detail_lines(row: OutboxRow, now: datetime, zone: str, width: int) -> list[Line]:
    """Everything on one item: who, why, what to do, the server's own words, how often it was tried."""
    item = row.item
    day = "hari ini" if item.day == local_day(now, zone) else day_text(item.day)
    lines: list[Line] = [
        joined(
            [
                Span(item_title(item), "title"),
                Span(item.participant_name, "strong", NAME_LIMIT),
                poli_words(item.poli_name),
                day,
            ]
        )
    ]
    role = SIGNS[item.state][1]
    why = row.reason_text
    if row.can_take_back and item.given_up_by:
        why = f"Diserahkan oleh {item.given_up_by}"
    lines += _wrapped("Sebab", why, width, 1, role)
    lines += _wrapped("Langkah", row.advice, width, ADVICE_LINES)
    if item.detail:
        lines += _wrapped("BPJS" if item.kind in QUEUE_KINDS else "P-Care", item.detail, width, SERVER_LINES)
    lines.append(line(Span("Kiriman ", "muted"), *_tries(item, now, zone)))
    return lines


def _wrapped(word: str, text: str, width: int, most: int, role: str = "") -> list[Line]:
    """`text` behind `word`, on as many lines as it needs, at most `most`."""
    said = textwrap.wrap(plain(text), max(width - 8, 20), max_lines=most, placeholder=" …")
    return [line(Span(f"{word if n == 0 else '':8}", "muted"), Span(part, role)) for n, part in enumerate(said)]


def _tries(item: OutboxItem, now: datetime, zone: str) -> Line:
    today = local_day(now, zone)
    created = clock_text(item.created_at, zone)
    if local_day(item.created_at, zone) != today:
        created = f"{day_text(local_day(item.created_at, zone))} {created}"
    later = item.settle_at if item.state == OutboxState.UNKNOWN else item.not_before
    due = ""
    if later is not None and later > now and item.state in (OutboxState.UNKNOWN, OutboxState.PENDING):
        word = "diperiksa" if item.state == OutboxState.UNKNOWN else "dicoba lagi"
        due = f"{word} pukul {clock_text(later, zone)}"
    tried = f"dicoba {item.attempts} kali" if item.attempts else "belum pernah dicoba"
    return joined([f"dibuat {created}", tried, due])
