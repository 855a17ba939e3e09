"""One person entered twice: both rows side by side, one that stays, and the way back."""

from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.errors import Conflict, NotFound
from kiosk.counter.views import MergedRow, MergePreview
from kiosk.domain.audit import Event
from kiosk.domain.day import day_text
from kiosk.domain.merging import merged
from kiosk.domain.participant import Participant
from kiosk.domain.people import Action
from kiosk.store import merges, participants
from kiosk.store.audit import note
from kiosk.store.merges import Held, Merge
from kiosk.store.transaction import Transaction

GONE = "Pasien ini baru saja digabung di tempat lain; cari lagi"


async def preview_merge(desk: Desk, kept_id: str, gone_id: str) -> MergePreview:
    """How it would be when the row `kept_id` stood for `gone_id` too: what moves, what speaks against it.

    Raises NotFound when one of them is no row of its own any more.
    """
    require(desk, Action.PATIENT_VIEW)

    def work(tx: Transaction) -> MergePreview:
        kept, gone = _both(tx, kept_id, gone_id)
        registrations, visits = merges.counts(tx, gone.id)
        return MergePreview(
            kept=kept,
            gone=gone,
            after=merged(kept, gone)[0],
            kept_counts=merges.counts(tx, kept.id),
            gone_counts=(registrations, visits),
            problem=_problem(tx, kept, gone),
            warnings=_warnings(kept, gone),
        )

    both = await desk.read(work)
    for shown in (both.kept, both.gone):
        desk.saw(Event.PATIENT_VIEW, shown.id)
    return both


async def merge(desk: Desk, kept_id: str, gone_id: str) -> Participant:
    """From now on `kept_id` stands for both: registrations, visits, half-typed forms and what waits for P-Care move.

    Returns the row that stays. Nothing is deleted; `undo_merge` takes it back. Raises NotFound, and Conflict when both
    have something open in one poli on one day.
    """
    operator = require(desk, Action.REGISTER)

    def work(tx: Transaction) -> Participant:
        kept, gone = _both(tx, kept_id, gone_id)
        problem = _problem(tx, kept, gone)
        if problem:
            raise Conflict(problem)
        merges.merge(tx, kept, gone, operator.id)
        note(tx, Event.PATIENT_MERGE, kept.id, gone=gone.id)
        return _known(tx, kept.id)

    return await desk.write(work)


async def merged_into(desk: Desk, participant_id: str) -> tuple[MergedRow, ...]:
    """Those for whom this row stands, the last one merged first."""
    require(desk, Action.PATIENT_VIEW)
    found = await desk.read(lambda tx: merges.of_kept(tx, participant_id))
    return tuple(_view(each, newest=number == 0) for number, each in enumerate(found))


async def undo_merge(desk: Desk, kept_id: str, merge_id: str) -> Participant:
    """Part what was merged: each row has again what was its own. Returns the one that was gone.

    Raises NotFound when that merge does not hold any more, Conflict when a newer one must be undone first.
    """
    operator = require(desk, Action.REGISTER)

    def work(tx: Transaction) -> Participant:
        if participants.row_of(tx, kept_id) is None:
            raise Conflict("Pasien ini sendiri sudah digabung; pisahkan yang itu dulu")
        found = merges.of_kept(tx, kept_id)
        wanted = next((each for each in found if each.id == merge_id), None)
        if wanted is None:
            raise NotFound("Penggabungan itu sudah dibatalkan")
        if wanted is not found[0]:
            raise Conflict(f"Pisahkan dulu {found[0].gone_name}, yang digabung sesudahnya")
        note(tx, Event.PATIENT_PART, kept_id, merge=merge_id)
        return merges.undo(tx, wanted, operator.id)

    return await desk.write(work)


def _both(tx: Transaction, kept_id: str, gone_id: str) -> tuple[Participant, Participant]:
    if kept_id == gone_id:
        raise Conflict("Itu pasien yang sama")
    return _known(tx, kept_id), _known(tx, gone_id)


def _known(tx: Transaction, identifier: str) -> Participant:
    found = participants.row_of(tx, identifier)
    if found is None:
        raise NotFound(GONE)
    return found


def _problem(tx: Transaction, kept: Participant, gone: Participant) -> str | None:
    """Why the two cannot be merged now, as a sentence."""
    mine, theirs = merges.held(tx, kept.id), merges.held(tx, gone.id)
    for key in sorted(mine.keys() & theirs.keys()):
        problem = _clash(mine[key], theirs[key])
        if problem:
            return f"{problem} di {mine[key].poli_name}, {day_text(key[0])}"
    return None


def _clash(one: Held, other: Held) -> str | None:
    """P-Care knows a registration by card, day and poli: what is under way there twice must end first."""
    if one.open and other.open:
        return "Tunggu dulu: keduanya punya kiriman ke P-Care"
    if one.registration is None or other.registration is None:
        return None
    if one.member and other.member:
        return "Dua orang menurut P-Care: keduanya terdaftar sebagai peserta"
    if one.open or other.open or not (one.over and other.over):
        return "Batalkan salah satu dulu: keduanya terdaftar"
    return None


def _warnings(kept: Participant, gone: Participant) -> tuple[str, ...]:
    """What makes it doubtful that they are one person."""
    said = []
    for name, words in (
        ("nik", "NIK"),
        ("card_number", "Nomor kartu"),
        ("birth_date", "Tanggal lahir"),
        ("sex", "Kelamin"),
    ):
        one, other = getattr(kept, name), getattr(gone, name)
        if one is not None and other is not None and one != other:
            said.append(f"{words} berbeda")
    return tuple(said)


def _view(found: Merge, *, newest: bool) -> MergedRow:
    return MergedRow(found.id, found.gone_name, found.operator_name, found.merged_at, newest)
