"""Background work: the last one counts, and one that was replaced before it began leaves nothing on the terminal."""

import gc
import warnings
from functools import partial

from textual.app import App

from kiosk.widgets.work import work


async def test_work_that_is_replaced_before_it_began_leaves_no_warning() -> None:
    done: list[int] = []

    async def mark(number: int) -> None:
        done.append(number)

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        async with App[None]().run_test() as pilot:
            for number in range(5):
                work(pilot.app.screen, partial(mark, number), "reading", exclusive=True)
            await pilot.pause()
        gc.collect()
    assert done == [4]
    assert not [str(warning.message) for warning in seen if "never awaited" in str(warning.message)]
