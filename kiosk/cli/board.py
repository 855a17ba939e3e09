"""`kiosk board`: the queue display; it finds the clinic of this host, or the demo that is running."""

import argparse
import asyncio
import re
from pathlib import Path

from kiosk.cli import add_home, wrong_use
from kiosk.cli.terminal import terminal_problem
from kiosk.config import Home, default_home


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    parser.add_argument(
        "--poli", action="append", default=[], metavar="KODE", help="hanya poli ini (boleh diulang), misalnya 001"
    )


def run(arguments: argparse.Namespace) -> int:
    """Show the numbers until it is ended."""
    problem = terminal_problem()
    if problem:
        return wrong_use(problem)
    for code in arguments.poli:
        if not re.fullmatch(r"[A-Za-z0-9]{1,8}", code):
            return wrong_use(f"kode poli {code!r} salah; contoh: --poli 001")
    home = Home(Path(arguments.home)) if arguments.home else _find_home()
    if home is None or not home.store.is_file():
        return wrong_use(
            "belum ada klinik di sini dan tidak ada demo yang berjalan; jalankan kiosk init atau kiosk demo"
        )
    from kiosk.crash import install_hooks

    install_hooks(home.reports)
    return asyncio.run(_show(home, tuple(arguments.poli)))


def _find_home() -> Home | None:
    """The clinic that was set up on this host, else the demo that runs."""
    from kiosk.cli.running_demo import running_demo

    own = default_home()
    return own if own.store.is_file() else running_demo()


async def _show(home: Home, polis: tuple[str, ...]) -> int:
    from kiosk.board import BoardApp
    from kiosk.counter.desk import Desk
    from kiosk.counter.errors import CounterError

    try:
        desk = await Desk.open(home.store_url, "papan")
    except CounterError as error:
        return wrong_use(error.message)
    try:
        app = BoardApp(desk, polis, state_folder=home.reports)
        await app.run_async(mouse=False)
        return app.return_code or 0
    finally:
        await desk.close()
