"""In whose name a command on the host writes: the host's own chain in the audit log."""

import os
import platform
import pwd
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.config import Home

if TYPE_CHECKING:
    from kiosk.domain.audit import Event
    from kiosk.store.actor import Actor


_NOBODY = 2**32 - 1
"""The login id of a process that no login started: a service."""


def host_actor(home: Home) -> "Actor":
    """The host, with nobody logged in: who may give commands there is for its own log-in to say."""
    return _actor(home, "perintah")


def sender_actor(home: Home) -> "Actor | None":
    """The sync process, for what it takes over from P-Care; None, and said so, where the seal cannot be used.

    That it cannot be noted holds up nothing of what is to be sent.
    """
    from kiosk.store.errors import Failed

    actor = _actor(home, "pengirim")
    try:
        actor.seal.fingerprint()
    except Failed as error:
        print(f"kiosk: tidak masuk catatan audit: {error}", file=sys.stderr)
        return None
    return actor


def _actor(home: Home, place: str) -> "Actor":
    from kiosk.store.actor import Actor, Seal

    return Actor(f"{place} {platform.node() or 'host'}", None, Seal(home.seal), account())


def account() -> str:
    """The host's account that the process runs as; with sudo or su also who logged in: "budi as root"."""
    runs_as = _account(os.getuid())
    try:
        logged_in = int(Path("/proc/self/loginuid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return runs_as
    if logged_in in (_NOBODY, os.getuid()):
        return runs_as
    return f"{_account(logged_in)} as {runs_as}"


def _account(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def note_done(home: Home, event: "Event", subject: str = "", **codes: object) -> None:
    """Note in the audit log what a command has done to the store as a whole, or shown of `subject`.

    It is done already: that it cannot be noted is said on standard error, and changes nothing of it.
    """
    from kiosk.store.audit import note
    from kiosk.store.database import Store
    from kiosk.store.errors import StoreError

    try:
        store = Store.open(home.store_url)
        try:
            store.write_now(lambda tx: note(tx, event, subject, **codes), host_actor(home))
        finally:
            store.close()
    except StoreError as error:
        print(f"kiosk: tidak masuk catatan audit: {error}", file=sys.stderr)
