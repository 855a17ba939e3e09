"""The way to the form of a registration that is to be corrected, from the outbox and from the queue."""

from datetime import date

from kiosk.counter.correct import open_correction
from kiosk.counter.find import open_participant
from kiosk.screens.base import DeskScreen


async def correct_registration_of(screen: DeskScreen, registration_id: str, day: date, way_back: str) -> None:
    """Open it; saving it and Esc lead to the room `way_back`. Raises NotFound, Conflict when P-Care has it already."""
    correction = await open_correction(screen.desk, registration_id)
    card = await open_participant(screen.desk, correction.registration.participant_id, day)
    with screen.station.keys_held():
        await screen.station.go("registration", card=card, correction=correction, way_back=way_back)
