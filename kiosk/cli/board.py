"""`kiosk board`: the queue display; it finds the clinic of this host, or the demo that is running."""

import argparse
import re
from typing import TYPE_CHECKING

from kiosk import collector, lean, lifeline, lockdown
from kiosk.cli import add_home, add_theme, chosen_home, rules_in, wrong_use
from kiosk.cli.terminal import terminal_problem
from kiosk.config import Home, Settings, read_settings

if TYPE_CHECKING:
    from kiosk.domain.queue_rules import QueueRules
    from kiosk.voice import Voice


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    add_theme(parser)
    parser.add_argument(
        "--poli",
        action="append",
        default=[],
        metavar="KODE",
        help="hanya poli ini (boleh diulang), misalnya 001, atau tempat seperti Farmasi",
    )
    parser.add_argument(
        "--voice",
        action=argparse.BooleanOptionalAction,
        help="suara untuk setiap panggilan (espeak-ng); bawaan: bila terpasang dan bukan lewat SSH",
    )


def run(arguments: argparse.Namespace) -> int:
    """Show the numbers until it is ended."""
    problem = terminal_problem()
    if problem:
        return wrong_use(problem)
    home = chosen_home(arguments)
    if not home.is_there and not arguments.home:
        from kiosk.cli.running_demo import running_demo

        home = running_demo() or home
    if not home.is_there:
        return wrong_use(
            "belum ada klinik di sini dan tidak ada demo yang berjalan; jalankan kiosk init atau kiosk demo"
        )
    settings = read_settings(home)
    rules = rules_in(settings)
    for code in arguments.poli:
        if code not in rules.places and not re.fullmatch(r"[A-Za-z0-9]{1,8}", code):
            return wrong_use(f"kode poli {code!r} salah; contoh: --poli 001")
    from kiosk.voice import voice_command

    if arguments.voice and voice_command() is None:
        return wrong_use("suara memerlukan espeak-ng; pasang dulu, atau jalankan tanpa --voice")
    from kiosk.crash import install_hooks

    install_hooks(home.reports)
    voice = _voice(arguments.voice, settings)
    lockdown.engage(programs=voice is not None)
    lifeline.watch_terminal()
    collector.rest()
    lean.leave_out()
    import asyncio

    return asyncio.run(_show(home, tuple(arguments.poli), rules, voice, arguments.theme or settings.theme or None))


def _voice(asked: bool | None, settings: Settings) -> "Voice | None":
    """The voice that was asked for, else the one of the settings, else where it is heard."""
    from kiosk.voice import Voice, speaks_by_default, voice_command

    command = voice_command()
    wanted = next((one for one in (asked, settings.voice) if one is not None), None)
    if command is None or not (speaks_by_default() if wanted is None else wanted):
        return None
    return Voice(command)


async def _show(
    home: Home, polis: tuple[str, ...], rules: "QueueRules", voice: "Voice | None", theme: str | None
) -> int:
    from kiosk.board import BoardApp
    from kiosk.counter.desk import Desk
    from kiosk.counter.errors import CounterError

    try:
        desk = await Desk.open(home.store_url, "papan", rules=rules, narrow=True)
    except CounterError as error:
        return wrong_use(error.message)
    try:
        app = BoardApp(desk, polis, state_folder=home.reports, voice=voice, theme=theme)
        await app.run_async(mouse=False)
        return app.return_code or 0
    finally:
        await desk.close()
