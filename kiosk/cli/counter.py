"""`kiosk`: the counter of a clinic that has been set up."""

import argparse
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kiosk import collector, lean, lifeline
from kiosk.cli import add_home, add_theme, chosen_home, rules_in
from kiosk.cli.terminal import terminal_problem
from kiosk.config import ConfigError, Home, Settings, keep_theme, kept_theme, read_settings

if TYPE_CHECKING:
    from kiosk.cli.children import SyncKeeper


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    add_theme(parser)
    parser.add_argument(
        "--station",
        "--counter",
        metavar="NAMA",
        help='nama tempat ini di papan antrean, misalnya "Loket 2" atau "Poli Umum ruang 2"',
    )


def run(arguments: argparse.Namespace) -> int:
    """Show the counter until it is left."""
    lifeline.watch_terminal()
    return show(arguments)


@dataclass(frozen=True, slots=True)
class Post:
    """A counter at one place, about to be shown."""

    home: Home
    settings: Settings
    options: dict[str, Any]
    """What its application is made with: the keywords of `CounterApp`."""


def post_at(arguments: argparse.Namespace) -> Post:
    """Look at terminal, settings and clinic; an unknown thin client is asked for the name of its place.

    The store is left to the application, which opens it when the login is painted. Raises ConfigError.
    """
    home = chosen_home(arguments)
    problem = terminal_problem()
    if problem:
        raise ConfigError(problem)
    settings = read_settings(home)
    rules = rules_in(settings)
    if not home.is_there:
        raise ConfigError(
            f"klinik belum disiapkan di {home.folder}; jalankan: kiosk init  (atau coba dulu: kiosk demo)"
        )
    from kiosk.cli.station import station_here

    place = arguments.station or station_here(home, settings.station)
    # NO_COLOR is asked for by the terminal itself: it goes before what was chosen here once.
    chosen = "" if os.environ.get("NO_COLOR") else kept_theme(home, place) or settings.theme
    options = {
        "url": home.store_url,
        "station": place,
        "state_folder": home.reports,
        "rules": rules,
        "idle_lock": settings.idle_lock,
        "entry_deadline": settings.entry_deadline,
        "theme": arguments.theme or chosen or None,
        "keep_theme": lambda theme: keep_theme(home, place, theme),
        "seal": home.seal,
    }
    return Post(home, settings, options)


def show(arguments: argparse.Namespace, *, session: bool = False) -> int:
    """The same for a caller that has seen to the terminal; a `session` never starts the sync process.

    Raises ConfigError when the store is damaged or locked; a session says that on its login.
    """
    collector.rest()
    lean.leave_out()
    post = post_at(arguments)
    from kiosk.app import CounterApp
    from kiosk.crash import install_hooks

    install_hooks(post.home.reports)
    keepers: list[SyncKeeper] = []

    def begin() -> None:
        from kiosk.cli.children import SyncKeeper

        keepers.append(SyncKeeper(post.home))
        keepers[0].start()

    try:
        app = CounterApp(
            **post.options,
            begin=None if session or not post.settings.start_sync else begin,
            ends_when_unusable=not session,
        )
        app.run()
    finally:
        for keeper in keepers:
            keeper.stop()
    if app.unusable:
        raise ConfigError(app.unusable)
    return app.return_code or 0
