"""`kiosk session`: the counter for a thin client, shut in; by the warm parent of sessions where there is one."""

import argparse
import signal

from kiosk import lifeline, lockdown, session_client
from kiosk.cli import counter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    counter.add_arguments(parser)
    parser.add_argument("--plain", action="store_true", help="mulai sendiri, tanpa induk sesi (kiosk sessions)")
    parser.epilog = (
        f"{parser.epilog}\n\n"
        "Dipakai oleh loket-session di ujung SSH. Berbeda dari kiosk: tidak menjalankan pengirim dan program apa pun,\n"
        "dan berakhir bersama terminalnya."
    )


def run(arguments: argparse.Namespace) -> int:
    """Show the counter until it is left or its terminal is gone."""
    if not arguments.plain:
        session_client.main(_words(arguments))
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)
    lockdown.engage()
    lifeline.watch_terminal()
    return counter.show(arguments, session=True)


def _words(arguments: argparse.Namespace) -> list[str]:
    """The options again, for the parent or for the plain start."""
    given = {"home": arguments.home, "store": arguments.store, "theme": arguments.theme, "station": arguments.station}
    return [f"--{name}={value}" for name, value in given.items() if value]
