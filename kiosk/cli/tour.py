"""`kiosk demo --tour`: one day of a clinic, played on the real screens by keys, and compared with P-Care's ledger."""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kiosk.cli.children import SyncKeeper
from kiosk.cli.player import SIZE, NeverSeen, Player, playing
from kiosk.cli.throwaway import KNOWN_MEMBERS, PASSWORD, Throwaway, throwaway_clinic
from kiosk.domain.codes import OutboxState
from kiosk.store import outbox
from kiosk.store.database import Store
from kiosk.store.totals import totals

DRAIN_PATIENCE = 25.0
OVER = {OutboxState.DONE, OutboxState.DROPPED}


@dataclass
class Tour:
    """What was done so far, and what it is checked against."""

    clinic: Throwaway
    store: Store
    player: Player
    say: Callable[[str], None]
    begun: float = field(default_factory=time.monotonic)
    steps: list[dict[str, object]] = field(default_factory=list)
    offline: int = 0
    drained_s: float | None = None

    async def play(self) -> None:
        """The whole day."""
        members = self.clinic.members
        await self.log_in("admin")
        await self.player.until("P-Care tersambung")
        await self.register(_part(members[0]["nama"]), "nama", picture=True)
        await self.register(members[1]["noKartu"], "nomor kartu")
        await self.register(members[KNOWN_MEMBERS + 1]["noKartu"], "nomor kartu, ditanyakan ke P-Care", ask=True)
        await self.call_first()
        await self.look_at_the_board()
        await self.serve_home()
        await self.serve_referral()
        await self.live_through_an_outage([_part(members[3]["nama"]), members[4]["nik"]])
        await self.wait_until_all_is_there("Semua kiriman sudah sampai")
        await self.player.press("f6")
        await self.player.until("Kiriman")
        await self.player.picture("09-kiriman-sampai")

    def step(self, text: str) -> None:
        """Tell one step."""
        seconds = round(time.monotonic() - self.begun, 2)
        self.steps.append({"at_s": seconds, "step": text})
        self.say(f"{seconds:6.1f} s  {text}")

    async def log_in(self, login: str) -> None:
        """The login, as a person types it."""
        await self.player.until("Klinik Contoh")
        await self.player.picture("01-masuk")
        await self.player.type(login)
        await self.player.press("enter")
        await self.player.type(PASSWORD)
        await self.player.press("enter")
        await self.player.until("nomor kartu, NIK")
        self.step(f"Masuk sebagai {login}")

    async def register(self, typed: str, how: str, *, ask: bool = False, picture: bool = False) -> None:
        """Find a person by what is typed, and register an ordinary sick visit at the first poli."""
        player = self.player
        await player.press("f3")
        await player.until("nomor kartu, NIK")
        await player.type(typed)
        if ask:
            await player.until("bertanya ke P-Care")
            await player.press("enter")
        await player.until("»")
        if picture:
            await player.until("terdaftar di sini")
            await player.picture("02-cari")
        await player.press("enter")
        await player.until("Jenis kunjungan")
        await player.press("s", "j", "u")
        if "Enter untuk" in player.text:
            # The age proposes a class of the queue: declined, so that the tour's numbers are called as they came.
            await player.press("b")
        await player.type("batuk")
        if picture:
            await player.picture("03-pendaftaran")
        await player.press("ctrl+s")
        await player.until("Nomor antrean A-")
        label = next(word for word in player.text.split() if word.startswith("A-"))
        if picture:
            await player.picture("04-nomor")
        self.step(f"Pendaftaran lewat {how}: nomor {label}")

    async def call_first(self) -> None:
        """The queue, and its first number called."""
        await self.player.press("f4")
        await self.player.until("A-003")
        await self.player.press("n")
        await self.player.until("A-001 dipanggil")
        await self.player.picture("05-antrean")
        self.step("Antrean: A-001 dipanggil")

    async def look_at_the_board(self) -> None:
        """The display of the waiting room, on a connection of its own, shows the number that was called."""
        from kiosk.board import BoardApp
        from kiosk.counter.desk import Desk

        desk = await Desk.open(self.clinic.home.store_url, "papan")
        try:
            board = BoardApp(desk, state_folder=self.clinic.home.reports)
            async with board.run_test(size=SIZE) as pilot:
                wall = Player(board, pilot, self.player.pictures)
                await wall.until("data pukul")
                await wall.until("2 menunggu")
                await wall.picture("10-papan")
        finally:
            await desk.close()
        self.step("Papan antrean: A-001 dipanggil, A-002 berikutnya")

    async def serve_home(self) -> None:
        """The service of the first number: measured, diagnosed, sent home."""
        await self._open_service()
        await self._examine("120", "80")
        await self.player.picture("06-pelayanan")
        await self._diagnose("j06.9")
        await self.player.press("pagedown")
        await self.player.until("Status pulang")
        await self.player.press("a", "b")
        await self._save("A-001: pelayanan disimpan, berobat jalan")

    async def serve_referral(self) -> None:
        """The next number: referred to a hospital from P-Care's list."""
        player = self.player
        await player.press("f4")
        await player.until("menunggu")
        await player.press("n")
        await player.until("A-002 dipanggil")
        await self._open_service()
        await self._examine("170", "100")
        await self._diagnose("i11.0")
        await player.press("pagedown")
        await player.until("Status pulang")
        await player.press("a", "r")
        await player.until("Rumah sakit")
        await player.press("enter", "s")
        await player.until("Subspesialis")
        await self._pick("penyakit", "INT  ")
        await self._pick("", "Jawaban P-Care")
        await player.press("enter", "enter")
        await player.press("enter")
        await player.until("Jawaban P-Care")
        await player.picture("07-rumah-sakit")
        await player.press("enter")
        await player.until(lambda: "└" not in player.text)
        await self._save("A-002: dirujuk ke rumah sakit dari daftar P-Care")

    async def _open_service(self) -> None:
        await self.player.press("enter")
        await self.player.until("Anamnesis")

    async def _examine(self, systolic: str, diastolic: str) -> None:
        player = self.player
        await player.press("enter", "enter")
        await player.type(systolic)
        await player.press("enter")
        await player.type(diastolic)
        await player.press("enter", "enter", "enter", "enter", "enter", "enter", "enter", "c")

    async def _diagnose(self, code: str) -> None:
        await self.player.press("pagedown")
        await self.player.until("Diagnosis utama")
        await self._pick(code, "Jawaban P-Care")

    async def _pick(self, typed: str, shown: str) -> None:
        """Choose the first row of a box, which opens at the first letter, or at Enter."""
        await self.player.press("enter") if not typed else await self.player.type(typed)
        await self.player.until(shown)
        await self.player.press("enter")
        await self.player.until(lambda: "└" not in self.player.text)

    async def _save(self, told: str) -> None:
        await self.player.press("ctrl+s")
        await self.player.until("tersimpan")
        self.step(told)

    async def live_through_an_outage(self, typed: list[str]) -> None:
        """P-Care is cut off; registration goes on; P-Care comes back and gets everything."""
        await asyncio.to_thread(self.clinic.remote.outage, True)
        self.step("P-Care diputus")
        for one in typed:
            await self.register(one, "data sendiri, P-Care putus")
            self.offline += 1
        # In fewer words where the line is full.
        await self.player.until(lambda: any(word in self.player.text for word in ("putus sejak", "Putus ")))
        await self.player.press("f6")
        # Both may have been on their way when the line broke: then nobody knows yet, and none is waiting.
        await self.player.until(lambda: any(word in self.player.text for word in ("· menunggu", "? belum pasti")))
        await self.player.picture("08-kiriman-putus")
        await asyncio.to_thread(self.clinic.remote.outage, False)
        self.step("P-Care tersambung lagi")
        begun = time.monotonic()
        await self.wait_until_all_is_there("Kiriman yang tertahan sudah sampai")
        self.drained_s = round(time.monotonic() - begun, 2)

    async def wait_until_all_is_there(self, told: str) -> None:
        """Until nothing is open in the outbox. Raises NeverSeen."""
        end = time.monotonic() + DRAIN_PATIENCE
        while set(await self.store.read(outbox.counts)) - OVER:
            if time.monotonic() > end:
                raise NeverSeen(f"kiriman yang selesai: {await self.store.read(outbox.counts)}")
            await asyncio.sleep(0.05)
        self.step(told)


async def play(pictures: Path | None, *, as_json: bool) -> int:
    """Play the tour and print it; 0 when store and ledger agree and nothing is open, else 1."""
    output = sys.stderr if as_json else sys.stdout

    def say(text: str) -> None:
        print(text, file=output, flush=True)

    from kiosk.app import CounterApp

    say("Menyiapkan klinik contoh …")
    async with throwaway_clinic() as clinic:
        keeper = SyncKeeper(clinic.home)
        keeper.start()
        store = await Store.opened(clinic.home.store_url)
        try:
            app = CounterApp(clinic.home.store_url, "Loket 1", state_folder=clinic.home.reports, idle_lock=0)
            async with playing(app, pictures) as player:
                tour = Tour(clinic, store, player, say)
                trouble = await _play_out(tour)
            result = await _result(tour)
        finally:
            await asyncio.to_thread(keeper.stop)
            store.close()
    trouble = trouble or disagreement(result, clinic)
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        _tell(result, say)
    if trouble:
        print(f"kiosk: {trouble}", file=sys.stderr)
        return 1
    say("Penyimpanan dan P-Care cocok: semuanya ada, masing-masing satu kali.")
    return 0


async def _play_out(tour: Tour) -> str | None:
    try:
        await tour.play()
    except NeverSeen as missing:
        return f"tur berhenti, tidak pernah terlihat: {missing}"
    return None


async def _result(tour: Tour) -> dict[str, Any]:
    return {
        "store": asdict(await tour.store.read(totals)),
        "ledger": await asyncio.to_thread(tour.clinic.remote.ledger),
        "outage": {"registered_offline": tour.offline, "seconds_to_drain": tour.drained_s},
        "steps": tour.steps,
    }


def disagreement(result: dict[str, Any], clinic: Throwaway) -> str | None:
    """What is wrong between the store and P-Care's ledger, in a sentence; None when they agree."""
    store, ledger = result["store"], result["ledger"]
    open_still = {state: n for state, n in store["outbox"].items() if state not in OVER}
    if open_still:
        return f"belum semua sampai: {open_still}"
    for ours, theirs in (("registrations", "registrations"), ("visits", "visits")):
        rows = ledger[theirs]
        keys = Counter((row.get("noKartu"), row.get("tglDaftar"), row.get("kdPoli")) for row in rows)
        if len(rows) != store[ours] or any(n > 1 for n in keys.values()):
            return f"{ours}: {store[ours]} di penyimpanan, {len(rows)} di P-Care ({clinic.home.folder.name})"
    if len(ledger["tickets"]) != store["registrations"]:
        return f"antrean: {store['registrations']} di penyimpanan, {len(ledger['tickets'])} di Mobile JKN"
    return None


def _tell(result: dict[str, Any], say: Callable[[str], None]) -> None:
    store, ledger, outage = result["store"], result["ledger"], result["outage"]
    say("")
    say(f"{'':14}{'penyimpanan':>12}{'P-Care':>8}")
    say(f"{'pendaftaran':14}{store['registrations']:>12}{len(ledger['registrations']):>8}")
    say(f"{'pelayanan':14}{store['visits']:>12}{len(ledger['visits']):>8}")
    say(f"{'antrean JKN':14}{store['registrations']:>12}{len(ledger['tickets']):>8}")
    said = ", ".join(f"{n} {state}" for state, n in store["outbox"].items())
    say(f"kiriman: {said} · ditolak P-Care: {ledger['refused']} · panggilan: {ledger['calls']}")
    say(f"saat putus: {outage['registered_offline']} pendaftaran, sampai {outage['seconds_to_drain']} s sesudahnya")


def _part(name: str) -> str:
    """As much of a name as a clerk types: the longest word, lower case, without titles' points."""
    return max(name.lower().replace(".", " ").split(), key=len)
