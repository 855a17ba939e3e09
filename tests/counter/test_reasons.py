"""Every reason for which an item can stand somewhere has a sentence and a step, in plain words and short enough."""

import ast
from pathlib import Path

import pytest

import kiosk
from kiosk.counter.named_fields import LABELS, NOT_TYPED, advice_for, labels_in
from kiosk.counter.reasons import OUTBOX, QUEUE, Words, queue_words, words
from kiosk.pcare.client import RegistrationRequest, VisitRequest
from kiosk.pcare.errors import Reason

HOUSE = Path(kiosk.__file__).parent
WRITERS = ("sync", "store", "counter")
MOVES = {
    "add_for_person": 4,
    "back_to_pending": 2,
    "done": 2,
    "drop": 2,
    "give_up": 2,
    "look_later": 3,
    "to_needs_action": 2,
    "to_unknown": 2,
}
"""What puts an item somewhere for a reason, and the place of the reason among its arguments."""
ELSEWHERE = {"restored", "restored_edit", "restored_cancel", "killed", "duplicate"}
"""Written by statements of the store, or as the name of a constant."""
OF_THE_LINE = {"no_secrets", "secrets_open", "secrets_unreadable", "secrets_wrong"}
"""Why the sender stands: said in the top line by the same table."""


def _constants(tree: ast.Module) -> dict[str, str]:
    """NAME = "word" of a module."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _written() -> set[str]:
    """The reasons that stand as words in calls of MOVES, anywhere in the rooms that move items."""
    found: set[str] = set()
    for room in WRITERS:
        for path in sorted((HOUSE / room).glob("**/*.py")):
            tree = ast.parse(path.read_text("utf-8"))
            names = _constants(tree)
            for node in ast.walk(tree):
                if not isinstance(node, ast.Call):
                    continue
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                place = MOVES.get(called)
                given = [node.args[place]] if place is not None and len(node.args) > place else []
                given += [k.value for k in node.keywords if called in MOVES and k.arg == "reason"]
                for one in (each for part in given for each in ast.walk(part)):
                    if isinstance(one, ast.Constant) and isinstance(one.value, str):
                        found.add(one.value)
                    elif isinstance(one, ast.Name) and one.id in names:
                        found.add(names[one.id])
    return found


def test_the_reasons_in_the_code_are_found() -> None:
    found = _written()
    assert {"validation", "no_number"} & found == {"no_number"}, "validation comes from P-Care's own errors"
    assert len(found) >= 15, found


@pytest.mark.parametrize("reason", sorted(_written() | set(Reason) | ELSEWHERE | OF_THE_LINE))
def test_every_reason_has_a_sentence_and_a_step(reason: str) -> None:
    for said in (words(reason), queue_words(reason)):
        assert said.why and said.what_to_do, reason
        assert not said.why.startswith("Alasan:"), f"nobody has written what {reason} means"


@pytest.mark.parametrize("table", [OUTBOX, QUEUE], ids=["P-Care", "Mobile JKN"])
def test_the_sentences_fit_on_the_screen(table: dict[str, Words]) -> None:
    """At 80 columns a line of the outbox has 70 cells behind its word; a sentence may take two of them."""
    for reason, said in table.items():
        assert len(said.why) <= 70, reason
        assert len(said.what_to_do) <= 140, reason
        assert not said.why.endswith(".") and not said.what_to_do.endswith("."), reason


@pytest.mark.parametrize(
    ("detail", "labels"),
    [
        ("kdPoli: Tidak sesuai dengan referensi sistem.", ("Poli tujuan",)),
        ("kdDokter: Tidak sesuai; kdDiag1: harus diisi", ("Dokter", "Diagnosis utama")),
        ("doctor, diagnosis1", ("Dokter", "Diagnosis utama")),
        ("referral.hospital", ("Rumah sakit",)),
        ("fasilitas peserta (kdProviderPeserta)", ("Fasilitas peserta",)),
        ("noKartu tidak ditemukan", ()),
        ("Data tidak valid, silakan ulangi", ()),
    ],
)
def test_a_field_of_the_wire_is_named_as_our_form_names_it(detail: str, labels: tuple[str, ...]) -> None:
    assert labels_in(detail) == labels


def test_the_step_names_what_to_correct() -> None:
    assert advice_for("kdDokter: Tidak sesuai") == "Enter, perbaiki Dokter, lalu simpan: dikirim lagi"
    assert advice_for("kdProviderPeserta: Tidak sesuai") == NOT_TYPED["Fasilitas peserta"]
    assert advice_for("apa saja") == ""


@pytest.mark.parametrize("request_form", [RegistrationRequest, VisitRequest])
def test_every_field_that_can_fail_to_fit_has_a_label(request_form: type[RegistrationRequest | VisitRequest]) -> None:
    unnamed = set(request_form.model_fields) - set(LABELS) - {"visit_number", "sick", "refer_back"}
    assert not unnamed, "these are never typed, or cannot be wrong"
