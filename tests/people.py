"""Invented people and a small invented clinic for tests; nobody of this name or number exists."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from kiosk.counter.access import add_operator
from kiosk.domain.codes import ReferenceList, Sex
from kiosk.domain.day import now
from kiosk.domain.ids import new_id
from kiosk.domain.participant import Participant
from kiosk.domain.people import Clinic, Operator, Role
from kiosk.store import participants, reference
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction

CLINIC = Clinic("0114U163", "Klinik Uji Melati", "Asia/Jakarta")
PASSWORD = "rahasia-uji"
READER = Operator("op-kepala", "kepala", "Kepala Uji", Role.HEAD)
"""The head of the clinic: sees what everybody sees."""

POLIS = [("001", "Umum", True), ("002", "Gigi & Mulut", True), ("003", "KIA", True), ("021", "Kunjungan Sehat", False)]
LISTS: dict[ReferenceList, list[tuple[str, str, bool | None]]] = {
    ReferenceList.POLI: [(c, n, f) for c, n, f in POLIS],
    ReferenceList.DOCTOR: [("101", "dr. Wulan Uji", None), ("102", "drg. Bagus Uji", None)],
    ReferenceList.CONSCIOUSNESS: [
        ("01", "Compos mentis", None),
        ("02", "Somnolence", None),
        ("03", "Sopor", None),
        ("04", "Coma", None),
    ],
    ReferenceList.DISCHARGE: [
        ("1", "Meninggal", None),
        ("3", "Berobat Jalan", None),
        ("4", "Rujuk Vertikal", None),
        ("6", "Rujuk Horizontal", None),
    ],
    ReferenceList.DISCHARGE_INPATIENT: [("1", "Sembuh", None), ("2", "Meninggal", None), ("4", "Rujuk Vertikal", None)],
    ReferenceList.ALLERGY_FOOD: [("00", "Tidak Ada", None), ("01", "Seafood", None)],
    ReferenceList.ALLERGY_AIR: [("00", "Tidak Ada", None), ("02", "Udara Dingin", None)],
    ReferenceList.ALLERGY_DRUG: [("00", "Tidak Ada", None), ("01", "Antibiotik", None)],
    ReferenceList.PROGNOSIS: [("01", "Sanam (Sembuh)", None), ("02", "Bonam (Baik)", None)],
    ReferenceList.SPECIALTY: [("ANA", "Anak", None), ("INT", "Penyakit Dalam", None)],
    ReferenceList.SARANA: [("1", "Rekam Medik", None), ("2", "Laboratorium", None)],
    ReferenceList.KHUSUS: [("HDL", "Hemodialisa", None), ("THA", "Thalasemia", None)],
    ReferenceList.DIAGNOSIS: [("I10", "Essential (primary) hypertension", True), ("J06.9", "ISPA akut", True)],
}


def invented(number: int, name: str, **known: object) -> Participant:
    """An invented member of the clinic; `number` makes card and NIK."""
    values: dict[str, object] = {
        "card_number": f"000{number:010d}",
        "nik": f"317101{15 if known.get('sex') != Sex.FEMALE else 55:02d}0387{number:04d}",
        "sex": Sex.MALE,
        "birth_date": date(1987, 3, 15),
        "facility_code": CLINIC.code,
        "facility_name": CLINIC.name,
        "active": True,
        "status_text": "AKTIF",
        "confirmed_at": datetime(2026, 11, 1, tzinfo=UTC),
    }
    return Participant(id=new_id(), name=name, **{**values, **known})  # type: ignore[arg-type]


def some_people() -> list[Participant]:
    """Seven who differ in what the counter must notice."""
    return [
        invented(1, "Sutrisno Wibowo", rm_number="000101", phone="081200000001"),
        invented(2, "Siti Aminah", sex=Sex.FEMALE, rm_number="000102"),
        invented(3, "Muhammad Rizky Pratama"),
        invented(4, "Dewi Lestari Uji", sex=Sex.FEMALE, active=False, status_text="PENANGGUHAN PEMBAYARAN"),
        invented(5, "Ketut Arya", facility_code="0114U999", facility_name="Klinik Tetangga"),
        invented(6, "Sukarno", arrears=2),
        invented(7, "Rina Tanpa Kartu", sex=Sex.FEMALE, card_number=None, nik=None, active=None, confirmed_at=None),
    ]


def make_store(url: str, clock: Callable[[], datetime] = now, clinic: Clinic = CLINIC, *, lists: bool = True) -> Store:
    """A new store with the clinic, operators (siti: loket, dokter: dokter, admin: admin), lists and people."""
    store = Store.open(url, clock, create=True)
    store.set_up(clinic)

    def work(tx: Transaction) -> None:
        for login, role in (("siti", Role.CLERK), ("dokter", Role.DOCTOR), ("admin", Role.ADMIN)):
            add_operator(tx, login, login.title() + " Uji", role, PASSWORD)
        for kind, rows in LISTS.items() if lists else ():
            reference.replace(tx, kind, rows)
        for person in some_people():
            participants.save(tx, person)

    store.write_now(work)
    return store
