"""All the calls that the simulator serves, in one list; the first that matches wins."""

from kiosk.simulator.calls import groups, lines, participants, queue, references, referrals, registrations, visits
from kiosk.simulator.service import Route

ROUTES: list[Route] = [
    *participants.ROUTES,
    *registrations.ROUTES,
    *references.ROUTES,
    *referrals.ROUTES,
    *visits.ROUTES,
    *lines.ROUTES,
    *groups.ROUTES,
    *queue.ROUTES,
]
