"""Service entries (`kunjungan`) and referrals: the calls to add, edit, delete and read them back."""

from kiosk.pcare.calls import Calls, number_of
from kiosk.pcare.fields import read_row
from kiosk.pcare.visit_requests import VisitRequest
from kiosk.pcare.visit_rows import ReferralRow, VisitRow
from kiosk.pcare.wire import JSON


class VisitCalls(Calls):
    """The calls on visits."""

    def _visit_path(self) -> tuple[str, ...]:
        own = self.settings
        return ("kunjungan", "V1") if own.version == "v4" and own.visit_path == "V1" else ("kunjungan",)

    async def add_visit(self, request: VisitRequest) -> str:
        """Enter a visit for a registration of the same member, poli and day; return its 19-character number.

        A repeat raises `AlreadyThere`, which carries no number: look in `visit_history`.  Without the registration
        it raises `Refused` (no_registration).
        """
        if request.visit_number is not None:
            raise ValueError("a new visit has no number yet")
        answer = await self._write("POST", self._visit_path(), request.to_wire(self.settings.version), JSON)
        return number_of(answer, "noKunjungan")

    async def update_visit(self, request: VisitRequest) -> None:
        """Replace the visit `request.visit_number` as a whole; may be repeated safely."""
        if request.visit_number is None:
            raise ValueError("a visit is replaced by its number")
        await self._edit(self._visit_path(), request.to_wire(self.settings.version), JSON)

    async def delete_visit(self, visit_number: str) -> bool:
        """Delete a visit; False where the service says there was none."""
        return await self._delete("kunjungan", visit_number)

    async def visit_history(self, card_number: str) -> list[VisitRow]:
        """Return a member's visits, newest first, those at other facilities too."""
        return await self._rows(VisitRow, "kunjungan", "peserta", card_number)

    async def referral(self, visit_number: str) -> ReferralRow | None:
        """Return the referral letter of a visit, or None where it has none."""
        answer = await self._ask("kunjungan", "rujukan", visit_number)
        data = answer.data
        if isinstance(data, list):
            data = data[0] if data else None
        if answer.nothing or data is None or data == {}:
            return None
        return read_row(ReferralRow, data, answer.exchange)
