"""The sockets of the simulator and the HTTP server on them: what uvicorn has to be told."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Mapping

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

HOST = "127.0.0.1"
BODY_LIMIT = 1_048_576
BACKLOG = 2_048
# Seconds: for a handshake, for taking leave, and for a caller whose handshake is never answered.
HANDSHAKE, FAREWELL, PATIENCE = 10.0, 1.0, 120.0
HANDSHAKE_FAILURE = bytes.fromhex("15030300020228")  # a fatal alert of TLS 1.2: handshake_failure
UNSPOKEN = ("refused", "cut", "silent")


class Protocol(H11Protocol):
    """Hands the connection itself to the application, for faults that HTTP cannot express."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Keep the connection where the application finds it: `scope["state"]["transport"]`."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class HttpServer:
    """uvicorn's HTTP on sockets of ours, so that each door can be shut and opened by itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._config = uvicorn.Config(
            app,
            http=Protocol,
            interface="asgi3",  # a bound method is not recognised as one
            proxy_headers=False,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            timeout_keep_alive=30,
        )
        self._config.load()
        self._state = ServerState()

    async def open(self, listener: socket.socket) -> asyncio.Server:
        """Accept connections on a socket."""
        return await asyncio.get_running_loop().create_server(self._protocol, sock=listener, backlog=BACKLOG)

    def open_tls(
        self, listener: socket.socket, contexts: Mapping[str, ssl.SSLContext], mode: Callable[[], str]
    ) -> "TlsDoor":
        """Accept https on a socket; `mode` tells for each connection which context, or which wrong, it meets."""
        return TlsDoor(listener, self._protocol, contexts, mode)

    def _protocol(self) -> asyncio.Protocol:
        return Protocol(config=self._config, server_state=self._state, app_state={})

    def transports(self, port: int) -> list[asyncio.Transport]:
        """Return the connections that came in by a port."""
        # Asked of the protocol: an encrypted connection that has just ended does not know its port any more.
        here = [each for each in self._state.connections if getattr(each, "server", None) == (HOST, port)]
        return [each.transport for each in here if isinstance(each, Protocol)]

    async def end(self, patience: float = 1.0) -> None:
        """End every connection: what is being answered may take up to `patience` seconds."""
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._state.tasks:
            await asyncio.wait(self._state.tasks, timeout=patience)
        for task in list(self._state.tasks):
            task.cancel()
        for connection in list(self._state.connections):
            # Python 3.11.2 lets go of the encryption at a second close, and then cannot abort.
            with contextlib.suppress(AttributeError):
                connection.transport.abort()
        await asyncio.sleep(0)


class TlsDoor:
    """Accepts connections and greets each by itself: with a good or bad certificate, or with no handshake at all."""

    def __init__(
        self,
        listener: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        contexts: Mapping[str, ssl.SSLContext],
        mode: Callable[[], str],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._listener, self._protocol, self._contexts, self._mode = listener, protocol, contexts, mode
        self._greeting: set[asyncio.Task[None]] = set()
        listener.setblocking(False)
        self._accepting = self._loop.create_task(self._accept())

    def close(self) -> None:
        """Accept nothing more; connections whose handshake is done stay."""
        self._accepting.cancel()
        for task in self._greeting:
            task.cancel()
        # Before the number of the socket belongs to another one.
        self._loop.remove_reader(self._listener)
        self._listener.close()

    async def _accept(self) -> None:
        while True:
            try:
                connection, _ = await self._loop.sock_accept(self._listener)
            except OSError:
                await asyncio.sleep(FAREWELL)  # no room for another connection
                continue
            task = self._loop.create_task(self._greet(connection, self._mode()))
            self._greeting.add(task)
            task.add_done_callback(self._greeting.discard)

    async def _greet(self, connection: socket.socket, mode: str) -> None:
        # A caller that does not trust the certificate ends the handshake; that is what bad ones are for.
        with contextlib.suppress(OSError):
            if mode in UNSPOKEN:
                await self._misgreet(connection, mode)
            elif mode == "plain":
                await self._loop.connect_accepted_socket(self._protocol, connection)
            else:
                await self._loop.connect_accepted_socket(
                    self._protocol,
                    connection,
                    ssl=self._contexts[mode],
                    ssl_handshake_timeout=HANDSHAKE,
                    ssl_shutdown_timeout=FAREWELL,
                )

    async def _misgreet(self, connection: socket.socket, mode: str) -> None:
        with connection:
            async with asyncio.timeout(PATIENCE):
                await self._loop.sock_recv(connection, BODY_LIMIT)
                if mode == "cut":
                    return
                if mode == "refused":
                    await self._loop.sock_sendall(connection, HANDSHAKE_FAILURE)
                    connection.shutdown(socket.SHUT_WR)
                while await self._loop.sock_recv(connection, BODY_LIMIT):
                    pass


class DeafDoor:
    """A port where connecting takes for ever, as with a caller whose address is not white-listed.

    Its queue is full and nobody empties it.  Raises OSError when the port is taken.
    """

    def __init__(self, port: int) -> None:
        listener = listen(port, backlog=0)
        self._sockets = [listener]
        for _ in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex((HOST, port))
            self._sockets.append(waiting)

    def close(self) -> None:
        """Be gone; who still waits is refused, or answered by the next door at the port."""
        for each in self._sockets:
            each.close()


def listen(port: int, backlog: int = BACKLOG) -> socket.socket:
    """Bind a port of this machine, 0 for any.  Raises OSError when it is taken."""
    # asyncio turns Nagle's delay off only where the protocol is named; kept connections lose 40 ms a call otherwise.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        # Another process on the same port is noticed by Linux only here.
        listener.listen(backlog)
    except OSError:
        listener.close()
        raise
    return listener


async def read_body(request: Request) -> bytes | None:
    """Return the body of a request, None when it is larger than BODY_LIMIT."""
    if request.method == "GET":
        return b""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return body


async def abort(transport: asyncio.Transport) -> None:
    """Cut a connection, and come back when the server has noticed."""
    transport.abort()
    await gone(transport)


async def gone(transport: asyncio.Transport) -> None:
    """Wait until the server has noticed that there is nobody left to answer."""
    while not transport.is_closing():  # noqa: ASYNC110 - a transport has no event for it
        await asyncio.sleep(0.01)
    for _ in range(3):
        await asyncio.sleep(0)
