"""Group activities and Prolanis (`kelompok`): clubs, activities and who took part."""

import datetime as dt
from typing import Literal

from pydantic import Field

from kiosk.pcare.calls import Calls, number_of
from kiosk.pcare.fields import Date, Int, Key, Request, Row, Text, inside, wire_date
from kiosk.pcare.participants import ParticipantRow

Programme = Literal["01", "02", "03"]
"""Prolanis programme: 01 diabetes mellitus, 02 hypertension, 03 asthma."""


class ClubRow(Row):
    """A Prolanis club of the facility."""

    club: Key = Field(validation_alias="clubId")
    programme_code: Text = Field(default=None, validation_alias=inside("jnsKelompok", "kdProgram"))
    programme_name: Text = Field(default=None, validation_alias=inside("jnsKelompok", "nmProgram"))
    name: Text = Field(default=None, validation_alias="nama")
    address: Text = Field(default=None, validation_alias="alamat")
    since: Date = Field(default=None, validation_alias="tglMulai")
    until: Date = Field(default=None, validation_alias="tglAkhir")
    leader_name: Text = Field(default=None, validation_alias="ketua_nama")
    leader_phone: Text = Field(default=None, validation_alias="ketua_noHP")


class ActivityRow(Row):
    """A group activity; `cost` in rupiah."""

    activity: Key = Field(validation_alias="eduId")
    club: Text = Field(default=None, validation_alias=inside("clubProl", "clubId"))
    day: Date = Field(default=None, validation_alias="tglPelayanan")
    kind_code: Text = Field(default=None, validation_alias=inside("kegiatan", "kode"))
    kind_name: Text = Field(default=None, validation_alias=inside("kegiatan", "nama"))
    group_code: Text = Field(default=None, validation_alias=inside("kelompok", "kode"))
    group_name: Text = Field(default=None, validation_alias=inside("kelompok", "nama"))
    subject: Text = Field(default=None, validation_alias="materi")
    speaker: Text = Field(default=None, validation_alias="pembicara")
    place: Text = Field(default=None, validation_alias="lokasi")
    note: Text = Field(default=None, validation_alias="keterangan")
    cost: Int = Field(default=None, validation_alias="biaya")


class AttendanceRow(Row):
    """A member who took part in an activity."""

    activity: Key = Field(validation_alias="eduId")
    participant: ParticipantRow = Field(validation_alias="peserta")


class ActivityRequest(Request):
    """An activity to be added: `kind` 01 exercise, 10 education, 11 both; `cost` in rupiah."""

    club: int
    day: dt.date
    kind: Literal["01", "10", "11"]
    group: str = Field(min_length=1)
    subject: str
    speaker: str
    place: str
    note: str | None = None
    cost: int = Field(default=0, ge=0)
    activity: str | None = None

    def to_wire(self) -> dict[str, object]:
        """Return the body."""
        return {
            "eduId": self.activity,
            "clubId": self.club,
            "tglPelayanan": wire_date(self.day),
            "kdKegiatan": self.kind,
            "kdKelompok": self.group,
            "materi": self.subject,
            "pembicara": self.speaker,
            "lokasi": self.place,
            "keterangan": self.note,
            "biaya": self.cost,
        }


class GroupCalls(Calls):
    """The calls on clubs and activities."""

    async def clubs(self, programme: Programme) -> list[ClubRow]:
        """Return the facility's clubs of a programme."""
        return await self._rows(ClubRow, "kelompok", "club", programme)

    async def activities(self, month: dt.date) -> list[ActivityRow]:
        """Return the activities of the month that a day lies in."""
        return await self._rows(ActivityRow, "kelompok", "kegiatan", month)

    async def attendances(self, activity: str) -> list[AttendanceRow]:
        """Return who took part in an activity."""
        return await self._rows(AttendanceRow, "kelompok", "peserta", activity)

    async def add_activity(self, request: ActivityRequest) -> str:
        """Add an activity; return its number."""
        if request.activity is not None:
            raise ValueError("a new activity has no number yet")
        answer = await self._write("POST", ("kelompok", "kegiatan"), request.to_wire())
        return number_of(answer, "eduId")

    async def update_activity(self, request: ActivityRequest) -> None:
        """Replace an activity; only one client is known to use this call."""
        if request.activity is None:
            raise ValueError("an activity is replaced by its number")
        await self._edit(("kelompok", "kegiatan"), request.to_wire())

    async def add_attendance(self, activity: str, card_number: str) -> None:
        """Note that a member took part."""
        await self._write("POST", ("kelompok", "peserta"), {"eduId": activity, "noKartu": card_number})

    async def delete_activity(self, activity: str) -> bool:
        """Delete an activity; False where the service says there was none."""
        return await self._delete("kelompok", "kegiatan", activity)

    async def delete_attendance(self, activity: str, card_number: str) -> bool:
        """Delete that a member took part; False where the service says so was not noted."""
        return await self._delete("kelompok", "peserta", activity, card_number)
