"""Encrypted store files: each page sealed by ChaCha20-Poly1305, in the file, its log and its copies.

The driver (SQLite with Multiple Ciphers) reads plain and encrypted files alike; a key given to a library without
ciphers, or to a plain file, would be silently ignored: so both are checked. A page that was changed does not fit its
seal, so encrypted files need no checksums beside it.
"""

from enum import Enum, auto
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import apsw

from kiosk.store import checksums
from kiosk.store.errors import Failed, Locked, Unreadable
from kiosk.store.key import StoreKey, read_key

CIPHER = "chacha20"
VFS = "multipleciphers-unix"
PLAIN_HEAD = b"SQLite format 3\0"
_HEAD = 24


class Form(Enum):
    """What the first bytes of a file say."""

    PLAIN = auto()
    SEALED = auto()
    OTHER = auto()
    """Neither: damaged, empty, or not there."""


def form(path: Path) -> Form:
    """Whether a file is encrypted. The cipher leaves the bytes 16–23 of the file in clear: SQLite's page size and the
    three constants after it (https://www.sqlite.org/fileformat.html, 1.3)."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return Form.OTHER
    if head.startswith(PLAIN_HEAD):
        return Form.PLAIN
    size = int.from_bytes(head[16:18])
    if len(head) == _HEAD and head[21:24] == b"\x40\x20\x20" and (size == 1 or (size >= 512 and not size & (size - 1))):
        return Form.SEALED
    return Form.OTHER


def check(path: Path, key_file: Path | None) -> None:
    """Raises Locked when the file and what is said about its key do not belong together."""
    found = form(path)
    if found is Form.SEALED and key_file is None:
        raise Locked(f"Penyimpanan ini terenkripsi ({path}) dan kuncinya tidak disebut; isi store_key di loket.toml")
    if found is Form.PLAIN and key_file is not None:
        raise Locked(
            f"Penyimpanan ini tidak terenkripsi ({path}) padahal ada store_key; jalankan kiosk encrypt,"
            " atau hapus store_key dari loket.toml"
        )


def unlock(connection: Any, key: StoreKey) -> None:
    """Give the connection its key, before anything is read. Raises Unreadable where the driver has no such cipher."""
    if not hasattr(apsw, "mc_version") or connection.pragma("cipher", CIPHER) != CIPHER:
        raise Unreadable("Pustaka SQLite ini tidak dapat membuka penyimpanan terenkripsi; pasang apsw-sqlite3mc")
    # A raw key: nothing is derived, so that a connection costs no more than before.
    connection.pragma("key", f"raw:{key.hex}")


def open_to_look(path: Path, key_file: Path | None, *, immutable: bool = False) -> apsw.Connection:
    """A connection that only reads, to a store or backup of either form; `immutable`: its log is not opened either.

    Raises Locked, apsw.Error.
    """
    sealed = form(path) is Form.SEALED
    if sealed and key_file is None:
        raise Locked(f"{path.name} terenkripsi; sebutkan kuncinya (store_key di loket.toml, atau --key-file)")
    connection = apsw.Connection(
        f"{path.absolute().as_uri()}{'?immutable=1' if immutable else ''}",
        flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI,
        vfs=VFS if sealed else checksums.vfs(),
    )
    try:
        if sealed and key_file is not None:
            unlock(connection, read_key(key_file))
    except BaseException:
        connection.close()
        raise
    return connection


def transcribe(source: Path, source_key: Path | None, target: Path, target_key: Path | None) -> None:
    """Copy a whole file that nobody writes into the empty file `target`, in the form that `target_key` says (None:
    plain, with checksums). A log beside the source is not looked at.

    Raises Locked, Failed, apsw.Error (the source cannot be read).
    """
    connection = open_to_look(source, source_key, immutable=True)
    try:
        if target_key is None:
            _row_by_row(connection, target)
        else:
            # "hexkey" is the key's text in hexadecimal digits.
            words = f"raw:{read_key(target_key).hex}".encode().hex()
            where = f"{target.absolute().as_uri()}?{urlencode({'cipher': CIPHER, 'hexkey': words, 'vfs': VFS})}"
            _vacuum(connection, where)
    finally:
        connection.close()
    expected = Form.PLAIN if target_key is None else Form.SEALED
    if form(target) is not expected:
        raise Failed("Salinan tidak jadi seperti yang diminta; tidak dipakai")


def _row_by_row(source: apsw.Connection, target: Path) -> None:
    """SQLite's own full copy would keep the room for seals at the end of each page, where checksums do not fit."""
    kinds = source.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    tables = [(str(name), str(sql)) for kind, name, sql in kinds if kind == "table"]
    copy = apsw.Connection(str(target), vfs=checksums.vfs())
    try:
        checksums.ask_for(copy)
        with copy:
            for _, sql in tables:
                copy.execute(sql).fetchall()
        # In a transaction of its own: checksums are written once the first page, on the disk, says so.
        with copy:
            for name, _ in tables:
                rows = source.execute(f'SELECT * FROM "{name}"')
                marks = ", ".join("?" * len(source.execute(f'PRAGMA table_info("{name}")').fetchall()))
                copy.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows).fetchall()
            for kind, _name, index in kinds:
                if kind != "table":
                    copy.execute(str(index)).fetchall()
    finally:
        copy.close()


def _vacuum(connection: apsw.Connection, target: str) -> None:
    """The target's address may hold a key, and SQLite's errors show addresses: none of its own words get out."""
    try:
        connection.execute("VACUUM INTO ?", (target,)).fetchall()
    except (apsw.CorruptError, apsw.NotADBError):
        raise
    except apsw.Error as error:
        kind = type(error).__name__
    else:
        return
    raise Failed(f"Salinan tidak dapat dibuat ({kind}); periksa ruang disk dan hak folder")
