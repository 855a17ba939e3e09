"""One call over the network: signed, sent, bounded in time and size, taken apart, judged.

It speaks through an httpx transport and not through an httpx client: no redirects, no cookies, no proxies or
certificates from the environment, and no log line with a card number in its path.
"""

import asyncio
import contextlib
import email.utils
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Literal, Self
from urllib.parse import quote

import certifi
import httpx

from kiosk.pcare import signing
from kiosk.pcare.envelope import SKEW_LIMIT, Circumstances, Envelope, judge, open_envelope
from kiosk.pcare.errors import Exchange, NotSent, OutcomeUnknown, PCareError, Reason, clean
from kiosk.pcare.settings import PCareSettings

Method = Literal["GET", "POST", "PUT", "DELETE"]
Clock = Callable[[], float]

TEXT = "text/plain"
JSON = "application/json"

PCARE_YES = frozenset({200, 201, 204})
ANTREAN_YES = frozenset({1, 200, 204})
"""The queue service says no with 201."""

_LONGEST_WAIT = 3600.0

_recorder: ContextVar[list[Exchange] | None] = ContextVar("pcare_exchanges", default=None)


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `segments` are the raw path segments, `body` the JSON text, `deadline` seconds for all of it.

    `route` is the path as it may be logged, with `*` for what identifies a person or a record.
    """

    method: Method
    segments: tuple[str, ...] = field(repr=False)
    body: str | None = field(default=None, repr=False)
    content_type: str | None = None
    deadline: float | None = None

    @property
    def path(self) -> str:
        """The path below the base address, each segment percent-encoded."""
        if any(segment.strip() in ("", ".", "..") for segment in self.segments):
            raise ValueError("a part of the path is empty")
        return "/".join(quote(segment, safe="") for segment in self.segments)

    @property
    def route(self) -> str:
        """The path with every segment that holds a digit or is not a plain word replaced by `*`."""
        return "/".join(part if part.isalpha() and part.isascii() else "*" for part in self.segments)


@dataclass(frozen=True, slots=True)
class Answer:
    """A yes: `data` is the decoded `response`, None where there was none; `nothing` says code 204."""

    code: int
    data: object
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


@dataclass(slots=True)
class _Raw:
    status: int = 0
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    body: bytes = b""


class Wire:
    """Carries calls of one service; use as an async context manager or `aclose` it.

    `clock` gives Unix seconds of this computer.  Each answer's `Date` header teaches how far it is off; later
    calls are signed with corrected time.
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
        self._service = service
        self._clock = clock
        self._transport = transport or _transport(settings)
        self._skew = 0.0
        self._clock_checked = False
        self._traced = transport is None

    def __repr__(self) -> str:
        return f"<Wire {self._service.url}>"

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    @property
    def skew_seconds(self) -> float:
        """Seconds that the server's clock is ahead of this computer's, as last seen; 0.0 where they agree."""
        return self._skew

    @property
    def clock_checked(self) -> bool:
        """Whether any answer told the server's time yet."""
        return self._clock_checked

    @property
    def clock_wrong(self) -> bool:
        """Whether this computer's clock is more than a minute off."""
        return abs(self._skew) > SKEW_LIMIT

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
        exchange = outcome.exchange
        recorder = _recorder.get()
        if recorder is not None and exchange is not None:
            recorder.append(exchange)
        if isinstance(outcome, PCareError):
            raise outcome
        return outcome

    async def _outcome(self, call: Call) -> Answer | PCareError:
        """Return the answer or the error, never raise it: no traceback then holds a header or a body."""
        path = call.path
        started = time.monotonic()
        signed_at = self._clock() + self._skew
        timestamp = str(int(signed_at))
        sent = _SentFlag(not self._traced)
        raw = _Raw()
        failure = await self._exchange(call, path, timestamp, sent, raw)
        seconds = time.monotonic() - started
        exchange = Exchange(call.method, call.route, raw.status or None, None, "", round(seconds, 3), sent.value)
        if failure is not None:
            failure.exchange = exchange
            return failure
        error = self._learn(raw.headers.get("Date"), signed_at, seconds)
        envelope = self._open(raw.body, timestamp)
        message = self._blot(envelope.message or envelope.page)
        exchange = replace(exchange, code=envelope.code, message=clean(message))
        waits = _retry_after(raw.headers.get("Retry-After"))
        about = Circumstances(raw.status, self._service.yes, error, waits, self._blot)
        refusal = judge(envelope, about)
        if refusal is not None:
            refusal.exchange = exchange
            return refusal
        return Answer(envelope.code or raw.status, envelope.data, envelope.garbled, exchange)

    def _open(self, body: bytes, timestamp: str) -> Envelope:
        own = self.settings
        if own.version == "v3" and self._service.login:
            return open_envelope(body, None, own.max_text)
        secret = own.secret_key
        return open_envelope(
            body, lambda: signing.aes_key(own.cons_id, secret.get_secret_value(), timestamp), own.max_text
        )

    async def _exchange(self, call: Call, path: str, timestamp: str, sent: "_SentFlag", raw: _Raw) -> PCareError | None:
        """Send and read into `raw`; return what stopped it, or None."""
        try:
            async with asyncio.timeout(call.deadline or self.settings.deadline):
                request = self._request(call, path, timestamp, sent)
                return await self._read(request, raw)
        except TimeoutError as error:
            return _stopped(error, sent.value)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return _stopped(error, sent.value)

    async def _read(self, request: httpx.Request, raw: _Raw) -> PCareError | None:
        response = await self._transport.handle_async_request(request)
        try:
            raw.status, raw.headers = response.status_code, response.headers
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                return OutcomeUnknown(Reason.UNREADABLE, code=response.status_code)
            chunks = bytearray()
            stream = response.stream
            if not isinstance(stream, httpx.AsyncByteStream):
                return OutcomeUnknown(Reason.UNREADABLE, code=response.status_code)
            async for chunk in stream:
                chunks += chunk
                if len(chunks) > self.settings.max_body:
                    return OutcomeUnknown(Reason.TOO_LARGE, code=response.status_code)
            raw.body = bytes(chunks)
        finally:
            await response.aclose()
        return None

    def _request(self, call: Call, path: str, timestamp: str, sent: "_SentFlag") -> httpx.Request:
        own = self.settings
        headers = {
            "X-cons-id": own.cons_id,
            "X-timestamp": timestamp,
            "X-signature": signing.signature(own.cons_id, own.secret_key.get_secret_value(), timestamp),
            "Accept": JSON,
            "Accept-Encoding": "identity",
            "Connection": "close",
            "User-Agent": "loket-pcare",
        }
        if self._service.login:
            headers["X-authorization"] = self._authorization()
        if self._service.user_key is not None:
            headers["user_key"] = self._service.user_key
        if call.content_type is not None:
            headers["Content-Type"] = call.content_type
        timeout = {
            "connect": own.connect_timeout,
            "read": own.read_timeout,
            "write": own.write_timeout,
            "pool": own.pool_timeout,
        }
        return httpx.Request(
            call.method,
            f"{self._service.url}/{path}",
            headers=headers,
            content=None if call.body is None else call.body.encode(),
            extensions={"timeout": timeout, "trace": sent.trace},
        )

    def _authorization(self) -> str:
        own = self.settings
        return signing.authorization(own.username, own.password.get_secret_value(), own.app_code)

    def _learn(self, date: str | None, signed_at: float, seconds: float) -> float | None:
        """Take the clock correction from a `Date` header; return how far off the signature's time was.

        The header has whole seconds and was written somewhere between sending and receiving, so the server's
        lead lies in a span; the clocks agree where that span holds zero.
        """
        try:
            server = email.utils.parsedate_to_datetime(date or "").timestamp()
        except (ValueError, TypeError, OverflowError):
            return None
        self._clock_checked = True
        sent_at = signed_at - self._skew
        lowest, highest = server - (sent_at + seconds), server + 1 - sent_at
        self._skew = 0.0 if lowest <= 0 <= highest else (lowest + highest) / 2
        return server - signed_at

    def _blot(self, text: str) -> str:
        for secret in (*self.settings.secrets(), self._authorization().removeprefix("Basic ")):
            text = text.replace(secret, "***")
        return text


class _SentFlag:
    """Notices the moment from which bytes of the request may be under way.

    A foreign transport may not tell its steps, so there every byte counts as sent from the start.
    """

    def __init__(self, value: bool) -> None:
        self.value = value

    @property
    def trace(self) -> Callable[[str, object], Awaitable[None]]:
        """The callback that the transport tells its steps to."""

        async def note(event: str, info: object) -> None:
            if event.endswith(".send_request_headers.started"):
                self.value = True

        return note


def _stopped(error: Exception, sent: bool) -> PCareError:
    """Name what stopped a call before its answer was whole."""
    if isinstance(error, httpx.ConnectTimeout):
        return NotSent(Reason.CONNECT_TIMEOUT)
    if isinstance(error, httpx.PoolTimeout):
        return NotSent(Reason.BUSY)
    if isinstance(error, httpx.ConnectError) or (not sent and not isinstance(error, TimeoutError)):
        return NotSent(_connect_reason(error))
    if not sent:
        return NotSent(Reason.CONNECT_TIMEOUT)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return OutcomeUnknown(Reason.TIMEOUT)
    return OutcomeUnknown(Reason.CUT)


def _connect_reason(error: BaseException | None) -> Reason:
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in (9, 10):
            return Reason.TLS_DATE
        if isinstance(error, ssl.SSLError):
            return Reason.TLS
        if isinstance(error, socket.gaierror):
            return Reason.NAME_UNRESOLVED
        error = error.__cause__ or error.__context__
        seen += 1
    return Reason.UNREACHABLE


def _retry_after(value: str | None) -> float | None:
    """Read a `Retry-After` of seconds; a date form is not worth trusting this computer's clock for."""
    if value is None or not value.strip().isdecimal() or len(value) > 6:
        return None
    return min(float(value), _LONGEST_WAIT)


def _transport(settings: PCareSettings) -> httpx.AsyncHTTPTransport:
    # A connection serves one call: an idle one that the server closes, or stray bytes left on it, would turn
    # the next write into an unknown outcome or, worse, answer it with the reply to another.
    limits = httpx.Limits(max_connections=4, max_keepalive_connections=0)
    return httpx.AsyncHTTPTransport(verify=tls_context(settings), trust_env=False, limits=limits, retries=0)


def tls_context(settings: PCareSettings) -> ssl.SSLContext:
    """Return a context that trusts `ca_file` or the bundled authorities, from TLS 1.2 on.

    Built by hand because the standard library's default one follows environment variables.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cafile=str(settings.ca_file or certifi.where()))
    return context
