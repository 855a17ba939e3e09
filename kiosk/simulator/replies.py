"""What the simulated service answers: a code, a message and a response, before any envelope or encryption."""

from dataclasses import dataclass
from typing import Any

MESSAGES = {
    200: "OK",
    201: "CREATED",
    204: "NO_CONTENT",
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    408: "REQUEST_TIMEOUT",
    412: "PRECONDITION_FAILED",
    428: "PRECONDITION_REQUIRED",
}
JVALUE = "Cannot access child value on Newtonsoft.Json.Linq.JValue."
NOT_IN_REFERENCE = "Tidak sesuai dengan referensi sistem."


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the service; `html` is set where the web server in front answers with a page instead."""

    code: int
    message: str
    response: Any = None
    html: str = ""


def ok(response: Any) -> Reply:
    """200 OK, or 204 where there is nothing."""
    return Reply(200, "OK", response)


def page(rows: list[Any], start: int, limit: int, total: int | None = None) -> Reply:
    """A list with its total count, cut to `limit` rows from `start`; 204 when there is no row at all."""
    count = len(rows) if total is None else total
    if not count:
        return nothing()
    return ok({"count": count, "list": rows[start : start + limit] if total is None else rows})


def created(field: str, number: object) -> Reply:
    """201 CREATED with the number of what was made."""
    return Reply(201, "CREATED", {"field": field, "message": str(number)})


def nothing() -> Reply:
    """204 NO_CONTENT."""
    return Reply(204, "NO_CONTENT")


def invalid(*rows: tuple[str, str]) -> Reply:
    """412 with the list of fields that are wrong."""
    return Reply(412, MESSAGES[412], [{"field": field, "message": message} for field, message in rows])


def request_error() -> Reply:
    """The page of the web server for a path or a parameter that it cannot parse."""
    return Reply(400, MESSAGES[400], html=REQUEST_ERROR_PAGE)


REQUEST_ERROR_PAGE = (
    '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">\n'
    '<html><head><title>Request Error</title></head><body><div id="content"><p class="heading1">Request Error</p>'
    "<p>The server encountered an error processing the request.</p></div></body></html>"
)
