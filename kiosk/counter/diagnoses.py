"""Finding a diagnosis: the clinic's own favourites first, in Indonesian, English or by code, without a network."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from kiosk.counter import icd10
from kiosk.counter.access import require
from kiosk.counter.desk import Desk
from kiosk.counter.views import DiagnosisOffer
from kiosk.domain.codes import ReferenceList
from kiosk.domain.people import Action
from kiosk.domain.text import clean
from kiosk.store import reference, visits
from kiosk.store.transaction import Transaction

LATELY = timedelta(days=92)
"""How far back favourites are counted: three months follow the seasons."""
LOOKED_AT = 400
"""Rows that fit which are looked at before the favourites among them come first."""
_LOCAL_WORDS = 2
"""Up to this rank of a match, what was typed is Indonesian."""


async def favourites(desk: Desk, poli_code: str) -> Mapping[str, int]:
    """How often each diagnosis was made in this poli lately, by code."""
    require(desk, Action.LOOK_UP)
    first = desk.today() - LATELY
    return await desk.read(lambda tx: visits.diagnoses_since(tx, poli_code, first))


async def find_diagnoses(
    desk: Desk, text: str, limit: int = 20, used: Mapping[str, int] | None = None
) -> tuple[DiagnosisOffer, ...]:
    """Diagnoses by code or by words, Indonesian or English, in any order, each perhaps unfinished.

    `used` are the favourites: they come first, the most frequent before the others; with nothing typed they are all
    that is offered. No network is needed; ask_diagnoses brings P-Care's own names, and whether one is non-specialist.
    """
    require(desk, Action.LOOK_UP)
    text, used = clean(text, 60).strip(), used or {}
    found = {match.term.code: match.rank for match in await asyncio.to_thread(icd10.matching, text, LOOKED_AT)}

    def work(tx: Transaction) -> tuple[DiagnosisOffer, ...]:
        known_here = _known_fitting(tx, text)
        ranks = found | {code: min(found.get(code, _LOCAL_WORDS), _LOCAL_WORDS) for code in known_here} if text else {}
        codes = list(ranks) if text else list(used)
        places = {code: place for place, code in enumerate(codes)}
        codes.sort(key=lambda code: (-used.get(code, 0), ranks.get(code, 0), places[code]))
        known = reference.entries(tx, ReferenceList.DIAGNOSIS, codes[:limit])
        return tuple(_offer(code, known.get(code), used.get(code, 0)) for code in codes[:limit])

    return await desk.read(work)


def words_for_pcare(text: str) -> str:
    """What to ask P-Care for, whose list is in English: for Indonesian words the category of what they mean ("J06")."""
    text = clean(text, 60).strip()
    best = icd10.matching(text, 1)
    if not best or icd10.is_code(text) or best[0].rank > _LOCAL_WORDS:
        return text
    return best[0].term.code.split(".")[0]


def _known_fitting(tx: Transaction, text: str) -> list[str]:
    """Codes that P-Care has, or that were diagnosed here, under names that fit."""
    words = icd10.words_of(text)
    if icd10.is_code(text) or not words:
        return [code for code, _, _ in reference.matching(tx, ReferenceList.DIAGNOSIS, text, LOOKED_AT)]
    rows = reference.matching(tx, ReferenceList.DIAGNOSIS, max(words, key=len), LOOKED_AT)
    return [code for code, name, _ in rows if all(f" {word}" in f" {' '.join(icd10.words_of(name))}" for word in words)]


def _offer(code: str, known: reference.Entry | None, used: int) -> DiagnosisOffer:
    term = icd10.named(code)
    name = known[1] if known else (term.name if term else code)
    return DiagnosisOffer(code, name, known[2] if known else None, term.local if term else "", used)
