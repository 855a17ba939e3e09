"""What PostgreSQL says, as sentences: never its own words, which may hold a row's values or a piece of the address."""

from typing import Any

import psycopg
from peewee import PeeweeException

from kiosk.store.errors import Failed, Unconfirmed, Unreadable

DRIVER = (psycopg.Error, PeeweeException, OSError)
"""What the driver and the network raise."""
AGAIN = ("40001", "40P01")
"""Serialisation failure, deadlock: the whole transaction may be tried again."""

WORDS: tuple[tuple[str, str], ...] = (
    ("08", "hubungan ke server putus"),
    ("28", "pengguna atau kata sandi ditolak server"),
    ("3D000", "basis datanya belum dibuat di server"),
    ("42501", "hak pengguna di basis data kurang"),
    ("53100", "cakram server penuh"),
    ("53300", "terlalu banyak sambungan ke server"),
    ("53", "server kekurangan sumber daya"),
    ("25006", "server sedang hanya bisa dibaca"),
    ("25P02", "satu langkahnya ditolak"),
    ("25P0", "hubungan dihentikan server karena terlalu lama diam"),
    ("55P03", "terlalu lama menunggu loket lain"),
    ("57014", "dihentikan server"),
    ("57P", "server sedang berhenti atau baru mulai"),
    ("40", "bentrok dengan loket lain"),
    ("XX", "server melaporkan kerusakan"),
)
"""Beginning of an SQLSTATE, words; the first that fits."""
CONNECTING: tuple[tuple[str, str], ...] = (
    ("password", "pengguna atau kata sandi ditolak server"),
    ("authentication", "pengguna atau kata sandi ditolak server"),
    ("pg_hba", "server tidak mengizinkan komputer ini"),
    ("does not exist", "pengguna atau basis data belum dibuat di server"),
    ("refused", "server tidak berjalan"),
    ("No such file", "server tidak berjalan"),
    ("too many", "terlalu banyak sambungan ke server"),
    ("certificate", "sertifikat server tidak diterima"),
    ("SSL", "enkripsi ke server tidak bisa dibuat"),
    ("starting up", "server sedang berhenti atau baru mulai"),
    ("shutting down", "server sedang berhenti atau baru mulai"),
)
"""The driver gives no SQLSTATE while it connects: what its text has, words."""


def original(error: BaseException) -> psycopg.Error | None:
    """The driver's error inside of Peewee's."""
    if isinstance(error, psycopg.Error):
        return error
    inner = getattr(error, "orig", None)
    return inner if isinstance(inner, psycopg.Error) else None


def state(error: BaseException) -> str:
    """The SQLSTATE, '' when there is none."""
    cause = original(error)
    return (cause.sqlstate or "") if cause else ""


def failed(error: BaseException) -> Failed:
    """A transaction that was not carried out."""
    return Failed(f"Penyimpanan gagal: {_why(error)}. Tidak ada yang tersimpan; coba lagi")


def unconfirmed() -> Unconfirmed:
    """The line broke while a transaction was being committed."""
    return Unconfirmed(
        "Hubungan ke server penyimpanan putus saat menyimpan: belum pasti tersimpan. Periksa dulu, lalu coba lagi"
    )


def not_opened(shown: str, error: BaseException) -> Unreadable:
    """A store that could not be opened."""
    return Unreadable(f"Penyimpanan tidak dapat dibuka ({shown}): {_why(error)}")


def _why(error: BaseException) -> str:
    code = state(error)
    if code:
        rule = original(error)
        if code.startswith("23") and rule is not None:
            return _rule(rule.diag)
        return next((words for start, words in WORDS if code.startswith(start)), f"kode PostgreSQL {code}")
    text = str(error)
    return next((words for part, words in CONNECTING if part in text), "server tidak dapat dihubungi")


def _rule(diagnosis: Any) -> str:
    kind = "FOREIGN KEY" if diagnosis.sqlstate == "23503" else "aturan"
    return f"{kind} {diagnosis.constraint_name or diagnosis.column_name or diagnosis.sqlstate} dilanggar"
