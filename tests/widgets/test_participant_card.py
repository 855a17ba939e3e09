"""The participant's card: what stands on it, what gives way when there is no room, and that no line is too long."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from kiosk.domain.participant import Participant
from kiosk.widgets.lines import Line
from kiosk.widgets.participant_card import CardContent, status_span, tall_lines, wide_lines
from tests.people import invented

TODAY = date(2026, 11, 22)
PERSON = invented(1, "Sutrisno Wibowo", prolanis="DM", class_name="KELAS III", kind_name="PBI (APBN)")
CONTENT = CardContent(
    participant=PERSON,
    own_facility=True,
    warnings=("Ada tunggakan iuran",),
    registrations=(),
    visits=(),
    today=TODAY,
    zone="Asia/Jakarta",
    due=("Prolanis DM: belum berkunjung bulan ini",),
    elsewhere=((date(2026, 10, 3), "I10 Hipertensi Klinik Lain"), (None, "J06.9 ISPA")),
    elsewhere_at=datetime(2026, 11, 21, 3, tzinfo=UTC),
)


def text(rows: list[Line]) -> str:
    return "\n".join("".join(span.text for span in row) for row in rows)


@pytest.mark.parametrize(
    ("known", "sign", "role"),
    [
        ({}, "+ AKTIF", "ok"),
        ({"active": False}, "× TIDAK AKTIF", "error"),
        ({"active": None}, "? BELUM DIVERIFIKASI", "warn"),
        ({"card_number": None}, "– UMUM, tanpa kartu BPJS", "muted"),
    ],
)
def test_the_status_is_told_by_sign_words_and_role(known: dict[str, object], sign: str, role: str) -> None:
    person: Participant = replace(PERSON, **known)  # type: ignore[arg-type]  # names of the class
    span = status_span(person)
    assert (span.text, span.role) == (sign, role)


def test_with_room_pcares_visits_are_told_with_their_age() -> None:
    shown = text(tall_lines(CONTENT, 44, 30))
    assert "Menurut P-Care kemarin" in shown
    assert "03-10-2026 I10 Hipertensi Klinik Lain" in shown and "? J06.9 ISPA" in shown
    assert shown.count("Prolanis DM") == 1 and "! Prolanis DM: belum berkunjung bulan ini" in shown
    assert "Kelas III · PBI (APBN)" in shown and "terdaftar di sini" in shown


def test_without_room_pcares_visits_give_way_first() -> None:
    rows = tall_lines(CONTENT, 34, 14)
    assert "Menurut" not in text(rows)
    assert "! Ada tunggakan iuran" in text(rows)


def test_above_a_form_warnings_stay_and_what_is_due_gives_way() -> None:
    assert "belum berkunjung" in text(wide_lines(CONTENT, 78))
    crowded = replace(CONTENT, warnings=("Satu peringatan yang panjang sekali untuk satu baris layar",) * 3)
    shown = wide_lines(crowded, 78)
    assert "belum berkunjung" not in text(shown)
    assert text(shown).count("Satu peringatan") == 3
