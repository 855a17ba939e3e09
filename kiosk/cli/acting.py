"""In whose name a command on the host writes: the host's own chain in the audit log."""

import platform
import sys
from typing import TYPE_CHECKING

from kiosk.config import Home

if TYPE_CHECKING:
    from kiosk.domain.audit import Event
    from kiosk.store.actor import Actor


def host_actor(home: Home) -> "Actor":
    """The host, with nobody logged in: who may give commands there is for its own log-in to say."""
    from kiosk.store.actor import Actor, Seal

    return Actor(f"perintah {platform.node() or 'host'}", None, Seal(home.seal))


def note_done(home: Home, event: "Event", **codes: object) -> None:
    """Note in the audit log what a command has done to the store as a whole.

    It is done already: that it cannot be noted is said on standard error, and changes nothing of it.
    """
    from kiosk.store.audit import note
    from kiosk.store.database import Store
    from kiosk.store.errors import StoreError

    try:
        store = Store.open(home.store_url)
        try:
            store.write_now(lambda tx: note(tx, event, "", **codes), host_actor(home))
        finally:
            store.close()
    except StoreError as error:
        print(f"kiosk: tidak masuk catatan audit: {error}", file=sys.stderr)
