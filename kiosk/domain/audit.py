"""The audit log's words and its arithmetic: what is written down, and how each row is chained to the one before."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Event(StrEnum):
    """What happened; the word before the point names what the subject's id stands for."""

    SESSION_IN = "session.in"
    SESSION_REFUSED = "session.refused"
    SESSION_OUT = "session.out"
    SESSION_LOCK = "session.lock"
    SESSION_TAKEOVER = "session.takeover"
    PATIENT_VIEW = "patient.view"
    PATIENT_HISTORY = "patient.history"
    PATIENT_ADD = "patient.add"
    INQUIRY_PATIENT = "inquiry.patient"
    PATIENT_CHANGE = "patient.change"
    PATIENT_NOTED = "patient.noted"
    PATIENT_MERGE = "patient.merge"
    PATIENT_PART = "patient.part"
    REGISTRATION_VIEW = "registration.view"
    REGISTRATION_ADD = "registration.add"
    REGISTRATION_CHANGE = "registration.change"
    REGISTRATION_CANCEL = "registration.cancel"
    VISIT_VIEW = "visit.view"
    VISIT_ADD = "visit.add"
    VISIT_CHANGE = "visit.change"
    VISIT_DELETE = "visit.delete"
    LINE_ADD = "line.add"
    LINE_CHANGE = "line.change"
    LINE_DELETE = "line.delete"
    LINE_MATCH = "line.match"
    TICKET_MOVE = "ticket.move"
    TICKET_BACK = "ticket.back"
    TICKET_PRIORITY = "ticket.priority"
    TICKET_SEND = "ticket.send"
    TICKET_UNSEND = "ticket.unsend"
    OUTBOX_RETRY = "outbox.retry"
    OUTBOX_GIVE_UP = "outbox.give_up"
    OUTBOX_TAKE_BACK = "outbox.take_back"
    USER_ADD = "user.add"
    USER_DISABLE = "user.disable"
    USER_ENABLE = "user.enable"
    USER_PASSWORD = "user.password"  # noqa: S105  (the name of an event)
    USER_ROLE = "user.role"
    STORE_BACKUP = "store.backup"
    STORE_RESTORE = "store.restore"
    STORE_ENCRYPT = "store.encrypt"
    STORE_DECRYPT = "store.decrypt"
    STORE_KEY = "store.key"
    SECRETS_PASSWORD = "secrets.password"  # noqa: S105  (the name of an event)
    REPORT_SHIFT = "report.shift"
    REPORT_AUDIT = "report.audit"
    REGISTRATION_ADOPT = "registration.adopt"
    REGISTRATION_GONE = "registration.gone"
    VISIT_GONE = "visit.gone"
    TICKET_SERVED = "ticket.served"


EVENT_TEXT = {
    Event.SESSION_IN: "masuk",
    Event.SESSION_REFUSED: "ditolak masuk",
    Event.SESSION_OUT: "keluar",
    Event.SESSION_LOCK: "mengunci",
    Event.SESSION_TAKEOVER: "mengambil alih",
    Event.PATIENT_VIEW: "melihat pasien",
    Event.PATIENT_HISTORY: "melihat riwayat",
    Event.PATIENT_ADD: "pasien baru",
    Event.INQUIRY_PATIENT: "menanyakan pasien ke P-Care",
    Event.PATIENT_CHANGE: "mengubah data pasien",
    Event.PATIENT_NOTED: "melihat koreksi P-Care",
    Event.PATIENT_MERGE: "menggabung pasien",
    Event.PATIENT_PART: "memisahkan pasien",
    Event.REGISTRATION_VIEW: "membuka pendaftaran",
    Event.REGISTRATION_ADD: "mendaftarkan",
    Event.REGISTRATION_CHANGE: "memperbaiki pendaftaran",
    Event.REGISTRATION_CANCEL: "membatalkan pendaftaran",
    Event.VISIT_VIEW: "membuka pelayanan",
    Event.VISIT_ADD: "menyimpan pelayanan",
    Event.VISIT_CHANGE: "mengubah pelayanan",
    Event.VISIT_DELETE: "menghapus pelayanan",
    Event.LINE_ADD: "menambah obat/tindakan/lab",
    Event.LINE_CHANGE: "mengubah obat/tindakan/lab",
    Event.LINE_DELETE: "menghapus obat/tindakan/lab",
    Event.LINE_MATCH: "mencocokkan baris P-Care",
    Event.TICKET_MOVE: "antrean",
    Event.TICKET_BACK: "antrean dikembalikan",
    Event.TICKET_PRIORITY: "prioritas antrean",
    Event.TICKET_SEND: "antrean dialihkan",
    Event.TICKET_UNSEND: "pengalihan dibatalkan",
    Event.OUTBOX_RETRY: "mengirim ulang",
    Event.OUTBOX_GIVE_UP: "menyerahkan kiriman",
    Event.OUTBOX_TAKE_BACK: "mengambil kembali kiriman",
    Event.USER_ADD: "pengguna baru",
    Event.USER_DISABLE: "menonaktifkan pengguna",
    Event.USER_ENABLE: "mengaktifkan pengguna",
    Event.USER_PASSWORD: "mengganti kata sandi",
    Event.USER_ROLE: "mengganti peran",
    Event.STORE_BACKUP: "membuat cadangan",
    Event.STORE_RESTORE: "memulihkan cadangan",
    Event.STORE_ENCRYPT: "mengenkripsi penyimpanan",
    Event.STORE_DECRYPT: "menghapus enkripsi",
    Event.STORE_KEY: "menampilkan kunci penyimpanan",
    Event.SECRETS_PASSWORD: "mengganti kata sandi P-Care",
    Event.REPORT_SHIFT: "mencetak laporan giliran",
    Event.REPORT_AUDIT: "menampilkan catatan audit",
    Event.REGISTRATION_ADOPT: "pendaftaran dari laman P-Care",
    Event.REGISTRATION_GONE: "pendaftaran dihapus di laman P-Care",
    Event.VISIT_GONE: "pelayanan dihapus di laman P-Care",
    Event.TICKET_SERVED: "dilayani di laman P-Care",
}

MAC_LENGTH = 32
"""Hexadecimal digits of a row's mark: HMAC-SHA256 cut to 128 bits, as RFC 2104 §5 permits."""
HEAD_LENGTH = 16
"""Those that are read out and written down: 64 bits, in groups of four."""
CODE_LIMIT = 60
_NO_CODE = re.compile(r"[^A-Za-z0-9 _.,:/+-]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a station's chain; ids and codes alone, never a name, a NIK or a card number."""

    clinic: str
    station: str
    number: int
    """From 1, without gaps."""
    at: int
    """By the station's clock: milliseconds since 1970, UTC."""
    operator: str
    """The operator's id; "" for nobody."""
    event: str
    subject: str
    """The id of what it happened to; what kind of id, says the event."""
    detail: str
    """JSON of codes and counts."""


def mark(key: bytes, entry: Entry, before: str) -> str:
    """The row's mark: HMAC-SHA256 under the key of its number over the row and the mark `before` it."""
    row = (
        entry.clinic,
        entry.station,
        entry.number,
        entry.at,
        entry.operator,
        entry.event,
        entry.subject,
        entry.detail,
        before,
    )
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(key, text.encode(), "sha256").hex()[:MAC_LENGTH]


def next_key(key: bytes) -> bytes:
    """The key of the next row. It does not lead back: who finds it cannot make earlier rows anew."""
    return hashlib.sha256(b"loket audit" + key).digest()


def details(values: Mapping[str, object]) -> str:
    """Codes and counts as JSON; anything that is no code is made unreadable before it is written."""
    codes = {
        name: value if isinstance(value, int) else _NO_CODE.sub("?", str(value))[:CODE_LIMIT]
        for name, value in values.items()
        if value is not None
    }
    return json.dumps(codes, sort_keys=True, separators=(",", ":")) if codes else ""


def spoken_head(mac: str) -> str:
    """The head as it is read over the telephone: "a1b2 c3d4 e5f6 0718"."""
    return " ".join(mac[at : at + 4] for at in range(0, HEAD_LENGTH, 4)) if mac else "–"
