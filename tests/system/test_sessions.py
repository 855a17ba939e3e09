"""The warm parent of sessions: each session as separate as if it had been started alone, and never a clinic without."""

import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kiosk.session_client import READY, request
from tests.people import PASSWORD
from tests.system.thin_clients import CLIENT, Host, children, gone, host, until

REDRAW = "\x0c"


@pytest.fixture(scope="module")
def clinic_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with host(tmp_path_factory.mktemp("tuan")) as made:
        yield made


@pytest.fixture
def place(clinic_host: Host) -> Iterator[Host]:
    """A host with a warm parent and no session."""
    if not clinic_host.has_parent:
        clinic_host.start_parent()
    yield clinic_host
    clinic_host.close_terminals()


def test_sessions_share_the_start_and_nothing_else(place: Host) -> None:
    parent = place.parent
    assert parent is not None
    first, second = place.client(), place.client("--station=Loket 2")
    one, two = place.sessions()
    assert len({os.getsid(one), os.getsid(two), os.getsid(parent.pid)}) == 3
    assert len(list(Path(f"/proc/{parent.pid}/task").iterdir())) == 1
    if os.geteuid() == 0:
        # Only root may look into processes that have shut themselves in.
        held = [str(fd.readlink()) for fd in Path(f"/proc/{parent.pid}/fd").iterdir()]
        assert not [name for name in held if str(place.home.folder) in name]
        assert "\nSeccomp:\t2\n" in Path(f"/proc/{one}/status").read_text()
    for letter in "admin":
        # In turns: what wakes one of them must not wake the other instead.
        first.type(letter)
        second.type(letter)
    second.until("admin")
    first.type(f"\r{PASSWORD}\r")
    first.until("nomor kartu, NIK")
    assert "Kata sandi" in second.text
    second.type("\x11")
    second.until("Tutup Loket")
    second.type("y")
    assert second.ended() == 0
    until(lambda: gone(two), "the session that was left has ended")
    first.type("sutri")
    first.until("Sutrisno Wibowo")


@pytest.mark.parametrize("end", ["hang-up", "kill", "terminal closed", "terminal closed that nobody read"])
def test_a_session_ends_with_its_terminal(place: Host, end: str) -> None:
    client = place.client()
    (session,) = place.sessions()
    if "nobody read" in end:
        # Each Ctrl+L asks for the whole screen again; nobody takes it, so the session stands still.
        client.child.send(REDRAW * 400)
    if "closed" in end:
        client.child.close(force=False)
    else:
        os.kill(client.pid, signal.SIGHUP if end == "hang-up" else signal.SIGKILL)
    until(lambda: gone(session), "the session has ended")


def test_a_session_that_nobody_reads_stands_still_and_costs_nothing(place: Host) -> None:
    client = place.client()
    (session,) = place.sessions()
    client.child.send(REDRAW * 400)
    used: list[float] = []

    def at_rest() -> bool:
        times = Path(f"/proc/{session}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
        used.append(sum(map(int, times)) / os.sysconf("SC_CLK_TCK"))
        time.sleep(0.4)
        return len(used) > 3 and used[-1] - used[-3] < 0.08

    until(at_rest, "it rests")


def test_a_new_size_reaches_the_session(place: Host) -> None:
    client = place.client()
    client.resize(30, 100)
    until(lambda: client.read() or "Lanjut" in client.text.splitlines()[29], "the bottom line stands at the new bottom")


@pytest.mark.parametrize("environment", [{"TERM": "linux"}, {"NO_COLOR": "1"}, {"COLORTERM": "truecolor"}])
def test_a_terminal_that_the_login_was_not_drawn_for_gets_another_one(place: Host, environment: dict[str, str]) -> None:
    """Other colours; from the parent all the same."""
    client = place.client(environment=environment)
    (session,) = place.sessions()
    client.type("siti")
    client.until("siti")
    client.child.kill(signal.SIGHUP)
    until(lambda: gone(session), "the session has ended")


def test_a_place_that_nobody_has_named_yet_is_asked_for(place: Host) -> None:
    client = place.client(environment={"SSH_CLIENT": "10.0.0.8 1 22"}, sees="Nama tempat ini")
    client.type("Loket 8\r")
    client.until("Klinik Uji")
    assert "Loket 8" in (place.home.folder / "tempat.json").read_text()


def test_when_a_session_dies_its_client_says_so_by_its_exit_code(place: Host) -> None:
    client = place.client()
    os.kill(place.sessions()[0], signal.SIGKILL)
    assert client.ended() == 1


def test_sessions_outlive_their_parent_and_new_ones_start_alone(place: Host) -> None:
    before = place.client()
    (session,) = place.sessions()
    place.end_parent()
    before.type("siti")
    before.until("siti")
    alone = place.client()
    assert not children(alone.pid)
    os.kill(before.pid, signal.SIGHUP)
    until(lambda: gone(session), "the session has ended")


def test_a_replaced_installation_is_noticed(place: Host, tmp_path: Path) -> None:
    """A client of another version starts alone; a parent that is the older one makes way for a new one."""
    package = Path(CLIENT).parent
    for name in (package, package.parent / "assets"):
        if name.is_dir():
            shutil.copytree(name, tmp_path / "baru" / name.name, ignore=shutil.ignore_patterns("pictures"))
    here = tmp_path / "baru"
    place.end_parent()
    parent = place.start_parent(here)
    place.client()
    assert not place.sessions(), "the versions differ"
    assert parent.poll() is None
    own = str(here / "kiosk" / "session_client.py")
    place.client(program=own)
    assert len(place.sessions()) == 1
    os.utime(here / "kiosk" / "app.py")
    place.client(program=own)
    until(lambda: parent.poll() is not None, "the older parent has ended")
    assert parent.returncode == 0
    assert not place.socket.exists()


def test_whatever_is_said_to_the_parent_it_goes_on(place: Host) -> None:
    """Garbage, silence, no terminal, pipes for a terminal, too many words: refused, and the next client is served."""
    ends = os.pipe()
    for said, descriptors in (
        (b"", []),
        (b"\0\0", []),
        (os.urandom(9000), []),
        (request([]), []),
        (request([]), [ends[0], ends[1], ends[1]]),
        (request(["--bukan-pilihan"]), [*ends, *ends]),
    ):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(place.socket))
            with suppress(BrokenPipeError):
                socket.send_fds(connection, [said or b"\0"], descriptors)
            connection.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                assert connection.recv(16) != READY
    with socket.socket(socket.AF_UNIX) as connection:
        # One that asks for everything and has given up before it is answered.
        connection.connect(str(place.socket))
        master, slave = os.openpty()
        socket.send_fds(connection, [request([])], [slave] * 3)
    for end in (*ends, master, slave):
        os.close(end)
    place.client()
    until(lambda: len(place.sessions()) == 1, "only the real session is left")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_gets_no_session(place: Host) -> None:
    place.socket.chmod(0o666)
    place.socket.parent.chmod(0o711)
    reads, writes = os.pipe()
    if not (child := os.fork()):
        # A way that is closed to others is not what refuses them here.
        os.chdir(place.socket.parent)
        os.setuid(65534)
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(place.socket.name)
                os.write(writes, b"answer:" + connection.recv(16))
        finally:
            os._exit(0)
    os.close(writes)
    os.waitpid(child, 0)
    assert os.read(reads, 64) == b"answer:"
    os.close(reads)
