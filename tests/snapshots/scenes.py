"""The scenes: a clinic's morning, brought to the moment that is pictured by the keys of a clerk."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from textual.app import App

from kiosk.board import BoardApp
from kiosk.counter import call
from kiosk.counter.desk import Desk
from kiosk.counter.serve import save_visit
from kiosk.domain.codes import InquiryKind
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.visit import Diagnosis, VisitForm
from kiosk.store import inquiries, outbox, outbox_moves, participants, registrations, sync_state
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction
from kiosk.widgets.themes import CONTRAST, DEFAULT, MONO
from tests.people import invented
from tests.screens.driver import Counter, counter_on
from tests.screens.patients import CARD, ELSEWHERE, admin_at, one_registered, seen_here

MORNING = datetime(2026, 11, 24, 2, 41, tzinfo=UTC)
"""09.41 at the clinic."""
Steps = Callable[[Counter], Awaitable[None]]
Setting = Callable[[Store], Awaitable[None]]


def moment() -> datetime:
    """The clock of all scenes stands still."""
    return MORNING


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture."""

    name: str
    """Of the picture's file."""
    steps: Steps
    """The keys that lead to it, from the login on; nothing for the board."""
    setting: Setting | None = None
    """What happened before."""
    line: str = "online"
    """The state of the line to P-Care."""
    size: tuple[int, int] = (80, 24)
    theme: str = DEFAULT
    board: bool = False
    """The public board instead of the counter."""
    frozen: bool = False
    """The board has read nothing for long."""


# What happened before


async def full(store: Store) -> None:
    """Five registered: one refused, one unknown, one there, one served and refused, one waiting."""
    async with admin_at(store, moment) as desk:
        made = {
            name: (await one_registered(desk, name, poli)).registration.id
            for name, poli in (
                ("sutrisno", "001"),
                ("siti aminah", "001"),
                ("muhammad rizky", "002"),
                ("ketut", "001"),
                ("sukarno", "001"),
            )
        }
        visit = VisitForm(
            registration_id=made["ketut"],
            complaint="batuk 3 hari",
            consciousness_code="01",
            diagnoses=(Diagnosis("J06.9", "ISPA akut", True),),
            doctor_code="101",
            discharge_code="3",
            discharge_day=desk.today(),
        )
        await save_visit(desk, visit)
        await call.call_next(desk, "001")

    def there(tx: Transaction, item: OutboxItem) -> None:
        outbox_moves.done(tx, item.id)
        registrations.set_remote_number(tx, item.subject_id, f"A{item.version}")

    def refused(tx: Transaction, item: OutboxItem) -> None:
        outbox_moves.to_needs_action(tx, item.id, "validation", "kdPoli: Tidak sesuai dengan referensi sistem.")

    def visit_refused(tx: Transaction, item: OutboxItem) -> None:
        outbox_moves.to_needs_action(tx, item.id, "validation", "kdDokter: Tidak sesuai dengan referensi sistem.")

    def unknown(tx: Transaction, item: OutboxItem) -> None:
        outbox_moves.to_unknown(tx, item.id, "timeout", MORNING + timedelta(minutes=2))

    def work(tx: Transaction) -> None:
        became = {
            (made["sutrisno"], "registration.add"): there,
            (made["siti aminah"], "registration.add"): refused,
            (made["muhammad rizky"], "registration.add"): unknown,
            (made["ketut"], "registration.add"): there,
            (made["ketut"], "visit.add"): visit_refused,
        }
        for item in outbox.listed(tx, None, MORNING):
            if (what := became.get((item.registration_id, str(item.kind)))) is not None:
                outbox_moves.begin(tx, item, item.version, "{}")
                what(tx, item)

    await store.write(work)


# The keys of a clerk


def pressing(*keys: str, seen: str, login: str = "siti") -> Steps:
    """Log in, press `keys`: a word is typed, "+" means the key of that name, "?" waits for the words to be seen."""

    async def steps(counter: Counter) -> None:
        if login:
            await counter.log_in(login)
        for key in keys:
            if key.startswith("+"):
                await counter.press(key[1:])
            elif key.startswith("?"):
                await counter.until(key[1:])
            else:
                await counter.type(key)
            await counter.pilot.pause()
        await counter.until(seen)

    return steps


async def nothing(counter: Counter) -> None:
    """As it starts."""


async def twice(store: Store) -> None:
    """A member is there a second time, as the clinic's own patient; his son has his phone."""
    there = {"nik": "3171010201900031", "birth_date": date(1990, 1, 2)}
    own = replace(
        invented(32, "Zulkifli Hamzah", card_number=None, rm_number="000900", phone="081200000900", **there),
        active=None,
        confirmed_at=None,
        facility_code=None,
    )
    member = invented(31, "Zulkifly Hamza", prolanis="DM", **there)
    son = invented(33, "Anak Zulkifli", birth_date=date(2020, 5, 5), phone="081200000900")
    store.write_now(lambda tx: [participants.save(tx, one) for one in (member, own, son)])


async def visited(store: Store) -> None:
    """Sutrisno was served twice this year, and P-Care told of a visit elsewhere."""
    seen_here(store, "sutrisno", date(2026, 9, 3), date(2026, 10, 30))

    def told(tx: Transaction) -> None:
        asked = inquiries.ask(tx, InquiryKind.HISTORY, {"card_number": CARD}, timedelta(seconds=10))
        inquiries.answer(tx, asked.id, {"history": [ELSEWHERE]})

    store.write_now(told)


async def locked(counter: Counter) -> None:
    """The clerk had begun to search."""
    await counter.log_in()
    await counter.type("siti")
    await counter.press("f8")
    await counter.until("Terkunci oleh")


async def wrong_password(counter: Counter) -> None:
    """One of the tries."""
    await counter.type("siti")
    await counter.press("enter")
    await counter.type("salah")
    await counter.press("enter")
    await counter.until("salah")


WIDE = (120, 40)
SERVED = (
    *("+f5", "a2", "+enter", "?Anamnesis", "+ctrl+s", "+c", "+ctrl+s", "?[2 Diagnosis", "i10", "?» I10", "+enter"),
    *("?Essential", "+pagedown", "?[3 Pulang", "w", "b", "+ctrl+s"),
)
"""The least of a service that P-Care asks for."""
SCENES = (
    Scene("masuk", nothing),
    Scene("masuk-lebar", nothing, size=WIDE),
    Scene("masuk-salah", wrong_password),
    Scene("masuk-terkunci", locked),
    Scene("cari-kosong", pressing(seen="Cari ")),
    Scene("cari-hasil", pressing("siti", seen="terdaftar di sini")),
    Scene("cari-lebar", pressing("siti", seen="terdaftar di sini"), full, size=WIDE),
    Scene("cari-terputus", pressing("9999999999999", seen="9999999999999"), line="offline"),
    Scene("pendaftaran", pressing("siti", "+enter", seen="Jenis kunjungan")),
    Scene("pendaftaran-salah", pressing("siti", "+enter", "+ctrl+s", seen="×")),
    Scene("pendaftaran-perbaikan", pressing("+f6", "+enter", seen="kdPoli: Tidak sesuai"), full),
    Scene("nomor", pressing("sutrisno", "+enter", "sju", "+ctrl+s", seen="Nomor antrean")),
    Scene("nomor-lebar", pressing("sutrisno", "+enter", "sju", "+ctrl+s", seen="Nomor antrean"), size=WIDE),
    Scene("pendaftaran-lebar", pressing("siti", "+enter", seen="Jenis kunjungan"), size=WIDE),
    Scene("data-orang", pressing("000900", "+ctrl+d", seen="NIK sama"), twice),
    Scene("data-lebar", pressing("000900", "+ctrl+d", seen="NIK sama"), twice, size=WIDE),
    Scene("gabung", pressing("000900", "+ctrl+d", "?NIK sama", "+g", seen="» TETAP (2)"), twice),
    Scene("gabung-lebar", pressing("000900", "+ctrl+d", "?NIK sama", "+g", seen="» TETAP (2)"), twice, size=WIDE),
    Scene("riwayat-lebar", pressing("sutrisno", "?terdaftar", "+ctrl+t", seen="Di klinik ini"), visited, size=WIDE),
    Scene("riwayat", pressing("sutrisno", "?terdaftar di sini", "+ctrl+t", seen="Di klinik ini"), visited),
    Scene("antrean-kosong", pressing("+f4", seen="Tidak ada yang menunggu")),
    Scene("antrean-penuh", pressing("+f4", seen="Sukarno"), full),
    Scene("antrean-lebar", pressing("+f4", seen="Sukarno"), full, size=WIDE),
    Scene("pelayanan", pressing("+f5", "a2", "+enter", seen="Anamnesis", login="admin"), full),
    Scene("pelayanan-salah", pressing("+f5", "a2", "+enter", "+ctrl+s", seen="×", login="admin"), full),
    Scene("pelayanan-lebar", pressing("+f5", "a2", "+enter", seen="Anamnesis", login="admin"), full, size=WIDE),
    Scene("pelayanan-tersimpan", pressing(*SERVED, seen="Pelayanan tersimpan", login="admin"), full),
    Scene("obat-lebar", pressing("+f4", "+end", "+o", seen="Obat", login="admin"), full, size=WIDE),
    Scene("obat-tambah", pressing("+f4", "+end", "+o", "?Obat", "+o", seen="Tambah obat", login="admin"), full),
    Scene("obat", pressing("+f4", "+end", "+o", seen="Obat", login="admin"), full),
    Scene("papan-kosong", nothing, board=True),
    Scene("papan-penuh", nothing, full, board=True),
    Scene("papan-lebar", nothing, full, board=True, size=WIDE),
    Scene("papan-beku", nothing, full, board=True, frozen=True),
    Scene("papan-mono", nothing, full, board=True, theme=MONO),
    Scene("bantuan-cari", pressing("+f1", seen="Bantuan: Cari")),
    Scene("tutup", pressing("+ctrl+q", seen="Tutup Loket?")),
    Scene("bantuan", pressing("+f6", "+f1", seen="Bantuan: Kiriman")),
    Scene("kiriman-kosong", pressing("+f6", seen="tidak ada yang tertunda")),
    Scene("kiriman-penuh", pressing("+f6", seen="» !"), full),
    Scene("kiriman-putus", pressing("+f6", "4", seen="[4 Menunggu"), full, line="offline"),
    Scene("kiriman-lebar", pressing("+f6", seen="» !"), full, size=WIDE),
    Scene("kiriman-serahkan", pressing("+f6", "+s", seen="1  Pasien tidak jadi"), full),
    Scene("kiriman-kontras", pressing("+f6", seen="» !"), full, theme=CONTRAST),
    Scene("kiriman-mono", pressing("+f6", seen="» !"), full, theme=MONO),
)


@asynccontextmanager
async def on_stage(scene: Scene, store: Store, folder: Path) -> AsyncIterator[App[None]]:
    """The application at the moment of the picture."""
    if scene.setting is not None:
        await scene.setting(store)
    store.write_now(lambda tx: sync_state.write(tx, scene.line, None, None))
    sender = store.sender_lock()
    sender.acquire(False)
    try:
        async with _opened(scene, store, folder) as app:
            yield app
    finally:
        sender.release()


@asynccontextmanager
async def _opened(scene: Scene, store: Store, folder: Path) -> AsyncIterator[Any]:
    if scene.board:
        desk = await Desk.open(store.url, "papan", moment)
        stale = {"stale": -1.0} if scene.frozen else {}
        app = BoardApp(desk, state_folder=folder / "laporan", theme=scene.theme, **stale)
        async with app.run_test(size=scene.size):
            yield app
        await desk.close()
        return
    async with counter_on(store, folder, size=scene.size, theme=scene.theme, clock=moment, idle_lock=0) as counter:
        await scene.steps(counter)
        yield counter.app
