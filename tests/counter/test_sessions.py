"""Who came and went: what the audit log tells of log-ins, locks and views."""

import pytest

from kiosk.counter.access import lock, log_in, log_out
from kiosk.counter.desk import Desk
from kiosk.counter.errors import LoginRefused, StoreTrouble
from kiosk.counter.find import open_participant, search
from kiosk.domain.people import Operator
from kiosk.store import audit, operators
from kiosk.store.errors import Failed
from kiosk.store.transaction import Transaction
from tests.people import PASSWORD, READER


async def told(desk: Desk) -> list[tuple[str, str, str]]:
    """(event, operator, detail) of each row."""
    await desk.flush()
    rows = await desk.read(lambda tx: audit.shown(tx))
    return [(row.entry.event, row.operator_name, row.entry.detail) for row in rows]


async def known(desk: Desk, login: str) -> Operator:
    found = await desk.read(lambda tx: operators.find(tx, login))
    assert found is not None
    return found[0]


async def test_log_in_lock_return_take_over_and_log_out_are_told_apart(desk: Desk) -> None:
    desk.operator = None
    siti = await log_in(desk, "siti", PASSWORD)
    await lock(desk)
    assert desk.operator is None and desk.locked_by == siti
    await log_in(desk, "siti", PASSWORD)
    await lock(desk)
    await log_in(desk, "admin", PASSWORD)
    await log_out(desk)
    assert desk.operator is None and desk.locked_by is None
    before = f'{{"before":"{siti.id}"}}'
    assert await told(desk) == [
        ("session.in", "siti", ""),
        ("session.lock", "siti", ""),
        ("session.in", "siti", ""),
        ("session.lock", "siti", ""),
        ("session.takeover", "admin", before),
        ("session.out", "admin", ""),
    ]


async def test_refused_log_ins_are_told_without_what_was_typed(desk: Desk) -> None:
    desk.operator = None
    disabled = await known(desk, "dokter")
    await desk.write(lambda tx: operators.set_disabled(tx, disabled.id, True))
    for login, password in (("rahasia-uji", "x"), ("siti", "salah"), ("dokter", PASSWORD)):
        with pytest.raises(LoginRefused):
            await log_in(desk, login, password)
    assert [(event, detail) for event, _, detail in await told(desk)] == [
        ("session.refused", '{"why":"unknown"}'),
        ("session.refused", '{"why":"password"}'),
        ("session.refused", '{"why":"disabled"}'),
    ]


async def test_looking_at_a_card_again_and_again_is_one_view_a_minute_and_person(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("kiosk.counter.desk.time.monotonic", lambda: now)
    rows = (await search(desk, "si")).rows
    for _ in range(3):
        for row in rows:
            await open_participant(desk, row.participant.id)
    await desk.flush()
    viewed = await desk.read(lambda tx: [row.entry.subject for row in audit.shown(tx)])
    assert sorted(viewed) == sorted(row.participant.id for row in rows)
    now += 61
    await open_participant(desk, rows[0].participant.id)
    desk.operator = Operator("op-2", "lain", "Lain", READER.role)
    await open_participant(desk, rows[0].participant.id)
    assert [operator for _, operator in await who(desk)][len(rows) :] == [READER.id, "op-2"]


async def who(desk: Desk) -> list[tuple[str, str]]:
    await desk.flush()
    return await desk.read(lambda tx: [(row.entry.event, row.entry.operator) for row in audit.shown(tx)])


async def test_a_store_that_cannot_be_written_keeps_nobody_from_looking_or_leaving_and_is_told_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = (await search(desk, "sutrisno")).rows[0].participant
    with monkeypatch.context() as broken:

        async def full(*_: object) -> None:
            raise Failed("disk penuh")

        broken.setattr(desk._store, "write", full)
        await open_participant(desk, person.id)
        await log_out(desk)
        assert desk.operator is None
        with pytest.raises(StoreTrouble):
            await desk.write(lambda tx: None)
    desk.operator = READER
    assert [event for event, _ in await who(desk)] == ["patient.view", "session.out"]


async def test_what_is_remembered_goes_with_the_next_transaction_or_waits_for_another(desk: Desk) -> None:
    person = (await search(desk, "sutrisno")).rows[0].participant
    await open_participant(desk, person.id)

    def fails(tx: Transaction) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await desk.write(fails)
    assert await desk.read(audit.heads) == ()
    await desk.write(lambda tx: audit.note(tx, audit.Event.TICKET_MOVE, "t"))
    rows = await desk.read(lambda tx: audit.shown(tx))
    assert [row.entry.event for row in rows] == ["patient.view", "ticket.move"]
    assert rows[0].entry.at <= rows[1].entry.at
