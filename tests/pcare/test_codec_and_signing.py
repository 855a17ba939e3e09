"""Signatures and the reply codec against known answers and against the JavaScript original."""

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.pcare import codec, signing

VECTORS = json.loads((Path(__file__).parent / "lzstring_vectors.json").read_text(encoding="utf-8"))
"""Made by npm lz-string 1.5.0; the text is listed as UTF-16 units in hexadecimal."""

PLAIN = '{"field":"noUrut","message":"A1"}'
PACKED = "N4IgZglgpgNgJiAXCAdgewKoCcCuAXEAGhAFsoBncgQwHMokQBBARhAF8g"
SEALED = "oAnnq863mg7a8dAnNZVyVjtYb0+o5T4CTFK8AmTqxGNaehCaSs4NgT7vFO5yTWnX24ycdn7QjN4TI/sWocb3kQ=="
KEY = bytes.fromhex("c062198df5213514a7992489d4f7372d4eede99cebfff7abae9c6a751d543549")


def text_of(vector: dict[str, str]) -> str:
    units = b"".join(int(unit, 16).to_bytes(2, "little") for unit in vector["units"].split())
    return units.decode("utf-16-le", "surrogatepass")


def test_the_known_signature_authorization_and_key_come_out() -> None:
    assert signing.signature("12345", "sekret", "1700000000") == "rTrhYLVd22xLNzCGtbjD56OquZO8ZHafYptoepwg++0="
    assert signing.authorization("user", "pass", "095") == "Basic dXNlcjpwYXNzOjA5NQ=="
    assert signing.aes_key("12345", "sekret", "1700000000") == KEY


def test_specials_in_a_password_are_not_escaped() -> None:
    assert signing.authorization("user", "p#s*ü", "095") == "Basic dXNlcjpwI3Mqw7w6MDk1"


def test_the_known_reply_is_sealed_and_opened() -> None:
    assert codec.compress(PLAIN) == PACKED
    assert codec.encrypt(PLAIN, KEY) == SEALED
    assert codec.decrypt(SEALED, KEY, 1000) == PLAIN


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_javascript_original_agrees(vector: dict[str, str]) -> None:
    text = text_of(vector)
    assert codec.compress(text) == vector["packed"]
    assert codec.decompress(vector["packed"], 10_000) == text


@given(st.text(st.characters(codec=None, categories=None), max_size=400))
def test_any_text_comes_back_unit_for_unit(text: str) -> None:
    units = text.encode("utf-16-le", "surrogatepass")
    back = codec.decompress(codec.compress(text), 1000)
    assert back.encode("utf-16-le", "surrogatepass") == units


@given(st.text("ab", max_size=3000))
def test_long_repetitive_text_comes_back(text: str) -> None:
    assert codec.decompress(codec.compress(text), 3000) == text


@given(st.text(max_size=200), st.binary(min_size=32, max_size=32))
def test_any_text_survives_the_seal(text: str, key: bytes) -> None:
    assert codec.decrypt(codec.encrypt(text, key), key, 1000) == text


def test_unpacking_stops_at_its_limit() -> None:
    bomb = codec.compress("0" * 1_000_000)
    assert len(bomb) < 5000
    assert len(codec.decompress(bomb, 1_000_000)) == 1_000_000
    with pytest.raises(codec.DecodeError):
        codec.decompress(bomb, 999_999)


BROKEN = {
    "empty": "",
    "not base64": "%%%%",
    "not whole blocks": SEALED[:-8],
    "one block short": SEALED[:-24],
    "a bit flipped": "pAnn" + SEALED[4:],
    "plain words": "Peserta sudah di-entri",
    "non-ascii": "é" * 8,
}


@pytest.mark.parametrize("payload", BROKEN.values(), ids=BROKEN)
def test_every_broken_reply_fails_alike(payload: str) -> None:
    with pytest.raises(codec.DecodeError) as caught:
        codec.decrypt(payload, KEY, 1000)
    assert str(caught.value) == "the reply cannot be decoded"
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-$ /=", max_size=60))
def test_random_streams_end_in_text_or_a_decode_error(stream: str) -> None:
    with contextlib.suppress(codec.DecodeError):
        assert len(codec.decompress(stream, 500)) <= 500


def test_signing_codec_and_errors_do_not_load_the_http_library() -> None:
    check = "import sys, kiosk.pcare.signing, kiosk.pcare.codec, kiosk.pcare.errors; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
