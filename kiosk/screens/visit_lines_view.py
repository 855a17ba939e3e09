"""How the lines of a visit are shown: three groups in one list, and what is told of the selected one."""

import textwrap
from collections.abc import Sequence
from dataclasses import fields

from kiosk.counter.views import LineRow, VisitLines
from kiosk.domain.codes import LineKind, OutboxState
from kiosk.domain.day import clock_text, day_text, local_day
from kiosk.domain.labs import LAB_NUMBERS, LAB_TEXTS, LabResult
from kiosk.domain.lines import ForeignLine, LineValue, Medication, Procedure
from kiosk.domain.numbers import decimal_text
from kiosk.safe_text import plain
from kiosk.widgets.lines import Line, Span, column, joined, line
from kiosk.widgets.rows import Row
from kiosk.widgets.words import rupiah_text

GROUPS = (
    (LineKind.MEDICATION, "Obat", "o"),
    (LineKind.PROCEDURE, "Tindakan", "t"),
    (LineKind.LAB, "Lab", "l"),
)
"""The kinds in their order, what they are called, and the key that adds one."""
KIND_WORDS = {kind: word for kind, word, _ in GROUPS}

STATE_ROLES = {
    OutboxState.PENDING: "",
    OutboxState.SENDING: "",
    OutboxState.UNKNOWN: "warn",
    OutboxState.NEEDS_ACTION: "error",
    OutboxState.DONE: "ok",
    OutboxState.DROPPED: "muted",
}
_GROUP_CELLS = 10
ABOUT_LINES = 5
"""Rows below the list."""
_STATE_CELLS = 15
_NONE = "none:"
_FOREIGN = "foreign:"


def rows_of(lines: VisitLines, width: int) -> list[Row]:
    """Every line in a list `width` cells wide; a group without one says so and how to add one."""
    rows: list[Row] = []
    ours = {
        LineKind.MEDICATION: lines.medications,
        LineKind.PROCEDURE: lines.procedures,
        LineKind.LAB: lines.labs,
    }
    room = max(width - 2 - _GROUP_CELLS - _STATE_CELLS - 1, 20)
    for kind, word, key in GROUPS:
        heads = iter([word])
        for one in ours[kind]:
            rows.append(_own(one, next(heads, ""), room))
        for theirs in lines.foreign:
            if theirs.kind == kind:
                rows.append(_foreign(theirs, next(heads, ""), room))
        if (head := next(heads, "")) != "":
            rows.append(Row(_NONE + kind, line(_head(head), Span("belum ada; ", "muted"), Span(key.upper(), "key"))))
    return rows


def kind_of_empty(key: str) -> LineKind | None:
    """The group that the row `key` stands for when it has no line; None for the row of a line."""
    return LineKind(key.removeprefix(_NONE)) if key.startswith(_NONE) else None


def is_foreign(key: str | None) -> bool:
    """Whether the row `key` stands for a line that was typed in P-Care's own page."""
    return key is not None and key.startswith(_FOREIGN)


def row_of(lines: VisitLines, key: str | None) -> LineRow | None:
    """The line that the row `key` stands for; None when it is none of ours."""
    return next((one for one in (*lines.medications, *lines.procedures, *lines.labs) if one.line.id == key), None)


def may_match(lines: VisitLines, one: LineRow) -> bool:
    """Whether the line is not at P-Care and one that somebody typed there may be the same."""
    return one.line.remote_number is None and any(theirs.kind == one.line.kind for theirs in lines.foreign)


def about(lines: VisitLines, key: str | None, width: int, zone: str) -> list[Line]:
    """The selected line whole, and what became of it on its way."""
    one = row_of(lines, key)
    if one is not None:
        said = [line(Span(part, "strong")) for part in textwrap.wrap(_whole(one.line.value), width)[:2]]
        reason = f"{one.reason_text}. {one.advice}" if one.advice else one.reason_text
        role = STATE_ROLES[one.item.state] if one.item else ""
        # A reason and its advice are short and fit; what P-Care says itself comes last and may be cut.
        server = f"P-Care: {plain(one.item.detail, 300)}" if one.item and one.item.detail and reason else ""
        answers = [*textwrap.wrap(reason, width), *textwrap.wrap(server, width)]
        found = [*said, *(line(Span(part, role)) for part in answers)]
        if may_match(lines, one):
            return [
                *found[: ABOUT_LINES - 1],
                line(Span("C", "key"), " ini sama dengan baris yang diketik di P-Care; tidak dikirim lagi"),
            ]
        return found[:ABOUT_LINES]
    for theirs in lines.foreign:
        if _foreign_key(theirs) == key:
            read = f"{day_text(local_day(theirs.read_at, zone))} pukul {clock_text(theirs.read_at, zone)}"
            told = f"Diketik di laman P-Care (dibaca {read}); ubah atau hapus di sana"
            return [line(Span(theirs.title, "strong")), line(Span(told, "muted"))]
    return []


def detail(value: LineValue) -> str:
    """What stands behind the name."""
    if isinstance(value, Medication):
        parts = [
            f"{value.signa1}×{value.signa2}",
            f"jumlah {decimal_text(value.amount)}",
            f"diminta {value.requested}" if value.requested is not None else "",
            f"racikan {value.compound}" if value.compound else "",
            "" if value.code else "luar DPHO",
        ]
    elif isinstance(value, Procedure):
        parts = [
            rupiah_text(value.cost),
            f"hasil {decimal_text(value.result)}" if value.result is not None else "",
            value.note or "",
        ]
    else:
        parts = _results(value)
    return " · ".join(part for part in parts if part)


def _results(value: LabResult) -> list[str]:
    found = [day_text(value.day)] if value.day else []
    for name, (label, unit) in LAB_NUMBERS.items():
        if (number := getattr(value, name)) is not None:
            found.append(f"{label} {decimal_text(number)} {unit}".strip())
    found += [
        f"{LAB_TEXTS[f.name]}: {getattr(value, f.name)}"
        for f in fields(value)
        if f.name in LAB_TEXTS
        if getattr(value, f.name)
    ]
    return found


def _whole(value: LineValue) -> str:
    return plain(detail(value) if isinstance(value, LabResult) else f"{value.title} · {detail(value)}", 400)


def _own(one: LineRow, head: str, room: int) -> Row:
    value = one.line.value
    state = Span(one.state_text, STATE_ROLES[one.item.state]) if one.item else Span("umum", "muted")
    if isinstance(value, LabResult):
        words: Sequence[Span] = (column(detail(value), room),)
    else:
        behind = plain(detail(value))
        name = plain(value.title, max(room - len(behind) - 2, room // 2))
        words = (column(f"{name}  {behind}", room),)
    return Row(one.line.id, line(_head(head), *words, " ", column(state.text, _STATE_CELLS, state.role)))


def amount_words(theirs: ForeignLine) -> str:
    """How many pieces or rupiah P-Care says, "" where it does not."""
    if theirs.amount is None:
        return ""
    return rupiah_text(theirs.amount) if theirs.kind == LineKind.PROCEDURE else f"jumlah {decimal_text(theirs.amount)}"


def _foreign(theirs: ForeignLine, head: str, room: int) -> Row:
    said = "".join(span.text for span in joined([theirs.title, amount_words(theirs)]))
    return Row(
        _foreign_key(theirs),
        line(_head(head), column(said, room, "muted"), " ", column("dari P-Care", _STATE_CELLS, "muted")),
    )


def _foreign_key(theirs: ForeignLine) -> str:
    return f"{_FOREIGN}{theirs.kind}:{theirs.remote_number}"


def _head(word: str) -> Span:
    return column(word, _GROUP_CELLS, "title")
