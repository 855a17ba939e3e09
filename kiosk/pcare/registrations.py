"""Registrations (`pendaftaran`): request, row, and the calls to add, find, list and delete them."""

import datetime as dt
from typing import Literal

from pydantic import Field

from kiosk.pcare.calls import Calls, Page, number_of
from kiosk.pcare.errors import IncompleteList, Reason
from kiosk.pcare.fields import (
    Date,
    Flag,
    Key,
    Measured,
    MeasuredInt,
    Request,
    Row,
    Text,
    inside,
    wire_date,
    wire_number,
)

Care = Literal["10", "20", "50"]
"""kdTkp: 10 outpatient (RJTP), 20 inpatient (RITP), 50 promotive."""

SERVED = "sudah dilayani"
WAITING = "baru"
_MOST_ROWS = 20_000


class RegistrationRequest(Request):
    """A registration to be added.

    `participant_facility` is the 8-character facility the member is registered at.  `sick` is True for a sick
    and False for a healthy visit.  Pressures in mmHg, weight in kg, height and waist in cm, rates per minute;
    None is "not measured".
    """

    participant_facility: str = Field(min_length=1, max_length=8)
    day: dt.date
    card_number: str = Field(min_length=1, max_length=16)
    poli: str = Field(min_length=1, max_length=8)
    complaint: str | None = None
    sick: bool = True
    care: Care = "10"
    systolic: int | None = None
    diastolic: int | None = None
    weight_kg: float | None = None
    height_cm: float | None = None
    respiratory_rate: int | None = None
    waist_cm: float | None = None
    heart_rate: int | None = None
    refer_back: bool = False

    def to_wire(self) -> dict[str, object]:
        """Return the body: the service wants 0 here for what was not measured (P-Care catalogue)."""
        return {
            "kdProviderPeserta": self.participant_facility,
            "tglDaftar": wire_date(self.day),
            "noKartu": self.card_number,
            "kdPoli": self.poli,
            "keluhan": self.complaint,
            "kunjSakit": self.sick,
            "sistole": self.systolic or 0,
            "diastole": self.diastolic or 0,
            "beratBadan": wire_number(self.weight_kg) or 0,
            "tinggiBadan": wire_number(self.height_cm) or 0,
            "respRate": self.respiratory_rate or 0,
            "lingkarPerut": wire_number(self.waist_cm) or 0,
            "heartRate": self.heart_rate or 0,
            "rujukBalik": int(self.refer_back),
            "kdTkp": self.care,
        }


class RegistrationRow(Row):
    """A registration as the service holds it; its `queue_number` is text such as "A12".

    The day's list fills only card, name, sex and birth date of the member and shows `aktif: false` for everyone,
    so nothing else of the member is read.  0 in a vital sign is how the service writes "not measured": None here.
    """

    queue_number: Key = Field(validation_alias="noUrut")
    day: Date = Field(default=None, validation_alias="tgldaftar")
    card_number: Text = Field(default=None, validation_alias=inside("peserta", "noKartu"))
    name: Text = Field(default=None, validation_alias=inside("peserta", "nama"))
    sex: Text = Field(default=None, validation_alias=inside("peserta", "sex"))
    birth_date: Date = Field(default=None, validation_alias=inside("peserta", "tglLahir"))
    poli_code: Text = Field(default=None, validation_alias=inside("poli", "kdPoli"))
    poli_name: Text = Field(default=None, validation_alias=inside("poli", "nmPoli"))
    complaint: Text = Field(default=None, validation_alias="keluhan")
    status_text: Text = Field(default=None, validation_alias="status")
    sick: Flag = Field(default=None, validation_alias="kunjSakit")
    care: Text = Field(default=None, validation_alias=inside("tkp", "kdTkp"))
    facility_code: Text = Field(default=None, validation_alias=inside("providerPelayanan", "kdProvider"))
    systolic: MeasuredInt = Field(default=None, validation_alias="sistole")
    diastolic: MeasuredInt = Field(default=None, validation_alias="diastole")
    weight_kg: Measured = Field(default=None, validation_alias="beratBadan")
    height_cm: Measured = Field(default=None, validation_alias="tinggiBadan")
    respiratory_rate: MeasuredInt = Field(default=None, validation_alias="respRate")
    heart_rate: MeasuredInt = Field(default=None, validation_alias="heartRate")

    @property
    def served(self) -> bool:
        """Whether a visit was entered for it."""
        return (self.status_text or "").lower() == SERVED

    @property
    def waiting(self) -> bool:
        """Whether the service says that no visit was entered yet; False also where it says nothing."""
        return (self.status_text or "").lower() == WAITING


class RegistrationCalls(Calls):
    """The calls on registrations."""

    async def add_registration(self, request: RegistrationRequest) -> str:
        """Register a member for a poli and a day; return the queue number, such as "A12".

        Not idempotent, but the service keeps member, poli and day unique: a repeat raises `AlreadyThere`, which
        carries no queue number.  `OutcomeUnknown` means look in the day's list before sending again.
        """
        answer = await self._write("POST", ("pendaftaran",), request.to_wire())
        return number_of(answer, "noUrut")

    async def registration(self, queue_number: str, day: dt.date) -> RegistrationRow | None:
        """Return the registration with this queue number on that day, or None."""
        return await self._row(RegistrationRow, "pendaftaran", "noUrut", queue_number, "tglDaftar", day)

    async def registrations_on(self, day: dt.date, start: int = 0, limit: int = 100) -> Page[RegistrationRow]:
        """Return up to `limit` of this facility's registrations of a day from offset `start` on, in no stated order."""
        return await self._page(RegistrationRow, "pendaftaran", "tglDaftar", day, start=start, limit=limit)

    async def all_registrations_on(self, day: dt.date, limit: int = 500) -> list[RegistrationRow]:
        """Return every registration of this facility on a day, reading pages of `limit` rows.

        Raises `IncompleteList` where the pages do not add up to one unchanged count: nothing may be concluded from
        a row that is missing then.  A full last page is followed by one more question, in case the service
        counts the page and not the list.
        """
        rows: list[RegistrationRow] = []
        count: int | None = None
        while True:
            page = await self.registrations_on(day, len(rows), limit)
            if not page.rows and len(rows) == count:
                break
            if page.count is None or page.count > _MOST_ROWS:
                raise IncompleteList(Reason.LIST_SHORT)
            if count is not None and page.count != count:
                raise IncompleteList(Reason.LIST_CHANGED)
            count = page.count
            rows.extend(page.rows)
            if len(rows) > count or any(row.day not in (day, None) for row in page.rows):
                raise IncompleteList(Reason.LIST_CHANGED)
            if not page.rows and len(rows) < count:
                raise IncompleteList(Reason.LIST_SHORT)
            if len(rows) == count and len(page.rows) < limit:
                break
        if len({(row.queue_number, row.poli_code, row.card_number) for row in rows}) != len(rows):
            raise IncompleteList(Reason.LIST_CHANGED)
        return rows

    async def delete_registration(self, card_number: str, day: dt.date, queue_number: str, poli: str) -> bool:
        """Delete a registration; False where the service says there was none."""
        return await self._delete(
            "pendaftaran", "peserta", card_number, "tglDaftar", day, "noUrut", queue_number, "kdPoli", poli
        )
