"""Numbers as clerks type them: decimal comma or point, whole numbers, identity numbers."""

import re

_DECIMAL = re.compile(r"([0-9]+)([.,][0-9]{1,2})?")
_AMBIGUOUS = re.compile(r"[0-9]{1,3}[.,][0-9]{3}")


def parse_decimal(text: str, most_digits: int = 4) -> float:
    """A measured number: "62,5" and "62.5" are 62.5; at most `most_digits` before the sign.

    Raises ValueError with an Indonesian sentence: letters, and three digits behind the sign ("1.200"), which may
    mean a thousand or a fraction, are refused rather than guessed.
    """
    text = text.strip()
    if _AMBIGUOUS.fullmatch(text):
        raise ValueError("Angka itu bisa berarti dua hal; tulis tanpa titik ribuan")
    found = _DECIMAL.fullmatch(text)
    if not found or len(found[1]) > most_digits:
        raise ValueError("Isi dengan angka, misalnya 62,5")
    return float(text.replace(",", "."))


def parse_whole(text: str, most_digits: int = 4) -> int:
    """A whole number of at most `most_digits`. Raises ValueError with an Indonesian sentence."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= most_digits):
        raise ValueError("Isi dengan angka bulat" + (", tanpa titik" if "." in text or "," in text else ""))
    return int(text)


def decimal_text(value: float | None) -> str:
    """A measured number as the clinic writes it (decimal comma, no trailing zero); "" when it was not measured."""
    if value is None:
        return ""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")


_COUNTRY = "62"
_SHORTEST_WITH_COUNTRY = 10
"""Digits of a phone number from which a leading 62 is the country's."""


def phone_digits(text: str) -> str:
    """The digits of a phone number as it is dialled inside the country: "+62 812 34" is "081234"."""
    found = digits(text)
    if found.startswith(_COUNTRY) and len(found) >= _SHORTEST_WITH_COUNTRY:
        return "0" + found.removeprefix(_COUNTRY).lstrip("0")
    return found


def digits(text: str) -> str:
    """Only the ASCII digits of an identity number: scanners and people put blanks and dashes between."""
    return "".join(c for c in text if c in "0123456789")
