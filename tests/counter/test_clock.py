"""A clock that is far wrong is noticed: by P-Care while it is there, without it by the store and by time gone by."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.counter.clock import ClockWatch, off_by
from kiosk.counter.desk import Desk
from kiosk.counter.register import register
from kiosk.counter.status import status
from kiosk.domain.codes import Care, Payer, VisitKind
from kiosk.domain.people import Operator, Role
from kiosk.domain.registration import RegistrationForm
from kiosk.store import participants, sync_state
from kiosk.store.database import Store
from tests.engines import both_engines

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Wall:
    """A clock that can be set, and time that goes by."""

    def __init__(self) -> None:
        self.now, self.seconds = NOW, 0.0

    def passes(self, length: timedelta) -> None:
        self.now += length
        self.seconds += length.total_seconds()

    def watch(self) -> ClockWatch:
        return ClockWatch(lambda: self.now, lambda: self.seconds)


@pytest.fixture
def wall() -> Iterator[Wall]:
    yield Wall()


@pytest.mark.parametrize(
    ("passed", "set_by", "newest", "said"),
    [
        (HOUR, timedelta(), NOW, ""),
        (HOUR, -3 * HOUR, None, "mundur 3 jam"),
        (HOUR, -3 * HOUR, NOW - DAY, "mundur 3 jam"),
        (HOUR, DAY, NOW, "maju 1 hari"),
        (HOUR, DAY * 30, None, "maju 30 hari"),
        (HOUR, timedelta(minutes=5), NOW, ""),
        (HOUR, -timedelta(minutes=5), NOW, ""),
        # The computer slept over the weekend: time went by, and nobody set anything.
        (DAY * 3, timedelta(), NOW, ""),
        # Another counter's clock is some minutes ahead; one that is a day ahead is not believed.
        (timedelta(), timedelta(), NOW + timedelta(minutes=4), ""),
        (timedelta(), timedelta(), NOW + DAY, "mundur 1 hari"),
        # A computer whose battery is empty begins in 1970.
        (timedelta(), datetime(1970, 1, 1, tzinfo=UTC) - NOW, NOW, "mundur 20780 hari"),
    ],
)
def test_what_is_odd_is_said(
    wall: Wall, passed: timedelta, set_by: timedelta, newest: datetime | None, said: str
) -> None:
    watch = wall.watch()
    wall.passes(passed)
    wall.now += set_by
    assert watch.doubt(newest) == said


def test_a_clock_that_was_put_right_is_believed_again(wall: Wall) -> None:
    watch = wall.watch()
    wall.now -= DAY * 400
    assert watch.doubt(NOW) == "mundur 400 hari"
    wall.now += DAY * 400
    assert watch.doubt(NOW - timedelta(minutes=1)) == ""
    wall.now += DAY * 2
    assert watch.doubt(NOW) == "maju 2 hari"
    watch.believe()
    assert watch.doubt(NOW) == ""


@pytest.mark.parametrize(
    ("skew", "said"), [(None, ""), (59.0, ""), (-86_400.0, "maju 1 hari"), (7_200, "mundur 2 jam")]
)
def test_pcare_says_how_far_it_is_off(skew: float | None, said: str) -> None:
    assert off_by(skew) == said


@both_engines
async def test_the_status_line_says_it_first(store: Store, wall: Wall) -> None:
    other = Store.open(store.url, lambda: wall.now)
    desk = Desk(other, "Loket 1", lambda: wall.now)
    desk.operator = Operator("op-1", "siti", "Siti", Role.CLERK)
    assert not (await status(desk)).sentence.startswith("Periksa")
    person = await desk.read(lambda tx: participants.by_card(tx, "0000000000001"))
    assert person is not None
    await register(desk, RegistrationForm(person.id, desk.today(), "001", Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT))
    wall.now -= DAY * 2
    odd = "Periksa jam komputer: mundur 2 hari · "
    assert (await status(desk)).sentence.startswith(odd)
    # P-Care is there and has the same time: it is the record's that is wrong.
    lock = store.sender_lock(120)
    assert lock.acquire(wait=False)
    store.write_now(lambda tx: sync_state.write(tx, "online", None, 2.0))
    assert (await status(desk)).sentence.startswith("P-Care tersambung")
    store.write_now(lambda tx: sync_state.write(tx, "online", None, -86_400.0))
    assert (await status(desk)).sentence.startswith("Periksa jam komputer: maju 1 hari · P-Care tersambung")
    lock.release()
    await desk.close()
