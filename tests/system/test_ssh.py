"""Loket at the end of a real SSH line, with what we ship: a counter and nothing else, and nothing stays behind."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.cli.deploy_ssh import server, wrapper
from kiosk.cli.findings import Health
from kiosk.store.database import Store
from tests.cli.terminal import PATIENCE, Terminal
from tests.people import PASSWORD
from tests.system.ssh_server import SshHost, program
from tests.system.thin_clients import Host, gone, host, until

MANY = {"warm": 20, "alone": 4}
"""Sessions at once: one that starts alone costs a second of processor time."""
ENVIRONMENT = {"PATH", "LANG", "TERM", "SSH_CLIENT", "HOME", "LOKET_HOME", "LOKET_SESSIONS", "PWD", "LC_CTYPE"}
PLACE = "tempat.json"
"""Where the name of the thin client's place is kept; without it, it is asked for."""


class Line:
    """One clinic's host, the SSH server on it, and how its sessions start."""

    def __init__(self, clinic: Host, ssh: SshHost, how: str) -> None:
        self.clinic, self.ssh, self.how = clinic, ssh, how
        self.terminals: list[Terminal] = []

    def sessions(self) -> list[int]:
        """The processes that show a counter."""
        if self.how == "warm":
            return self.clinic.sessions()
        return [pid for pid in self.ssh.below() if b"kiosk\0session" in _bytes(pid, "cmdline")]

    def dial(self, *options: str, **more: dict[str, str]) -> Terminal:
        """A thin client that dials in; it has not been answered yet."""
        terminal = self.ssh.terminal(*options, **more)
        self.terminals.append(terminal)
        return terminal

    def at_login(self, *options: str, **more: dict[str, str]) -> Terminal:
        """The same, once the login is there."""
        terminal = self.dial(*options, **more)
        terminal.until("Klinik Uji")
        return terminal

    def hang_up(self) -> None:
        """All terminals away; everything that was theirs goes too."""
        for terminal in self.terminals:
            terminal.child.close(force=True)
        self.terminals.clear()
        until(lambda: not self.sessions() and not self.ssh.below(), "nothing is left of the sessions")


def _bytes(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with host(tmp_path_factory.mktemp("klinik")) as made:
        (made.home.folder / PLACE).write_text('{"127.0.0.1": "Loket 7"}')
        yield made


@pytest.fixture(scope="module")
def ssh(clinic: Host, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshHost]:
    found = program()
    if found is None:
        if os.environ.get("LOKET_NEED_SSH"):
            pytest.fail("no SSH server is installed (Debian: openssh-server)")
        pytest.skip("no SSH server is installed (Debian: openssh-server)")
    made = SshHost(tmp_path_factory.mktemp("ssh"), clinic.home, clinic.socket, found)
    yield made
    made.close()


@pytest.fixture(scope="module", params=["warm", "alone"])
def way(request: pytest.FixtureRequest, clinic: Host, ssh: SshHost) -> Iterator[Line]:
    """Sessions from the warm parent, and sessions that start by themselves."""
    if request.param == "warm":
        clinic.start_parent()
    yield Line(clinic, ssh, request.param)
    if request.param == "warm":
        clinic.end_parent()


@pytest.fixture
def line(way: Line) -> Iterator[Line]:
    yield way
    way.hang_up()


def count(line: Line, table: str) -> int:
    store = Store.open(line.clinic.home.store_url)
    try:
        return int(store.read_now(lambda tx: tx.value(f"SELECT count(*) FROM {table}")))
    finally:
        store.close()


def test_a_clerk_registers_a_patient_over_ssh(line: Line) -> None:
    (line.clinic.home.folder / PLACE).unlink()
    before = count(line, "registration")
    clerk = line.dial()
    clerk.until("Nama tempat ini")
    clerk.type("Loket 7\r")
    clerk.until("Klinik Uji")
    clerk.type(f"siti\r{PASSWORD}\r")
    clerk.until("nomor kartu, NIK")
    name = "Sutrisno" if line.how == "warm" else "Sukarno"
    clerk.type(name.lower())
    clerk.until("1 orang")
    clerk.until(f"» {name}")
    clerk.type("\r")
    clerk.until("Jenis kunjungan")
    clerk.type("sju")
    clerk.until("[U Umum]")
    clerk.type("batuk")
    clerk.until("batuk")
    clerk.type("\x13")
    until(lambda: count(line, "registration") == before + 1, "the registration is in the store")
    clerk.type("\x11")
    clerk.until("Tutup Loket")
    clerk.type("y")
    assert clerk.ended() == 0


def test_many_come_at_once_and_each_has_a_process_of_its_own(line: Line) -> None:
    begun = time.monotonic()
    many = [line.dial() for _ in range(MANY[line.how])]
    for terminal in many:
        terminal.until("Klinik Uji")
    seconds = time.monotonic() - begun
    sessions = line.sessions()
    assert len(set(sessions)) == len(many)
    assert len({os.getsid(pid) for pid in sessions}) == len(many)
    assert all(b"\nSeccomp:\t2\n" in _bytes(pid, "status") for pid in sessions)
    print(f"{len(many)} sessions ({line.how}): all at their login after {seconds:.1f} s")


def killed(terminal: Terminal) -> None:
    terminal.child.kill(signal.SIGKILL)


def half_open(terminal: Terminal) -> None:
    terminal.child.kill(signal.SIGSTOP)


def flooded(terminal: Terminal) -> None:
    """Each Ctrl+L asks for the whole screen again, and nobody takes it."""
    terminal.child.send("\x0c" * 100)
    time.sleep(0.5)
    terminal.child.kill(signal.SIGSTOP)


@pytest.mark.parametrize("lose", [killed, half_open, flooded])
def test_a_terminal_that_is_lost_leaves_nothing_behind(line: Line, lose: Callable[[Terminal], None]) -> None:
    """At once when the line broke, by the server's probes (here 2 × 1 s) when it only fell silent."""
    terminal = line.at_login()
    (session,) = line.sessions()
    begun = time.monotonic()
    lose(terminal)
    until(lambda: gone(session), "the session has ended")
    print(f"{lose.__name__} ({line.how}): gone after {time.monotonic() - begun:.1f} s")
    until(lambda: not line.ssh.below(), "nothing is left below the server")


REFUSED: dict[str, tuple[str, ...]] = {
    "a command": ("-T", "127.0.0.1", "touch", "{mark}"),
    "a command in a terminal": ("-tt", "127.0.0.1", "touch {mark}"),
    "no terminal": ("-T", "127.0.0.1"),
    "the sftp subsystem": ("-s", "127.0.0.1", "sftp"),
    "another subsystem": ("-s", "127.0.0.1", "netconf"),
}


@pytest.mark.parametrize("words", REFUSED.values(), ids=REFUSED)
def test_only_the_counter_is_to_be_had(ssh: SshHost, tmp_path: Path, words: tuple[str, ...]) -> None:
    mark = tmp_path / "tanda"
    done = ssh.run("ssh", *(word.format(mark=mark) for word in words), given="touch x\n")
    assert done.returncode
    assert ("Loket:" in done.stderr + done.stdout) is ("-s" not in words)
    assert not mark.exists()
    assert not [pid for pid in ssh.below() if b"python" in _bytes(pid, "cmdline")]


def test_files_are_neither_fetched_nor_brought(ssh: SshHost, tmp_path: Path) -> None:
    own, there = tmp_path / "sini", tmp_path / "sana"
    own.write_text("isi")
    for tool, words, given in (
        ("scp", (str(own), f"127.0.0.1:{there}"), ""),
        ("scp", ("-O", str(own), f"127.0.0.1:{there}"), ""),
        ("scp", ("127.0.0.1:/etc/passwd", str(there)), ""),
        ("scp", ("-O", "127.0.0.1:/etc/passwd", str(there)), ""),
        ("sftp", ("-b", "-", "127.0.0.1"), f"put {own} {there}\nget /etc/passwd {there}\n"),
    ):
        assert ssh.run(tool, *words, given=given).returncode != 0, (tool, words)
        assert not there.exists()


@pytest.mark.parametrize("term", ["dumb", "", "../../x", "xterm/../x", "a" * 300, "xterm;id", "x\u001b]0;y"])
def test_a_terminal_of_another_kind_is_refused(ssh: SshHost, term: str) -> None:
    terminal = ssh.terminal(term=term)
    terminal.until("jenis terminal")
    assert terminal.ended() == 2


def test_no_way_leads_through_the_host(ssh: SshHost, tmp_path: Path) -> None:
    """Ports and sockets, both directions, and what a session would inherit of agent and X11."""
    with closing(socket.create_server(("127.0.0.1", 0))) as behind, closing(socket.socket(socket.AF_UNIX)) as local:
        local.bind(str(tmp_path / "soket"))
        local.listen()
        for target in (f"127.0.0.1:{behind.getsockname()[1]}", str(tmp_path / "soket")):
            assert forwarded(ssh, target) == b"", target
        for listener in (behind, local):
            listener.setblocking(False)
            with pytest.raises(BlockingIOError):
                listener.accept()
    for asked in (f"0:127.0.0.1:{ssh.port}", f"{tmp_path / 'jauh'}:127.0.0.1:{ssh.port}"):
        done = ssh.run("ssh", "-N", "-o", "ExitOnForwardFailure=yes", "-R", asked, "127.0.0.1")
        assert done.returncode == 255, asked
        assert "forwarding failed" in done.stderr or "forward" in done.stderr
    assert not (tmp_path / "jauh").exists()


def forwarded(ssh: SshHost, target: str) -> bytes:
    """What comes through a port that is forwarded to `target`."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = ["ssh", *ssh.options("-N", "-L", f"127.0.0.1:{port}:{target}", "127.0.0.1")]
    client = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), PATIENCE) as through:
                    through.sendall(b"halo")
                    return through.recv(16)
            except ConnectionResetError:
                return b""
            except ConnectionRefusedError:
                assert time.monotonic() < end
                assert client.poll() is None
                time.sleep(0.05)
    finally:
        client.kill()
        client.wait()


def test_nothing_of_the_clients_environment_arrives(line: Line, tmp_path: Path) -> None:
    asked = {
        **{"LANG": "tr_TR.UTF-8", "LC_ALL": "C", "LD_PRELOAD": "/x.so", "NO_COLOR": "1", "LOKET_HOME": "/tmp"},
        **{"TEXTUAL_LOG": str(tmp_path / "log"), "TEXTUAL_SCREENSHOT": "0", "TEXTUAL_DRIVER": "x:y"},
        **{"PYTHONPATH": str(tmp_path), "PYTHONSTARTUP": "/x.py", "PYTHONINSPECT": "1", "LOKET_SESSIONS": "/x"},
    }
    send = [word for name in asked for word in ("-o", f"SendEnv={name}")]
    # LD_PRELOAD would reach the client itself.
    environment = {name: value for name, value in asked.items() if name != "LD_PRELOAD"}
    line.at_login(*send, "-o", "SetEnv=LD_PRELOAD=/x.so", "-A", "-X", environment=environment)
    assert not (tmp_path / "log").exists()
    (session,) = line.sessions()
    programs = [pid for pid in {session, *line.ssh.below()} if b"sshd" not in _bytes(pid, "cmdline")]
    seen = {pid: _bytes(pid, "environ") for pid in programs}
    for pid, block in seen.items():
        names = {entry.split(b"=")[0].decode() for entry in block.split(b"\0") if entry}
        if pid != session or line.how == "alone":
            assert names <= ENVIRONMENT, (pid, _bytes(pid, "cmdline"))


def test_what_is_shipped_is_what_is_in_force(ssh: SshHost) -> None:
    """`kiosk deploy check` on the server's real settings; a host where somebody opened a door is told so."""
    if os.geteuid() == 0:
        assert {finding.health for finding in wrapper(ssh.place)} == {Health.GOOD}
    found = list(server(ssh.place, ssh.config))
    assert {finding.health for finding in found} == {Health.GOOD}, found
    opened = ssh.folder / "sshd_config.lain"
    opened.write_text(
        f"AllowTcpForwarding yes\nMaxStartups 10:30:100\nPort {ssh.port}\nHostKey {ssh.folder / 'host'}\n"
    )
    assert Health.BROKEN in {finding.health for finding in server(ssh.place, opened)}
