"""`kiosk demo`: the counter on a throw-away clinic with the simulator; nothing to set up, nothing left behind."""

import argparse
import asyncio
from pathlib import Path

from kiosk import lifeline
from kiosk.cli import add_theme, wrong_use
from kiosk.cli.terminal import terminal_problem


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_theme(parser)
    parser.add_argument("--tour", action="store_true", help="tanpa terminal: memainkan satu hari dan menceritakannya")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="--tour: simpan gambar layar (SVG) di sini")
    parser.add_argument("--json", action="store_true", help="--tour: akhiri dengan satu objek JSON")


def run(arguments: argparse.Namespace) -> int:
    """Show the demo, or play the tour."""
    if arguments.tour:
        return _tour(arguments)
    if arguments.pictures or arguments.json:
        return wrong_use("--pictures dan --json hanya bersama --tour")
    problem = terminal_problem()
    if problem:
        return wrong_use(problem + "; tanpa terminal: kiosk demo --tour")
    from kiosk.cli.throwaway import DemoFailed

    try:
        return asyncio.run(_show(arguments.theme))
    except (DemoFailed, OSError) as error:
        return wrong_use(f"demo tidak dapat dimulai: {error}")


def _tour(arguments: argparse.Namespace) -> int:
    from kiosk.cli.throwaway import DemoFailed
    from kiosk.cli.tour import play

    if arguments.pictures:
        try:
            arguments.pictures.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return wrong_use(f"folder gambar {arguments.pictures} tidak dapat dibuat: {error.strerror}")
    try:
        return asyncio.run(play(arguments.pictures, as_json=arguments.json))
    except (DemoFailed, OSError) as error:
        return wrong_use(f"tur tidak dapat dimulai: {error}")


async def _show(theme: str | None) -> int:
    from kiosk.app import CounterApp, Demo
    from kiosk.cli.children import SyncKeeper
    from kiosk.cli.running_demo import announce, withdraw
    from kiosk.cli.throwaway import PASSWORD, throwaway_clinic
    from kiosk.crash import install_hooks

    print("Menyiapkan klinik contoh …", flush=True)
    async with throwaway_clinic() as clinic:
        install_hooks(clinic.home.reports)
        lifeline.watch_terminal()
        cut = False

        async def switch_outage() -> bool:
            nonlocal cut
            cut = not cut
            await asyncio.to_thread(clinic.remote.outage, cut)
            return cut

        keeper = SyncKeeper(clinic.home)
        keeper.start()
        announce(clinic.home)
        try:
            hint = f"siti, dokter, admin · sandi {PASSWORD} · F9 putus P-Care"
            app = CounterApp(
                clinic.home.store_url,
                "Loket 1",
                state_folder=clinic.home.reports,
                demo=Demo(hint, switch_outage),
                idle_lock=0,
                theme=theme,
            )
            await app.run_async(mouse=False)
            if app.return_code:
                return app.return_code
        finally:
            withdraw(clinic.home)
            await asyncio.to_thread(keeper.stop)
    print("Demo selesai; tidak ada yang tertinggal.")
    return 0
