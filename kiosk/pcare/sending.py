"""Bytes over the network: one request, one connection, bounded in time and size.

It speaks through an httpx transport and not through an httpx client: no redirects, no cookies, no proxies or
certificates from the environment, and no log line with a card number in its path.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import certifi
import httpx

from kiosk.pcare.errors import NotSent, OutcomeUnknown, PCareError, Reason
from kiosk.pcare.settings import PCareSettings

_CERTIFICATE_DATES = (9, 10)
"""OpenSSL's verdicts "not yet valid" and "expired"."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request ready to go; `deadline` in seconds bounds everything from connecting to the last byte."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    deadline: float


@dataclass(slots=True)
class Incoming:
    """What came back: filled as far as it came; `failure` says what stopped it.

    `sent` tells whether any byte of the request may have left.  A foreign transport may not tell its steps, so
    with one every byte counts as sent from the start.
    """

    sent: bool
    status: int = 0
    headers: httpx.Headers = field(default_factory=httpx.Headers, repr=False)
    body: bytes = field(default=b"", repr=False)
    failure: PCareError | None = None

    @property
    def trace(self) -> Callable[[str, object], Awaitable[None]]:
        """The callback that the transport tells its steps to."""

        async def note(event: str, info: object) -> None:
            if event.endswith(".send_request_headers.started"):
                self.sent = True

        return note


class Sender:
    """Sends requests within the settings' limits; `transport` replaces the network."""

    def __init__(self, settings: PCareSettings, transport: httpx.AsyncBaseTransport | None) -> None:
        self._settings = settings
        self._foreign = transport is not None
        self._transport = transport or _transport(settings)

    async def open(self) -> None:
        """Make ready."""
        await self._transport.__aenter__()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def send(self, request: Outgoing) -> Incoming:
        """Send and read the answer whole; raises nothing but `CancelledError`."""
        incoming = Incoming(self._foreign)
        try:
            async with asyncio.timeout(request.deadline):
                await self._read(self._prepare(request, incoming), incoming)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            incoming.failure = _stopped(error, incoming.sent)
        return incoming

    def _prepare(self, request: Outgoing, incoming: Incoming) -> httpx.Request:
        own = self._settings
        timeout = {
            "connect": own.connect_timeout,
            "read": own.read_timeout,
            "write": own.write_timeout,
            "pool": own.pool_timeout,
        }
        return httpx.Request(
            request.method,
            request.url,
            headers={**request.headers, "Accept-Encoding": "identity", "Connection": "close"},
            content=request.body,
            extensions={"timeout": timeout, "trace": incoming.trace},
        )

    async def _read(self, request: httpx.Request, incoming: Incoming) -> None:
        response = await self._transport.handle_async_request(request)
        try:
            incoming.status, incoming.headers = response.status_code, response.headers
            stream = response.stream
            plain = response.headers.get("Content-Encoding", "identity").lower() == "identity"
            if not plain or not isinstance(stream, httpx.AsyncByteStream):
                incoming.failure = OutcomeUnknown(Reason.UNREADABLE, code=response.status_code)
                return
            body = bytearray()
            async for chunk in stream:
                body += chunk
                if len(body) > self._settings.max_body:
                    incoming.failure = OutcomeUnknown(Reason.TOO_LARGE, code=response.status_code)
                    return
            incoming.body = bytes(body)
        finally:
            await response.aclose()


def _stopped(error: Exception, sent: bool) -> PCareError:
    """Name what stopped a call before its answer was whole."""
    if isinstance(error, httpx.PoolTimeout):
        return NotSent(Reason.BUSY)
    if isinstance(error, httpx.ConnectTimeout):
        return NotSent(Reason.CONNECT_TIMEOUT)
    if isinstance(error, httpx.ConnectError):
        return NotSent(_connect_reason(error))
    late = isinstance(error, TimeoutError | httpx.TimeoutException)
    if not sent:
        return NotSent(Reason.CONNECT_TIMEOUT if late else _connect_reason(error))
    return OutcomeUnknown(Reason.TIMEOUT if late else Reason.CUT)


def _connect_reason(error: BaseException | None) -> Reason:
    for _ in range(10):
        if isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in _CERTIFICATE_DATES:
            return Reason.TLS_DATE
        if isinstance(error, ssl.SSLError):
            return Reason.TLS
        if isinstance(error, socket.gaierror):
            return Reason.NAME_UNRESOLVED
        if error is None:
            break
        error = error.__cause__ or error.__context__
    return Reason.UNREACHABLE


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
