"""Pastes at the gate: bounded, without control characters, however the line cuts them into pieces."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.widgets.terminal_input import PASTE_END, PASTE_LIMIT, PASTE_PATIENCE, PASTE_START, PasteGate


def through(*pieces: str) -> str:
    gate = PasteGate()
    return "".join(gate.passed(piece, 0.0) for piece in pieces) + gate.ended(PASTE_PATIENCE + 1)


def test_keys_and_ordinary_pastes_go_through_as_they_are() -> None:
    for text in ("siti\r", "\x1b", "\x1b[A\x1bOP\x1b[24~", "\x1b[?2026;2$y", f"{PASTE_START}Ani\tUji\r\n{PASTE_END}x"):
        assert through(text) == text


def test_a_megabyte_is_cut_and_control_characters_are_dropped() -> None:
    pasted = through(PASTE_START + "Ani\x1b]52;c;QQ==\x07\x9b31m" * 50_000 + PASTE_END + "\r")
    assert pasted.startswith(f"{PASTE_START}Ani]52;c;QQ==31mAni")
    assert pasted.endswith(f"{PASTE_END}\r")
    assert len(pasted) <= PASTE_LIMIT + len(PASTE_START + PASTE_END) + 1
    assert pasted.count("\x1b") == 2


def test_a_paste_that_nobody_ends_ends_by_itself() -> None:
    gate = PasteGate()
    assert gate.passed(f"{PASTE_START}tempel", 0.0) + gate.ended(0.5) == f"{PASTE_START}t"
    assert gate.ended(PASTE_PATIENCE + 0.1) == f"empel{PASTE_END}"
    assert gate.passed("siti\x1b", 5.0) == "siti\x1b"
    assert gate.ended(99.0) == ""


@given(
    st.lists(st.sampled_from([PASTE_START, PASTE_END, "\x1b", "\x1b[", "20", "ani", "\x00", "é", "x" * 900])),
    st.lists(st.integers(1, 9), min_size=1),
)
@settings(max_examples=100, deadline=None)
def test_the_pieces_in_which_it_comes_make_no_difference(words: list[str], cuts: list[int]) -> None:
    text = "".join(words)
    pieces, at = [], 0
    while at < len(text):
        step = cuts[len(pieces) % len(cuts)]
        pieces.append(text[at : at + step])
        at += step
    assert through(*pieces) == through(text)
