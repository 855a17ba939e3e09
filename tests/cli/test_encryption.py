"""An encrypted clinic in real processes: every command works on it, and nothing of a patient stands in clear."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.config import Home, home_at
from kiosk.store import participants
from kiosk.store.cipher import Form, form
from kiosk.store.database import Store
from kiosk.store.key import read_key
from tests.cli.terminal import terminal
from tests.cli.test_commands import ANSWERS, assert_one_line, kiosk
from tests.people import invented

CANARY = "Kenari Uji Rahasia"
DYING = """
import os, signal, sys
from kiosk.config import home_at
from kiosk.store import participants
from kiosk.store.database import Store
from tests.people import invented
from pathlib import Path
store = Store.open(home_at(Path(sys.argv[1])).store_url)
store.write_now(lambda tx: participants.save(tx, invented(501, "KENARI")))
os.kill(os.getpid(), signal.SIGKILL)
""".replace("KENARI", CANARY)


def prepared(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return kiosk("init", "--answers", "-", "--offline", *words, home=home, given=json.dumps(ANSWERS))


def said_key(text: str) -> str:
    """The paper form as it stands in what a command said."""
    return "\n".join(line for line in text.splitlines() if line.startswith("  "))


def in_clear(folder: Path) -> list[Path]:
    words = (CANARY.encode(), CANARY.upper().encode())
    return [p for p in folder.rglob("*") if p.is_file() and any(word in p.read_bytes() for word in words)]


def people(home: Home) -> int:
    store = Store.open(home.store_url)
    try:
        return int(store.read_now(lambda tx: tx.value("SELECT COUNT(*) FROM participant")))
    finally:
        store.close()


def killed_clerk(folder: Path) -> None:
    """Somebody enters a patient, and the power goes: what was entered stands in the log alone."""
    done = subprocess.run([sys.executable, "-c", DYING, str(folder)], check=False, env={**os.environ})
    assert done.returncode == -signal.SIGKILL


def test_a_clinic_is_encrypted_from_its_first_day_in_every_file(tmp_path: Path) -> None:
    folder = tmp_path / "klinik"
    done = prepared(folder, "--encrypt")
    assert done.returncode == 0, done.stderr
    assert "Simpan salinan kunci di tempat aman" in done.stdout
    home = home_at(folder)
    assert home.key_file == folder / "loket.kunci"
    assert home.key_file.stat().st_mode & 0o777 == 0o600
    killed_clerk(folder)
    assert Path(f"{home.store}-wal").stat().st_size > 0
    assert in_clear(tmp_path) == []

    with terminal(home=tmp_path) as person:
        person.until("Kata sandi")
        person.type("admin\rrahasia-uji\r")
        person.until("Cari")
        person.type("kenari")
        person.until(CANARY)
        assert in_clear(tmp_path) == []
        made = kiosk("backup", home=folder)
        assert made.returncode == 0, made.stderr
    with terminal("board", home=tmp_path) as waiting:
        waiting.until("antrean")
    report = json.loads(kiosk("doctor", "--offline", "--json", home=folder).stdout)
    found = {row["topic"]: (row["state"], row["text"]) for row in report["checks"]}
    assert found["enkripsi"][0] == found["isi"][0] == found["cadangan"][0] == "baik", found
    assert "terenkripsi" in found["enkripsi"][1]
    once = kiosk("sync", "--once", "--json", home=folder)
    assert "outbox" in json.loads(once.stdout), once.stderr
    assert kiosk("user", "list", home=folder).returncode == 0
    back = kiosk("restore", "--newest", "--yes", home=folder)
    assert back.returncode == 0, back.stderr
    assert people(home) == 1
    assert in_clear(tmp_path) == []
    secret = read_key(home.key_file)
    held = [p for p in tmp_path.rglob("*") if p.is_file() and secret.hex.encode() in p.read_bytes()]
    assert held == [home.key_file], "the key is in its own file alone"


def test_a_backup_and_the_key_on_paper_bring_a_clinic_back_on_another_computer(tmp_path: Path) -> None:
    old, new, typed = tmp_path / "lama", tmp_path / "baru", tmp_path / "diketik"
    paper = said_key(prepared(old, "--encrypt").stdout)
    killed_clerk(old)
    backup = json.loads(kiosk("backup", "--json", home=old).stdout)["path"]
    typed.write_text(paper.lower())
    assert_one_line(kiosk("restore", backup, "--yes", home=new), "terenkripsi", "--key-file")
    assert_one_line(kiosk("restore", backup, "--yes", "--key-file", str(typed), home=new), "chmod 600")
    typed.chmod(0o600)
    done = kiosk("restore", backup, "--yes", "--key-file", str(typed), home=new)
    assert done.returncode == 0, done.stderr
    home = home_at(new)
    assert form(home.store) is Form.SEALED
    assert people(home) == 1
    typed.write_text(paper.replace(paper.strip()[0], "2" if paper.strip()[0] != "2" else "3", 1))
    again = kiosk("restore", backup, "--yes", "--key-file", str(typed), home=new)
    assert_one_line(again, "bukan kunci Loket")


def test_without_its_key_every_command_says_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "klinik"
    prepared(folder, "--encrypt")
    key = folder / "loket.kunci"
    elsewhere = key.rename(tmp_path / "kunci-di-laci")
    for words in (("user", "list"), ("sync", "--once"), ("backup",)):
        assert_one_line(kiosk(*words, home=folder), "Kunci penyimpanan tidak ditemukan")
    for words in ((), ("board",)):
        with terminal(*words, home=tmp_path) as person:
            assert person.ended() == 2
            assert "tidak ditemukan" in " ".join(person.text.split())
    doctor = kiosk("doctor", "--offline", "--json", home=folder)
    assert doctor.returncode == 2
    assert "tidak ditemukan" in doctor.stdout
    settings = folder / "loket.toml"
    settings.write_text("".join(x for x in settings.read_text().splitlines(True) if not x.startswith("store_key")))
    assert_one_line(kiosk("user", "list", home=folder), "terenkripsi", "store_key")
    with terminal(home=tmp_path) as person:
        assert person.ended() == 2
    elsewhere.rename(key)
    assert "sudah terenkripsi" in kiosk("encrypt", home=folder).stdout
    assert kiosk("user", "list", home=folder).returncode == 0


def test_a_store_that_is_there_is_encrypted_and_the_settings_keep_their_words(tmp_path: Path) -> None:
    folder = tmp_path / "klinik"
    prepared(folder)
    home = home_at(folder)
    store = Store.open(home.store_url)
    store.write_now(lambda tx: participants.save(tx, invented(501, CANARY)))
    store.close()
    home.settings.write_text('# milik kami\nstation = "Loket 9"\n\n[queue]\nratio = "1:2"  # setuju\n')
    assert_one_line(kiosk("decrypt", "--yes", home=folder), "tidak terenkripsi")
    assert_one_line(kiosk("key", home=folder), "tidak terenkripsi")
    done = kiosk("encrypt", "--key-file", str(tmp_path / "laci.kunci"), home=folder)
    assert done.returncode == 0, done.stderr
    (aside,) = folder.glob("*-disisihkan-*.sqlite3")
    assert f"{aside}; hapus sesudah yakin" in done.stdout
    assert in_clear(tmp_path) == [aside]
    written = home.settings.read_text()
    assert written.startswith(f'store_key = "{tmp_path / "laci.kunci"}"\n')
    assert all(words in written for words in ("# milik kami", 'station = "Loket 9"', "# setuju"))
    assert_one_line(kiosk("key", home=folder), "terminal")
    with terminal("key", home=tmp_path) as person:
        assert person.ended() == 0
        assert said_key(done.stdout).splitlines()[0].strip() in person.text
    report = json.loads(kiosk("doctor", "--offline", "--json", home=folder).stdout)
    told = next(row for row in report["checks"] if row["topic"] == "enkripsi")
    assert (told["state"], aside.name in told["text"]) == ("perhatian", True)
    assert_one_line(kiosk("decrypt", home=folder), "--yes")
    assert kiosk("decrypt", "--yes", home=folder).returncode == 0
    assert form(home.store) is Form.PLAIN
    assert people(home_at(folder)) == 1
    assert "store_key" not in home.settings.read_text()
    assert "setuju" in home.settings.read_text()


@pytest.mark.parametrize("command", ["encrypt", "decrypt", "init --encrypt"])
def test_a_store_on_a_server_is_encrypted_there(tmp_path: Path, command: str) -> None:
    words = (*command.split(), "--store", "postgresql://loket@127.0.0.1:9/loket")
    assert_one_line(kiosk(*words, home=tmp_path), "server")
