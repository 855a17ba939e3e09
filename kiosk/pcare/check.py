"""What one question to a service tells about its address, the clock, the consumer and the login, each apart."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from kiosk.pcare.client import AntreanClient, PCareClient
from kiosk.pcare.errors import (
    AccessDenied,
    ClockSkew,
    LoginRejected,
    NotSent,
    OutcomeUnknown,
    PCareError,
    Reason,
    Refused,
)
from kiosk.pcare.settings import PCareSettings

SENTENCES = {
    Reason.UNREACHABLE: "sambungan ditolak; periksa alamat dan jaringan",
    Reason.NAME_UNRESOLVED: "nama alamat tidak dikenal; internet putus atau alamat salah",
    Reason.CONNECT_TIMEOUT: "tidak ada yang menjawab; mungkin alamat IP ini belum didaftarkan di BPJS",
    Reason.TLS: "tidak ada sambungan aman: sertifikat server tidak dipercaya, atau server tidak berbicara TLS",
    Reason.TLS_DATE: "sertifikat server tidak berlaku pada tanggal komputer ini; periksa jam komputer",
    Reason.QUOTA: "batas jumlah permintaan terlampaui; tunggu lalu coba lagi",
    Reason.NO_SERVICE: "server menjawab, tetapi layanan tidak ada di alamat ini",
    Reason.TIMEOUT: "tidak ada jawaban sampai batas waktu",
    Reason.CUT: "sambungan terputus sebelum jawaban lengkap",
    Reason.SERVER_ERROR: "layanan sedang rusak",
    Reason.UNREADABLE: "jawaban tidak terbaca; mungkin cons_id atau secret_key salah, atau versi layanan lain",
    Reason.TOO_LARGE: "jawaban terlalu besar",
    Reason.LOGIN: "username atau password ditolak; mungkin password sudah kedaluwarsa (jangan diulang-ulang)",
    Reason.CLOCK: "jam komputer salah",
    Reason.CONSUMER_EXPIRED: "masa berlaku cons_id sudah habis",
    Reason.NOT_ENABLED: "cons_id tidak terdaftar untuk layanan ini",
    Reason.UNKNOWN_PATH: "alamat tidak dikenal oleh gerbang BPJS; periksa base_url",
    Reason.SIGNATURE: "tanda tangan ditolak; periksa cons_id dan secret_key",
    Reason.USER_KEY: "user_key ditolak",
    Reason.FORBIDDEN: "akses dilarang",
}
PARTS = ("alamat", "jam", "konsumen", "login")
GOOD, BAD, UNTOLD = "baik", "gagal", "belum diketahui"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found."""

    parts: dict[str, str]
    """"baik", "gagal" or "belum diketahui" for each of PARTS, as far as the service has them."""
    error: PCareError | None
    """What stands in the way of the first call that does; None when nothing does."""
    skew: float
    """The service's clock minus ours, seconds; 0 when it was not told."""


async def check(settings: PCareSettings) -> Checked:
    """Ask P-Care one small question, a second time only when the first found the clock wrong."""
    async with PCareClient(settings) as client:
        return await _look(client, client.consciousness)


async def check_queue(settings: PCareSettings, day: date) -> Checked | None:
    """Ask the queue service which polis have a schedule on `day`, as `check` does; None where there is none to ask.

    It takes no login: its parts are those of P-Care without the last.
    """
    if settings.antrean_url is None or settings.antrean_user_key is None:
        return None
    async with AntreanClient(settings) as client:

        async def ask() -> None:
            try:
                await client.polis(day)
            except Refused as error:
                # On a day without any schedule it has nothing to tell, and says it so.
                if error.reason not in (Reason.DOCTOR_SCHEDULE, Reason.NOT_FOUND):
                    raise

        found = await _look(client, ask)
    return Checked({part: told for part, told in found.parts.items() if part != PARTS[-1]}, found.error, found.skew)


async def _look(client: PCareClient | AntreanClient, ask: Callable[[], Awaitable[object]]) -> Checked:
    error = await _trouble(ask)
    skewed = isinstance(error, ClockSkew)
    if skewed:
        error = await _trouble(ask)  # signed with the server's time now, so that the rest is told too
    clock = UNTOLD if not client.clock_checked else BAD if skewed or client.clock_wrong else GOOD
    parts = judge_parts(error, clock)
    if error is None and clock == BAD:
        error = ClockSkew(Reason.CLOCK)
    return Checked(parts, error, client.skew_seconds)


async def _trouble(ask: Callable[[], Awaitable[object]]) -> PCareError | None:
    try:
        await ask()
    except PCareError as error:
        return error
    return None


def judge_parts(error: PCareError | None, clock: str) -> dict[str, str]:
    """Return what one call says about address, clock, consumer and login: "baik", "gagal", "belum diketahui".

    `clock` is what its answer's date says about the clock, in the same words.
    """
    match error:
        case None | Refused():
            found = (GOOD, clock, GOOD, GOOD)
        case LoginRejected():
            found = (GOOD, clock, GOOD, BAD)
        case AccessDenied():
            found = (GOOD, clock, BAD, UNTOLD)
        case ClockSkew():
            found = (GOOD, BAD, UNTOLD, UNTOLD)
        case NotSent(reason=Reason.QUOTA) | OutcomeUnknown():
            found = (GOOD if error.reason is Reason.QUOTA else BAD, clock, UNTOLD, UNTOLD)
        case _:
            found = (BAD, UNTOLD, UNTOLD, UNTOLD)
    return dict(zip(PARTS, found, strict=True))


def sentence(error: PCareError, service: str = "P-Care") -> str:
    """Return what went wrong in Indonesian, with the own words of the `service` where it gave any."""
    text = SENTENCES.get(error.reason, f"ditolak oleh {service}")
    return f"{text} — {service}: {error.server_text}" if error.server_text else text
