"""Who writes, and where: the station, its operator, and the seal with which the station's audit chain began."""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kiosk.store.engine import sqlite_path
from kiosk.store.errors import Failed

SEAL_BYTES = 32
SEAL_NAME = "audit.segel"


class Seal:
    """The secret from which the first key of every chain on this host comes: a 0600 file, made at its first use.

    Only the beginning of a chain and `kiosk audit verify` read it; it may be kept elsewhere in between. Where the file
    belongs to another user of the host (the sender has its own), this user's is beside it: audit-1001.segel. Without a
    file it lives as long as the process: such a chain can be continued by everybody and verified by nobody.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._own = None if path else secrets.token_bytes(SEAL_BYTES)

    def fingerprint(self) -> str:
        """Which seal it is, in eight letters that tell nothing of it. Raises Failed."""
        return hashlib.sha256(b"loket segel" + self._secret()).hexdigest()[:8]

    def first_key(self, clinic: str, station: str) -> bytes:
        """The key of the station's row number one. Raises Failed."""
        return hmac.digest(self._secret(), f"{clinic}\n{station}".encode(), "sha256")

    def _secret(self) -> bytes:
        if self._own is not None:
            return self._own
        if self.path is None:
            raise LookupError("a seal without a secret")
        path = self.path
        if path.exists() and not os.access(path, os.R_OK):
            path = path.with_name(f"{path.stem}-{os.geteuid()}{path.suffix}")
        try:
            if not path.exists():
                _make(path)
            found = bytes.fromhex(path.read_text("ascii"))
        except OSError as error:
            said = f"segel catatan audit ({path}): {error.strerror}"
            raise Failed(f"Penyimpanan gagal: {said}. Tidak ada yang tersimpan; coba lagi") from error
        except ValueError as error:
            raise Failed(f"Segel catatan audit rusak: {path}") from error
        if len(found) != SEAL_BYTES:
            raise Failed(f"Segel catatan audit rusak: {path}")
        return found


def _make(path: Path) -> None:
    """A new seal, whole or not at all; who comes second takes the first one's."""
    # A host whose store is on a server may have no folder of the clinic yet.
    path.parent.mkdir(mode=0o770, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(SEAL_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
            if os.geteuid() == 0:
                # Made by the administrator: the counters, whose folder it is, must be able to read it.
                owner = path.parent.stat()
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink()


@dataclass(frozen=True, slots=True)
class Actor:
    """Whose work a transaction is."""

    station: str
    """The name of the place; each has a chain of its own in the audit log."""
    operator: str | None
    """The operator's id; None for nobody: a refused login, a command on the host, the sync process."""
    seal: Seal
    account: str = ""
    """Where nobody is logged in: the host's account in whose name it is done."""


def seals_at(path: Path) -> tuple[Seal, ...]:
    """The seal in `path`, and those of the host's other users beside it, as far as we may read them."""
    there = (path, *sorted(path.parent.glob(f"{path.stem}-*{path.suffix}")))
    return tuple(Seal(each) for each in there if each.is_file() and os.access(each, os.R_OK))


def seal_beside(url: str) -> Seal:
    """The seal that lies beside the store's file; on a server there is no such place, and it is kept nowhere."""
    return Seal(sqlite_path(url).with_name(SEAL_NAME)) if url.startswith("sqlite:///") else Seal()
