"""Where the boxes of the service get their rows: the clinic's own lists at once, P-Care's answer when it comes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from kiosk.counter.ask import ask_diagnoses, wait_for
from kiosk.counter.desk import Desk
from kiosk.counter.diagnoses import favourites, find_diagnoses, words_for_pcare
from kiosk.counter.errors import CounterError
from kiosk.counter.views import Answer, DiagnosisOffer, Hospital, Reference
from kiosk.domain.codes import InquiryState
from kiosk.domain.visit import Diagnosis
from kiosk.widgets.lines import Line, joined, line
from kiosk.widgets.live_picker import Offer
from kiosk.widgets.picker import Option
from kiosk.widgets.words import distance_text

ASK_PAUSE = 0.5
"""Seconds without a key before a word goes to P-Care: half-typed words are not asked."""
PATIENCE = 8.0
"""Seconds a box waits for P-Care; the store's own deadline comes a little later."""
MIN_LETTERS = 3
SHOWN = 40
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
"""As P-Care's schedules begin."""

FLAG_WORDS = {True: "nonspesialistik", False: "spesialistik", None: ""}
"""P-Care's nonSpesialis of a diagnosis, as shown and as drafts keep it."""


def diagnosis_option(row: Diagnosis | Reference | DiagnosisOffer) -> Option:
    """A diagnosis as a row; its flag travels in the hint."""
    flag = row.non_specialist if isinstance(row, Diagnosis) else row.flag
    return Option(row.code, row.name, FLAG_WORDS[flag], row.local if isinstance(row, DiagnosisOffer) else "")


def diagnosis_of(option: Option) -> Diagnosis:
    """A row as the diagnosis it stands for."""
    flag = next((flag for flag, word in FLAG_WORDS.items() if word == option.hint), None)
    return Diagnosis(option.code, option.name, flag)


class DiagnosisSource:
    """Diagnoses of the clinic and of ICD-10 without a network; then what P-Care's own list says of them.

    The box keeps its selection on the row where it was, so that Enter never takes another one.
    """

    def __init__(self, desk: Desk, poli_code: str) -> None:
        self._desk, self._poli = desk, poli_code
        self._used: Mapping[str, int] | None = None

    async def offers(self, text: str, fresh: bool) -> AsyncIterator[Offer]:
        """See LiveSource."""
        if self._used is None:
            self._used = await favourites(self._desk, self._poli)
        here = await find_diagnoses(self._desk, text, SHOWN, self._used)
        known = {row.code: diagnosis_option(row) for row in here}
        if len(text) < MIN_LETTERS:
            said = "Yang sering di poli ini. " if here and not text else ""
            yield Offer([*known.values()], f"{said}Ketik kode (I10) atau kata (darah tinggi, cough)")
            return
        yield Offer([*known.values()], "Daftar di komputer ini; bertanya ke P-Care …", waiting=True)
        await asyncio.sleep(ASK_PAUSE)
        try:
            answer = await wait_for(self._desk, await ask_diagnoses(self._desk, words_for_pcare(text)), PATIENCE)
        except CounterError as error:
            yield Offer([*known.values()], error.message)
            return
        for row in answer.references:
            told = diagnosis_option(row)
            known[row.code] = replace(told, also=known[row.code].also) if row.code in known else told
        said = answer.message if answer.references else f"Daftar di komputer ini. {_outcome(answer)}"
        yield Offer([*known.values()], said)

    def about(self, option: Option) -> Sequence[Line]:
        """The whole name, which a row may have cut; what its flag means, and how often it was made here."""
        word = {"nonspesialistik": "Nonspesialistik: ditangani di sini; rujukan butuh alasan TACC"}.get(option.hint, "")
        times = (self._used or {}).get(option.code, 0)
        return (line(option.name), joined([word, f"{times} kali di poli ini dalam 3 bulan" if times else ""]))


async def told_flag(desk: Desk, option: Option) -> Option:
    """The diagnosis with P-Care's nonSpesialis, when P-Care tells it in time; else as it is."""
    try:
        answer = await wait_for(desk, await ask_diagnoses(desk, option.code), PATIENCE)
    except CounterError:
        return option
    flag = next((row.flag for row in answer.references if row.code == option.code), None)
    return replace(option, hint=FLAG_WORDS[flag])


class AnswerSource:
    """One question to P-Care, asked when its box opens; typing only narrows what came back."""

    def __init__(
        self,
        desk: Desk,
        ask: Callable[[], Awaitable[Answer]],
        options: Callable[[Answer], Sequence[Option]],
        offline: str,
        day: date | None = None,
    ) -> None:
        """`day` is the one that hospitals are asked for: of their schedules its part is told."""
        self._desk = desk
        self._ask = ask
        self._options = options
        self._offline = offline
        self._day = day
        self._answer: Answer | None = None

    async def offers(self, text: str, fresh: bool) -> AsyncIterator[Offer]:
        """See LiveSource."""
        if fresh or self._answer is None:
            try:
                asked = await self._ask()
                yield Offer((), asked.message, waiting=True)
                self._answer = await wait_for(self._desk, asked, PATIENCE)
            except CounterError as error:
                yield Offer((), error.message, "error", unknown=True)
                return
        answer = self._answer
        options = self._options(answer)
        words = text.lower().split()
        found = [option for option in options if all(word in f"{option.code} {option.name}".lower() for word in words)]
        if answer.state == InquiryState.ANSWERED:
            yield Offer(found, answer.message if options else f"{answer.message}: tidak ada satu pun", "muted")
        else:
            yield Offer(found, f"{_outcome(answer)} {self._offline}", "warn", unknown=not options)

    def about(self, option: Option) -> Sequence[Line]:
        """What P-Care says of a hospital; nothing for other rows."""
        rows = self._answer.hospitals if self._answer else ()
        hospital = next((row for row in rows if row.code == option.code), None)
        return hospital_lines(hospital, self._day) if hospital else (line(option.name),)


def reference_options(answer: Answer) -> Sequence[Option]:
    """The rows of a list."""
    return [Option(row.code, row.name) for row in answer.references]


def hospital_options(answer: Answer) -> Sequence[Option]:
    """Hospitals with room first, near ones before far ones; distance and free places beside the name."""
    hospitals = sorted(answer.hospitals, key=lambda h: (_free(h) == 0, h.distance_m is None, h.distance_m or 0.0))
    return [Option(h.code, h.name, f"{distance_text(h.distance_m):>8}  {_room_words(h):>8}") for h in hospitals]


def hospital_lines(hospital: Hospital, day: date | None = None) -> Sequence[Line]:
    """Schedule of a hospital, for `day` alone where it names that weekday, and its address."""
    filled = f"{hospital.referred} dari {hospital.capacity} sudah dirujuk" if hospital.capacity is not None else ""
    schedule = f"Jadwal {schedule_of(hospital.schedule, day)}" if hospital.schedule else "Jadwal tidak diketahui"
    return (
        joined([filled, schedule]),
        joined([f"Kelas {hospital.grade}" if hospital.grade else "", hospital.address, hospital.phone]),
    )


def schedule_of(schedule: str, day: date | None) -> str:
    """Of "Senin : 07:30 - 14:00;Selasa : …" the part of the weekday of `day`; else the whole text."""
    if day is not None:
        word = WEEKDAYS[day.weekday()].lower()
        for part in schedule.split(";"):
            if part.strip().lower().startswith(word):
                return part.strip()
    return schedule


def _free(hospital: Hospital) -> int | None:
    if hospital.capacity is None or hospital.referred is None:
        return None
    return max(hospital.capacity - hospital.referred, 0)


def _room_words(hospital: Hospital) -> str:
    free = _free(hospital)
    return "" if free is None else ("penuh" if free == 0 else f"sisa {free}")


def _outcome(answer: Answer) -> str:
    """Why there is no fresh answer: the time of this box ended, or the sync process gave up."""
    return "P-Care tidak menjawab." if answer.state == InquiryState.ASKED else answer.message
