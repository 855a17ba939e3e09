"""Reference lists of the service: codes with their names, and hospitals that take referrals."""

import datetime as dt
from typing import Literal

from pydantic import AliasChoices, Field

from kiosk.pcare.calls import Calls, Page
from kiosk.pcare.fields import Flag, Int, Key, Number, Row, Text


class DiagnosisRow(Row):
    """An ICD-10 diagnosis; `non_specialist` ones are for primary care and need a TACC reason to be referred."""

    code: Key = Field(validation_alias="kdDiag")
    name: Text = Field(default=None, validation_alias="nmDiag")
    non_specialist: Flag = Field(default=None, validation_alias="nonSpesialis")


class CodeRow(Row):
    """A code and its name, from any of the plain lists."""

    code: Key = Field(
        validation_alias=AliasChoices(
            "kdDokter",
            "kdSadar",
            "kdProvider",
            "kdStatusPulang",
            "kdAlergi",
            "kdPrognosa",
            "kdSpesialis",
            "kdSarana",
            "kdKhusus",
        )
    )
    name: Text = Field(
        default=None,
        validation_alias=AliasChoices(
            "nmDokter",
            "nmSadar",
            "nmProvider",
            "nmStatusPulang",
            "nmAlergi",
            "nmPrognosa",
            "nmSpesialis",
            "nmSarana",
            "nmKhusus",
        ),
    )


class PoliRow(Row):
    """A poli of this facility; `sick` is True for treatment and False for healthy visits."""

    code: Key = Field(validation_alias="kdPoli")
    name: Text = Field(default=None, validation_alias="nmPoli")
    sick: Flag = Field(default=None, validation_alias="poliSakit")


class DrugRow(Row):
    """A drug of the national list (DPHO); `stock` as the service has it."""

    code: Key = Field(validation_alias="kdObat")
    name: Text = Field(default=None, validation_alias="nmObat")
    stock: Int = Field(default=None, validation_alias="sedia")


class ProcedureRow(Row):
    """A procedure; `most` is the highest tariff in rupiah, `with_result` says that a result value has a meaning."""

    code: Key = Field(validation_alias="kdTindakan")
    name: Text = Field(default=None, validation_alias="nmTindakan")
    most: Int = Field(default=None, validation_alias="maxTarif")
    with_result: Flag = Field(default=None, validation_alias="withValue")


class SubspecialtyRow(Row):
    """A subspecialty a member can be referred to."""

    code: Key = Field(validation_alias="kdSubSpesialis")
    name: Text = Field(default=None, validation_alias="nmSubSpesialis")
    referral_poli: Text = Field(default=None, validation_alias="kdPoliRujuk")


class HospitalRow(Row):
    """A hospital that takes a referral on the day asked.

    `distance_m` in metres; `schedule` is the service's own text; `referred` of `capacity` places are taken,
    `percent` of it.
    """

    code: Key = Field(validation_alias="kdppk")
    name: Text = Field(default=None, validation_alias="nmppk")
    address: Text = Field(default=None, validation_alias="alamatPpk")
    phone: Text = Field(default=None, validation_alias="telpPpk")
    hospital_class: Text = Field(default=None, validation_alias="kelas")
    branch: Text = Field(default=None, validation_alias="nmkc")
    distance_m: Number = Field(default=None, validation_alias="distance")
    schedule: Text = Field(default=None, validation_alias="jadwal")
    referred: Int = Field(default=None, validation_alias="jmlRujuk")
    capacity: Int = Field(default=None, validation_alias="kapasitas")
    percent: Number = Field(default=None, validation_alias="persentase")


class ReferenceCalls(Calls):
    """Questions for reference lists; paged ones take the offset of the first row and the number of rows."""

    async def diagnoses(self, words: str, start: int = 0, limit: int = 100) -> Page[DiagnosisRow]:
        """Return diagnoses whose code or name matches `words`; codes are to be used as the list writes them."""
        return await self._page(DiagnosisRow, "diagnosa", words, start=start, limit=limit)

    async def doctors(self, start: int = 0, limit: int = 500) -> Page[CodeRow]:
        """Return this facility's doctors."""
        return await self._page(CodeRow, "dokter", start=start, limit=limit)

    async def consciousness(self) -> list[CodeRow]:
        """Return levels of consciousness: 01 Compos mentis, 02 Somnolence, 03 Sopor, 04 Coma."""
        return await self._rows(CodeRow, "kesadaran")

    async def polis(self, start: int = 0, limit: int = 500) -> Page[PoliRow]:
        """Return this facility's polis."""
        return await self._page(PoliRow, "poli", "fktp", start=start, limit=limit)

    async def providers(self, start: int = 0, limit: int = 500) -> Page[CodeRow]:
        """Return the facilities of the region."""
        return await self._page(CodeRow, "provider", start=start, limit=limit)

    async def discharge_statuses(self, inpatient: bool = False) -> list[CodeRow]:
        """Return discharge statuses; for outpatients 3 is home, 4 a vertical referral, 6 a horizontal one."""
        return await self._rows(CodeRow, "statuspulang", "rawatInap", "true" if inpatient else "false")

    async def allergies(self, kind: Literal["01", "02", "03"]) -> list[CodeRow]:
        """Return allergies of a kind: 01 food, 02 air, 03 drugs; code 00 is none."""
        return await self._rows(CodeRow, "alergi", "jenis", kind)

    async def prognoses(self) -> list[CodeRow]:
        """Return prognoses: 01 Sanam, 02 Bonam, 03 Malam, 04 Dubia ad sanam, 05 Dubia ad malam."""
        return await self._rows(CodeRow, "prognosa")

    async def drugs(self, words: str, start: int = 0, limit: int = 100) -> Page[DrugRow]:
        """Return drugs of the national list whose code or name matches `words`."""
        return await self._page(DrugRow, "obat", "dpho", words, start=start, limit=limit)

    async def procedures(self, care: Literal["10", "20", "50"], start: int = 0, limit: int = 500) -> Page[ProcedureRow]:
        """Return procedures of a kind of care: 10 outpatient, 20 inpatient, 50 promotive."""
        return await self._page(ProcedureRow, "tindakan", "kdTkp", care, start=start, limit=limit)

    async def specialties(self) -> list[CodeRow]:
        """Return specialties that members can be referred to."""
        return await self._rows(CodeRow, "spesialis")

    async def subspecialties(self, specialty: str) -> list[SubspecialtyRow]:
        """Return the subspecialties of a specialty."""
        return await self._rows(SubspecialtyRow, "spesialis", specialty, "subspesialis")

    async def facilities_sarana(self) -> list[CodeRow]:
        """Return hospital facilities (`sarana`) by which a referral can be narrowed."""
        return await self._rows(CodeRow, "spesialis", "sarana")

    async def khusus(self) -> list[CodeRow]:
        """Return special referral kinds: HDL haemodialysis, JIW, KLT, PAR, KEM, RAT, HIV, IGD, THA, HEM."""
        return await self._rows(CodeRow, "spesialis", "khusus")

    async def referral_hospitals(self, subspecialty: str, day: dt.date, sarana: str = "0") -> list[HospitalRow]:
        """Return hospitals for a subspecialty on a day; `sarana` "0" is no particular facility (an inference)."""
        return await self._rows(
            HospitalRow,
            *("spesialis", "rujuk", "subspesialis", subspecialty, "sarana", sarana, "tglEstRujuk", day),
        )

    async def special_referral_hospitals(
        self, kind: str, card_number: str, day: dt.date, subspecialty: str | None = None
    ) -> list[HospitalRow]:
        """Return hospitals for a special referral kind of a member on a day.

        THA and HEM are asked with a subspecialty, the other kinds without.
        """
        narrow = () if subspecialty is None else ("subspesialis", subspecialty)
        return await self._rows(
            HospitalRow,
            *("spesialis", "rujuk", "khusus", kind, *narrow, "noKartu", card_number, "tglEstRujuk", day),
        )
