"""After saving: the number stays, and what P-Care answers meanwhile is told."""

from kiosk.store import outbox_due, outbox_moves, registrations
from kiosk.store.transaction import Transaction
from tests.screens.driver import Counter


def answered(tx: Transaction) -> None:
    """What the sync process writes when P-Care took the registration as A7."""
    (item,) = outbox_due.due(tx)
    outbox_moves.begin(tx, item, item.version, "{}")
    registrations.set_remote_number(tx, item.subject_id, "A7")
    outbox_moves.done(tx, item.id)


async def test_the_number_says_when_pcare_has_it(at_search: Counter) -> None:
    await at_search.find("sutrisno", "Sutrisno Wibowo")
    await at_search.press("enter", "s", "j", "u", "ctrl+s")
    await at_search.until("Nomor antrean A-001")
    at_search.store.write_now(answered)
    await at_search.until("Sudah sampai di P-Care, nomor A7")
    await at_search.press("enter")
    await at_search.until("nomor kartu, NIK")
