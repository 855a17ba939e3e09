"""Members of the insurance (`peserta`): the row and the two ways to ask for one."""

from pydantic import Field

from kiosk.pcare.calls import Calls
from kiosk.pcare.errors import Reason, Refused
from kiosk.pcare.fields import Date, Flag, Int, Key, Row, Text, inside


class ParticipantRow(Row):
    """One member as the service knows them.

    `active` with `status_text` tell whether the membership counts today; anything but "AKTIF" in the text is a
    reason in the service's words.  `sex` is "L" or "P".  `arrears` has no stated unit.  `prolanis` ("HT", "DM" …)
    and `prb` are None where the member is in no programme or the service does not say.
    `facility_code` is where the member is registered; compare it with the facility's own.
    """

    card_number: Key = Field(validation_alias="noKartu")
    nik: Text = Field(default=None, validation_alias="noKTP")
    name: Text = Field(default=None, validation_alias="nama")
    relation: Text = Field(default=None, validation_alias="hubunganKeluarga")
    sex: Text = None
    birth_date: Date = Field(default=None, validation_alias="tglLahir")
    active: Flag = Field(default=None, validation_alias="aktif")
    status_text: Text = Field(default=None, validation_alias="ketAktif")
    active_from: Date = Field(default=None, validation_alias="tglMulaiAktif")
    active_until: Date = Field(default=None, validation_alias="tglAkhirBerlaku")
    facility_code: Text = Field(default=None, validation_alias=inside("kdProviderPst", "kdProvider"))
    facility_name: Text = Field(default=None, validation_alias=inside("kdProviderPst", "nmProvider"))
    dental_facility_code: Text = Field(default=None, validation_alias=inside("kdProviderGigi", "kdProvider"))
    dental_facility_name: Text = Field(default=None, validation_alias=inside("kdProviderGigi", "nmProvider"))
    class_code: Text = Field(default=None, validation_alias=inside("jnsKelas", "kode"))
    class_name: Text = Field(default=None, validation_alias=inside("jnsKelas", "nama"))
    kind_code: Text = Field(default=None, validation_alias=inside("jnsPeserta", "kode"))
    kind_name: Text = Field(default=None, validation_alias=inside("jnsPeserta", "nama"))
    blood_group: Text = Field(default=None, validation_alias="golDarah")
    phone: Text = Field(default=None, validation_alias="noHP")
    prolanis: Text = Field(default=None, validation_alias="pstProl")
    prb: Text = Field(default=None, validation_alias="pstPrb")
    insurance_code: Text = Field(default=None, validation_alias=inside("asuransi", "kdAsuransi"))
    insurance_name: Text = Field(default=None, validation_alias=inside("asuransi", "nmAsuransi"))
    insurance_number: Text = Field(default=None, validation_alias=inside("asuransi", "noAsuransi"))
    coordinated_benefit: Flag = Field(default=None, validation_alias=inside("asuransi", "cob"))
    arrears: Int = Field(default=None, validation_alias="tunggakan")


class ParticipantCalls(Calls):
    """Questions about members; each answers None where there is no such member."""

    async def participant_by_card(self, card_number: str) -> ParticipantRow | None:
        """Return the member with this card number (13 digits), or None."""
        return await self._participant("peserta", card_number)

    async def participant_by_nik(self, nik: str) -> ParticipantRow | None:
        """Return the member with this population number (16 digits), or None."""
        return await self._participant("peserta", "nik", nik)

    async def _participant(self, *segments: str) -> ParticipantRow | None:
        try:
            return await self._row(ParticipantRow, *segments, deadline=self.settings.question_deadline)
        except Refused as refusal:
            # A bare 404 may be a missing service; only these words are about the member.
            if refusal.reason is Reason.NOT_FOUND and "tidak ditemukan" in refusal.server_text.lower():
                return None
            raise
