"""The key of an encrypted store: 32 random bytes in a file that only its owner can read, and the same on paper."""

import hashlib
import os
import re
import secrets
import stat
from pathlib import Path

from kiosk.store.errors import Locked

KEY_BYTES = 32
CHECK_BYTES = 3
GROUP, GROUPS_A_LINE = 4, 7
PAPER_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: nothing in it looks like something else on paper."""
_MISREAD = str.maketrans("OIL", "011")
CREDENTIAL = "store-key"
"""The name under which systemd hands the key to a service (LoadCredentialEncrypted=store-key:…)."""


class StoreKey:
    """A key; neither its repr nor its text shows it."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        if len(value) != KEY_BYTES:
            raise ValueError("a key has 32 bytes")
        self._value = value

    def __repr__(self) -> str:
        return "StoreKey(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StoreKey) and secrets.compare_digest(self._value, other._value)

    def __hash__(self) -> int:
        return hash(self._value)

    @property
    def hex(self) -> str:
        """64 hexadecimal digits, for the cipher and the key file alone."""
        return self._value.hex()

    @property
    def paper(self) -> str:
        """Groups of four for paper, the last characters a checksum: a slip of the pen is noticed when it is typed."""
        coded = _coded(self._value + _check(self._value))
        groups = [coded[at : at + GROUP] for at in range(0, len(coded), GROUP)]
        lines = [" ".join(groups[at : at + GROUPS_A_LINE]) for at in range(0, len(groups), GROUPS_A_LINE)]
        return "\n".join(lines)


def new_key() -> StoreKey:
    """A key that nobody knows yet."""
    return StoreKey(secrets.token_bytes(KEY_BYTES))


def write_key(path: Path, key: StoreKey) -> None:
    """Write a key to a new file, 0600 and on the disk. Raises FileExistsError, OSError: no key is ever overwritten."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex + "\n")
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_key(path: Path) -> StoreKey:
    """The key in a file: 64 hexadecimal digits, or the paper form. Raises Locked; its text never holds the key."""
    try:
        mode = path.stat().st_mode
        # A credential of systemd belongs to root and is readable through an access list, which shows as the group's.
        given = os.environ.get("CREDENTIALS_DIRECTORY")
        if stat.S_IMODE(mode) & 0o077 and not (given and path.parent == Path(given)):
            raise Locked(f"Kunci {path} terbuka bagi orang lain; hanya pemiliknya yang boleh membaca (chmod 600)")
        text = path.read_text("ascii")
    except FileNotFoundError:
        raise Locked(f"Kunci penyimpanan tidak ditemukan: {path}; pasang kembali dari salinannya") from None
    except (OSError, UnicodeDecodeError):
        raise Locked(f"Kunci penyimpanan tidak dapat dibaca: {path}") from None
    try:
        return key_from_text(text)
    except ValueError:
        raise Locked(f"Isi {path} bukan kunci Loket; periksa setiap hurufnya") from None


def key_from_text(text: str) -> StoreKey:
    """A key as it stands in its file or on paper; ValueError when it is none, or a character is wrong."""
    typed = re.sub(r"[\s-]+", "", text)
    if len(typed) == 2 * KEY_BYTES:
        return StoreKey(bytes.fromhex(typed))
    value = _decoded(typed.upper().translate(_MISREAD))
    key, check = value[:KEY_BYTES], value[KEY_BYTES:]
    if len(value) != KEY_BYTES + CHECK_BYTES or check != _check(key):
        raise ValueError("not a key")
    return StoreKey(key)


def _check(value: bytes) -> bytes:
    return hashlib.sha256(b"kunci loket" + value).digest()[:CHECK_BYTES]


def _coded(value: bytes) -> str:
    """Five bits a character; 35 bytes are exactly 56 characters."""
    number = int.from_bytes(value)
    return "".join(PAPER_ALPHABET[number >> shift & 31] for shift in range(len(value) * 8 - 5, -1, -5))


def _decoded(text: str) -> bytes:
    number = 0
    for letter in text:
        number = number << 5 | PAPER_ALPHABET.index(letter)
    return number.to_bytes(len(text) * 5 // 8)
