"""The files of assets/deploy filled in for a host: where each goes, and what stands in it."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from kiosk import session_client
from kiosk.resources import asset

UNITS = (
    "loket-sync.service",
    "loket-sessions.service",
    "loket-board.service",
    "loket-backup.service",
    "loket-backup.timer",
)
TARGETS: dict[str, str] = {
    "loket-session": "/usr/local/lib/loket/loket-session",
    "sshd.conf": "/etc/ssh/sshd_config.d/50-loket.conf",
    "loket.sysusers": "/etc/sysusers.d/loket.conf",
    "loket.tmpfiles": "/etc/tmpfiles.d/loket.conf",
    **{unit: f"/etc/systemd/system/{unit}" for unit in UNITS},
}
"""File of assets/deploy → its place on the host."""
_NAME = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
_PATH = re.compile(r"/[A-Za-z0-9._/-]+")


@dataclass(frozen=True, slots=True)
class Place:
    """What differs from host to host."""

    home: Path = Path("/var/lib/loket")
    user: str = "loket"
    """For all stations and the board."""
    sender: str = "loket-kirim"
    """For the sync process and the backup: the only one that gets P-Care's credentials."""
    python: Path = Path(sys.executable)
    wrapper: Path = Path(TARGETS["loket-session"])
    keys: Path = Path("/etc/ssh/loket_kunci")
    """The stations' public keys."""
    secrets: Path = Path("/etc/loket")
    """The folder with pcare.toml, root's alone."""
    socket: Path = Path(session_client.SOCKET)
    client: Path = Path(session_client.__file__)

    def values(self) -> dict[str, str]:
        """Placeholder → what stands there. Raises ValueError for what a shell or systemd would read otherwise."""
        names = {"USER": self.user, "SENDER": self.sender}
        paths = {
            **{"HOME": self.home, "PYTHON": self.python, "WRAPPER": self.wrapper, "KEYS": self.keys},
            **{"SECRETS": self.secrets, "SOCKET": self.socket, "CLIENT": self.client},
        }
        for name in names.values():
            if not _NAME.fullmatch(name):
                raise ValueError(f"nama pengguna {name!r} tidak dapat dipakai")
        for path in paths.values():
            if not _PATH.fullmatch(str(path)):
                raise ValueError(f"jalur {str(path)!r} tidak dapat dipakai: hanya huruf, angka, dan . _ - /")
        return {**names, **{key: str(path) for key, path in paths.items()}}


def filled(name: str, place: Place) -> str:
    """The text of a file of assets/deploy for this host. Raises ValueError, see `Place.values`."""
    text = (asset("deploy") / name).read_text("utf-8")
    for key, value in place.values().items():
        text = text.replace(f"@{key}@", value)
    return text
