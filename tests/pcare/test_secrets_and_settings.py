"""Secrets never show, and settings that would give them away are refused."""

import datetime as dt
import logging
import traceback

import httpx
import pytest
from pydantic import ValidationError

from kiosk.pcare import signing
from kiosk.pcare.client import AntreanClient, PCareClient, RegistrationRequest
from kiosk.pcare.errors import NotSent, OutcomeUnknown, PCareError, Reason
from kiosk.pcare.settings import PCareSettings

CARD = "0001234567890"
SECRETS = (
    "s3kr3t-kunci",
    "kunci-pengguna-77",
    "kunci-antrean-88",
    "Rahas1a#12",
    signing.authorization("loket.contoh", "Rahas1a#12", "095").removeprefix("Basic "),
)


def show(error: PCareError) -> str:
    """Return all that a careless caller could print of an error, local variables of our frames too."""
    ours = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [f"{frame.name} {frame.locals}" for frame in ours.stack if "kiosk" in frame.filename and frame.locals]
    return repr((error, str(error), error.args, vars(error), error.exchange, frames, error.__context__))


async def register(client: PCareClient) -> str:
    request = RegistrationRequest(
        participant_facility="0114U163", day=dt.date(2026, 11, 22), card_number=CARD, poli="001"
    )
    return await client.add_registration(request)


ECHOES = {
    "in the message": {"response": None, "metaData": {"code": 412, "message": " ".join(SECRETS)}},
    "in a field list": {
        "response": [{"field": secret, "message": f"x {secret} y"} for secret in SECRETS],
        "metaData": {"code": 412, "message": ""},
    },
    "in a login refusal": {"response": None, "metaData": {"code": 401, "message": f"password {SECRETS[3]}"}},
    "in a page": "<html>" + " ".join(SECRETS) + "</html>",
    "across the cut": {"response": None, "metaData": {"code": 412, "message": "x" * 295 + SECRETS[1]}},
    "nowhere": {"response": {"a": 1}, "metaData": {"code": 200, "message": "OK"}},
}


@pytest.mark.parametrize("content", ECHOES.values(), ids=ECHOES)
async def test_no_secret_and_no_card_in_what_an_error_shows_or_a_log_keeps(peer, client, reply, content, caplog):
    caplog.set_level(logging.DEBUG)
    for status in (200, 412, 500):
        peer.says(reply(content, status=status))
        for call in (register(client), client.participant_by_card(CARD)):
            with pytest.raises(PCareError) as caught, client.recording() as exchanges:
                await call
            shown = show(caught.value) + repr(exchanges) + repr(client.settings) + repr(vars(client))
            for secret in SECRETS:
                assert secret not in shown
            assert "x" + SECRETS[1][:4] not in shown
            assert CARD not in repr(exchanges) + str(caught.value)
    logged = "\n".join(f"{record.getMessage()} {record.args!r}" for record in caplog.records)
    assert "connect_tcp" in logged
    assert CARD not in logged
    for secret in SECRETS:
        assert secret not in logged


async def test_secrets_do_not_show_when_the_line_breaks(peer, open_client) -> None:
    client = await open_client(peer, question_deadline=0.2)
    peer.behave = lambda asked: b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12"
    with pytest.raises(OutcomeUnknown) as caught:
        await client.participant_by_card(CARD)
    assert not any(secret in show(caught.value) for secret in SECRETS)


REFUSED_SETTINGS = {
    "plain http to a host": {"base_url": "http://apijkn.bpjs-kesehatan.go.id/pcare-rest"},
    "credentials in the address": {"base_url": "https://a:b@contoh.invalid/pcare-rest"},
    "a query in the address": {"base_url": "https://contoh.invalid/?a=1"},
    "no host": {"base_url": "https:///pcare-rest"},
    "another scheme": {"base_url": "file:///etc/passwd"},
    "http for the queue": {"antrean_url": "http://contoh.invalid/antreanfktp"},
    "v4 without a user_key": {"user_key": None},
    "a line break in a key": {"user_key": "abc\r\nX-Evil: 1"},
    "blanks around a key": {"secret_key": " kunci "},
    "an empty secret": {"secret_key": ""},
    "an unknown setting": {"verify": False},
    "no time at all": {"deadline": 0},
    "authorities that are not there": {"ca_file": "/tidak/ada/ca.pem"},
    "authorities in a file without certificates": {"ca_file": __file__},
}


@pytest.mark.parametrize("changes", REFUSED_SETTINGS.values(), ids=REFUSED_SETTINGS)
def test_unsafe_settings_are_refused_without_showing_them(make_settings, changes) -> None:
    with pytest.raises(ValidationError) as caught:
        make_settings(8080, **changes)
    assert not any(secret in str(caught.value) for secret in SECRETS)
    assert "X-Evil" not in str(caught.value) and "a:b@" not in str(caught.value)


def test_http_is_allowed_to_this_machine_only(make_settings) -> None:
    for host in ("127.0.0.1", "localhost", "[::1]"):
        assert make_settings(1, base_url=f"http://{host}:8080/x/").base_url == f"http://{host}:8080/x"


def test_settings_are_frozen(make_settings) -> None:
    settings: PCareSettings = make_settings(8080)
    with pytest.raises(ValidationError):
        settings.password = "lain"


def test_the_queue_service_needs_its_own_address_and_key(make_settings) -> None:
    for missing in ("antrean_url", "antrean_user_key"):
        with pytest.raises(ValueError, match="address and its user_key"):
            AntreanClient(make_settings(8080, **{missing: None}))


async def test_the_environment_sends_nothing_elsewhere(peer, open_client, monkeypatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    client = await open_client(peer)
    peer.answers({"noKartu": CARD})
    assert (await client.participant_by_card(CARD)).card_number == CARD


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (httpx.ReadTimeout("x"), (OutcomeUnknown, Reason.TIMEOUT)),
        (httpx.WriteTimeout("x"), (OutcomeUnknown, Reason.TIMEOUT)),
        (httpx.WriteError("x"), (OutcomeUnknown, Reason.CUT)),
        (httpx.ReadError("x"), (OutcomeUnknown, Reason.CUT)),
        (httpx.RemoteProtocolError("x"), (OutcomeUnknown, Reason.CUT)),
        (httpx.ConnectError("x"), (NotSent, Reason.UNREACHABLE)),
        (httpx.ConnectTimeout("x"), (NotSent, Reason.CONNECT_TIMEOUT)),
        (httpx.PoolTimeout("x"), (NotSent, Reason.BUSY)),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_foreign_transport_that_tells_nothing_counts_as_sent(make_settings, error, outcome) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    async with PCareClient(make_settings(8080), transport=httpx.MockTransport(fail)) as client:
        with pytest.raises(PCareError) as caught:
            await register(client)
    assert (type(caught.value), caught.value.reason) == outcome
