"""The sockets of the simulator and the HTTP server on them: what uvicorn has to be told."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

HOST = "127.0.0.1"
BODY_LIMIT = 1_048_576


class Protocol(H11Protocol):
    """Hands the connection itself to the application, for faults that HTTP cannot express."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Keep the connection where the application finds it: `scope["state"]["transport"]`."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class HttpServer(uvicorn.Server):
    """Leaves the signals to whoever runs the simulator."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


def http_server(app: ASGIApp) -> HttpServer:
    """Return a server for `app` that says nothing and adds nothing of its own."""
    return HttpServer(
        uvicorn.Config(
            app,
            http=Protocol,
            interface="asgi3",  # a bound method is not recognised as one
            proxy_headers=False,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=1,
        )
    )


def listen(port: int) -> socket.socket:
    """Bind a port of this machine, 0 for any.  Raises OSError when it is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        # Another process on the same port is noticed by Linux only here.
        listener.listen(2_048)
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
