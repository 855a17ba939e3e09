"""https of the simulator: the certificates it shows, good and bad, and what it keeps on the disk for them."""

import asyncio
import socket
import ssl
import stat
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509

from kiosk.simulator import command, sockets
from kiosk.simulator.certificates import FLAWS, CertificateError, Certificates
from kiosk.simulator.faults import GOOD_TLS, TLS_MODES
from kiosk.simulator.running import Running, running
from tests.simulator.conftest import Caller

HOST = "127.0.0.1"


@pytest.fixture
async def secure() -> AsyncIterator[Running]:
    async with running(members=500, tls=True) as up:
        yield up


def trusting(up: Running) -> ssl.SSLContext:
    assert up.credentials.ca_file
    return ssl.create_default_context(cafile=up.credentials.ca_file)


async def greeted(up: Running, context: ssl.SSLContext, patience: float = 3.0) -> str:
    """Shake hands; return what came of it in a word or two."""
    try:
        async with asyncio.timeout(patience):
            _, writer = await asyncio.open_connection(HOST, up.simulator.port, ssl=context)
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except ssl.SSLError as error:
        return error.reason.lower().replace("_", " ")
    except TimeoutError:
        return "nothing"
    except OSError:
        return "cut"
    version = writer.get_extra_info("ssl_object").version()
    writer.transport.abort()
    return str(version)


GREETINGS: dict[str, tuple[str, ...]] = {
    GOOD_TLS: ("TLSv1.3",),
    "self-signed": ("self-signed certificate", "self signed certificate"),
    "wrong-host": ("IP address mismatch, certificate is not valid for '127.0.0.1'.",),
    "expired": ("certificate has expired",),
    "not-yet-valid": ("certificate is not yet valid",),
    "refused": ("sslv3 alert handshake failure", "ssl/tls alert handshake failure"),
    "cut": ("cut", "unexpected eof while reading"),
    "plain": ("wrong version number", "record layer failure"),
    "silent": ("nothing",),
}


async def test_each_kind_of_https_is_what_its_name_says_and_can_be_changed_at_any_time(secure: Running) -> None:
    assert set(GREETINGS) == {GOOD_TLS, *TLS_MODES} >= set(FLAWS)
    context = trusting(secure)
    for mode, met in [*GREETINGS.items(), (GOOD_TLS, GREETINGS[GOOD_TLS])]:
        secure.set_faults(tls=False if mode == GOOD_TLS else mode)
        assert await greeted(secure, context, 0.4 if mode == "silent" else 3) in met, mode


async def test_only_its_own_authority_makes_the_good_one_trusted(secure: Running) -> None:
    assert "unable to get local issuer" in await greeted(secure, ssl.create_default_context())
    async with running(members=500, tls=True) as other:
        assert "certificate" in await greeted(secure, trusting(other))


async def test_a_client_of_tls_1_2_is_served_too(secure: Running) -> None:
    context = trusting(secure)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert await greeted(secure, context) == "TLSv1.2"


async def test_a_day_over_https_is_a_day_like_any_other(secure: Running) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=5, verify=trusting(secure)) as http:
        caller = Caller(secure.credentials, http)
        number = await caller.serve()
        assert (await caller.ask("GET", f"kunjungan/rujukan/{number}")).status == 204
        assert (await caller.queue("GET", "ref/poli/tanggal/2026-11-23")).code == 1
        ledger = await http.get(secure.credentials.base_url.rsplit("/", 1)[0] + "/_simulator/ledger")
    assert len(ledger.json()["visits"]) == 1


async def test_who_is_connected_meets_the_new_kind_too(secure: Running) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=5, verify=trusting(secure)) as http:
        caller = Caller(secure.credentials, http)
        assert (await caller.ask("GET", "kesadaran")).code == 200
        url = secure.credentials.base_url.rsplit("/", 1)[0] + "/_simulator/faults"
        assert (await http.post(url, json={"tls": "expired"})).status_code == 200  # asked for over the line it meets
        await asyncio.sleep(0.1)
        with pytest.raises(httpx.ConnectError, match="expired"):
            await caller.ask("GET", "kesadaran")


@pytest.mark.parametrize("steps", range(4))
async def test_a_connection_that_is_just_ending_does_not_hinder_the_change(secure: Running, steps: int) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=5, verify=trusting(secure)) as http:
        await Caller(secure.credentials, http).ask("GET", "kesadaran")
        (kept,) = secure.simulator._http.transports(secure.simulator.port)
        kept.abort()
        for _ in range(steps):
            await asyncio.sleep(0)
        secure.set_faults(tls="expired")
    assert await greeted(secure, trusting(secure)) == "certificate has expired"


async def test_the_door_for_control_stays_open_and_plain(secure: Running) -> None:
    assert secure.credentials.control_url.startswith("http://127.0.0.1:")
    secure.set_faults({"tls": "self-signed"}, {"outage": "refused"})
    assert await greeted(secure, trusting(secure)) == "cut"
    async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
        shown = (await http.delete(secure.credentials.control_url + "/faults")).json()
    assert shown == {"faults": []}
    await asyncio.sleep(0.05)
    assert await greeted(secure, trusting(secure)) == "TLSv1.3"


async def test_plain_http_to_the_https_port_is_not_answered(secure: Running) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
        with pytest.raises(httpx.TransportError):
            await http.get(f"http://{HOST}:{secure.simulator.port}/_simulator/ledger")
    assert await greeted(secure, trusting(secure)) == "TLSv1.3"


async def test_connections_that_come_to_nothing_do_not_stay(secure: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "HANDSHAKE", 0.3)
    monkeypatch.setattr(sockets, "PATIENCE", 0.3)
    for mode in (False, "silent"):
        secure.set_faults(tls=mode)
        reader, writer = await asyncio.open_connection(HOST, secure.simulator.port)
        assert await asyncio.wait_for(reader.read(), 3) == b""
        writer.close()


async def test_it_ends_in_a_second_with_handshakes_under_way() -> None:
    async with running(members=500, tls=True) as up:
        idle = socket.create_connection((HOST, up.simulator.port))
        up.set_faults(tls="silent")
        handshake = asyncio.create_task(greeted(up, trusting(up), 10))
        await asyncio.sleep(0.2)
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < 2
    assert await handshake in ("cut", "unexpected eof while reading")
    idle.close()


async def test_nothing_but_the_authoritys_certificate_is_on_the_disk_and_only_for_us(secure: Running) -> None:
    authority = Path(str(secure.credentials.ca_file))
    assert stat.S_IMODE(authority.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(authority.stat().st_mode) == 0o600
    assert list(authority.parent.iterdir()) == [authority]
    assert b"PRIVATE KEY" not in authority.read_bytes()
    (certificate,) = x509.load_pem_x509_certificates(authority.read_bytes())
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_key_on_its_way_is_for_us_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    load: Callable[..., Any] = ssl.SSLContext.load_cert_chain

    def watch(context: ssl.SSLContext, path: Path) -> None:
        assert b"PRIVATE KEY" in path.read_bytes()
        seen.append(stat.S_IMODE(path.stat().st_mode))
        load(context, path)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watch)
    certificates = Certificates()
    assert seen == [0o600] * len(FLAWS)
    certificates.remove()
    assert list(tmp_path.iterdir()) == []


async def test_the_folder_goes_with_the_simulator() -> None:
    async with running(members=500, tls=True) as up:
        folder = Path(str(up.credentials.ca_file)).parent
        assert folder.is_dir()
        with pytest.raises(OSError):
            async with running(port=up.simulator.port, tls=True):
                pass
    assert not folder.exists()


def test_no_room_for_the_certificates_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/tidak/ada")
    with pytest.raises(CertificateError, match="folder sementara"):
        Certificates()
    monkeypatch.setattr("sys.argv", ["kiosk simulator", "--tls"])
    assert command.main() == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), "folder sementara tidak dapat dibuat" in err) == ("", 1, True)


def test_every_kind_has_its_certificate_or_its_way_of_not_greeting() -> None:
    assert set(FLAWS) - {GOOD_TLS} | {*sockets.UNSPOKEN, "plain"} == set(TLS_MODES)
