"""What is shipped for SSH and systemd: filled in, tight, and judged rightly by `kiosk deploy check`."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from kiosk.cli import deploy_host
from kiosk.cli.deploy_files import TARGETS, UNITS, Place, filled
from kiosk.cli.deploy_ssh import OFF, effective, judged, keys, wrapper
from kiosk.cli.findings import Finding, Health
from kiosk.sync.secrets import SecretsProblem, read_secrets, secrets_at
from tests.cli.test_commands import kiosk
from tests.fortress import Count

SERVICES = [unit for unit in UNITS if unit.endswith(".service")]
MOST = {"loket-board.service": 1.5}
"""What `systemd-analyze security` may say at most; 2.0 for the others (10 is an open door)."""
TIGHT = {
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateDevices=yes",
    "PrivateTmp=yes",
    "PrivateUsers=yes",
    "MemoryDenyWriteExecute=yes",
    "RestrictNamespaces=yes",
    "RestrictSUIDSGID=yes",
    "SystemCallArchitectures=native",
    "SystemCallErrorNumber=EPERM",
    "UMask=0007",
}
PLACE = Place(python=Path("/opt/loket/bin/python"), client=Path("/opt/loket/lib/kiosk/session_client.py"))


@pytest.mark.parametrize("name", [*TARGETS, "README.md"])
def test_nothing_is_left_open_in_a_file(name: str) -> None:
    assert not re.findall(r"@[A-Z]+@", filled(name, PLACE))


@pytest.mark.parametrize("bad", ["/var/lib/a b", "/x;id", "relatif", "/a$(id)"])
def test_a_path_that_a_shell_would_read_otherwise_is_refused(bad: str) -> None:
    with pytest.raises(ValueError):
        filled("loket-session", Place(home=Path(bad)))


@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_has_no_more_rights_than_it_needs(unit: str, tmp_path: Path, counted: Count) -> None:
    text = filled(unit, PLACE)
    assert set(text.splitlines()) >= TIGHT
    network = unit == "loket-sync.service"
    assert ("PrivateNetwork=yes" in text) is not network
    assert ("LoadCredential=" in text) is network, "only the sync process gets P-Care's password"
    assert ("InaccessiblePaths=-/etc/loket" in text) is not network
    program = systemd_analyze()
    (tmp_path / unit).write_text(text)
    done = subprocess.run(
        [program, "security", "--offline=yes", "--no-pager", str(tmp_path / unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    score = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
    assert score is not None, done.stdout + done.stderr
    assert float(score[1]) <= MOST.get(unit, 2.0), done.stdout
    counted(units_scored=1)


@pytest.mark.parametrize("unit", [name for name in TARGETS if name.endswith((".service", ".timer"))])
def test_systemd_finds_nothing_wrong_in_a_unit(unit: str, tmp_path: Path, counted: Count) -> None:
    # The installation that a unit names is not here: the program that is stands for it.
    for name in TARGETS:
        if name.endswith((".service", ".timer")):
            (tmp_path / name).write_text(filled(name, PLACE).replace("/opt/loket/bin/python", sys.executable))
    done = subprocess.run(
        [systemd_analyze(), "verify", "--man=no", str(tmp_path / unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")
    counted(units_verified=1)


def systemd_analyze() -> str:
    """The program; without one that judges files (from version 250 on) skips, or fails with LOKET_NEED_SYSTEMD."""
    program = shutil.which("systemd-analyze")
    if (
        program is not None
        and "--offline" in subprocess.run([program, "--help"], capture_output=True, text=True).stdout
    ):
        return program
    if os.environ.get("LOKET_NEED_SYSTEMD"):
        pytest.fail("no systemd-analyze is installed (Debian: systemd)")
    pytest.skip("no systemd-analyze is installed (Debian: systemd)")


def good_settings() -> dict[str, list[str]]:
    text = filled("sshd.conf", PLACE)
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(("#", "Match"))]
    return {key: [value.lower() if key in {k for k, _, _ in OFF} else value] for key, value in _pairs(lines)}


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    return [(line.split(" ", 1)[0].lower(), line.split(" ", 1)[1]) for line in lines]


def test_the_shipped_settings_are_right_and_each_one_matters() -> None:
    right = good_settings()
    assert {finding.health for finding in judged(PLACE, right)} == {Health.GOOD}
    for key, _, what in OFF:
        open_way = {**right, key: ["yes"] if right[key] == ["no"] else ["no"]}
        found = [finding for finding in judged(PLACE, open_way) if finding.health == Health.BROKEN]
        assert len(found) == 1
        assert what in found[0].text
    for key in ("forcecommand", "authorizedkeysfile", "authenticationmethods"):
        assert Health.BROKEN in {finding.health for finding in judged(PLACE, {**right, key: ["none"]})}
    for key, value in (("maxsessions", "10"), ("clientaliveinterval", "0"), ("maxstartups", "10:30:100")):
        assert Health.ATTENTION in {finding.health for finding in judged(PLACE, {**right, key: [value]})}


def test_what_sshd_says_is_read_with_its_repeated_lines() -> None:
    assert effective("AcceptEnv LANG\nacceptenv LC_*\nPort 22\n") == {"acceptenv": ["LANG", "LC_*"], "port": ["22"]}


def test_a_key_that_may_do_more_and_a_wrapper_that_is_another_are_named(tmp_path: Path) -> None:
    place = Place(wrapper=tmp_path / "loket-session", keys=tmp_path / "kunci")
    assert [f.health for f in wrapper(place)] == [Health.BROKEN]
    assert [f.health for f in keys(place)] == [Health.ATTENTION]
    place.keys.write_text("# loket\nrestrict,pty ssh-ed25519 AAAA satu\nssh-ed25519 AAAA dua\n")
    assert any("ke-2" in f.text for f in keys(place))
    place.wrapper.write_text("#!/bin/sh\nexec bash\n")
    place.wrapper.chmod(0o777)
    assert [f.health for f in wrapper(place)] == [Health.BROKEN]


def states(found: Iterable[Finding]) -> list[Health]:
    return [finding.health for finding in found]


def test_records_and_secrets_that_others_can_reach_are_told(tmp_path: Path) -> None:
    place = Place(home=tmp_path / "klinik", secrets=tmp_path / "rahasia", socket=tmp_path / "sesi")
    assert states(deploy_host.folder(place)) == [Health.BROKEN]
    place.home.mkdir()
    place.home.chmod(0o2775)
    assert states(deploy_host.folder(place)) == [Health.BROKEN, Health.ATTENTION]
    place.home.chmod(0o2770)
    (place.home / "loket.toml").write_text("start_sync = false\n")
    (place.home / "loket.sqlite3").touch()
    (place.home / "loket.sqlite3").chmod(0o660)
    assert states(deploy_host.folder(place)) == [Health.GOOD, Health.GOOD]
    (place.home / "loket.sqlite3").chmod(0o600)
    assert states(deploy_host.folder(place)) == [Health.ATTENTION, Health.GOOD], "the sync process could not write"
    assert states(deploy_host.secrets(place)) == [Health.ATTENTION]
    place.secrets.mkdir()
    secret = place.secrets / "pcare.toml"
    secret.touch()
    secret.chmod(0o640)
    assert states(deploy_host.secrets(place)) == [Health.BROKEN]
    secret.chmod(0o600)
    assert states(deploy_host.secrets(place)) == [Health.GOOD if os.geteuid() == 0 else Health.BROKEN]
    (place.home / "pcare.toml").touch()
    assert states(deploy_host.secrets(place)) == [Health.BROKEN], "stations could read it there"
    assert states(deploy_host.parent(place)) == [Health.ATTENTION]


def test_a_user_that_may_do_more_is_told() -> None:
    assert states(deploy_host.users(Place(user="root", sender="tidak-ada-di-sini"))) == [Health.BROKEN] * 2


def test_write_and_check_are_commands(tmp_path: Path) -> None:
    done = kiosk("deploy", "write", str(tmp_path / "pasang"), "--home", "/srv/klinik", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "pasang").iterdir()} == {*TARGETS, "README.md"}
    assert "LOKET_HOME=/srv/klinik" in (tmp_path / "pasang" / "loket-session").read_text()
    missing = str(tmp_path / "tidak-ada")
    done = kiosk("deploy", "check", "--json", "--home", missing, "--wrapper", missing, home=tmp_path)
    said = json.loads(done.stdout)
    assert (done.returncode, said["worst"]) == (2, "rusak")
    assert {"loket-session", "folder klinik", "pengguna", "unit"} <= {row["topic"] for row in said["checks"]}


def test_the_sync_process_takes_the_credential_that_systemd_gives_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, given = tmp_path / "pcare.toml", tmp_path / "credentials"
    given.mkdir()
    assert secrets_at(own) == own
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(given))
    assert secrets_at(own) == own
    credential = given / "pcare.toml"
    credential.write_text("cons_id = 1")
    credential.chmod(0o440)
    assert secrets_at(own) == credential
    with pytest.raises(SecretsProblem) as wrong:
        read_secrets(credential)
    assert wrong.value.reason == "secrets_wrong", "its contents are what is wrong, not its rights"
    own.write_text("cons_id = 1")
    own.chmod(0o440)
    with pytest.raises(SecretsProblem) as open_file:
        read_secrets(own)
    assert open_file.value.reason == "secrets_open"
