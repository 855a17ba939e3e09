"""What an episode must have come to: every acknowledged record at P-Care once, or with a person, and nothing else."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kiosk.domain.codes import LineKind, OutboxKind, OutboxState, Payer
from kiosk.domain.lines import LineValue, Medication, Procedure
from kiosk.domain.outbox import OutboxItem
from kiosk.store import lines, outbox, registrations, visits
from kiosk.store.transaction import Transaction
from tests.system.simulated.clinic import OPEN, Episode, unfinished

LINES = (
    (LineKind.MEDICATION, "medications", "kdObatSK"),
    (LineKind.PROCEDURE, "procedures", "kdTindakanSK"),
    (LineKind.LAB, "labs", "kdMCU"),
)
Key = tuple[str, str, str]


@dataclass(slots=True)
class Verdict:
    """What was found; `wrong` must be empty."""

    seed: int
    operations: int = 0
    calls: int = 0
    faults: int = 0
    crashes: int = 0
    attempts: int = 0
    unknown: int = 0
    sent: int = 0
    with_a_person: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> dict[str, list[str]]:
        """Everything that must not be, by its kind."""
        found = {name: getattr(self, name) for name in ("lost", "doubled", "stuck", "differs", "failed")}
        return {name: rows for name, rows in found.items() if rows}


def judge(episode: Episode) -> Verdict:
    """Compare what people were told, what the store says and what P-Care holds."""
    known, seen = episode.known, episode.seen
    verdict = Verdict(episode.seed, known.operations, seen.calls, seen.faults, known.crashes)
    verdict.doubled += seen.doubled
    verdict.failed += known.failures
    store = episode.open_store()
    try:
        store.read_now(lambda tx: _compare(tx, episode, verdict))
    finally:
        store.close()
    return verdict


def _compare(tx: Transaction, episode: Episode, verdict: Verdict) -> None:
    items = outbox.listed(tx, None, datetime.min.replace(year=1971, tzinfo=episode.wall().tzinfo))
    for item in items:
        if item.state == OutboxState.NEEDS_ACTION:
            verdict.with_a_person[f"{item.kind} {item.reason}"] += 1
            if item.reason == "program":
                verdict.failed.append(f"{item.kind}: {item.detail}")
    verdict.stuck += [f"{item.kind} {item.state} {item.reason}" for item in unfinished(items)]
    verdict.sent = sum(item.state == OutboxState.DONE for item in items)
    verdict.attempts = tx.value("SELECT COUNT(*) FROM attempt WHERE clinic = ?", tx.clinic)
    verdict.unknown = tx.value(
        "SELECT COUNT(*) FROM attempt WHERE clinic = ? AND (outcome IS NULL OR outcome NOT IN"
        " ('done', 'refused', 'unreachable'))",
        tx.clinic,
    )
    _registrations(tx, episode, verdict)
    _visits(tx, episode, verdict)
    _lines(tx, episode, verdict)


def _registrations(tx: Transaction, episode: Episode, verdict: Verdict) -> None:
    held = {_key(row): str(row["noUrut"]) for row in episode.service.ledger.snapshot()["registrations"]}
    claimed: Counter[Key] = Counter()
    for identifier in episode.known.registered:
        if registrations.get(tx, identifier) is None:
            verdict.lost.append(f"registration {identifier} is not in the store")
    for row in tx.rows("SELECT id FROM registration WHERE clinic = ? ORDER BY created_at", tx.clinic):
        registration = registrations.get(tx, row["id"])
        if registration is None or registration.payer != Payer.BPJS:
            continue
        key = (registration.card_number or "", registration.day.isoformat(), registration.poli_code)
        items = outbox.of_registration(tx, registration.id)
        there = held.get(key) is not None and held[key] == registration.remote_number
        if registration.cancelled:
            if there and _all_over(items):
                verdict.differs.append(f"cancelled here, still at P-Care: {key}")
        elif _ours_is_there(items, registration.adopted):
            claimed[key] += 1
            if not there and key not in episode.known.deleted_elsewhere:
                number = registration.remote_number
                verdict.lost.append(f"said to be at P-Care as {number}, which holds {held.get(key)}: {key}")
    for key, number in held.items():
        if claimed[key] > 1:
            verdict.doubled.append(f"{key} is claimed {claimed[key]} times")
        if not claimed[key] and key not in episode.known.typed_elsewhere and not _in_hands(tx, key):
            verdict.differs.append(f"P-Care holds {number}, nobody here wants it: {key}")


def _visits(tx: Transaction, episode: Episode, verdict: Verdict) -> None:
    held = {str(row["noKunjungan"]): row for row in episode.service.ledger.snapshot()["visits"]}
    claimed: Counter[str] = Counter()
    for row in tx.rows("SELECT id FROM visit WHERE clinic = ? ORDER BY created_at", tx.clinic):
        visit = visits.get(tx, row["id"])
        registration = registrations.get(tx, visit.form.registration_id) if visit else None
        if visit is None or registration is None or registration.payer != Payer.BPJS:
            continue
        items = outbox.of_subject(tx, visit.id)
        if any(item.state in (*OPEN, OutboxState.NEEDS_ACTION) for item in items) or not items:
            claimed[visit.remote_number or ""] += 1
            continue
        there = held.get(visit.remote_number or "")
        given_up = any(item.state == OutboxState.DROPPED and item.reason != "cancelled_here" for item in items)
        if visit.deleted:
            if there is not None and not given_up:
                verdict.differs.append(f"deleted here, still at P-Care: {visit.remote_number}")
        elif not given_up:
            claimed[visit.remote_number or ""] += 1
            if there is None and visit.remote_number not in episode.known.visits_deleted_elsewhere:
                verdict.lost.append(f"visit {visit.remote_number} is not at P-Care")
            elif there is not None and there["keluhan"] != visit.form.complaint:
                verdict.differs.append(f"P-Care says {there['keluhan']}, the clinic {visit.form.complaint}")
        else:
            claimed[visit.remote_number or ""] += 1
    verdict.doubled += [f"visit {number} is claimed {n} times" for number, n in claimed.items() if number and n > 1]
    verdict.differs += [f"visit {number} at P-Care is nobody's" for number in held if not claimed[number]]


def _lines(tx: Transaction, episode: Episode, verdict: Verdict) -> None:
    ledger, elsewhere = episode.service.ledger.snapshot(), episode.known.visits_deleted_elsewhere
    for kind, table, key in LINES:
        held = {str(row[key]): row for row in ledger[table]}
        claimed: Counter[str] = Counter()
        for row in tx.rows("SELECT id FROM visit_line WHERE clinic = ? AND kind = ?", tx.clinic, kind):
            line = lines.get(tx, row["id"])
            items = outbox.of_subject(tx, row["id"])
            visit = visits.get(tx, line.visit_id) if line else None
            registration = registrations.get(tx, visit.form.registration_id) if visit else None
            if line is None or visit is None or registration is None or not items:
                continue
            there = held.get(line.remote_number or "")
            open_or_decided = any(
                item.state in (*OPEN, OutboxState.NEEDS_ACTION) or "given_up" in (item.reason or "") for item in items
            )
            if there is not None:
                claimed[line.remote_number or ""] += 1
            if open_or_decided or registration.payer != Payer.BPJS:
                continue
            if line.deleted and there is not None:
                verdict.differs.append(f"{kind} deleted here, still at P-Care: {line.remote_number}")
            if not line.deleted and there is None and visit.remote_number not in elsewhere:
                verdict.lost.append(f"{kind} {line.remote_number} is not at P-Care")
            if not line.deleted and there is not None and not _same(line.value, there):
                verdict.differs.append(f"{kind} {line.remote_number}: {line.value} is {there} at P-Care")
        verdict.doubled += [f"{kind} {number} is claimed {n} times" for number, n in claimed.items() if n > 1]
        nobodys = [number for number in held if not claimed[number]]
        asked = sum(n for word, n in verdict.with_a_person.items() if word.startswith(kind))
        if len(nobodys) > asked:
            verdict.doubled += [f"{kind} {number} at P-Care is nobody's" for number in nobodys]


def _same(value: LineValue, row: dict[str, Any]) -> bool:
    if isinstance(value, Medication):
        return bool(row["kdObat"] == value.code and row["jmlObat"] == value.amount)
    if isinstance(value, Procedure):
        return bool(row["kdTindakan"] == value.code and row["biaya"] == value.cost)
    return bool(row["darahRutinHemo"] == value.haemoglobin)


def _ours_is_there(items: tuple[OutboxItem, ...], adopted: bool) -> bool:
    adds = [item for item in items if item.kind == OutboxKind.REGISTRATION_ADD]
    return (adopted and not adds) or any(item.state == OutboxState.DONE for item in adds)


def _all_over(items: tuple[OutboxItem, ...]) -> bool:
    return all(item.state in (OutboxState.DONE, OutboxState.DROPPED) and item.reason != "given_up" for item in items)


def _in_hands(tx: Transaction, key: Key) -> bool:
    """Whether a person was asked, or has decided, about this row."""
    return bool(
        tx.value(
            "SELECT COUNT(*) FROM outbox o JOIN registration r ON r.clinic = o.clinic AND r.id = o.registration"
            " WHERE o.clinic = ? AND r.card_number = ? AND r.day = ? AND r.poli_code = ?"
            " AND (o.state = ? OR o.reason IN ('given_up', 'registration_given_up'))",
            tx.clinic,
            *key,
            OutboxState.NEEDS_ACTION,
        )
    )


def _key(row: dict[str, Any]) -> Key:
    day, month, year = row["tglDaftar"].split("-")
    return row["noKartu"], f"{year}-{month}-{day}", row["kdPoli"]
