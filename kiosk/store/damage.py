"""Telling a damaged store from one that only could not do its work, whatever the driver calls it."""

from pathlib import Path

import apsw

from kiosk.store.errors import Damaged, Failed, StoreError, Unreadable

WHAT_TO_DO = "tutup Loket di semua tempat, lalu jalankan: kiosk restore --newest (tidak ada yang dihapus)"

_DAMAGED_IO = {apsw.SQLITE_IOERR_DATA, apsw.SQLITE_IOERR_CORRUPTFS}
"""The page does not fit its checksum; the file system says so itself."""


def is_damage(error: BaseException | None) -> bool:
    """Whether the error says that the file's content does not hold together (Peewee wraps the driver's errors)."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, apsw.CorruptError | apsw.NotADBError | UnicodeDecodeError):
            return True
        if isinstance(error, apsw.Error) and getattr(error, "extendedresult", 0) in _DAMAGED_IO:
            return True
        inner = error.args[0] if error.args else None
        error = inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__
    return False


def damaged(finding: str) -> Damaged:
    """The store does not hold together, as the driver or a reading through says it in `finding`; and what to do."""
    return Damaged(f"Penyimpanan rusak ({' '.join(finding.split())[:120]}); {WHAT_TO_DO}")


def failure(error: Exception) -> StoreError:
    """What a transaction ends with when the driver or the disk raised `error`."""
    if is_damage(error):
        return damaged(short(error))
    return Failed(f"Penyimpanan gagal: {short(error)}. Tidak ada yang tersimpan; coba lagi")


def not_opened(path: Path, error: Exception, key_file: Path | None = None) -> StoreError:
    """What opening the store at `path` ends with when the driver or the disk raised `error`."""
    if is_damage(error) and key_file is not None:
        # A wrong key and a damaged first page look the same to the cipher.
        return Damaged(
            f"Penyimpanan tidak dapat dibuka ({path}): {key_file} bukan kuncinya, atau berkasnya rusak."
            f" Pasang kunci yang benar; bila kuncinya benar, {WHAT_TO_DO}"
        )
    if is_damage(error):
        return Damaged(f"Penyimpanan tidak dapat dibuka karena rusak ({path}); {WHAT_TO_DO}")
    return Unreadable(f"Penyimpanan tidak dapat dibuka ({path}): {short(error)}")


def short(error: Exception) -> str:
    """The driver's own words, without values: SQLite names columns and files, never their content."""
    if isinstance(error, UnicodeDecodeError):
        return "tulisan di dalamnya tidak terbaca"
    return str(error).split("\n", 1)[0][:120]
