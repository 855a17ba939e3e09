"""The HTTP server of the simulator: real sockets on 127.0.0.1, the faults, and the door for control.

uvicorn and starlette are imported here and in `sockets`, nowhere else in the package.
"""

import asyncio
import contextlib
import socket
import sys
import time
import traceback
from collections import deque
from dataclasses import replace
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from kiosk.simulator import control, spoil
from kiosk.simulator.envelope import HttpReply, Sealing, error_reply, wrap
from kiosk.simulator.faults import Fault, Faults
from kiosk.simulator.replies import Reply
from kiosk.simulator.service import BAD_LOGIN, NO_MAPPING, SERVICES, Service
from kiosk.simulator.sockets import HOST, DeafDoor, HttpServer, TlsDoor, abort, gone, listen, read_body

if TYPE_CHECKING:
    from kiosk.simulator.certificates import Certificates

CONTROL = "_simulator"
EXPIRED = "Unauthorized! Consumer ID is expired!"


class Simulator:
    """A running simulator; made by `running` or by the command."""

    def __init__(self, service: Service, faults: Faults) -> None:
        self.service = service
        self.faults = faults
        self.log: deque[dict[str, Any]] = deque(maxlen=2_000)
        self.port = 0
        self.control_port = 0
        self._late: set[asyncio.TimerHandle] = set()
        self._http = HttpServer(self._app)
        self.certificates: Certificates | None = None
        self._greeted = faults.tls_mode
        self._door: asyncio.Server | TlsDoor | None = None
        self._deaf: DeafDoor | None = None
        self._control_door: asyncio.Server | None = None
        self._reopening: asyncio.Task[None] | None = None

    async def start(self, port: int = 0) -> None:
        """Listen on `port` (0: any free one) and on a second port for control only, which never speaks https.

        Raises OSError when the port is taken, CertificateError where none can be made.
        """
        if self.faults.tls:
            from kiosk.simulator.certificates import Certificates

            self.certificates = Certificates()
        try:
            main, extra = listen(port), listen(0)
        except OSError:
            self._forget_certificates()
            raise
        self.port, self.control_port = main.getsockname()[1], extra.getsockname()[1]
        self._door = await self._open(main)
        self._control_door = await self._http.open(extra)
        self.apply_faults()

    async def stop(self) -> None:
        """End: no new connections, at most a second for what is under way."""
        for handle in self._late:
            handle.cancel()
        if self._reopening:
            self._reopening.cancel()
        for door in (self._door, self._deaf, self._control_door):
            if door:
                door.close()
        self._door = self._deaf = self._control_door = None
        await self._http.end()
        self._forget_certificates()
        self.service.ledger.close()

    def _forget_certificates(self) -> None:
        if self.certificates:
            self.certificates.remove()

    def apply_faults(self) -> None:
        """Let the faults that change the service as a whole take hold, or end."""
        clock, stale = self.faults.standing("clock"), self.faults.standing("stale")
        self.service.clock_shift = clock.seconds[0] if clock else 0.0
        self.service.stale = stale.seconds[0] if stale else 0.0
        self.service.short_lists = self.faults.standing("short_list") is not None
        if self.faults.shut and self._door:
            self._shut(self._door)
        elif self._greeted != self.faults.tls_mode:
            self._end_connections()
        self._greeted = self.faults.tls_mode
        if self._deaf and self.faults.shut != "deaf":
            self._deaf.close()
            self._deaf = None
        elif self.faults.shut == "deaf" and not self._deaf and not self._reopening:
            self._deaf = DeafDoor(self.port)
        if not self.faults.shut and self._control_door and not (self._door or self._reopening):
            self._reopening = asyncio.create_task(self._reopen())

    async def _reopen(self) -> None:
        try:
            self._door = await self._open(listen(self.port))
        finally:
            self._reopening = None
        self.apply_faults()

    async def _open(self, listener: socket.socket) -> asyncio.Server | TlsDoor:
        if self.certificates is None:
            return await self._http.open(listener)
        return self._http.open_tls(listener, self.certificates.contexts, lambda: self.faults.tls_mode)

    def _shut(self, door: asyncio.Server | TlsDoor) -> None:
        door.close()
        self._door = None
        self._end_connections()

    def _end_connections(self) -> None:
        for transport in self._http.transports(self.port):
            # After the answer under way: this may be the very call that asked for it.
            asyncio.get_running_loop().call_later(0.05, transport.abort)

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            response = await self._respond(Request(scope, receive))
        except Exception:
            # A fault of the simulator itself must not look like one of P-Care's.
            traceback.print_exc(file=sys.stderr)
            raise
        if response is not None:
            await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response | None:
        segments = request.scope["raw_path"].decode("ascii", "replace").strip("/").split("/")
        try:
            body = await read_body(request)
        except ClientDisconnect:
            return None
        if body is None:
            return self._response(HttpReply(413, b""))
        if CONTROL in segments[:2]:
            return await self._control(request, segments[segments.index(CONTROL) + 1 :], body)
        if segments[0].lower() not in SERVICES or request.scope["server"][1] == self.control_port:
            return self._response(wrap(self.service.gateway(404, NO_MAPPING), self._sealing(request, "")))
        return await self._call(request, segments, body)

    async def _control(self, request: Request, segments: list[str], body: bytes) -> Response:
        client = request.scope["client"]
        if not client or client[0] != HOST:
            return JSONResponse({"error": "hanya untuk mesin ini"}, 403)
        status, answer = control.answer(self, request.method, segments, dict(request.query_params), body)
        return JSONResponse(answer, status)

    async def _call(self, request: Request, segments: list[str], body: bytes) -> Response | None:
        began = time.monotonic()
        name, rest = segments[0].lower(), [each for each in segments[1:] if each]
        transport: asyncio.Transport = request.scope["state"]["transport"]
        plan = self.faults.plan(request.method, "/".join(rest))
        if plan.delay:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(plan.delay):
                    await self.faults.ended.wait()
        fault = plan.fault
        arguments = (name, request.method, rest, request.headers, body)
        sealing = self._sealing(request, name, fault)
        if fault and fault.kind == "late":
            # Nothing takes effect yet; the call lives on without its connection.
            await abort(transport)
            self._later(fault, arguments)
            reply = None
        else:
            happened = fault is None or fault.effect
            answer = self.service.answer(*arguments) if happened else None
            if not happened:
                self.service.ledger.calls += 1
            reply = wrap(answer, sealing) if answer else HttpReply(200, b"")
            if fault:
                reply = await self._afflicted(fault, reply, sealing, transport)
        self._note(request.method, rest, reply, fault, began)
        return self._response(reply) if reply else None

    async def _afflicted(
        self, fault: Fault, reply: HttpReply, sealing: Sealing, transport: asyncio.Transport
    ) -> HttpReply | None:
        kind = fault.mode if fault.kind == "outage" else fault.kind
        if kind in ("drop", "refused", "deaf"):
            transport.close()
            await gone(transport)
        elif kind in ("lost_reply", "reset"):
            await abort(transport)
        elif kind == "hang":
            await spoil.hang(transport)
            await gone(transport)
        elif kind == "html503":
            return error_reply(503, fault.text, "usual")
        elif kind == "error":
            return error_reply(fault.status, fault.text, fault.mode)
        elif kind == "login":
            return wrap(Reply(401, fault.text or BAD_LOGIN), sealing)
        elif kind == "expired":
            return wrap(self.service.gateway(401, fault.text or EXPIRED), sealing)
        elif kind == "redirect":
            return HttpReply(302, b"", headers={"Location": f"/{sealing.name}/peserta/0"})
        elif kind in spoil.RAW:
            await spoil.write_raw(fault, reply, transport)
            await gone(transport)
        else:
            return spoil.spoiled(fault, reply, sealing)
        return None

    def _later(self, fault: Fault, arguments: Any) -> None:
        loop = asyncio.get_running_loop()

        def happen() -> None:
            self._late.discard(handle)
            # The time of the signature was checked when the call came in.
            shift, self.service.clock_shift = self.service.clock_shift, self.service.clock_shift - delay
            try:
                self.service.answer(*arguments)
            finally:
                self.service.clock_shift = shift

        delay = self.faults.rng.uniform(*fault.seconds)
        handle = loop.call_later(delay, happen)
        self._late.add(handle)

    def _sealing(self, request: Request, name: str, fault: Fault | None = None) -> Sealing:
        headers: Headers = request.headers
        timestamp = headers.get("x-timestamp", "")
        sealing = Sealing(
            name, request.method, self.service.world.by_cons_id(headers.get("x-cons-id", "")), timestamp,
            self.service.variants,
        )  # fmt: skip
        wrong = fault is not None and fault.kind == "wrong_key" and timestamp.isdigit()
        return replace(sealing, timestamp=str(int(timestamp) + 1)) if wrong else sealing

    def _note(self, method: str, rest: list[str], reply: HttpReply | None, fault: Fault | None, began: float) -> None:
        self.log.append(
            {
                "method": method,
                "path": "/".join(rest),
                "status": reply.status if reply else None,
                "fault": fault.kind if fault else None,
                "seconds": round(time.monotonic() - began, 4),
            }
        )

    def _response(self, reply: HttpReply) -> Response:
        headers = {"Date": formatdate(self.service.now(), usegmt=True), **reply.headers}
        return Response(reply.body, reply.status, headers, reply.content_type if reply.body else None)
