"""Asking P-Care, in quiet moments, about those who were entered here while it could not be asked."""

from datetime import timedelta

from kiosk.domain.participant import Participant
from kiosk.pcare.client import ParticipantRow
from kiosk.pcare.errors import PCareError, Refused
from kiosk.store import participants
from kiosk.sync.courier import Courier
from kiosk.sync.members import participant

ENTERED = timedelta(days=31)
"""How long ago somebody was entered whom it is still worth asking about."""
MOST = 5
"""People asked about in one quiet moment."""
LOOKED_AT = 100
"""Unverified people that are looked through for one who was not asked about lately."""


async def verify_new_patients(courier: Courier) -> None:
    """What P-Care says of each is kept; where it says otherwise than was typed, both are, for a person to see.

    One whom P-Care does not know is asked about again after some hours: by then they may be enrolled.
    """
    now = courier.time.steady()
    if courier.verify_at is not None and now < courier.verify_at:
        return
    since = courier.clock() - ENTERED
    people = await courier.store.read(lambda tx: participants.unverified(tx, since, LOOKED_AT))
    due = [one for one in people if courier.verify_retry.get(one.id, now) <= now]
    if len(due) <= MOST:
        courier.verify_at = now + timedelta(seconds=courier.policy.probe_quiet)
    for person in due[:MOST]:
        if not courier.line.may_send() or not await _verify(courier, person):
            return


async def _verify(courier: Courier, person: Participant) -> bool:
    """Ask about one of them; False when the line broke."""
    try:
        row = await _ask(courier, person)
    except Refused:
        row = None
    except PCareError as error:
        courier.line.failed(error)
        return False
    courier.line.answered()
    courier.verify_retry[person.id] = courier.time.steady() + timedelta(seconds=courier.policy.compare_every)
    if row is not None:
        said = row
        await courier.store.write(lambda tx: participants.confirm(tx, participant(said, tx.now)))
    return True


async def _ask(courier: Courier, person: Participant) -> ParticipantRow | None:
    if person.card_number is not None:
        return await courier.client.participant_by_card(person.card_number)
    return await courier.client.participant_by_nik(person.nik or "")
