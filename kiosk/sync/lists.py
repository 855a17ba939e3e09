"""Bringing P-Care's lists into the store: poli, doctors, discharge statuses, …"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Literal

from kiosk.domain.codes import ReferenceList
from kiosk.pcare.client import CodeRow, PoliRow
from kiosk.pcare.errors import OutcomeUnknown, PCareError, Refused
from kiosk.store import reference
from kiosk.store.reference import Entry
from kiosk.sync.courier import Courier
from kiosk.sync.line import about_one_path
from kiosk.sync.members import text

Fetch = Callable[[], Awaitable[list[Entry]]]

PAGE = 500
"""What clients in use ask for; a full page is followed by the next one."""


LOOK_EVERY = 30.0
"""Seconds between two looks at how old the lists in the store are."""


async def refresh_lists(courier: Courier) -> bool:
    """Fetch the lists that are missing or old; False when the line broke.

    A list that cannot be had keeps its old rows and is left alone for a while: it must not hold up what is to be sent.
    """
    if courier.lists_good_until is not None and courier.time.steady() < courier.lists_good_until:
        return True
    complete = True
    limit = courier.clock() - timedelta(seconds=courier.policy.lists_every)
    for kind, fetch in _fetches(courier).items():
        rows, fetched_at = await courier.store.read(lambda tx, kind=kind: reference.listed(tx, kind))  # type: ignore[misc]
        if rows and fetched_at is not None and fetched_at > limit:
            continue
        if courier.list_retry.get(kind, courier.time.steady()) > courier.time.steady():
            complete = False
            continue
        courier.list_retry[kind] = courier.time.steady() + timedelta(seconds=courier.policy.probe_quiet)
        try:
            entries = await fetch()
            courier.line.answered()
        except Refused:
            courier.line.answered()
            complete = False
            continue
        except PCareError as error:
            if about_one_path(error):
                complete = False
                continue
            if not isinstance(error, OutcomeUnknown):
                # The line's own trouble, not the list's: asked for again as soon as the line is back.
                del courier.list_retry[kind]
            courier.line.failed(error)
            return False
        if entries:
            await courier.store.write(lambda tx, k=kind, e=entries: reference.replace(tx, k, e))  # type: ignore[misc]
    if complete:
        courier.lists_good_until = courier.time.steady() + timedelta(seconds=LOOK_EVERY)
    return True


def _fetches(courier: Courier) -> dict[ReferenceList, Fetch]:
    client = courier.client

    async def polis() -> list[Entry]:
        found: list[PoliRow] = []
        while True:
            page = await client.polis(len(found), PAGE)
            found += page.rows
            if len(page.rows) < PAGE:
                return [(r.code, text(r.name) or r.code, r.sick) for r in found]

    async def doctors() -> list[Entry]:
        found: list[CodeRow] = []
        while True:
            page = await client.doctors(len(found), PAGE)
            found += page.rows
            if len(page.rows) < PAGE:
                return _plain(found)

    def allergies(kind: Literal["01", "02", "03"]) -> Fetch:
        async def fetch() -> list[Entry]:
            return _plain(await client.allergies(kind))

        return fetch

    def simple(ask: Callable[[], Awaitable[list[CodeRow]]]) -> Fetch:
        async def fetch() -> list[Entry]:
            return _plain(await ask())

        return fetch

    return {
        ReferenceList.POLI: polis,
        ReferenceList.DOCTOR: doctors,
        ReferenceList.CONSCIOUSNESS: simple(client.consciousness),
        ReferenceList.DISCHARGE: simple(client.discharge_statuses),
        ReferenceList.DISCHARGE_INPATIENT: simple(partial(client.discharge_statuses, inpatient=True)),
        ReferenceList.ALLERGY_FOOD: allergies("01"),
        ReferenceList.ALLERGY_AIR: allergies("02"),
        ReferenceList.ALLERGY_DRUG: allergies("03"),
        ReferenceList.PROGNOSIS: simple(client.prognoses),
        ReferenceList.SPECIALTY: simple(client.specialties),
        ReferenceList.SARANA: simple(client.facilities_sarana),
        ReferenceList.KHUSUS: simple(client.khusus),
    }


def _plain(rows: Iterable[CodeRow]) -> list[Entry]:
    return [(row.code, text(row.name) or row.code, None) for row in rows]
