"""Whatever the far end does, each call ends in a typed error within its deadline."""

import asyncio
import contextlib
import datetime as dt
import gzip
import ipaddress
import json
import socket
import ssl
import struct
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk.pcare import codec, signing
from kiosk.pcare.client import PCareClient, RegistrationRequest
from kiosk.pcare.errors import NotSent, OutcomeUnknown, PCareError, Reason

DEADLINE = 0.3
"""Seconds, where the deadline is what ends the call."""

PATIENCE = 3.0
"""Seconds, where something else has to end it sooner."""

DAY = dt.date(2026, 11, 22)
CARD = "0001234567890"
OK = b'{"response":{"noKartu":"0001234567890","field":"noUrut","message":"A1"},"metaData":{"code":200}}'


async def head_of(reader) -> dict[str, str]:
    """Read a request and return its headers."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines[1:])}
    await reader.readexactly(int(headers.get("content-length", 0)))
    return headers


def whole(body: bytes, *more: str, status: int = 200) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *more]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def sends(*pieces: bytes, every: float = 0.0, forever: bytes = b"", close: bool = True):
    """Answer with these pieces, then with one piece for ever, then close or hold the line."""

    async def behave(reader, writer) -> None:
        await head_of(reader)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every)
        while forever:
            writer.write(forever)
            await writer.drain()
            await asyncio.sleep(every)
        if not close:
            await asyncio.sleep(60)

    return behave


def sealed(text: str, *, lag: int = 0, cut: int = 0):
    """Answer with an encrypted text, with the key of another second, or cut."""

    async def behave(reader, writer) -> None:
        stamp = str(int((await head_of(reader))["x-timestamp"]) + lag)
        payload = codec.encrypt(text, signing.aes_key("12345", "s3kr3t-kunci", stamp))
        payload = payload[: len(payload) - cut]
        writer.write(whole(json.dumps({"response": payload, "metaData": {"code": 201}}).encode(), status=201))
        await writer.drain()

    return behave


async def says_nothing(reader, writer) -> None:
    await asyncio.sleep(60)


async def hangs_up(reader, writer) -> None:
    writer.close()


def reset(writer) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def resets_at_once(reader, writer) -> None:
    reset(writer)


async def resets_after_the_request(reader, writer) -> None:
    await head_of(reader)
    reset(writer)


async def resets_within_the_answer(reader, writer) -> None:
    await head_of(reader)
    writer.write(whole(OK)[:60])
    await writer.drain()
    await asyncio.sleep(0.05)
    reset(writer)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
DEEP = b"[" * 200_000

# name: (what the far end does, the reason the call ends with; a tuple where the system may report either)
FAULTS = {
    "accepts and says nothing": (says_nothing, Reason.TIMEOUT),
    "closes at once": (hangs_up, Reason.CUT),
    "resets at once": (resets_at_once, Reason.CUT),
    "resets after the request": (resets_after_the_request, Reason.CUT),
    "resets within the answer": (resets_within_the_answer, Reason.CUT),
    "closes after the request": (sends(), Reason.CUT),
    "closes within the headers": (sends(b"HTTP/1.1 200 OK\r\nContent-Le"), Reason.CUT),
    "closes within the body": (sends(whole(OK)[:-10]), Reason.CUT),
    "closes within a chunk": (sends(CHUNKED + b"ff\r\n" + OK), Reason.CUT),
    "holds the line after the headers": (sends(whole(OK)[:45], close=False), Reason.TIMEOUT),
    "headers byte by byte": (sends(forever=b"H", every=0.05), (Reason.TIMEOUT, Reason.CUT)),
    "body byte by byte": (sends(whole(b"")[:16] + b"\r\n\r\n", forever=b" ", every=0.05), Reason.TIMEOUT),
    "chunks byte by byte": (sends(CHUNKED, forever=b"1\r\n \r\n", every=0.05), Reason.TIMEOUT),
    "garbage instead of HTTP": (sends(b"\x00\xff\x13garbage\r\n\r\n" * 20), Reason.CUT),
    "an SSH banner": (sends(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), Reason.CUT),
    "another HTTP version": (sends(b"HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n"), Reason.UNREADABLE),
    "HTML with 200": (sends(whole(b"<html>Runtime Error</html>")), Reason.UNREADABLE),
    "a login page of a hotspot": (sends(whole(b"<html>Silakan masuk</html>", status=511)), Reason.SERVER_ERROR),
    "nothing with 200": (sends(whole(b"")), Reason.UNREADABLE),
    "502 page": (sends(whole(b"<html>Bad Gateway</html>", status=502)), Reason.SERVER_ERROR),
    "503 page": (sends(whole(b"<html>Unavailable</html>", status=503)), Reason.SERVER_ERROR),
    "504 page": (sends(whole(b"<html>Gateway Timeout</html>", status=504)), Reason.SERVER_ERROR),
    "redirect to another host": (
        sends(whole(b"", "Location: http://127.0.0.1:1/", status=302)),
        Reason.UNREADABLE,
    ),
    "redirect to itself": (sends(whole(b"", "Location: /pcare-rest/x", status=307)), Reason.UNREADABLE),
    "endless 100 Continue": (sends(forever=b"HTTP/1.1 100 Continue\r\n\r\n" * 50, every=0.01), Reason.TIMEOUT),
    "endless 103 Early Hints": (
        sends(forever=b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 50, every=0.01),
        Reason.TIMEOUT,
    ),
    "100 Continue and then nothing": (sends(b"HTTP/1.1 100 Continue\r\n\r\n", close=False), Reason.TIMEOUT),
    "switching protocols unasked": (
        sends(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        (Reason.CUT, Reason.UNREADABLE),
    ),
    "one giant header": (sends(b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 1_000_000 + b"\r\n\r\n"), Reason.CUT),
    "endless headers": (sends(b"HTTP/1.1 200 OK\r\n", forever=b"X-A: a\r\n" * 1000), Reason.CUT),
    "a header with NUL": (sends(b"HTTP/1.1 200 OK\r\nX-\x00A: a\r\nContent-Length: 0\r\n\r\n"), Reason.CUT),
    "endless chunks": (sends(CHUNKED, forever=b"10000\r\n" + b" " * 65536 + b"\r\n"), Reason.TOO_LARGE),
    "endless body": (sends(b"HTTP/1.1 200 OK\r\n\r\n", forever=b" " * 65536), Reason.TOO_LARGE),
    "length of 10 GB": (
        sends(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n", forever=b" " * 65536),
        Reason.TOO_LARGE,
    ),
    "a chunk size that is no number": (sends(CHUNKED + b"zz\r\n" + OK + b"\r\n"), Reason.CUT),
    "a chunk size that overflows": (sends(CHUNKED + b"f" * 40 + b"\r\n" + OK), Reason.CUT),
    "length too short": (
        sends(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + OK),
        Reason.UNREADABLE,
    ),
    "length too long": (sends(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + OK, close=False), Reason.TIMEOUT),
    "length below zero": (sends(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + OK), Reason.CUT),
    "two different lengths": (sends(whole(OK, "Content-Length: 5")), Reason.CUT),
    "gzip bomb": (
        sends(whole(gzip.compress(b" " * 50_000_000, 1), "Content-Encoding: gzip")),
        Reason.UNREADABLE,
    ),
    "gzip said but not so": (sends(whole(OK, "Content-Encoding: gzip")), Reason.UNREADABLE),
    "LZString bomb": (sealed('{"a":"' + "0" * 400_000 + '"}'), Reason.UNREADABLE),
    "encrypted with another second": (sealed('{"field":"noUrut","message":"A1"}', lag=1), Reason.UNREADABLE),
    "encrypted text cut short": (sealed('{"field":"noUrut","message":"A1"}', cut=5), Reason.UNREADABLE),
    "encrypted text that is no JSON": (sealed('{"field":"noUrut"'), Reason.UNREADABLE),
    "deep JSON": (sends(whole(DEEP)), Reason.UNREADABLE),
    "deep JSON within the encryption": (sealed("[" * 100_000 + "]" * 100_000), Reason.UNREADABLE),
    "NaN": (sends(whole(b'{"response":NaN,"metaData":{"code":200}}')), Reason.UNREADABLE),
    "infinity": (sends(whole(b'{"response":{"noKartu":-Infinity},"metaData":{"code":200}}')), Reason.UNREADABLE),
    "a number of 10,000 digits": (
        sends(whole(b'{"response":null,"metaData":{"code":' + b"9" * 10_000 + b"}}")),
        Reason.UNREADABLE,
    ),
    "a code beyond every number": (sends(whole(b'{"metaData":{"code":1e999}}')), Reason.UNREADABLE),
    "bytes that are no UTF-8": (sends(whole(b'{"metaData":{"code":200,"message":"\xff\xfe"}}')), Reason.UNREADABLE),
    "JSON cut short": (sends(whole(OK[:-3])), Reason.UNREADABLE),
    "two JSON values": (sends(whole(OK + OK)), Reason.UNREADABLE),
    "a list instead of an envelope": (sends(whole(b"[1,2,3]")), Reason.UNREADABLE),
    "an envelope without codes": (sends(whole(b'{"response":{},"metaData":null}')), Reason.UNREADABLE),
    "the wrong types inside": (
        sends(whole(b'{"response":{"noKartu":{"a":1},"field":[],"message":{}},"metaData":{"code":200}}')),
        Reason.UNREADABLE,
    ),
    "a number instead of a row": (sends(whole(b'{"response":42,"metaData":{"code":200}}')), Reason.UNREADABLE),
    "a list with one bad row": (
        sends(whole(b'{"response":[{"noKartu":"1"},7],"metaData":{"code":200}}')),
        Reason.UNREADABLE,
    ),
}


@contextlib.asynccontextmanager
async def far_end(behave, tls: ssl.SSLContext | None = None):
    tasks = set()

    async def handle(reader, writer) -> None:
        tasks.add(asyncio.current_task())
        with contextlib.suppress(OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError):
            await behave(reader, writer)
        with contextlib.suppress(OSError):
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def register(client):
    request = RegistrationRequest(participant_facility="0114U163", day=DAY, card_number=CARD, poli="001")
    return await client.add_registration(request)


async def look_up(client):
    return await client.participant_by_card(CARD)


async def ending(settings, call) -> tuple[PCareError, float]:
    """Make a call; return the error it ended with and the seconds it took."""
    async with PCareClient(settings) as client:
        started = time.monotonic()
        with pytest.raises(PCareError) as caught:
            await call(client)
        return caught.value, time.monotonic() - started


def limits(**changes) -> dict:
    times = {"deadline": DEADLINE, "question_deadline": DEADLINE, "max_text": 250_000}
    return times | changes


@pytest.mark.parametrize("call", [register, look_up], ids=["write", "question"])
@pytest.mark.parametrize(("behave", "reason"), FAULTS.values(), ids=FAULTS)
async def test_a_remote_fault_ends_typed_and_in_time(make_settings, behave, reason, call) -> None:
    reasons = reason if isinstance(reason, tuple) else (reason,)
    deadline = DEADLINE if Reason.TIMEOUT in reasons else PATIENCE
    async with far_end(behave) as port:
        times = limits(deadline=deadline, question_deadline=deadline)
        error, seconds = await ending(make_settings(port, **times), call)
    assert seconds < deadline + 0.5
    assert type(error) is OutcomeUnknown
    assert error.reason in reasons
    assert error.__context__ is None and error.__cause__ is None
    assert error.exchange.sent


async def test_a_late_answer_within_the_deadline_is_an_answer(make_settings) -> None:
    async def behave(reader, writer) -> None:
        await head_of(reader)
        await asyncio.sleep(DEADLINE / 2)
        writer.write(whole(OK))
        await writer.drain()

    async with far_end(behave) as port, PCareClient(make_settings(port)) as client:
        assert await register(client) == "A1"


async def test_bytes_after_an_answer_do_not_become_the_next_one(make_settings) -> None:
    async def behave(reader, writer) -> None:
        await head_of(reader)
        writer.write(whole(OK) + whole(OK.replace(b"A1", b"Z9")))
        await writer.drain()
        await asyncio.sleep(60)

    async with far_end(behave) as port, PCareClient(make_settings(port)) as client:
        assert await register(client) == "A1"
        assert await register(client) == "A1"


async def test_a_refused_connection_is_not_sent(make_settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error, _ = await ending(make_settings(taken.getsockname()[1], **limits()), register)
    assert (type(error), error.reason) == (NotSent, Reason.UNREACHABLE)
    assert not error.exchange.sent


async def test_a_name_without_an_address_is_not_sent(make_settings) -> None:
    settings = make_settings(1, base_url="https://tidak-ada.invalid/pcare-rest", **limits(deadline=5.0))
    error, _ = await ending(settings, register)
    assert (type(error), error.reason) == (NotSent, Reason.NAME_UNRESOLVED)


async def test_a_far_end_that_never_accepts_is_not_sent(make_settings) -> None:
    with socket.socket() as deaf, contextlib.ExitStack() as queue:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for _ in range(4):
            waiting = queue.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(deaf.getsockname())
        for times in (limits(connect_timeout=0.3), limits()):
            error, seconds = await ending(make_settings(deaf.getsockname()[1], **times), register)
            assert (type(error), error.reason) == (NotSent, Reason.CONNECT_TIMEOUT)
            assert seconds < DEADLINE + 0.5


async def test_more_calls_than_connections_are_not_sent(make_settings) -> None:
    async with far_end(says_nothing) as port:
        settings = make_settings(port, **limits(pool_timeout=0.1))
        async with PCareClient(settings) as client:
            ended = await asyncio.gather(*(register(client) for _ in range(6)), return_exceptions=True)
    assert sorted((type(e).__name__, str(e.reason)) for e in ended) == [
        *[("NotSent", "busy")] * 2,
        *[("OutcomeUnknown", "timeout")] * 4,
    ]


async def test_a_call_that_is_given_up_leaves_the_client_usable(make_settings) -> None:
    silent = asyncio.Event()

    async def behave(reader, writer) -> None:
        await head_of(reader)
        if silent.is_set():
            writer.write(whole(OK))
            await writer.drain()
        else:
            await asyncio.sleep(60)

    async with far_end(behave) as port, PCareClient(make_settings(port, **limits(pool_timeout=0.2))) as client:
        for _ in range(6):
            task = asyncio.create_task(register(client))
            await asyncio.sleep(0.02)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        silent.set()
        assert await register(client) == "A1"


def certificate(folder, *, names: list[str], start: dt.timedelta, end: dt.timedelta):
    """Make a self-signed certificate; return the server's context and the path of the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "contoh")])
    known = [x509.IPAddress(ipaddress.ip_address(n)) if n[0].isdigit() else x509.DNSName(n) for n in names]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + start)
        .not_valid_after(now + end)
        .add_extension(x509.SubjectAlternativeName(known), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context, pem


DAYS = dt.timedelta(days=1)
# name: (names in the certificate, first and last day from now, trusted, outcome)
CERTIFICATES = {
    "right": (["127.0.0.1"], -DAYS, DAYS, True, None),
    "self-signed": (["127.0.0.1"], -DAYS, DAYS, False, Reason.TLS),
    "of another host": (["contoh.invalid"], -DAYS, DAYS, True, Reason.TLS),
    "expired": (["127.0.0.1"], -3 * DAYS, -DAYS, True, Reason.TLS_DATE),
    "not yet valid": (["127.0.0.1"], DAYS, 3 * DAYS, True, Reason.TLS_DATE),
}


@pytest.mark.parametrize(("names", "start", "end", "trusted", "reason"), CERTIFICATES.values(), ids=CERTIFICATES)
async def test_nothing_is_sent_over_a_bad_certificate(tmp_path, make_settings, names, start, end, trusted, reason):
    context, pem = certificate(tmp_path, names=names, start=start, end=end)
    heard = []

    async def behave(reader, writer) -> None:
        heard.append(await head_of(reader))
        writer.write(whole(OK))
        await writer.drain()

    async with far_end(behave, tls=context) as port:
        url = f"https://127.0.0.1:{port}/pcare-rest"
        settings = make_settings(port, base_url=url, ca_file=pem if trusted else None, **limits(deadline=3.0))
        if reason is None:
            async with PCareClient(settings) as client:
                assert await register(client) == "A1"
            return
        error, _ = await ending(settings, register)
    assert (type(error), error.reason) == (NotSent, reason)
    assert not error.exchange.sent and heard == []


async def test_a_plain_server_behind_https_is_not_sent(make_settings) -> None:
    async with far_end(sends(whole(OK))) as port:
        settings = make_settings(port, base_url=f"https://127.0.0.1:{port}/pcare-rest", **limits())
        error, seconds = await ending(settings, register)
    assert type(error) is NotSent and seconds < DEADLINE + 0.5


async def test_a_handshake_that_never_ends_is_not_sent(make_settings) -> None:
    async with far_end(says_nothing) as port:
        settings = make_settings(port, base_url=f"https://127.0.0.1:{port}/pcare-rest", **limits())
        error, seconds = await ending(settings, register)
    assert (type(error), error.reason) == (NotSent, Reason.CONNECT_TIMEOUT)
    assert seconds < DEADLINE + 0.5
