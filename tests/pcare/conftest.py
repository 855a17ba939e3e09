"""A peer on a real socket that answers what a test tells it to, and settings that point at it."""

import asyncio
import inspect
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from kiosk.pcare import codec, signing
from kiosk.pcare.client import PCareClient
from kiosk.pcare.settings import PCareSettings

CONS_ID, SECRET, USER_KEY = "12345", "s3kr3t-kunci", "kunci-pengguna-77"
USERNAME, PASSWORD, FACILITY = "loket.contoh", "Rahas1a#12", "0114U163"


@dataclass
class Asked:
    """One request as it reached the peer."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)


@dataclass
class Peer:
    """The server's side: what was asked, and what it answers."""

    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    behave: Callable = None

    def seal(self, value: object, asked: Asked) -> str:
        key = signing.aes_key(CONS_ID, SECRET, asked.headers["x-timestamp"])
        return codec.encrypt(json.dumps(value), key)

    def answers(self, value: object, code: object = 200, *, message: str = "OK", status: int = 200) -> None:
        """Answer every call with this value, encrypted as the service does."""

        def reply(asked: Asked) -> bytes:
            sealed = self.seal(value, asked) if value not in (None, "", []) else value
            return http({"response": sealed, "metaData": {"code": code, "message": message}}, status=status)

        self.behave = reply

    def answers_in_turn(self, *values: object) -> None:
        """Answer the calls one after the other with these values, encrypted."""
        left = iter(values)

        def reply(asked: Asked) -> bytes:
            value = next(left)
            if value is None:
                return http(None, status=204)
            return http({"response": self.seal(value, asked), "metaData": {"code": 200, "message": "OK"}})

        self.behave = reply

    def says(self, raw: bytes) -> None:
        """Answer every call with these very bytes."""
        self.behave = lambda asked: raw

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, target, _ = head[0].split(" ", 2)
                headers = {}
                for line in head[1:]:
                    if line:
                        name, _, text = line.partition(":")
                        headers[name.strip().lower()] = text.strip()
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                asked = Asked(method, target, headers, body)
                self.asked.append(asked)
                if inspect.iscoroutinefunction(self.behave):
                    await self.behave(asked, reader, writer)
                    return
                writer.write(self.behave(asked))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()


def http(
    content: object,
    *,
    status: int = 200,
    kind: str = "application/json; charset=utf-8",
    headers: dict[str, str] | None = None,
) -> bytes:
    """Return the bytes of an HTTP answer with a JSON value, text or no body."""
    if content is None:
        body = b""
    elif isinstance(content, bytes):
        body = content
    elif isinstance(content, str):
        body = content.encode()
    else:
        body = json.dumps(content).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}"]
    if status != 204:
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


Opener = Callable[..., Awaitable[PCareClient]]


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[Peer]]]:
    """Start peers on loopback, with TLS if a context is given."""
    async with AsyncExitStack() as stack:

        async def start(behave: Callable | None = None, tls: ssl.SSLContext | None = None) -> Peer:
            peer = Peer(behave=behave)
            tasks: set[asyncio.Task] = set()

            async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                tasks.add(asyncio.current_task())
                await peer._serve(reader, writer)

            server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
            peer.port = server.sockets[0].getsockname()[1]

            async def stop() -> None:
                server.close()
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

            stack.push_async_callback(stop)
            return peer

        yield start


@pytest.fixture
async def peer(serve: Callable[..., Awaitable[Peer]]) -> Peer:
    return await serve()


def settings_for(port: int, **changes: object) -> PCareSettings:
    values = {
        "base_url": f"http://127.0.0.1:{port}/pcare-rest",
        "antrean_url": f"http://127.0.0.1:{port}/antreanfktp",
        "cons_id": CONS_ID,
        "secret_key": SECRET,
        "user_key": USER_KEY,
        "antrean_user_key": "kunci-antrean-88",
        "username": USERNAME,
        "password": PASSWORD,
        "facility": FACILITY,
        "deadline": 2.0,
        "question_deadline": 2.0,
    }
    return PCareSettings(**(values | changes))


@pytest.fixture
def make_settings() -> Callable[..., PCareSettings]:
    return settings_for


@pytest.fixture
async def open_client() -> AsyncIterator[Opener]:
    """Open clients towards a peer; they close with the test."""
    async with AsyncExitStack() as stack:

        async def open_one(peer: Peer, *, clock: Callable[[], float] | None = None, **changes: object) -> PCareClient:
            extra = {} if clock is None else {"clock": clock}
            return await stack.enter_async_context(PCareClient(settings_for(peer.port, **changes), **extra))

        yield open_one


@pytest.fixture
async def client(peer: Peer, open_client: Opener) -> PCareClient:
    return await open_client(peer)


@pytest.fixture
def reply() -> Callable[..., bytes]:
    """The maker of HTTP answers."""
    return http
