"""The queue service Antrean FKTP, as the clinic calls it for the Mobile JKN queue.

Dates are yyyy-mm-dd here; the service says yes with 1 or 200 and no with 201.  It has its own `user_key` and
takes no login.
"""

import datetime as dt
import time
from typing import Literal

import httpx
from pydantic import Field

from kiosk.pcare.calls import Calls
from kiosk.pcare.clock import Clock
from kiosk.pcare.fields import Int, Key, Request, Row, Text
from kiosk.pcare.settings import PCareSettings
from kiosk.pcare.wire import ANTREAN_YES, JSON, Service, Wire


class QueuePoliRow(Row):
    """A poli that has a schedule on the day asked."""

    code: Key = Field(validation_alias="kodepoli")
    name: Text = Field(default=None, validation_alias="namapoli")
    subspecialty_code: Text = Field(default=None, validation_alias="kdsubspesialis")
    subspecialty_name: Text = Field(default=None, validation_alias="nmsubspesialis")


class QueueDoctorRow(Row):
    """A doctor's hours on the day asked.

    `code` is the schedule system's own and not P-Care's doctor code; `hours` is text such as "07:00-12:00";
    `capacity` counts patients.
    """

    code: int = Field(validation_alias="kodedokter")
    name: Text = Field(default=None, validation_alias="namadokter")
    hours: Text = Field(default=None, validation_alias="jampraktek")
    capacity: Int = Field(default=None, validation_alias="kapasitas")


class QueueRequest(Request):
    """A queue place to be announced; poli and doctor in the service's own spelling.

    `card_number` is "" for a patient without insurance; `hours` is "HH:MM-HH:MM"; `label` is what the patient is
    called by ("A-12") and `number` its number (12).
    """

    card_number: str
    nik: str
    phone: str
    poli: str = Field(min_length=1)
    poli_name: str
    record_number: str
    day: dt.date
    doctor: int
    doctor_name: str
    hours: str = Field(pattern=r"^\d{2}:\d{2}-\d{2}:\d{2}$")
    label: str = Field(min_length=1)
    number: int = Field(ge=1)
    note: str = ""

    def to_wire(self) -> dict[str, object]:
        """Return the body."""
        return {
            "nomorkartu": self.card_number,
            "nik": self.nik,
            "nohp": self.phone,
            "kodepoli": self.poli,
            "namapoli": self.poli_name,
            "norm": self.record_number,
            "tanggalperiksa": self.day.isoformat(),
            "kodedokter": self.doctor,
            "namadokter": self.doctor_name,
            "jampraktek": self.hours,
            "nomorantrean": self.label,
            "angkaantrean": self.number,
            "keterangan": self.note,
        }


class AntreanClient(Calls):
    """The queue service for one facility; an async context manager.

    Raises `ValueError` where the settings name no `antrean_url` or no `antrean_user_key`.
    """

    def __init__(
        self,
        settings: PCareSettings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock = time.time,
    ) -> None:
        if settings.antrean_url is None or settings.antrean_user_key is None:
            raise ValueError("the queue service needs its address and its user_key")
        service = Service(
            settings.antrean_url, settings.antrean_user_key.get_secret_value(), login=False, yes=ANTREAN_YES
        )
        self._wire = Wire(settings, service, transport=transport, clock=clock)

    async def polis(self, day: dt.date) -> list[QueuePoliRow]:
        """Return the polis that have a schedule on a day."""
        return await self._rows(QueuePoliRow, "ref", "poli", "tanggal", day.isoformat())

    async def doctors(self, poli: str, day: dt.date) -> list[QueueDoctorRow]:
        """Return the doctors of a poli on a day with their hours."""
        return await self._rows(QueueDoctorRow, "ref", "dokter", "kodepoli", poli, "tanggal", day.isoformat())

    async def add(self, request: QueueRequest) -> None:
        """Announce a queue place.

        A repeat raises `AlreadyThere`; a member who has not done the health screening raises `Refused`
        (screening_needed), an unknown schedule `Refused` (doctor_schedule).
        """
        await self._write("POST", ("antrean", "add"), request.to_wire(), JSON)

    async def call(self, card_number: str, poli: str, day: dt.date, status: Literal[1, 2], at: float) -> None:
        """Announce that a patient was called: status 1 came, 2 did not; `at` in Unix seconds.

        Raises `Refused` (call_time) where `at` lies outside the doctor's hours.
        """
        body = {
            "tanggalperiksa": day.isoformat(),
            "kodepoli": poli,
            "nomorkartu": card_number,
            "status": status,
            "waktu": int(at * 1000),
        }
        await self._write("POST", ("antrean", "panggil"), body, JSON)

    async def cancel(self, card_number: str, poli: str, day: dt.date, reason: str) -> None:
        """Take back a queue place, with the reason in words."""
        body = {
            "tanggalperiksa": day.isoformat(),
            "kodepoli": poli,
            "nomorkartu": card_number,
            "alasan": reason,
        }
        await self._write("POST", ("antrean", "batal"), body, JSON)
