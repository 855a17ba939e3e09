"""What the SSH server lets a station's key do: its effective settings, the wrapper, the keys."""

import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

from kiosk.cli.deploy_files import Place, filled
from kiosk.cli.findings import Finding, Health, why

SSHD = ("/usr/sbin/sshd", "/usr/local/sbin/sshd", "/sbin/sshd")
OFF: tuple[tuple[str, frozenset[str], str], ...] = (
    ("disableforwarding", frozenset({"yes"}), "semua penerusan (port, agen, X11, soket)"),
    ("allowtcpforwarding", frozenset({"no"}), "penerusan port"),
    ("allowstreamlocalforwarding", frozenset({"no"}), "penerusan soket"),
    ("allowagentforwarding", frozenset({"no"}), "penerusan agen kunci"),
    ("x11forwarding", frozenset({"no"}), "penerusan X11"),
    ("gatewayports", frozenset({"no"}), "port untuk komputer lain"),
    ("permittunnel", frozenset({"no"}), "terowongan"),
    ("permituserrc", frozenset({"no"}), "~/.ssh/rc"),
    ("permituserenvironment", frozenset({"no"}), "lingkungan dari berkas kunci"),
    ("passwordauthentication", frozenset({"no"}), "kata sandi SSH"),
    ("kbdinteractiveauthentication", frozenset({"no"}), "kata sandi SSH (keyboard-interactive)"),
    ("hostbasedauthentication", frozenset({"no"}), "masuk atas nama komputer"),
    ("permitemptypasswords", frozenset({"no"}), "kata sandi kosong"),
)
"""Setting of sshd, the values that are right, and what it would let through."""
PROBES = 60
"""Seconds within which sshd must notice that a terminal is gone."""
STARTUPS = 30
"""Terminals that may knock at once before sshd turns some away at random."""


def server(place: Place, config: Path | None) -> Iterator[Finding]:
    """The settings that are in force for the stations' user, as sshd itself says them."""
    program = next((path for path in SSHD if Path(path).exists()), None) or shutil.which("sshd")
    if program is None:
        yield Finding("sshd", Health.BROKEN, "server SSH tidak terpasang (Debian: openssh-server)")
        return
    who = f"user={place.user},host=localhost,addr=127.0.0.1"
    named = ["-f", str(config)] if config else []
    done = subprocess.run(  # noqa: S603  (the system's own program)
        [program, "-T", *named, "-C", who], capture_output=True, text=True, timeout=20, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or [f"kode {done.returncode}"]
        yield Finding("sshd", Health.BROKEN, f"pengaturannya tidak terbaca: {said[0][:120]} (jalankan sebagai root)")
        return
    settings = effective(done.stdout)
    yield from judged(place, settings)


def effective(text: str) -> dict[str, list[str]]:
    """Setting → its values, from `sshd -T`."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        key, _, value = line.strip().partition(" ")
        found.setdefault(key.lower(), []).append(value)
    return found


def judged(place: Place, settings: dict[str, list[str]]) -> Iterator[Finding]:
    """What is right and what is wrong in them."""

    def one(key: str) -> str:
        return settings.get(key, [""])[0]

    if one("forcecommand") == str(place.wrapper):
        yield Finding("sshd perintah", Health.GOOD, f"hanya {place.wrapper}, juga untuk sftp dan scp")
    else:
        yield Finding(
            "sshd perintah", Health.BROKEN, f"ForceCommand bukan {place.wrapper}; pengguna {place.user} bebas"
        )
    open_ways = [what for key, right, what in OFF if one(key) not in right]
    if open_ways:
        yield Finding("sshd pintu", Health.BROKEN, f"masih terbuka: {', '.join(open_ways)}")
    else:
        yield Finding("sshd pintu", Health.GOOD, f"semua tertutup ({len(OFF)} pengaturan)")
    right_keys = one("authorizedkeysfile") == str(place.keys) and one("authenticationmethods") == "publickey"
    yield Finding(
        "sshd kunci",
        Health.GOOD if right_keys else Health.BROKEN,
        f"hanya kunci di {place.keys}" if right_keys else f"bukan hanya kunci di {place.keys}",
    )
    terminal = one("permittty") == "yes" and one("maxsessions") == "1"
    yield Finding(
        "sshd terminal",
        Health.GOOD if terminal else Health.ATTENTION,
        "satu terminal tiap sambungan" if terminal else "atur PermitTTY yes dan MaxSessions 1",
    )
    interval, count = (int(one(key) or 0) for key in ("clientaliveinterval", "clientalivecountmax"))
    probed = 0 < interval * count <= PROBES
    yield Finding(
        "sshd putus",
        Health.GOOD if probed else Health.ATTENTION,
        f"sambungan mati diketahui dalam sekitar {interval * count} detik"
        if probed
        else "atur ClientAliveInterval 15 dan ClientAliveCountMax 2, supaya sesi tanpa terminal berakhir",
    )
    first = one("maxstartups").split(":")[0]
    many = first.isdigit() and int(first) >= STARTUPS
    yield Finding(
        "sshd pagi",
        Health.GOOD if many else Health.ATTENTION,
        f"{first} terminal boleh masuk serentak" if many else "MaxStartups terlalu kecil; pakai 60:30:120",
    )
    accepted = [name for value in settings.get("acceptenv", []) for name in value.split()]
    yield Finding(
        "sshd lingkungan",
        Health.GOOD,
        f"{' '.join(accepted)} diterima sshd, dibuang loket-session" if accepted else "tidak ada yang diterima",
    )


def wrapper(place: Place) -> Iterator[Finding]:
    """That nobody but root can change what every station runs, and that it is ours."""
    topic = "loket-session"
    try:
        about = place.wrapper.stat()
        text = place.wrapper.read_text("utf-8")
    except OSError as error:
        yield Finding(topic, Health.BROKEN, f"{place.wrapper} {why(error)}; tidak ada loket yang dapat masuk")
        return
    loose = [path for path in (place.wrapper, *place.wrapper.parents) if _others_write(path)]
    if loose:
        yield Finding(topic, Health.BROKEN, f"{loose[0]} dapat diubah selain root (chown root, chmod go-w)")
    elif not about.st_mode & 0o001:
        yield Finding(topic, Health.BROKEN, f"{place.wrapper} tidak dapat dijalankan (chmod 755)")
    elif text != filled("loket-session", place):
        yield Finding(topic, Health.ATTENTION, "berbeda dari versi ini; tulis ulang dengan kiosk deploy write")
    else:
        yield Finding(topic, Health.GOOD, "milik root, isinya sesuai versi ini")


def keys(place: Place) -> Iterator[Finding]:
    """That each key may do nothing but open a terminal, and that stations cannot add any."""
    topic = "kunci SSH"
    try:
        lines = place.keys.read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        yield Finding(topic, Health.ATTENTION, f"{place.keys} belum ada; belum ada loket yang dapat masuk")
        return
    except OSError as error:
        yield Finding(topic, Health.ATTENTION, f"{place.keys} {why(error)}")
        return
    if _others_write(place.keys):
        yield Finding(topic, Health.BROKEN, f"{place.keys} dapat diubah selain root (chown root, chmod go-w)")
    known = [line for line in lines if line.strip() and not line.startswith("#")]
    free = [number for number, line in enumerate(known, 1) if not re.match(r"restrict,pty[\s,]", line)]
    if free:
        yield Finding(topic, Health.ATTENTION, f"kunci ke-{free[0]} tidak diawali restrict,pty")
    else:
        yield Finding(topic, Health.GOOD, f"{len(known)} loket, semuanya restrict,pty")


def _others_write(path: Path) -> bool:
    """Whether anybody but root may change it; a folder with the sticky bit keeps others' files apart."""
    about = path.stat()
    open_to_others = bool(about.st_mode & 0o022) and not about.st_mode & stat.S_ISVTX
    return about.st_uid != 0 or open_to_others
