"""Numbers that are given once: over threads, polis and days, without a gap."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from kiosk.domain.codes import Care, Payer, VisitKind
from kiosk.domain.ids import new_id
from kiosk.domain.registration import RegistrationForm
from kiosk.store import participants, queue, registrations
from kiosk.store.database import Store
from kiosk.store.transaction import Transaction
from tests.engines import both_engines
from tests.people import some_people

pytestmark = both_engines
WRITERS, EACH = 4, 40


def test_writers_in_several_threads_get_every_number_once(store: Store) -> None:
    def write(_: int) -> list[int]:
        own = Store.open(store.url)
        try:
            return [own.write_now(lambda tx: tx.next_number("antrean")) for _ in range(EACH)]
        finally:
            own.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        given = list(pool.map(write, range(WRITERS)))
    assert all(numbers == sorted(numbers) for numbers in given)
    assert sorted(n for numbers in given for n in numbers) == list(range(1, WRITERS * EACH + 1))


def test_a_number_of_a_transaction_that_failed_is_given_to_the_next(store: Store) -> None:
    def fails(tx: Transaction) -> None:
        assert tx.next_number("antrean") == 2
        raise ZeroDivisionError

    assert store.write_now(lambda tx: tx.next_number("antrean")) == 1
    with pytest.raises(ZeroDivisionError):
        store.write_now(fails)
    assert store.write_now(lambda tx: tx.next_number("antrean")) == 2


def test_each_poli_and_each_day_counts_from_one_and_a_cancelled_number_is_not_given_again(store: Store) -> None:
    person = some_people()[0]

    def ticket(tx: Transaction, day: date, poli: str) -> str:
        form = RegistrationForm(person_id, day, poli, Payer.GENERAL, VisitKind.SICK, Care.OUTPATIENT)
        made = registrations.add(tx, form, card_number=None, provider_code=None, operator=None)
        given = queue.give(tx, made, day, poli)
        registrations.cancel(tx, made)
        return given.label

    person_id = store.write_now(
        lambda tx: participants.save(tx, participants.with_digits(tx, person.card_number or "", 1)[0]).id
    )
    monday, tuesday = date(2026, 11, 16), date(2026, 11, 17)
    wanted = [(monday, "001"), (monday, "001"), (monday, "002"), (tuesday, "001"), (monday, "001")]
    labels = [store.write_now(lambda tx, day=day, poli=poli: ticket(tx, day, poli)) for day, poli in wanted]
    assert labels == ["A-001", "A-002", "B-001", "A-001", "A-003"]


def test_a_save_that_was_acknowledged_is_seen_by_another_at_once(store: Store) -> None:
    name = f"x:{new_id()}"
    other = Store.open(store.url)
    for n in range(1, 20):
        store.write_now(lambda tx: tx.next_number(name))
        assert other.read_now(lambda tx: tx.value("SELECT last FROM counter WHERE name = ?", name)) == n
    other.close()
