"""The scenes: a clinic's morning, brought to the moment that is pictured by the keys of a clerk."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from textual.app import App

from kiosk.board import BoardApp
from kiosk.counter import call
from kiosk.counter.access import log_in
from kiosk.counter.desk import Desk
from kiosk.counter.find import search
from kiosk.counter.register import register
from kiosk.counter.serve import save_visit
from kiosk.domain.codes import Care, Payer, VisitKind
from kiosk.domain.outbox import OutboxItem
from kiosk.domain.registration import RegistrationForm
from kiosk.domain.visit import Diagnosis, VisitForm
from kiosk.domain.vitals import Vitals
from kiosk.store import outbox, outbox_moves, registrations, sync_state
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction
from kiosk.widgets.themes import CONTRAST, DEFAULT, MONO
from tests.people import PASSWORD
from tests.screens.driver import Counter, counter_on

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


# What happened before


@asynccontextmanager
async def desk_on(store: Store) -> AsyncIterator[Desk]:
    """The admin at another desk."""
    desk = await Desk.open(store.url, "Loket 2", moment)
    await log_in(desk, "admin", PASSWORD)
    try:
        yield desk
    finally:
        await desk.close()


async def full(store: Store) -> None:
    """Five registered: one refused, one unknown, one there, one served and refused, one waiting."""
    async with desk_on(store) as desk:
        made = {}
        for name, poli in (
            ("sutrisno", "001"),
            ("siti aminah", "001"),
            ("muhammad rizky", "002"),
            ("ketut", "001"),
            ("sukarno", "001"),
        ):
            person = (await search(desk, name)).rows[0].participant
            form = RegistrationForm(
                participant_id=person.id,
                day=desk.today(),
                poli_code=poli,
                payer=Payer.BPJS,
                visit_kind=VisitKind.SICK,
                care=Care.OUTPATIENT,
                complaint="batuk 3 hari",
                vitals=Vitals(systolic=120, diastolic=80, weight=62.5),
            )
            made[name] = (await register(desk, form)).registration.id
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
    """Log in, press `keys` (a word of several letters is typed, "+" before a key's name means that key)."""

    async def steps(counter: Counter) -> None:
        if login:
            await counter.log_in(login)
        for key in keys:
            if key.startswith("+"):
                await counter.press(key[1:])
            else:
                await counter.type(key)
            await counter.pilot.pause()
        await counter.until(seen)

    return steps


async def nothing(counter: Counter) -> None:
    """As it starts."""


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
SCENES = (
    Scene("masuk", nothing),
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
    Scene("antrean-kosong", pressing("+f4", seen="Tidak ada yang menunggu")),
    Scene("antrean-penuh", pressing("+f4", seen="Sukarno"), full),
    Scene("antrean-lebar", pressing("+f4", seen="Sukarno"), full, size=WIDE),
    Scene("pelayanan", pressing("+f5", "a2", "+enter", seen="Anamnesis", login="admin"), full),
    Scene("pelayanan-salah", pressing("+f5", "a2", "+enter", "+ctrl+s", seen="×", login="admin"), full),
    Scene("obat", pressing("+f4", "+end", "+o", seen="Obat", login="admin"), full),
    Scene("papan-kosong", nothing, board=True),
    Scene("papan-penuh", nothing, full, board=True),
    Scene("papan-lebar", nothing, full, board=True, size=WIDE),
    Scene("papan-mono", nothing, full, board=True, theme=MONO),
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
        app = BoardApp(desk, state_folder=folder / "laporan", theme=scene.theme)
        async with app.run_test(size=scene.size):
            yield app
        await desk.close()
        return
    async with counter_on(store, folder, size=scene.size, theme=scene.theme, clock=moment, idle_lock=0) as counter:
        await scene.steps(counter)
        yield counter.app
