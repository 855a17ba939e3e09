"""`kiosk`: the counter of a clinic that has been set up."""

import argparse
import os
from dataclasses import dataclass
from typing import Any

from kiosk import lifeline
from kiosk.cli import add_home, add_theme, chosen_home, rules_in
from kiosk.cli.terminal import terminal_problem
from kiosk.config import ConfigError, Home, Settings, keep_theme, kept_theme, read_settings


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


def post_at(arguments: argparse.Namespace, *, session: bool = False) -> Post:
    """Look at terminal, settings and clinic; an unknown thin client is asked for the name of its place.

    A `session` leaves the store to the login screen, which is sooner there. Raises ConfigError.
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
    damage = None if session else _damage(home)
    if damage:
        raise ConfigError(damage)
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
    """The same for a caller that has seen to the terminal; a `session` never starts the sync process."""
    post = post_at(arguments, session=session)
    from kiosk.app import CounterApp
    from kiosk.cli.children import SyncKeeper
    from kiosk.crash import install_hooks

    install_hooks(post.home.reports)
    keeper = None if session or not post.settings.start_sync else SyncKeeper(post.home)
    if keeper:
        keeper.start()
    try:
        app = CounterApp(**post.options)
        app.run()
        return app.return_code or 0
    finally:
        if keeper:
            keeper.stop()


def _damage(home: Home) -> str | None:
    """What is said of a damaged or locked store before a screen is shown; other trouble is said on the login."""
    from kiosk.store.database import Store
    from kiosk.store.errors import Damaged, Locked, StoreError

    if home.on_server:
        return None
    try:
        Store.open(home.store_url).close()
    except (Damaged, Locked) as error:
        return str(error)
    except StoreError:
        return None
    return None
