"""Numbers as clerks type them: decimal comma or point, whole numbers, identity numbers."""

import re

_DECIMAL = re.compile(r"[0-9]{1,4}([.,][0-9]{1,2})?")
_AMBIGUOUS = re.compile(r"[0-9]{1,3}[.,][0-9]{3}")


def parse_decimal(text: str) -> float:
    """A measured number: "62,5" and "62.5" are 62.5.

    Raises ValueError with an Indonesian sentence: letters, and three digits behind the sign ("1.200"), which may
    mean a thousand or a fraction, are refused rather than guessed.
    """
    text = text.strip()
    if _AMBIGUOUS.fullmatch(text):
        raise ValueError("Angka itu bisa berarti dua hal; tulis tanpa titik ribuan")
    if not _DECIMAL.fullmatch(text):
        raise ValueError("Isi dengan angka, misalnya 62,5")
    return float(text.replace(",", "."))


def parse_whole(text: str) -> int:
    """A whole number of at most four digits. Raises ValueError with an Indonesian sentence."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise ValueError("Isi dengan angka bulat")
    return int(text)


def decimal_text(value: float | None) -> str:
    """A measured number as the clinic writes it (decimal comma, no trailing zero); "" when it was not measured."""
    if value is None:
        return ""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def digits(text: str) -> str:
    """Only the ASCII digits of an identity number: scanners and people put blanks and dashes between."""
    return "".join(c for c in text if c in "0123456789")
