"""Every switch changes what it says it changes: one row a value."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from kiosk.simulator.running import running
from kiosk.simulator.variants import VARIANTS, VariantError, Variants, listing, parse
from tests.simulator.test_lines import drug, procedure, ticket

Check = Callable[[Any], Awaitable[Any]]


async def twice(caller: Any) -> Any:
    await caller.register()
    answer = await caller.ask("POST", "pendaftaran", caller.registration())
    text = answer.message if answer.response is None else answer.response[0]["message"]
    return answer.code, text


async def refused(caller: Any) -> Any:
    answer = await caller.ask("POST", "pendaftaran", caller.registration(kdPoli="x"))
    return type(answer.reply.json()["response"]), answer.response[0]["field"]


async def refused_in_a_sentence(caller: Any) -> Any:
    sent = caller.registration(kdPoli="x", kdProviderPeserta="99999999")
    return (await caller.ask("POST", "pendaftaran", sent)).reply.json()


async def refused_as_object(caller: Any) -> Any:
    one = await caller.ask("POST", "pendaftaran", caller.registration(kdPoli="x"))
    two = await caller.ask("POST", "pendaftaran", caller.registration(kdPoli="x", kdProviderPeserta="99999999"))
    return one.reply.json()["response"], len(two.reply.json()["response"])


async def any_refusal_in_a_sentence(caller: Any) -> Any:
    """Every other refusal that the service, the login or the queue gives."""
    await caller.register()
    there = await caller.ask("POST", "pendaftaran", caller.registration())
    login = await caller.ask("GET", "kesadaran", x_authorization="Basic x")
    shape = await caller.ask("POST", "pendaftaran", content=b"[]")
    queue = await caller.queue("POST", "antrean/add", {"tanggalperiksa": "x"})
    gateway = await caller.ask("GET", "kesadaran", x_signature="x")
    return [each.reply.json()["response"] for each in (there, login, shape, queue, gateway)]


async def unknown_poli(caller: Any) -> Any:
    answer = await caller.ask("POST", "pendaftaran", caller.registration(kdPoli="x"))
    assert "Tidak sesuai dengan referensi sistem." in answer.reply.text
    return answer.status, answer.code


async def visit_add(caller: Any) -> Any:
    await caller.register()
    return [type((await caller.ask("POST", "kunjungan/V1", caller.visit())).response)]


async def visit_paths(caller: Any) -> Any:
    return [(await caller.ask("POST", path, caller.visit())).status for path in ("kunjungan/V1", "kunjungan")]


async def visit_edit(caller: Any) -> Any:
    number = await caller.serve()
    return (await caller.ask("PUT", "kunjungan/V1", caller.visit(noKunjungan=number))).response is None


async def visit_edit_without_day(caller: Any) -> Any:
    form = caller.visit(noKunjungan=await caller.serve())
    del form["tglDaftar"], form["kdPoli"]
    return (await caller.ask("PUT", "kunjungan/V1", form)).code


async def visit_delete(caller: Any) -> Any:
    number = await caller.serve()
    await caller.ask("POST", "obat/kunjungan", drug(number))
    return (await caller.ask("DELETE", f"kunjungan/{number}")).code


async def delete_served(caller: Any) -> Any:
    await caller.serve()
    card = caller.members[0]["noKartu"]
    path = f"pendaftaran/peserta/{card}/tglDaftar/{caller.today}/noUrut/A1/kdPoli/001"
    return (await caller.ask("DELETE", path)).code


async def delete_missing(caller: Any) -> Any:
    return (await caller.ask("DELETE", "kunjungan/x")).status


async def empty(caller: Any) -> Any:
    answer = await caller.ask("GET", "peserta/0009999999999")
    return answer.status, answer.code


async def status_and_code(caller: Any) -> Any:
    answer = await caller.ask("POST", "pendaftaran", {})
    return answer.status, answer.code


async def keys(caller: Any) -> Any:
    envelope = (await caller.ask("GET", "kesadaran")).reply.json()
    outer = next(name for name in envelope if name != "response")
    return outer, sorted(envelope[outer])


async def null_key(caller: Any) -> Any:
    number = await caller.serve()
    return "response" in (await caller.ask("DELETE", f"kunjungan/{number}")).reply.json()


async def gateway(caller: Any) -> Any:
    return (await caller.ask("GET", "kesadaran", x_signature="x")).reply.headers["content-type"].split(";")[0]


async def queue_number(caller: Any) -> Any:
    added = (await caller.ask("POST", "pendaftaran", caller.registration())).response["message"]
    read = await caller.ask("GET", f"pendaftaran/noUrut/{added}/tglDaftar/{caller.today}")
    listed = await caller.ask("GET", f"pendaftaran/tglDaftar/{caller.today}/0/1")
    assert [read.response["noUrut"], listed.response["list"][0]["noUrut"]] == [added, added]
    return added


async def provider(caller: Any) -> Any:
    other = (await caller.http.get(caller.credentials.control_url + "/members?kind=other_facility&count=1")).json()[0]
    codes = []
    for code in (caller.credentials.facility, other["kdProviderPst"]["kdProvider"]):
        sent = caller.registration(noKartu=other["noKartu"], kdProviderPeserta=code, kdPoli="002" if codes else "001")
        codes.append((await caller.ask("POST", "pendaftaran", sent)).code)
    return codes


async def inactive(caller: Any) -> Any:
    other = (await caller.http.get(caller.credentials.control_url + "/members?kind=inactive&count=1")).json()[0]
    return (await caller.ask("POST", "pendaftaran", caller.registration(noKartu=other["noKartu"]))).code


async def null_vitals(caller: Any) -> Any:
    return (await caller.ask("POST", "pendaftaran", caller.registration(sistole=None))).code


async def day_list(caller: Any) -> Any:
    for member in range(2):
        await caller.register(member)
    rows = (await caller.ask("GET", f"pendaftaran/tglDaftar/{caller.today}/0/9")).response["list"]
    return [row["noUrut"] for row in rows]


async def by_nik(caller: Any) -> Any:
    return "pstProl" in (await caller.ask("GET", f"peserta/nik/{caller.members[0]['nik']}")).response


async def diagnosis_code(caller: Any) -> Any:
    return (await caller.ask("GET", "diagnosa/A01/0/1")).response["list"][0]["kdDiag"]


async def drug_add(caller: Any) -> Any:
    return [type((await caller.ask("POST", "obat/kunjungan", drug(await caller.serve()))).response)]


async def procedure_edit(caller: Any) -> Any:
    number = await caller.serve()
    old = (await caller.ask("POST", "tindakan", procedure(number))).response["message"]
    sent = procedure(number, kdTindakanSK=int(old))
    return (await caller.ask("PUT", "tindakan", sent)).response["message"] == old


async def bad_shape(caller: Any) -> Any:
    return (await caller.ask("POST", "pendaftaran", content=b"[]")).code


async def skew(caller: Any) -> Any:
    import time

    return (await caller.ask("GET", "kesadaran", at=time.time() - 200)).status


async def antrean_code(caller: Any) -> Any:
    return (await caller.queue("POST", "antrean/add", await ticket(caller))).code


async def antrean_envelope(caller: Any) -> Any:
    return "metadata" in (await caller.queue("GET", "ref/poli/tanggal/2026-11-23")).reply.json()


async def antrean_response(caller: Any) -> Any:
    return type((await caller.queue("GET", "ref/poli/tanggal/2026-11-23")).reply.json()["response"])


async def antrean_status(caller: Any) -> Any:
    return (await caller.queue("POST", "antrean/add", {"tanggalperiksa": "x"})).status


async def antrean_schedule(caller: Any) -> Any:
    """On a Sunday, in another poli than the first."""
    return (await caller.queue("GET", "ref/dokter/kodepoli/002/tanggal/2026-11-22")).code


async def version(caller: Any) -> Any:
    return caller.credentials.base_url.rsplit("/", 1)[1]


NEW = "Peserta sudah di-entri di poli yang sama pada hari yang sama."
CHECKS: list[tuple[str, str, Check, Any]] = [
    ("version", "v4", version, "pcare-rest"),
    ("version", "v3", version, "pcare-rest-v3.0"),
    ("errors", "plain", refused, (list, "kdPoli")),
    (
        "errors",
        "text",
        refused_in_a_sentence,
        {
            "response": "kdPoli Tidak sesuai dengan referensi sistem.; "
            "kdProviderPeserta Tidak sesuai dengan referensi sistem.",
            "metaData": {"message": "PRECONDITION_FAILED", "code": 412},
        },
    ),
    (
        "errors",
        "text",
        any_refusal_in_a_sentence,
        [
            NEW,
            "Username atau password tidak sesuai.",
            "BAD_REQUEST",
            "Format Tanggal Tidak Sesuai, format yang benar adalah yyyy-mm-dd",
            None,
        ],
    ),
    (
        "errors",
        "object",
        refused_as_object,
        ({"field": "kdPoli", "message": "Tidak sesuai dengan referensi sistem."}, 2),
    ),
    ("errors", "encrypted", refused, (str, "kdPoli")),
    ("duplicate", "401", twice, (401, NEW)),
    ("duplicate", "412", twice, (412, NEW)),
    ("duplicate", "428", twice, (428, NEW)),
    ("duplicate_text", "new", twice, (401, NEW)),
    ("duplicate_text", "old", twice, (401, "Peserta sudah di-entri pada hari yang sama")),
    ("visit_path", "both", visit_paths, [412, 412]),
    ("visit_path", "V1", visit_paths, [412, 404]),
    ("visit_path", "plain", visit_paths, [404, 412]),
    ("visit_add", "by_path", visit_add, [list]),
    ("visit_add", "array", visit_add, [list]),
    ("visit_add", "object", visit_add, [dict]),
    ("visit_edit", "null", visit_edit, True),
    ("visit_edit", "object", visit_edit, False),
    ("visit_edit_fields", "lenient", visit_edit_without_day, 200),
    ("visit_edit_fields", "strict", visit_edit_without_day, 412),
    ("visit_delete", "cascade", visit_delete, 200),
    ("visit_delete", "refuse", visit_delete, 412),
    ("delete_served", "refuse", delete_served, 412),
    ("delete_served", "accept", delete_served, 200),
    ("delete_missing", "412", delete_missing, 412),
    ("delete_missing", "204", delete_missing, 204),
    ("delete_missing", "200", delete_missing, 200),
    ("empty", "204", empty, (204, None)),
    ("empty", "200", empty, (200, 204)),
    ("http_status", "mirror", status_and_code, (412, 412)),
    ("http_status", "200", status_and_code, (200, 412)),
    ("code_type", "int", status_and_code, (412, 412)),
    ("code_type", "string", status_and_code, (412, "412")),
    ("envelope", "metaData", keys, ("metaData", ["code", "message"])),
    ("envelope", "metadata", keys, ("metadata", ["code", "message"])),
    ("envelope", "Code", keys, ("metaData", ["Code", "message"])),
    ("null_response", "present", null_key, True),
    ("null_response", "absent", null_key, False),
    ("gateway", "json", gateway, "application/json"),
    ("gateway", "text", gateway, "text/plain"),
    ("queue_number", "letter", queue_number, "A1"),
    ("queue_number", "number", queue_number, 1),
    ("provider", "either", provider, [201, 201]),
    ("provider", "participant", provider, [412, 201]),
    ("provider", "clinic", provider, [201, 412]),
    ("inactive", "accept", inactive, 201),
    ("inactive", "refuse", inactive, 412),
    ("null_vitals", "accept", null_vitals, 201),
    ("null_vitals", "refuse", null_vitals, 412),
    ("day_list", "oldest", day_list, ["A1", "A2"]),
    ("day_list", "newest", day_list, ["A2", "A1"]),
    ("by_nik", "full", by_nik, True),
    ("by_nik", "short", by_nik, False),
    ("diagnosis_code", "dot", diagnosis_code, "A01.0"),
    ("diagnosis_code", "plain", diagnosis_code, "A010"),
    ("drug_add", "array", drug_add, [list]),
    ("drug_add", "object", drug_add, [dict]),
    ("procedure_edit", "new", procedure_edit, False),
    ("procedure_edit", "same", procedure_edit, True),
    ("unknown_poli", "412", unknown_poli, (412, 412)),
    ("unknown_poli", "500", unknown_poli, (500, 500)),
    ("bad_shape", "400", bad_shape, 400),
    ("bad_shape", "500", bad_shape, 500),
    ("skew", "300", skew, 200),
    ("skew", "100", skew, 401),
    ("antrean_code", "200", antrean_code, 200),
    ("antrean_code", "1", antrean_code, 1),
    ("antrean_envelope", "metadata", antrean_envelope, True),
    ("antrean_envelope", "metaData", antrean_envelope, False),
    ("antrean_response", "encrypted", antrean_response, str),
    ("antrean_response", "plain", antrean_response, dict),
    ("antrean_status", "200", antrean_status, 200),
    ("antrean_status", "mirror", antrean_status, 201),
    ("antrean_schedule", "hfis", antrean_schedule, 201),
    ("antrean_schedule", "always", antrean_schedule, 1),
]


@pytest.mark.parametrize(
    ("name", "value", "check", "expected"), CHECKS, ids=[f"{row[0]}={row[1]}-{row[2].__name__}" for row in CHECKS]
)
async def test_a_switch_does_what_it_says(name: str, value: str, check: Check, expected: Any) -> None:
    from tests.simulator.conftest import Caller

    async with running(variants={name: value}) as up, httpx.AsyncClient(trust_env=False, timeout=5) as http:
        assert await check(Caller(up.credentials, http)) == expected


def test_every_value_of_every_switch_is_tried_and_listed() -> None:
    tried = {(name, value) for name, value, _, _ in CHECKS}
    for variant in VARIANTS:
        assert variant.name in listing()
        assert all((variant.name, value) in tried for value in variant.values if value != "int")


@pytest.mark.parametrize("spec", ["duplicate", "duplicate=999", "tidak_ada=1", "skew=lama", "skew=-1", ""])
def test_a_switch_that_does_not_exist_is_refused(spec: str) -> None:
    with pytest.raises(VariantError):
        parse([spec])


def test_what_was_not_chosen_keeps_its_first_value() -> None:
    assert parse([" duplicate = 412 "])["duplicate"] == "412"
    assert Variants().as_dict() == {each.name: each.values[0] for each in VARIANTS}


async def test_switches_can_be_turned_while_it_runs(simulator, caller) -> None:
    url = f"{simulator.credentials.control_url}/variants"
    assert (await caller.http.post(url, json={"code_type": "string"})).json()["code_type"] == "string"
    assert (await caller.ask("GET", "kesadaran")).code == "200"
    assert (await caller.http.post(url, json={"code_type": "roman"})).status_code == 400
