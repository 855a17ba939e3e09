"""Where sources disagree about the wire, both are understood: one row, one conflict."""

import datetime as dt
import json

import pytest

from kiosk.pcare.client import RegistrationRequest
from kiosk.pcare.clock import ServerClock
from kiosk.pcare.errors import (
    AccessDenied,
    AlreadyThere,
    ClockSkew,
    LoginRejected,
    NotSent,
    OutcomeUnknown,
    PCareError,
    Reason,
    Refused,
)

DAY = dt.date(2026, 11, 22)
CARD = "0001234567890"
MEMBER = {"noKartu": CARD, "nama": "BUDI CONTOH", "aktif": True}
NUMBER = {"field": "noUrut", "message": "A1"}
DUPLICATE = "Peserta sudah di-entri di poli yang sama pada hari yang sama."
PROBLEMS = [
    {"field": "kdPoli", "message": "Tidak sesuai dengan referensi sistem."},
    {"field": "kdPoli", "message": "Tidak sesuai dengan referensi sistem."},
    {"field": "tglDaftar", "message": "harus diisi"},
]
HTML_400 = "<HTML><HEAD><TITLE>Request Error</TITLE></HEAD><BODY><P class='heading1'>Request Error</P></BODY></HTML>"
NEWTONSOFT = "Cannot access child value on Newtonsoft.Json.Linq.JValue."


def ok(response, code=200, message="OK", meta="metaData", code_name="code"):
    return {"response": response, meta: {"message": message, code_name: code}}


class Sealed:
    """A value that the peer encrypts before it sends it."""

    def __init__(self, value: object) -> None:
        self.value = value


async def read(client):
    member = await client.participant_by_card(CARD)
    return member and member.name


async def write(client):
    request = RegistrationRequest(participant_facility="0114U163", day=DAY, card_number=CARD, poli="001")
    return await client.add_registration(request)


async def delete(client):
    return await client.delete_registration(CARD, DAY, "A1", "001")


# name: (call, HTTP status, content, what comes of it)
CONFLICTS = {
    "response encrypted": (read, 200, ok(Sealed(MEMBER)), "BUDI CONTOH"),
    "response a plain object": (read, 200, ok(MEMBER), "BUDI CONTOH"),
    "response plain JSON in a string": (read, 200, ok(json.dumps(MEMBER)), "BUDI CONTOH"),
    "response null on a read": (read, 200, ok(None), None),
    "response missing on a delete": (delete, 200, {"metaData": {"code": 200, "message": "OK"}}, True),
    "response empty string on a delete": (delete, 200, ok(""), True),
    "response null on a delete": (delete, 200, ok(None), True),
    "response a plain word on a delete": (delete, 200, ok("berhasil"), True),
    "code as string": (read, 200, ok(Sealed(MEMBER), "200"), "BUDI CONTOH"),
    "code as decimal": (read, 200, ok(Sealed(MEMBER), 200.0), "BUDI CONTOH"),
    "Code with a capital": (read, 200, ok(Sealed(MEMBER), code_name="Code"), "BUDI CONTOH"),
    "metadata in lower case": (read, 200, ok(Sealed(MEMBER), meta="metadata"), "BUDI CONTOH"),
    "MetaData with capitals": (read, 200, ok(Sealed(MEMBER), meta="MetaData"), "BUDI CONTOH"),
    "204 with an empty body": (read, 204, None, None),
    "204 inside 200 with null": (read, 200, ok(None, 204, "NO_CONTENT"), None),
    "204 as string inside 200": (read, 200, ok(None, "204", "NO_CONTENT"), None),
    "204 inside 200 with empty list": (read, 200, ok([], 204, "NO_CONTENT"), None),
    "204 on a delete": (delete, 204, None, False),
    "created as object": (write, 201, ok(Sealed(NUMBER), 201, "CREATED"), "A1"),
    "created as list": (write, 201, ok(Sealed([NUMBER]), 201, "CREATED"), "A1"),
    "created as plain object": (write, 201, ok(NUMBER, 201, "CREATED"), "A1"),
    "created under HTTP 200": (write, 200, ok(Sealed(NUMBER), 201, "CREATED"), "A1"),
    "created with code 200": (write, 201, ok(Sealed(NUMBER), 200, "OK"), "A1"),
    "created with a number that is an int": (write, 201, ok({"field": "noUrut", "message": 1}, 201), "1"),
    "duplicate under 401": (write, 401, ok(None, 401, DUPLICATE), (AlreadyThere, Reason.DUPLICATE)),
    "duplicate under 401 inside HTTP 200": (write, 200, ok(None, 401, DUPLICATE), (AlreadyThere, Reason.DUPLICATE)),
    "duplicate under 428": (write, 428, ok(None, 428, DUPLICATE), (AlreadyThere, Reason.DUPLICATE)),
    "duplicate under 412 in a plain list": (
        write,
        412,
        ok([{"field": "noKartu", "message": DUPLICATE}], 412, "PRECONDITION_FAILED"),
        (AlreadyThere, Reason.DUPLICATE),
    ),
    "duplicate under 412 in an encrypted list": (
        write,
        412,
        ok(Sealed([{"field": "noKartu", "message": DUPLICATE}]), 412, "PRECONDITION_FAILED"),
        (AlreadyThere, Reason.DUPLICATE),
    ),
    "duplicate under 412 in one object": (
        write,
        412,
        ok({"field": "noKartu", "message": DUPLICATE}, 412),
        (AlreadyThere, Reason.DUPLICATE),
    ),
    "duplicate under 412 as plain string": (write, 412, ok(DUPLICATE, 412), (AlreadyThere, Reason.DUPLICATE)),
    "duplicate under 412 as encrypted string": (
        write,
        412,
        ok(Sealed(DUPLICATE), 412),
        (AlreadyThere, Reason.DUPLICATE),
    ),
    "duplicate in the older words": (
        write,
        401,
        ok(None, "401", "Peserta sudah di-entri pada hari yang sama"),
        (AlreadyThere, Reason.DUPLICATE),
    ),
    "401 that is a login": (write, 401, ok(None, 401, "UNAUTHORIZED"), (LoginRejected, Reason.LOGIN)),
    "401 that is an expired password": (
        read,
        401,
        ok(None, 401, "Password anda sudah expired"),
        (LoginRejected, Reason.LOGIN),
    ),
    "401 as an empty page": (read, 401, None, (LoginRejected, Reason.LOGIN)),
    "401 that is about screening": (
        write,
        401,
        ok(None, 401, "Anda belum melakukan skrining kesehatan."),
        (Refused, Reason.SCREENING_NEEDED),
    ),
    "401 in business words": (write, 401, ok(None, 401, "Peserta tidak aktif"), (Refused, Reason.OTHER)),
    "412 list plain": (write, 412, ok(PROBLEMS, 412), (Refused, Reason.VALIDATION)),
    "412 list encrypted": (write, 412, ok(Sealed(PROBLEMS), 412), (Refused, Reason.VALIDATION)),
    "412 inside HTTP 200": (write, 200, ok(Sealed(PROBLEMS), 412), (Refused, Reason.VALIDATION)),
    "412 without a list": (write, 412, ok(None, 412, "PRECONDITION_FAILED"), (Refused, Reason.VALIDATION)),
    "visit before registration": (
        write,
        412,
        ok([{"field": "noKartu", "message": "Belum melakukan pendaftaran pada poli tersebut."}], 412),
        (Refused, Reason.NO_REGISTRATION),
    ),
    "reference text under 500": (
        write,
        500,
        ok([], 500, "kdPoli Tidak sesuai dengan referensi sistem"),
        (Refused, Reason.VALIDATION),
    ),
    ".NET text under 500": (write, 500, ok([], 500, NEWTONSOFT), (OutcomeUnknown, Reason.SERVER_ERROR)),
    "not-found words under 500": (
        write,
        500,
        ok(None, 500, "Object tidak ditemukan"),
        (OutcomeUnknown, Reason.SERVER_ERROR),
    ),
    "500 inside HTTP 200": (write, 200, ok(None, 500, "gagal"), (OutcomeUnknown, Reason.SERVER_ERROR)),
    "HTTP 500 with code 200": (write, 500, ok(Sealed(NUMBER), 200), (OutcomeUnknown, Reason.SERVER_ERROR)),
    "500 from the gateway": (
        write,
        500,
        {"error": "Internal server error"},
        (OutcomeUnknown, Reason.SERVER_ERROR),
    ),
    "400 as an HTML page": (write, 400, HTML_400, (Refused, Reason.MALFORMED)),
    "400 as an envelope": (write, 400, ok(None, 400, "BAD_REQUEST"), (Refused, Reason.MALFORMED)),
    "404 as an HTML page": (
        write,
        404,
        "<html>404 - File or directory not found.</html>",
        (NotSent, Reason.NO_SERVICE),
    ),
    "404 as an envelope about a member": (read, 404, ok(None, 404, "Data peserta tidak ditemukan"), None),
    "404 as an envelope about anything": (read, 404, ok(None, 404, "Not Found"), (Refused, Reason.NOT_FOUND)),
    "502 as an HTML page": (write, 502, "<html>Bad Gateway</html>", (OutcomeUnknown, Reason.SERVER_ERROR)),
    "HTML with 200": (write, 200, "<html>Runtime Error</html>", (OutcomeUnknown, Reason.UNREADABLE)),
    "a page with 200 that speaks of nothing found": (
        read,
        200,
        "<html>Halaman tidak ditemukan</html>",
        (OutcomeUnknown, Reason.UNREADABLE),
    ),
    "a 502 page that speaks of authentication": (
        write,
        502,
        "<html>Authentication failed upstream</html>",
        (OutcomeUnknown, Reason.SERVER_ERROR),
    ),
    "empty body with 200": (write, 200, "", (OutcomeUnknown, Reason.UNREADABLE)),
    "JSON null with 200": (write, 200, "null", (OutcomeUnknown, Reason.UNREADABLE)),
    "no envelope with 200": (write, 200, {"noUrut": "A1"}, (OutcomeUnknown, Reason.UNREADABLE)),
    "created without a number": (write, 201, ok(None, 201, "CREATED"), (OutcomeUnknown, Reason.UNREADABLE)),
    "created with a sentence for a number": (
        write,
        201,
        ok([{"field": "noUrut", "message": "Peserta gagal disimpan"}], 201, "CREATED"),
        (OutcomeUnknown, Reason.UNREADABLE),
    ),
    "302 with an envelope that says yes": (write, 302, ok(NUMBER, 201), (OutcomeUnknown, Reason.UNREADABLE)),
    "created with a text that is no reply": (
        write,
        201,
        ok("a2FtdSBzaWFwYQ==", 201, "CREATED"),
        (OutcomeUnknown, Reason.UNREADABLE),
    ),
    "408 of the back end": (
        write,
        408,
        ok(None, 408, "REQUEST_TIMEOUT"),
        (OutcomeUnknown, Reason.TIMEOUT),
    ),
    "408 inside HTTP 200": (write, 200, ok(None, 408, "REQUEST_TIMEOUT"), (OutcomeUnknown, Reason.TIMEOUT)),
    "429 as text": (write, 429, "Rate limit quota violation", (NotSent, Reason.QUOTA)),
    "429 as envelope": (write, 429, ok(None, 429, "Rate limit quota violation"), (NotSent, Reason.QUOTA)),
    "service not enabled, code 404": (
        write,
        404,
        ok(None, 404, "Unauthorized! You are not registered for this service!"),
        (AccessDenied, Reason.NOT_ENABLED),
    ),
    "service not enabled, bare text under 401": (
        write,
        401,
        "Unauthorized! You are not registered for this service!",
        (AccessDenied, Reason.NOT_ENABLED),
    ),
    "consumer expired": (
        write,
        401,
        ok(None, 401, "Unauthorized! Consumer ID is expired!"),
        (AccessDenied, Reason.CONSUMER_EXPIRED),
    ),
    "path unknown to the gateway": (write, 404, "No Mapping Rule matched", (AccessDenied, Reason.UNKNOWN_PATH)),
    "signature refused": (
        write,
        401,
        ok(None, 401, "Signature Service Tidak Sesuai"),
        (AccessDenied, Reason.SIGNATURE),
    ),
    "user_key refused": (
        write,
        403,
        {"error": "Authentication failed"},
        (AccessDenied, Reason.USER_KEY),
    ),
    "403 as a page": (write, 403, "<html>Forbidden</html>", (AccessDenied, Reason.FORBIDDEN)),
    "302 to elsewhere": (write, 302, "", (OutcomeUnknown, Reason.UNREADABLE)),
    "lone surrogate escape in a name": (
        read,
        200,
        '{"metaData":{"code":200},"response":'
        '{"noKartu":"0001234567890","nama":"BUDI \\ud800 \\\\ud800 \\ud83d\\ude00"}}',
        "BUDI \ufffd \\ud800 \U0001f600",
    ),
}


@pytest.mark.parametrize(("call", "status", "content", "outcome"), CONFLICTS.values(), ids=CONFLICTS)
async def test_every_variant_is_understood(peer, client, reply, call, status, content, outcome) -> None:
    def behave(asked):
        value = content
        if isinstance(value, dict) and isinstance(value.get("response"), Sealed):
            value = value | {"response": peer.seal(value["response"].value, asked)}
        return reply(value, status=status)

    peer.behave = behave
    if not isinstance(outcome, tuple):
        assert await call(client) == outcome
        return
    with pytest.raises(PCareError) as caught:
        await call(client)
    assert (type(caught.value), caught.value.reason) == outcome
    assert caught.value.exchange.status == status


async def test_field_problems_are_named_once_each(peer, client, reply) -> None:
    peer.says(reply(ok(PROBLEMS, 412, "PRECONDITION_FAILED"), status=412))
    with pytest.raises(Refused) as caught:
        await write(client)
    assert [(p.field, p.message) for p in caught.value.fields] == [
        ("kdPoli", "Tidak sesuai dengan referensi sistem."),
        ("tglDaftar", "harus diisi"),
    ]
    assert caught.value.code == 412


async def test_the_gateways_wish_to_wait_is_passed_on(peer, client, reply) -> None:
    for wish, seconds in (("30", 30.0), ("999999", 3600.0), ("soon", None)):
        peer.says(reply("Rate limit quota violation", status=429, headers={"Retry-After": wish}))
        with pytest.raises(NotSent) as caught:
            await write(client)
        assert caught.value.retry_after == seconds


async def test_server_words_are_cut_and_cleaned(peer, client, reply) -> None:
    peer.says(reply(ok(None, 412, "gagal\x1b[31m\u202e\n" + "x" * 1000), status=412))
    with pytest.raises(Refused) as caught:
        await write(client)
    assert caught.value.server_text.startswith("gagal [31m xxx")
    assert len(caught.value.server_text) == 300


async def test_a_refused_signature_with_a_wrong_clock_is_the_clocks_fault(peer, open_client, reply) -> None:
    clock = {"now": 1_700_000_000.0}
    client = await open_client(peer, clock=lambda: clock["now"])
    no = ok(None, 401, "Signature Service Tidak Sesuai")
    peer.says(reply(no, status=401, headers={"Date": "Tue, 14 Nov 2023 23:13:20 GMT"}))
    with pytest.raises(ClockSkew):
        await read(client)
    assert client.clock_wrong and abs(client.skew_seconds - 3600) < 2
    peer.answers(MEMBER)
    assert await read(client) == "BUDI CONTOH"
    first, second = (int(asked.headers["x-timestamp"]) for asked in peer.asked)
    assert first == 1_700_000_000 and abs(second - first - 3600) < 2


async def test_a_clock_that_a_strict_service_refuses_is_the_clocks_fault_too(peer, open_client, reply) -> None:
    client = await open_client(peer, clock=lambda: 1_700_000_000.0)
    no = ok(None, 401, "Signature Service Tidak Sesuai")
    peer.says(reply(no, status=401, headers={"Date": "Tue, 14 Nov 2023 22:13:40 GMT"}))
    with pytest.raises(ClockSkew):
        await read(client)
    assert abs(client.skew_seconds - 20) < 2 and not client.clock_wrong
    with pytest.raises(AccessDenied):  # signed with the right time by then, so it is the key
        await read(client)


def test_a_slow_answer_does_not_look_like_a_slow_clock() -> None:
    clock = ServerClock(lambda: 1_700_000_000.0)
    assert clock.learn("Tue, 14 Nov 2023 22:13:29 GMT", 1_700_000_000.0, 9.5) == 0
    assert clock.skew_seconds == 0.0
    assert clock.learn("Tue, 14 Nov 2023 22:14:29 GMT", 1_700_000_000.0, 9.5) == pytest.approx(59.5)
    assert clock.learn("Tue, 14 Nov 2023 22:12:20 GMT", 1_700_000_000.0, 9.5) == pytest.approx(-59)


async def test_small_differences_of_the_clock_are_left_alone(peer, open_client, reply) -> None:
    client = await open_client(peer, clock=lambda: 1_700_000_000.9)
    peer.says(reply(ok(MEMBER), headers={"Date": "Tue, 14 Nov 2023 22:13:20 GMT"}))
    await read(client)
    assert client.skew_seconds == 0.0 and not client.clock_wrong


@pytest.mark.parametrize("date", ["", "kemarin", "Tue, 99 Nov 2023 23:13:20 GMT", "Tue, 14 Nov 99999 23:13:20 GMT"])
async def test_a_senseless_date_teaches_nothing(peer, client, reply, date) -> None:
    peer.says(reply(ok(MEMBER), headers={"Date": date}))
    assert await read(client) == "BUDI CONTOH"
    assert client.skew_seconds == 0.0
