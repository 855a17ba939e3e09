"""The faults that can be asked for: what the caller meets, and whether the call took effect."""

import asyncio
import gzip
import json
import time
from typing import Any

import httpx
import pytest

from kiosk.simulator.faults import KINDS, STANDING, FaultError, Faults, listing, parse
from kiosk.simulator.running import Running, running

Expected = Any


async def attempt(caller: Any, **more: Any) -> Any:
    """Register; return the answer or the name of the transport error."""
    try:
        return await caller.ask("POST", "pendaftaran", caller.registration(), **more)
    except httpx.TransportError as error:
        return type(error).__name__


CUT = {"RemoteProtocolError", "ReadError"}


@pytest.mark.parametrize(
    ("fault", "errors", "took_effect"),
    [
        ("outage", CUT, False),
        ("outage:mode=refused", {"ConnectError"}, False),
        ("outage:mode=hang", {"ReadTimeout"}, False),
        ("outage:mode=deaf", {"ConnectTimeout"}, False),
        ("lost_reply", CUT, True),
        ("reset", CUT, False),
        ("reset:effect=yes", CUT, True),
        ("hang", {"ReadTimeout"}, False),
        ("hang:effect=yes", {"ReadTimeout"}, True),
        ("truncated", {"RemoteProtocolError"}, True),
        ("truncated:at=0", {"RemoteProtocolError"}, True),
        ("truncated:at=30", {"RemoteProtocolError"}, True),
        ("truncated:at=9999", {201}, True),
        ("truncated:effect=no", {"RemoteProtocolError", 200}, False),
        ("wrong_length", {"ReadTimeout"}, True),
        ("garbage", {"RemoteProtocolError"}, True),
        ("giant_headers", {"RemoteProtocolError"}, True),
    ],
)
async def test_a_connection_fault_ends_the_call_as_asked(
    simulator: Running, caller: Any, fault: str, errors: set[object], took_effect: bool
) -> None:
    await caller.ask("GET", "kesadaran")
    caller.http.timeout = httpx.Timeout(0.4)
    simulator.set_faults(fault)
    await asyncio.sleep(0.08)
    met = await attempt(caller)
    assert getattr(met, "status", met) in errors
    assert len(simulator.ledger()["registrations"]) == took_effect


@pytest.mark.parametrize("kind", ["endless_100", "endless_chunks", "slow_body:seconds=0.1"])
async def test_an_endless_reply_outlasts_the_patience_of_the_caller(simulator: Running, caller: Any, kind: str) -> None:
    simulator.set_faults(kind)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await attempt(caller)
    simulator.clear_faults()
    assert (await caller.ask("GET", "kesadaran")).code == 200


async def test_a_slow_body_arrives_whole_for_who_waits(simulator: Running, caller: Any) -> None:
    simulator.set_faults("slow_body:seconds=0.001")
    assert (await attempt(caller)).response["message"] == "A1"


@pytest.mark.parametrize(
    ("status", "text", "content_type"),
    [
        (400, "Request Error", "text/html"),
        (401, "Unauthorized!", "application/json"),
        (403, "Unauthorized!", "application/json"),
        (404, "Unauthorized!", "application/json"),
        (408, "REQUEST_TIMEOUT", "application/json"),
        (429, "Rate limit quota violation", "text/plain"),
        (500, "Object reference", "application/json"),
        (502, "Bad Gateway", "text/html"),
        (503, "Service Unavailable", "text/html"),
        (504, "Gateway Timeout", "text/html"),
    ],
)
async def test_an_error_code_looks_as_it_is_known_to_look(
    simulator: Running, caller: Any, status: int, text: str, content_type: str
) -> None:
    simulator.set_faults({"kind": "error", "status": status})
    answer = await attempt(caller)
    assert (answer.status, text in answer.reply.text) == (status, True)
    assert answer.reply.headers["content-type"].startswith(content_type)
    assert simulator.ledger()["registrations"] == []
    simulator.clear_faults()
    simulator.set_faults({"kind": "error", "status": status, "effect": True, "text": "lain"})
    answer = await attempt(caller)
    assert answer.status == status
    assert len(simulator.ledger()["registrations"]) == 1
    assert simulator.ledger()["calls"] == 2


@pytest.mark.parametrize(
    ("mode", "body", "content_type"),
    [
        (
            "html",
            "<html><head><title>Runtime Error</title></head><body><h1>404 - Not Found</h1></body></html>",
            "text/html",
        ),
        ("json", '{"error":"Not Found"}', "application/json"),
        ("text", "Not Found", "text/plain"),
    ],
)
async def test_an_error_code_can_take_any_form(
    simulator: Running, caller: Any, mode: str, body: str, content_type: str
) -> None:
    simulator.set_faults(f"error:status=404,mode={mode}")
    answer = await attempt(caller)
    assert (answer.status, answer.reply.text) == (404, body)
    assert answer.reply.headers["content-type"].startswith(content_type)
    assert simulator.ledger()["registrations"] == []


async def test_an_outage_with_a_page_answers_503(simulator: Running, caller: Any) -> None:
    simulator.set_faults(outage="html503")
    assert (await attempt(caller)).status == 503


async def test_bodies_that_lie_are_sent_as_asked(simulator: Running, caller: Any) -> None:
    async def met(kind: str) -> Any:
        simulator.clear_faults()
        simulator.set_faults(kind)
        return await caller.ask("GET", "kesadaran")

    assert "<html>" in (await met("html200")).reply.text
    assert (await met("string_code")).code == "200"
    assert (await met("wrong_key")).response == "?"
    assert (await met("bad_base64")).response == "?"
    assert isinstance((await met("wrong_types")).response["count"], str)
    assert b"NaN" in (await met("nan")).reply.content
    with pytest.raises(RecursionError):
        await met("deep_json")


async def test_a_bomb_is_small_on_the_wire_and_large_when_opened(simulator: Running, caller: Any) -> None:
    simulator.set_faults("gzip_bomb")
    timestamp = str(int(time.time()))
    url = f"{caller.credentials.base_url}/kesadaran"
    async with caller.http.stream("GET", url, headers=caller.headers(timestamp)) as reply:
        packed = b"".join([part async for part in reply.aiter_raw()])
    assert len(packed) < 200_000
    opened = gzip.decompress(packed)  # which looks at checksum and length
    assert len(opened) > 100_000_000
    assert set(json.loads(opened)["response"]) == {"a"}
    simulator.clear_faults()
    simulator.set_faults("lz_bomb")
    reply = await caller.http.get(url, headers=caller.headers(timestamp))
    assert len(reply.content) < 20_000
    assert caller.read(reply, timestamp).response == "?"


async def test_a_redirect_leads_to_itself_for_ever(simulator: Running, caller: Any) -> None:
    simulator.set_faults("redirect")
    with pytest.raises(httpx.TooManyRedirects):
        await caller.http.get(f"{caller.credentials.base_url}/kesadaran", follow_redirects=True)


async def test_a_late_call_takes_effect_after_the_connection_is_gone(simulator: Running, caller: Any) -> None:
    simulator.set_faults({"kind": "late", "seconds": 0.3, "count": 1})
    assert await attempt(caller) in CUT
    assert simulator.ledger()["registrations"] == []
    await asyncio.sleep(0.5)
    assert len(simulator.ledger()["registrations"]) == 1
    assert (await attempt(caller)).code == 401


async def test_a_call_that_is_given_up_during_a_delay_still_takes_effect(simulator: Running, caller: Any) -> None:
    simulator.set_faults(latency=0.4)
    caller.http.timeout = httpx.Timeout(0.1)
    assert await attempt(caller) == "ReadTimeout"
    await asyncio.sleep(0.5)
    assert len(simulator.ledger()["registrations"]) == 1


async def test_latency_is_within_its_range(simulator: Running, caller: Any) -> None:
    simulator.set_faults(latency=[0.1, 0.2])
    began = time.perf_counter()
    await caller.ask("GET", "kesadaran")
    assert 0.1 <= time.perf_counter() - began < 1


async def test_login_and_contract_are_refused_on_demand(simulator: Running, caller: Any) -> None:
    simulator.set_faults("login")
    answer = await attempt(caller)
    assert (answer.code, "password" in answer.message) == (401, True)
    simulator.clear_faults()
    simulator.set_faults("expired")
    assert (await attempt(caller)).message == "Unauthorized! Consumer ID is expired!"
    assert simulator.ledger()["registrations"] == []


@pytest.mark.parametrize("seconds", [3600, -3600, 3 * 86_400, pytest.param(60 - time.time(), id="1970")])
async def test_a_wrong_clock_shows_in_the_date_and_in_the_signature(
    simulator: Running, caller: Any, seconds: int
) -> None:
    simulator.set_faults({"kind": "clock", "seconds": seconds})
    answer = await caller.ask("GET", "kesadaran")
    assert answer.message == "Signature Service Tidak Sesuai"
    from email.utils import parsedate_to_datetime

    served = parsedate_to_datetime(answer.reply.headers["date"]).timestamp()
    assert abs(served - time.time() - seconds) < 5
    assert (await caller.ask("GET", "kesadaran", at=served)).code == 200
    simulator.clear_faults()
    assert (await caller.ask("GET", "kesadaran")).code == 200


async def test_a_stale_list_shows_a_registration_later(simulator: Running, caller: Any) -> None:
    simulator.set_faults(stale=0.4)
    await caller.register()
    path = f"pendaftaran/tglDaftar/{caller.today}/0/10"
    assert (await caller.ask("GET", path)).status == 204
    await asyncio.sleep(0.5)
    assert (await caller.ask("GET", path)).code == 200


async def test_a_short_list_does_not_hold_what_it_counts(simulator: Running, caller: Any) -> None:
    for member in range(3):
        await caller.register(member)
    simulator.set_faults(short_list=True)
    answer = await caller.ask("GET", f"pendaftaran/tglDaftar/{caller.today}/0/3")
    assert (answer.response["count"], len(answer.response["list"])) == (3, 2)


async def test_a_fault_meets_only_the_calls_it_names(simulator: Running, caller: Any) -> None:
    simulator.set_faults({"kind": "error", "status": 502, "method": "post", "path": "/PENDAFTARAN", "count": 2})
    assert (await caller.ask("GET", f"pendaftaran/tglDaftar/{caller.today}/0/3")).status == 204
    assert (await caller.ask("GET", "kesadaran")).status == 200
    assert [(await attempt(caller)).status for _ in range(3)] == [502, 502, 201]
    simulator.set_faults("error:status=503,path=pendaftaran/tgl*")
    assert (await caller.ask("GET", f"pendaftaran/tglDaftar/{caller.today}/0/3")).status == 503
    assert (await caller.ask("GET", "poli/fktp/0/3")).status == 200


async def test_bad_https_cannot_be_asked_of_who_speaks_plain_http(simulator: Running, caller: Any) -> None:
    reply = await caller.http.post(f"{simulator.credentials.control_url}/faults", json={"tls": "expired"})
    assert (reply.status_code, "--tls" in reply.json()["error"]) == (400, True)
    assert (await caller.ask("GET", "kesadaran")).code == 200


async def test_chance_comes_from_the_seed(caller: Any) -> None:
    async def met(seed: int) -> list[int]:
        async with running(seed=seed) as up, httpx.AsyncClient(trust_env=False) as http:
            up.set_faults("error:status=502,probability=0.5")
            other = type(caller)(up.credentials, http)
            return [(await other.ask("GET", "kesadaran")).status for _ in range(24)]

    first = await met(5)
    assert first == await met(5) != await met(6)
    assert 4 < first.count(502) < 20


async def test_faults_are_set_shown_and_ended_over_the_wire(simulator: Running, caller: Any) -> None:
    for url in (simulator.credentials.control_url, caller.credentials.base_url.rsplit("/", 1)[0] + "/_simulator"):
        shown = (await caller.http.post(f"{url}/faults", json={"outage": True, "latency": 0.01})).json()["faults"]
        assert [each["kind"] for each in shown] == ["outage", "latency"]
        assert await attempt(caller) in CUT
        shown = (await caller.http.post(f"{url}/faults", json={"outage": False})).json()["faults"]
        assert [each["kind"] for each in shown] == ["latency"]
        assert (await caller.http.get(f"{url}/faults")).json()["faults"] == shown
        assert (await caller.http.delete(f"{url}/faults")).json() == {"faults": []}


async def test_asking_again_for_an_outage_replaces_the_one_before(simulator: Running) -> None:
    for mode in ("drop", "html503"):
        simulator.set_faults(outage=mode)
    assert [each.mode for each in simulator.simulator.faults.active] == ["html503"]


async def test_a_shut_door_opens_again_by_the_second_one(simulator: Running, caller: Any) -> None:
    control = simulator.credentials.control_url
    caller.http.timeout = httpx.Timeout(1, connect=0.2)
    for mode, error in (
        ("refused", "ConnectError"),
        ("deaf", "ConnectTimeout"),
        ("deaf", "ConnectTimeout"),
        ("refused", "ConnectError"),
        ("refused", "ConnectError"),
    ):
        await caller.http.post(f"{control}/faults", json={"outage": mode})
        await asyncio.sleep(0.08)
        assert await attempt(caller) == error
        other = {"refused": "deaf", "deaf": "refused"}[mode]
        await caller.http.post(f"{control}/faults", json={"outage": other})  # from one to the other
        assert await attempt(caller) == {"refused": "ConnectError", "deaf": "ConnectTimeout"}[other]
        await caller.http.delete(f"{control}/faults")
        await asyncio.sleep(0.02)
        assert (await caller.ask("GET", "kesadaran")).code == 200


@pytest.mark.parametrize(
    "body",
    [[1], 7, None, "outage", {"kind": "apa"}, {"apa": True}, {"kind": "latency", "seconds": "lama"},
     {"kind": "latency", "seconds": [2, 1]}, {"kind": "latency", "seconds": -1}, {"kind": "error", "status": 299},
     {"kind": "error", "probability": 2}, {"kind": "error", "count": 0}, {"kind": "outage", "mode": "apa"},
     {"kind": "outage", "mode": "expired"}, {"kind": "tls", "mode": "drop"},
     {"kind": "error", "mode": "drop"},
     {"kind": "error", "effect": "mungkin"}, {"kind": "error", "apa": 1}, {"kind": "error", "method": 7},
     {"kind": "latency", "seconds": float("nan")}, {"faults": [{"outage": True}, {"kind": "apa"}]}],
)  # fmt: skip
async def test_a_fault_that_cannot_be_read_changes_nothing(simulator: Running, caller: Any, body: object) -> None:
    url = f"{simulator.credentials.control_url}/faults"
    reply = await caller.http.post(url, content=json.dumps(body))
    assert reply.status_code == 400
    assert reply.json()["error"]
    assert (await caller.http.get(url)).json() == {"faults": []}


@pytest.mark.parametrize(
    "spec", ["", "apa", "error:status", "error:status=abc", "latency:seconds=", "lost_reply:count=-1"]
)
def test_a_fault_of_the_command_line_that_cannot_be_read_is_refused(spec: str) -> None:
    with pytest.raises(FaultError):
        parse(spec)


def test_every_kind_can_be_asked_for_by_its_name_and_is_listed() -> None:
    import random

    faults = Faults(random.Random(1), tls=True)
    for kind in KINDS:
        assert kind.name in listing()
        faults.clear()
        faults.add({kind.name: True})
        met = faults.plan("GET", "kesadaran")
        if kind.name in STANDING:
            assert met.fault is None
            assert faults.standing(kind.name)
        elif kind.name == "latency":
            assert met.delay > 0
        else:
            assert met.fault
            assert met.fault.kind == kind.name


async def test_the_simulator_ends_in_a_second_with_callers_hanging(caller: Any) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=10) as http:
        async with running() as up:
            up.set_faults("hang")
            other = type(caller)(up.credentials, http)
            hanging = [asyncio.create_task(attempt(other)) for _ in range(5)]
            await asyncio.sleep(0.2)
            began = time.perf_counter()
        assert time.perf_counter() - began < 2
        assert set(await asyncio.gather(*hanging)) <= CUT
