"""Every screen in every state that matters looks as it did when somebody looked at it last.

After a change that is meant: `pytest tests/snapshots --snapshot-update`, then read the difference in the pictures.
`pytest tests/snapshots --pictures assets/pictures` draws them for people.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import App

from kiosk.store.database import Store
from tests.people import make_store
from tests.snapshots.picture import difference, draw, keep, picture
from tests.snapshots.scenes import SCENES, Scene, moment, on_stage

PATIENCE = 10.0
"""Seconds until the screen must look as it did: readings and answers come when they come."""
STILL = 0.6
"""Seconds without a change after which a new picture is taken."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The invented clinic on a morning of its own."""
    made = make_store(f"sqlite:///{tmp_path / 'klinik.sqlite3'}", moment)
    yield made
    made.close()


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_the_screen_looks_as_it_did(
    scene: Scene, store: Store, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    async with on_stage(scene, store, tmp_path) as app:
        if folder := request.config.getoption("--pictures"):
            await _still(app, scene.theme)
            draw(app, Path(folder) / f"{scene.name}.svg")
            return
        if request.config.getoption("--snapshot-update"):
            keep(scene.name, await _still(app, scene.theme))
            return
        end = asyncio.get_running_loop().time() + PATIENCE
        while wrong := difference(scene.name, picture(app, scene.theme)):
            assert asyncio.get_running_loop().time() < end, wrong
            await asyncio.sleep(0.05)


async def _still(app: App[None], theme: str) -> str:
    before = ""
    while (now := picture(app, theme)) != before:
        before = now
        await asyncio.sleep(STILL)
    return now
