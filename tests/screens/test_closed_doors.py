"""Keys that elsewhere leave a program, stop it, or open something else: pressed on every screen and over every box."""

from pathlib import Path

import pytest
from textual import events

from kiosk.board import BoardApp
from kiosk.counter.desk import Desk
from kiosk.widgets.dialogs import AskDialog
from kiosk.widgets.screen import Dialog
from tests.fortress import Count
from tests.people import make_store
from tests.screens.doors import CLOSED_ACTIONS, Doors
from tests.screens.driver import Counter
from tests.screens.walk import every_screen, walk
from tests.snapshots.scenes import moment

ASKED = ("ctrl+q", "ctrl+c")
"""They ask first; over a box they do nothing."""
CLOSED = ("ctrl+p", "ctrl+z", "ctrl+d", "ctrl+backslash", "ctrl+shift+p", "ctrl+shift+c", "ctrl+o", "ctrl+@")
"""They do nothing, unless the screen says that they do something of its own."""


@pytest.mark.slow
async def test_no_key_leads_out_of_any_screen_or_box(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: Count
) -> None:
    store = make_store(f"sqlite:///{tmp_path / 'klinik.sqlite3'}", moment)
    places: set[str] = set()
    doors: Doors | None = None
    pressed = 0

    async def stop(counter: Counter, place: str) -> None:
        nonlocal doors, pressed
        app = counter.app
        doors = doors or Doors(app, monkeypatch)
        before, stack, focus = app.screen, list(app.screen_stack), app.screen.focused
        bound = app.active_bindings
        led = {active.binding.action.rpartition(".")[2].partition("(")[0] for active in bound.values()}
        assert not led & CLOSED_ACTIONS, place
        for key in (*CLOSED, *ASKED):
            if key in bound and key not in ASKED:
                continue
            await counter.press(key)
            pressed += 1
            if key in ASKED and not isinstance(before, Dialog):
                assert isinstance(app.screen, AskDialog), (place, key)
                await counter.press("escape")
            await counter.until(lambda: list(app.screen_stack) == stack)
            assert app.screen is before and app.screen.focused is focus, (place, key)
            assert app.is_running and app._exception is None, (place, key)
            doors.look()
            assert (doors.opened, doors.left) == ([], 0), (place, key)
        places.add(place)

    seen = await walk(store, tmp_path, stop)
    store.close()
    assert seen == every_screen(), "the walk comes everywhere"
    counted(closed_keys_pressed=pressed, at_places=places)


async def test_the_board_has_no_way_out_but_a_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_store(f"sqlite:///{tmp_path / 'klinik.sqlite3'}", moment).close()
    desk = await Desk.open(f"sqlite:///{tmp_path / 'klinik.sqlite3'}", "papan", moment, narrow=True)
    app = BoardApp(desk, state_folder=tmp_path / "laporan")
    async with app.run_test() as pilot:
        await pilot.pause()
        doors = Doors(app, monkeypatch)
        for key in (*CLOSED, *ASKED, "f1", "f3", "f4", "f8", "enter", "escape"):
            app.post_message(events.Key(key, None))
            await pilot.pause()
            await app.keys_idle()
            await pilot.pause()
            if key in ASKED:
                assert isinstance(app.screen, AskDialog), key
                app.post_message(events.Key("escape", None))
                await pilot.pause()
                await app.keys_idle()
                await pilot.pause()
            assert app.screen is app.board and app.is_running, key
            doors.look()
        assert (doors.opened, doors.left) == ([], 0)
    await desk.close()
