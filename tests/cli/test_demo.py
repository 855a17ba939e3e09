"""`kiosk demo` in a real terminal: nothing to set up, followed by the board, nothing left behind."""

import os
import signal
import time
from pathlib import Path

from tests.cli.terminal import Terminal, terminal

F9, CTRL_Q = "\x1b[20~", "\x11"


def log_in(person: Terminal) -> None:
    person.until("Kata sandi")
    person.type("siti\r")
    person.type("cobaloket\r")
    person.until("nomor kartu, NIK")


def gone(*folders: Path) -> bool:
    """Whether no demo folder and no child of the demo is left."""
    left = [p for folder in folders for p in folder.glob("loket-demo-*")]
    running = [p for p in Path("/proc").glob("[0-9]*/cmdline") if any(str(f).encode() in _read(p) for f in folders)]
    return not left and not running


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def wait_until_gone(folder: Path, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not gone(folder):
        assert time.monotonic() < end, list(folder.iterdir())
        time.sleep(0.1)


def test_the_demo_starts_by_itself_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with terminal("demo", home=tmp_path) as person:
        log_in(person)
        person.until("P-Care tersambung")
        person.press(F9)
        person.until("putus sejak")
        person.press(F9)
        person.until("tersambung")
        person.type(CTRL_Q)
        person.until("Tutup Loket?")
        person.type("y")
        assert person.ended() == 0
    wait_until_gone(tmp_path)


def test_a_killed_demo_leaves_nothing_behind_either(tmp_path: Path) -> None:
    with terminal("demo", home=tmp_path) as person:
        log_in(person)
        os.kill(person.pid, signal.SIGKILL)
        person.ended()
        wait_until_gone(tmp_path)


def test_a_demo_whose_terminal_is_gone_ends_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with terminal("demo", home=tmp_path) as person:
        log_in(person)
        person.child.ptyproc.fileobj.close()
        end = time.monotonic() + 60
        while person.child.isalive():
            assert time.monotonic() < end, "still running"
            time.sleep(0.1)
        wait_until_gone(tmp_path, 60)


def test_the_board_finds_the_running_demo(tmp_path: Path) -> None:
    with terminal("demo", home=tmp_path) as person:
        log_in(person)
        with terminal("board", home=tmp_path) as wall:
            wall.until("Klinik Contoh Melati")
            wall.until("data pukul")
