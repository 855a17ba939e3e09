"""All that is known of a person (Data): what is due, the family, who may be the same, and what was merged."""

from datetime import date

from kiosk.counter.access import require
from kiosk.counter.find import open_participant
from kiosk.counter.kin import family, same_person
from kiosk.counter.merge import merge, merged_into, preview_merge, undo_merge
from kiosk.counter.patients import seen_corrections
from kiosk.counter.views import Alike, MergedRow, ParticipantCard, Relative
from kiosk.domain.day import day_text, local_day
from kiosk.domain.participant import Participant, may_bear
from kiosk.domain.people import Action
from kiosk.safe_text import NAME_LIMIT
from kiosk.screens.base import DeskScreen
from kiosk.screens.history import show_history
from kiosk.screens.merge import decide_merge
from kiosk.widgets.choice import Choice
from kiosk.widgets.dialogs import ask
from kiosk.widgets.lines import Line, Span, column, joined, line
from kiosk.widgets.participant_card import person_text, status_span
from kiosk.widgets.people_dialog import ENTER, choose_person
from kiosk.widgets.rows import Row

_NAME = 26
"""Cells of a name in a row."""
_MERGED = "merged:"
"""Before the id of a merge, as the key of its row."""
NOBODY = "Tidak ada keluarga atau data serupa yang ditemukan"
REGISTER = Choice("register", "daftarkan", ENTER)
MERGE = Choice("merge", "gabungkan", "g")
PART = Choice("part", "pisahkan", "p")
CHANGE = Choice("change", "ubah data", "u")
HISTORY = Choice("history", "riwayat", "r")
NEWBORN = Choice("newborn", "bayi baru lahir", "b")
SEEN = Choice("seen", "koreksi sudah dilihat", "k")


class PersonPanel:
    """The panel of one person, opened over the screen `host`; what is chosen there is carried out from here."""

    def __init__(self, host: DeskScreen) -> None:
        self._host = host

    async def open(self, card: ParticipantCard) -> None:
        """Show it, and again after what leads back to it. To be awaited in a worker."""
        again: ParticipantCard | None = card
        while again is not None:
            again = await self._once(again)

    async def _once(self, card: ParticipantCard) -> ParticipantCard | None:
        """The panel until something is chosen; whose it is next, None when that leads elsewhere or nothing was."""
        desk, person = self._host.desk, card.participant
        with self._host.station.keys_held():
            relatives, doubles = await family(desk, person.id), await same_person(desk, person.id)
            before = await merged_into(desk, person.id)
        if not self._host.is_current:
            # The counter was locked, or somebody went on, while we read.
            return None
        chosen, key = await choose_person(
            self._host.app,
            line(Span("Data  ", "strong"), Span(person.name, "title", NAME_LIMIT)),
            self._about(card),
            self._rows(relatives, doubles, before),
            self._answers(card, relatives, doubles, before),
            empty=NOBODY,
        )
        match chosen:
            case "register" if key and not key.startswith(_MERGED):
                await self._register(key)
                return None
            case "history":
                show_history(self._host.app, card, desk.today())
                return None
            case "change":
                if await self._host.step_out():
                    await self._host.station.go("patient_change", person=person, way_back=self._host.way_again())
                return None
            case "newborn":
                if await self._host.may_leave():
                    await self._host.station.go("patient", mother=person)
                return None
            case "merge" if key and not key.startswith(_MERGED):
                return await self._merge(person, key)
            case "part":
                return await self._part(person, before)
            case "seen":
                await seen_corrections(desk, person.id)
            case "":
                return None
        return await open_participant(desk, person.id)

    def _about(self, card: ParticipantCard) -> list[Line]:
        """Who it is, and what to remember."""
        person, today = card.participant, self._host.desk.today()
        numbers = (("Kartu ", person.card_number), ("NIK ", person.nik), ("RM ", person.rm_number), ("", person.phone))
        shown = [
            joined([status_span(person), person_text(person, today)]),
            joined([f"{label}{value}" for label, value in numbers if value]),
        ]
        shown += [line(Span(f"! {said}", "warn")) for said in (*card.warnings, *card.due)]
        if card.visits:
            days = ", ".join(day_text(visit.day) for visit in card.visits[:3])
            shown.append(line(Span("Kunjungan di sini ", "muted"), days))
        if told := [row for row in card.elsewhere if row.day]:
            last = max(told, key=lambda row: row.day or date.min)
            what = joined([day_text(last.day) if last.day else "", last.facility, last.diagnosis])
            shown.append((Span("Menurut P-Care ", "muted"), *what))
        return shown

    def _rows(
        self, relatives: tuple[Relative, ...], doubles: tuple[Alike, ...], before: tuple[MergedRow, ...]
    ) -> list[Row]:
        """One row a person: first who may be the same, then the family, then what was merged."""
        shown: dict[str, Row] = {}
        people: tuple[Alike | Relative, ...] = (*doubles, *relatives)
        for each in people:
            shown.setdefault(each.participant.id, person_row(each.participant, each.reason))
        for one in before:
            told = f"digabung {day_text(local_day(one.merged_at, self._host.desk.zone))}"
            told += f" oleh {one.operator_name}" if one.operator_name else ""
            row = line(column(one.name, _NAME), "  ", Span(told, "muted"))
            shown[_MERGED + one.merge_id] = Row(_MERGED + one.merge_id, row)
        return list(shown.values())

    def _answers(
        self,
        card: ParticipantCard,
        relatives: tuple[Relative, ...],
        doubles: tuple[Alike, ...],
        before: tuple[MergedRow, ...],
    ) -> list[Choice]:
        """What can be done here and now by this operator."""
        operator = self._host.desk.operator
        if operator is None or not operator.may(Action.REGISTER):
            return [HISTORY]
        found = [REGISTER, MERGE] if relatives or doubles else []
        found += [CHANGE, HISTORY]
        if before:
            found.append(PART)
        if may_bear(card.participant, self._host.desk.today()):
            found.append(NEWBORN)
        if card.participant.corrected:
            found.append(SEEN)
        return found

    async def _register(self, participant_id: str) -> None:
        require(self._host.desk, Action.REGISTER)
        if await self._host.may_leave():
            card = await open_participant(self._host.desk, participant_id)
            await self._host.station.go("registration", card=card)

    async def _merge(self, person: Participant, other_id: str) -> ParticipantCard | None:
        """The one that stays; None when the two are left as they are."""
        desk = self._host.desk
        ways = (
            await preview_merge(desk, person.id, other_id),
            await preview_merge(desk, other_id, person.id),
        )
        wanted = await decide_merge(self._host.app, ways, desk.today())
        if wanted is None:
            return None
        kept = await merge(desk, wanted.kept.id, wanted.gone.id)
        self._host.say(f"Digabung; {wanted.gone.name} sekarang menjadi {kept.name}", "ok")
        return await open_participant(desk, kept.id)

    async def _part(self, person: Participant, before: tuple[MergedRow, ...]) -> ParticipantCard | None:
        last = before[0]
        text = (
            f"{last.name} menjadi pasien sendiri lagi, dengan pendaftaran dan kunjungan miliknya.",
            "Yang didaftarkan sesudah digabung tetap pada pasien ini, kecuali yang memakai kartunya.",
        )
        answers = (Choice("part", "Ya, pisahkan", "y"), Choice("stay", "Tidak", "t"))
        if await ask(self._host.app, "Pisahkan lagi?", *text, answers=answers) != "part":
            return None
        gone = await undo_merge(self._host.desk, person.id, last.merge_id)
        self._host.say(f"{gone.name} menjadi pasien sendiri lagi", "ok")
        return await open_participant(self._host.desk, person.id)


def person_row(person: Participant, reason: str) -> Row:
    """Name, birth date and sex, and why the person is in the list."""
    born = f"{day_text(person.birth_date) if person.birth_date else '–':<10} {person.sex or ' '}"
    return Row(person.id, line(column(person.name, _NAME), "  ", Span(born), "  ", Span(reason)))
