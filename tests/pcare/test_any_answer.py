"""Whatever JSON or bytes an answer holds, a call ends in a value of its type or in one of our errors."""

import asyncio
import datetime as dt
import json

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.pcare.client import (
    ActivityRequest,
    DrugLine,
    LabRequest,
    PCareClient,
    ProcedureLine,
    RegistrationRequest,
    VisitRequest,
)
from kiosk.pcare.envelope import Circumstances, judge, open_envelope
from kiosk.pcare.errors import OutcomeUnknown, PCareError

DAY = dt.date(2026, 11, 22)
CARD = "0001234567890"
VISIT = "0114U1631126Y000003"
WORDS = st.sampled_from(
    "response metaData metadata code Code message field list count noKartu noUrut noKunjungan peserta poli kdPoli"
    " kdObatSK kdTindakanSK kdMCU eduId kdDiag kdppk clubId tglLahir sistole aktif kdProviderPst".split()
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["200", "A1", "22-11-2026", "99-99-9999", "62,5", "sudah di-entri", ""])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=25,
)
CODES = st.sampled_from([200, 201, 204, 400, 401, 404, 412, 428, 500, "200", "201", None, 1e300, -1, True, "x"])
STATUSES = st.sampled_from([200, 201, 204, 301, 400, 401, 403, 404, 408, 412, 428, 429, 500, 502])

CALLS = {
    "member": (lambda c: c.participant_by_card(CARD), False),
    "registration": (lambda c: c.registration("A1", DAY), False),
    "page": (lambda c: c.registrations_on(DAY), False),
    "history": (lambda c: c.visit_history(CARD), False),
    "referral": (lambda c: c.referral(VISIT), False),
    "diagnoses": (lambda c: c.diagnoses("A"), False),
    "hospitals": (lambda c: c.referral_hospitals("26", DAY), False),
    "clubs": (lambda c: c.clubs("01"), False),
    "labs": (lambda c: c.lab_results(VISIT), False),
    "add registration": (
        lambda c: c.add_registration(
            RegistrationRequest(participant_facility="0114U163", day=DAY, card_number=CARD, poli="001")
        ),
        True,
    ),
    "add visit": (
        lambda c: c.add_visit(
            VisitRequest(
                card_number=CARD,
                day=DAY,
                complaint="batuk",
                consciousness="01",
                discharge_status="3",
                discharge_day=DAY,
                doctor="1",
                diagnosis1="J06.9",
            )
        ),
        True,
    ),
    "add drug": (lambda c: c.add_drug(DrugLine(visit_number=VISIT, code="1", signa1=3, signa2=1, amount=1)), True),
    "add procedure": (lambda c: c.add_procedure(ProcedureLine(visit_number=VISIT, code="1", cost=0)), True),
    "add lab": (lambda c: c.add_lab(LabRequest(visit_number=VISIT, facility="0114U163", day=DAY)), True),
    "add activity": (
        lambda c: c.add_activity(
            ActivityRequest(club=1, day=DAY, kind="01", group="03", subject="s", speaker="p", place="l")
        ),
        True,
    ),
    "delete": (lambda c: c.delete_visit(VISIT), False),
}


async def answered(make_settings, call, status: int, body: bytes) -> object:
    transport = httpx.MockTransport(lambda request: httpx.Response(status, stream=httpx.ByteStream(body)))
    async with PCareClient(make_settings(8080), transport=transport) as client:
        try:
            return await call(client)
        except PCareError as error:
            return error


@pytest.mark.parametrize(("call", "gives_number"), CALLS.values(), ids=CALLS)
def test_any_json_ends_in_a_value_or_a_typed_error(make_settings, call, gives_number) -> None:
    @settings(max_examples=40, deadline=None)
    @given(status=STATUSES, code=CODES, message=SCALARS, response=VALUES)
    def check(status, code, message, response) -> None:
        envelope = {"response": response, "metaData": {"code": code, "message": message}}
        result = asyncio.run(answered(make_settings, call, status, json.dumps(envelope).encode()))
        if isinstance(result, PCareError) or not gives_number:
            return
        number = getattr(result, "line", result)
        assert isinstance(number, str) and number.strip()
        assert code in (200, 201, "200", "201") and status < 400

    check()


@given(body=st.binary(max_size=300), status=STATUSES)
def test_any_bytes_are_judged(body, status) -> None:
    envelope = open_envelope(body, lambda: b"k" * 32, 1000)
    verdict = judge(envelope, Circumstances(status))
    assert verdict is None or isinstance(verdict, PCareError)
    if verdict is None:
        assert envelope.code is not None or (status == 204 and not body.strip())


@given(value=VALUES, code=st.sampled_from([408, 500, 502, 503, 504, 599]))
def test_a_server_side_failure_never_counts_as_done(value, code) -> None:
    body = json.dumps({"response": value, "metaData": {"code": code, "message": "gagal"}}).encode()
    verdict = judge(open_envelope(body, None, 1000), Circumstances(code))
    assert verdict is not None
    assert isinstance(verdict, OutcomeUnknown) or "di-entri" in verdict.server_text
