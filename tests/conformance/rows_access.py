"""What a clinic is told when it may not come in, or says what cannot be read."""

import time

import pytest

from kiosk.pcare.client import AntreanClient, PCareClient
from kiosk.pcare.errors import AccessDenied, ClockSkew, LoginRejected, OutcomeUnknown, PCareError, Reason, Refused
from kiosk.pcare.wire import Call
from tests.conformance.clinic import Clinic
from tests.conformance.table import row


async def refused(clinic: Clinic, **changed: object) -> PCareError:
    async with PCareClient(clinic.settings(**changed)) as client:
        with pytest.raises(PCareError) as refusal:
            await client.add_registration(clinic.registration(clinic.member()))
    assert clinic.ledger("registrations") == []
    return refusal.value


@row
async def a_wrong_password_is_a_wrong_password(clinic: Clinic) -> None:
    error = await refused(clinic, password="salah#1")
    assert (type(error), error.reason, error.code) == (LoginRejected, Reason.LOGIN, 401)
    assert "salah#1" not in repr(error) + error.server_text


@row
async def a_wrong_app_code_is_a_wrong_login(clinic: Clinic) -> None:
    assert (await refused(clinic, app_code="001")).reason is Reason.LOGIN


@row
async def a_wrong_secret_is_a_wrong_signature(clinic: Clinic) -> None:
    error = await refused(clinic, secret_key="salah")
    assert (type(error), error.reason) == (AccessDenied, Reason.SIGNATURE)


@row
async def a_consumer_that_is_not_known_is_said(clinic: Clinic) -> None:
    assert (await refused(clinic, cons_id="99999999")).reason is Reason.NOT_ENABLED


@row
async def a_wrong_user_key_is_said_by_both_services(clinic: Clinic) -> None:
    if not clinic.v3:  # which has none
        assert (await refused(clinic, user_key="salah")).reason is Reason.USER_KEY
    async with AntreanClient(clinic.settings(antrean_user_key="salah")) as client:
        with pytest.raises(AccessDenied) as refusal:
            await client.polis(clinic.today)
    assert refusal.value.reason is Reason.USER_KEY


@row
async def a_wrong_clock_is_told_once_and_then_put_right(clinic: Clinic) -> None:
    slow = PCareClient(clinic.settings(), clock=lambda: time.time() - 10_000)
    with pytest.raises(ClockSkew):
        await slow.consciousness()
    assert slow.clock_wrong and slow.skew_seconds == pytest.approx(10_000, abs=3)
    assert len(await slow.consciousness()) == 4


@row
async def a_clock_twenty_seconds_off_is_told_where_the_service_minds(clinic: Clinic) -> None:
    slow = PCareClient(clinic.settings(), clock=lambda: time.time() - 20)
    if clinic.variant("skew") == "5":
        with pytest.raises(ClockSkew):
            await slow.consciousness()
    assert len(await slow.consciousness()) == 4
    assert slow.skew_seconds == pytest.approx(20, abs=3) and not slow.clock_wrong


@row
async def unknown_paths_are_told_from_bad_parameters(clinic: Clinic) -> None:
    with pytest.raises(AccessDenied) as denied:
        await clinic.pcare.get("tidak/ada/begitu")
    assert denied.value.reason is Reason.UNKNOWN_PATH
    with pytest.raises(Refused) as refusal:
        await clinic.pcare.get("dokter/nol/sepuluh")
    assert (refusal.value.reason, refusal.value.code) == (Reason.MALFORMED, 400)


@row
async def paths_match_in_any_case(clinic: Clinic) -> None:
    assert await clinic.pcare.get("KESADARAN") == await clinic.pcare.get("kesadaran")
    assert await clinic.pcare.get("Poli/FKTP/0/2") == await clinic.pcare.get("poli/fktp/0/2")


@row
async def a_body_that_is_no_object_is_refused_in_either_form(clinic: Clinic) -> None:
    async with PCareClient(clinic.settings()) as client:
        with pytest.raises(PCareError) as refusal:
            await client._wire.call(Call("POST", ("pendaftaran",), body="[]", content_type="text/plain"))
    if clinic.variant("bad_shape") == "500":
        assert isinstance(refusal.value, OutcomeUnknown)
        assert "Newtonsoft" in refusal.value.server_text
    else:
        assert (type(refusal.value), refusal.value.reason) == (Refused, Reason.MALFORMED)
