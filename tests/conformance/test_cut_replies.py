"""A line that breaks after any byte of an answer: the client never takes the cut for a no, nor the rest for a yes."""

from kiosk.pcare.errors import OutcomeUnknown, Reason
from kiosk.simulator.running import running
from tests.conformance.clinic import Party, clinic_of

STEP = 7


async def test_a_registration_cut_at_any_byte_is_unknown_and_found_in_the_days_list() -> None:
    party = Party("default", {}, {})
    async with running(members=2_000, facilities=2) as up, clinic_of(up, party, 0) as clinic:
        people = iter(clinic.members(200))
        unknown = 0
        for at, member in enumerate(people, start=1):
            up.set_faults({"kind": "truncated", "at": (at - 1) * STEP, "method": "POST", "count": 1})
            try:
                number = await clinic.pcare.add_registration(clinic.registration(member))
            except OutcomeUnknown as error:
                assert error.reason is Reason.CUT
                unknown += 1
                listed = await clinic.pcare.all_registrations_on(clinic.today)
                number = next(each.queue_number for each in listed if each.card_number == member.card)
            else:
                assert not up.simulator.faults.active
                break
            assert number == f"A{at}"
        # the last one came through whole: its cut lay behind the answer's end
        assert number == f"A{unknown + 1}" and unknown * STEP > 100
        assert len(clinic.ledger("registrations")) == unknown + 1
