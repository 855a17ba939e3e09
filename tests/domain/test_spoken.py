"""What the voice says: Indonesian number words, a number and a place, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.spoken import call_sentence, number_words

VALUES = {
    "nol": 0,
    "satu": 1,
    "dua": 2,
    "tiga": 3,
    "empat": 4,
    "lima": 5,
    "enam": 6,
    "tujuh": 7,
    "delapan": 8,
    "sembilan": 9,
    "sepuluh": 10,
    "sebelas": 11,
    "seratus": 100,
    "seribu": 1000,
}


def heard(words: str) -> int:
    """The number that a listener understands."""
    total, digit = 0, 0
    for word in words.split():
        if word == "belas":
            digit += 10
        elif word in ("puluh", "ratus", "ribu"):
            total += digit * {"puluh": 10, "ratus": 100, "ribu": 1000}[word]
            digit = 0
        elif word in ("seratus", "seribu"):
            total += VALUES[word]
        else:
            digit += VALUES[word]
    return total + digit


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (8, "delapan"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (12, "dua belas"),
        (20, "dua puluh"),
        (21, "dua puluh satu"),
        (100, "seratus"),
        (115, "seratus lima belas"),
        (210, "dua ratus sepuluh"),
        (1001, "seribu satu"),
        (2345, "dua ribu tiga ratus empat puluh lima"),
    ],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert number_words(number) == words


def test_every_number_is_heard_as_it_is() -> None:
    assert [heard(number_words(n)) for n in range(10_000)] == list(range(10_000))
    for wrong in (-1, 10_000):
        with pytest.raises(ValueError, match=str(wrong)):
            number_words(wrong)


@pytest.mark.parametrize(
    ("label", "place", "sentence"),
    [
        ("A-012", "Poli Umum", "Nomor antrean A dua belas, silakan ke Poli Umum"),
        ("AB-101", "Loket 2", "Nomor antrean A B seratus satu, silakan ke Loket dua"),
        ("B-001", "Gigi & Mulut, ruang 10", "Nomor antrean B satu, silakan ke Gigi Mulut ruang sepuluh"),
        ("A-003", "", "Nomor antrean A tiga"),
        ("A-003", "[[x]] <break/> --help\n", "Nomor antrean A tiga, silakan ke x break help"),
    ],
)
def test_a_call_names_number_and_place(label: str, place: str, sentence: str) -> None:
    assert call_sentence(label, place) == sentence


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=12), st.text(max_size=80))
def test_whatever_stands_there_only_plain_words_are_spoken(label: str, place: str) -> None:
    said = call_sentence(label, place)
    assert said.startswith("Nomor antrean")
    assert all(char.isalnum() or char in " ," for char in said)
    assert len(said) < 500
