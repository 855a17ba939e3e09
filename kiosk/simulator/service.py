"""The simulated service itself: it checks who asks, finds the call, reads the body and answers; no sockets here."""

import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import unquote

from kiosk.pcare.signing import signature
from kiosk.simulator.ledger import Ledger
from kiosk.simulator.replies import JVALUE, MESSAGES, Reply, request_error
from kiosk.simulator.variants import Variants
from kiosk.simulator.world import Facility, World

PCARE, PCARE_V3, ANTREAN = "pcare-rest", "pcare-rest-v3.0", "antreanfktp"
SERVICES = (PCARE, PCARE_V3, ANTREAN)

NOT_REGISTERED = "Unauthorized! You are not registered for this service!"
BAD_SIGNATURE = "Signature Service Tidak Sesuai"
NO_MAPPING = "No Mapping Rule matched"
NO_BASIC = "StartIndex cannot be less than zero.\r\nParameter name: startIndex"
# The real text is not published; clients look for the word password.
BAD_LOGIN = "Username atau password tidak sesuai."


@dataclass(frozen=True, slots=True)
class Gateway:
    """An answer of the gateway in front, which never encrypts."""

    status: int
    text: str
    as_json: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call on its way to its handler: who asks, the parts of the path, the body."""

    service: "Service"
    facility: Facility
    part: dict[str, str]
    body: dict[str, Any]
    v3: bool
    path: str

    @property
    def ledger(self) -> Ledger:
        """The ledger of the service."""
        return self.service.ledger

    @property
    def world(self) -> World:
        """The world of the service."""
        return self.service.world

    def variant(self, name: str) -> str:
        """Return the chosen value of a switch."""
        return self.service.variants[name]

    @property
    def start(self) -> int:
        """The row offset of a list."""
        return int(self.part["start"])

    @property
    def limit(self) -> int:
        """The page size of a list."""
        return int(self.part["limit"])


Handler = Callable[[Call], Reply | Gateway]


@dataclass(frozen=True, slots=True)
class Route:
    """A call of the catalogue; the parts in braces are free, the others match in any case."""

    method: str
    segments: tuple[str, ...]
    handler: Handler
    antrean: bool = False


@dataclass(slots=True)
class Service:
    """A P-Care and an Antrean FKTP over one world and one ledger.

    `clock` gives epoch seconds, the same as the ledger's; `clock_shift` is by how many seconds its clock is wrong;
    `stale` how many seconds its lists lag behind.
    """

    world: World
    ledger: Ledger
    variants: Variants
    clock: Callable[[], float] = time.time
    clock_shift: float = 0.0
    stale: float = 0.0
    short_lists: bool = False
    _routes: dict[tuple[bool, int], list[Route]] = field(default_factory=dict)

    def now(self) -> float:
        """Return the service's own time in epoch seconds."""
        return self.clock() + self.clock_shift

    def today(self, facility: Facility) -> date:
        """Return the day at a facility by the service's clock."""
        return datetime.fromtimestamp(self.now(), timezone(timedelta(hours=facility.regency.utc_offset))).date()

    def visible(self, at: float) -> bool:
        """Tell whether lists already show what took effect at `at` (epoch seconds)."""
        return not self.stale or at <= self.clock() - self.stale

    def add_routes(self, routes: list[Route]) -> None:
        """Serve these calls."""
        for route in routes:
            self._routes.setdefault((route.antrean, len(route.segments)), []).append(route)

    def answer(
        self, name: str, method: str, segments: list[str], headers: Mapping[str, str], body: bytes
    ) -> Reply | Gateway:
        """Answer one call of the service `name`; `segments` are the still quoted parts of the path after it."""
        self.ledger.calls += 1
        answer = self._answer(name, method, segments, headers, body)
        if isinstance(answer, Gateway) or (answer.code >= 400 or (name == ANTREAN and answer.code == 201)):
            self.ledger.refused += 1
        return answer

    def _answer(
        self, name: str, method: str, segments: list[str], headers: Mapping[str, str], body: bytes
    ) -> Reply | Gateway:
        who = self._check(name, headers)
        if not isinstance(who, Facility):
            return who
        route, part = self._find(name == ANTREAN, method, segments)
        if route is None:
            return self._unrouted(name, method, segments)
        fields: dict[str, Any] = {}
        if method in ("POST", "PUT"):
            parsed = self._body(body)
            if isinstance(parsed, Reply):
                return parsed
            fields = parsed
        for number in ("start", "limit"):
            if number in part and not (part[number].isascii() and part[number].isdigit() and len(part[number]) < 8):
                return request_error()
        return route.handler(Call(self, who, part, fields, name == PCARE_V3, "/".join(segments)))

    def _check(self, name: str, headers: Mapping[str, str]) -> Facility | Reply | Gateway:
        facility = self.world.by_cons_id(headers.get("x-cons-id", ""))
        if facility is None:
            return self.gateway(404, NOT_REGISTERED)
        stamp = headers.get("x-timestamp", "")
        if not (stamp.isascii() and stamp.isdigit()) or len(stamp) > 12:
            return self.gateway(401, BAD_SIGNATURE)
        if abs(int(stamp) - self.now()) > int(self.variants["skew"]):
            return self.gateway(401, BAD_SIGNATURE)
        expected = signature(facility.cons_id, facility.seal.secret_key, stamp)
        if not _same(expected, headers.get("x-signature", "")):
            return self.gateway(401, BAD_SIGNATURE)
        user_key = facility.seal.antrean_user_key if name == ANTREAN else facility.seal.user_key
        if name != PCARE_V3 and not _same(user_key, headers.get("user_key", "")):
            return Gateway(403, '{"error":"Authentication failed"}', {"error": "Authentication failed"})
        if name == ANTREAN:
            return facility
        login = headers.get("x-authorization", "")
        if not login.startswith("Basic "):
            return Reply(400, NO_BASIC)
        if not _same(facility.seal.authorization, login):
            return Reply(401, BAD_LOGIN)
        return facility

    def gateway(self, status: int, text: str) -> Gateway:
        """An answer of the gateway, as JSON or as bare text."""
        as_json = {"response": None, "metaData": {"message": text, "code": status}}
        return Gateway(status, text, as_json if self.variants["gateway"] == "json" else None)

    def _find(self, antrean: bool, method: str, segments: list[str]) -> tuple[Route | None, dict[str, str]]:
        for route in self._routes.get((antrean, len(segments)), []):
            if route.method == method:
                part = _match(route.segments, segments)
                if part is not None:
                    return route, part
        return None, {}

    def _unrouted(self, name: str, method: str, segments: list[str]) -> Reply | Gateway:
        antrean = name == ANTREAN
        first = segments[0].lower() if segments else ""
        alike = [route for routes in self._routes.values() for route in routes if route.antrean == antrean]
        if antrean and any(_match(route.segments, segments) is not None for route in alike):
            return Reply(405, "Method Not Allowed")
        if any(route.segments[0] == first for route in alike):
            return request_error()
        return self.gateway(404, NO_MAPPING)

    def _body(self, body: bytes) -> dict[str, Any] | Reply:
        try:
            parsed = json.loads(body)
        except (ValueError, RecursionError):
            return Reply(400, MESSAGES[400])
        if isinstance(parsed, dict):
            return parsed
        return Reply(500, JVALUE, []) if self.variants["bad_shape"] == "500" else Reply(400, MESSAGES[400])


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def _match(pattern: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(segments):
        return None
    part = {}
    for wanted, given in zip(pattern, segments, strict=True):
        if wanted.startswith("{"):
            part[wanted[1:-1]] = unquote(given)
        elif wanted != given.lower():
            return None
    return part


def route(method: str, path: str, handler: Handler, *, antrean: bool = False) -> Route:
    """Describe one call: `path` with free parts in braces."""
    segments = tuple(each if each.startswith("{") else each.lower() for each in path.split("/"))
    return Route(method, segments, handler, antrean)
