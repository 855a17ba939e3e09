"""A visit's lines on the wire: one object per kind sends them, lists them and tells whether a row is the one sent."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from pydantic import ValidationError

from kiosk.domain.codes import LineKind
from kiosk.domain.labs import LAB_NUMBERS, LAB_TEXTS, LabResult
from kiosk.domain.lines import Medication, Procedure, VisitLine
from kiosk.pcare import labs as wire
from kiosk.pcare.client import DrugLine, LabRequest, PCareClient, ProcedureLine
from kiosk.sync.family import Given
from kiosk.sync.members import text
from kiosk.sync.payload import Unsendable, field_names

Content = dict[str, str | float | None]
"""What a line says, under our own names, as far as P-Care keeps it."""
Call = tuple[dict[str, object], Callable[[PCareClient], Awaitable[Given]]]
"""A body for the attempt's row, and the call that sends it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line belongs at P-Care."""

    visit_number: str
    day: date
    facility: str
    """our own kdProvider"""
    compound_code: str | None = None
    """kdRacikan of the compound, when another part of it is there already"""


@dataclass(frozen=True, slots=True)
class RemoteRow:
    """A line as P-Care lists it."""

    number: str
    title: str
    amount: float | None
    """pieces of a drug, rupiah of a procedure"""
    compound_code: str | None
    content: Content


class LineWire(Protocol):
    """One kind of line on the wire."""

    def added(self, line: VisitLine, place: Place) -> Call:
        """The first sending. Raises Unsendable."""

    def changed(self, line: VisitLine, place: Place, number: str) -> Call:
        """The replacement of the line `number`. Raises Unsendable."""

    async def deleted(self, client: PCareClient, place: Place, number: str) -> None:
        """Take the line `number` away. Raises PCareError."""

    async def rows(self, client: PCareClient, visit_number: str) -> list[RemoteRow]:
        """All that P-Care lists of this kind for a visit. Raises PCareError."""

    def content(self, body: Mapping[str, Any]) -> Content:
        """What a body says that was sent."""

    def same(self, sent: Content, row: RemoteRow) -> bool:
        """Whether the row says what was sent."""

    def alike(self, sent: Content, row: RemoteRow) -> bool:
        """Whether the row may be what was sent, written down by P-Care in another way: for a person to judge."""


class DrugWire:
    """obat: cannot be edited; the first part of a compound is given the compound's code."""

    def added(self, line: VisitLine, place: Place) -> Call:
        """POST obat/kunjungan."""
        drug = _medication(line)
        try:
            request = DrugLine(
                visit_number=place.visit_number,
                code=drug.code,
                signa1=drug.signa1,
                signa2=drug.signa2,
                amount=drug.amount,
                requested=drug.requested,
                compound=drug.compound is not None,
                compound_code=place.compound_code if drug.compound else None,
                in_dpho=drug.code is not None,
                other_name=None if drug.code else drug.name,
            )
        except ValidationError as error:
            raise Unsendable(field_names(error)) from None

        async def call(client: PCareClient) -> Given:
            added = await client.add_drug(request)
            return Given(added.line, added.compound_code or place.compound_code if drug.compound else None)

        return request.to_wire(), call

    def changed(self, line: VisitLine, place: Place, number: str) -> Call:
        """P-Care has no such call."""
        raise LookupError("obat")

    async def deleted(self, client: PCareClient, place: Place, number: str) -> None:
        """DELETE obat."""
        await client.delete_drug(place.visit_number, number)

    async def rows(self, client: PCareClient, visit_number: str) -> list[RemoteRow]:
        """GET obat/kunjungan."""
        return [
            RemoteRow(
                row.line,
                text(row.name) or row.code or "",
                row.amount,
                row.compound_code,
                {
                    "code": row.code,
                    "name": None if row.code else row.name,
                    "signa1": row.signa1,
                    "signa2": row.signa2,
                    "amount": row.amount,
                    "requested": row.requested,
                },
            )
            for row in await client.drug_lines(visit_number)
        ]

    def content(self, body: Mapping[str, Any]) -> Content:
        """The compound is no part of it: its code is only given with the answer."""
        listed = bool(body.get("obatDPHO"))
        return {
            "code": body.get("kdObat") if listed else None,
            "name": None if listed else body.get("nmObatNonDPHO"),
            "signa1": body.get("signa1"),
            "signa2": body.get("signa2"),
            "amount": body.get("jmlObat"),
            "requested": body.get("jmlPermintaan"),
        }

    def same(self, sent: Content, row: RemoteRow) -> bool:
        """The same drug, and nothing else that P-Care says of it differs."""
        rest = (name for name in sent if name != "code")
        return self.alike(sent, row) and all(_agree(sent[name], row.content[name]) for name in rest)

    def alike(self, sent: Content, row: RemoteRow) -> bool:
        """The same drug."""
        if sent["code"] or row.content["code"]:
            return _plain(sent["code"]) == _plain(row.content["code"])
        return _agree(sent["name"], row.content["name"])


class ProcedureWire:
    """tindakan: an edit may give the line a new key."""

    def added(self, line: VisitLine, place: Place) -> Call:
        """POST tindakan."""
        request = self._request(line, place)

        async def call(client: PCareClient) -> Given:
            return Given(await client.add_procedure(request))

        return request.to_wire(0), call

    def changed(self, line: VisitLine, place: Place, number: str) -> Call:
        """PUT tindakan."""
        request = self._request(line, place)

        async def call(client: PCareClient) -> Given:
            return Given(await client.update_procedure(request, number))

        return request.to_wire(_key(number)), call

    def _request(self, line: VisitLine, place: Place) -> ProcedureLine:
        value = line.value
        if not isinstance(value, Procedure):
            raise LookupError(line.id)
        try:
            return ProcedureLine(
                visit_number=place.visit_number,
                code=value.code,
                cost=value.cost,
                note=value.note,
                # P-Care has no "no result": its own form sends 0.
                result=value.result or 0,
            )
        except ValidationError as error:
            raise Unsendable(field_names(error)) from None

    async def deleted(self, client: PCareClient, place: Place, number: str) -> None:
        """DELETE tindakan."""
        await client.delete_procedure(place.visit_number, number)

    async def rows(self, client: PCareClient, visit_number: str) -> list[RemoteRow]:
        """GET tindakan/kunjungan."""
        return [
            RemoteRow(
                row.line,
                text(row.name) or row.code or "",
                row.cost,
                None,
                {"code": row.code, "cost": row.cost, "note": row.note, "result": row.result},
            )
            for row in await client.procedure_lines(visit_number)
        ]

    def content(self, body: Mapping[str, Any]) -> Content:
        """As it was sent."""
        return {
            "code": body.get("kdTindakan"),
            "cost": body.get("biaya"),
            "note": body.get("keterangan"),
            "result": body.get("hasil"),
        }

    def same(self, sent: Content, row: RemoteRow) -> bool:
        """The same procedure, and nothing else that P-Care says of it differs."""
        return self.alike(sent, row) and all(
            _agree(sent[name], row.content[name]) for name in ("cost", "note", "result")
        )

    def alike(self, sent: Content, row: RemoteRow) -> bool:
        """The same procedure."""
        return _plain(sent["code"]) == _plain(row.content["code"])


class LabWire:
    """MCU: one form of many results, replaced as a whole."""

    def added(self, line: VisitLine, place: Place) -> Call:
        """POST MCU."""
        request = self._request(line, place)

        async def call(client: PCareClient) -> Given:
            return Given(await client.add_lab(request))

        return request.to_wire(0), call

    def changed(self, line: VisitLine, place: Place, number: str) -> Call:
        """PUT MCU."""
        request = self._request(line, place)

        async def call(client: PCareClient) -> Given:
            await client.update_lab(request, number)
            return Given(number)

        return request.to_wire(_key(number)), call

    def _request(self, line: VisitLine, place: Place) -> LabRequest:
        value = line.value
        if not isinstance(value, LabResult):
            raise LookupError(line.id)
        results = {name: getattr(value, name) for name in (*LAB_NUMBERS, *LAB_TEXTS)}
        try:
            return LabRequest(
                visit_number=place.visit_number, facility=place.facility, day=value.day or place.day, **results
            )
        except ValidationError as error:
            raise Unsendable(field_names(error)) from None

    async def deleted(self, client: PCareClient, place: Place, number: str) -> None:
        """DELETE MCU."""
        await client.delete_lab(place.visit_number, number)

    async def rows(self, client: PCareClient, visit_number: str) -> list[RemoteRow]:
        """GET MCU/kunjungan."""
        return [
            RemoteRow(
                row.line,
                "Laboratorium",
                None,
                None,
                {name: getattr(row, name) for name in (*LAB_NUMBERS, *LAB_TEXTS)},
            )
            for row in await client.lab_results(visit_number)
        ]

    def content(self, body: Mapping[str, Any]) -> Content:
        """Read as P-Care's own rows are read, so that 0 is "not done" on both sides."""
        names = {**wire.NUMBERS, **wire.TEXTS}
        return {name: body.get(names[name]) or None for name in (*LAB_NUMBERS, *LAB_TEXTS)}

    def same(self, sent: Content, row: RemoteRow) -> bool:
        """Every result: most rows are nearly empty, and an empty one must not pass for any other."""
        return all(_plain(sent[name]) == _plain(row.content[name]) for name in sent)

    def alike(self, sent: Content, row: RemoteRow) -> bool:
        """Any results: a visit hardly ever has two forms."""
        return True


WIRES: dict[LineKind, LineWire] = {
    LineKind.MEDICATION: DrugWire(),
    LineKind.PROCEDURE: ProcedureWire(),
    LineKind.LAB: LabWire(),
}


def _medication(line: VisitLine) -> Medication:
    if not isinstance(line.value, Medication):
        raise LookupError(line.id)
    return line.value


def _key(number: str) -> int:
    if not number.isdecimal():
        raise Unsendable("nomor baris P-Care")
    return int(number)


def _agree(sent: str | float | None, listed: str | float | None) -> bool:
    """Whether the two do not contradict each other; what one side does not say contradicts nothing."""
    return sent in (None, "") or listed in (None, "") or _plain(sent) == _plain(listed)


def _plain(value: str | float | None) -> str | float | None:
    """Without what a server may do to a value: case, blanks, digits behind the point."""
    if isinstance(value, str):
        return " ".join(value.split()).casefold() or None
    return None if value is None else round(float(value), 4)
