"""One call of a service: signed, sent, opened with the key of the timestamp it carried, and judged."""

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import quote

import httpx

from kiosk.pcare import signing
from kiosk.pcare.clock import Clock, ServerClock
from kiosk.pcare.envelope import Circumstances, Envelope, judge, open_envelope
from kiosk.pcare.errors import Exchange, PCareError, clean
from kiosk.pcare.sending import Outgoing, Sender
from kiosk.pcare.settings import PCareSettings

Method = Literal["GET", "POST", "PUT", "DELETE"]

TEXT = "text/plain"
JSON = "application/json"

PCARE_YES = frozenset({200, 201, 204})
ANTREAN_YES = frozenset({1, 200, 204})
"""The queue service says no with 201."""

_LONGEST_WAIT = 3600.0

_recorder: ContextVar[list[Exchange] | None] = ContextVar("pcare_exchanges", default=None)


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `segments` are the plain path segments, `body` the JSON text, `deadline` seconds for all of it."""

    method: Method
    segments: tuple[str, ...] = field(repr=False)
    body: str | None = field(default=None, repr=False)
    content_type: str | None = None
    deadline: float | None = None

    @property
    def path(self) -> str:
        """The path below the base address, each segment percent-encoded; raises `ValueError` for an empty one."""
        if any(segment.strip() in ("", ".", "..") for segment in self.segments):
            raise ValueError("a part of the path is empty")
        return "/".join(quote(segment, safe="") for segment in self.segments)

    @property
    def route(self) -> str:
        """The path as it may be logged: every segment that is not a plain word is `*`."""
        return "/".join(part if part.isalpha() and part.isascii() else "*" for part in self.segments)


@dataclass(frozen=True, slots=True)
class Answer:
    """A yes: `data` is the decoded `response`, None where there was none.

    `garbled` says that `data` is a text that could be neither decrypted nor read as JSON.
    """

    code: int
    data: object = field(repr=False)
    garbled: bool
    exchange: Exchange

    @property
    def nothing(self) -> bool:
        """Whether the service said that there is nothing (code 204)."""
        return self.code == 204


@dataclass(frozen=True, slots=True)
class Service:
    """How one of the two services is spoken to: address, key, whether the login is sent, which codes say yes."""

    url: str
    user_key: str | None = field(repr=False)
    login: bool
    yes: frozenset[int]


class Wire:
    """Carries calls of one service; `clock` gives Unix seconds of this computer.

    Each answer's `Date` header teaches how far that clock is off; later calls are signed with corrected time.
    A call that is cancelled may have taken effect.
    """

    def __init__(
        self,
        settings: PCareSettings,
        service: Service,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock = time.time,
    ) -> None:
        self.settings = settings
        self.clock = ServerClock(clock)
        self._service = service
        self._sender = Sender(settings, transport)

    def __repr__(self) -> str:
        return f"<Wire {self._service.url}>"

    async def open(self) -> None:
        """Make ready."""
        await self._sender.open()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._sender.aclose()

    @contextlib.contextmanager
    def recording(self) -> Iterator[list[Exchange]]:
        """Collect the exchanges that this task makes inside the block, failed ones too."""
        exchanges: list[Exchange] = []
        token = _recorder.set(exchanges)
        try:
            yield exchanges
        finally:
            _recorder.reset(token)

    async def call(self, call: Call) -> Answer:
        """Make one call; return its yes or raise the `PCareError` that its outcome means."""
        outcome = await self._outcome(call)
        recorder = _recorder.get()
        if recorder is not None and outcome.exchange is not None:
            recorder.append(outcome.exchange)
        if isinstance(outcome, PCareError):
            raise outcome
        return outcome

    async def _outcome(self, call: Call) -> Answer | PCareError:
        """Return the answer or the error, never raise it: no traceback then holds a header or a body."""
        started, signed_at = time.monotonic(), self.clock.now()
        timestamp = str(int(signed_at))  # kept: the reply is encrypted with a key made from it
        incoming = await self._sender.send(self._outgoing(call, timestamp))
        seconds = time.monotonic() - started
        exchange = Exchange(
            call.method, call.route, incoming.status or None, None, "", round(seconds, 3), incoming.sent
        )
        if incoming.failure is not None:
            incoming.failure.exchange = exchange
            return incoming.failure
        off = self.clock.learn(incoming.headers.get("Date"), signed_at, seconds)
        envelope = self._open(incoming.body, timestamp)
        message = clean(self._blot(envelope.message or envelope.page))
        exchange = replace(exchange, code=envelope.code, message=message)
        wait = _retry_after(incoming.headers.get("Retry-After"))
        about = Circumstances(incoming.status, self._service.yes, off, wait, self._blot)
        refusal = judge(envelope, about)
        if refusal is not None:
            refusal.exchange = exchange
            return refusal
        return Answer(envelope.code or incoming.status, envelope.data, envelope.garbled, exchange)

    def _outgoing(self, call: Call, timestamp: str) -> Outgoing:
        own = self.settings
        headers = {
            "X-cons-id": own.cons_id,
            "X-timestamp": timestamp,
            "X-signature": signing.signature(own.cons_id, own.secret_key.get_secret_value(), timestamp),
            "Accept": JSON,
            "User-Agent": "loket-pcare",
        }
        if self._service.login:
            headers["X-authorization"] = self._authorization()
        if self._service.user_key is not None:
            headers["user_key"] = self._service.user_key
        if call.content_type is not None:
            headers["Content-Type"] = call.content_type
        body = None if call.body is None else call.body.encode()
        url = f"{self._service.url}/{call.path}"
        return Outgoing(call.method, url, headers, body, call.deadline or own.deadline)

    def _open(self, body: bytes, timestamp: str) -> Envelope:
        own = self.settings
        if own.version == "v3" and self._service.login:
            return open_envelope(body, None, own.max_text)
        secret = own.secret_key
        return open_envelope(
            body, lambda: signing.aes_key(own.cons_id, secret.get_secret_value(), timestamp), own.max_text
        )

    def _authorization(self) -> str:
        own = self.settings
        return signing.authorization(own.username, own.password.get_secret_value(), own.app_code)

    def _blot(self, text: str) -> str:
        for secret in (*self.settings.secrets(), self._authorization().removeprefix("Basic ")):
            text = text.replace(secret, "***")
        return text


def _retry_after(value: str | None) -> float | None:
    """Read a `Retry-After` of seconds; a date form is not worth trusting this computer's clock for."""
    if value is None or not value.strip().isdecimal() or len(value) > 6:
        return None
    return min(float(value), _LONGEST_WAIT)
