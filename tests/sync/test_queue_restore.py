"""A restored store repeats nothing towards Mobile JKN, though nothing can be read back there."""

from pathlib import Path

from kiosk.counter.call import call, recall
from kiosk.counter.register import cancel_registration
from kiosk.domain.codes import OutboxState
from tests.sync.conftest import ClinicDay
from tests.sync.mobile_jkn import ADD, CALL, CANCEL, posts, tickets, until
from tests.sync.mobile_jkn import jkn as jkn
from tests.sync.restoring import backed_up, lost_and_restored

DONE, DROPPED = OutboxState.DONE, OutboxState.DROPPED


def held(clinic: ClinicDay) -> list[tuple[str, str]]:
    """Whose number the service holds, and how it stands there."""
    return sorted((row["nomorkartu"], row["status"]) for row in tickets(clinic))


async def test_what_was_told_after_the_backup_is_not_told_twice(jkn: ClinicDay, tmp_path: Path) -> None:
    first, second = await jkn.register(await jkn.member(0)), await jkn.member(1)
    await call(jkn.desk, first.ticket.id)
    await until(jkn, (ADD, DONE, None), (CALL, DONE, None))
    await jkn.stop_sync()
    await cancel_registration(jkn.desk, first.registration.id)
    waiting = await jkn.register(second)
    await call(jkn.desk, waiting.ticket.id)
    backup = await backed_up(jkn, tmp_path / "cadangan")
    jkn.start_sync()
    sent = [(ADD, DONE, None), (CALL, DONE, None), (CANCEL, DONE, None), (ADD, DONE, None), (CALL, DONE, None)]
    await until(jkn, *sent)
    before, calls = held(jkn), posts(jkn, "panggil")
    assert ([status for _, status in before], calls) == (["batal", "hadir"], 2)

    await lost_and_restored(jkn, backup)

    await until(
        jkn,
        *sent[:2],
        (CANCEL, DONE, "repeat_refused"),
        (ADD, DONE, "already_there"),
        (CALL, DROPPED, "restored_call"),
    )
    assert (held(jkn), posts(jkn, "panggil")) == (before, calls)
    # Who wants it calls again.
    await recall(jkn.desk, waiting.ticket.id)
    await until(
        jkn,
        *sent[:2],
        (CANCEL, DONE, "repeat_refused"),
        (ADD, DONE, "already_there"),
        (CALL, DROPPED, "restored_call"),
        (CALL, DONE, None),
    )
    assert posts(jkn, "panggil") == calls + 1


async def test_what_was_never_told_is_told_once_after_a_restore(jkn: ClinicDay, tmp_path: Path) -> None:
    person = await jkn.member(0)
    await jkn.stop_sync()
    await jkn.register(person)
    backup = await backed_up(jkn, tmp_path / "cadangan")
    await lost_and_restored(jkn, backup)
    await until(jkn, (ADD, DONE, None))
    assert ([status for _, status in held(jkn)], posts(jkn, "antrean/add")) == (["terdaftar"], 1)
