"""What `kiosk doctor` asks of the clinic: store, backups, the way to P-Care, the sender, the outbox, the members."""

import asyncio
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from kiosk.cli.findings import Finding, Health, age_text, size_text
from kiosk.config import Home
from kiosk.counter.reasons import words
from kiosk.domain.codes import OutboxState
from kiosk.domain.day import local_day, now
from kiosk.pcare.check import BAD, UNTOLD, check, check_queue, sentence
from kiosk.store import sync_state
from kiosk.store.backup import DUE, backups, verify
from kiosk.store.database import Store
from kiosk.store.errors import StoreError, Unreadable
from kiosk.store.health import Content, FileHealth, content, look_at_file
from kiosk.store.locks import FileLock
from kiosk.store.mark import how_many, losses
from kiosk.store.restore import set_aside_stores
from kiosk.store.sync_state import LinkState
from kiosk.sync.line import LinkWord
from kiosk.sync.secrets import SecretsProblem, read_secrets

GOOD, ATTENTION, BROKEN = Health.GOOD, Health.ATTENTION, Health.BROKEN
LARGE_LOG = 64_000_000
"""The log is emptied in quiet moments; when it grows beyond this, nobody does that."""
WAITING_LONG = timedelta(hours=24)
RESTORE = "tutup Loket, lalu: kiosk restore --newest"


class Clinic:
    """One clinic, looked at once; each check yields what it finds."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.health = None if home.on_server else look_at_file(home.store, home.key_file)
        self.content: Content | None = None
        self.link: LinkState | None = None
        self._alive = False
        self._trouble = ""
        self._zone = "Asia/Jakarta"
        # Opening would bring an older store up to date: that is not for somebody who only looks.
        if home.on_server or (self.health and not (self.health.problem or self.health.older or self.health.newer)):
            self._read()

    def _read(self) -> None:
        try:
            opened = Store.open(self.home.store_url)
            try:
                self.content, self.link = opened.read_now(lambda tx: (content(tx), sync_state.read(tx)))
                self._alive, self._zone = opened.sync_alive(), opened.clinic.zone
            finally:
                opened.close()
        except StoreError as error:
            self._trouble = str(error)

    def store(self) -> Iterator[Finding]:
        """The store itself; the file is read through, a server is asked."""
        if self.home.on_server:
            yield from self._server()
            return
        health = self.health
        if health is None:
            said = f"tidak ada: {self.home.store}; jalankan kiosk init, atau kiosk restore bila pernah ada"
            yield Finding("penyimpanan", BROKEN, said)
            return
        if not os.access(self.home.store, os.R_OK):
            said = f"tidak boleh dibaca oleh pengguna ini: {self.home.store}; periksa hak berkasnya"
            yield Finding("penyimpanan", BROKEN, said)
            return
        yield Finding("penyimpanan", GOOD, f"{self.home.store}, {size_text(health.size)}")
        yield from _whole(health)
        yield from _missing(self.home.store, health.missing)
        large = health.log_size > LARGE_LOG
        said = "; jalankan kiosk sync, ia merapikannya saat sepi" if large else ""
        yield Finding("catatan tulis", ATTENTION if large else GOOD, f"{size_text(health.log_size)}{said}")
        aside = set_aside_stores(self.home.folder)
        if aside:
            yield Finding("disisihkan", GOOD, f"{len(aside)} penyimpanan lama, terakhir {aside[-1].name}")

    def _server(self) -> Iterator[Finding]:
        from kiosk.store.postgres_address import address

        shown = address(self.home.store_url).shown
        if self._trouble:
            yield Finding("penyimpanan", BROKEN, f"server {shown}: {self._trouble}")
        else:
            yield Finding("penyimpanan", GOOD, f"server {shown} menjawab")

    def newest_backup(self) -> Iterator[Finding]:
        """The newest backup: is there one, how old is it, can it be read."""
        do, by_hand = "jalankan: kiosk backup", self._only_by_hand()
        there = [each for each in backups(self.home.folder / "cadangan") if each.made_at <= now()]
        if not there:
            yield Finding("cadangan", ATTENTION, f"belum ada; {by_hand or do}")
            return
        newest = there[0]
        age = now() - newest.made_at
        said = f"{newest.path.name}, {age_text(age)} yang lalu"
        try:
            read = self._read_back(newest.path)
        except Unreadable:
            yield Finding("cadangan", BROKEN, f"{said}: tidak dapat dibaca; {do}")
            return
        if age > 2 * DUE:
            yield Finding("cadangan", ATTENTION, f"{said}; {by_hand or do}")
        else:
            yield Finding("cadangan", GOOD, f"{said}, utuh" if read else said)

    def _only_by_hand(self) -> str:
        """Why nobody makes a backup at night, or ""."""
        if not self.home.on_server:
            return ""
        from kiosk.store.postgres_address import address
        from kiosk.store.postgres_backup import programs_there

        if address(self.home.store_url).clinic is not None:
            return "basis data bersama: cadangannya urusan server"
        without = "pg_dump tidak ada di sini, jadi tidak ada cadangan malam; pasang postgresql-client"
        return "" if programs_there() else without

    def _read_back(self, path: Path) -> bool:
        """Whether the backup was read through; not without the server's programs. Raises Unreadable."""
        if path.suffix == ".sqlite3":
            verify(path, self.home.key_file)
            return True
        from kiosk.store.postgres_backup import programs_there, verify_dump

        there = programs_there()
        if there:
            verify_dump(path)
        return there

    def way(self, *, ask: bool) -> Iterator[Finding]:
        """The way to P-Care, by one small question; not asked where a refused login would be repeated."""
        try:
            settings = read_secrets(self.home.secrets)
        except SecretsProblem as problem:
            yield Finding("P-Care", BROKEN, f"{words(problem.reason).why}: {problem}")
            return
        if not ask:
            yield Finding("P-Care", GOOD, "tidak ditanya (--offline)")
            return
        state = self.link
        if state is not None and state.link == LinkWord.STOPPED and state.reason == "login":
            said = "login sudah ditolak; tidak dicoba lagi, supaya akun tidak terkunci. Perbarui kata sandi P-Care"
            yield Finding("P-Care login", BROKEN, said)
            return
        found = asyncio.run(check(settings))
        why = sentence(found.error) if found.error is not None else ""
        for part, told in found.parts.items():
            if told == UNTOLD:
                continue
            said = f"{settings.base_url} menjawab" if part == "alamat" else "diterima"
            if part == "jam":
                said = f"selisih {found.skew:+.0f} detik"
            if told == BAD:
                # The counter works on without the line; a wrong clock or a refused key stops the sender for good.
                said, health = (f"{said}; betulkan jam komputer" if part == "jam" else why), BROKEN
                yield Finding(f"P-Care {part}", ATTENTION if part == "alamat" else health, said)
            else:
                yield Finding(f"P-Care {part}", GOOD, said)

    def queue_way(self, *, ask: bool) -> Iterator[Finding]:
        """The way to the queue service, where the clinic uses it: its address, and its own key."""
        topic = "Mobile JKN"
        try:
            settings = read_secrets(self.home.secrets)
        except SecretsProblem:
            return  # said of P-Care already
        if settings.antrean_url is None or settings.antrean_user_key is None:
            half = settings.antrean_url is not None or settings.antrean_user_key is not None
            said = "setengah diatur: butuh antrean_url dan antrean_user_key" if half else "tidak dipakai"
            yield Finding(topic, ATTENTION if half else GOOD, said)
        elif not ask:
            yield Finding(topic, GOOD, "tidak ditanya (--offline)")
        else:
            found = asyncio.run(check_queue(settings, local_day(now(), self._zone)))
            if found is None or found.error is None:
                yield Finding(topic, GOOD, f"{settings.antrean_url} menjawab, kunci diterima")
                return
            # Registration goes on without it, and P-Care too.
            wrong_key = found.parts["konsumen"] == BAD
            yield Finding(topic, BROKEN if wrong_key else ATTENTION, sentence(found.error, "Antrean FKTP"))

    def sender(self, *, starts_itself: bool) -> Iterator[Finding]:
        """Whether the sync process is alive, and what it says of the line."""
        state = self.link
        if not self._sender_alive():
            waiting = self._open_calls()
            if waiting:
                said = f"tidak berjalan, dan {waiting} kiriman menunggu; buka Loket, atau jalankan: kiosk sync"
                yield Finding("pengirim", ATTENTION, said)
            elif starts_itself:
                yield Finding("pengirim", GOOD, "tidak berjalan; Loket memulainya sendiri")
            else:
                yield Finding("pengirim", ATTENTION, "tidak berjalan (start_sync = false); jalankan layanan kiosk sync")
            return
        if state is None or state.link in (LinkWord.ONLINE, LinkWord.STARTING):
            yield Finding("pengirim", GOOD, "berjalan")
        elif state.link == LinkWord.OFFLINE:
            said = f"berjalan; P-Care putus sejak {age_text(now() - state.since)} yang lalu"
            yield Finding("pengirim", ATTENTION, f"{said}: {words(state.reason).why}")
        else:
            told = words(state.reason)
            yield Finding("pengirim", BROKEN, f"berhenti mengirim: {told.why}. {told.what_to_do}")

    def outbox(self) -> Iterator[Finding]:
        """What is on its way, by state, and since when the oldest one waits."""
        held = self.content
        if held is None:
            yield Finding("kiriman", ATTENTION, "tidak dapat dibaca selama penyimpanan tidak dapat dibuka")
            return
        count = {state: held.outbox.get(state, 0) for state in OutboxState}
        waiting = count[OutboxState.PENDING] + count[OutboxState.SENDING]
        said = (
            f"{waiting} menunggu, {count[OutboxState.UNKNOWN]} belum pasti,"
            f" {count[OutboxState.NEEDS_ACTION]} perlu tindakan, {count[OutboxState.DONE]} sampai"
        )
        old = held.oldest is not None and now() - held.oldest > WAITING_LONG
        if held.oldest is not None:
            said += f"; yang tertua {age_text(now() - held.oldest)}"
        yield Finding("kiriman", ATTENTION if old or count[OutboxState.NEEDS_ACTION] else GOOD, said)

    def members(self) -> Iterator[Finding]:
        """How many people the clinic knows by itself, and how old that knowledge is."""
        held = self.content
        if held is None:
            yield Finding("peserta", ATTENTION, "tidak dapat dibaca selama penyimpanan tidak dapat dibuka")
            return
        said = f"{held.members} dikenal di sini, {held.confirmed} pernah dipastikan P-Care"
        if held.confirmed_last is not None and held.confirmed_first is not None:
            said += f"; terakhir {age_text(now() - held.confirmed_last)} yang lalu"
            said += f", tertua {age_text(now() - held.confirmed_first)}"
        yield Finding("peserta", GOOD, said)

    def _open_calls(self) -> int:
        over = (OutboxState.DONE, OutboxState.DROPPED)
        return sum(n for state, n in self.content.outbox.items() if state not in over) if self.content else 0

    def _sender_alive(self) -> bool:
        lock = self.home.sender_lock
        if self._alive or self.home.on_server:
            return self._alive
        # Asking makes the file; where nobody ever sent, nothing is to be left behind.
        return lock.exists() and not FileLock(lock).is_free()


def _whole(health: FileHealth) -> Iterator[Finding]:
    if health.problem:
        yield Finding("isi", BROKEN, f"rusak ({health.problem}); {RESTORE}")
    elif health.newer:
        yield Finding("isi", BROKEN, "dibuat versi Loket yang lebih baru; perbarui program ini")
    elif health.older:
        yield Finding("isi", ATTENTION, "utuh, dari versi Loket yang lebih lama; diperbarui saat Loket dibuka")
    elif not health.checksummed:
        yield Finding("isi", ATTENTION, "utuh, tetapi tanpa cap halaman: bit yang rusak kelak bisa tidak ketahuan")
    else:
        yield Finding("isi", GOOD, "utuh: semua halaman dan semua hubungan dibaca")


def _missing(store: Path, missing: int) -> Iterator[Finding]:
    """Acknowledged transactions that are gone: now, and those that were noticed earlier and not looked after yet."""
    seen = losses(store)
    missing += sum(how_many(each) for each in seen)
    if missing:
        said = f"{missing} simpanan terakhir hilang dari berkas; bandingkan dengan daftar P-Care dan kertas"
        done = f", lalu hapus {', '.join(str(each) for each in seen)}" if seen else ""
        yield Finding("simpanan", BROKEN, said + done)
