"""What a voice says when a number is called: Indonesian words for the digits, never a name."""

import re

_ONES = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
_MOST = 9999
_PLACE_LETTERS = 60
_SILENT = re.compile(r"[^0-9A-Za-zÀ-ÖØ-öø-ÿ ]+")


def number_words(number: int) -> str:
    """A whole number from 0 to 9999 in words: 112 is "seratus dua belas". Raises ValueError for others."""
    if not 0 <= number <= _MOST:
        raise ValueError(number)
    return " ".join(_words(number)) or _ONES[0]


def _words(number: int) -> list[str]:
    if number >= 1000:
        return [*_several(number // 1000, "ribu"), *_words(number % 1000)]
    if number >= 100:
        return [*_several(number // 100, "ratus"), *_words(number % 100)]
    if number >= 20:
        return [_ONES[number // 10], "puluh", *_words(number % 10)]
    if number >= 12:
        return [_ONES[number - 10], "belas"]
    return {0: [], 10: ["sepuluh"], 11: ["sebelas"]}.get(number) or ([_ONES[number]] if number else [])


def _several(count: int, unit: str) -> list[str]:
    return [f"se{unit}"] if count == 1 else [_ONES[count], unit]


def call_sentence(label: str, place: str) -> str:
    """The call of "A-012" to "Poli Umum": "Nomor antrean A dua belas, silakan ke Poli Umum".

    Of both only letters, digits and blanks are spoken; a number in the place ("Loket 2") is put into words too.
    """
    letters, _, digits = label.partition("-")
    spelled = " ".join(_plain(letters).upper().replace(" ", ""))
    number = number_words(int(digits)) if digits.isascii() and digits.isdigit() and len(digits) <= 4 else _plain(digits)
    said = " ".join(f"Nomor antrean {spelled} {number}".split())
    where = re.sub(r"[0-9]{1,4}", lambda found: f" {number_words(int(found[0]))} ", _plain(place)[:_PLACE_LETTERS])
    where = " ".join(where.split())
    return f"{said}, silakan ke {where}" if where else said


def _plain(text: str) -> str:
    return " ".join(_SILENT.sub(" ", text).split())
