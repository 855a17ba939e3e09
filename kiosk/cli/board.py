"""`kiosk board`: the queue display; it finds the clinic of this host, or the demo that is running."""

import argparse
import asyncio
import re

from kiosk.cli import add_home, add_theme, chosen_home, wrong_use
from kiosk.cli.terminal import terminal_problem
from kiosk.config import Home, read_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    add_theme(parser)
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
    home = chosen_home(arguments)
    if not home.is_there and not arguments.home:
        from kiosk.cli.running_demo import running_demo

        home = running_demo() or home
    if not home.is_there:
        return wrong_use(
            "belum ada klinik di sini dan tidak ada demo yang berjalan; jalankan kiosk init atau kiosk demo"
        )
    from kiosk.crash import install_hooks

    install_hooks(home.reports)
    return asyncio.run(_show(home, tuple(arguments.poli), arguments.theme or read_settings(home).theme or None))


async def _show(home: Home, polis: tuple[str, ...], theme: str | None) -> int:
    from kiosk.board import BoardApp
    from kiosk.counter.desk import Desk
    from kiosk.counter.errors import CounterError

    try:
        desk = await Desk.open(home.store_url, "papan")
    except CounterError as error:
        return wrong_use(error.message)
    try:
        app = BoardApp(desk, polis, state_folder=home.reports, theme=theme)
        await app.run_async(mouse=False)
        return app.return_code or 0
    finally:
        await desk.close()
