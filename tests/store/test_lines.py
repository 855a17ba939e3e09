"""Lines of a visit in the store, and which of their calls may go when."""

from dataclasses import replace
from datetime import UTC, date, datetime

from kiosk.domain.codes import Care, LineKind, OutboxKind, OutboxState, Payer, VisitKind
from kiosk.domain.labs import LabResult
from kiosk.domain.lines import ForeignLine, LineValue, Medication, Procedure, VisitLine
from kiosk.domain.registration import Registration, RegistrationForm
from kiosk.domain.visit import Diagnosis, VisitForm
from kiosk.store import lines, outbox, outbox_due, outbox_moves, participants, registrations, visits
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction
from tests.engines import both_engines

pytestmark = both_engines
DAY = date(2026, 11, 20)
DRUG = Medication("Parasetamol tab 500 mg", 3, 1, 7.5, code="130000101", requested=10)
SUTURE = Procedure("01013", "Jahit luka", 40_000, "3 jahitan")
BLOOD = LabResult(day=DAY, haemoglobin=13.2, note="puasa")


def served(tx: Transaction) -> tuple[Registration, str]:
    """A registration and its visit, which P-Care does not have yet."""
    person = participants.with_digits(tx, "0000000000001", 1)[0]
    form = RegistrationForm(person.id, DAY, "001", Payer.BPJS, VisitKind.SICK, Care.OUTPATIENT)
    identifier = registrations.add(tx, form, card_number=person.card_number, provider_code="0114U163", operator=None)
    made = registrations.get(tx, identifier)
    assert made is not None
    visit = VisitForm(identifier, "batuk", diagnoses=(Diagnosis("J06.9", "ISPA"),), doctor_code="101")
    return made, visits.add(tx, visit, made, None)


def line_of(tx: Transaction, value: LineValue, made: Registration, visit: str) -> VisitLine:
    line = lines.get(tx, lines.add(tx, visit, made.id, value, request=None, operator=None))
    assert line is not None
    return line


def kinds_due(tx: Transaction) -> list[OutboxKind]:
    return [item.kind for item in outbox_due.due(tx, limit=20)]


def test_a_line_comes_back_as_it_was_entered(store: Store) -> None:
    def work(tx: Transaction) -> None:
        made, visit = served(tx)
        entered = [line_of(tx, value, made, visit) for value in (DRUG, SUTURE, BLOOD)]
        assert [line.value for line in lines.of_visit(tx, visit)] == [DRUG, SUTURE, BLOOD]
        assert [line.kind for line in entered] == [LineKind.MEDICATION, LineKind.PROCEDURE, LineKind.LAB]
        assert lines.change(tx, entered[0], replace(DRUG, amount=10), None) == 2
        lines.delete(tx, entered[1])
        left = lines.of_visit(tx, visit)
        assert [(line.value, line.version) for line in left] == [(replace(DRUG, amount=10), 2), (BLOOD, 1)]

    store.write_now(work)


def test_a_key_of_pcare_belongs_to_one_line_and_is_never_free_again(store: Store) -> None:
    def work(tx: Transaction) -> None:
        made, visit = served(tx)
        line = line_of(tx, SUTURE, made, visit)
        lines.confirm(tx, line, "218", 1)
        assert lines.claimed(tx, LineKind.PROCEDURE, ["217", "218"]) == {"218"}
        assert lines.claimed(tx, LineKind.LAB, ["218"]) == frozenset()
        for number in ("219", None):
            known = lines.get(tx, line.id)
            assert known is not None
            if number:
                lines.confirm(tx, known, number, 2)
            else:
                lines.gone(tx, known)
        assert lines.claimed(tx, LineKind.PROCEDURE, ["218", "219"]) == frozenset()
        assert lines.seen(tx, LineKind.PROCEDURE, ["217", "218", "219"]) == {"218", "219"}
        assert lines.foreign(tx, visit) == ()

    store.write_now(work)


def test_what_others_typed_is_shown_as_the_last_reading_found_it(store: Store) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    typed = [ForeignLine(LineKind.MEDICATION, number, "Obat", 10, now) for number in ("31", "32")]

    def first(tx: Transaction) -> str:
        _, visit = served(tx)
        assert lines.read_at(tx, visit, LineKind.MEDICATION) is None
        lines.note_read(tx, visit, LineKind.MEDICATION, typed)
        assert [f.remote_number for f in lines.foreign(tx, visit)] == ["31", "32"]
        return visit

    visit = store.write_now(first)
    store.write_now(lambda tx: tx.execute("UPDATE lines_read SET read_at = read_at - 5"))
    store.write_now(lambda tx: tx.execute("UPDATE remote_line SET read_at = read_at - 5"))

    def second(tx: Transaction) -> None:
        lines.note_read(tx, visit, LineKind.MEDICATION, typed[1:])
        assert [f.remote_number for f in lines.foreign(tx, visit)] == ["32"]
        assert lines.seen(tx, LineKind.MEDICATION, ["31"]) == {"31"}

    store.write_now(second)


def test_lines_wait_for_their_visit_but_not_for_each_other(store: Store) -> None:
    def work(tx: Transaction) -> None:
        made, visit = served(tx)
        drugs = [line_of(tx, DRUG, made, visit) for _ in range(2)]
        for line in drugs:
            outbox.add_for_line(tx, OutboxKind.MEDICATION_ADD, line, 1)
        assert kinds_due(tx) == []
        visits.confirm(tx, visit, "0114U1631126Y000001", 1)
        assert kinds_due(tx) == [OutboxKind.MEDICATION_ADD] * 2
        first, second = outbox_due.due(tx, limit=20)
        assert (first.visit_id, first.line_title) == (visit, DRUG.name)
        outbox_moves.to_needs_action(tx, first.id, "validation")
        outbox.add_for_line(tx, OutboxKind.MEDICATION_DELETE, drugs[0], 2)
        outbox.add(tx, OutboxKind.VISIT_UPDATE, made, visit, 2)
        outbox.add(tx, OutboxKind.VISIT_DELETE, made, visit, 3)
        assert kinds_due(tx) == [OutboxKind.MEDICATION_ADD, OutboxKind.VISIT_UPDATE]
        outbox_moves.done(tx, outbox_due.due(tx, limit=20)[1].id)
        assert kinds_due(tx) == [OutboxKind.MEDICATION_ADD]
        outbox_moves.done(tx, second.id)
        assert kinds_due(tx) == []
        for item in outbox.of_lines(tx, visit):
            if item.state in (OutboxState.PENDING, OutboxState.NEEDS_ACTION):
                outbox_moves.drop(tx, item.id, "given_up")
        assert kinds_due(tx) == [OutboxKind.VISIT_DELETE]

    store.write_now(work)


def test_parts_of_a_compound_go_one_after_the_other_around_one_that_needs_a_person(store: Store) -> None:
    def work(tx: Transaction) -> None:
        made, visit = served(tx)
        visits.confirm(tx, visit, "0114U1631126Y000001", 1)
        for _ in range(3):
            outbox.add_for_line(tx, OutboxKind.MEDICATION_ADD, line_of(tx, replace(DRUG, compound="1"), made, visit), 1)
        (first,) = outbox_due.due(tx, limit=20)
        outbox_moves.to_needs_action(tx, first.id, "validation")
        (second,) = outbox_due.due(tx, limit=20)
        outbox_moves.begin(tx, second, 1, "{}")
        outbox_moves.back_to_pending(tx, first.id, None, None)
        assert kinds_due(tx) == []
        outbox_moves.done(tx, second.id)
        assert [item.id for item in outbox_due.due(tx, limit=20)] == [first.id]
        assert len(lines.of_compound(tx, visit, "1")) == 3

    store.write_now(work)
