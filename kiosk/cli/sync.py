"""`kiosk sync`: the sync process."""

import argparse
import asyncio
import json
import logging
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING

from kiosk import lifeline
from kiosk.cli import add_home, chosen_home, wrong_use
from kiosk.cli.acting import note_done, sender_actor
from kiosk.cli.backup import folder_of
from kiosk.config import ConfigError, Home, read_settings
from kiosk.domain.audit import Event

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.store.backup import Backup
    from kiosk.sync.policy import Policy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    parser.add_argument("--once", action="store_true", help="kirim yang bisa dikirim sekarang, lalu selesai")
    parser.add_argument("--json", action="store_true", help="hasil --once sebagai JSON")
    parser.add_argument("--quiet", action="store_true", help="diam saja bila pengirim lain sudah berjalan")
    parser.add_argument("--parent-pid", type=int, metavar="PID", help="berhenti bila proses ini mati")


def run(arguments: argparse.Namespace) -> int:
    """Send until told to stop; 2 with one line when there is nothing to work with."""
    from kiosk.store.errors import StoreError
    from kiosk.sync.policy import Policy
    from kiosk.sync.process import AlreadyRunning
    from kiosk.sync.secrets import SecretsProblem

    home = chosen_home(arguments)
    # Our own event words and ids only: the HTTP client would log card numbers, which stand in paths.
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s", level=logging.WARNING)
    logging.getLogger("kiosk").setLevel(logging.INFO)
    try:
        policy = Policy.from_table(read_settings(home).sync)
        return asyncio.run(_run(home, policy, arguments))
    except AlreadyRunning:
        return 0 if arguments.quiet else wrong_use("pengirim lain sudah berjalan untuk klinik ini")
    except (ConfigError, ValueError, StoreError, SecretsProblem) as error:
        return wrong_use(str(error))
    except KeyboardInterrupt:
        return 0


async def _run(home: Home, policy: "Policy", arguments: argparse.Namespace) -> int:
    from kiosk.store.database import Store
    from kiosk.sync.process import SyncProcess
    from kiosk.sync.secrets import secrets_at

    store = await Store.opened(home.store_url)
    try:
        if actor := sender_actor(home):
            store.act_as(actor)
        process = SyncProcess(store, secrets_at(home.secrets), policy, nightly=_nightly(home))
        if arguments.once:
            left = await process.drain()
            _report(left, as_json=arguments.json)
            return 0 if not set(left) - {"done", "dropped"} else 1
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, stop.set)
        if arguments.parent_pid:
            watch = asyncio.create_task(lifeline.parent_gone(arguments.parent_pid))
            watch.add_done_callback(lambda _: stop.set())
        await process.run(stop)
        return 0
    finally:
        store.close()


def _nightly(home: Home) -> "Callable[[], object] | None":
    """What makes the daily backup; None where it cannot be made from this computer (`kiosk doctor` says so)."""
    folder = folder_of(home.folder, None)
    if not home.on_server:
        from kiosk.store.backup import back_up_if_due

        return partial(_noted, home, partial(back_up_if_due, home.store_url, folder))
    from kiosk.store.postgres_backup import can_back_up, dump_if_due

    if not can_back_up(home.store_url):
        return None
    return partial(_noted, home, partial(dump_if_due, home.store_url, folder))


def _noted(home: Home, make: "Callable[[], Backup | None]") -> None:
    """Make the backup when it is due, and note it in the audit log."""
    made = make()
    if made is not None:
        note_done(home, Event.STORE_BACKUP, file=made.path.name)


def _report(left: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"outbox": left}))
        return
    words = {"pending": "menunggu", "unknown": "belum pasti", "needs_action": "perlu tindakan", "done": "sampai"}
    said = [f"{n} {words.get(state, state)}" for state, n in left.items()]
    print("Kiriman: " + (", ".join(said) or "tidak ada"), file=sys.stdout)
