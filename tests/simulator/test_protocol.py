"""Who may ask, and in which form the answers come."""

import base64
import json
import socket
import time

import httpx
import pytest

from kiosk.simulator.running import Running, running


async def test_a_member_is_answered_encrypted_and_readable_with_the_key_of_the_request(caller) -> None:
    member = caller.members[0]
    answer = await caller.ask("GET", f"peserta/{member['noKartu']}")
    assert (answer.status, answer.code, answer.message) == (200, 200, "OK")
    assert answer.response["nama"] == member["nama"]
    assert member["nama"] not in answer.reply.text


async def test_the_same_question_a_second_later_has_another_key(caller) -> None:
    path, now = f"peserta/{caller.members[0]['noKartu']}", time.time()
    first = await caller.ask("GET", path, at=now)
    second = await caller.ask("GET", path, at=now - 1)
    assert first.response == second.response
    assert first.reply.json()["response"] != second.reply.json()["response"]


@pytest.mark.parametrize(
    ("changed", "status", "text"),
    [
        ({"x_cons_id": "00000"}, 404, "Unauthorized! You are not registered for this service!"),
        ({"x_cons_id": None}, 404, "Unauthorized! You are not registered for this service!"),
        ({"x_signature": "AAAA"}, 401, "Signature Service Tidak Sesuai"),
        ({"x_signature": "é"}, 401, "Signature Service Tidak Sesuai"),
        ({"x_signature": None}, 401, "Signature Service Tidak Sesuai"),
        ({"x_timestamp": "besok"}, 401, "Signature Service Tidak Sesuai"),
        ({"x_timestamp": None}, 401, "Signature Service Tidak Sesuai"),
        ({"x_timestamp": "1" * 13}, 401, "Signature Service Tidak Sesuai"),
        ({"user_key": "salah"}, 403, "Authentication failed"),
        ({"user_key": None}, 403, "Authentication failed"),
        ({"x_authorization": "Basic " + base64.b64encode(b"a:b:095").decode()}, 401, "password"),
        ({"x_authorization": base64.b64encode(b"a:b:095").decode()}, 400, "StartIndex cannot be less than zero"),
        ({"x_authorization": None}, 400, "StartIndex cannot be less than zero"),
    ],
)
async def test_who_may_not_ask_is_told_why(caller, changed: dict[str, str | None], status: int, text: str) -> None:
    if changed.get("x_signature") == "é":
        reply = await caller.http.get(
            f"{caller.credentials.base_url}/kesadaran",
            headers=[*caller.headers(str(int(time.time())), x_signature=None).items(), ("X-signature", "é".encode())],
        )
    else:
        reply = (await caller.ask("GET", "kesadaran", **changed)).reply
    assert reply.status_code == status
    assert text in reply.text


@pytest.mark.parametrize(("off", "allowed"), [(-290, True), (290, True), (-320, False), (320, False)])
async def test_a_clock_is_right_within_five_minutes(caller, off: int, allowed: bool) -> None:
    answer = await caller.ask("GET", "kesadaran", at=time.time() + off)
    assert (answer.code == 200) is allowed


async def test_header_names_and_path_segments_match_in_any_case(caller) -> None:
    timestamp = str(int(time.time()))
    headers = {name.upper(): value for name, value in caller.headers(timestamp).items()}
    reply = await caller.http.get(f"{caller.credentials.base_url}/POLI/Fktp/0/10", headers=headers)
    assert caller.read(reply, timestamp).code == 200
    number = await caller.register()
    for path in ("pendaftaran/nourut", "PENDAFTARAN/NOURUT"):
        assert (await caller.ask("GET", f"{path}/{number}/tgldaftar/{caller.today}")).code == 200


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json", "application/x-www-form-urlencoded", "image/png", ""]
)
async def test_a_body_is_read_as_json_whatever_it_says_it_is(caller, content_type: str) -> None:
    answer = await caller.ask("POST", "pendaftaran", caller.registration(), content_type=content_type)
    assert answer.code == 201


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"bukan json",
        b"[]",
        b"7",
        b"null",
        b'"teks"',
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"a":' * 50_000,
        b"{" + b" " * 10,
    ],
    ids=["kosong", "kata", "larik", "angka", "null", "teks", "bukan utf-8", "larik dalam", "objek dalam", "terpotong"],
)
@pytest.mark.parametrize("path", ["pendaftaran", "kunjungan/V1", "tindakan", "MCU", "obat/kunjungan"])
async def test_a_body_that_is_not_an_object_is_refused(caller, path: str, content: bytes) -> None:
    answer = await caller.ask("POST", path, content=content)
    assert (answer.status, answer.code) == (400, 400)


@pytest.mark.parametrize("value", [None, "", -1, True, {}, [1], "0" * 5_000, 1e308, "😀"])
@pytest.mark.parametrize(
    ("path", "form"),
    [("pendaftaran", "registration"), ("kunjungan/V1", "visit")],
)
async def test_no_value_in_any_field_breaks_the_service(caller, path: str, form: str, value: object) -> None:
    await caller.register(1)
    sent = getattr(caller, form)(1)
    for name in sent:
        answer = await caller.ask("POST", path, {**sent, name: value})
        assert answer.code in (201, 401, 412), (name, value, answer.reply.text)
        if answer.code == 201 and form == "visit":
            number = answer.response["message"] if isinstance(answer.response, dict) else answer.response[0]["message"]
            assert (await caller.ask("DELETE", f"kunjungan/{number}")).code == 200


async def test_a_giant_body_is_refused_unread(caller) -> None:
    answer = await caller.ask("POST", "pendaftaran", content=b" " * 2_000_000)
    assert answer.status == 413


@pytest.mark.parametrize("path", ["dokter?offset=0&limit=10", "dokter/nol/10", "poli/fktp/0", "peserta/a/b/c"])
async def test_a_path_that_the_service_cannot_parse_gives_its_page(caller, path: str) -> None:
    answer = await caller.ask("GET", path)
    assert answer.status == 400
    assert "Request Error" in answer.reply.text
    assert answer.reply.headers["content-type"].startswith("text/html")


async def test_an_unknown_path_is_answered_by_the_gateway(caller) -> None:
    assert "No Mapping Rule matched" in (await caller.ask("GET", "rahasia")).reply.text
    reply = await caller.http.get(caller.credentials.base_url.rsplit("/", 1)[0] + "/lain/peserta")
    assert "No Mapping Rule matched" in reply.text


async def test_nothing_found_is_an_empty_204(caller) -> None:
    answer = await caller.ask("GET", "peserta/0009999999999")
    assert (answer.status, answer.reply.content) == (204, b"")


async def test_v3_answers_in_clear_without_user_key(caller) -> None:
    base = caller.credentials.base_url.rsplit("/", 1)[0] + "/pcare-rest-v3.0"
    answer = await caller.ask("GET", "kesadaran", base=base, user_key=None)
    assert answer.reply.json()["response"]["count"] == 4
    assert (await caller.ask("GET", "prognosa", base=base, user_key=None)).status == 400


async def test_each_facility_has_its_own_day(simulator: Running, caller) -> None:
    await caller.register()
    control = simulator.credentials.control_url
    other = (await caller.http.get(f"{control}/facilities?start=1&count=1")).json()["list"][0]
    ours = caller.credentials
    caller.credentials = type(ours)(**{**other, "control_url": control, "members": ours.members})
    assert (await caller.ask("GET", f"pendaftaran/tglDaftar/{caller.today}/0/10")).status == 204


async def test_the_ledger_tells_what_took_effect_and_counts(caller) -> None:
    await caller.register(0)
    await caller.ask("POST", "pendaftaran", caller.registration(0))
    await caller.ask("GET", "kesadaran", x_signature="salah")
    root = caller.credentials.base_url.rsplit("/", 1)[0]
    for base in (root, caller.credentials.base_url):
        ledger = (await caller.http.get(f"{base}/_simulator/ledger")).json()
        assert [row["noUrut"] for row in ledger["registrations"]] == ["A1"]
        assert (ledger["calls"], ledger["refused"]) == (3, 2)
        assert ledger["visits"] == ledger["medications"] == []


async def test_a_colleague_types_a_registration_in_the_services_own_page(simulator: Running, caller) -> None:
    card = caller.members[4]["noKartu"]
    typed = await caller.http.post(f"{simulator.credentials.control_url}/registrations", json={"noKartu": card})
    assert typed.json()["noUrut"] == "A1"
    answer = await caller.ask("POST", "pendaftaran", caller.registration(4))
    assert "sudah di-entri" in answer.message
    day = await caller.ask("GET", f"pendaftaran/tglDaftar/{caller.today}/0/10")
    assert [row["peserta"]["noKartu"] for row in day.response["list"]] == [card]
    again = await caller.http.post(f"{simulator.credentials.control_url}/registrations", json={"noKartu": card})
    assert again.status_code == 409
    wrong = await caller.http.post(f"{simulator.credentials.control_url}/registrations", json={"noKartu": "1"})
    assert wrong.status_code == 400


async def test_examples_of_members_can_be_asked_for_by_kind(simulator: Running, caller) -> None:
    url = f"{simulator.credentials.control_url}/members"
    rows = (await caller.http.get(url, params={"kind": "inactive", "count": 3})).json()
    assert [row["aktif"] for row in rows] == [False] * 3
    assert (await caller.http.get(url, params={"kind": "apa"})).status_code == 400
    assert (await caller.http.get(url, params={"count": "x"})).status_code == 400


async def test_each_service_takes_its_own_user_key_only(caller) -> None:
    keys = caller.credentials
    assert keys.user_key != keys.antrean_user_key
    crossed = [
        await caller.ask("GET", "kesadaran", user_key=keys.antrean_user_key),
        await caller.queue("GET", "ref/poli/tanggal/2026-11-23", user_key=keys.user_key),
    ]
    assert [answer.status for answer in crossed] == [403, 403]


async def test_credentials_do_not_show_in_a_repr(simulator: Running) -> None:
    shown = repr(simulator.credentials)
    assert simulator.credentials.secret_key not in shown
    assert simulator.credentials.password not in shown
    assert simulator.credentials.user_key not in shown
    assert simulator.credentials.antrean_user_key not in shown


async def test_answers_on_a_kept_connection_are_not_held_back(simulator: Running, caller) -> None:
    await caller.ask("GET", "kesadaran")
    (kept,) = simulator.simulator._http.transports(simulator.simulator.port)
    assert kept.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_a_second_simulator_on_the_same_port_is_refused(simulator: Running) -> None:
    port = simulator.simulator.port
    with pytest.raises(OSError):
        async with running(port=port):
            pass


async def test_the_ready_line_is_what_clients_expect(simulator: Running) -> None:
    ready = json.loads(json.dumps(simulator.credentials.as_dict()))
    assert {
        "base_url",
        "antrean_url",
        "cons_id",
        "secret_key",
        "user_key",
        "username",
        "password",
        "app_code",
        "facility",
    } < set(ready)
    assert len(ready["members"]) == 20
    assert all(set(each) == {"noKartu", "nik", "nama"} for each in ready["members"])
    assert len({each["noKartu"] for each in ready["members"]}) == 20


async def test_only_this_machine_is_served(simulator: Running) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=1) as http:
        with pytest.raises(httpx.TransportError):
            await http.get(f"http://127.0.0.2:{simulator.simulator.port}/_simulator/ledger")
