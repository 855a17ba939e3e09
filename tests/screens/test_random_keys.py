"""Keys that mean nothing, by the thousand and in every role: no door opens, nothing falls over, the role rules hold."""

import asyncio
import os
import random
from pathlib import Path

import pytest
from textual import events
from textual.app import App
from textual.command import CommandPalette

from kiosk.counter.access import add_operator, log_in
from kiosk.domain.people import PERMITTED, Action, Role
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction
from tests.people import PASSWORD
from tests.screens.driver import Counter, counter_on
from tests.screens.patients import registered

SEED = int(os.environ.get("LOKET_SEED") or random.SystemRandom().randrange(2**32))
KEYS, SOAK_KEYS = 3_000, 20_000
"""A key costs some ten milliseconds of a processor: the long form takes minutes."""
TURN = 500
"""Keys that one operator presses before the next one comes."""
BURST = 25
QUIET = 5.0
"""Seconds after which something that waits for P-Care, and writes nothing, is left waiting."""
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789 .,-/'[]@éñ"
MOVES = (
    *(["enter"] * 8 + ["tab"] * 4 + ["down"] * 3 + ["escape"] * 2),
    *("shift+tab up left right space backspace delete home end pageup pagedown insert".split()),
)
FUNCTIONS = tuple(f"f{n}" for n in range(1, 21))
CONTROLS = (*(f"ctrl+{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"), "ctrl+@", "ctrl+backslash", "ctrl+shift+p")
WORDS = ("siti", "sutrisno", "0000000000001", "dewi", "batuk", "62,5", "k30")
LOGINS = {Role.CLERK: "siti", Role.NURSE: "ners", Role.DOCTOR: "dokter", Role.HEAD: "kepala", Role.ADMIN: "admin"}

TOUCHED: dict[Action, str] = {
    Action.REGISTER: "SELECT id, cancelled, version FROM registration ORDER BY id",
    Action.CALL: "SELECT id, state, calls, turn FROM ticket ORDER BY id",
    Action.SERVE: "SELECT id, version, deleted FROM visit ORDER BY id",
    Action.MANAGE_USERS: "SELECT id, login, role, disabled, password_hash FROM operator ORDER BY id",
    Action.OUTBOX_DECIDE: "SELECT id, kind, state FROM outbox ORDER BY id",
}
"""What stands in the store for each thing that a role may do or not."""
ALSO: dict[Action, frozenset[Action]] = {
    Action.CALL: frozenset({Action.REGISTER, Action.SERVE}),
    Action.OUTBOX_DECIDE: frozenset({Action.REGISTER, Action.SERVE, Action.CALL}),
}
"""What moves along: a registration has its number, everything is told to P-Care."""


def some_keys(chance: random.Random, count: int) -> list[str]:
    """Mostly what a hand would press, in no order."""
    keys: list[str] = []
    while len(keys) < count:
        kind = chance.random()
        if kind < 0.55:
            keys.append(chance.choice(LETTERS))
        elif kind < 0.87:
            keys.append(chance.choice(MOVES))
        elif kind < 0.92:
            keys.append(chance.choice(FUNCTIONS))
        elif kind < 0.96:
            keys.append(chance.choice(CONTROLS))
        else:
            keys += chance.choice(WORDS)
    return keys[:count]


class Doors:
    """Every way out of the counter, watched."""

    def __init__(self, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened: list[str] = []
        self.left = 0
        self.recent: list[str] = []
        self.app = counter.app
        for name in ("suspend", "deliver_screenshot", "save_screenshot", "action_screenshot", "deliver_text"):
            if hasattr(App, name):
                monkeypatch.setattr(App, name, lambda *_, door=name, **__: self.opened.append(door))
        monkeypatch.setattr(self.app, "exit", self._leave)

    def _leave(self, *_: object, **__: object) -> None:
        self.left += 1
        # Only the answer to the question ends it.
        if "y" not in self.recent or not {"ctrl+c", "ctrl+q"} & set(self.recent):
            self.opened.append(f"left by {self.recent}")

    async def press(self, keys: list[str]) -> None:
        """Press the keys as a fast line delivers them."""
        self.recent = [*self.recent[-4 * BURST :], *keys]
        for key in keys:
            self.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await asyncio.sleep(0)
        await self.app.keys_idle()
        if isinstance(self.app.screen, CommandPalette):
            self.opened.append("palette")
        if self.app.clipboard:
            self.opened.append("clipboard")


def moved(store: Store) -> dict[Action, object]:
    def work(tx: Transaction) -> dict[Action, object]:
        return {action: [tuple(row.values()) for row in tx.rows(sql)] for action, sql in TOUCHED.items()}

    return store.read_now(work)


async def quiet(counter: Counter) -> None:
    """What the last operator set in motion is over: it would be taken for the next one's."""
    end = asyncio.get_running_loop().time() + QUIET
    while asyncio.get_running_loop().time() < end:
        await counter.pilot.pause()
        await counter.app.desk.read(lambda tx: None)
        if all(each.is_finished or each.name == "_follow_store" for each in counter.app.workers):
            return


@pytest.mark.slow
async def test_random_keys_open_no_door_and_keep_the_role_rules(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    for role in (Role.NURSE, Role.HEAD):
        login = LOGINS[role]
        store.write_now(lambda tx, login=login, role=role: add_operator(tx, login, login, role, PASSWORD))  # type: ignore[misc]
    await registered(store, "sutrisno", "siti aminah")
    chance = random.Random(SEED)
    wanted = SOAK_KEYS if request.config.getoption("--soak") else KEYS
    pressed = 0
    screens: set[str] = set()
    async with counter_on(store, tmp_path, idle_lock=0) as counter:
        doors = Doors(counter, monkeypatch)
        app = counter.app
        while pressed < wanted:
            role = chance.choice(list(LOGINS))
            if app.desk.operator is not None:
                app.action_lock()
                await counter.until(lambda: app.desk.operator is None)
            await quiet(counter)
            await log_in(app.desk, LOGINS[role], PASSWORD)
            assert app.desk.operator is not None
            await app.let_in(app.desk.operator)
            before = moved(store)
            left = TURN
            while left and app.desk.operator is not None:
                keys = some_keys(chance, min(BURST, left))
                await doors.press(keys)
                left -= len(keys)
                pressed += len(keys)
                screens.add(type(app.screen).__name__)
            after = moved(store)
            for action, was in before.items():
                if not PERMITTED[role] & ({action} | ALSO.get(action, frozenset())):
                    assert after[action] == was, f"LOKET_SEED={SEED} {role} moved {action}"
            assert app.is_running and app._exception is None, f"LOKET_SEED={SEED}"
    reports = [path.read_text() for path in (tmp_path / "laporan").glob("crash-*")]
    print(f"LOKET_SEED={SEED}: {pressed} random keys, {len(screens)} screens, left {doors.left} times")
    assert reports == [], f"LOKET_SEED={SEED}"
    assert doors.opened == [], f"LOKET_SEED={SEED}"
