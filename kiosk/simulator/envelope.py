"""From an answer of the service to the bytes of an HTTP reply: envelope, encryption, status."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from kiosk.pcare.codec import encrypt
from kiosk.pcare.signing import aes_key
from kiosk.simulator.replies import MESSAGES, Reply
from kiosk.simulator.service import ANTREAN, PCARE_V3, Gateway
from kiosk.simulator.variants import Variants
from kiosk.simulator.world import Facility

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What goes out over HTTP."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sealing:
    """What is needed to wrap an answer: the service's name, who asked and when, and the switches."""

    name: str
    method: str
    facility: Facility | None
    timestamp: str
    variants: Variants

    def key(self) -> bytes:
        """Return the key of the request's own timestamp."""
        if self.facility is None:
            return b"\0" * 32
        return aes_key(self.facility.cons_id, self.facility.seal.secret_key, self.timestamp)


def wrap(answer: Reply | Gateway, sealing: Sealing) -> HttpReply:
    """Wrap an answer as the switches say."""
    if isinstance(answer, Gateway):
        if answer.as_json is None:
            return HttpReply(answer.status, answer.text.encode(), TEXT)
        return HttpReply(answer.status, dump(answer.as_json))
    if answer.html:
        return HttpReply(answer.code, answer.html.encode(), HTML)
    if sealing.name == ANTREAN:
        return _wrap_antrean(answer, sealing)
    if answer.code == 204 and sealing.variants["empty"] == "204":
        return HttpReply(204, b"")
    if answer.code >= 400 and sealing.variants["errors"] == "text":
        answer = _as_text(answer)
    elif answer.code >= 400 and sealing.variants["errors"] == "object" and _is_one_row(answer.response):
        answer = Reply(answer.code, answer.message, answer.response[0])
    sealed = sealing.name != PCARE_V3 and (answer.code < 400 or sealing.variants["errors"] == "encrypted")
    response = seal(answer.response, sealing) if sealed else answer.response
    status = 200 if sealing.variants["http_status"] == "200" or answer.code == 204 else answer.code
    return HttpReply(status, dump(_enveloped(response, answer.code, answer.message, sealing.variants)))


def _as_text(refusal: Reply) -> Reply:
    """Put a refusal into one plain sentence in `response`, where it otherwise is a list or stands in the message."""
    rows = refusal.response if isinstance(refusal.response, list) else []
    named = [(str(row["field"]), str(row["message"])) for row in rows]
    parts = [words if words.startswith(field) else f"{field} {words}" for field, words in named]
    return Reply(refusal.code, HTTPStatus(refusal.code).name, "; ".join(parts) or refusal.message)


def _is_one_row(response: Any) -> bool:
    return isinstance(response, list) and len(response) == 1


def seal(response: Any, sealing: Sealing) -> Any:
    """Encrypt a response; what is empty stays plain."""
    if response is None or response == "" or response == []:
        return response
    return encrypt(json.dumps(response, ensure_ascii=False, separators=(",", ":")), sealing.key())


def dump(value: Any) -> bytes:
    """Return JSON bytes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _enveloped(response: Any, code: int, message: str, variants: Variants) -> dict[str, Any]:
    shown: int | str = code if variants["code_type"] == "int" else str(code)
    names = {"metaData": ("metaData", "code"), "metadata": ("metadata", "code"), "Code": ("metaData", "Code")}
    outer, inner = names[variants["envelope"]]
    envelope = {"response": response, outer: {"message": message, inner: shown}}
    if response is None and variants["null_response"] == "absent":
        del envelope["response"]
    return envelope


def _wrap_antrean(answer: Reply, sealing: Sealing) -> HttpReply:
    variants = sealing.variants
    response = answer.response
    if sealing.method == "GET" and variants["antrean_response"] == "encrypted":
        response = seal(response, sealing)
    code: int | str = answer.code
    if variants["code_type"] == "string":
        code = str(code)
    failed = answer.code not in (1, 200)
    if failed and variants["errors"] == "text":
        response = answer.message
    body: dict[str, Any] = {variants["antrean_envelope"]: {"message": answer.message, "code": code}}
    if response is not None:
        body["response"] = response
    status = answer.code if failed and (answer.code >= 400 or variants["antrean_status"] == "mirror") else 200
    return HttpReply(status, dump(body))


def error_reply(status: int, text: str, form: str) -> HttpReply:
    """Return the reply of a broken service or its gateway: as each status is known to look, or in another form."""
    words = text or HTTPStatus(status).phrase
    if form == "html":
        return HttpReply(status, _page(f"{status} - {words}").encode(), HTML)
    if form == "json":
        return HttpReply(status, dump({"error": words}))
    if form == "text":
        return HttpReply(status, words.encode(), TEXT)
    if status == 408:
        return HttpReply(408, dump({"response": None, "metaData": {"message": MESSAGES[408], "code": 408}}))
    if status == 429:
        return HttpReply(429, (text or "Rate limit quota violation").encode(), TEXT, {"Retry-After": "1"})
    if status == 500:
        return HttpReply(500, dump({"response": [], "metaData": {"message": text or NULL_REFERENCE, "code": 500}}))
    if status in (401, 403, 404):
        message = text or "Unauthorized! You are not registered for this service!"
        return HttpReply(status, dump({"response": None, "metaData": {"message": message, "code": status}}))
    title = {400: "Request Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}[status]
    return HttpReply(status, _page(text or title, title).encode(), HTML)


def _page(text: str, title: str = "Runtime Error") -> str:
    return f"<html><head><title>{title}</title></head><body><h1>{text}</h1></body></html>"


NULL_REFERENCE = "Object reference not set to an instance of an object."
