"""The codec of encrypted P-Care replies: LZString for URIs inside AES-256-CBC inside base64.

LZString is written out here because the maintained package needs a newer Python than ours, and the other one
is bit-at-a-time slow, works on code points and states no licence.  Like the JavaScript original this works on
UTF-16 units, so text outside the BMP and lone surrogates come back exactly as they went in.

The LZString stream is a run of codes, each least bit first, packed into base64 characters most bit first.
Mirroring every byte after one ordinary base64 pass therefore leaves a plain little-endian bit buffer.
"""

import base64
import binascii

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

_MIRROR = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_FILL_BYTES = 32
_BLOCK_BITS = 128
_CHAR8, _CHAR16, _END = 0, 1, 2


class DecodeError(ValueError):
    """A reply cannot be read: wrong key, broken padding, base64 or LZString, or larger than its limit.

    The causes are deliberately indistinguishable from outside.
    """

    def __init__(self) -> None:
        super().__init__("the reply cannot be decoded")


def encrypt(text: str, key: bytes) -> str:
    """Compress and encrypt `text` as P-Care does a `response`: base64 text.

    `key` is the 32 bytes of `signing.aes_key`.
    """
    return encrypt_compressed(compress(text), key)


def encrypt_compressed(compressed: str, key: bytes) -> str:
    """Encrypt what `compress` gave, as `encrypt` does."""
    padder = PKCS7(_BLOCK_BITS).padder()
    padded = padder.update(compressed.encode("ascii")) + padder.finalize()
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode("ascii")


def decrypt(payload: str, key: bytes, limit: int) -> str:
    """Return the text inside an encrypted `response`.

    `key` is the 32 bytes of `signing.aes_key`; `limit` is the most UTF-16 units the text may have.
    Raises `DecodeError` for anything unreadable.
    """
    try:
        sealed = base64.b64decode(payload.strip(), validate=True)
        decryptor = Cipher(algorithms.AES256(key), modes.CBC(key[:16])).decryptor()
        unpadder = PKCS7(_BLOCK_BITS).unpadder()
        padded = decryptor.update(sealed) + decryptor.finalize()
        packed = (unpadder.update(padded) + unpadder.finalize()).decode("ascii")
    except (ValueError, binascii.Error):
        raise DecodeError from None
    return decompress(packed, limit)


def compress(text: str) -> str:
    """Return LZString's `compressToEncodedURIComponent` of `text`, character for character."""
    units = memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")
    out = bytearray()
    known: dict[int, int] = {}  # one UTF-16 unit -> its code
    longer: dict[int, int] = {}  # code of a known phrase << 16 | next unit -> code of the longer phrase
    unsent: set[int] = set()  # codes of units whose value the reader has not been given yet
    size, width, room = 3, 2, 2
    buffer = filled = 0
    phrase = first = -1
    for unit in units:
        step = phrase << 16 | unit
        match = longer.get(step)
        if match is not None:
            phrase = match
            continue
        if unit not in known:
            known[unit] = size
            unsent.add(size)
            size += 1
        if phrase < 0:
            phrase, first = known[unit], unit
            continue
        if phrase in unsent:
            unsent.discard(phrase)
            buffer, filled = _put_unit(buffer, filled, width, first)
            room -= 1
            if not room:
                room, width = 1 << width, width + 1
        else:
            buffer |= phrase << filled
            filled += width
        room -= 1
        if not room:
            room, width = 1 << width, width + 1
        longer[step] = size
        size += 1
        phrase, first = known[unit], unit
        if filled >= 256:
            out += (buffer & (1 << 256) - 1).to_bytes(32, "little")
            buffer >>= 256
            filled -= 256
    if phrase >= 0:
        if phrase in unsent:
            buffer, filled = _put_unit(buffer, filled, width, first)
            room -= 1
            if not room:
                room, width = 1 << width, width + 1
        else:
            buffer |= phrase << filled
            filled += width
        room -= 1
        if not room:
            width += 1
    buffer |= _END << filled
    filled += width
    characters = (len(out) * 8 + filled) // 6 + 1  # the original always closes with at least one zero bit
    out += buffer.to_bytes((filled + 7) // 8 + 3, "little")
    return base64.b64encode(out.translate(_MIRROR), b"+-")[:characters].decode("ascii")


def _put_unit(buffer: int, filled: int, width: int, unit: int) -> tuple[int, int]:
    if unit < 256:
        return buffer | (_CHAR8 | unit << width) << filled, filled + width + 8
    return buffer | (_CHAR16 | unit << width) << filled, filled + width + 16


def decompress(text: str, limit: int) -> str:
    """Undo `compress`.

    `limit` is the most UTF-16 units the result may have; reading stops as soon as it is passed.  A space is
    read as `+`, as the original does.  Raises `DecodeError` for anything that is not an LZString stream.
    """
    try:
        packed = text.rstrip("$").replace(" ", "+").encode("ascii")
        data = base64.b64decode(packed + b"A" * (-len(packed) % 4), b"+-", validate=True).translate(_MIRROR)
    except (ValueError, binascii.Error):
        raise DecodeError from None
    if not packed or b"/" in packed or b"=" in packed:
        raise DecodeError
    parts = _phrases(data, limit)
    return "".join(parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _phrases(data: bytes, limit: int) -> list[str]:
    parts: list[str] = []
    phrases = ["", "", ""]  # the three control codes take the first numbers
    size, width, room, mask = 3, 2, 1, 3
    buffer = filled = position = total = 0
    previous = ""
    end = len(data)
    while True:
        if filled < width + 16 and position < end:
            chunk = data[position : position + _FILL_BYTES]
            buffer |= int.from_bytes(chunk, "little") << filled
            filled += len(chunk) * 8
            position += _FILL_BYTES
        if filled < width:
            raise DecodeError
        code = buffer & mask
        buffer >>= width
        filled -= width
        if code > _END:
            if code < size:
                phrase = phrases[code]
            elif code == size and previous:
                phrase = previous + previous[0]
            else:
                raise DecodeError
        elif code == _END:
            return parts
        else:
            bits = 16 if code == _CHAR16 else 8
            if filled < bits:
                raise DecodeError
            phrase = chr(buffer & (1 << bits) - 1)
            buffer >>= bits
            filled -= bits
            phrases.append(phrase)
            size += 1
            room -= 1
            if not room:
                room, width, mask = 1 << width, width + 1, mask << 1 | 1
        total += len(phrase)
        if total > limit:
            raise DecodeError
        parts.append(phrase)
        if previous:
            phrases.append(previous + phrase[0])
            size += 1
            room -= 1
            if not room:
                room, width, mask = 1 << width, width + 1, mask << 1 | 1
        previous = phrase
