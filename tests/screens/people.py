"""Invented people and a small clinic for tests of the screens."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from kiosk.counter.access import add_operator
from kiosk.domain.codes import ReferenceList, Sex
from kiosk.domain.ids import new_id
from kiosk.domain.participant import Participant
from kiosk.domain.people import Clinic, Role
from kiosk.store import participants, reference
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction

CLINIC = Clinic("0000001X", "Klinik Melati Percobaan", "Asia/Jakarta")
PASSWORD = "rahasia-uji-1"

POLIS = (
    ("001", "POLI UMUM", True),
    ("002", "POLI GIGI & MULUT", True),
    ("003", "POLI KIA", True),
    ("021", "KUNJUNGAN SEHAT", False),
    ("008", "POLI KB", True),
    ("999", "UGD", True),
)


def person(name: str, number: int, **more: object) -> Participant:
    """An active member registered at the clinic; `number` makes card and NIK."""
    born = date(1950 + number % 60, 1 + number % 12, 1 + number % 28)
    sex = Sex.FEMALE if number % 2 else Sex.MALE
    day = born.day + (40 if sex == Sex.FEMALE else 0)
    values: dict[str, object] = {
        "id": new_id(),
        "name": name,
        "card_number": f"{number:013d}",
        "nik": f"320101{day:02d}{born:%m%y}{number % 10000:04d}",
        "rm_number": f"{number:06d}",
        "sex": sex,
        "birth_date": born,
        "phone": f"08990{number:06d}",
        "facility_code": CLINIC.code,
        "facility_name": CLINIC.name,
        "active": True,
        "status_text": "AKTIF",
        "class_name": "KELAS III",
        "kind_name": "PBI (APBN)",
        "confirmed_at": datetime.now(UTC) - timedelta(minutes=5),
    }
    return Participant(**{**values, **more})  # type: ignore[arg-type]


NAMES = (
    "SITI AMINAH", "BUDI SANTOSO", "DEWI LESTARI BINTI HARUN", "AGUS PRASETYO", "SRI WAHYUNI", "MUHAMMAD RIZKI",
    "MOHAMAD RISKI ADITYA", "YULIANA", "SITI AISYAH NURHALIZAH PUTRI", "BUDIMAN", "KETUT ARTINI", "MARIA DOLOROSA",
    "SITI FATIMAH", "SITI KHADIJAH", "SITI MARYAM", "SITI ROHANI", "SITI NURBAYA", "SITI ZULAIKHA", "SITI HAJAR",
    "SITI SARAH", "SITI RAHMA", "BUDI HARTONO [ALM]",
)  # fmt: skip


def make_clinic(folder: Path) -> str:
    """A store with people, polis and operators; its URL. Log in as siti (clerk) or bayu (doctor)."""
    url = f"sqlite:///{folder / 'loket.db'}"
    store = Store.open(url, create=True)
    store.set_up(CLINIC)

    def fill(tx: Transaction) -> None:
        for number, name in enumerate(NAMES, start=1):
            participants.save(tx, person(name, number))
        participants.save(
            tx,
            person(
                "TONO WIBOWO",
                501,
                active=False,
                status_text="NON AKTIF: PREMI",
                arrears=3,
                facility_code="0000009Z",
                facility_name="Puskesmas Kenanga Percobaan",
                confirmed_at=datetime.now(UTC) - timedelta(days=41),
                prolanis="DIABETES MELITUS",
            ),
        )
        participants.save(tx, person("RATNA SARI", 502, active=None, status_text=None, confirmed_at=None))
        reference.replace(tx, ReferenceList.POLI, POLIS)
        add_operator(tx, "siti", "Siti Rahayu", Role.CLERK, PASSWORD)
        add_operator(tx, "bayu", "dr. Bayu Laksana", Role.DOCTOR, PASSWORD)

    store.write_now(fill)
    store.close()
    return url
