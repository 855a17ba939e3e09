"""Replies that go wrong on the wire: raw bytes written past the HTTP server, and bodies that lie."""

import asyncio
import json
import struct
import zlib
from functools import lru_cache
from typing import Any

from kiosk.pcare.codec import compress, encrypt_compressed
from kiosk.simulator.envelope import HTML, HttpReply, Sealing, dump
from kiosk.simulator.faults import Fault
from kiosk.simulator.replies import REQUEST_ERROR_PAGE

BOMB_SIZE = 100_000_000
BOMB_START, BOMB_END = b'{"response":"', b'"}'
GZIP_HEAD = bytes.fromhex("1f8b08000000000000ff")  # deflate, no name, no time, no system
LZ_BOMB_SIZE = 8_000_000
NESTING = 100_000
# Nothing endless outlives this many seconds, so that a forgotten client cannot hold the simulator for ever.
PATIENCE = 120.0

NOT_NUMBERS = (
    b'{"response":{"sistole":NaN,"diastole":Infinity,"count":NaN,"list":[]},"metaData":{"message":"OK","code":200}}'
)

# Faults that are written past the HTTP server.
RAW = ("slow_body", "truncated", "wrong_length", "garbage", "endless_100", "giant_headers", "endless_chunks")


def spoiled(fault: Fault, reply: HttpReply, sealing: Sealing) -> HttpReply:
    """Return the reply with its body as the fault wants it; other faults leave it alone."""
    if fault.kind == "html200":
        return HttpReply(200, REQUEST_ERROR_PAGE.encode(), HTML)
    if fault.kind == "gzip_bomb":
        return HttpReply(200, _gzip_bomb(), headers={"Content-Encoding": "gzip"})
    if fault.kind == "deep_json":
        return HttpReply(200, b'{"response":' + b"[" * NESTING + b"]" * NESTING + b',"metaData":{"code":200}}')
    if fault.kind == "nan":
        return HttpReply(reply.status, NOT_NUMBERS)
    if fault.kind == "lz_bomb":
        bomb = encrypt_compressed(_lz_bomb(), sealing.key())
        return HttpReply(200, dump({"response": bomb, "metaData": {"message": "OK", "code": 200}}))
    if fault.kind in ("wrong_types", "string_code", "bad_base64"):
        return _with(reply, fault.kind)
    return reply


def _with(reply: HttpReply, kind: str) -> HttpReply:
    try:
        body = json.loads(reply.body)
    except ValueError:
        return reply
    if kind == "wrong_types":
        body["response"] = {"count": "banyak", "list": {"noKartu": [1, 2]}, "noKartu": {}, "message": [None], "nama": 7}
    elif kind == "bad_base64" and isinstance(body.get("response"), str):
        body["response"] = body["response"][: len(body["response"]) // 2 - 1]
    elif kind == "string_code":
        meta: dict[str, Any] = body.get("metaData") or body.get("metadata") or {}
        for name in ("code", "Code"):
            if name in meta:
                meta[name] = str(meta[name])
    return HttpReply(reply.status, dump(body), reply.content_type)


async def write_raw(fault: Fault, reply: HttpReply, transport: asyncio.Transport) -> None:
    """Write the reply as broken HTTP and end the connection."""
    head = f"HTTP/1.1 {reply.status} X\r\nContent-Type: {reply.content_type}\r\n".encode()
    length = f"Content-Length: {len(reply.body)}\r\n\r\n".encode()
    if fault.kind == "garbage":
        transport.write(b"\x16\x03\x01\x00\xff\xfe not http at all \x00\x1b[2J\r\n\r\n")
    elif fault.kind == "truncated":
        whole = head + length + reply.body
        transport.write(whole[: len(whole) - (len(reply.body) + 1) // 2 if fault.at is None else fault.at])
    elif fault.kind == "wrong_length":
        transport.write(head + f"Content-Length: {len(reply.body) + 100}\r\n\r\n".encode() + reply.body)
        await _until_closed(transport)
    elif fault.kind == "giant_headers":
        transport.write(head + b"X-Pad: " + b"a" * 1_000_000 + b"\r\n" + length + reply.body)
    elif fault.kind == "slow_body":
        transport.write(head + length)
        await _drip(transport, [bytes([byte]) for byte in reply.body], fault.seconds[0])
    elif fault.kind == "endless_100":
        await _drip(transport, [b"HTTP/1.1 100 Continue\r\n\r\n"] * 1_000_000, 0.01)
    elif fault.kind == "endless_chunks":
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        transport.write(head + b"Transfer-Encoding: chunked\r\n\r\n")
        await _drip(transport, [chunk] * 1_000_000, 0.002)
    transport.close()


async def hang(transport: asyncio.Transport) -> None:
    """Say nothing until the other side gives up."""
    await _until_closed(transport)
    transport.abort()


async def _until_closed(transport: asyncio.Transport) -> None:
    waited = 0.0
    while not transport.is_closing() and waited < PATIENCE:
        await asyncio.sleep(0.05)
        waited += 0.05


async def _drip(transport: asyncio.Transport, parts: list[bytes], pause: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    for part in parts:
        if transport.is_closing() or loop.time() > end:
            return
        if transport.get_write_buffer_size() < 1_000_000:
            transport.write(part)
        await asyncio.sleep(pause)


@lru_cache(maxsize=1)
def _gzip_bomb() -> bytes:
    # Behind a full flush nothing refers back, so that a million letters are packed once and repeated.
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    letters, times = b"a" * 1_000_000, BOMB_SIZE // 1_000_000
    start = packer.compress(BOMB_START) + packer.flush(zlib.Z_FULL_FLUSH)
    million = packer.compress(letters) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.compress(BOMB_END) + packer.flush()
    checksum = zlib.crc32(BOMB_START)
    for part in [*[letters] * times, BOMB_END]:
        checksum = zlib.crc32(part, checksum)
    size = len(BOMB_START) + times * len(letters) + len(BOMB_END)
    return GZIP_HEAD + start + million * times + end + struct.pack("<II", checksum, size)


@lru_cache(maxsize=1)
def _lz_bomb() -> str:
    return compress("a" * LZ_BOMB_SIZE)
