"""What the queue asks before it does something with a number; each returns the sentence about what was done."""

from textual.app import App

from kiosk.counter.call import set_priority
from kiosk.counter.desk import Desk
from kiosk.counter.register import cancel_registration
from kiosk.counter.transfer import cancel_stop, places, send_on
from kiosk.domain.codes import PRIORITY_TEXT, Payer, Priority, TicketState
from kiosk.domain.queue import Ticket
from kiosk.widgets.choice import Choice
from kiosk.widgets.dialogs import ask
from kiosk.widgets.words import poli_words

PRIORITY_CHOICES = tuple(
    Choice(kind, PRIORITY_TEXT[kind].capitalize(), key)
    for kind, key in zip(Priority, ("b", "l", "h", "d", "t", "g"), strict=True)
)
"""The classes of the queue; T is for balita: B is biasa and L lansia."""

AFTERWARDS = (
    Choice("done", "Selesai di sini", "s"),
    Choice("returns", "Kembali ke sini sesudahnya", "k"),
)
CANCEL = (Choice("yes", "Ya, batalkan", "y"), Choice("no", "Tidak", "t"))
_MOST_PLACES = 9
"""Each has a digit."""


async def ask_priority(app: App[None], desk: Desk, ticket: Ticket) -> str:
    """Another class for the number, or ""."""
    title = f"Prioritas {ticket.label}: {PRIORITY_TEXT[ticket.priority]}"
    answer = await ask(app, title, ticket.participant_name, answers=PRIORITY_CHOICES)
    if answer is None:
        return ""
    changed = await set_priority(desk, ticket.id, Priority(answer))
    return f"{changed.label} {PRIORITY_TEXT[changed.priority]}"


async def ask_place(app: App[None], desk: Desk, ticket: Ticket) -> str:
    """Send the number on to another queue, or ""."""
    others = [(code, name) for code, name in await places(desk) if code != ticket.poli_code][:_MOST_PLACES]
    choices = tuple(Choice(code, poli_words(name), str(at)) for at, (code, name) in enumerate(others, 1))
    who = f"{ticket.participant_name} · nomornya tetap {ticket.label}"
    place = await ask(app, f"Alihkan {ticket.label} ke mana?", who, answers=choices)
    if place is None:
        return ""
    name = next(choice.label for choice in choices if choice.value == place)
    returns = False
    if ticket.state != TicketState.DONE:
        after = await ask(app, f"{ticket.label} ke {name}", answers=AFTERWARDS, enter="done")
        if after is None:
            return ""
        returns = after == "returns"
    await send_on(desk, ticket.id, place, returns=returns)
    return f"{ticket.label} antre di {name}{', lalu kembali ke sini' if returns else ''}"


async def ask_cancel(app: App[None], desk: Desk, ticket: Ticket) -> str:
    """Take the registration back, or only this stop of the number; or ""."""
    poli = poli_words(ticket.poli_name)
    who = f"{ticket.participant_name} · {poli}"
    if ticket.is_stop:
        title = f"Batalkan antrean {ticket.label} di {poli}?"
        if await ask(app, title, who, "Pendaftarannya tetap.", answers=CANCEL) != "yes":
            return ""
        await cancel_stop(desk, ticket.id)
        return f"{ticket.label} tidak antre lagi di {poli}"
    told = ("Pembatalan juga disampaikan ke P-Care.",) if ticket.payer == Payer.BPJS else ()
    title = f"Batalkan pendaftaran {ticket.label}?"
    if await ask(app, title, who, "Nomornya tidak dipakai lagi.", *told, answers=CANCEL) != "yes":
        return ""
    await cancel_registration(desk, ticket.registration_id)
    return f"{ticket.label} dibatalkan"
