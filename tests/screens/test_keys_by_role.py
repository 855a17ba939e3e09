"""The keys that a screen shows are those that the role of whoever is there may use, and none of them is missing."""

from pathlib import Path

import pytest

from kiosk.counter.access import add_operator, log_in
from kiosk.domain.people import PERMITTED, Action, Role
from kiosk.screens import ROOMS
from kiosk.store.database import Store
from kiosk.widgets.screen import CounterScreen
from tests.fortress import Count
from tests.people import PASSWORD
from tests.screens.driver import Counter, counter_on
from tests.screens.patients import registered

R, C, S, D = Action.REGISTER, Action.CALL, Action.SERVE, Action.OUTBOX_DECIDE
ANYBODY: frozenset[Action] = frozenset()
LOGINS = {Role.CLERK: "siti", Role.NURSE: "ners", Role.DOCTOR: "dokter", Role.HEAD: "kepala", Role.ADMIN: "admin"}
FOR: dict[str, dict[str, frozenset[Action]]] = {
    "search": {"Enter": frozenset({R}), "F7": frozenset({R}), "Ctrl+D": ANYBODY, "Ctrl+T": ANYBODY, "F8": ANYBODY},
    "queue": {"N": frozenset({C}), "← →": ANYBODY},
    "service": {"Enter": frozenset({S})},
    "outbox": {
        "Enter": frozenset({R, S}),
        "K": frozenset({D}),
        "S": frozenset({D}),
        "U": frozenset({D}),
        "← →": ANYBODY,
    },
}
"""The screens that a key leads to, and for whom the keys of their bottom lines are: one of these must be permitted."""
ALWAYS = {"F1"}
WAYS = {room.key.upper(): room.action for room in ROOMS if room.key}
STEPS = {
    "waiting": {"P Panggil": C, "A Alihkan": C, "R Prioritas": C, "Enter Layani": S, "U Ubah": R, "X Batalkan": R},
    "cancelled": {"K Daftarkan lagi": R},
}
"""Below the queue, for a number that waits and one that was cancelled."""


def shown(screen: CounterScreen) -> list[str]:
    """The keys of the bottom line as they stand there."""
    return [span.text for line in screen.key_line.lines for span in line if span.role == "key"]


async def come(counter: Counter, role: Role) -> None:
    app = counter.app
    if app.desk.operator is not None:
        app.action_lock()
        await counter.until(lambda: app.desk.operator is None)
    operator = await log_in(app.desk, LOGINS[role], PASSWORD)
    await app.let_in(operator)
    await counter.until("Cari ")


@pytest.fixture
def staffed(store: Store) -> Store:
    for role, login in LOGINS.items():
        if role in (Role.NURSE, Role.HEAD):
            store.write_now(lambda tx, login=login, role=role: add_operator(tx, login, login, role, PASSWORD))  # type: ignore[misc]
    return store


async def test_each_role_is_shown_its_own_keys_on_every_screen(staffed: Store, tmp_path: Path, counted: Count) -> None:
    """The screens are made once and kept: who comes next finds the keys of the one before nowhere."""
    (made,) = await registered(staffed, "sutrisno")
    checked = 0
    async with counter_on(staffed, tmp_path, idle_lock=0) as counter:
        for role in (*LOGINS, *reversed(LOGINS)):
            await come(counter, role)
            may = PERMITTED[role]
            for name, needs in FOR.items():
                action = next(room.action for room in ROOMS if room.name == name)
                if action not in may:
                    continue
                await counter.app.go(name)
                await counter.pilot.pause()
                screen = counter.app.screen
                assert isinstance(screen, CounterScreen)
                keys = shown(screen)
                wrong = [
                    key
                    for key in keys
                    if key not in ALWAYS
                    and not (WAYS[key] in may if key in WAYS else not needs[key] or needs[key] & may)
                ]
                assert not wrong, (role, name, keys)
                checked += len(keys)
                missing = [
                    key
                    for key, _ in type(screen).KEYS
                    if key in needs and needs[key] & may and key not in keys and (name, R in may) != ("search", False)
                ]
                assert not missing, (role, name, keys)
            for state, steps in STEPS.items():
                staffed.write_now(
                    lambda tx, state=state: tx.execute(
                        "UPDATE ticket SET state = ? WHERE id = ?", state, made.ticket.id
                    )  # type: ignore[misc]
                )
                await counter.app.go("queue")
                await counter.until("Sutrisno")
                await counter.pilot.pause()
                for words, needed in steps.items():
                    assert (words in counter.text) == (needed in may), (role, words, counter.text)
                    checked += 1
    counted(keys_compared_with_the_roles=checked)
