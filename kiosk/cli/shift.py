"""`kiosk shift`: the day's numbers, and where the audit log stands."""

import argparse
import json

from kiosk.cli import add_home, chosen_home, wrong_use


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_home(parser)
    parser.add_argument("--json", action="store_true", help="hasil sebagai satu objek JSON")


def run(arguments: argparse.Namespace) -> int:
    """Print it; 2 with one line when there is nothing to count."""
    from kiosk.cli.acting import note_done
    from kiosk.counter.shift import shift_lines
    from kiosk.domain.audit import Event
    from kiosk.domain.day import local_day, now
    from kiosk.store.database import Store
    from kiosk.store.errors import StoreError
    from kiosk.store.shift import shift_of

    try:
        home = chosen_home(arguments)
        store = Store.open(home.store_url)
        try:
            today = local_day(now(), store.clinic.zone)
            shift = store.read_now(lambda tx: shift_of(tx, today))
        finally:
            store.close()
    except StoreError as error:
        return wrong_use(str(error))
    note_done(home, Event.REPORT_SHIFT)
    if not arguments.json:
        title, lines = shift_lines(shift)
        print("\n".join((title, "", *lines)))
        return 0
    print(
        json.dumps(
            {
                "day": shift.day.isoformat(),
                "queues": {poli: dict(states) for poli, states in shift.queues.items()},
                "operators": [
                    {"name": one.name, "registrations": one.registrations, "visits": one.visits}
                    for one in shift.operators
                ],
                "outbox": dict(shift.outbox),
                "audit": [{"station": h.station, "number": h.number, "head": h.mac} for h in shift.heads],
            },
            ensure_ascii=False,
        )
    )
    return 0
