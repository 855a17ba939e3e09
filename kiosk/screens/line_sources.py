"""Where the boxes for drugs and procedures get their rows: what is kept here at once, P-Care's answer when it comes."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from kiosk.counter.ask import ask_drugs, ask_procedures, wait_for
from kiosk.counter.desk import Desk
from kiosk.counter.errors import CounterError
from kiosk.counter.line_lists import find_drugs, procedures
from kiosk.counter.views import Answer, ProcedureOffer, Reference
from kiosk.domain.codes import Care, InquiryState
from kiosk.screens.service_sources import ASK_PAUSE, MIN_LETTERS, PATIENCE, SHOWN
from kiosk.widgets.lines import Line, line
from kiosk.widgets.live_picker import Offer
from kiosk.widgets.picker import Option
from kiosk.widgets.words import rupiah_text

_HERE = "Daftar di komputer ini."


class DrugSource:
    """Drugs of the national list (DPHO): those that were looked for before, then P-Care's answer."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def offers(self, text: str, fresh: bool) -> AsyncIterator[Offer]:
        """See LiveSource."""
        here = _drug_options(await find_drugs(self._desk, text, SHOWN))
        if len(text) < MIN_LETTERS:
            yield Offer(here, "Ketik nama atau kode obat DPHO, paling sedikit tiga huruf")
            return
        yield Offer(here, f"{_HERE[:-1]}; bertanya ke P-Care …", waiting=True)
        await asyncio.sleep(ASK_PAUSE)
        try:
            answer = await wait_for(self._desk, await ask_drugs(self._desk, text), PATIENCE)
        except CounterError as error:
            yield Offer(here, error.message)
            return
        told = _drug_options(answer.references)
        known = {option.code: option for option in (*here, *told)}
        yield Offer([*known.values()], answer.message if told else f"{_HERE} {_outcome(answer)}")

    def about(self, option: Option) -> Sequence[Line]:
        """The whole name, which a row may have cut."""
        return (line(option.name),)


class ProcedureSource:
    """Procedures of one kind of care: the list kept here, which P-Care is asked for anew whenever the box opens."""

    def __init__(self, desk: Desk, care: Care) -> None:
        self._desk, self._care = desk, care
        self.known: dict[str, ProcedureOffer] = {}
        """Every procedure that was offered, by code."""

    async def read(self) -> None:
        """The list as the store has it."""
        self.known = {offer.code: offer for offer in await procedures(self._desk, self._care)}

    async def offers(self, text: str, fresh: bool) -> AsyncIterator[Offer]:
        """See LiveSource."""
        if not fresh and self.known:
            yield Offer(self._fitting(text))
            return
        await self.read()
        yield Offer(self._fitting(text), f"{_HERE[:-1]}; bertanya ke P-Care …" if self.known else "", waiting=True)
        try:
            answer = await wait_for(self._desk, await ask_procedures(self._desk, self._care), PATIENCE)
        except CounterError as error:
            yield Offer(self._fitting(text), error.message, unknown=not self.known)
            return
        await self.read()
        if answer.state == InquiryState.ANSWERED:
            yield Offer(self._fitting(text), answer.message)
        elif self.known:
            yield Offer(self._fitting(text), f"{_HERE} {_outcome(answer)}", "warn")
        else:
            yield Offer((), f"{_outcome(answer)} Daftar tindakan belum pernah diambil.", "warn", unknown=True)

    def _fitting(self, text: str) -> list[Option]:
        words = text.lower().split()
        found = [o for o in self.known.values() if all(word in f"{o.code} {o.name}".lower() for word in words)]
        tariffs = [rupiah_text(offer.highest_cost) for offer in found]
        room = max(map(len, tariffs), default=0)
        return [Option(o.code, o.name, tariff.rjust(room)) for o, tariff in zip(found, tariffs, strict=True)]

    def about(self, option: Option) -> Sequence[Line]:
        """The whole name; whether a result is asked."""
        offer = self.known.get(option.code)
        return (line(option.name), line("Dengan hasil pemeriksaan" if offer and offer.with_result else ""))


def _drug_options(rows: Sequence[Reference]) -> list[Option]:
    return [Option(row.code, row.name) for row in rows]


def _outcome(answer: Answer) -> str:
    """Why there is no fresh answer, or that nothing fits."""
    if answer.state == InquiryState.ANSWERED:
        return f"{answer.message}: tidak ada yang cocok"
    return "P-Care tidak menjawab." if answer.state == InquiryState.ASKED else answer.message
