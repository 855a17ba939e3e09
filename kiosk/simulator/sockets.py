"""The sockets of the simulator and the HTTP server on them: what uvicorn has to be told."""

import asyncio
import socket

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

HOST = "127.0.0.1"
BODY_LIMIT = 1_048_576
BACKLOG = 2_048


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

        def protocol() -> asyncio.Protocol:
            return Protocol(config=self._config, server_state=self._state, app_state={})

        return await asyncio.get_running_loop().create_server(protocol, sock=listener, backlog=BACKLOG)

    def transports(self, port: int) -> list[asyncio.Transport]:
        """Return the connections that came in by a port."""
        found: list[asyncio.Transport | None] = [getattr(each, "transport", None) for each in self._state.connections]
        return [each for each in found if each and each.get_extra_info("sockname")[1] == port]

    async def end(self, patience: float = 1.0) -> None:
        """End every connection: what is being answered may take up to `patience` seconds."""
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._state.tasks:
            await asyncio.wait(self._state.tasks, timeout=patience)
        for task in list(self._state.tasks):
            task.cancel()
        for connection in list(self._state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)


def listen(port: int) -> socket.socket:
    """Bind a port of this machine, 0 for any.  Raises OSError when it is taken."""
    # asyncio turns Nagle's delay off only where the protocol is named; kept connections lose 40 ms a call otherwise.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        # Another process on the same port is noticed by Linux only here.
        listener.listen(BACKLOG)
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
