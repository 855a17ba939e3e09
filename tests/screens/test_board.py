"""The public board: numbers and places, never a name; fresh, or clearly marked as old."""

import asyncio
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pyte
import pytest
from textual.pilot import Pilot

from kiosk.board import BoardApp
from kiosk.counter import call
from kiosk.counter.access import log_in
from kiosk.counter.desk import Desk
from kiosk.counter.views import BoardPoli
from kiosk.screens.board import polis_shown
from kiosk.store.database import Store
from kiosk.voice import Voice
from kiosk.widgets.big_number import dots
from kiosk.widgets.board_panel import best_grid
from tests.people import PASSWORD, some_people
from tests.screens.patients import GIGI, UMUM, registered


class Watched(BoardApp):
    """The board with its bell counted."""

    bells = 0

    def bell(self) -> None:
        self.bells += 1


@asynccontextmanager
async def board_on(
    store: Store, folder: Path, polis: tuple[str, ...] = (), size: tuple[int, int] = (80, 24), **options: Any
) -> AsyncIterator[tuple[Watched, Pilot[None]]]:
    desk = await Desk.open(store.url, "papan", narrow=True)
    app = Watched(desk, polis, state_folder=folder / "laporan", **options)
    async with app.run_test(size=size) as pilot:
        yield app, pilot
    await desk.close()


def text(app: BoardApp) -> str:
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


async def until(app: Watched, pilot: Pilot[None], seen: str) -> str:
    end = time.monotonic() + 5
    while seen not in (said := f"{app.board.text}\n{text(app)}"):
        assert time.monotonic() < end, f"never seen: {seen}\n{said}"
        await asyncio.sleep(0.02)
        await pilot.pause()
    return said


@pytest.fixture
async def caller(store: Store) -> AsyncIterator[Desk]:
    """Two wait in Umum and one in Gigi; a desk that may call them."""
    await registered(store, "sutrisno", "siti aminah")
    await registered(store, "ketut", poli=GIGI)
    desk = await Desk.open(store.url, "Loket 2")
    await log_in(desk, "admin", PASSWORD)
    yield desk
    await desk.close()


async def test_a_call_shows_at_once_with_its_room_and_rings(caller: Desk, store: Store, tmp_path: Path) -> None:
    async with board_on(store, tmp_path) as (app, pilot):
        await until(app, pilot, "belum ada yang dipanggil")
        assert app.bells == 0, "nothing was called: the board does not ring when it starts"
        await call.call_next(caller, UMUM)
        said = await until(app, pilot, "A-001")
        said = await until(app, pilot, "silakan ke Loket 2")
        assert "» UMUM «" in said
        assert "A-002" in said
        assert app.bells == 1
        ticket = (await call.queue(caller, UMUM))[0]
        await call.recall(caller, ticket.id)
        end = time.monotonic() + 5
        while app.bells < 2:
            assert time.monotonic() < end, "a number that is called again rings again"
            await asyncio.sleep(0.05)


class Listener(Voice):
    """A voice that is only written down."""

    def __init__(self) -> None:
        super().__init__(("/bin/true",))
        self.heard: list[str] = []

    def say(self, sentence: str) -> None:
        self.heard.append(sentence)


async def test_calls_and_recalls_are_spoken_but_not_what_was_called_before(
    caller: Desk, store: Store, tmp_path: Path
) -> None:
    first = await call.call_next(caller, UMUM)
    assert first is not None
    voice = Listener()
    async with board_on(store, tmp_path, voice=voice) as (app, pilot):
        await until(app, pilot, "silakan ke Loket 2")
        assert voice.heard == []
        await call.call_next(caller, GIGI)
        await until(app, pilot, "B-001")
        await call.recall(caller, first.id)
        end = time.monotonic() + 5
        while len(voice.heard) < 2:
            assert time.monotonic() < end, voice.heard
            await asyncio.sleep(0.02)
    assert voice.heard == [
        "Nomor antrean B satu, silakan ke Loket dua",
        "Nomor antrean A satu, silakan ke Loket dua",
    ]


async def test_two_rooms_of_a_poli_are_both_shown(caller: Desk, store: Store, tmp_path: Path) -> None:
    await call.call_next(caller, UMUM)
    await call.call_next(caller, UMUM, "Ruang 3")
    for size in ((80, 24), (120, 40)):
        async with board_on(store, tmp_path, (UMUM,), size=size) as (app, pilot):
            said = await until(app, pilot, "silakan ke Ruang 3")
            assert "A-001 ke Loket 2" in said


def test_polis_without_room_have_their_turn_and_a_call_is_seen_at_once() -> None:
    polis = [BoardPoli(f"Poli {n}", f"{chr(65 + n)}-001", None, (), (), 0) for n in range(5)]

    def seen(turn: int, newest: str | None = None) -> str:
        return "".join(poli.current[0] for poli in polis_shown(polis, 2, turn, newest) if poli.current)

    assert [seen(turn) for turn in range(5)] == ["AB", "CD", "AE", "BC", "DE"]
    assert [seen(turn, "D-001") for turn in range(5)] == ["AD", "CD", "DE", "BD", "DE"]
    assert len(polis_shown(polis, 5, 3, None)) == 5


async def test_no_name_is_ever_on_the_board(caller: Desk, store: Store, tmp_path: Path) -> None:
    names = {word.lower() for person in some_people() for word in person.name.split() if len(word) > 2} - {"uji"}
    for _ in range(2):
        await call.call_next(caller)
    for size in ((80, 24), (120, 40), (200, 60)):
        async with board_on(store, tmp_path, size=size) as (app, pilot):
            said = (await until(app, pilot, "silakan ke Loket 2")).lower()
            assert not [name for name in names if name in said]
            assert not [name for name in names if name in app.export_screenshot().lower()]


async def test_only_the_wanted_poli_is_shown_and_larger(caller: Desk, store: Store, tmp_path: Path) -> None:
    await call.call_next(caller, UMUM)
    async with board_on(store, tmp_path, (UMUM,)) as (app, pilot):
        said = await until(app, pilot, "A-001")
        assert "GIGI" not in said


async def test_old_data_is_marked_and_the_mark_goes_when_the_store_is_back(
    caller: Desk, store: Store, tmp_path: Path
) -> None:
    await call.call_next(caller, UMUM)
    async with board_on(store, tmp_path, look=0.1, stale=0.6) as (app, pilot):
        said = await until(app, pilot, "data pukul")
        assert "DATA LAMA" not in said
        path = Path(store.url.removeprefix("sqlite:///"))
        # The disk is gone, as far as the board knows.
        app.desk._store._engine.database.close()
        said = await until(app, pilot, "DATA LAMA")
        assert "Papan berhenti, data terakhir pukul" in said
        assert "Tanyakan nomor kepada petugas" in said
        app.desk._store._engine.database.connect()
        assert path.exists()
        end = time.monotonic() + 8
        while "DATA LAMA" in app.board.text:
            assert time.monotonic() < end, "still marked as old"
            await asyncio.sleep(0.05)


async def test_an_empty_day_says_so(store: Store, tmp_path: Path) -> None:
    async with board_on(store, tmp_path) as (app, pilot):
        await until(app, pilot, "Belum ada nomor antrean hari ini")


async def test_the_board_is_closed_only_after_a_question(store: Store, tmp_path: Path) -> None:
    async with board_on(store, tmp_path) as (app, pilot):
        await until(app, pilot, "data pukul")
        await pilot.press("ctrl+c")
        await until(app, pilot, "Tutup papan antrean?")
        await pilot.press("escape")
        await pilot.pause()
        await pilot.press("q")
        await until(app, pilot, "Tutup papan antrean?")
        await pilot.press("y")
        await pilot.pause()
        assert app.return_code == 0


@pytest.mark.parametrize(
    ("panels", "width", "height", "columns", "rows", "shown"),
    [
        (1, 80, 22, 1, 1, 1),
        (2, 80, 22, 2, 1, 2),
        (4, 80, 22, 2, 2, 4),
        (9, 80, 22, 2, 2, 4),
        (3, 120, 38, 3, 1, 3),
        (1, 30, 10, 1, 1, 1),
        (0, 80, 22, 1, 1, 0),
    ],
)
def test_panels_take_the_arrangement_with_the_largest_digits(
    panels: int, width: int, height: int, columns: int, rows: int, shown: int
) -> None:
    assert best_grid(panels, width, height) == (columns, rows, shown)


def board_process(url: str, folder: Path) -> tuple["subprocess.Popen[bytes]", int]:
    """`BoardApp` of its own process on a terminal of 80×24."""
    code = (
        "import asyncio, sys\nfrom pathlib import Path\nfrom kiosk.board import BoardApp\n"
        "from kiosk.counter.desk import Desk\n"
        "async def main():\n"
        "    desk = await Desk.open(sys.argv[1], 'papan')\n"
        "    await BoardApp(desk, state_folder=Path(sys.argv[2])).run_async(mouse=False)\n"
        "    await desk.close()\n"
        "asyncio.run(main())\n"
    )
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", code, url, str(folder)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "linux", "NO_COLOR": "1"},
        start_new_session=True,
    )
    os.close(slave)
    return process, master


def read_for(master: int, seconds: float) -> bytes:
    """What the terminal got within `seconds`."""
    end, found = time.monotonic() + seconds, b""
    while (left := end - time.monotonic()) > 0:
        if select.select([master], [], [], left)[0]:
            try:
                found += os.read(master, 65536)
            except OSError:
                break
    return found


def wait_for(master: int, wanted: bytes, seconds: float = 15) -> bytes:
    """Read until `wanted` came."""
    end, found = time.monotonic() + seconds, b""
    while wanted not in found:
        assert time.monotonic() < end, found[-2000:]
        found += read_for(master, 0.2)
    return found


def drawn_numbers(sent: bytes) -> list[str]:
    """The numbers that a monochrome console shows large, read back from its reversed cells."""
    screen = pyte.Screen(80, 24)
    pyte.ByteStream(screen).feed(sent)
    rows = ["".join("1" if screen.buffer[y][x].reverse else "0" for x in range(80)) for y in range(24)]
    return [label for label in ("A-001", "A-002", "B-001") if all(_doubled(row, rows) for row in dots(label))]


def _doubled(row: str, rows: list[str]) -> bool:
    """Whether a row of dots stands somewhere, each dot some cells wide."""
    wanted = row.strip("0")
    scales = (re.sub(".", lambda dot, wide=wide: dot[0] * wide, wanted) for wide in (2, 4, 6, 8))  # type: ignore[misc]
    return any(scaled in shown for scaled in scales for shown in rows)


async def test_an_idle_board_sends_nothing_and_needs_only_latin_1_and_ends_at_hang_up(
    caller: Desk, store: Store, tmp_path: Path
) -> None:
    await call.call_next(caller, UMUM)
    process, master = board_process(store.url, tmp_path)
    try:
        first = await asyncio.to_thread(wait_for, master, b"data pukul")
        first += await asyncio.to_thread(read_for, master, 1.5)
        first.decode("utf-8").encode("latin-1")
        assert "A-001" in drawn_numbers(first), "the digits are reversed blanks: no colour and no font is needed"
        # The minute may change meanwhile, and on a busy machine the first picture may still be on its way.
        for _ in range(4):
            if not (sent := await asyncio.to_thread(read_for, master, 6)):
                break
        assert sent == b"", "nothing changed, nothing is sent"
        await call.call_next(caller, GIGI)
        assert b"\x07" in await asyncio.to_thread(wait_for, master, b"\x07")
        process.send_signal(signal.SIGHUP)
        assert await asyncio.to_thread(process.wait, 5) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(master)
