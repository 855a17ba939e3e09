"""The line at the top: the clinic, who is here, the state of the link, the clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.screens.search import SearchScreen
from kiosk.store.database import Store
from tests.screens.driver import Counter, counter_on


def clock(counter: Counter) -> str:
    """What the search's top line ends with, a box over it or not."""
    screen = counter.app.get_screen("search", SearchScreen)
    return screen._compositor.render_strips()[0].text.split()[-1]


async def test_the_clock_goes_on_while_a_box_is_open(store: Store, tmp_path: Path) -> None:
    moment = [datetime(2026, 11, 23, 1, tzinfo=UTC)]
    async with counter_on(store, tmp_path, clock=lambda: moment[0], idle_lock=0) as counter:
        await counter.log_in()
        await counter.until(lambda: clock(counter) == "08.00")
        await counter.press("f1")
        await counter.until("Bantuan: ")
        moment[0] += timedelta(minutes=1)
        counter.app._each_moment()
        await counter.until(lambda: clock(counter) == "08.01")
