"""The way to P-Care and back, and all that may happen on it; behind it the simulator's own service."""

import asyncio
import json
import random
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

import httpx

from kiosk.simulator.envelope import Sealing, wrap
from kiosk.simulator.replies import Reply
from kiosk.simulator.service import Service

DEADLINE = 6.0
"""Seconds that the client waits for an answer."""
LATE = 8.0
"""At most so many seconds after the client's deadline the service still carries a call out."""
STALE = 4.0
"""Its lists are at most so many seconds old."""
SETTLE = DEADLINE + LATE + STALE + 0.5

FATES = ("refused", "lost", "reply lost", "cut", "late", "late cut", "error", "error after", "twice", "slow", "garbled")
UNIQUE = ("pendaftaran", "kunjungan/v1", "kunjungan")
"""What a gateway may repeat: P-Care itself refuses the second one."""


@dataclass(slots=True)
class Trouble:
    """How bad things are: probabilities by call."""

    rate: float = 0.2
    outage: bool = False
    next_fates: list[str] = field(default_factory=list)
    """What the next calls meet, before chance decides again."""
    stale: float = 0.5
    """Of the questions, how many see lists that lag behind."""


@dataclass(slots=True)
class Seen:
    """What the service saw: our own additions that took effect twice, and how much trouble there was."""

    doubled: list[str] = field(default_factory=list)
    calls: int = 0
    faults: int = 0
    effects: set[tuple[str, ...]] = field(default_factory=set)
    """Our additions that are in effect, by P-Care's own key."""


class Remote(httpx.AsyncBaseTransport):
    """Instead of the network: carries each call to `service` as chance decides."""

    def __init__(
        self, service: Service, chance: random.Random, trouble: Trouble, seen: Seen, *, faultless: bool = False
    ) -> None:
        self.service, self.chance, self.trouble, self.seen, self.faultless = service, chance, trouble, seen, faultless

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One call: lost, late, repeated, or as it should be."""
        body = await request.aread()
        self.seen.calls += 1
        fate = self._fate(request)
        self.seen.faults += fate != "well"
        if fate == "refused":
            raise httpx.ConnectError("refused")
        if fate == "lost":
            await _for_ever()
        travel = self.chance.uniform(0.01, 0.3)
        if fate == "slow":
            travel = self.chance.uniform(0.5, DEADLINE * 0.8)
        elif fate in ("late", "late cut"):
            travel = self.chance.uniform(0.0, DEADLINE + LATE)
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[httpx.Response] = loop.create_future()

        # What has left arrives, whatever becomes of the one who sent it.
        def arrive() -> None:
            reply = self._carry_out(request, body, applied=fate != "error", again=False)
            if fate == "twice":
                reply = self._carry_out(request, body, applied=True, again=True)
            if not answered.done():
                answered.set_result(reply)

        loop.call_later(travel, arrive)
        if fate in ("late cut", "cut"):
            await asyncio.sleep(self.chance.uniform(0.0, travel) if fate == "late cut" else travel + 0.001)
            raise httpx.ReadError("cut")
        if fate in ("late", "reply lost"):
            await _for_ever()
        reply = await answered
        await asyncio.sleep(self.chance.uniform(0.0, 0.2))
        if fate in ("error", "error after"):
            return httpx.Response(502, text="<html>Bad Gateway</html>", headers=self._date())
        if fate == "garbled":
            return httpx.Response(reply.status_code, content=reply.content[:-7] or b"{", headers=self._date())
        return reply

    def _fate(self, request: httpx.Request) -> str:
        if self.faultless:
            return "well"
        if self.trouble.next_fates:
            return self._possible(request, self.trouble.next_fates.pop(0))
        if self.trouble.outage:
            return "refused" if self.chance.random() < 0.7 else "lost"
        if self.chance.random() >= self.trouble.rate:
            return "well"
        return self._possible(request, self.chance.choice(FATES))

    def _possible(self, request: httpx.Request, fate: str) -> str:
        adds = request.method == "POST" and _path(request)[1] not in UNIQUE
        return "slow" if fate == "twice" and (adds or request.method == "GET") else fate

    def _carry_out(self, request: httpx.Request, body: bytes, *, applied: bool, again: bool) -> httpx.Response:
        if not applied:
            return httpx.Response(502)
        name, path = _path(request)
        headers = {key.lower(): value for key, value in request.headers.items()}
        stale = request.method == "GET" and not self.faultless and self.chance.random() < self.trouble.stale
        self.service.stale = self.chance.uniform(0, STALE) if stale else 0.0
        # The signature's time was looked at when the call came in.
        answer = self.service.answer(name, request.method, path.split("/"), headers, body)
        self.service.stale = 0.0
        if not again and isinstance(answer, Reply):
            self._judge(request.method, path, body, answer)
        facility = self.service.world.by_cons_id(headers.get("x-cons-id", ""))
        sealing = Sealing(name, request.method, facility, headers.get("x-timestamp", ""), self.service.variants)
        reply = wrap(answer, sealing)
        return httpx.Response(
            reply.status, content=reply.body, headers={"Content-Type": reply.content_type, **self._date()}
        )

    def _judge(self, method: str, path: str, body: bytes, answer: Reply) -> None:
        """Notice when we send again what has taken effect already."""
        if method == "POST" and path in UNIQUE and not self.faultless:
            sent = json.loads(body)
            key = (path.split("/")[0], sent["noKartu"], sent["tglDaftar"], sent["kdPoli"])
            if answer.code == 201:
                self.seen.effects.add(key)
            elif key in self.seen.effects:
                self.seen.doubled.append("/".join(key))
        elif method == "DELETE" and answer.code in (200, 204):
            parts = path.split("/")
            if parts[0] == "pendaftaran":
                self.seen.effects.discard(("pendaftaran", parts[2], parts[4], parts[-1]))
            elif parts[0] == "kunjungan":
                held = [visit.row for visit in self.service.ledger.visits.values()]
                live = {(row["noKartu"], row["tglDaftar"], row["kdPoli"]) for row in held}
                self.seen.effects -= {k for k in self.seen.effects if k[0] == "kunjungan" and k[1:] not in live}

    def _date(self) -> dict[str, str]:
        return {"Date": formatdate(self.service.now(), usegmt=True)}


def _path(request: httpx.Request) -> tuple[str, str]:
    name, _, path = request.url.raw_path.decode().strip("/").partition("/")
    return name, path.lower() if request.method == "POST" else path


async def _for_ever() -> Any:
    await asyncio.get_running_loop().create_future()
