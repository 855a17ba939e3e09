"""Text that others wrote, made harmless: the one cleaner that every outside string passes."""

import re
import unicodedata

_UNSAFE_RANGES = (
    (0x0000, 0x001F),  # C0 controls, ESC among them
    (0x007F, 0x009F),  # DEL and C1 controls
    (0x00AD, 0x00AD),  # soft hyphen
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x0600, 0x0605),  # Arabic number signs (format)
    (0x061C, 0x061C),  # Arabic letter mark (bidi)
    (0x06DD, 0x06DD),
    (0x070F, 0x070F),
    (0x0890, 0x0891),
    (0x08E2, 0x08E2),
    (0x115F, 0x1160),  # Hangul fillers: letters without a picture
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),  # Mongolian selectors
    (0x200B, 0x200F),  # zero width, bidi marks
    (0x2028, 0x202E),  # line and paragraph separators, bidi embeddings
    (0x2060, 0x206F),  # word joiner, bidi isolates
    (0x3164, 0x3164),  # Hangul filler
    (0xD800, 0xDFFF),  # surrogates
    (0xE000, 0xF8FF),  # private use
    (0xFDD0, 0xFDEF),  # noncharacters
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),  # BOM
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),  # interlinear annotation
    (0xFFFE, 0xFFFF),
    (0x110BD, 0x110BD),
    (0x110CD, 0x110CD),
    (0x13430, 0x1343F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0x10FFFF),  # tags, supplementary selectors, supplementary private use
)
UNSAFE = re.compile("[" + "".join(f"{chr(a)}-{chr(b)}".replace("\\", r"\\") for a, b in _UNSAFE_RANGES) + "]")
"""One character that must never reach a terminal: control, format, bidi, zero-width, private use, surrogate, tag."""

_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_MAX_MARKS = 4
"""Combining marks kept on one letter; real Indonesian and Arabic-script names need at most two or three."""


def clean(text: str, limit: int) -> str:
    """`text` as one harmless line of at most `limit` characters.

    Cut first, so that a megabyte costs nothing; then NFC, breaks and tabs to one blank, unsafe characters dropped
    and at most four combining marks kept on a letter. Identity (card, NIK) is never this text: see numbers.digits.
    """
    text = text[:limit]
    if text.isascii() and text.isprintable():
        return text
    text = UNSAFE.sub("", _BREAKS.sub(" ", text))
    if text.isascii():
        return text
    return _few_marks(unicodedata.normalize("NFC", text))[:limit]


def _few_marks(text: str) -> str:
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char)[0] == "M" else 0
        if run <= _MAX_MARKS:
            kept.append(char)
    return "".join(kept)
