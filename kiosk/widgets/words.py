"""Small words that several screens show alike."""

from kiosk.safe_text import plain


def poli_words(name: str) -> str:
    """A poli's name without the word everybody knows and without shouting: "POLI UMUM" is "Umum", "POLI KIA" "KIA"."""
    words = plain(name, 40).split()
    rest = words[1:] if len(words) > 1 and words[0].upper() == "POLI" else words
    return " ".join(word if len(word) <= 3 or not word.isupper() else word.capitalize() for word in rest)


def distance_text(metres: float | None) -> str:
    """A distance in kilometres with a comma: "2,3 km"; "" when it is not known."""
    return "" if metres is None else f"{metres / 1000:.1f} km".replace(".", ",")


def rupiah_text(amount: float | None) -> str:
    """Rupiah with points, "Rp150.000"; "" when it is not known."""
    return "" if amount is None else "Rp" + f"{amount:,.0f}".replace(",", ".")
