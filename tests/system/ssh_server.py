"""A real OpenSSH server on loopback with what we ship for it: an ordinary process with a port and a key of its own."""

import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pexpect

from kiosk import session_client
from kiosk.cli.deploy_files import Place, filled
from kiosk.config import Home
from kiosk.session_client import PATIENCE as HANDOVER_PATIENCE
from tests.cli.terminal import COLUMNS, PATIENCE, ROWS, Terminal
from tests.system.thin_clients import children

TRIES = 5
"""A free port may be taken by somebody else between finding and using it."""
LOOSE = """
# What an administrator may have allowed to everybody else on the host.
Subsystem sftp internal-sftp
AcceptEnv LANG LC_* TEXTUAL_* PYTHON* LOKET_* NO_COLOR TERM
X11Forwarding yes
AllowTcpForwarding yes
AllowAgentForwarding yes
AllowStreamLocalForwarding yes
GatewayPorts yes
PermitTunnel yes
PermitRootLogin yes
"""


def program() -> str | None:
    """Where the server is; None when it is not installed."""
    for path in ("/usr/sbin/sshd", "/usr/local/sbin/sshd"):
        if os.access(path, os.X_OK):
            return path
    return shutil.which("sshd")


class SshHost:
    """The server, and the way to it for one station's key."""

    def __init__(self, folder: Path, home: Home, parents: Path, sshd: str) -> None:
        """`parents` is the socket of the parent of sessions, alive or not."""
        self.folder, self._sshd = folder, sshd
        self.user = getpass.getuser()
        self.place = Place(
            home=home.folder,
            user=self.user,
            python=Path(sys.executable),
            wrapper=folder / "loket-session",
            keys=folder / "kunci_loket",
            socket=parents,
            client=Path(session_client.__file__),
        )
        self.place.wrapper.write_text(filled("loket-session", self.place))
        self.place.wrapper.chmod(0o755)
        for name in ("host", "station"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)], check=True
            )
        self.place.keys.write_text(f"restrict,pty {(folder / 'station.pub').read_text()}")
        self.place.keys.chmod(0o644)
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        self.config = folder / "sshd_config"
        self.process, self.port = self._started()

    def _started(self) -> "tuple[subprocess.Popen[bytes], int]":
        for _ in range(TRIES):
            with closing(socket.socket()) as probe:
                probe.bind(("127.0.0.1", 0))
                port = int(probe.getsockname()[1])
            shipped = filled("sshd.conf", self.place).replace("ClientAliveInterval 15", "ClientAliveInterval 1")
            own = (
                f"Port {port}\nListenAddress 127.0.0.1\nHostKey {self.folder / 'host'}\nPidFile none\n"
                "StrictModes no\nUsePAM no\nLogLevel ERROR\n"
            )
            self.config.write_text(shipped + own + LOOSE)
            process = subprocess.Popen(
                [self._sshd, "-D", "-e", "-f", str(self.config)],
                stdin=subprocess.DEVNULL,
                stderr=(self.folder / "sshd.log").open("wb"),
            )
            if self._answers(process, port):
                return process, port
        raise AssertionError(f"sshd does not start: {(self.folder / 'sshd.log').read_text()}")

    def _answers(self, process: "subprocess.Popen[bytes]", port: int) -> bool:
        end = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", port), 1) as line:
                    return line.recv(4) == b"SSH-"
            except OSError:
                time.sleep(0.05)
        return False

    def options(self, *more: str) -> list[str]:
        """The options of `ssh`, `scp` and `sftp` for this way."""
        said = {
            **{"Port": self.port, "User": self.user, "IdentityFile": self.folder / "station", "IdentitiesOnly": "yes"},
            **{"StrictHostKeyChecking": "no", "UserKnownHostsFile": "/dev/null", "GlobalKnownHostsFile": "/dev/null"},
            **{"LogLevel": "ERROR", "BatchMode": "yes", "ServerAliveInterval": 0, "ConnectTimeout": 20},
        }
        words = [word for key, value in said.items() for word in ("-o", f"{key}={value}")]
        return ["-F", "none", *words, *more]

    def terminal(
        self, *options: str, term: str = "xterm-256color", environment: dict[str, str] | None = None
    ) -> Terminal:
        """`ssh -tt` in a terminal."""
        child = pexpect.spawn(
            "ssh",
            self.options("-tt", *options, "127.0.0.1"),
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "TERM": term, **(environment or {})},
            dimensions=(ROWS, COLUMNS),
            encoding="utf-8",
            codec_errors="replace",
            timeout=PATIENCE + HANDOVER_PATIENCE,
        )
        return Terminal(child)

    def run(self, tool: str, *words: str, given: str = "") -> "subprocess.CompletedProcess[str]":
        """`ssh`, `scp` or `sftp` without a terminal, to its end."""
        return subprocess.run(
            [tool, *self.options(), *words],
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "TERM": "xterm-256color"},
        )

    def below(self) -> list[int]:
        """Every process below the server: its own for each connection, wrappers, clients, sessions."""
        found, fresh = [], children(self.process.pid)
        while fresh:
            found += fresh
            fresh = [grandchild for child in fresh for grandchild in children(child)]
        return found

    def close(self) -> None:
        """End the server; connections have been closed before."""
        self.process.terminate()
        self.process.wait(PATIENCE)
