"""Reading an answer: the envelope in all its variants, and the decision what the answer means.

Pure functions: bytes and codes in, an `Envelope` or an error out.  The variants are those of the P-Care
catalogue and of the clients in use: `metaData`, `metadata` or `Metadata`, `code` as number or text, `response`
encrypted, plain, null or missing at any code, gateway texts and HTML pages in place of an envelope.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic_core import from_json

from kiosk.pcare import codec
from kiosk.pcare.clock import DOUBT
from kiosk.pcare.errors import (
    AccessDenied,
    AlreadyThere,
    ClockSkew,
    FieldProblem,
    LoginRejected,
    NotSent,
    OutcomeUnknown,
    PCareError,
    Reason,
    Refused,
    clean,
)

_TEXT_LIMIT = 4000
_MOST_FIELDS = 40

_Texts = tuple[tuple[str, type[PCareError], Reason], ...]

GATEWAY_TEXTS: _Texts = (
    ("not registered for this service", AccessDenied, Reason.NOT_ENABLED),
    ("consumer id is expired", AccessDenied, Reason.CONSUMER_EXPIRED),
    ("signature service tidak sesuai", AccessDenied, Reason.SIGNATURE),
    ("no mapping rule matched", AccessDenied, Reason.UNKNOWN_PATH),
    ("rate limit quota", NotSent, Reason.QUOTA),
    ("authentication failed", AccessDenied, Reason.USER_KEY),
    ("authentication parameters missing", AccessDenied, Reason.USER_KEY),
)
"""Words of the API gateway: P-Care never saw the call, whatever the code says."""

SERVICE_TEXTS: _Texts = (
    ("sudah di-entri", AlreadyThere, Reason.DUPLICATE),
    ("sudah terdaftar di poli", AlreadyThere, Reason.DUPLICATE),
    ("belum melakukan pendaftaran", Refused, Reason.NO_REGISTRATION),
    ("belum melakukan skrining", Refused, Reason.SCREENING_NEEDED),
    ("jadwal dokter", Refused, Reason.DOCTOR_SCHEDULE),
    ("waktu tidak valid", Refused, Reason.CALL_TIME),
    ("tidak sesuai dengan referensi sistem", Refused, Reason.VALIDATION),
    ("harus diisi", Refused, Reason.VALIDATION),
    ("nomor kartu tidak valid", Refused, Reason.VALIDATION),
    ("tidak ditemukan", Refused, Reason.NOT_FOUND),
)
"""Words of the service itself, first match counts; they decide before the code, on which sources disagree."""

_LOGIN_WORDS = re.compile(r"password|kata sandi|authentication|credential|unauthorized|username", re.IGNORECASE)
_ESCAPES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\(?:u[0-9a-fA-F]{4}|.)")
_TAGS = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One answer taken apart.

    `code` and `message` are the envelope's own (None and "" where there was none); `data` is the decoded
    `response`; `page` is the text of an answer that is no envelope; `garbled` says that `response` was
    a text that could be neither decrypted nor read as JSON and is given in `data` as it came.
    """

    code: int | None = None
    message: str = ""
    data: object = None
    page: str = ""
    garbled: bool = False
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known about the call beside the answer's content.

    `success` are the envelope codes that mean yes (the queue service says no with 201); `clock_error` is how many
    seconds the sent timestamp was off the server's clock, None where unknown; `blot` blackens secrets in a text.
    """

    status: int
    success: frozenset[int] = field(default=frozenset({200, 201, 204}))
    clock_error: float | None = None
    retry_after: float | None = None
    blot: Callable[[str], str] = str


def read_json(text: str | bytes) -> object:
    """Parse JSON with bounded nesting, without NaN and infinity; lone surrogate escapes become U+FFFD.

    Raises `ValueError` for everything else.
    """
    try:
        value: object = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        if "surrogate" not in str(error) and "hex escape" not in str(error):
            raise
        plain = text.decode("utf-8") if isinstance(text, bytes) else text
        value = from_json(_ESCAPES.sub(_mend, plain), allow_inf_nan=False)
    return value


def _mend(match: re.Match[str]) -> str:
    escape = match.group()
    lone = len(escape) == 6 and "d8" <= escape[2:4].lower() <= "df"
    return "\\ufffd" if lone else escape


def open_envelope(body: bytes, key: Callable[[], bytes] | None, max_text: int) -> Envelope:
    """Take an answer apart.

    `key` gives the reply key of the timestamp that the request carried, or is None where replies are plain (v3);
    `max_text` bounds the unpacked text in characters.
    """
    if not body.strip():
        return Envelope(empty=True)
    try:
        value = read_json(body)
    except ValueError:
        return Envelope(page=_page(body))
    if value is None:
        return Envelope(empty=True)
    if not isinstance(value, dict):
        return Envelope(page=value[:_TEXT_LIMIT] if isinstance(value, str) else "", garbled=True)
    members = {str(name).lower(): member for name, member in value.items()}
    meta = members.get("metadata")
    if not isinstance(meta, dict):
        error = members.get("error") or members.get("message")
        return Envelope(page=error[:_TEXT_LIMIT] if isinstance(error, str) else "", garbled=True)
    marks = {str(name).lower(): member for name, member in meta.items()}
    message = marks.get("message")
    data, garbled = _open_response(members.get("response"), key, max_text)
    return Envelope(
        code=_code(marks.get("code")),
        message=message[:_TEXT_LIMIT] if isinstance(message, str) else "",
        data=data,
        garbled=garbled,
    )


def _open_response(value: object, key: Callable[[], bytes] | None, max_text: int) -> tuple[object, bool]:
    if not isinstance(value, str) or not value.strip():
        return (None if isinstance(value, str) else value), False
    text = value
    if key is not None:
        try:
            text = codec.decrypt(value, key(), max_text)
        except codec.DecodeError:
            text = value
    try:
        return read_json(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")), False
    except ValueError:
        return value[:_TEXT_LIMIT], True


def _code(value: object) -> int | None:
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 10:
        return int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**9:
        return int(value)
    return None


def _page(body: bytes) -> str:
    return " ".join(_TAGS.sub(" ", body[: _TEXT_LIMIT * 4].decode("utf-8", "replace")).split())[:_TEXT_LIMIT]


def judge(envelope: Envelope, about: Circumstances) -> PCareError | None:
    """Return the error that the answer means, or None where it says yes (also "nothing there", code 204).

    Decided on texts first, because the service gives one and the same refusal under several codes.
    """
    code = _effective_code(envelope, about)
    fields = _problems(envelope.data, about.blot)
    parts = [envelope.message, envelope.page, *(problem.message for problem in fields)]
    if isinstance(envelope.data, str):
        parts.append(envelope.data)
    words = " | ".join(part for part in parts if part)
    said = clean(about.blot(words))
    if code in about.success and (envelope.code is not None or (envelope.empty and code == 204)):
        return None
    folded, enveloped = words.lower(), envelope.code is not None
    for needle, error, reason in GATEWAY_TEXTS:
        if needle in folded and (enveloped or code < 500):
            return _gateway(error, reason, code, said, about)
    if code == 429:
        return NotSent(Reason.QUOTA, code=code, server_text=said, retry_after=about.retry_after)
    if enveloped:
        for needle, error, reason in SERVICE_TEXTS:
            if needle in folded and not (reason is Reason.NOT_FOUND and _is_server_side(code)):
                return _refusal(error, reason, code, said, fields)
    return _by_code(code, envelope, said, fields)


def _effective_code(envelope: Envelope, about: Circumstances) -> int:
    if envelope.code is None or (about.status >= 300 and envelope.code in about.success):
        return about.status
    return envelope.code


def _is_server_side(code: int) -> bool:
    return code == 408 or code >= 500


def _gateway(error: type[PCareError], reason: Reason, code: int, said: str, about: Circumstances) -> PCareError:
    if reason is Reason.QUOTA:
        return NotSent(reason, code=code, server_text=said, retry_after=about.retry_after)
    off = about.clock_error
    if reason is Reason.SIGNATURE and off is not None and abs(off) > DOUBT:
        return ClockSkew(Reason.CLOCK, code=code, server_text=said)
    return error(reason, code=code, server_text=said)


def _refusal(
    error: type[PCareError], reason: Reason, code: int, said: str, fields: tuple[FieldProblem, ...]
) -> PCareError:
    if error is Refused:
        return Refused(reason, code=code, server_text=said, fields=fields)
    return error(reason, code=code, server_text=said)


def _by_code(code: int, envelope: Envelope, said: str, fields: tuple[FieldProblem, ...]) -> PCareError:
    enveloped = envelope.code is not None
    if code == 408:
        return OutcomeUnknown(Reason.TIMEOUT, code=code, server_text=said)
    if code >= 500:
        return OutcomeUnknown(Reason.SERVER_ERROR, code=code, server_text=said)
    if code <= 200 or 300 <= code < 400 or (code < 300 and not enveloped):
        return OutcomeUnknown(Reason.UNREADABLE, code=code, server_text=said)
    if code == 401 and (not said or _LOGIN_WORDS.search(said) or not enveloped):
        return LoginRejected(Reason.LOGIN, code=code, server_text=said)
    if 400 <= code < 500 and enveloped and _LOGIN_WORDS.search(said) and not fields:
        return LoginRejected(Reason.LOGIN, code=code, server_text=said)
    if code == 403:
        return AccessDenied(Reason.FORBIDDEN, code=code, server_text=said)
    if not enveloped and code in (404, 405, 410):
        return NotSent(Reason.NO_SERVICE, code=code, server_text=said)
    if code == 404:
        return Refused(Reason.NOT_FOUND, code=code, server_text=said, fields=fields)
    if code in (412, 428) or fields:
        return Refused(Reason.VALIDATION, code=code, server_text=said, fields=fields)
    if code in (400, 411, 413, 414, 415):
        return Refused(Reason.MALFORMED, code=code, server_text=said, fields=fields)
    return Refused(Reason.OTHER if enveloped else Reason.MALFORMED, code=code, server_text=said, fields=fields)


def _problems(data: object, blot: Callable[[str], str]) -> tuple[FieldProblem, ...]:
    """Return the `{field, message}` rows of a validation list, given as list or as one object."""
    rows = data if isinstance(data, list) else [data]
    found = [
        FieldProblem(clean(blot(str(row.get("field") or ""))), clean(blot(row["message"])))
        for row in rows[:_MOST_FIELDS]
        if isinstance(row, dict) and isinstance(row.get("message"), str)
    ]
    return tuple(dict.fromkeys(found))
