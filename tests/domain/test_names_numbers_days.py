"""What clerks write: names in every spelling, numbers with comma or point, days, and our own ids."""

import threading
import time
import uuid
from datetime import UTC, date, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kiosk.domain.day import age_text, clock_text, day_text, local_day, long_day_text, parse_day
from kiosk.domain.ids import new_id
from kiosk.domain.names import deletions, fold, folded_words, pairs
from kiosk.domain.numbers import decimal_text, digits, parse_decimal, parse_whole, phone_digits

LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)

SAME_NAME = [
    ("Soekarno", "Sukarno"),
    ("Soeharto", "Suharto"),
    ("Tjahjo", "Cahyo"),
    ("Djoko", "Joko"),
    ("Yusuf", "Jusuf"),
    ("Yoesoef", "Yusup"),
    ("Achmad", "Ahmad"),
    ("Ahmadd", "Ahmad"),
    ("Khadijah", "Hadija"),
    ("Sjarif", "Syarif"),
    ("Syarif", "Sharif"),
    ("Sarief", "Syarief"),
    ("Bhakti", "Bakti"),
    ("Dharma", "Darma"),
    ("Fitri", "Pitri"),
    ("Novi", "Nopi"),
    ("Taufiq", "Taufik"),
    ("Iqbal", "Ikbal"),
    ("Alex", "Aleks"),
    ("Zaenal", "Zainal"),
    ("Zainal", "Sainal"),
    ("Annisa", "Anisa"),
    ("Fatimah", "Fatima"),
    ("Muhammad Ali", "Mohamad Ali"),
    ("Moh. Ali", "Muhammad Ali"),
    ("M. Ali", "Mochamad Ali"),
    ("Mohd Ali", "Muh Ali"),
    ("H. Abdul Rahman, S.E.", "Abdul Rahman"),
    ("dr. Siti Aminah binti Umar", "Siti Aminah Umar"),
    ("Dewi Lestari, S.Pd., M.Kes.", "Dewi Lestari"),
    ("M.Ali", "Muhammad Ali"),
    ("Nur'aini", "Nuraini"),
    ("Desirée", "Desiree"),
]


@pytest.mark.parametrize(("one", "other"), SAME_NAME)
def test_spellings_of_one_name_meet(one: str, other: str) -> None:
    assert folded_words(one) == folded_words(other)


@pytest.mark.parametrize(("one", "other"), [("Siti", "Sita"), ("Ani", "Adi"), ("Budi", "Rudi"), ("Wati", "Yati")])
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert folded_words(one) != folded_words(other)


def test_a_name_of_titles_alone_keeps_them_and_a_single_letter_is_a_name() -> None:
    assert folded_words("Raden") == ("raden",)
    assert folded_words("M") == ("m",)
    assert folded_words("") == folded_words("123 –") == ()


@given(LETTERS, LETTERS)
def test_an_unfinished_word_finds_the_finished_one(start: str, rest: str) -> None:
    """Folded, all but the last letter of what was typed is the beginning of the folded word."""
    whole = start + rest
    assume(fold(start) != "muhamad")
    assume(fold(whole) != "muhamad")
    typed = fold(start)
    assert fold(whole).startswith(typed[:-1])


@given(LETTERS)
def test_folding_gives_plain_letters_and_never_nothing(word: str) -> None:
    folded = fold(word)
    assert folded
    assert folded.isascii()
    assert folded.isalpha()
    assert not set(folded) & set("ofvqxzjy")


@given(LETTERS.filter(lambda word: len(word) > 1), st.integers(0, 11), st.sampled_from("abcxyz"), st.integers(0, 3))
def test_a_word_with_one_slip_still_leads_to_the_right_one(word: str, place: int, letter: str, slip: int) -> None:
    """Left out, put in, changed or swapped: both have something in common that is one letter shorter at most."""
    place %= len(word)
    wrong = (
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place + 1 : place + 2] + word[place] + word[place + 2 :],
    )[slip]
    assert deletions(wrong) & deletions(word)


def test_a_name_is_paired_in_every_order_and_a_single_word_stands_alone() -> None:
    assert set(pairs(("siti", "nur", "aini"))) == {
        *("siti nur", "nur siti", "siti aini", "aini siti", "nur aini", "aini nur"),
    }
    assert list(pairs(("sukarnu",))) == ["sukarnu"]
    assert list(pairs(())) == []
    assert len(set(pairs(tuple(f"x{n}" for n in range(40))))) < 100


@given(st.text(max_size=60))
def test_any_text_folds_to_words(text: str) -> None:
    assert all(word.isascii() and word.isalpha() for word in folded_words(text))


@pytest.mark.parametrize(
    ("typed", "value"),
    [("62,5", 62.5), ("62.5", 62.5), ("36,4", 36.4), ("36.4", 36.4), (" 70 ", 70), ("0,3", 0.3), ("1200", 1200)],
)
def test_comma_and_point_mean_the_same(typed: str, value: float) -> None:
    assert parse_decimal(typed) == value


@pytest.mark.parametrize(
    "typed", ["1.200", "1,200", "12.000", "", " ", "abc", "6 2", "62,5 kg", "-1", "+1", "1e3", "6,", ",5", "٦٢", "nan"]
)
def test_what_is_not_plainly_a_number_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z][a-z]+ .+") as refused:
        parse_decimal(typed)
    assert "could not" not in str(refused.value)


@given(st.integers(0, 999_999))
def test_what_is_shown_is_read_back_as_it_was(hundredths: int) -> None:
    value = hundredths / 100
    assert parse_decimal(decimal_text(value)) == value
    assert parse_decimal(decimal_text(value).replace(",", ".")) == value


def test_what_was_not_measured_is_shown_as_nothing_and_zero_as_zero() -> None:
    assert decimal_text(None) == ""
    assert decimal_text(0) == "0"
    assert decimal_text(100) == "100"


@pytest.mark.parametrize("typed", ["12,5", "-3", "", "12345", "²", "١٢"])
def test_a_whole_number_is_whole(typed: str) -> None:
    with pytest.raises(ValueError, match="bulat"):
        parse_whole(typed)


def test_a_card_number_keeps_its_zeros_and_loses_only_what_is_no_digit() -> None:
    assert digits("000-1234 567.890") == "0001234567890"
    assert digits("١٢³4") == "4"


@pytest.mark.parametrize("typed", ["0812-3456 789", "+62 812 3456 789", "628123456789", "+62 0812 3456 789"])
def test_a_phone_number_is_one_number_however_it_is_written(typed: str) -> None:
    assert phone_digits(typed) == "08123456789"
    assert phone_digits("6281") == "6281", "too short to tell"
    assert parse_whole(" 120 ") == 120


@pytest.mark.parametrize("typed", ["05-03-1987", "05/03/1987", "05.03.1987", "05 03 1987", "05031987", " 05-03-1987 "])
def test_a_day_may_be_typed_in_several_ways(typed: str) -> None:
    assert parse_day(typed) == date(1987, 3, 5)


@pytest.mark.parametrize(
    "typed", ["31-02-2026", "29-02-2025", "00-01-2000", "1987-03-05", "5-3-1987", "", "besok", "05-03-87", "05a03b1987"]
)
def test_a_day_that_does_not_exist_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^(Tulis tanggal|Tanggal itu)"):
        parse_day(typed)


@given(st.dates())
def test_every_day_is_read_back_as_it_was_shown(day: date) -> None:
    assert parse_day(f"{day.day:02d}-{day.month:02d}-{day.year:04d}") == day
    if day.year >= 1000:
        assert parse_day(day_text(day)) == day


def test_the_service_day_is_the_clinics_own() -> None:
    moment = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    days = {zone: local_day(moment, f"Asia/{zone}").day for zone in ("Jakarta", "Makassar", "Jayapura")}
    assert days == {"Jakarta": 21, "Makassar": 22, "Jayapura": 22}
    assert clock_text(moment, "Asia/Jayapura") == "01.30"
    assert long_day_text(date(1987, 3, 5)) == "5 Maret 1987"


@pytest.mark.parametrize(
    ("birth", "text"),
    [
        (date(2026, 11, 22), "0 hr"),
        (date(2026, 10, 1), "52 hr"),
        (date(2026, 9, 22), "2 bln"),
        (date(2024, 11, 23), "23 bln"),
        (date(2024, 11, 22), "2 th"),
        (date(1987, 11, 23), "38 th"),
    ],
)
def test_an_age_is_said_in_the_unit_that_fits(birth: date, text: str) -> None:
    assert age_text(birth, date(2026, 11, 22)) == text


def test_an_id_is_a_uuid_of_version_seven_and_carries_its_time() -> None:
    before = datetime.now(UTC).timestamp() * 1000
    made = uuid.UUID(new_id())
    after = datetime.now(UTC).timestamp() * 1000
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert int(before) <= made.int >> 80 <= after


def test_later_ids_sort_behind_earlier_ones_by_the_millisecond() -> None:
    made = [new_id() for _ in range(2000)]
    stamps = [uuid.UUID(one).int >> 80 for one in made]
    assert stamps == sorted(stamps)
    assert sorted(made)[0][:13] == made[0][:13]


def test_eight_threads_never_make_the_same_id() -> None:
    made: list[str] = []

    def work() -> None:
        mine = [new_id() for _ in range(5000)]
        made.extend(mine)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == len(made) == 40_000


def test_ids_of_one_process_sort_as_they_were_made_also_when_the_clock_is_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = [new_id() for _ in range(10_000)]
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    made += [new_id() for _ in range(10_000)]
    assert made == sorted(set(made))
    assert {(uuid.UUID(one).version, uuid.UUID(one).variant) for one in made} == {(7, uuid.RFC_4122)}
