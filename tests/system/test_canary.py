"""One patient whom nobody else is like goes through everything, and is found nowhere afterwards but in the store."""

import asyncio
import io
import random
import re
import signal
import string
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from kiosk.counter.outbox import outbox
from kiosk.counter.register import register
from kiosk.counter.serve import save_visit
from kiosk.domain.codes import Care, OutboxState, Payer, Sex, VisitKind
from kiosk.domain.ids import new_id
from kiosk.domain.participant import Participant
from kiosk.domain.registration import RegistrationForm
from kiosk.domain.visit import Diagnosis, Referral, VisitForm
from kiosk.store import participants
from tests.cli.terminal import Terminal, terminal
from tests.cli.test_commands import kiosk
from tests.people import PASSWORD
from tests.system.conftest import Town
from tests.system.traces import traces

CRASHES = """
import sys
from pathlib import Path
from kiosk.app import CounterApp
from kiosk.crash import install_hooks
from kiosk.screens.search import SearchScreen

def fails(screen):
    typed = screen._entry.value
    raise RuntimeError(typed)

SearchScreen.action_history = fails
install_hooks(Path(sys.argv[2]))
app = CounterApp(sys.argv[1], state_folder=Path(sys.argv[2]))
app.run()
sys.exit(app.return_code or 0)
"""


def a_canary() -> dict[str, str]:
    """Another one at each run: what another run has left is not ours."""
    chance = random.SystemRandom()
    digits = "".join(chance.choices(string.digits, k=8))
    word = "".join(chance.choices("bdgjklmnprst", k=4))
    return {
        "name": f"Kenari{word}o Zq{word[::-1]}a",
        "card": f"00077{digits}",
        "nik": f"31710115{digits}",
        "phone": f"0877{digits}",
        "complaint": f"nyeri {word}{digits}",
    }


async def seeded(town: Town, canary: dict[str, str]) -> str:
    """The patient in the store, as an own member whom P-Care confirmed."""
    person = Participant(
        new_id(),
        canary["name"],
        card_number=canary["card"],
        nik=canary["nik"],
        phone=canary["phone"],
        sex=Sex.MALE,
        birth_date=date(1987, 3, 15),
        active=True,
        facility_code=town.credentials["facility"],
    )
    return await town.desk.write(lambda tx: participants.save(tx, person).id)


def at_the_counter(person: Terminal, canary: dict[str, str]) -> None:
    """Search, registration, the queue with a call, half of a service, and the lock."""
    log_in(person)
    first = canary["name"].split()[0]
    person.type(first)
    person.until(canary["name"])
    person.type("\r")
    person.until("Jenis kunjungan")
    person.until(canary["card"])
    person.type("sju")
    person.type(canary["complaint"])
    person.press("\x13")
    person.until("Nomor antrean A-001")
    person.press("\x1bOS")
    person.until("Panggil berikutnya")
    person.type("n")
    person.until("dipanggil")
    person.press("\x1b[15~")
    person.until("Nomor antrean")
    person.type("A-001\r")
    person.until("Keluhan")
    person.until(canary["name"])


def log_in(person: Terminal) -> None:
    person.until("Kata sandi")
    person.until("Klinik Uji")
    person.type(f"admin\r{PASSWORD}\r")
    person.until("nomor kartu, NIK")


def locked(person: Terminal, captured: io.StringIO) -> str:
    """Lock; everything that the terminal was sent from the login on, and what stands on it."""
    person.press("\x1b[19~")
    person.until("Terkunci oleh")
    start = captured.tell()
    person.type("salah")
    person.press("\x0c")
    person.read(0.5)
    captured.seek(start)
    return captured.read() + person.text


async def referred(town: Town, patient: str, canary: dict[str, str]) -> None:
    """A service with a referral, saved from another desk; P-Care does not know this member and refuses."""
    form = RegistrationForm(
        patient, town.desk.today(), "002", Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT, canary["complaint"]
    )
    made = await register(town.desk, form)
    visit = VisitForm(
        registration_id=made.registration.id,
        complaint=canary["complaint"],
        consciousness_code="01",
        diagnoses=(Diagnosis("I10", "Essential (primary) hypertension", False),),
        doctor_code="101",
        discharge_code="4",
        discharge_day=town.desk.today(),
        referral=Referral(
            day=town.desk.today(), hospital_code="0114R001", hospital_name="RS Uji", subspecialty_code="26"
        ),
    )
    await save_visit(town.desk, visit)


async def refused(town: Town) -> None:
    """Wait until P-Care has refused something."""
    async with asyncio.timeout(30):
        while OutboxState.NEEDS_ACTION not in await town.states():
            await asyncio.sleep(0.05)
    assert any(row.reason_text for row in await outbox(town.desk))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["encrypted"])
async def test_a_patient_is_found_nowhere_but_in_the_store(town: Town, tmp_path: Path) -> None:
    since, canary = time.time() - 1, a_canary()
    patient = await seeded(town, canary)
    sender = town.sync()
    told: dict[str, str] = {}
    with terminal("board", home=tmp_path) as board:
        shown = board.child.logfile_read = io.StringIO()
        with terminal("--station", "Loket 7", home=tmp_path) as person:
            captured = person.child.logfile_read = io.StringIO()
            await asyncio.to_thread(at_the_counter, person, canary)
            await asyncio.to_thread(board.until, "silakan ke Loket 7")
            await referred(town, patient, canary)
            await refused(town)
            await town.fault(kind="outage")
            told["the terminal after the lock"] = await asyncio.to_thread(locked, person, captured)
            assert canary["name"] in captured.getvalue(), "the eyes of this test are open"
            running = await asyncio.to_thread(traces, canary, [], since)
            person.child.kill(signal.SIGHUP)
            await asyncio.to_thread(person.ended)
        told["the board"] = shown.getvalue()
    told["the crash"] = await asyncio.to_thread(crashed, town, tmp_path, canary)
    for words in (("doctor",), ("doctor", "--json"), ("backup",), ("audit", "show"), ("audit", "verify"), ("shift",)):
        done = await asyncio.to_thread(kiosk, *words, home=town.home.folder)
        told[f"kiosk {words[0]}"] = done.stdout + done.stderr
    sender.terminate()
    told["the sender"] = "".join(await asyncio.to_thread(sender.communicate, timeout=20))
    assert running == []
    assert await asyncio.to_thread(traces, canary, [tmp_path], since) == []
    assert [(name, place) for place, text in told.items() for name, value in canary.items() if value in text] == []
    assert re.search(r"catatan", told["kiosk audit"])
    assert list((town.home.folder / "cadangan").glob("*")), "there is a backup to look into"


def crashed(town: Town, folder: Path, canary: dict[str, str]) -> str:
    """A counter that fails in the middle of the patient's name; what the terminal was sent from then on."""
    import pexpect

    child = pexpect.spawn(
        sys.executable,
        ["-c", CRASHES, town.home.store_url, str(town.home.reports)],
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "TMPDIR": str(folder),
        },
        dimensions=(24, 80),
        encoding="utf-8",
        codec_errors="replace",
    )
    try:
        person = Terminal(child)
        log_in(person)
        person.type(canary["name"])
        person.until("••••")
        captured = child.logfile_read = io.StringIO()
        person.press("\x14")
        assert person.ended() == 1
        reports = list(town.home.reports.glob("crash-*.txt"))
        assert any("fails" in report.read_text() for report in reports)
        return captured.getvalue()
    finally:
        child.close(force=True)


@pytest.mark.parametrize(
    "place", ["a file", "a file's name", "an environment", "the words of a process", "a passing file"]
)
def test_a_planted_trace_is_found(tmp_path: Path, place: str) -> None:
    since, canary = time.time() - 1, a_canary()
    assert traces(canary, [tmp_path], since) == []
    sleeping: list[str] = []
    environment = None
    match place:
        case "a file":
            (tmp_path / "log.txt").write_text(f"2026 pasien {canary['name'].upper()} masuk")
        case "a file's name":
            (tmp_path / f"{canary['nik']}.txt").touch()
        case "an environment":
            sleeping, environment = ["-c", "input()"], {"PASIEN": canary["card"]}
        case "the words of a process":
            sleeping = ["-c", "input()", canary["phone"]]
        case _:
            passing = Path("/dev/shm") / f"kenari-{canary['card'][-6:]}.tmp"
            passing.write_bytes(canary["complaint"].encode("utf-16-le"))
    child = subprocess.Popen([sys.executable, *sleeping], stdin=subprocess.PIPE, env=environment) if sleeping else None
    try:
        limit = time.monotonic() + 20
        while not (found := traces(canary, [tmp_path], since)):
            assert time.monotonic() < limit, "not found"
        assert len({one.split(" in ")[0] for one in found}) == 1
    finally:
        if child:
            child.kill()
            child.communicate()
        for left in Path("/dev/shm").glob(f"kenari-{canary['card'][-6:]}.tmp"):
            left.unlink()
