"""What the host owes to the sessions: users, rights of the clinic's folder and the secrets, units, the kernel."""

import grp
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from kiosk.cli.deploy_files import TARGETS, UNITS, Place, filled
from kiosk.cli.findings import Finding, Health, why
from kiosk.config import ConfigError, Home, read_settings
from kiosk.session_socket import somebody_listens

POWERFUL = ("root", "sudo", "wheel", "adm", "docker", "disk", "shadow", "lxd")
"""Groups whose members are root, or nearly."""
SHELLS = ("/bin/sh", "/bin/dash", "/usr/bin/dash", "/usr/bin/sh")
"""Shells that start nothing of the user's own before the forced command (bash reads ~/.bashrc under sshd)."""
ACTIVE = ("loket-sync.service", "loket-sessions.service", "loket-backup.timer")
SECCOMP = Path("/proc/sys/kernel/seccomp/actions_avail")


def users(place: Place) -> Iterator[Finding]:
    """That the two users exist and can do nothing else here."""
    for name in (place.user, place.sender):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            yield Finding("pengguna", Health.BROKEN, f"{name} belum ada (systemd-sysusers)")
            continue
        groups = {group.gr_name for group in grp.getgrall() if name in group.gr_mem or group.gr_gid == entry.pw_gid}
        if entry.pw_uid == 0 or groups & set(POWERFUL):
            strong = ", ".join(sorted(groups & set(POWERFUL))) or "uid 0"
            yield Finding("pengguna", Health.BROKEN, f"{name} terlalu berkuasa: {strong}")
        elif name == place.user and entry.pw_shell not in SHELLS:
            yield Finding("pengguna", Health.ATTENTION, f"{name} memakai {entry.pw_shell}; pakai /bin/sh")
        else:
            yield Finding("pengguna", Health.GOOD, f"{name}, tanpa hak lain")


def folder(place: Place) -> Iterator[Finding]:
    """That records are the two users' alone, and that no counter starts a sync process beside the service."""
    topic = "folder klinik"
    try:
        mode = place.home.stat().st_mode & 0o7777
        own = Home(place.home).store
        closed_to_group = own.exists() and own.stat().st_mode & 0o660 != 0o660
    except OSError as error:
        yield Finding(topic, Health.BROKEN, f"{place.home} {why(error)}")
        return
    if mode & 0o007:
        yield Finding(topic, Health.BROKEN, f"{place.home} terbuka bagi semua pengguna (chmod 2770)")
    elif mode & 0o2020 != 0o2020 or closed_to_group:
        yield Finding(topic, Health.ATTENTION, f"{place.home} harus dapat ditulis kelompoknya (2770, berkasnya 660)")
    else:
        yield Finding(topic, Health.GOOD, f"{place.home} tertutup bagi yang lain")
    try:
        starts = read_settings(Home(place.home)).start_sync
    except ConfigError as error:
        yield Finding(topic, Health.BROKEN, str(error))
        return
    if starts:
        yield Finding(topic, Health.ATTENTION, "tulis start_sync = false di loket.toml: pengirim adalah layanan")
    else:
        yield Finding(topic, Health.GOOD, "pengirim adalah layanan (start_sync = false)")


def secrets(place: Place) -> Iterator[Finding]:
    """That P-Care's password is root's file, and not in the folder that stations can read."""
    within = Home(place.home).secrets
    try:
        if within.exists():
            yield Finding("rahasia", Health.BROKEN, f"pindahkan {within} ke {place.secrets}: loket dapat menjangkaunya")
            return
        there = sorted(place.secrets.glob("pcare.*"))
    except OSError as error:
        yield Finding("rahasia", Health.ATTENTION, f"{place.secrets} {why(error)}")
        return
    if not there:
        yield Finding("rahasia", Health.ATTENTION, f"belum ada {place.secrets / 'pcare.toml'}; tidak ada yang terkirim")
    for path in there:
        about = path.stat()
        closed = about.st_uid == 0 and not about.st_mode & 0o077
        yield Finding(
            "rahasia",
            Health.GOOD if closed else Health.BROKEN,
            f"{path} milik root saja" if closed else f"{path} harus milik root, chmod 600",
        )


def units(place: Place) -> Iterator[Finding]:
    """That the units are ours and those that must run do."""
    there = {unit: Path(TARGETS[unit]) for unit in UNITS if Path(TARGETS[unit]).is_file()}
    missing = [unit for unit in UNITS if unit not in there]
    other = [unit for unit, path in there.items() if path.read_text("utf-8", "replace") != filled(unit, place)]
    for units_so, what in ((missing, "belum dipasang"), (other, "berbeda dari versi ini")):
        if units_so:
            yield Finding("unit", Health.ATTENTION, f"{what}: {', '.join(units_so)}")
    if not missing and not other:
        yield Finding("unit", Health.GOOD, f"{len(UNITS)} berkas sesuai versi ini")
    program = shutil.which("systemctl")
    if program is None:
        yield Finding("unit", Health.ATTENTION, "systemd tidak ada di sini; pengirim harus dijalankan cara lain")
        return
    done = subprocess.run(  # noqa: S603  (the system's own program, constant words)
        [program, "is-active", *ACTIVE], capture_output=True, text=True, timeout=10, check=False
    )
    states = done.stdout.split()
    still = [unit for unit, state in zip(ACTIVE, states, strict=False) if state != "active"] if states else list(ACTIVE)
    yield Finding(
        "unit",
        Health.ATTENTION if still else Health.GOOD,
        f"tidak berjalan: {', '.join(still)}" if still else "semua berjalan",
    )


def parent(place: Place) -> Iterator[Finding]:
    """Whether sessions start warm."""
    if somebody_listens(place.socket):
        yield Finding("induk sesi", Health.GOOD, f"siap di {place.socket}")
    else:
        yield Finding("induk sesi", Health.ATTENTION, "tidak berjalan; sesi tetap jalan, hanya mulai lebih lambat")


def lockdown() -> Iterator[Finding]:
    """Whether the kernel can refuse to start programs."""
    if SECCOMP.exists():
        yield Finding("penguncian", Health.GOOD, "sesi tidak dapat menjalankan program (seccomp)")
    else:
        yield Finding("penguncian", Health.ATTENTION, "kernel tanpa seccomp: sesi hanya dijaga loket-session")
