"""Keys that mean nothing, by the thousand and in every role: no door opens, nothing falls over, the role rules hold."""

import asyncio
import os
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from textual import events
from textual.screen import Screen

from kiosk.counter import ask
from kiosk.counter.access import add_operator, log_in
from kiosk.counter.desk import Desk
from kiosk.counter.errors import LoginRefused
from kiosk.domain.people import PERMITTED, Action, Role
from kiosk.screens import history, service_sources
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction
from kiosk.widgets.screen import Dialog
from tests.fortress import Count
from tests.people import PASSWORD
from tests.screens.doors import Doors
from tests.screens.driver import Counter, counter_on
from tests.screens.patients import registered

SEED = int(os.environ.get("LOKET_SEED") or random.SystemRandom().randrange(2**32))
KEYS, SOAK_KEYS = 10_000, 100_000
"""A key costs four milliseconds of a processor. Two shares of them, for two workers."""
TURN = 500
"""Keys that one operator presses before the next one comes."""
BURST = 25
PAINT = 3
"""Bursts after which the screen is painted."""
PATIENCE = 120.0
"""Seconds within which what an operator set in motion is over."""
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789 .,-/'[]@éñ"
MOVES = (
    *(["enter"] * 8 + ["tab"] * 4 + ["down"] * 3 + ["escape"] * 2),
    *("shift+tab up left right space backspace delete home end pageup pagedown insert".split()),
)
FUNCTIONS = tuple(f"f{n}" for n in range(1, 21) if n != 12)
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
NEEDED: dict[str, frozenset[Action]] = {
    "patient.view": frozenset({Action.PATIENT_VIEW}),
    "patient.history": frozenset({Action.PATIENT_VIEW}),
    "inquiry.patient": frozenset({Action.PATIENT_VIEW}),
    "patient": frozenset({Action.REGISTER}),
    # An internal referral registers, too.
    "registration": frozenset({Action.REGISTER, Action.SERVE}),
    "visit": frozenset({Action.SERVE}),
    "line": frozenset({Action.SERVE, Action.OUTBOX_DECIDE}),
    "ticket": frozenset({Action.CALL}),
    "outbox": frozenset({Action.OUTBOX_DECIDE}),
    "session": frozenset(Action),
}
"""What of the audit log (an event, or all of a kind) may be found of whom: one of these. All else is of no counter."""


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
        elif kind < 0.9595:
            keys.append(chance.choice(CONTROLS))
        elif kind < 0.96:
            # Another theme: a fifth of a second of the processor each time.
            keys.append("f12")
        else:
            keys += chance.choice(WORDS)
    return keys[:count]


class Hands:
    """Press keys as a fast line delivers them."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        self.bursts = 0

    async def press(self, keys: list[str]) -> None:
        """Press them and look what stands open."""
        app = self.doors.app
        self.doors.recent = [*self.doors.recent[-4 * BURST :], *keys]
        for key in keys:
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await asyncio.sleep(0)
        await app.keys_idle()  # type: ignore[attr-defined]  # it is the counter
        self.bursts += 1
        if self.bursts % PAINT == 0:
            _paint(app.screen)
        self.doors.look()


def moved(store: Store) -> dict[Action, object]:
    def work(tx: Transaction) -> dict[Action, object]:
        return {action: [tuple(row.values()) for row in tx.rows(sql)] for action, sql in TOUCHED.items()}

    return store.read_now(work)


def trespasses(store: Store) -> list[str]:
    """Rows of the audit log that tell of what the operator's role does not permit."""

    def work(tx: Transaction) -> list[str]:
        rows = tx.rows("SELECT event, role FROM audit LEFT JOIN operator ON operator.id = audit.operator")
        return [
            f"{row['role']} {row['event']}"
            for row in rows
            if not row["event"].startswith("session")
            and not PERMITTED[Role(row["role"])]
            & NEEDED.get(row["event"], NEEDED.get(row["event"].partition(".")[0], frozenset()))
        ]

    return store.read_now(work)


async def quiet(counter: Counter) -> None:
    """What the last operator set in motion is over: it would be taken for the next one's, and nothing hangs."""

    def under_way() -> list[str]:
        return [
            f"{one.node} {one.group}"
            for one in counter.app.workers
            if one.name != "_follow_store" and not one.is_finished
        ]

    end = asyncio.get_running_loop().time() + PATIENCE
    while under_way() or isinstance(counter.app.screen, Dialog):
        if isinstance(counter.app.screen, Dialog):
            await counter.press("escape")
        assert asyncio.get_running_loop().time() < end, f"LOKET_SEED={SEED}: for ever under way: {under_way()}"
        await asyncio.sleep(0.02)
        await counter.pilot.pause()
    await counter.app.desk.read(lambda tx: None)


_paint = Screen._compositor_refresh


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The screen is painted after some bursts of keys, and not sixty times a second; P-Care, which is not there, is not
    waited for."""
    monkeypatch.setattr(Screen, "_compositor_refresh", lambda screen: screen._dirty_widgets.clear())
    monkeypatch.setattr(ask, "PATIENCE", timedelta(seconds=0.3))
    monkeypatch.setattr(history, "PATIENCE", 0.3)
    monkeypatch.setattr(service_sources, "PATIENCE", 0.3)
    yield


async def at_the_desk(desk: Desk, login: str) -> None:
    """Log in; when random keys on the login were wrong too often, after the wait that it asks for."""
    for _ in range(4):
        try:
            await log_in(desk, login, PASSWORD)
            return
        except LoginRefused as refused:
            assert refused.wait
            await asyncio.sleep(refused.wait)
    await log_in(desk, login, PASSWORD)


@pytest.mark.slow
@pytest.mark.parametrize("share", [1, 2])
async def test_random_keys_open_no_door_and_keep_the_role_rules(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    hurried: None,
    counted: Count,
    share: int,
) -> None:
    for role in (Role.NURSE, Role.HEAD):
        login = LOGINS[role]
        store.write_now(lambda tx, login=login, role=role: add_operator(tx, login, login, role, PASSWORD))  # type: ignore[misc]
    await registered(store, "sutrisno", "siti aminah")
    seed = f"LOKET_SEED={SEED} (share {share})"
    chance = random.Random(f"{SEED} {share}")
    wanted = SOAK_KEYS if request.config.getoption("--soak") else KEYS
    pressed = 0
    screens: set[str] = set()
    turns: list[Role] = []
    async with counter_on(store, tmp_path, idle_lock=0) as counter:
        doors = Doors(counter.app, monkeypatch)
        hands, app = Hands(doors), counter.app
        while pressed < wanted:
            turns = turns or chance.sample(list(LOGINS), len(LOGINS))
            role = turns.pop()
            if app.desk.operator is not None:
                app.action_lock()
                await counter.until(lambda: app.desk.operator is None)
            await quiet(counter)
            await at_the_desk(app.desk, LOGINS[role])
            assert app.desk.operator is not None
            await app.let_in(app.desk.operator)
            before = moved(store)
            left = min(TURN, wanted - pressed)
            while left and app.desk.operator is not None:
                keys = some_keys(chance, min(BURST, left))
                await hands.press(keys)
                left -= len(keys)
                pressed += len(keys)
                screens.add(type(app.screen).__name__)
            after = moved(store)
            for action, was in before.items():
                if not PERMITTED[role] & ({action} | ALSO.get(action, frozenset())):
                    assert after[action] == was, f"{seed} {role} moved {action}"
            assert app.is_running and app._exception is None, seed
    reports = [path.read_text() for path in (tmp_path / "laporan").glob("crash-*")]
    print(f"{seed}: {pressed} random keys, {len(screens)} screens, left {doors.left} times")
    assert reports == [], seed
    assert doors.opened == [], (seed, doors.opened)
    assert trespasses(store) == [], seed
    counted(random_keys=pressed, of_roles=set(LOGINS), on_screens=screens, doors_opened=len(doors.opened))
